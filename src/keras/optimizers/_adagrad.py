"""Adagrad: steps that shrink with the sum of all squared gradients."""

from keras import initializers, ops
from keras._core.checks import not_negative
from keras._jax.number import Number
from keras.optimizers._optimizer import Optimizer


class Adagrad(Optimizer):
    """Adagrad (Duchi et al., 2011, https://www.jmlr.org/papers/volume12/duchi11a/duchi11a.pdf).

    `a = a + g**2`, `w = w - learning_rate * g / sqrt(a + epsilon)`.

    Args:
        learning_rate: a number, a schedule or a function.
        initial_accumulator_value: where the sum `a` starts; not negative.
        epsilon: a small number that keeps the divisor from zero.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
            loss_scale_factor, gradient_accumulation_steps, name: see `Optimizer`.

    >>> w = keras.Variable([1.0])
    >>> Adagrad(learning_rate=0.1, initial_accumulator_value=0.0).apply([[2.0]], [w])
    >>> w.numpy()
    array([0.9], dtype=float32)
    """

    elementwise = True

    epsilon = Number()

    def __init__(
        self,
        learning_rate=0.001,
        initial_accumulator_value=0.1,
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
        self.initial_accumulator_value = not_negative("initial_accumulator_value", initial_accumulator_value, "Adagrad")
        self.epsilon = epsilon

    def build(self, var_list):
        if self.built:
            return
        super().build(var_list)
        start = initializers.Constant(self.initial_accumulator_value)
        self._accumulators_of_squares = self.add_optimizer_variables(var_list, "accumulator", start)

    def update_step(self, gradient, variable, learning_rate):
        kept = self.slot(self._accumulators_of_squares, variable)
        a = kept.value + ops.square(gradient)
        kept.assign(a)
        variable.assign(variable.value - learning_rate * gradient / ops.sqrt(a + self.epsilon))
