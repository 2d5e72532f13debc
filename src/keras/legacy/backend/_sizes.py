"""What `K.shape` returns."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from keras import ops


class Sizes(tuple):
    """The sizes of a tensor: a tuple where a shape is wanted, a vector of whole numbers in arithmetic.

    Sizes that are known only when the graph runs are symbolic numbers, and so is then what is computed of them.

    >>> Sizes((2, 3)) * 32
    array([64, 96], dtype=int32)
    """

    __slots__ = ()

    def __getitem__(self, key):
        found = super().__getitem__(key)
        return Sizes(found) if isinstance(key, slice) else found

    def vector(self) -> Any:
        """An array of all sizes."""
        return np.array(self, "int32") if all(isinstance(n, int) for n in self) else ops.stack(list(self))


def _teach(name: str) -> None:
    compute: Callable = getattr(operator, name)

    def forward(self, other):
        return compute(self.vector(), _vector_of(other))

    def backward(self, other):
        return compute(_vector_of(other), self.vector())

    setattr(Sizes, f"__{name}__", forward)
    setattr(Sizes, f"__r{name}__", backward)


def _vector_of(x: Any) -> Any:
    return Sizes(x).vector() if isinstance(x, (tuple, list)) else x


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod"):
    _teach(_name)
