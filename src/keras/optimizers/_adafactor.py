"""Adafactor: Adam's scaling from row and column means alone, to save memory."""

from keras import ops
from keras._jax.number import Number
from keras._jax.variable import Variable
from keras.optimizers._optimizer import Optimizer


class Adafactor(Optimizer):
    """Adafactor (Shazeer and Stern, 2018, https://arxiv.org/abs/1804.04235).

    The mean square of a matrix's gradients is kept as its row means and column means. With
    `beta = 1 - t**beta_2_decay`, and `rate` the smaller of `learning_rate` and `1 / sqrt(t)`:

    `r, c = ` running means of `g**2 + epsilon_1` over the last and the last but one axis, `v = r * c / mean(r)`,
    `u = g / sqrt(v)`, `w = w - max(epsilon_2, rms(w)) * rate * u / max(1, rms(u) / clip_threshold)`.

    Args:
        learning_rate: a number, a schedule or a function.
        beta_2_decay: how fast the running means come to change slowly.
        epsilon_1: a small number added to the squares.
        epsilon_2: the least size a variable is taken to have.
        clip_threshold: the largest root mean square of a step before it is scaled.
        relative_step: whether a learning rate given as a number is also kept below `1 / sqrt(t)`.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency,
            loss_scale_factor, gradient_accumulation_steps, name: see `Optimizer`.

    >>> w = keras.Variable([2.0])
    >>> Adafactor(learning_rate=0.1).apply([[5.0]], [w])
    >>> w.numpy()
    array([1.8], dtype=float32)
    """

    beta_2_decay = Number()
    epsilon_1 = Number()
    epsilon_2 = Number()
    clip_threshold = Number()

    def __init__(
        self,
        learning_rate=0.001,
        beta_2_decay=-0.8,
        epsilon_1=1e-30,
        epsilon_2=0.001,
        clip_threshold=1.0,
        relative_step=True,
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
        self.beta_2_decay = beta_2_decay
        self.epsilon_1 = epsilon_1
        self.epsilon_2 = epsilon_2
        self.clip_threshold = clip_threshold
        self.relative_step = bool(relative_step)

    def build(self, var_list):
        if self.built:
            return
        super().build(var_list)
        self._rows, self._columns, self._velocities = [], [], []
        for v in self._trainable_variables:
            rows, columns = ((), ()) if v.ndim < 2 else (v.shape[:-1], (*v.shape[:-2], v.shape[-1]))
            self._rows.append(self.add_variable(rows, dtype=v.dtype, name=v.own_name))
            self._columns.append(self.add_variable(columns, dtype=v.dtype, name=v.own_name))
            skipped = v.overwrite_with_gradient
            self._velocities.append(None if skipped else self.add_variable_from_reference(v, "velocity"))

    def update_step(self, gradient, variable, learning_rate):
        t = self.step_number()
        limit = 1.0 / ops.sqrt(t)
        if self.relative_step and isinstance(self._learning_rate, Variable):
            learning_rate = ops.minimum(learning_rate, limit)
        rate = ops.maximum(self.epsilon_2, _rms(variable.value)) * ops.minimum(learning_rate, limit)
        square = ops.square(gradient) + self.epsilon_1
        beta = 1.0 - ops.power(t, self.beta_2_decay)
        kept_v = self.slot(self._velocities, variable)
        if variable.ndim >= 2:
            kept_r, kept_c = self.slot(self._rows, variable), self.slot(self._columns, variable)
            r = beta * kept_r.value + (1.0 - beta) * ops.mean(square, axis=-1)
            c = beta * kept_c.value + (1.0 - beta) * ops.mean(square, axis=-2)
            kept_r.assign(r)
            kept_c.assign(c)
            share = r / ops.mean(r, axis=-1, keepdims=True)
            v = ops.expand_dims(share, -1) * ops.expand_dims(c, -2)
        else:
            v = beta * kept_v.value + (1.0 - beta) * square
        kept_v.assign(v)
        step = gradient / ops.sqrt(v)
        step = step / ops.maximum(1.0, _rms(step) / self.clip_threshold)
        variable.assign(variable.value - rate * step)


def _rms(x):
    return ops.sqrt(ops.mean(ops.square(x)))
