"""Steps of traced functions in ONNX: arithmetic, reductions and shapes.

Every function takes the builder, the step and the names of its inputs, and returns the name of its output.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from keras._jax.steps import is_size
from keras.export._onnx_graph import Builder, NotInOnnx, held

_SMALL = 4096  # elements of an array that is written as it is rather than computed


def dtype_of(x: Any) -> str:
    """The dtype in which a tensor is held."""
    return held(x.dtype)


def is_float(x: Any) -> bool:
    """Whether its elements are held as floats."""
    return dtype_of(x).startswith("float")


def wrapped(b: Builder, y: str, described: Any) -> str:
    """A small integer that may have left its range, as it wraps around."""
    own = described.dtype.name
    if own in ("int8", "int16", "uint8", "uint16"):
        return b.cast(b.cast(y, own), "int32")
    return b.op("BitwiseAnd", y, b.constant(2**32 - 1, "int64")) if own == "uint32" else y


def _unary(kind: str, **attributes: Any):
    return lambda b, step, x: b.op(kind, *x, **attributes)


def _arithmetic(kind: str):
    return lambda b, step, x: wrapped(b, b.op(kind, *x), step.made[0])


def _number(b: Builder, step: Any, value: float) -> str:
    return b.constant(value, dtype_of(step.made[0]))


def _same(b: Builder, step: Any, x: list[str]) -> Any:
    return list(x)


def _boolean(kind: str, of_booleans: str):
    return lambda b, step, x: b.op(of_booleans if step.given[0].dtype == bool else kind, *x)


def _compared(kind: str, negated: bool = False):
    def write(b: Builder, step: Any, x: list[str]) -> str:
        if step.given[0].dtype == bool and kind != "Equal":
            x = [b.cast(name, "int32") for name in x]
        y = b.op(kind, *x)
        return b.op("Not", y) if negated else y

    return write


def _remainder(b: Builder, step: Any, x: list[str]) -> str:
    return b.op("Mod", *x, fmod=1)


def _rsqrt(b: Builder, step: Any, x: list[str]) -> str:
    return b.op("Reciprocal", b.op("Sqrt", *x))


def _log1p(b: Builder, step: Any, x: list[str]) -> str:
    return b.op("Log", b.op("Add", *x, _number(b, step, 1)))


def _expm1(b: Builder, step: Any, x: list[str]) -> str:
    above = b.op("Sub", b.op("Exp", *x), _number(b, step, 1))
    below = b.op("Elu", *x, alpha=1.0)  # which is exact near zero
    return b.op("Where", b.op("Less", *x, _number(b, step, 0.5)), below, above)


def _exp2(b: Builder, step: Any, x: list[str]) -> str:
    return b.op("Exp", b.op("Mul", *x, _number(b, step, math.log(2))))


def _erfc(b: Builder, step: Any, x: list[str]) -> str:
    return b.op("Sub", _number(b, step, 1), b.op("Erf", *x))


def _cbrt(b: Builder, step: Any, x: list[str]) -> str:
    return b.op("Mul", b.op("Sign", *x), b.op("Pow", b.op("Abs", *x), _number(b, step, 1 / 3)))


def _square(b: Builder, step: Any, x: list[str]) -> str:
    return wrapped(b, b.op("Mul", x[0], x[0]), step.made[0])


def _integer_pow(b: Builder, step: Any, x: list[str]) -> str:
    power = step.settings["y"]
    if not 1 <= abs(power) <= 4:
        return b.op("Pow", *x, _number(b, step, power))
    y = functools.reduce(lambda one, _: b.op("Mul", one, x[0]), range(abs(power) - 1), x[0])
    return b.op("Reciprocal", y) if power < 0 else wrapped(b, y, step.made[0])


def _pow(b: Builder, step: Any, x: list[str]) -> str:
    return b.op("Pow", x[0], x[1] if dtype_of(step.given[1]) == dtype_of(step.given[0]) else
                b.cast(x[1], dtype_of(step.given[0])))  # fmt: skip


def _round(b: Builder, step: Any, x: list[str]) -> str:
    if int(step.settings["rounding_method"]) == 1:
        return b.op("Round", *x)
    away = b.op("Floor", b.op("Add", b.op("Abs", *x), _number(b, step, 0.5)))
    return b.op("Mul", b.op("Sign", *x), away)


def _atan2(b: Builder, step: Any, x: list[str]) -> str:
    y, x0 = x
    zero, pi = _number(b, step, 0), _number(b, step, math.pi)
    turn = b.op("Where", b.op("Less", y, zero), b.op("Neg", pi), pi)
    plain = b.op("Atan", b.op("Div", y, x0))
    behind = b.op("Where", b.op("Less", x0, zero), b.op("Add", plain, turn), plain)
    nothing = b.op("And", b.op("Equal", x0, zero), b.op("Equal", y, zero))
    return b.op("Where", nothing, zero, behind)


def _is_finite(b: Builder, step: Any, x: list[str]) -> str:
    return b.op("Not", b.op("Or", b.op("IsInf", *x), b.op("IsNaN", *x)))


def _not(b: Builder, step: Any, x: list[str]) -> str:
    return b.op("Not", *x) if step.given[0].dtype == bool else wrapped(b, b.op("BitwiseNot", *x), step.made[0])


def _shifted(left: bool, logical: bool):
    def write(b: Builder, step: Any, x: list[str]) -> str:
        kind = dtype_of(step.made[0])
        factor = b.op("Pow", b.constant(2, kind), x[1])
        if left:
            return wrapped(b, b.op("Mul", x[0], factor), step.made[0])
        if logical and step.given[0].dtype.kind == "i":
            raise NotInOnnx("it shifts the bits of numbers with a sign")
        rest = b.op("Mod", x[0], factor)  # with the sign of the factor, so that what is left divides
        return b.op("Div", b.op("Sub", x[0], rest), factor)

    return write


def chosen(b: Builder, where: str, one: str, other: str, described: Any) -> str:
    """One tensor where a condition holds, the other elsewhere."""
    if described.dtype == bool:
        return b.op("Or", b.op("And", where, one), b.op("And", b.op("Not", where), other))
    return b.op("Where", where, one, other)


def _select(b: Builder, step: Any, x: list[str]) -> str:
    which, *cases = x
    if step.given[0].dtype == bool:
        return chosen(b, which, cases[1], cases[0], step.made[0])
    y = cases[-1]
    for i in range(len(cases) - 2, -1, -1):
        y = chosen(b, b.op("LessOrEqual", which, b.constant(i, dtype_of(step.given[0]))), cases[i], y, step.made[0])
    return y


def _clamp(b: Builder, step: Any, x: list[str]) -> str:
    low, y, high = x
    return b.op("Min", b.op("Max", y, low), high)


def _convert(b: Builder, step: Any, x: list[str]) -> str:
    own, new = dtype_of(step.given[0]), dtype_of(step.made[0])
    if own == "float32" and step.made[0].dtype.name == "bool":
        return b.op("Not", b.op("Equal", *x, b.constant(0)))
    y = x[0] if own == new else b.cast(x[0], new)
    return wrapped(b, y, step.made[0]) if step.given[0].dtype != bool else y


# --- reductions


def _reduced(kind: str):
    def write(b: Builder, step: Any, x: list[str]) -> str:
        axes = b.integers(*step.settings["axes"])
        if not step.settings["axes"]:
            return x[0]
        return wrapped(b, b.op(kind, *x, axes, keepdims=0), step.made[0])

    return write


def _of_booleans(kind: str):
    def write(b: Builder, step: Any, x: list[str]) -> str:
        if step.given[0].dtype != bool:
            raise NotInOnnx("it reduces integers bit by bit")
        axes = b.integers(*step.settings["axes"])
        return b.cast(b.op(kind, b.cast(x[0], "int32"), axes, keepdims=0), "bool")

    return write


def _arg(kind: str):
    def write(b: Builder, step: Any, x: list[str]) -> str:
        (axis,) = step.settings["axes"]
        y = b.op(kind, *x, axis=axis, keepdims=0)
        return b.cast(y, dtype_of(step.made[0]))

    return write


def _cumulative_sum(b: Builder, step: Any, x: list[str]) -> str:
    return b.op("CumSum", *x, b.constant(step.settings["axis"], "int64"), reverse=int(step.settings["reverse"]))


# --- shapes


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


# --- complex numbers: pairs along a last axis of their own


def _fft(b: Builder, step: Any, x: list[str]) -> str:
    kind = int(step.settings["fft_type"])  # 0 there, 1 back, 2 there from real numbers, 3 back to them
    if len(step.settings["fft_lengths"]) != 1 or kind == 3:
        raise NotInOnnx("it computes a Fourier transform of several axes, or back to real numbers")
    real = step.given[0].dtype.kind != "c"
    y = b.op("Unsqueeze", *x, b.integers(-1)) if real else x[0]
    flat = b.op("Reshape", y, b.integers(-1, step.settings["fft_lengths"][0], 1 if real else 2))
    y = b.op("DFT", flat, axis=1, onesided=int(real), inverse=int(kind == 1))
    return b.reshaped(y, [*step.made[0].shape, 2])


def _part(number: int):
    def write(b: Builder, step: Any, x: list[str]) -> str:
        return b.op("Gather", *x, b.constant(number, "int64"), axis=-1)

    return write


def _abs(b: Builder, step: Any, x: list[str]) -> str:
    if step.given[0].dtype.kind == "c":
        return b.op("ReduceL2", *x, b.integers(-1), keepdims=0)
    return b.op("Abs", *x)


_FUNCTIONS = {
    "acos": "Acos", "acosh": "Acosh", "asin": "Asin", "asinh": "Asinh", "atan": "Atan", "atanh": "Atanh",
    "ceil": "Ceil", "cos": "Cos", "cosh": "Cosh", "erf": "Erf", "exp": "Exp", "floor": "Floor", "log": "Log",
    "logistic": "Sigmoid", "sign": "Sign", "sin": "Sin", "sinh": "Sinh", "sqrt": "Sqrt", "tan": "Tan",
    "tanh": "Tanh", "div": "Div",
}  # fmt: skip
_THE_SAME = ("copy", "copy_p", "optimization_barrier", "reduce_precision", "sharding_constraint", "stop_gradient")

TABLE = {
    **{name: _unary(kind) for name, kind in _FUNCTIONS.items()},
    **dict.fromkeys(_THE_SAME, _same),
    "abs": _abs,
    "add": _arithmetic("Add"),
    "add_any": _arithmetic("Add"),
    "and": _boolean("BitwiseAnd", "And"),
    "argmax": _arg("ArgMax"),
    "argmin": _arg("ArgMin"),
    "atan2": _atan2,
    "broadcast_in_dim": _broadcast,
    "cbrt": _cbrt,
    "clamp": _clamp,
    "concatenate": _concatenated,
    "convert_element_type": _convert,
    "cumsum": _cumulative_sum,
    "dim_as_value": _dim_as_value,
    "eq": _compared("Equal"),
    "erfc": _erfc,
    "exp2": _exp2,
    "expand_dims": _expand_dims,
    "expm1": _expm1,
    "fft": _fft,
    "ge": _compared("GreaterOrEqual"),
    "gt": _compared("Greater"),
    "imag": _part(1),
    "integer_pow": _integer_pow,
    "iota": _iota,
    "is_finite": _is_finite,
    "le": _compared("LessOrEqual"),
    "le_to": _compared("LessOrEqual"),
    "log1p": _log1p,
    "lt": _compared("Less"),
    "lt_to": _compared("Less"),
    "max": _boolean("Max", "Or"),
    "min": _boolean("Min", "And"),
    "mul": _arithmetic("Mul"),
    "ne": _compared("Equal", negated=True),
    "neg": _arithmetic("Neg"),
    "not": _not,
    "or": _boolean("BitwiseOr", "Or"),
    "pad": _pad,
    "pow": _pow,
    "real": _part(0),
    "reduce_and": _of_booleans("ReduceMin"),
    "reduce_max": _reduced("ReduceMax"),
    "reduce_min": _reduced("ReduceMin"),
    "reduce_or": _of_booleans("ReduceMax"),
    "reduce_prod": _reduced("ReduceProd"),
    "reduce_sum": _reduced("ReduceSum"),
    "rem": _remainder,
    "reshape": _reshape,
    "rev": _reverse,
    "round": _round,
    "rsqrt": _rsqrt,
    "select_n": _select,
    "shift_left": _shifted(left=True, logical=False),
    "shift_right_arithmetic": _shifted(left=False, logical=False),
    "shift_right_logical": _shifted(left=False, logical=True),
    "slice": _slice,
    "split": _split,
    "square": _square,
    "squeeze": _squeeze,
    "stack": _stacked,
    "sub": _arithmetic("Sub"),
    "tile": _tiled,
    "transpose": _transpose,
    "xor": _boolean("BitwiseXor", "Xor"),
}
