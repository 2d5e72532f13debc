"""RMSprop: gradients divided by their running root mean square."""

from keras import ops
from keras._jax.number import Number, OneMinus
from keras.optimizers._optimizer import Optimizer


class RMSprop(Optimizer):
    """RMSprop (Hinton, 2012, http://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf).

    `v = rho * v + (1 - rho) * g**2`, `d = learning_rate * g / sqrt(v + epsilon)`;
    `w = w - d`, or with momentum `m = momentum * m + d`, `w = w - m`.
    With `centered` the divisor is `sqrt(v - a**2 + epsilon)`, where `a = rho * a + (1 - rho) * g`.

    Args:
        learning_rate: a number, a schedule or a function.
        rho: the share of the old mean of squares in the new one.
        momentum: the share of the last change that is made again.
        epsilon: a small number that keeps the divisor from zero.
        centered: whether to divide by the deviation from the mean gradient instead of from zero.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
            loss_scale_factor, gradient_accumulation_steps, name: see `Optimizer`.

    >>> w = keras.Variable([1.0])
    >>> RMSprop(learning_rate=0.1, rho=0.0).apply([[2.0]], [w])
    >>> w.numpy()
    array([0.9], dtype=float32)
    """

    elementwise = True

    rho = Number()
    momentum = Number()
    epsilon = Number()
    one_minus_rho = OneMinus("rho")

    def __init__(
        self,
        learning_rate=0.001,
        rho=0.9,
        momentum=0.0,
        epsilon=1e-7,
        centered=False,
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
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = bool(centered)

    def build(self, var_list):
        if self.built:
            return
        super().build(var_list)
        self._velocities = self.add_optimizer_variables(var_list, "velocity")
        self._momentums = []
        if self.stored_number("momentum") != 0:
            self._momentums = self.add_optimizer_variables(var_list, "momentum")
        if self.centered:
            self._average_gradients = self.add_optimizer_variables(var_list, "average_gradient")

    def update_step(self, gradient, variable, learning_rate):
        kept_v = self.slot(self._velocities, variable)
        v = self.rho * kept_v.value + self.one_minus_rho * ops.square(gradient)
        kept_v.assign(v)
        if self.centered:
            kept_a = self.slot(self._average_gradients, variable)
            a = self.rho * kept_a.value + self.one_minus_rho * gradient
            kept_a.assign(a)
            v = v - ops.square(a)
        change = learning_rate * gradient / ops.sqrt(v + self.epsilon)
        if self.stored_number("momentum") != 0:
            kept_m = self.slot(self._momentums, variable)
            change = self.momentum * kept_m.value + change
            kept_m.assign(change)
        variable.assign(variable.value - change)
