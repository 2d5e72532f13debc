"""Nadam: Adam with Nesterov's momentum."""

from keras import ops
from keras._jax.number import Number
from keras._jax.variable import Variable
from keras.optimizers._optimizer import Optimizer


class Nadam(Optimizer):
    """Nadam (Dozat, 2015, http://cs229.stanford.edu/proj2015/054_report.pdf).

    With `u(t) = beta_1 * (1 - 0.96**t / 2)`, `p(t) = u(1) * ... * u(t)` and Adam's means m and v, at step t

    `m_hat = u(t+1) * m / (1 - p(t+1)) + (1 - u(t)) * g / (1 - p(t))`,
    `w = w - learning_rate * m_hat / (sqrt(v / (1 - beta_2**t)) + epsilon)`.

    Args:
        learning_rate: a number, a schedule or a function.
        beta_1: the share of the old mean of gradients in the new one.
        beta_2: the share of the old mean of squares in the new one.
        epsilon: a small number that keeps the divisor from zero.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
            loss_scale_factor, gradient_accumulation_steps, name: see `Optimizer`.

    >>> w = keras.Variable([1.0])
    >>> Nadam(learning_rate=0.1).apply([[2.0]], [w])
    >>> w.numpy().round(4)
    array([0.8937], dtype=float32)
    """

    elementwise = True

    beta_1 = Number()
    beta_2 = Number()
    epsilon = Number()

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
        self._u_product = Variable(1.0, trainable=False)  # has no name and no place of its own in Keras 3 either
        self._variables.append(self._u_product)

    def update_all(self, grads, variables, learning_rate):
        # the product advances once per step, before any variable
        self._u_product.assign(self._u_product.value * self._u(self.step_number()))
        super().update_all(grads, variables, learning_rate)

    def _u(self, t):
        return self.beta_1 * (1.0 - 0.5 * 0.96**t)

    def update_step(self, gradient, variable, learning_rate):
        t = self.step_number()
        kept_m, kept_v = self.slot(self._momentums, variable), self.slot(self._velocities, variable)
        m = kept_m.value + (gradient - kept_m.value) * (1 - ops.cast(self.beta_1, learning_rate.dtype))
        v = kept_v.value + (ops.square(gradient) - kept_v.value) * (1 - ops.cast(self.beta_2, learning_rate.dtype))
        kept_m.assign(m)
        kept_v.assign(v)
        product, next_u = self._u_product.value, self._u(t + 1)
        m_hat = next_u * m / (1 - product * next_u) + (1 - self._u(t)) * gradient / (1 - product)
        v_hat = v / (1 - self.beta_2**t)
        variable.assign(variable.value - m_hat * learning_rate / (ops.sqrt(v_hat) + self.epsilon))
