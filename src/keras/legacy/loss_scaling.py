"""What the loss scale of tf.keras answered: `get_scaled_loss` and its siblings."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from keras import ops
from keras._core import registry
from keras.legacy import era
from keras.legacy.wrapping import wrap


def teach(module: ModuleType) -> None:
    """Gives `LossScaleOptimizer` what it had, and lets `Policy.from_config` take objects of one's own."""
    scaled = module.LossScaleOptimizer
    scaled.get_scaled_loss = lambda self, loss: self.scale_loss(loss)
    scaled.get_unscaled_gradients = _unscaled
    scaled.dynamic = property(lambda self: not vars(self).get("_fixed"), doc="Whether the factor follows gradients.")
    wrap(scaled, "__init__", _init, {"dynamic"})
    wrap(scaled, "apply_gradients", _apply_gradients)
    wrap(scaled, "_follow", _follow)
    wrap(scaled, "check_finite", _check_finite)
    wrap(scaled, "get_config", _get_config)
    scaled.dynamic_counter = property(lambda self: self.step_counter, doc="Finite steps since the last change.")
    scaled.loss_scale = property(
        lambda self: self.dynamic_scale.value if self.built else self.initial_scale, doc="The factor."
    )
    read = module.DTypePolicy.from_config.__func__

    def from_config(cls, config, custom_objects=None):
        """A policy from what `get_config` returned."""
        with registry.object_scope(custom_objects or {}):
            return read(cls, config)

    module.DTypePolicy.from_config = classmethod(from_config)


def _unscaled(self, grads):
    """Gradients of the scaled loss as they are of the loss itself."""
    return [None if g is None else g / self.loss_scale for g in grads]


def _apply_gradients(function: Callable, self, grads_and_vars, *args, **kwargs):
    """`apply_gradients`, which in tf.keras took gradients of the loss itself: those of `get_unscaled_gradients`."""
    pairs = list(grads_and_vars)
    if era.before("3") and pairs:
        self.build([v for _, v in pairs])
        scale = self.loss_scale
        pairs = [(g if g is None else g * ops.cast(scale, g.dtype), v) for g, v in pairs]
    return function(self, pairs, *args, **kwargs)


# --- `dynamic=False`: a factor that stays


def _init(function: Callable, self, *args, dynamic=True, **kwargs):
    if not dynamic:
        if len(args) < 2 and kwargs.get("initial_scale") is None:
            kwargs["dynamic"] = False  # needs a factor, without which it is refused as ever
        if kwargs.pop("dynamic_growth_steps", None) is not None:
            raise ValueError("LossScaleOptimizer: a factor that stays has no `dynamic_growth_steps`.")
    elif kwargs.get("initial_scale", 0) is None:
        del kwargs["initial_scale"]
    function(self, *args, **kwargs)
    if not dynamic:
        self._fixed = True
        self.dynamic_growth_steps = None


def _follow(function: Callable, self, finite):
    if self.dynamic:
        function(self, finite)


def _check_finite(function: Callable, self, grads):
    return function(self, grads) if self.dynamic else ops.convert_to_tensor(True)


def _get_config(function: Callable, self) -> dict:
    return function(self) if self.dynamic else {**function(self), "dynamic": False}
