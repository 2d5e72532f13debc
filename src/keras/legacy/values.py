"""Older values of arguments, as today's: what the rows of `arguments.py` compute."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from keras._core.signature import takes

AXIS_ORDERS = {"th": "channels_first", "tf": "channels_last", "default": None, None: None}
IMPLEMENTATIONS = {"cpu": 0, "mem": 1, "gpu": 2}
FORGET_BIAS = {"one": True, "ones": True, "zero": False, "zeros": False, True: True, False: False}

_PLAIN = (str, int, float, bool)


def sizes(*given: Any) -> tuple:
    """Single sizes as one tuple: `nb_row`, `nb_col`."""
    return tuple(given)


def channels_of_images(count: int) -> tuple:
    """The shape of inputs of which the channels are known, in the axis order of then."""
    return (count, None, None)


def output_mode(mode: Any) -> Any:
    """Names that modes of layers for text and tables had before 2.6."""
    return {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(mode, mode) if isinstance(mode, str) else mode


def pair(one: Any) -> tuple:
    """The same value for two of today's arguments."""
    return (one, one)


def around_one(distance: float) -> tuple[float, float]:
    """The two ends of a range about 1."""
    return (1 - distance, 1 + distance)


def is_initializer_name(value: Any) -> bool:
    """Whether a second argument can only be how weights start: `Dense(64, 'uniform')`."""
    return isinstance(value, str) and value.lower() in INITIALIZER_NAMES


INITIALIZER_NAMES = frozenset((
    "uniform", "lecun_uniform", "normal", "identity", "orthogonal", "zero", "zeros", "one", "ones", "glorot_normal",
    "glorot_uniform", "he_normal", "he_uniform", "lecun_normal",
))  # fmt: skip


def is_older_padding(args: tuple) -> bool:
    """Whether what a padding layer is given names its sides, or counts all four."""
    first = args[0] if args else None
    return isinstance(first, dict) or (isinstance(first, (list, tuple)) and len(first) == 4)


def sequence_padding(value: Any) -> Any:
    """How much a sequence gets at both ends, from a dict of sides."""
    return _side_pairs(value, ("left_pad", "right_pad"))[0] if isinstance(value, dict) else value


def image_padding(value: Any) -> Any:
    """Pairs of sizes from a dict of sides, or from top, bottom, left and right."""
    if isinstance(value, dict):
        return _side_pairs(value, ("top_pad", "bottom_pad", "left_pad", "right_pad"))
    return (tuple(value[:2]), tuple(value[2:])) if is_older_padding((value,)) else value


def _side_pairs(value: dict, sides: tuple[str, ...]) -> tuple:
    unknown = [name for name in value if name not in sides]
    if unknown:
        raise ValueError(f"`padding` is a dict of {', '.join(sides)}. Got {unknown[0]!r}.")
    found = [value.get(side, 0) for side in sides]
    return tuple((a, b) for a, b in zip(found[::2], found[1::2]))


def is_number(value: Any) -> bool:
    """Whether a value is a number that is no truth value."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_fraction(value: Any) -> bool:
    """Whether a value can only be a real number: `BatchNormalization(1e-3)`."""
    return isinstance(value, float)


def names_metrics(value: Any) -> bool:
    """Whether the third argument of `compile` lists metrics rather than weights of losses."""
    if isinstance(value, dict):
        return any(names_metrics(v) for v in value.values())
    if isinstance(value, (list, tuple)):
        return any(names_metrics(v) for v in value)
    return value is not None and not isinstance(value, (int, float)) and not hasattr(value, "__float__")


def takes_dtype(function: Callable) -> bool:
    """Whether an initializer function takes `dtype`, as today's do."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return True
    return any(p.name == "dtype" or p.kind is p.VAR_KEYWORD for p in parameters)


class OldInitializer:
    """A function `(shape, name=None)` of 1.x that returns a variable, as an initializer of today.

    Args:
        function: the function.
    """

    def __init__(self, function: Callable):
        self.function = function
        self.__name__ = getattr(function, "__name__", "initializer")
        self._takes_name = takes(function, "name")

    def __call__(self, shape, dtype=None):
        found = self.function(tuple(shape), name=None) if self._takes_name else self.function(tuple(shape))
        found = getattr(found, "value", found)  # a variable's value
        return found if dtype is None or not hasattr(found, "astype") else found.astype(dtype)

    def get_config(self) -> dict:
        """What the constructor takes."""
        return {"function": self.function}


def bins(given: Any) -> tuple:
    """`bins` of `Discretization`: boundaries, or how many bins are to be found."""
    return (None, given) if isinstance(given, int) else (given, None)


class _AnyNumber(dict):
    """Answers to every whole number, and to None."""

    def __missing__(self, key: Any) -> None:
        if key is not None and not isinstance(key, int):
            raise KeyError(key)


ANY_NUMBER = _AnyNumber({32: None})
