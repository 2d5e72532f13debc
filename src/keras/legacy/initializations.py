"""`keras.initializations` of 0.x and 1.x: functions of a shape that return a variable."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from keras import Variable, initializers

__all__ = [
    "get",
    "get_fans",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_uniform",
    "normal",
    "one",
    "orthogonal",
    "uniform",
    "zero",
]


def initialization(initializer: Callable) -> Callable:
    """An initializer of today as one of these functions."""
    return lambda shape, name=None, dim_ordering="th": _variable(initializer, shape, name)


def get_fans(shape, dim_ordering="th"):
    """How many inputs and how many outputs a kernel of a shape connects.

    Args:
        shape: the shape.
        dim_ordering: 'th' for kernels (filters, channels, ...), 'tf' for (..., channels, filters).
    """
    if len(shape) == 2:
        return shape[0], shape[1]
    if len(shape) in (3, 4, 5):
        if dim_ordering not in ("th", "tf"):
            raise ValueError(f"get_fans: `dim_ordering` must be 'th' or 'tf'. Got {dim_ordering!r}.")
        if dim_ordering == "th":
            field = math.prod(shape[2:])
            return shape[1] * field, shape[0] * field
        field = math.prod(shape[:-2])
        return shape[-2] * field, shape[-1] * field
    root = math.sqrt(math.prod(shape))
    return root, root


def _variable(initializer, shape, name):
    return Variable(initializer, shape=tuple(shape), name=name)


def uniform(shape, scale=0.05, name=None, dim_ordering="th"):
    """Numbers from -scale to scale."""
    return _variable(initializers.RandomUniform(-scale, scale), shape, name)


def normal(shape, scale=0.05, name=None, dim_ordering="th"):
    """Normal numbers of mean 0 and standard deviation `scale`."""
    return _variable(initializers.RandomNormal(0.0, scale), shape, name)


def lecun_uniform(shape, name=None, dim_ordering="th"):
    """Uniform numbers up to sqrt(3 / inputs)."""
    return uniform(shape, math.sqrt(3.0 / get_fans(shape, dim_ordering)[0]), name)


def glorot_normal(shape, name=None, dim_ordering="th"):
    """Normal numbers of standard deviation sqrt(2 / (inputs + outputs))."""
    return normal(shape, math.sqrt(2.0 / sum(get_fans(shape, dim_ordering))), name)


def glorot_uniform(shape, name=None, dim_ordering="th"):
    """Uniform numbers up to sqrt(6 / (inputs + outputs))."""
    return uniform(shape, math.sqrt(6.0 / sum(get_fans(shape, dim_ordering))), name)


def he_normal(shape, name=None, dim_ordering="th"):
    """Normal numbers of standard deviation sqrt(2 / inputs)."""
    return normal(shape, math.sqrt(2.0 / get_fans(shape, dim_ordering)[0]), name)


def he_uniform(shape, name=None, dim_ordering="th"):
    """Uniform numbers up to sqrt(6 / inputs)."""
    return uniform(shape, math.sqrt(6.0 / get_fans(shape, dim_ordering)[0]), name)


def orthogonal(shape, scale=1.1, name=None, dim_ordering="th"):
    """An orthogonal matrix times `scale`."""
    return _variable(initializers.Orthogonal(gain=scale), shape, name)


def identity(shape, scale=1, name=None, dim_ordering="th"):
    """The unit matrix times `scale`."""
    if len(shape) != 2 or shape[0] != shape[1]:
        raise ValueError(f"identity makes square matrices. Got shape {tuple(shape)}.")
    return Variable(scale * np.identity(shape[0], dtype="float32"), name=name)


def zero(shape, name=None, dim_ordering="th"):
    """Zeros."""
    return _variable(initializers.Zeros(), shape, name)


def one(shape, name=None, dim_ordering="th"):
    """Ones."""
    return _variable(initializers.Ones(), shape, name)


def get(identifier, **kwargs):
    """The function of a name, or the function itself.

    Args:
        identifier: a name or a function.
        **kwargs: further arguments that it will be called with.
    """
    if callable(identifier):
        return identifier
    if identifier not in __all__ or identifier in ("get", "get_fans"):
        raise ValueError(f"Unknown initialization: {identifier!r}. Known are {', '.join(__all__[2:])}.")
    function = globals()[identifier]
    return (lambda shape, **more: function(shape, **{**kwargs, **more})) if kwargs else function
