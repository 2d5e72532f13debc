"""Weights that are computed from variables whenever they are read."""

import math

import numpy as np

from keras import ops


class DerivedWeight:
    """What a layer has in the place of a variable: reading it computes it."""

    base = None  # the variable in whose place it is

    @property
    def value(self):
        """The weight now."""
        raise NotImplementedError

    @property
    def shape(self):
        """Sizes of the axes."""
        return self.base.shape

    @property
    def dtype(self):
        """The dtype's name."""
        return self.base.dtype

    @property
    def ndim(self):
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self):
        """The number of elements."""
        return math.prod(self.shape)

    @property
    def name(self):
        """The name of the variable in whose place it is."""
        return self.base.name

    @property
    def path(self):
        """The path of the variable in whose place it is."""
        return self.base.path

    def numpy(self):
        """The weight as a NumPy array."""
        return np.array(self.value)

    def __jax_array__(self):
        return self.value

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.value, dtype=dtype)

    def __getitem__(self, index):
        return self.value[index]

    def __repr__(self):
        return f"<{type(self).__name__} path={self.path}, shape={self.shape}, dtype={self.dtype}>"


class LowRankWeight(DerivedWeight):
    """`base + scale * a @ b`: a frozen variable with a change of low rank."""

    def __init__(self, base, a, b, scale):
        self.base, self.a, self.b, self.scale = base, a, b, scale

    @property
    def value(self):
        """The changed weight."""
        return self.base.value + self.change()

    def change(self):
        """The change alone."""
        return ops.multiply(ops.matmul(self.a, self.b), self.scale)


class UnpackedWeight(DerivedWeight):
    """The 4-bit integers that a variable holds two to a byte.

    Args:
        base: the variable.
        unpack: a function from its value to the integers.
        shape: the shape of the integers.
    """

    def __init__(self, base, unpack, shape):
        self.base, self._unpack, self._shape = base, unpack, tuple(shape)

    @property
    def value(self):
        """The integers."""
        return self._unpack(self.base.value)

    @property
    def shape(self):
        """The shape of the integers."""
        return self._shape


def stored(weight):
    """The value of a variable, in the dtype in which it is kept; for a derived weight that of its variable."""
    weight = weight.base if isinstance(weight, DerivedWeight) else weight
    return weight.value if hasattr(weight, "value") else weight
