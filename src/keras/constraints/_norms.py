"""Constraints on the length of the vectors a weight is made of."""

from keras import config, ops
from keras._core.checks import number_between
from keras.constraints._constraint import Constraint


class MaxNorm(Constraint):
    """Shortens vectors that are longer than `max_value` to that length (Srivastava et al., 2014).

    `w * min(norm, max_value) / (norm + epsilon)`

    Args:
        max_value: the largest norm.
        axis: the axis, or axes, along which norms are taken: 0 for the kernel of `Dense`, (0, 1, 2) for that of
            `Conv2D`.

    >>> MaxNorm(1.0)([[3.0], [4.0]])
    Array([[0.6], [0.8]], dtype=float32)
    """

    def __init__(self, max_value=2, axis=0):
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w):
        w = ops.convert_to_tensor(w)
        norms = norms_of(w, self.axis)
        return w * (ops.minimum(norms, self.max_value) / (norms + config.epsilon()))


class UnitNorm(Constraint):
    """Gives every vector the length 1: `w / (norm + epsilon)`.

    Args:
        axis: the axis, or axes, along which norms are taken: 0 for the kernel of `Dense`, (0, 1, 2) for that of
            `Conv2D`.

    >>> UnitNorm()([[3.0], [4.0]])
    Array([[0.6], [0.8]], dtype=float32)
    """

    def __init__(self, axis=0):
        self.axis = axis

    def __call__(self, w):
        w = ops.convert_to_tensor(w)
        return w / (norms_of(w, self.axis) + config.epsilon())


class MinMaxNorm(Constraint):
    """Moves the length of every vector into an interval, all the way or part of it.

    `w * (rate * clip(norm, min_value, max_value) + (1 - rate) * norm) / (norm + epsilon)`

    Args:
        min_value, max_value: the smallest and the largest norm.
        rate: the part of the way gone at each update, from 0 to 1.
        axis: the axis, or axes, along which norms are taken: 0 for the kernel of `Dense`, (0, 1, 2) for that of
            `Conv2D`.

    >>> MinMaxNorm(1.0, 2.0)([[3.0], [4.0]])
    Array([[1.2], [1.6]], dtype=float32)
    """

    def __init__(self, min_value=0.0, max_value=1.0, rate=1.0, axis=0):
        self.min_value = min_value
        self.max_value = max_value
        self.rate = number_between("rate", rate, 0, 1, "MinMaxNorm")
        self.axis = axis

    def __call__(self, w):
        w = ops.convert_to_tensor(w)
        norms = norms_of(w, self.axis)
        wanted = self.rate * ops.clip(norms, self.min_value, self.max_value) + (1 - self.rate) * norms
        return w * (wanted / (norms + config.epsilon()))


def norms_of(w, axis):
    """Euclidean norms along `axis`, which is kept with size 1."""
    axis = tuple(axis) if isinstance(axis, (list, tuple)) else axis
    return ops.sqrt(ops.sum(ops.square(w), axis=axis, keepdims=True))
