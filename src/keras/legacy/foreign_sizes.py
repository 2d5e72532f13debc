"""Arithmetic with sizes: what programs of 2.x make of `tf.shape(x)[0]` before they hand it on as a part of a shape.

Sizes are numbers while a step is traced, and have to stay numbers: a shape cannot be made of traced values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from keras import tree
from keras._jax import pure


def _cast(x: Any, dtype: Any) -> Any:
    return np.asarray(x, dtype=dtype)


def _constant(x: Any, dtype: Any = None) -> Any:
    return np.asarray(x, dtype=dtype or "int32")


def _concat(xs: Any, axis: int = 0) -> Any:
    return np.concatenate([np.asarray(x) for x in xs], axis=axis)


FUNCTIONS: dict[str, Callable] = {
    "cast": _cast, "constant": _constant, "convert_to_tensor": _constant, "concat": _concat, "stack": np.stack,
    "expand_dims": np.expand_dims, "maximum": np.maximum, "minimum": np.minimum, "multiply": np.multiply,
    "add": np.add, "subtract": np.subtract, "reduce_prod": np.prod,
}  # fmt: skip


def are_sizes(arguments: Any) -> bool:
    """Whether a step is traced, and all that a function is called with are whole numbers with values."""
    return pure.in_scope() and all(map(_is_size_or_name, tree.flatten(arguments)))


def _is_size_or_name(x: Any) -> bool:
    if isinstance(x, str):
        return x.startswith("int")
    if isinstance(x, int):
        return not isinstance(x, bool)
    return isinstance(x, (np.integer, np.ndarray)) and x.dtype.kind == "i"


def computed(name: str, args: tuple, kwargs: dict) -> Any:
    """What the function of that name makes of sizes: whole numbers with values again."""
    found = FUNCTIONS[name](*args, **kwargs)
    return int(found) if np.ndim(found) == 0 else found


TAKE_SHAPES = frozenset(("broadcast_to", "fill", "ones", "reshape", "tile", "zeros"))


def with_shapes(arguments: Any) -> Any:
    """Arguments of a function that takes a shape, with vectors of sizes as the tuples that it wants."""
    if isinstance(arguments, np.ndarray) and arguments.ndim == 1 and arguments.dtype.kind == "i" and pure.in_scope():
        return tuple(map(int, arguments))
    return arguments
