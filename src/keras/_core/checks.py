"""Checks of arguments, all with one form of message: who complains, what was needed, what came."""

import numbers
import operator
from collections.abc import Iterable
from typing import Any

from keras._core.errors import UnknownArgument, WrongTypeError
from keras._core.names import nearest

NO_SUPER = "{name}: its __init__ did not call super().__init__().\n  Write it as the first line of __init__."
VALUES_UNKNOWN = (
    "  Compiled code and symbolic tensors have no values that NumPy or an `if` could use.\n"
    "  Write keras.ops functions in place of NumPy's, and keras.ops.where or keras.ops.cond in place of `if`."
)


def _is_number(x: Any) -> bool:
    return isinstance(x, numbers.Real) and not isinstance(x, bool)


def _is_integer(x: Any) -> bool:
    """Whether `x` is a whole number; arrays of one may come from a computation of sizes."""
    if isinstance(x, (bool, str)):
        return False
    try:
        operator.index(x)
    except TypeError:
        return False
    return True


def no_more_arguments(owner: str, unknown: Iterable[str], known: Iterable[str] = ()) -> None:
    """Refuses arguments that nothing takes; `known` are those that one of them may have been meant for."""
    names = list(unknown)
    if names:
        words = ", ".join(map(repr, names))
        hint = nearest(names[0], known)
        raise UnknownArgument(f"{owner}: unknown argument{'s' * (len(names) > 1)} {words}.{hint}")


def positive_or_none(name: str, value: Any, owner: str = "") -> Any:
    """`value` if it is a positive number or None."""
    if value is None or (_is_number(value) and value > 0):
        return value
    raise ValueError(f"{_lead(owner)}`{name}` must be a positive number or None. Got {value!r}.")


def sizes_of(shape: Any) -> tuple:
    """A shape as a tuple: one number stands for a single axis."""
    return (shape,) if _is_integer(shape) else tuple(shape)


def positive_integer(name: str, value: Any, owner: str = "") -> int:
    """`value` as an int if it is a positive whole number."""
    if _is_integer(value) and value > 0:
        return int(value)
    error = ValueError if _is_integer(value) else WrongTypeError
    raise error(f"{_lead(owner)}`{name}` must be a positive integer. Got {value!r}.")


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


def pairs_of_integers(name: str, value: Any, count: int, owner: str = "") -> tuple[tuple[int, int], ...]:
    """`count` pairs of integers of at least 0, from pairs, from one integer per pair, or from one for all.

    With a count of 1 the pair stands alone.
    """
    items = [value] * count if _is_integer(value) or count == 1 else value
    if isinstance(items, (list, tuple)) and len(items) == count:
        pairs = [(i, i) if _is_integer(i) else i for i in items]
        if all(
            isinstance(p, (list, tuple)) and len(p) == 2 and all(_is_integer(n) and n >= 0 for n in p) for p in pairs
        ):
            return tuple((int(a), int(b)) for a, b in pairs)
    forms = "an integer or a pair of them" if count == 1 else f"an integer, {count} integers or {count} pairs of them"
    raise ValueError(f"{_lead(owner)}`{name}` must be {forms}, none below 0. Got {value!r}.")


def axis_or_axes(axis: Any, owner: str = "") -> Any:
    """`axis` as an int or, if there are several, as a list of them."""
    if _is_integer(axis):
        return int(axis)
    if isinstance(axis, (list, tuple)) and axis and all(_is_integer(a) for a in axis):
        return [int(a) for a in axis]
    raise WrongTypeError(f"{_lead(owner)}`axis` must be an integer, or a list of them. Got {axis!r}.")


def number(name: str, value: Any, owner: str = "") -> Any:
    """`value` if it is a number."""
    if _is_number(value):
        return value
    raise ValueError(f"{_lead(owner)}`{name}` must be a number. Got {value!r}.")


def positive_number(name: str, value: Any, owner: str = "") -> Any:
    """`value` if it is a number above 0."""
    if _is_number(value) and value > 0:
        return value
    raise ValueError(f"{_lead(owner)}`{name}` must be a positive number. Got {value!r}.")


def not_negative(name: str, value: Any, owner: str = "") -> Any:
    """`value` if it is a number of at least 0."""
    if _is_number(value) and value >= 0:
        return value
    raise ValueError(f"{_lead(owner)}`{name}` must be a number of at least 0. Got {value!r}.")


def shape_with_one_unknown(name: str, value: Any, owner: str = "") -> tuple[int, ...]:
    """A tuple of sizes of which at most one is -1; None counts as -1."""
    if not isinstance(value, (list, tuple)) or not all(n is None or (_is_integer(n) and n >= -1) for n in value):
        raise ValueError(f"{_lead(owner)}`{name}` must be a tuple of sizes, one of which may be -1. Got {value!r}.")
    sizes = tuple(-1 if n is None else int(n) for n in value)
    if sizes.count(-1) > 1:
        raise ValueError(f"{_lead(owner)}`{name}` may hold -1 once. Got {value!r}.")
    return sizes


def known_size(shape: Any, axis: int, owner: str) -> int:
    """The size of an axis of a shape, if it is known."""
    if shape[axis] is None:
        raise ValueError(f"{owner} needs inputs whose axis {axis} has a known size. Got shape {tuple(shape)}.")
    return int(shape[axis])


def axes_of(axes: Any, shape: Any, owner: str) -> list[int]:
    """One axis or several, counted from the front and in order, if the shape has them all."""
    axes = [axes] if isinstance(axes, int) else axes
    for axis in axes:
        if not -len(shape) <= axis < len(shape):
            raise ValueError(f"{owner}: there is no axis {axis} in inputs of shape {tuple(shape)}.")
    return sorted(axis % len(shape) for axis in axes)


def unavailable(name: str, value: Any, owner: str) -> None:
    """Refuses an argument that today's API has and this version cannot honour."""
    if value is not None:
        raise NotImplementedError(f"{owner}: `{name}` is not available in this version; leave it out. Got {value!r}.")


def _lead(owner: str) -> str:
    return f"{owner}: " if owner else ""
