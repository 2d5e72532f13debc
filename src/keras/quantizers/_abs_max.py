"""Integers that use their whole range for the values at hand."""

import numpy as np

from keras import ops
from keras._core.dtype_policy import is_float_name

EPSILON = 1e-7
_SMALLEST, _LARGEST = -8, 7  # what 4 bits hold


def abs_max_quantize(inputs, axis, value_range=(-127, 127), dtype="int8", epsilon=EPSILON, to_numpy=False):
    """Integers whose range is used up by the largest absolute value along `axis`.

    `scale = high / (max |x| + epsilon)`, `y = clip(round(x * scale), low, high)`

    Args:
        inputs: floats.
        axis: one axis or several; None looks at everything.
        value_range: low and high.
        dtype: the dtype of the integers.
        epsilon: keeps the division finite.
        to_numpy: whether to compute with NumPy, outside of any program.

    Returns:
        The integers and the scale, which keeps the axes that were looked along with size 1.

    >>> abs_max_quantize(ops.array([1.0, -2.0]), axis=0)
    (Array([  64, -127], dtype=int8), Array([63.5], dtype=float32))
    """
    xp = np if to_numpy else ops
    x = xp.asarray(inputs) if to_numpy else ops.convert_to_tensor(inputs)
    kind = _float_dtype(x)
    low, high = value_range
    axis = tuple(axis) if isinstance(axis, list) else axis
    largest = xp.max(xp.abs(x), axis=axis, keepdims=True)
    scale = _cast(xp.divide(high, xp.add(largest, epsilon)), kind)
    y = xp.clip(xp.round(xp.multiply(x, scale)), low, high)
    return ops.convert_to_tensor(_cast(y, dtype)), ops.convert_to_tensor(scale)


def abs_max_quantize_grouped_with_zero_point(
    inputs, block_size, value_range=(-8, 7), dtype="int8", epsilon=EPSILON, to_numpy=False
):
    """Integers with a scale and a zero point for each block of rows of a matrix.

    `scale = (max - min + epsilon) / (high - low)`, `zero = round(low - min / scale)`,
    `y = clip(round(x / scale) + zero, low, high)`, with max and min over a block of a column. Missing rows of the last
    block count as zeros. A zero point is kept in 4 bits, so blocks far from 0 lose accuracy.

    Args:
        inputs: a matrix of floats.
        block_size: rows in a block.
        value_range: low and high.
        dtype: the dtype of the integers.
        epsilon: keeps the division finite.
        to_numpy: whether to compute with NumPy, outside of any program.

    Returns:
        The integers, then scales and zero points of shape (blocks, columns).

    >>> y, scale, zero = abs_max_quantize_grouped_with_zero_point(ops.array([[0.0], [1.5]]), 2)
    >>> (y - zero) * scale
    Array([[0. ], [1.5]], dtype=float32)
    """
    xp = np if to_numpy else ops
    x = xp.asarray(inputs) if to_numpy else ops.convert_to_tensor(inputs)
    if len(x.shape) != 2 or not isinstance(block_size, (int, np.integer)) or block_size < 1:
        raise ValueError(
            "abs_max_quantize_grouped_with_zero_point: needs a matrix and a positive `block_size`. "
            f"Got shape {tuple(x.shape)} and {block_size!r}."
        )
    kind = _float_dtype(x)
    low, high = value_range
    rows, columns = x.shape
    block_size = min(block_size, rows)
    blocks = -(-rows // block_size)
    blocked = xp.reshape(xp.pad(x, ((0, blocks * block_size - rows), (0, 0))), (blocks, block_size, columns))
    least, most = xp.min(blocked, axis=1), xp.max(blocked, axis=1)
    flat = xp.equal(least, most)
    least, most = xp.where(flat, least - 1, least), xp.where(flat, most + 1, most)
    scale = _cast((most - least + epsilon) / (high - low), kind)
    zero = xp.clip(xp.round(low - least / scale), _SMALLEST, _LARGEST)
    y = xp.clip(xp.round(blocked / scale[:, None]) + zero[:, None], low, high)
    y = xp.reshape(y, (blocks * block_size, columns))[:rows]
    return tuple(ops.convert_to_tensor(v) for v in (_cast(y, dtype), scale, _cast(zero, "int8")))


def _float_dtype(x):
    name = x.dtype.name
    return name if is_float_name(name) else "float32"


def _cast(x, dtype):
    return x.astype(dtype) if isinstance(x, np.ndarray) else ops.cast(x, dtype)
