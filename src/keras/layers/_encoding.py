"""Category numbers as vectors: one-hot, multi-hot, counts, weighted counts."""

from keras import ops

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
    return (*shape[:-1], depth)


def encode(numbers, mode, depth, dtype, weights=None):
    """Numbers from 0 to `depth - 1` in the form that an output mode says; others leave no trace.

    Args:
        numbers: integers.
        mode: 'int' for the numbers themselves, 'one_hot' for a vector per number, 'multi_hot' and 'count' for a vector
            per sample, that is along the last axis.
        depth: length of a vector.
        dtype: of the result.
        weights: what a number counts, 1 if None.
    """
    if mode == "int":
        return ops.cast(numbers, dtype)
    shape = encoded_shape(numbers.shape, mode, depth)
    if mode == "one_hot":
        return ops.one_hot(ops.reshape(numbers, shape[:-1]), depth, dtype=dtype)
    size = numbers.shape[-1] if numbers.ndim else 1
    rows = ops.reshape(numbers, (-1, size)) if size else ops.zeros((_product(numbers.shape[:-1]), 0), numbers.dtype)
    first = ops.expand_dims(ops.arange(rows.shape[0], dtype="int32"), -1) * depth
    nowhere = rows.shape[0] * depth
    places = ops.where((rows >= 0) & (rows < depth), first + ops.cast(rows, "int32"), nowhere)
    counted = ops.ones(rows.shape, dtype) if weights is None else ops.reshape(ops.cast(weights, dtype), rows.shape)
    counts = ops.segment_sum(ops.reshape(counted, (-1,)), ops.reshape(places, (-1,)), num_segments=nowhere)
    counts = ops.reshape(counts, shape)
    return ops.cast(counts > 0, dtype) if mode == "multi_hot" else counts


def _product(sizes):
    found = 1
    for n in sizes:
        found *= n
    return found
