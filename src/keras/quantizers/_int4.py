"""Two 4-bit integers in one byte."""

from keras import ops


def pack_int4(arr, axis=0, dtype="int8"):
    """Integers of 4 bits, two to a byte: the first of each pair in the lower half.

    Args:
        arr: integers from -8 to 7, or from 0 to 15 with 'uint8'.
        axis: the axis whose neighbours share a byte; an odd one is followed by 0.
        dtype: 'int8' or 'uint8', the dtype of `arr` and of the bytes.

    Returns:
        The bytes, their shape, and the size of the axis before.

    >>> pack_int4(ops.array([1, 2, -1], dtype="int8"))
    (Array([33, 15], dtype=int8), (2,), 3)
    """
    _check("pack_int4", arr, dtype, (dtype,))
    arr = ops.moveaxis(ops.convert_to_tensor(arr), axis, 0)
    length = arr.shape[0]
    if length % 2:
        arr = ops.pad(arr, ((0, 1), *((0, 0),) * (len(arr.shape) - 1)))
    # masks keep the result within a byte whatever the sign
    low, high = (ops.bitwise_and(ops.cast(part, "int32"), 15) for part in (arr[::2], arr[1::2]))
    packed = ops.bitwise_or(low, ops.left_shift(high, 4))
    if dtype == "int8":
        packed = ops.where(packed > 127, packed - 256, packed)
    packed = ops.moveaxis(ops.cast(packed, dtype), 0, axis)
    return packed, tuple(packed.shape), length


def unpack_int4(packed, orig_len, axis=0, dtype="int8"):
    """The integers that `pack_int4` put into bytes.

    Args:
        packed: the bytes.
        orig_len: the size of the axis before packing.
        axis: the axis whose neighbours share a byte.
        dtype: 'int8' for integers from -8 to 7, 'uint8' for those from 0 to 15.
    """
    _check("unpack_int4", packed, dtype, ("int8", "uint8"))
    packed = ops.moveaxis(ops.cast(packed, "int32"), axis, 0)
    halves = ops.stack([ops.bitwise_and(packed, 15), ops.bitwise_and(ops.right_shift(packed, 4), 15)], axis=1)
    found = ops.reshape(halves, (2 * packed.shape[0], *packed.shape[1:]))[:orig_len]
    if dtype == "int8":
        found = ops.where(found > 7, found - 16, found)
    return ops.moveaxis(ops.cast(found, dtype), 0, axis)


def _check(owner, x, dtype, allowed):
    if dtype not in ("int8", "uint8"):
        raise ValueError(f"{owner}: `dtype` must be 'int8' or 'uint8'. Got {dtype!r}.")
    kind = str(getattr(x, "dtype", type(x).__name__))
    if kind not in allowed:
        raise TypeError(f"{owner}: needs a tensor of dtype {' or '.join(allowed)}. Got {kind}.")
