"""Lion: steps of equal size along the sign of the momentum."""

from keras import ops
from keras._jax.number import Number, OneMinus
from keras.optimizers._optimizer import Optimizer


class Lion(Optimizer):
    """Lion (Chen et al., 2023, https://arxiv.org/abs/2302.06675).

    `w = w - learning_rate * sign(beta_1 * m + (1 - beta_1) * g)`, then `m = beta_2 * m + (1 - beta_2) * g`.

    Args:
        learning_rate: a number, a schedule or a function; three to ten times smaller than for Adam.
        beta_1: the share of the momentum in the direction of a step, above 0 and up to 1.
        beta_2: the share of the old momentum in the new one.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
            loss_scale_factor, gradient_accumulation_steps, name: see `Optimizer`.

    >>> w = keras.Variable([1.0, 1.0])
    >>> Lion(learning_rate=0.1).apply([[2.0, -0.3]], [w])
    >>> w.numpy()
    array([0.9, 1.1], dtype=float32)
    """

    elementwise = True

    beta_1 = Number()
    beta_2 = Number()
    one_minus_beta_1 = OneMinus("beta_1")
    one_minus_beta_2 = OneMinus("beta_2")

    def __init__(
        self,
        learning_rate=0.001,
        beta_1=0.9,
        beta_2=0.99,
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
        self.beta_1 = beta_1
        if not 0 < self.beta_1 <= 1:
            raise ValueError(f"Lion: `beta_1` must be above 0 and at most 1. Got {beta_1!r}.")
        self.beta_2 = beta_2

    def build(self, var_list):
        if self.built:
            return
        super().build(var_list)
        self._momentums = self.add_optimizer_variables(var_list, "momentum")

    def update_step(self, gradient, variable, learning_rate):
        m = self.slot(self._momentums, variable)
        direction = ops.sign(m.value * self.beta_1 + gradient * self.one_minus_beta_1)
        variable.assign(variable.value - learning_rate * direction)
        m.assign(m.value * self.beta_2 + gradient * self.one_minus_beta_2)
