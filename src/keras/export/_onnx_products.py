"""Steps of traced functions in ONNX: products of matrices, convolutions and windows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from keras._jax.steps import is_size
from keras.export._onnx_graph import Builder, NotInOnnx
from keras.export._onnx_primitives import dtype_of, is_float, wrapped
from keras.export._onnx_shapes import padded, spread

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _dot(b: Builder, step: Any, x: list[str]) -> str:
    (summed, other_summed), (shared, other_shared) = step.settings["dimension_numbers"]
    kind = dtype_of(step.made[0])
    x = [name if dtype_of(a) == kind else b.cast(name, kind) for name, a in zip(x, step.given)]
    left_rank, right_rank = (len(a.shape) for a in step.given)
    if not shared and right_rank == 2 and tuple(summed) == (left_rank - 1,):
        right = x[1] if tuple(other_summed) == (0,) else b.transposed(x[1], (1, 0))
        return wrapped(b, b.op("MatMul", x[0], right), step.made[0])
    left = list(_LETTERS[:left_rank])
    right_letters = list(_LETTERS[left_rank : left_rank + right_rank])
    for one, other in zip((*shared, *summed), (*other_shared, *other_summed)):
        right_letters[other] = left[one]
    out = [left[i] for i in shared]
    out += [left[i] for i in range(left_rank) if i not in (*shared, *summed)]
    out += [right_letters[i] for i in range(right_rank) if i not in (*other_shared, *other_summed)]
    equation = f"{''.join(left)},{''.join(right_letters)}->{''.join(out)}"
    return wrapped(b, b.op("Einsum", *x, equation=equation), step.made[0])


def _convolution(b: Builder, step: Any, x: list[str]) -> str:
    s, (image, kernel) = step.settings, step.given
    numbers = s["dimension_numbers"]
    if s["batch_group_count"] != 1:
        raise NotInOnnx("it convolves groups of samples")
    if not is_float(image) or len(image.shape) > 5:
        raise NotInOnnx(f"it convolves {image.dtype} along {len(image.shape) - 2} axes")
    y = b.transposed(x[0], numbers.lhs_spec)
    weight = b.transposed(x[1], numbers.rhs_spec)
    shape = [image.shape[i] for i in numbers.lhs_spec]
    zero = b.constant(0, dtype_of(image))
    for axis, factor in enumerate(s["lhs_dilation"], 2):
        if factor > 1:
            y = spread(b, y, shape, axis, factor - 1, zero)
            shape[axis] = (shape[axis] - 1) * factor + 1
    before, after = zip(*s["padding"])
    attributes = {}
    if any(is_size(n) or n < 0 for n in (*before, *after)):
        y = padded(b, y, [0, 0, *before], [0, 0, *after], zero, image)
    else:
        attributes["pads"] = [*before, *after]
    y = b.op(
        "Conv", y, weight, group=s["feature_group_count"], strides=list(s["window_strides"]),
        kernel_shape=[kernel.shape[i] for i in numbers.rhs_spec[2:]], dilations=list(s["rhs_dilation"]), **attributes,
    )  # fmt: skip
    back = [numbers.out_spec.index(i) for i in range(len(numbers.out_spec))]
    return b.transposed(y, back)


def _windows(kind: str):
    def write(b: Builder, step: Any, x: list[str]) -> str:
        s, given = step.settings, step.given[0]
        sizes, strides = s["window_dimensions"], s["window_strides"]
        own = dtype_of(given)
        if max(s["base_dilation"]) > 1 or not is_float(given):
            raise NotInOnnx("it reduces windows in a way that ONNX does not know")
        start = {"max": -np.inf, "min": np.inf, "sum": 0}[kind]
        before, after = zip(*s["padding"])
        name = padded(b, x[0], list(before), list(after), b.constant(start, own), given)
        shape = [n + p + q for n, (p, q) in zip(given.shape, s["padding"])]
        moving = [i for i, (n, k) in enumerate(zip(sizes, strides)) if n > 1 or k > 1]
        if not moving:
            return name
        if len(moving) > 3:
            raise NotInOnnx("it reduces windows of more than three axes")
        rest = [i for i in range(len(sizes)) if i not in moving]
        order = [*rest, *moving]
        y = b.transposed(name, order)
        folded = b.op("Concat", b.integers(-1, 1), b.sizes([shape[i] for i in moving]), axis=0)
        y = b.op("Reshape", y, folded)
        how = {
            "kernel_shape": [sizes[i] for i in moving], "strides": [strides[i] for i in moving],
            "dilations": [s["window_dilation"][i] for i in moving],
        }  # fmt: skip
        y = _pooled(b, kind, y, how)
        y = b.reshaped(y, [step.made[0].shape[i] for i in order])
        return b.transposed(y, [order.index(i) for i in range(len(order))])

    return write


def _pooled(b: Builder, kind: str, x: str, how: dict) -> str:
    if kind == "min":
        return b.op("Neg", b.op("MaxPool", b.op("Neg", x), **how))
    if kind == "max":
        return b.op("MaxPool", x, **how)
    if max(how["dilations"]) == 1:
        del how["dilations"]  # which AveragePool has only since opset 19
        return b.op("Mul", b.op("AveragePool", x, **how), b.constant(math.prod(how["kernel_shape"])))
    ones = np.ones((1, 1, *how["kernel_shape"]))
    return b.op("Conv", x, b.constant(ones), **how)


TABLE = {
    "conv_general_dilated": _convolution,
    "dot_general": _dot,
    "reduce_window_max": _windows("max"),
    "reduce_window_min": _windows("min"),
    "reduce_window_sum": _windows("sum"),
}
