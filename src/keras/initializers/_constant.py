"""Initializers that draw nothing: zeros, ones, a given value, the identity matrix."""

import numpy as np

from keras._core import draws
from keras.initializers._initializer import BuiltInInitializer


class Zeros(BuiltInInitializer):
    """All zeros.

    >>> Zeros()((2,))
    Array([0., 0.], dtype=float32)
    """

    def values(self, shape, dtype):
        return np.zeros(shape, draws.numpy_dtype(dtype))


class Ones(BuiltInInitializer):
    """All ones.

    >>> Ones()((2,))
    Array([1., 1.], dtype=float32)
    """

    def values(self, shape, dtype):
        return np.ones(shape, draws.numpy_dtype(dtype))


class Constant(BuiltInInitializer):
    """The same value everywhere, or a given array.

    Args:
        value: a number, or an array (a nested list) that can be broadcast to the weight's shape.

    Raises:
        ValueError: at the call, if the value cannot be broadcast to the weight's shape.

    >>> Constant(0.5)((2,))
    Array([0.5, 0.5], dtype=float32)
    """

    def __init__(self, value=0.0):
        self.value = value

    def values(self, shape, dtype):
        value = draws.as_dtype(np.asarray(self.value), dtype)
        try:
            return np.array(np.broadcast_to(value, shape))
        except ValueError:
            raise ValueError(
                f"Constant: a value of shape {value.shape} cannot fill a weight of shape {shape}."
            ) from None


class Identity(BuiltInInitializer):
    """A matrix with `gain` on the diagonal and zeros elsewhere.

    Args:
        gain: the number on the diagonal.

    Raises:
        ValueError: at the call, if the weight is not a matrix.

    >>> Identity(2.0)((2, 2))
    Array([[2., 0.], [0., 2.]], dtype=float32)
    """

    def __init__(self, gain=1.0):
        self.gain = gain

    def values(self, shape, dtype):
        if len(shape) != 2:
            raise ValueError(f"Identity: the weight must be a matrix, with 2 axes. Got shape {shape}.")
        return draws.as_dtype(self.gain * np.eye(*shape), dtype)
