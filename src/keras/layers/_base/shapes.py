"""Shapes, and structures of them, as layers take and return them."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras._core import tree
from keras._core.checks import no_more_arguments
from keras._core.graph import KerasTensor


def is_tensorish(x: Any) -> bool:
    return any(hasattr(i, "shape") for i in tree.leaves(x))


def shape_of(x: Any) -> Any:
    if isinstance(x, (list, tuple, dict)):
        return tree.map_leaves(shape_of, x)
    shape = getattr(x, "shape", None)
    return shape if shape is None or isinstance(shape, tuple) else tuple(shape)  # one with methods keeps them


def as_shape(x: Any) -> Any:
    """A shape, or a structure of them, from lists as JSON has them."""
    if isinstance(x, dict):
        return {k: as_shape(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        if all(i is None or isinstance(i, (int, np.integer)) for i in x):
            return tuple(x)
        return [as_shape(i) for i in x]
    return x


def is_shape(x: Any) -> bool:
    """Whether `x` is one shape rather than a structure of shapes."""
    return isinstance(x, (list, tuple)) and all(i is None or isinstance(i, (int, np.integer)) for i in x)


def symbols_of_shape(shape: Any, dtype: str) -> Any:
    if shape is None:
        return None
    if is_shape(shape):
        return KerasTensor(shape, dtype)
    if isinstance(shape, dict):
        return {k: symbols_of_shape(v, dtype) for k, v in shape.items()}
    return tree.rebuild(shape, [symbols_of_shape(s, dtype) for s in shape])


def has_unknown(x: Any) -> bool:
    return any(None in i.shape for i in tree.leaves(x) if isinstance(i, KerasTensor))


def first_shape(owner: str, kwargs: dict) -> tuple | None:
    """The batch shape given to a model's first layer, in any of its spellings; takes them out of `kwargs`."""
    shape = kwargs.pop("input_shape", None)
    batch_shape = kwargs.pop("batch_input_shape", None) or kwargs.pop("batch_shape", None)
    batch_size = kwargs.pop("batch_size", None)
    dim, length = kwargs.pop("input_dim", None), kwargs.pop("input_length", None)
    kwargs.pop("input_dtype", None) if kwargs.get("input_dtype") is None else None
    no_more_arguments(owner, kwargs)
    if batch_shape is not None:
        return tuple(batch_shape)
    if shape is None and dim is not None:
        shape = (dim,) if length is None else (length, dim)
    if shape is None:
        return None
    shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    return (batch_size, *shape)
