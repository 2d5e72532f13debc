"""Checks of arguments, all with one form of message: who complains, what was needed, what came."""

import numbers
from collections.abc import Iterable
from typing import Any

from keras._core.names import nearest


def _is_number(x: Any) -> bool:
    return isinstance(x, numbers.Real) and not isinstance(x, bool)


def _is_integer(x: Any) -> bool:
    return isinstance(x, numbers.Integral) and not isinstance(x, bool)


def positive_or_none(name: str, value: Any, owner: str = "") -> Any:
    """`value` if it is a positive number or None."""
    if value is None or (_is_number(value) and value > 0):
        return value
    raise ValueError(f"{_lead(owner)}`{name}` must be a positive number or None. Got {value!r}.")


def positive_integer(name: str, value: Any, owner: str = "") -> int:
    """`value` as an int if it is a positive whole number."""
    if _is_integer(value) and value > 0:
        return int(value)
    raise ValueError(f"{_lead(owner)}`{name}` must be a positive integer. Got {value!r}.")


def number_between(name: str, value: Any, low: float, high: float, owner: str = "") -> Any:
    """`value` if it is a number from `low` to `high`, both included."""
    if _is_number(value) and low <= value <= high:
        return value
    raise ValueError(f"{_lead(owner)}`{name}` must be a number from {low} to {high}. Got {value!r}.")


def one_of(name: str, value: Any, allowed: Iterable, owner: str = "") -> Any:
    """`value` if it is among `allowed`."""
    allowed = list(allowed)
    if value in allowed:
        return value
    words = ", ".join(repr(a) for a in allowed)
    raise ValueError(f"{_lead(owner)}`{name}` must be one of {words}. Got {value!r}.{nearest(str(value), allowed)}")


def integers(name: str, value: Any, count: int, owner: str = "", least: int = 1) -> tuple[int, ...]:
    """A tuple of `count` integers from one integer, meant for every axis, or from a sequence of that length."""
    if _is_integer(value):
        result: tuple = (int(value),) * count
    else:
        try:
            result = tuple(value)
        except TypeError:
            result = ()
    if len(result) != count or not all(_is_integer(v) and v >= least for v in result):
        kind = "positive integer" if least == 1 else f"integer of at least {least}"
        raise ValueError(f"{_lead(owner)}`{name}` must be one {kind}, or {count} of them. Got {value!r}.")
    return tuple(int(v) for v in result)


def _lead(owner: str) -> str:
    return f"{owner}: " if owner else ""
