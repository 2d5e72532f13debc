"""Adam and AdamW: steps scaled by running means of the gradient and of its square."""

from keras import ops
from keras._jax.number import Number, OneMinus
from keras.optimizers._optimizer import Optimizer


class Adam(Optimizer):
    """Adam (Kingma and Ba, 2014, https://arxiv.org/abs/1412.6980), in the form with epsilon outside the correction.

    `m = beta_1 * m + (1 - beta_1) * g` and `v = beta_2 * v + (1 - beta_2) * g**2`;
    at step t, `w = w - learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t) * m / (sqrt(v) + epsilon)`.

    Args:
        learning_rate: a number, a schedule or a function.
        beta_1: the share of the old mean of gradients in the new one.
        beta_2: the share of the old mean of squares in the new one.
        epsilon: a small number that keeps the divisor from zero.
        amsgrad: whether to divide by the largest `v` so far (Reddi et al., 2018).
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
            loss_scale_factor, gradient_accumulation_steps, name: see `Optimizer`.

    >>> w = keras.Variable([1.0])
    >>> Adam(learning_rate=0.1).apply([[2.0]], [w])
    >>> w.numpy().round(4)
    array([0.9], dtype=float32)
    """

    elementwise = True

    beta_1 = Number()
    beta_2 = Number()
    epsilon = Number()
    one_minus_beta_1 = OneMinus("beta_1")
    one_minus_beta_2 = OneMinus("beta_2")

    def __init__(
        self,
        learning_rate=0.001,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        amsgrad=False,
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
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.amsgrad = bool(amsgrad)

    def build(self, var_list):
        if self.built:
            return
        super().build(var_list)
        self._momentums, self._velocities = self.add_optimizer_variables(var_list, ["momentum", "velocity"])
        if self.amsgrad:
            self._velocity_hats = self.add_optimizer_variables(var_list, "velocity_hat")

    def update_step(self, gradient, variable, learning_rate):
        t = self.step_number()
        kept_m, kept_v = self.slot(self._momentums, variable), self.slot(self._velocities, variable)
        m = kept_m.value + (gradient - kept_m.value) * self.one_minus_beta_1
        v = kept_v.value + (ops.square(gradient) - kept_v.value) * self.one_minus_beta_2
        kept_m.assign(m)
        kept_v.assign(v)
        rate = learning_rate * ops.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
        if self.amsgrad:
            largest = self.slot(self._velocity_hats, variable)
            v = ops.maximum(largest.value, v)
            largest.assign(v)
        variable.assign(variable.value - m * rate / (ops.sqrt(v) + self.epsilon))
