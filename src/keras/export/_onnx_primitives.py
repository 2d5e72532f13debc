"""Steps of traced functions in ONNX: arithmetic, reductions and complex numbers.

Every function takes the builder, the step and the names of its inputs, and returns the name of its output.
"""

from __future__ import annotations

import functools
import math
from typing import Any

from keras.export._onnx_graph import Builder, NotInOnnx, held


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
    "cbrt": _cbrt,
    "clamp": _clamp,
    "convert_element_type": _convert,
    "cumsum": _cumulative_sum,
    "eq": _compared("Equal"),
    "erfc": _erfc,
    "exp2": _exp2,
    "expm1": _expm1,
    "fft": _fft,
    "ge": _compared("GreaterOrEqual"),
    "gt": _compared("Greater"),
    "imag": _part(1),
    "integer_pow": _integer_pow,
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
    "pow": _pow,
    "real": _part(0),
    "reduce_and": _of_booleans("ReduceMin"),
    "reduce_max": _reduced("ReduceMax"),
    "reduce_min": _reduced("ReduceMin"),
    "reduce_or": _of_booleans("ReduceMax"),
    "reduce_prod": _reduced("ReduceProd"),
    "reduce_sum": _reduced("ReduceSum"),
    "rem": _remainder,
    "round": _round,
    "rsqrt": _rsqrt,
    "select_n": _select,
    "shift_left": _shifted(left=True, logical=False),
    "shift_right_arithmetic": _shifted(left=False, logical=False),
    "shift_right_logical": _shifted(left=False, logical=True),
    "square": _square,
    "sub": _arithmetic("Sub"),
    "xor": _boolean("BitwiseXor", "Xor"),
}
