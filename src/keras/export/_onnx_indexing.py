"""Steps of traced functions in ONNX: taking, putting and sorting elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras._jax.steps import is_size
from keras.export._onnx_graph import Builder, NotInOnnx
from keras.export._onnx_primitives import chosen, dtype_of, wrapped
from keras.export._onnx_shapes import numbered


def _starts(b: Builder, step: Any, names: list[str], described: list[Any], sizes: list[Any], shape: Any) -> list[str]:
    """Where a part of a tensor begins, moved so that it lies in the tensor; one vector per axis."""
    found = []
    for name, x, size, whole in zip(names, described, sizes, shape):
        start = b.op("Reshape", name if dtype_of(x) == "int64" else b.cast(name, "int64"), b.integers(1))
        found.append(b.op("Min", b.op("Max", start, b.integers(0)), b.size(whole - size)))
    return found


def _dynamic_slice(b: Builder, step: Any, x: list[str]) -> str:
    shape, sizes = step.given[0].shape, step.settings["slice_sizes"]
    starts = _starts(b, step, x[1:], step.given[1:], sizes, shape)
    start = b.op("Concat", *starts, axis=0)
    return b.op("Slice", x[0], start, b.op("Add", start, b.sizes(sizes)), b.integers(*range(len(shape))))


def _dynamic_update(b: Builder, step: Any, x: list[str]) -> str:
    shape, sizes = step.given[0].shape, step.given[1].shape
    return _replaced(b, x[0], x[1], _starts(b, step, x[2:], step.given[2:], sizes, shape), shape, sizes, 0)


def _replaced(b: Builder, x: str, new: str, starts: list[str], shape: Any, sizes: Any, axis: int) -> str:
    """`x` with `new` in the place of a part of it, where both have the same sizes before an axis."""
    while axis < len(shape) and str(shape[axis]) == str(sizes[axis]):
        axis += 1
    if axis == len(shape):
        return new
    start = starts[axis]
    end, where = b.op("Add", start, b.size(sizes[axis])), b.integers(axis)
    middle = b.op("Slice", x, start, end, where)
    return b.op(
        "Concat", b.op("Slice", x, b.integers(0), start, where),
        _replaced(b, middle, new, starts, shape, sizes, axis + 1),
        b.op("Slice", x, end, b.integers(2**62), where), axis=axis,
    )  # fmt: skip


class _Places:
    """Places in a tensor, from indices as XLA has them: the last axis of `indices` says along which axes they count.

    Attributes:
        indices: names of one tensor of int64 per axis that is counted along.
        sizes: the sizes of these axes.
        inside: whether all of them lie in the tensor.
    """

    def __init__(self, b: Builder, indices: str, described: Any, axes: Any, shape: Any, lasts: list[Any]):
        name = indices if dtype_of(described) == "int64" else b.cast(indices, "int64")
        self.sizes = [shape[axis] for axis in axes]
        self.raw = [b.op("Gather", name, b.constant(i, "int64"), axis=-1) for i in range(len(axes))]
        self.indices, checks = [], []
        for one, last in zip(self.raw, lasts):
            top = b.op("Squeeze", b.size(last), b.integers(0)) if is_size(last) else b.constant(last, "int64")
            self.indices.append(b.op("Min", b.op("Max", one, b.constant(0, "int64")), top))
            checks.append(b.op("Equal", one, self.indices[-1]))
        self.inside = checks[0]
        for check in checks[1:]:
            self.inside = b.op("And", self.inside, check)


def _mode(step: Any) -> str:
    return str(step.settings["mode"]).rpartition(".")[2].upper()


def _gather(b: Builder, step: Any, x: list[str]) -> str:
    numbers, sizes = step.settings["dimension_numbers"], step.settings["slice_sizes"]
    operand, indices = step.given
    batching = tuple(numbers.operand_batching_dims)
    axes = [*batching, *numbers.start_index_map]
    lines = len(indices.shape) - 1  # axes of the indices that stay
    out_rank = len(step.made[0].shape)
    offsets = list(numbers.offset_dims)
    if not axes:
        return b.reshaped(x[0], step.made[0].shape)
    lasts = [operand.shape[a] - sizes[a] for a in numbers.start_index_map]
    if not numbers.start_index_map:
        raise NotInOnnx("it takes elements in a way that ONNX does not know")
    found = _Places(b, x[1], indices, numbers.start_index_map, operand.shape, lasts)
    simple = len(axes) == 1 and not batching and sizes[axes[0]] == 1 and axes[0] in numbers.collapsed_slice_dims
    others = [i for i in range(len(operand.shape)) if i not in axes]
    if any(str(sizes[i]) != str(operand.shape[i]) for i in others):
        raise NotInOnnx("it takes parts of axes in a way that ONNX does not know")
    if simple:
        y = b.op("Gather", x[0], found.indices[0], axis=axes[0])
        # axes are now those before, those of the indices, those after
        before = sum(i < axes[0] for i in others)
        order_now = [("o", i) for i in range(before)] + [("i", i) for i in range(lines)]
        order_now += [("o", i) for i in range(before, len(others))]
    else:
        y, order_now = _gather_many(b, step, x[0], found, axes, others, lines)
    stay = [i for i in range(out_rank) if i not in offsets]
    place = {("o", i): at for i, at in enumerate(offsets)} | {("i", i): at for i, at in enumerate(stay)}
    order: list[int] = [0] * out_rank
    for now, what in enumerate(order_now):
        order[place[what]] = now
    y = b.transposed(y, order)
    if _mode(step) != "FILL_OR_DROP":
        return y
    return _filled(b, step, y, found.inside, stay, out_rank)


def _gather_many(b: Builder, step: Any, x: str, found: _Places, axes: list, others: list, lines: int) -> tuple:
    """Along several axes, or of parts longer than one."""
    numbers, sizes = step.settings["dimension_numbers"], step.settings["slice_sizes"]
    operand, indices = step.given
    batching = list(numbers.operand_batching_dims)
    dropped = {*numbers.collapsed_slice_dims, *batching}
    windows = [a for a in axes if a not in dropped]  # each makes an axis behind those of the indices
    rank = lines + len(windows)
    parts = []
    for position, axis in enumerate(axes):
        if axis in batching:
            at = numbers.start_indices_batching_dims[batching.index(axis)]
            line = b.op(
                "Reshape", numbered(b, operand.shape[axis]), b.integers(*(-1 if i == at else 1 for i in range(rank)))
            )
        else:
            line = found.indices[position - len(batching)]
            for _ in windows:
                line = b.op("Unsqueeze", line, b.integers(-1))
            if axis in windows and sizes[axis] != 1:
                at = lines + windows.index(axis)
                steps = b.op(
                    "Reshape", numbered(b, sizes[axis]), b.integers(*(-1 if i == at else 1 for i in range(rank)))
                )
                line = b.op("Add", line, steps)
        parts.append(line)
    grid = b.sizes([*indices.shape[:-1], *(sizes[a] for a in windows)])
    parts = [b.op("Unsqueeze", b.op("Expand", p, grid), b.integers(-1)) for p in parts]
    every = parts[0] if len(parts) == 1 else b.op("Concat", *parts, axis=-1)
    y = b.op("GatherND", b.transposed(x, [*axes, *others]), every)
    kept = sorted([*windows, *others])  # the order of the offset axes
    now = [("i", i) for i in range(lines)] + [("o", kept.index(a)) for a in (*windows, *others)]
    return y, now


def _along(b: Builder, vector: str, axis: int, rank: int) -> str:
    """A vector as an axis of a tensor whose other axes are 1."""
    return b.op("Reshape", vector, b.integers(*(-1 if i == axis else 1 for i in range(rank))))


def _filled(b: Builder, step: Any, y: str, inside: str, stay: list[int], rank: int) -> str:
    """What was taken from outside of the tensor is the value for it."""
    missing = [i for i in range(rank) if i not in stay]
    where = b.op("Unsqueeze", inside, b.integers(*missing)) if missing else inside
    value = step.settings["fill_value"]
    if value is None:
        value = _OUTSIDE[step.made[0].dtype.kind](step.made[0].dtype)
    return chosen(b, where, y, b.constant(value, dtype_of(step.made[0])), step.made[0])


# by the kind of a dtype: what JAX takes from outside of a tensor
_OUTSIDE = {
    "b": lambda dtype: True,
    "i": lambda dtype: np.iinfo(dtype).min,
    "u": lambda dtype: np.iinfo(dtype).max,
    "f": lambda dtype: np.nan,
    "V": lambda dtype: np.nan,  # bfloat16
}


def _scatter(reduction: str):
    def write(b: Builder, step: Any, x: list[str]) -> str:
        numbers = step.settings["dimension_numbers"]
        operand, indices, updates = step.given
        axes = list(numbers.scatter_dims_to_operand_dims)
        others = [i for i in range(len(operand.shape)) if i not in axes]
        whole = [updates.shape[i] for i in numbers.update_window_dims]
        if (
            numbers.operand_batching_dims
            or sorted(axes) != sorted(numbers.inserted_window_dims)
            or [str(n) for n in whole] != [str(operand.shape[i]) for i in others]
            or operand.dtype == bool
        ):
            raise NotInOnnx("it puts elements into a tensor in a way that ONNX does not know")
        lasts = [operand.shape[a] - 1 for a in axes]
        found = _Places(b, x[1], indices, axes, operand.shape, lasts)
        order = [*axes, *others]
        target = b.transposed(x[0], order)
        places = list(found.indices)
        # what lies outside goes to one more row, which is cut off
        size = b.size(operand.shape[axes[0]])
        row = b.op("Squeeze", size, b.integers(0))
        places[0] = b.op("Where", found.inside, places[0], row)
        more = [0] * len(order)
        more[0] = 1
        target = b.op("Pad", target, b.integers(*[0] * len(order), *more), b.constant(0, dtype_of(operand)))
        lines = [i for i in range(len(updates.shape)) if i not in numbers.update_window_dims]
        new = b.transposed(x[2], [*lines, *numbers.update_window_dims])
        every = b.op("Concat", *(b.op("Unsqueeze", p, b.integers(-1)) for p in places), axis=-1)
        y = b.op("ScatterND", target, every, new, reduction=reduction)
        y = b.op("Slice", y, b.integers(0), size, b.integers(0))
        back = [order.index(i) for i in range(len(order))]
        return wrapped(b, b.transposed(y, back), step.made[0])

    return write


def _sort(b: Builder, step: Any, x: list[str]) -> list[str]:
    axis = step.settings["dimension"]
    if step.settings["num_keys"] != 1:
        raise NotInOnnx("it sorts by several keys")
    size = b.size(step.given[0].shape[axis])
    keys = b.cast(x[0], "int32") if step.given[0].dtype == bool else x[0]
    values, places = b.op("TopK", keys, size, outputs=2, axis=axis, largest=0, sorted=1)
    first = b.cast(values, "bool") if step.given[0].dtype == bool else values
    return [first, *(b.op("GatherElements", name, places, axis=axis) for name in x[1:])]


def _top_k(b: Builder, step: Any, x: list[str]) -> list[str]:
    values, places = b.op("TopK", x[0], b.size(step.settings["k"]), outputs=2, axis=step.settings["axis"])
    return [values, b.cast(places, dtype_of(step.made[1]))]


def _platform(b: Builder, step: Any, x: list[str]) -> str:
    listed = step.settings["platforms"]
    return b.constant(next(i for i, names in enumerate(listed) if names is None or "cpu" in names), "int32")


TABLE = {
    "dynamic_slice": _dynamic_slice,
    "dynamic_update_slice": _dynamic_update,
    "gather": _gather,
    "platform_index": _platform,
    "scatter": _scatter("none"),
    "scatter-add": _scatter("add"),
    "scatter_add": _scatter("add"),
    "scatter-max": _scatter("max"),
    "scatter-min": _scatter("min"),
    "scatter-mul": _scatter("mul"),
    "sort": _sort,
    "top_k": _top_k,
}
