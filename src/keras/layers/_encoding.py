"""Category numbers as vectors: one-hot, multi-hot, counts, weighted counts."""

import math

import numpy as np

from keras import ops
from keras._jax import pure

MODES = ("int", "one_hot", "multi_hot", "count")


def encoded_shape(shape, mode, depth):
    """The shape of `encode` for numbers of a shape."""
    shape = tuple(shape)
    if mode == "int":
        return shape
    if mode == "one_hot":
        if not shape:
            return (1, depth)
        return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), depth)
    return (*shape[:1], *shape[2:], depth) if len(shape) > 1 else (depth,)


def encode(numbers, mode, depth, dtype, weights=None):
    """Numbers from 0 to `depth - 1` in the form that an output mode says; others leave no trace.

    Args:
        numbers: integers.
        mode: 'int' for the numbers themselves, 'one_hot' for a vector per number, 'multi_hot' and 'count' for a vector
            per sample, that is over the axis behind that of the batch.
        depth: length of a vector.
        dtype: of the result.
        weights: what a number counts, 1 if None.
    """
    if weights is None and not pure.is_traced(numbers):
        return ops.convert_to_tensor(_on_host(np.asarray(numbers), mode, depth), dtype)
    if mode == "int":
        return ops.cast(numbers, dtype)
    shape = encoded_shape(numbers.shape, mode, depth)
    if mode == "one_hot":
        return ops.one_hot(ops.reshape(numbers, shape[:-1]), depth, dtype=dtype)
    if numbers.ndim > 2:
        numbers = ops.moveaxis(numbers, 1, -1)
        weights = None if weights is None else ops.moveaxis(weights, 1, -1)
    size = numbers.shape[-1] if numbers.ndim else 1
    rows = ops.reshape(numbers, (math.prod(numbers.shape[:-1]), size))
    nowhere = rows.shape[0] * depth
    first = ops.arange(0, nowhere, depth, dtype="int32")
    places = ops.where((rows >= 0) & (rows < depth), ops.expand_dims(first, -1) + ops.cast(rows, "int32"), nowhere)
    counted = ops.ones(rows.shape, dtype) if weights is None else ops.reshape(ops.cast(weights, dtype), rows.shape)
    counts = ops.segment_sum(ops.reshape(counted, (-1,)), ops.reshape(places, (-1,)), num_segments=nowhere)
    counts = ops.reshape(counts, shape)
    return ops.cast(counts > 0, dtype) if mode == "multi_hot" else counts


def _on_host(numbers, mode, depth):
    """The same in NumPy, for numbers that are there already: a call on values then compiles nothing."""
    if mode == "int":
        return numbers
    shape = encoded_shape(numbers.shape, mode, depth)
    if mode != "one_hot" and numbers.ndim > 2:
        numbers = np.moveaxis(numbers, 1, -1)
    size = 1 if mode == "one_hot" or not numbers.ndim else numbers.shape[-1]
    rows = numbers.reshape(math.prod(shape[:-1]), size)
    found = np.zeros((len(rows), depth), "int32")
    row, _ = np.nonzero(inside := (rows >= 0) & (rows < depth))
    np.add.at(found, (row, rows[inside]), 1)
    return (np.minimum(found, 1) if mode == "multi_hot" else found).reshape(shape)
