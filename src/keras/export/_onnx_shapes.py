"""Steps of traced functions in ONNX that move elements or make shapes; see `_onnx_primitives`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from keras._jax.steps import is_size
from keras.export._onnx_graph import Builder
from keras.export._onnx_primitives import dtype_of

_SMALL = 4096  # elements of an array that is written as it is rather than computed


def _broadcast(b: Builder, step: Any, x: list[str]) -> str:
    shape, places = step.settings["shape"], step.settings["broadcast_dimensions"]
    given = step.given[0].shape
    if list(places) != list(range(len(shape))):
        ones = [given[places.index(i)] if i in places else 1 for i in range(len(shape))]
        missing = [i for i in range(len(shape)) if i not in places]
        y = b.op("Unsqueeze", x[0], b.integers(*missing)) if missing else x[0]
    else:
        y, ones = x[0], list(given)
    return y if all(_equal(n, m) for n, m in zip(ones, shape)) else b.op("Expand", y, b.sizes(shape))


def _equal(one: Any, other: Any) -> bool:
    return str(one) == str(other)


def _reshape(b: Builder, step: Any, x: list[str]) -> str:
    return b.reshaped(x[0], step.made[0].shape)


def _squeeze(b: Builder, step: Any, x: list[str]) -> str:
    return b.op("Squeeze", *x, b.integers(*step.settings["dimensions"])) if step.settings["dimensions"] else x[0]


def _expand_dims(b: Builder, step: Any, x: list[str]) -> str:
    return b.op("Unsqueeze", *x, b.integers(*step.settings["dimensions"]))


def _transpose(b: Builder, step: Any, x: list[str]) -> str:
    return b.transposed(x[0], step.settings["permutation"])


def _reverse(b: Builder, step: Any, x: list[str]) -> str:
    axes = step.settings["dimensions"]
    if not axes:
        return x[0]
    ends = b.integers(*[-(2**62)] * len(axes))
    minus = b.integers(*[-1] * len(axes))
    return b.op("Slice", x[0], minus, ends, b.integers(*axes), minus)


def _concatenated(b: Builder, step: Any, x: list[str]) -> str:
    return b.op("Concat", *x, axis=step.settings["dimension"])


def _stacked(b: Builder, step: Any, x: list[str]) -> str:
    axis = step.settings["axis"]
    return b.op("Concat", *(b.op("Unsqueeze", name, b.integers(axis)) for name in x), axis=axis)


def _split(b: Builder, step: Any, x: list[str]) -> Any:
    sizes = step.settings["sizes"]
    return b.op("Split", *x, b.sizes(sizes), outputs=len(sizes), axis=step.settings["axis"])


def _slice(b: Builder, step: Any, x: list[str]) -> str:
    starts, ends = step.settings["start_indices"], step.settings["limit_indices"]
    strides = step.settings["strides"] or (1,) * len(starts)
    shape = step.given[0].shape
    axes = [
        i for i in range(len(shape)) if not (_equal(starts[i], 0) and _equal(ends[i], shape[i]) and strides[i] == 1)
    ]
    if not axes:
        return x[0]
    return b.op(
        "Slice", x[0], b.sizes([starts[i] for i in axes]), b.sizes([ends[i] for i in axes]), b.integers(*axes),
        b.integers(*(strides[i] for i in axes)),
    )  # fmt: skip


def padded(b: Builder, x: str, before: list[Any], after: list[Any], value: str, described: Any) -> str:
    """A tensor with more at the ends of its axes, or with less where an amount is negative."""
    if all(_equal(n, 0) for n in (*before, *after)):
        return x
    as_numbers = described.dtype == bool  # which few runtimes pad
    if as_numbers:
        x, value = b.cast(x, "int32"), b.cast(value, "int32")
    y = b.op("Pad", x, b.sizes([*before, *after]), value)
    return b.cast(y, "bool") if as_numbers else y


def _pad(b: Builder, step: Any, x: list[str]) -> str:
    before, after, between = zip(*step.settings["padding_config"])
    y, shape = x[0], list(step.given[0].shape)
    for axis, zeros in enumerate(between):
        if zeros:
            y = spread(b, y, shape, axis, zeros, x[1])
            shape[axis] = (shape[axis] - 1) * (zeros + 1) + 1
    return padded(b, y, list(before), list(after), x[1], step.given[0])


def spread(b: Builder, x: str, shape: list[Any], axis: int, count: int, value: str) -> str:
    """A tensor with values between the elements of an axis."""
    rank = len(shape)
    y = b.op("Unsqueeze", x, b.integers(axis + 1))
    after = [0] * (rank + 1)
    after[axis + 1] = count
    y = b.op("Pad", y, b.integers(*[0] * (rank + 1), *after), value)
    y = b.reshaped(y, [*shape[:axis], shape[axis] * (count + 1), *shape[axis + 1 :]])
    return b.op("Slice", y, b.integers(0), b.integers(-count), b.integers(axis))


def _tiled(b: Builder, step: Any, x: list[str]) -> str:
    return b.op("Tile", *x, b.sizes(step.settings["reps"]))


def _iota(b: Builder, step: Any, x: list[str]) -> str:
    shape, axis, kind = step.settings["shape"], step.settings["dimension"], dtype_of(step.made[0])
    if not any(is_size(n) for n in shape) and math.prod(shape) <= _SMALL:
        line = np.arange(shape[axis]).reshape([-1 if i == axis else 1 for i in range(len(shape))])
        return b.constant(np.broadcast_to(line, shape), kind)
    line = numbered(b, shape[axis])
    line = line if kind == "int64" else b.cast(line, kind)
    line = b.op("Reshape", line, b.integers(*(-1 if i == axis else 1 for i in range(len(shape)))))
    return b.op("Expand", line, b.sizes(shape))


def numbered(b: Builder, size: Any) -> str:
    """The whole numbers below a size."""
    if not is_size(size):
        return b.constant(np.arange(size), "int64")
    count = b.op("Squeeze", b.size(size), b.integers(0))
    return b.op("Range", b.constant(0, "int64"), count, b.constant(1, "int64"))


def _dim_as_value(b: Builder, step: Any, x: list[str]) -> str:
    count = b.op("Squeeze", b.size(step.settings["dim"]), b.integers(0))
    return b.cast(count, dtype_of(step.made[0]))


TABLE = {
    "broadcast_in_dim": _broadcast,
    "concatenate": _concatenated,
    "dim_as_value": _dim_as_value,
    "expand_dims": _expand_dims,
    "iota": _iota,
    "pad": _pad,
    "reshape": _reshape,
    "rev": _reverse,
    "slice": _slice,
    "split": _split,
    "squeeze": _squeeze,
    "stack": _stacked,
    "tile": _tiled,
    "transpose": _transpose,
}
