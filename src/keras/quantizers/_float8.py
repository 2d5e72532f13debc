"""Products of 8-bit floats: values are divided by a scale that follows the largest ones seen."""

from keras import ops
from keras._core.dtype_policy import dtype_name

LARGEST = {"float8_e4m3fn": 448.0, "float8_e5m2": 57344.0}


def compute_float8_scale(amax, scale, dtype_max, margin=0):
    """What to divide values by, so that the largest of them just fits into 8 bits.

    `scale = amax * 2**margin / dtype_max`; the old scale where `amax` is 0 or not finite.

    Args:
        amax: the largest absolute value.
        scale: the scale until now.
        dtype_max: the largest number that the 8-bit float holds.
        margin: how many powers of two to stay away from it.
    """
    usable = ops.logical_and(amax > 0, ops.isfinite(amax))
    fits = dtype_max / ops.where(usable, amax, 1.0) / 2.0**margin
    return ops.where(usable, 1.0 / fits, scale)


def compute_float8_amax_history(x, amax_history):
    """The largest absolute values of the last steps, with that of `x` in front and the oldest one dropped."""
    newest = ops.cast(ops.max(ops.abs(x)), amax_history.dtype)
    return ops.concatenate([ops.reshape(newest, (1,)), ops.roll(amax_history, -1)[1:]])


def quantize_and_dequantize(inputs, scale, quantized_dtype, compute_dtype):
    """`inputs` rounded to what an 8-bit float times `scale` can hold.

    Args:
        inputs: floats.
        scale: what they are divided by.
        quantized_dtype: 'float8_e4m3fn' or 'float8_e5m2'.
        compute_dtype: the dtype of the result.
    """
    quantized_dtype = dtype_name(quantized_dtype)
    limit = LARGEST[quantized_dtype]
    scale = ops.cast(scale, compute_dtype)
    x = ops.clip(ops.cast(inputs, compute_dtype) / scale, -limit, limit)
    return ops.cast(ops.cast(x, quantized_dtype), compute_dtype) * scale
