"""Adadelta: steps as large as the last steps were, per size of the gradient."""

from keras import ops
from keras._jax.number import Number, OneMinus
from keras.optimizers._optimizer import Optimizer


class Adadelta(Optimizer):
    """Adadelta (Zeiler, 2012, https://arxiv.org/abs/1212.5701).

    `a = rho * a + (1 - rho) * g**2`, `d = -sqrt(b + epsilon) / sqrt(a + epsilon) * g`,
    `b = rho * b + (1 - rho) * d**2`, `w = w + learning_rate * d`.

    Args:
        learning_rate: a number, a schedule or a function; 1.0 gives the published form.
        rho: the share of the old mean of squares in the new one.
        epsilon: a small number that keeps the divisor from zero and gets the first steps going.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
            loss_scale_factor, gradient_accumulation_steps, name: see `Optimizer`.

    >>> w = keras.Variable([1.0])
    >>> Adadelta(learning_rate=1.0, rho=0.0, epsilon=1.0).apply([[0.0]], [w])
    >>> w.numpy()
    array([1.], dtype=float32)
    """

    elementwise = True

    rho = Number()
    epsilon = Number()
    one_minus_rho = OneMinus("rho")

    def __init__(
        self,
        learning_rate=0.001,
        rho=0.95,
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
        self.rho = rho
        self.epsilon = epsilon

    def build(self, var_list):
        if self.built:
            return
        super().build(var_list)
        self._accumulated_grads, self._accumulated_delta_vars = self.add_optimizer_variables(
            var_list, ["accumulated_grad", "accumulated_delta_var"]
        )

    def update_step(self, grad, variable, learning_rate):
        kept_a, kept_b = self.slot(self._accumulated_grads, variable), self.slot(self._accumulated_delta_vars, variable)
        a = self.rho * kept_a.value + self.one_minus_rho * ops.square(grad)
        change = -ops.sqrt(kept_b.value + self.epsilon) * grad / ops.sqrt(a + self.epsilon)
        kept_a.assign(a)
        kept_b.assign(self.rho * kept_b.value + self.one_minus_rho * ops.square(change))
        variable.assign(variable.value + learning_rate * change)
