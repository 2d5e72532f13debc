"""What the loss scale of tf.keras answered: `get_scaled_loss` and its siblings."""

from __future__ import annotations

from types import ModuleType

from keras._core import registry


def teach(module: ModuleType) -> None:
    """Gives `LossScaleOptimizer` what it had, and lets `Policy.from_config` take objects of one's own."""
    scaled = module.LossScaleOptimizer
    scaled.get_scaled_loss = lambda self, loss: self.scale_loss(loss)
    scaled.get_unscaled_gradients = _unscaled
    scaled.dynamic = property(lambda self: True, doc="Whether the factor follows the gradients.")
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
