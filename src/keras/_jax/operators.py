"""Arithmetic signs, comparisons and indexing on symbolic tensors."""

from __future__ import annotations

from collections.abc import Callable

from keras._core.graph import KerasTensor
from keras._jax import numpy_arithmetic as arithmetic
from keras._jax.numpy_elementwise import absolute, logical_not, negative, round
from keras._jax.numpy_indexing import get_item
from keras._jax.numpy_products import matmul
from keras._jax.numpy_shapes import reshape, squeeze

_TWO_SIDED = {
    "add": arithmetic.add,
    "sub": arithmetic.subtract,
    "mul": arithmetic.multiply,
    "truediv": arithmetic.divide,
    "floordiv": arithmetic.floor_divide,
    "mod": arithmetic.mod,
    "pow": arithmetic.power,
    "matmul": matmul,
    "and": arithmetic.logical_and,
    "or": arithmetic.logical_or,
    "xor": arithmetic.logical_xor,
}
# `==` stays identity, so that symbolic tensors can be looked up; `!=` compares values, as it does in Keras 3
_COMPARISONS = {
    "lt": arithmetic.less,
    "le": arithmetic.less_equal,
    "ne": arithmetic.not_equal,
    "gt": arithmetic.greater,
    "ge": arithmetic.greater_equal,
}


def _forward(function: Callable) -> Callable:
    return lambda self, other: function(self, other)


def _swapped(function: Callable) -> Callable:
    return lambda self, other: function(other, self)


METHODS = (
    {f"__{name}__": _forward(function) for name, function in (_TWO_SIDED | _COMPARISONS).items()}
    | {f"__r{name}__": _swapped(function) for name, function in _TWO_SIDED.items()}
    | {
        "__neg__": lambda self: negative(self),
        "__abs__": lambda self: absolute(self),
        "__invert__": lambda self: logical_not(self),
        "__round__": lambda self, ndigits=None: round(self, decimals=ndigits or 0),
        "__getitem__": lambda self, key: get_item(self, key),
        "reshape": lambda self, newshape: reshape(self, newshape),
        "squeeze": lambda self, axis=None: squeeze(self, axis),
    }
)

for _name, _method in METHODS.items():
    setattr(KerasTensor, _name, _method)
