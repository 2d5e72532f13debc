"""Writing into tensors: blocks, single places, and sums by segment."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from keras._core.checks import one_of
from keras._core.errors import WrongShape
from keras._core.graph import is_symbolic
from keras._core.types import Tensor
from keras._jax.dtypes import highest, lowest
from keras._jax.op import op, symbol_of, with_shape

# --- blocks


def _slice_shapes(trace, inputs, start_indices, shape):
    inputs = symbol_of(inputs)
    _check_one_each(inputs, start_indices, shape)
    if is_symbolic(start_indices):
        return with_shape(inputs, [None if d == -1 else d for d in shape])
    known = zip(inputs.shape, start_indices, shape)
    return with_shape(inputs, [d if d != -1 else None if n is None else n - int(s) for n, s, d in known])


def _check_one_each(inputs: Any, start_indices: Any, shape: Any) -> None:
    starts = getattr(start_indices, "shape", None)
    starts = len(start_indices) if starts is None else starts[0]
    axes = len(inputs.shape)
    if len(shape) != axes or starts not in (axes, None):
        raise WrongShape(
            f"slice: `start_indices` and `shape` must have one number for each of the {axes} axes of `inputs`. "
            f"Got {starts} and {len(shape)}."
        )


# a start of plain numbers stays one, so that what follows it is known in compiled code too
@op(shapes=_slice_shapes)
def slice(inputs: Tensor, start_indices: Any, shape) -> Tensor:
    """The block of a given shape that begins at a position.

    Args:
        inputs: a tensor.
        start_indices: the position, one number per axis; a block that would reach beyond the end is moved back.
        shape: the sizes of the block; -1 for everything from the start on.

    >>> slice([[1, 2, 3], [4, 5, 6]], (0, 1), (2, 2))
    Array([[2, 3],
           [5, 6]], dtype=int32)
    """
    inputs = jnp.asarray(inputs)
    _check_one_each(inputs, start_indices, shape)
    sizes = list(shape)
    if -1 in sizes:
        if isinstance(start_indices, jax.core.Tracer):
            raise ValueError(f"slice: sizes of -1 need a start that is known. Got shape {tuple(shape)}.")
        sizes = [n - int(s) if d == -1 else d for n, s, d in zip(inputs.shape, start_indices, sizes)]
    return jax.lax.dynamic_slice(inputs, _starts(start_indices), sizes)


@op
def slice_update(inputs: Tensor, start_indices: Tensor, updates: Tensor) -> Tensor:
    """`inputs` with a block of other values, which begins at the given position.

    >>> slice_update([0, 0, 0], [1], [5])
    Array([0, 5, 0], dtype=int32)
    """
    inputs = jnp.asarray(inputs)
    return jax.lax.dynamic_update_slice(inputs, jnp.asarray(updates, inputs.dtype), _starts(start_indices))


def _starts(start_indices: Any) -> list:
    starts = jnp.asarray(start_indices)
    return [starts[i] for i in range(starts.shape[0])]


# --- places


@op
def scatter(indices: Tensor, values: Tensor, shape) -> Tensor:
    """Zeros with values added at positions.

    Args:
        indices: (..., axes): the first `axes` coordinates of each place.
        values: what to add there.
        shape: the shape of the result.

    >>> scatter([[0], [2], [2]], [1, 5, 6], (3,))
    Array([ 1,  0, 11], dtype=int32)
    """
    values = jnp.asarray(values)
    return jnp.zeros(tuple(shape), values.dtype).at[_places(indices)].add(values)


@op
def scatter_update(inputs: Tensor, indices: Tensor, updates: Tensor, reduction=None) -> Tensor:
    """`inputs` with other values at positions.

    Args:
        inputs: a tensor.
        indices: (..., axes): the first `axes` coordinates of each place.
        updates: the values.
        reduction: what becomes of the old value: None replaces it; 'add', 'max', 'min' or 'mul' combines both.
    """
    inputs = jnp.asarray(inputs)
    reduction = one_of("reduction", reduction, (None, "add", "max", "min", "mul"), owner="scatter_update")
    place = inputs.at[_places(indices)]
    write = {None: place.set, "add": place.add, "max": place.max, "min": place.min, "mul": place.multiply}[reduction]
    return write(jnp.asarray(updates, inputs.dtype))


def _places(indices: Any) -> tuple:
    return tuple(jnp.moveaxis(jnp.asarray(indices), -1, 0))


# --- segments


def _check_segments(ids: tuple, data: tuple) -> None:
    if len(ids) != 1 or not data or (None not in (ids[0], data[0]) and ids[0] != data[0]):
        raise ValueError(
            "A segment's operation needs `segment_ids` of one axis, as long as the first one of `data`. "
            f"Got shapes {ids} and {data}."
        )


def _segment_shapes(trace, data, segment_ids, num_segments=None, sorted=False):
    data, ids = symbol_of(data), symbol_of(segment_ids)
    _check_segments(ids.shape, data.shape)
    return with_shape(data, (num_segments, *data.shape[1:]))


def _segments(who: str, combine: str, data: Any, segment_ids: Any, num_segments: Any, sorted: bool, default: Any):
    data, segment_ids = jnp.asarray(data), jnp.asarray(segment_ids)
    _check_segments(segment_ids.shape, data.shape)
    if num_segments is None:
        if isinstance(segment_ids, jax.core.Tracer):
            raise ValueError(f"{who}: compiled code needs the number of segments: give `num_segments`.")
        num_segments = int(segment_ids.max()) + 1 if segment_ids.size else 0
    result = jnp.full((num_segments, *data.shape[1:]), default, data.dtype)
    # numbers below 0 would count from the end; they belong to no segment, like those that are too large
    segment_ids = jnp.where(segment_ids < 0, num_segments, segment_ids)
    place = result.at[segment_ids]
    return getattr(place, combine)(data, indices_are_sorted=sorted, mode="drop")


@op(shapes=_segment_shapes)
def segment_sum(data: Tensor, segment_ids: Tensor, num_segments=None, sorted=False) -> Tensor:
    """The sum of the entries of each segment.

    Args:
        data: a tensor with entries along the first axis.
        segment_ids: to which segment each entry belongs; an entry outside the range belongs to none.
        num_segments: how many segments there are; needed in compiled code.
        sorted: whether `segment_ids` rise, which is faster.

    >>> segment_sum([1, 2, 3], [0, 0, 1])
    Array([3, 3], dtype=int32)
    """
    return _segments("segment_sum", "add", data, segment_ids, num_segments, sorted, 0)


@op(shapes=_segment_shapes)
def segment_prod(data: Tensor, segment_ids: Tensor, num_segments=None, sorted=False) -> Tensor:
    """The product of the entries of each segment, 1 for empty ones; arguments as in `segment_sum`."""
    return _segments("segment_prod", "multiply", data, segment_ids, num_segments, sorted, 1)


@op(shapes=_segment_shapes)
def segment_max(data: Tensor, segment_ids: Tensor, num_segments=None, sorted=False) -> Tensor:
    """The largest entry of each segment, minus infinity for empty ones; arguments as in `segment_sum`."""
    return _segments("segment_max", "max", data, segment_ids, num_segments, sorted, lowest(jnp.asarray(data).dtype))


@op(shapes=_segment_shapes)
def segment_min(data: Tensor, segment_ids: Tensor, num_segments=None, sorted=False) -> Tensor:
    """The smallest entry of each segment, infinity for empty ones; arguments as in `segment_sum`."""
    return _segments("segment_min", "min", data, segment_ids, num_segments, sorted, highest(jnp.asarray(data).dtype))
