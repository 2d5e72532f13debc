"""The learning phase that holds for layers in graphs of earlier years."""

from __future__ import annotations

from types import ModuleType

from keras.layers._call import node_rules
from keras.legacy import era


class _Now:
    fixed: int | None = None  # by K.set_learning_phase


now = _Now()


def teach(module: ModuleType) -> None:
    """Layers of graphs keep the `training` that they were called with."""
    node_rules.training = _training_of_node


def _training_of_node(given: bool | None) -> bool | None:
    """What a layer in a graph was told, or the phase that was fixed when it was called: before 3 that held for good.

    tf.keras's models told their layers anew at every run, whatever had been fixed.
    """
    if not era.before("3"):
        return None
    if given is None and now.fixed is not None and era.before("tf2.0"):
        return bool(now.fixed)
    return given if isinstance(given, (bool, int)) else None
