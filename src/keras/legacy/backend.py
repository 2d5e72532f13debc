"""Functions that `keras.backend` had in 1.x and 2.x, as far as they are one of today's operations."""

from collections.abc import Callable
from typing import NamedTuple

import keras


class Row(NamedTuple):
    """One function of older backends: its parameters, and today's operation, which takes them in the same order."""

    old: str
    parameters: str
    today: str


ROWS = [
    *(Row(name, "x axis=None keepdims=False", name) for name in (
        "mean", "sum", "max", "min", "prod", "std", "var", "any", "all",
    )),
    *(Row(name, "x", name) for name in (
        "abs", "square", "sqrt", "exp", "log", "sign", "sin", "cos", "sigmoid", "tanh", "softplus", "zeros_like",
        "ones_like", "transpose", "round", "stop_gradient",
    )),
    *(Row(name, "x y", name) for name in (
        "equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "maximum", "minimum",
    )),
    *(Row(name, "x axis=-1", name) for name in ("argmax", "argmin", "softmax", "expand_dims")),
    Row("dot", "x y", "matmul"),
    Row("pow", "x a", "power"),
    Row("clip", "x min_value max_value", "clip"),
    Row("cast", "x dtype", "cast"),
    Row("reshape", "x shape", "reshape"),
    Row("squeeze", "x axis", "squeeze"),
    Row("permute_dimensions", "x pattern", "transpose"),
    Row("concatenate", "tensors axis=-1", "concatenate"),
    Row("stack", "x axis=0", "stack"),
]  # fmt: skip


_DEFAULTS = {"None": None, "False": False, "-1": -1, "0": 0}


def functions() -> dict[str, Callable]:
    """Name -> function for all rows."""
    return {row.old: function_for(row) for row in ROWS}


def function_for(row: Row) -> Callable:
    """A function with the old parameters that calls today's operation."""
    names = [p.partition("=")[0] for p in row.parameters.split()]
    defaults = {n: _DEFAULTS[d] for n, _, d in (p.partition("=") for p in row.parameters.split()) if d}

    def function(*args, **kwargs):
        if len(args) > len(names):
            raise TypeError(f"K.{row.old} takes {len(names)} arguments. Got {len(args)}.")
        unknown = [k for k in kwargs if k not in names]
        if unknown:
            raise TypeError(f"K.{row.old} has no argument {unknown[0]!r}; it takes {', '.join(names)}.")
        given = {**defaults, **dict(zip(names, args)), **kwargs}
        return getattr(keras.ops, row.today)(*(given[n] for n in names))

    function.__name__ = function.__qualname__ = row.old
    function.__doc__ = f"`keras.ops.{row.today}` with the arguments of earlier releases: {', '.join(names)}."
    return function
