"""Activations that turn the values along an axis into probabilities."""

from keras import ops


def softmax(x, axis=-1):
    """`exp(x) / sum(exp(x))` along `axis`: positive values that sum to 1.

    Along an axis of size 1 that is 1 whatever `x` is, and a warning says so.

    Args:
        x: a tensor.
        axis: an axis, or a tuple of axes that are taken together.

    >>> softmax([0.0, 0.0])
    Array([0.5, 0.5], dtype=float32)
    """
    return ops.softmax(x, axis=axis)


def log_softmax(x, axis=-1):
    """`x - log(sum(exp(x)))` along `axis`: the logarithm of `softmax`, without underflow.

    >>> log_softmax([0.0, 0.0])
    Array([-0.693, -0.693], dtype=float32)
    """
    return ops.log_softmax(x, axis=axis)


def sparsemax(x, axis=-1):
    """The nearest point whose entries are not negative and sum to 1 (Martins and Astudillo, 2016).

    >>> sparsemax([0.0, 0.5, 3.0])
    Array([0., 0., 1.], dtype=float32)
    """
    return ops.sparsemax(x, axis=axis)
