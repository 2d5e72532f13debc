"""SGD: gradient descent, with momentum if wanted."""

from keras._core.checks import number_between
from keras._jax.number import Number
from keras.optimizers._optimizer import Optimizer


class SGD(Optimizer):
    """Gradient descent.

    Without momentum `w = w - learning_rate * g`. With momentum

    `m = momentum * m - learning_rate * g`, then `w = w + m`, or
    `w = w + momentum * m - learning_rate * g` with `nesterov`.

    Args:
        learning_rate: a number, a schedule or a function.
        momentum: the share of the last change that is made again, from 0 to 1.
        nesterov: whether to take the gradient as if the momentum's step had been made already.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
            loss_scale_factor, gradient_accumulation_steps, name: see `Optimizer`.

    >>> w = keras.Variable([1.0])
    >>> SGD(learning_rate=0.1).apply([[2.0]], [w])
    >>> w.numpy()
    array([0.8], dtype=float32)
    """

    elementwise = True

    momentum = Number()

    def __init__(
        self,
        learning_rate=0.01,
        momentum=0.0,
        nesterov=False,
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
        self.momentum = number_between("momentum", momentum, 0, 1, "SGD")
        self.nesterov = bool(nesterov)
        self.momentums = []

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        if self.stored_number("momentum") != 0:
            self.momentums = self.add_optimizer_variables(variables, "momentum")

    def update_step(self, gradient, variable, learning_rate):
        step = learning_rate * gradient
        if self.stored_number("momentum") == 0:
            variable.assign(variable.value - step)
            return
        kept = self.slot(self.momentums, variable)
        m = kept.value * self.momentum - step
        kept.assign(m)
        change = m * self.momentum - step if self.nesterov else m
        variable.assign(variable.value + change)
