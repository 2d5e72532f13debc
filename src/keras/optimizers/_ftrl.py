"""Ftrl: follow the regularized leader, for sparse linear models."""

from keras import initializers, ops
from keras._core.checks import not_negative
from keras._jax.number import Number
from keras.optimizers._optimizer import Optimizer


class Ftrl(Optimizer):
    """FTRL-proximal (McMahan et al., 2013, https://research.google/pubs/pub41159/), which sets small weights to zero.

    With `p = -learning_rate_power`, `l2 = l2_regularization_strength + beta / (2 * learning_rate)` and
    `n' = n + g**2`:

    `z = z + g + 2 * l2_shrinkage * w - (n'**p - n**p) / learning_rate * w`,
    `w = (clip(z, -l1, l1) - z) / (n'**p / learning_rate + 2 * l2)`, `n = n'`.

    Args:
        learning_rate: a number, a schedule or a function.
        learning_rate_power: how the rate falls with the sum of squares; not positive, 0 keeps it.
        initial_accumulator_value: where `n` starts; not negative.
        l1_regularization_strength, l2_regularization_strength: how strongly weights are pulled to zero.
        l2_shrinkage_regularization_strength: a pull to zero that counts as part of the gradient.
        beta: the beta of the paper.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
            loss_scale_factor, gradient_accumulation_steps, name: see `Optimizer`.

    >>> w = keras.Variable([0.1])
    >>> Ftrl(learning_rate=0.1, l1_regularization_strength=9.0).apply([[2.0]], [w])
    >>> w.numpy()
    array([0.], dtype=float32)
    """

    elementwise = True

    learning_rate_power = Number()
    l1_regularization_strength = Number()
    l2_regularization_strength = Number()
    l2_shrinkage_regularization_strength = Number()
    beta = Number()

    def __init__(
        self,
        learning_rate=0.001,
        learning_rate_power=-0.5,
        initial_accumulator_value=0.1,
        l1_regularization_strength=0.0,
        l2_regularization_strength=0.0,
        l2_shrinkage_regularization_strength=0.0,
        beta=0.0,
        weight_decay=None,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        ema_momentum=0.99,
        ema_overwrite_frequency=None,
        loss_scale_factor=None,
        gradient_accumulation_steps=None,
        name=None,
        **kwargs,
    ):
        super().__init__(
            learning_rate=learning_rate, weight_decay=weight_decay, clipnorm=clipnorm, clipvalue=clipvalue,
            global_clipnorm=global_clipnorm, use_ema=use_ema, ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency, loss_scale_factor=loss_scale_factor,
            gradient_accumulation_steps=gradient_accumulation_steps, name=name, **kwargs,
        )  # fmt: skip
        for name, value in (
            ("initial_accumulator_value", initial_accumulator_value),
            ("l1_regularization_strength", l1_regularization_strength),
            ("l2_regularization_strength", l2_regularization_strength),
            ("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength),
        ):
            not_negative(name, value, "Ftrl")
        if not learning_rate_power <= 0:
            raise ValueError(f"Ftrl: `learning_rate_power` must not be positive. Got {learning_rate_power!r}.")
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta

    def build(self, var_list):
        if self.built:
            return
        super().build(var_list)
        start = initializers.Constant(self.initial_accumulator_value)
        self._sums_of_squares, self._linears = self.add_optimizer_variables(
            var_list, ["accumulator", "linear"], [start, "zeros"]
        )

    def update_step(self, gradient, variable, learning_rate):
        kept_n, kept_z = self.slot(self._sums_of_squares, variable), self.slot(self._linears, variable)
        w, l1 = variable.value, self.l1_regularization_strength
        l2 = self.l2_regularization_strength + self.beta / (2.0 * learning_rate)
        shrinking = gradient + 2.0 * self.l2_shrinkage_regularization_strength * w
        total = kept_n.value + ops.square(gradient)
        power = ops.power(total, -self.learning_rate_power)
        change = (power - ops.power(kept_n.value, -self.learning_rate_power)) / learning_rate
        z = kept_z.value + shrinking - change * w
        variable.assign((ops.clip(z, -l1, l1) - z) / (power / learning_rate + 2.0 * l2))
        kept_z.assign(z)
        kept_n.assign(total)
