"""Activations that had another formula."""

from keras import ops
from keras._core import registry


def hard_sigmoid(x):
    """The sigmoid from three straight lines, as it was before Keras 3.

    `y = max(0, min(1, 0.2 x + 0.5))`; since 3 it is `max(0, min(1, x / 6 + 0.5))`.
    """
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


registry.register_built_ins("keras.legacy.activations", {"hard_sigmoid": hard_sigmoid})
