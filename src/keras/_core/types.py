"""Named unions used in signatures, so that help text stays readable."""

from collections.abc import Callable, Sequence
from typing import Any

Shape = tuple[int | None, ...]
"""Sizes of the axes; None is an axis whose size is not known yet."""

Tensor = Any
"""An array, a variable, a symbolic tensor, or anything that becomes an array: numbers, nested lists, NumPy arrays."""

Tensors = Sequence[Any]
"""A list or tuple of tensors."""

Initializer = Any
"""An initializer's name, an Initializer, a function (shape, dtype) -> array, or None."""

Activation = str | Callable | None
"""An activation's name, a function, or None for the identity."""
