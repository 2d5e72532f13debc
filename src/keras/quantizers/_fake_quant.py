"""fake_quant_with_min_max_vars: floats rounded as if they were kept as integers."""

from keras import ops
from keras._core.checks import positive_integer


def fake_quant_with_min_max_vars(inputs, min_vals, max_vals, num_bits=8, narrow_range=False, axis=None):
    """Floats rounded to `2**num_bits` values between a smallest and a largest one, of which 0 is one.

    Gradients pass to `inputs` where they lie within, and to `min_vals` or `max_vals` where they lie below or above.

    Args:
        inputs: floats.
        min_vals, max_vals: the smallest and the largest value: numbers, or one per position along `axis`.
        num_bits: a positive integer.
        narrow_range: whether to leave out the lowest integer, so that there are as many above 0 as below.
        axis: the axis along which there are different ranges; None is one range for all.

    >>> fake_quant_with_min_max_vars(ops.array([0.3, 2.0]), 0.0, 1.0, num_bits=2)
    Array([0.33333334, 1.        ], dtype=float32)
    """
    num_bits = positive_integer("num_bits", num_bits, "fake_quant_with_min_max_vars")
    x = ops.convert_to_tensor(inputs)
    dtype = x.dtype
    if str(dtype) in ("float16", "bfloat16"):  # which cannot hold the 256 integers of 8 bits and a half
        x = ops.cast(x, "float32")
    low, high = (ops.cast(ops.convert_to_tensor(v), x.dtype) for v in (min_vals, max_vals))
    others = None
    if axis is not None:
        axis = axis % len(x.shape)
        others = tuple(i for i in range(len(x.shape)) if i != axis)
    return ops.cast(_rounded(num_bits, narrow_range, axis, others)(x, low, high), dtype)


def _rounded(num_bits, narrow_range, axis, others):
    least, most = int(narrow_range), 2**num_bits - 1

    @ops.custom_gradient
    def rounded(x, low, high):
        scale = (high - low) / (most - least)
        zero = ops.clip(ops.round(least - low / scale), least, most)
        if axis is not None:
            shape = [1] * len(x.shape)
            shape[axis] = -1
            scale, zero = ops.reshape(scale, shape), ops.reshape(zero, shape)
        bottom, top = (ops.multiply(ops.subtract(end, zero), scale) for end in (least, most))
        steps = ops.floor((ops.clip(x, bottom, top) - bottom) / scale + 0.5) + least

        def gradient(upstream):
            below, above = x < bottom, x > top
            zeros = ops.zeros_like(upstream)
            inside = ops.where(ops.logical_or(below, above), zeros, upstream)
            to_low = ops.sum(ops.where(below, upstream, zeros), axis=others)
            to_high = ops.sum(ops.where(above, upstream, zeros), axis=others)
            return inside, ops.reshape(to_low, low.shape), ops.reshape(to_high, high.shape)

        return (steps - zero) * scale, gradient

    return rounded
