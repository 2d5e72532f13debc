"""LossScaleOptimizer: keeps small 16-bit gradients from vanishing."""

from __future__ import annotations

from keras import initializers, ops
from keras._core.checks import positive_integer, positive_number
from keras._core.serialization import deserialize, serialize
from keras._jax.number import Number
from keras.optimizers._optimizer import Optimizer

_INNER = (
    "clipnorm", "clipvalue", "ema_momentum", "ema_overwrite_frequency", "global_clipnorm",
    "gradient_accumulation_steps", "learning_rate", "loss_scale_factor", "use_ema", "weight_decay",
)  # fmt: skip
_NO_MOMENTUM = 0.99  # what files of Keras 3 say although nothing is averaged


class LossScaleOptimizer(Optimizer):
    """Multiplies the loss by a factor that follows what 16-bit floats can hold, and another optimizer's gradients by
    its inverse.

    A step in which some gradient is not finite changes nothing but halves the factor; after `dynamic_growth_steps`
    finite steps it doubles.

    Args:
        inner_optimizer: the optimizer that makes the updates.
        initial_scale: the first factor.
        dynamic_growth_steps: after how many finite steps the factor doubles.
        name: the first part of the paths of its variables.

    >>> optimizer = LossScaleOptimizer(SGD(1.0), initial_scale=8.0)
    >>> w = keras.Variable([0.0])
    >>> optimizer.apply([[8.0]], [w])
    >>> w.numpy()
    array([-1.], dtype=float32)
    """

    initial_scale = Number()

    def __init__(self, inner_optimizer, initial_scale=32768.0, dynamic_growth_steps=2000, name=None, **kwargs):
        if not kwargs.pop("dynamic", True):
            raise ValueError(
                "LossScaleOptimizer: the factor always follows the gradients.\n"
                "  For a fixed one set `loss_scale_factor` of the optimizer itself."
            )
        if kwargs.get("ema_momentum") == _NO_MOMENTUM and not kwargs.get("use_ema"):
            del kwargs["ema_momentum"]
        for setting in _INNER:
            if kwargs.pop(setting, None):
                raise ValueError(f"LossScaleOptimizer: set `{setting}` on the `inner_optimizer` instead.")
        if not isinstance(inner_optimizer, Optimizer):
            raise ValueError(f"LossScaleOptimizer: `inner_optimizer` must be an Optimizer. Got {inner_optimizer!r}.")
        self.inner_optimizer = inner_optimizer
        inner_optimizer.loss_scale_factor = None  # this one's stands in its place
        super().__init__(learning_rate=0.0, name=name, **kwargs)
        self.initial_scale = positive_number("initial_scale", initial_scale, "LossScaleOptimizer")
        self.dynamic_growth_steps = positive_integer("dynamic_growth_steps", dynamic_growth_steps, "LossScaleOptimizer")

    def build(self, var_list):
        if self.built:
            return
        self.step_counter = self.add_variable((), dtype="int32", aggregation="only_first_replica", name="step_counter")
        self.dynamic_scale = self.add_variable(
            (), initializers.Constant(self.initial_scale), "float32", "only_first_replica", name="dynamic_scale"
        )
        self.inner_optimizer.build(var_list)
        super().build(var_list)

    @property
    def variables(self):
        """Its own variables, then those of the inner optimizer."""
        return [*super().variables, *self.inner_optimizer.variables]

    @property
    def iterations(self):
        """The number of updates that the inner optimizer made."""
        return self.inner_optimizer.iterations

    @property
    def learning_rate(self):
        """The learning rate of the inner optimizer."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value):
        self.inner_optimizer.learning_rate = value

    def numbered_parts(self):
        """The inner optimizer."""
        return {"inner_optimizer": self.inner_optimizer}

    def apply(self, grads, trainable_variables=None):
        """Updates with the gradients of the scaled loss, unless one of them is not finite."""
        grads = list(grads)
        if not grads:
            return
        variables = self._variables_for(grads, trainable_variables)
        self.hand_numbers_down()
        grads, variables = self._overwrite_with_gradients(grads, variables)
        if not variables:
            return
        finite = self.check_finite(grads)
        scale = self.dynamic_scale.value
        scaled = [None if g is None else self._unscaled(g, v, scale) for g, v in zip(grads, variables)]
        self.change_if(
            finite,
            lambda: self.inner_optimizer.apply(scaled, variables),
            [*self._trainable_variables, *self.inner_optimizer.variables],
        )
        self._follow(finite)

    def _unscaled(self, gradient, variable, scale):
        gradient = ops.convert_to_tensor(gradient)
        if variable.dtype in ("float16", "bfloat16"):  # the quotient may be too small for 16 bits
            gradient = ops.cast(gradient, "float32")
        return gradient / ops.cast(scale, gradient.dtype)

    def _follow(self, finite):
        counter, scale = self.step_counter.value, self.dynamic_scale.value
        grown = ops.equal(counter, self.dynamic_growth_steps - 1)
        after_finite = ops.where(grown, scale * 2.0, scale)
        self.dynamic_scale.assign(ops.where(finite, after_finite, scale / 2.0))
        self.step_counter.assign(ops.where(finite, ops.where(grown, 0, counter + 1), 0))

    def check_finite(self, grads):
        """Whether all elements of all gradients are finite."""
        checks = [ops.all(ops.isfinite(g)) for g in grads if g is not None]
        return ops.all(ops.stack(checks)) if checks else ops.convert_to_tensor(True)

    def scale_loss(self, loss):
        """The loss times the present factor."""
        scale = self.dynamic_scale.value if self.built else self.initial_scale
        return loss * scale

    def finalize_variable_values(self, var_list):
        """Lets the inner optimizer put its moving averages in place."""
        self.inner_optimizer.finalize_variable_values(var_list)

    def exclude_from_weight_decay(self, var_list=None, var_names=None):
        """Names variables that the inner optimizer's weight decay leaves alone."""
        self.inner_optimizer.exclude_from_weight_decay(var_list, var_names)

    def get_config(self):
        """The constructor's arguments."""
        return {
            "inner_optimizer": serialize(self.inner_optimizer),
            "initial_scale": self.stored_number("initial_scale"),
            "dynamic_growth_steps": self.dynamic_growth_steps,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """An optimizer from what `get_config` returned."""
        config = dict(config)
        inner = deserialize(config.pop("inner_optimizer"), custom_objects, module="keras.optimizers")
        return cls(inner, **config)
