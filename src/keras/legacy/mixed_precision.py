"""`keras.mixed_precision.experimental` of tf.keras before 2.4."""

from keras import mixed_precision, optimizers
from keras.mixed_precision import global_policy
from keras.mixed_precision import set_global_policy as set_policy

__all__ = ["LossScaleOptimizer", "Policy", "get_layer_policy", "global_policy", "set_policy"]


def LossScaleOptimizer(optimizer, loss_scale):
    """An optimizer with a loss scale that stays, or one that follows.

    Args:
        optimizer: the optimizer.
        loss_scale: a number, or 'dynamic'.

    Returns:
        A `LossScaleOptimizer` for 'dynamic', else the optimizer itself with its `loss_scale_factor` set.
    """
    if loss_scale == "dynamic":
        return optimizers.LossScaleOptimizer(optimizer)
    optimizer.loss_scale_factor = float(loss_scale)
    return optimizer


class Policy(mixed_precision.DTypePolicy):
    """A dtype policy, and the loss scale that belongs to it.

    Args:
        name: as for `DTypePolicy`.
        loss_scale: 'auto': a loss scale that follows where the policy is 'mixed_float16'; 'dynamic': the same, and an
            error elsewhere; None: none.
    """

    def __init__(self, name, loss_scale="auto"):
        if loss_scale not in ("auto", "dynamic", None):
            raise ValueError(
                f"Policy: `loss_scale` must be 'auto', 'dynamic' or None. Got {loss_scale!r}.\n"
                "  For a fixed one, set `loss_scale_factor` of the optimizer."
            )
        super().__init__(name)
        if loss_scale == "dynamic" and name != "mixed_float16":
            raise ValueError(f"Policy: {name!r} needs no loss scale. Leave `loss_scale` out.")
        self.loss_scale = None if name != "mixed_float16" else loss_scale and "dynamic"


def get_layer_policy(layer):
    """The dtype policy of a layer."""
    return layer.dtype_policy
