"""Activations that had another formula."""

from keras import ops
from keras._core import registry
from keras.activations._rectifiers import relu as _relu
from keras.legacy import report


def hard_sigmoid(x):
    """The sigmoid from three straight lines, as it was before Keras 3.

    `y = max(0, min(1, 0.2 x + 0.5))`; since 3 it is `max(0, min(1, x / 6 + 0.5))`.
    """
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


def relu(x, negative_slope=0.0, max_value=None, threshold=0.0, alpha=None):
    """`keras.activations.relu`, whose `negative_slope` was called `alpha`."""
    if alpha is not None:
        report.note("relu", "alpha", "negative_slope")
        negative_slope = alpha
    return _relu(x, negative_slope=negative_slope, max_value=max_value, threshold=threshold)


# by a name of its own: what is saved with it means the same in every year
registry.register_custom("legacy", "hard_sigmoid", hard_sigmoid)
