"""Activations that remove small values."""

from keras import ops


def hard_shrink(x, threshold=0.5):
    """`x` where `|x| > threshold`, zero elsewhere.

    >>> hard_shrink([-1.0, 0.2])
    Array([-1., 0.], dtype=float32)
    """
    return ops.hard_shrink(x, threshold=threshold)


def soft_shrink(x, threshold=0.5):
    """`x` moved towards zero by `threshold`, at most to zero.

    >>> soft_shrink([-1.0, 0.2])
    Array([-0.5, 0.], dtype=float32)
    """
    return ops.soft_shrink(x, threshold=threshold)


def tanh_shrink(x):
    """`x - tanh(x)`.

    >>> tanh_shrink([0.0, 1.0])
    Array([0., 0.238], dtype=float32)
    """
    return ops.tanh_shrink(x)
