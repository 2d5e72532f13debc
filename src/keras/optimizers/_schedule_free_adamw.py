"""ScheduleFreeAdamW: an average of all steps in the place of a learning-rate schedule."""

from keras import ops
from keras._jax.number import Number, OneMinus
from keras.optimizers._optimizer import Optimizer


class ScheduleFreeAdamW(Optimizer):
    """Schedule-free AdamW (Defazio et al., 2024, https://arxiv.org/abs/2405.15682).

    Adam's steps change `z`; `x` is the mean of all `z` so far; the variable is between them:

    `z = z - rate * g / (sqrt(v / (1 - beta_2**t)) + epsilon)`, `x = x + (z - x) / t`,
    `w = (1 - beta_1) * z + beta_1 * x`, with Adam's mean square `v` and a `rate` that rises over `warmup_steps`.

    Args:
        learning_rate: a number, a schedule or a function.
        beta_1: the share of the mean `x` in the variable, above 0 and up to 1.
        beta_2: the share of the old mean of squares in the new one.
        epsilon: a small number that keeps the divisor from zero.
        warmup_steps: over how many steps the rate rises to `learning_rate`; 0 for none.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
            loss_scale_factor, gradient_accumulation_steps, name: see `Optimizer`.

    >>> w = keras.Variable([1.0])
    >>> ScheduleFreeAdamW(learning_rate=0.1).apply([[2.0]], [w])
    >>> w.numpy().round(4)
    array([0.9], dtype=float32)
    """

    elementwise = True

    beta_1 = Number()
    beta_2 = Number()
    epsilon = Number()
    warmup_steps = Number()
    one_minus_beta_1 = OneMinus("beta_1")

    def __init__(
        self,
        learning_rate=0.0025,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-8,
        warmup_steps=0,
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
            raise ValueError(f"ScheduleFreeAdamW: `beta_1` must be above 0 and at most 1. Got {beta_1!r}.")
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.warmup_steps = warmup_steps

    def build(self, var_list):
        if self.built:
            return
        super().build(var_list)
        self._momentums, self._velocities = [], []
        for v in self._trainable_variables:
            skipped = v.overwrite_with_gradient
            # z starts where the variable does
            self._momentums.append(None if skipped else self.add_variable_from_reference(v, "momentum", v))
            self._velocities.append(None if skipped else self.add_variable_from_reference(v, "velocity"))

    def update_step(self, gradient, variable, learning_rate):
        t = self.step_number()
        kept_z, kept_v = self.slot(self._momentums, variable), self.slot(self._velocities, variable)
        if self.stored_number("warmup_steps") != 0:
            learning_rate = learning_rate * ops.minimum(1.0, t / self.warmup_steps)
        v = self.beta_2 * kept_v.value + (1 - ops.cast(self.beta_2, learning_rate.dtype)) * ops.square(gradient)
        step = learning_rate * gradient / (ops.sqrt(v / (1 - self.beta_2**t)) + self.epsilon)
        x = (variable.value - self.one_minus_beta_1 * kept_z.value) / self.beta_1
        z = kept_z.value - step
        x = x + (z - x) / t
        kept_z.assign(z)
        kept_v.assign(v)
        variable.assign(self.one_minus_beta_1 * z + self.beta_1 * x)
