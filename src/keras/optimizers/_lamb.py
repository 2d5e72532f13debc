"""Lamb: Adam's steps, scaled to the size of each variable."""

from keras import ops
from keras._jax.number import Number, OneMinus
from keras.optimizers._optimizer import Optimizer


class Lamb(Optimizer):
    """LAMB (You et al., 2019, https://arxiv.org/abs/1904.00962), for large batches.

    With Adam's step `u = (m / (1 - beta_1**t)) / (sqrt(v / (1 - beta_2**t)) + epsilon)`,
    `w = w - learning_rate * norm(w) / norm(u) * u`; where a norm is zero the quotient counts as 1.

    Args:
        learning_rate: a number, a schedule or a function.
        beta_1: the share of the old mean of gradients in the new one.
        beta_2: the share of the old mean of squares in the new one.
        epsilon: a small number that keeps the divisor from zero.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
            loss_scale_factor, gradient_accumulation_steps, name: see `Optimizer`.

    >>> w = keras.Variable([3.0, 4.0])
    >>> Lamb(learning_rate=0.1).apply([[2.0, 0.0]], [w])
    >>> w.numpy()
    array([2.5, 4. ], dtype=float32)
    """

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
        self._momentums, self._velocities = self.add_optimizer_variables(var_list, ["momentum", "velocity"])

    def update_step(self, gradient, variable, learning_rate):
        t = self.step_number()
        kept_m, kept_v = self.slot(self._momentums, variable), self.slot(self._velocities, variable)
        m = kept_m.value + (gradient - kept_m.value) * self.one_minus_beta_1
        v = kept_v.value + (ops.square(gradient) - kept_v.value) * self.one_minus_beta_2
        kept_m.assign(m)
        kept_v.assign(v)
        m_hat = m / (1 - self.beta_1**t)
        v_hat = v / (1 - self.beta_2**t)
        step = m_hat / (ops.sqrt(v_hat) + self.epsilon)
        size, step_size = _norm(variable.value), _norm(step)
        both = ops.logical_and(size > 0, step_size > 0)
        ratio = ops.where(both, size / ops.where(both, step_size, 1.0), 1.0)
        variable.assign(variable.value - ratio * learning_rate * step)


def _norm(x):
    return ops.sqrt(ops.sum(ops.square(x)))
