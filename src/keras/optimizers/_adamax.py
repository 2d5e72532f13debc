"""Adamax: Adam with the largest gradient in the place of the mean square."""

from keras import ops
from keras._jax.number import Number, OneMinus
from keras.optimizers._optimizer import Optimizer


class Adamax(Optimizer):
    """Adamax (Kingma and Ba, 2014, section 7.1, https://arxiv.org/abs/1412.6980).

    `m = beta_1 * m + (1 - beta_1) * g` and `u = max(beta_2 * u, |g|)`;
    at step t, `w = w - learning_rate / (1 - beta_1**t) * m / (u + epsilon)`.

    Args:
        learning_rate: a number, a schedule or a function.
        beta_1: the share of the old mean of gradients in the new one.
        beta_2: how much of the old maximum counts against a new gradient.
        epsilon: a small number that keeps the divisor from zero.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
            loss_scale_factor, gradient_accumulation_steps, name: see `Optimizer`.

    >>> w = keras.Variable([1.0])
    >>> Adamax(learning_rate=0.1).apply([[2.0]], [w])
    >>> w.numpy().round(4)
    array([0.9], dtype=float32)
    """

    elementwise = True

    beta_1 = Number()
    beta_2 = Number()
    epsilon = Number()
    one_minus_beta_1 = OneMinus("beta_1")

    def __init__(
        self,
        learning_rate=0.001,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
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

    def build(self, var_list):
        if self.built:
            return
        super().build(var_list)
        self._momentums, self._norms = self.add_optimizer_variables(var_list, ["momentum", "norm"])

    def update_step(self, gradient, variable, learning_rate):
        t = self.step_number()
        kept_m, kept_u = self.slot(self._momentums, variable), self.slot(self._norms, variable)
        m = kept_m.value + (gradient - kept_m.value) * self.one_minus_beta_1
        u = ops.maximum(self.beta_2 * kept_u.value, ops.abs(gradient))
        kept_m.assign(m)
        kept_u.assign(u)
        rate = learning_rate / (1 - self.beta_1**t)
        variable.assign(variable.value - rate * m / (u + self.epsilon))
