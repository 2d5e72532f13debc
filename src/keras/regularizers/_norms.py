"""Penalties on the size of the values."""

import numbers

from keras import ops
from keras.regularizers._regularizer import Regularizer


class L1(Regularizer):
    """`l1 * sum(|x|)`.

    Args:
        l1: the factor, a number of at least 0.

    >>> L1(0.1)([1.0, -2.0])
    Array(0.3, dtype=float32)
    """

    def __init__(self, l1=0.01):
        self.l1 = factor("l1", 0.01 if l1 is None else l1, "L1")

    def __call__(self, x):
        return self.l1 * ops.sum(ops.absolute(x))


class L2(Regularizer):
    """`l2 * sum(x ** 2)`.

    Args:
        l2: the factor, a number of at least 0.

    >>> L2(0.1)([1.0, -2.0])
    Array(0.5, dtype=float32)
    """

    def __init__(self, l2=0.01):
        self.l2 = factor("l2", 0.01 if l2 is None else l2, "L2")

    def __call__(self, x):
        return self.l2 * ops.sum(ops.square(x))


class L1L2(Regularizer):
    """`l1 * sum(|x|) + l2 * sum(x ** 2)`.

    Args:
        l1, l2: the factors, numbers of at least 0.

    >>> L1L2(0.1, 0.1)([1.0, -2.0])
    Array(0.8, dtype=float32)
    """

    def __init__(self, l1=0.0, l2=0.0):
        self.l1 = factor("l1", 0.0 if l1 is None else l1, "L1L2")
        self.l2 = factor("l2", 0.0 if l2 is None else l2, "L1L2")

    def __call__(self, x):
        penalty = ops.zeros(()) if not (self.l1 or self.l2) else 0.0
        if self.l1:
            penalty = penalty + self.l1 * ops.sum(ops.absolute(x))
        if self.l2:
            penalty = penalty + self.l2 * ops.sum(ops.square(x))
        return penalty


def factor(name, value, owner):
    """`value` as a float if it is a finite number of at least 0."""
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not is_number or not 0 <= value < float("inf"):
        raise ValueError(f"{owner}: `{name}` must be a number of at least 0. Got {value!r}.")
    return float(value)
