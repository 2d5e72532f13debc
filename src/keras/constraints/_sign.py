"""Constraints on the sign of single values."""

from keras import ops
from keras.constraints._constraint import Constraint


class NonNeg(Constraint):
    """Sets negative values to zero.

    >>> NonNeg()([-1.0, 2.0])
    Array([0., 2.], dtype=float32)
    """

    def __call__(self, w):
        return ops.maximum(w, 0)
