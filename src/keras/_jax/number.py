"""Numbers that programs take as inputs: changing one needs no new program.

A learning rate, a momentum or a clipping limit is a Python number on its owner. While a compiled step is traced, the
engine opens a scope that holds a traced value for it; reading the attribute then gives that value, so that the number
itself does not end up in the program.
"""

from __future__ import annotations

import functools
import numbers as python_numbers
from typing import Any

import numpy as np

from keras._jax import pure


class Number:
    """A class attribute that holds a number, or None if `optional`, and reads as an input of the program being traced.

    >>> class Decay(Numbered):
    ...     rate = Number()
    """

    name = ""

    def __init__(self, optional: bool = False):
        self.optional = optional

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, owner: Any, cls: type | None = None) -> Any:
        if owner is None:
            return self
        stored = self.stored(owner)
        if stored is None:
            return None
        traced = pure.number(owner, self.name)
        return stored if traced is None else traced

    def __set__(self, owner: Any, value: Any) -> None:
        if value is None and self.optional:
            vars(owner)[self.name] = None
        else:
            vars(owner)[self.name] = _as_number(value, self.name, owner, " or None" if self.optional else "")

    def stored(self, owner: Any) -> Any:
        """The number itself, whatever scope is open."""
        return vars(owner).get(self.name)


class OneMinus(Number):
    """`1 - x` for another number of the same owner, subtracted in double precision: `1 - 0.999` in single precision
    is off in the fifth digit."""

    def __init__(self, other: str):
        super().__init__(optional=True)
        self.other = other

    def __set__(self, owner: Any, value: Any) -> None:
        raise AttributeError(f"`{self.name}` follows from `{self.other}`; assign that instead.")

    def stored(self, owner: Any) -> Any:
        """One minus the other number."""
        other = vars(owner).get(self.other)
        return None if other is None else 1.0 - other


class Numbered:
    """A base class for owners of numbers."""

    def _declared(self) -> dict[str, Number]:
        cls: Any = type(self)
        return declared(cls)

    def stored_number(self, name: str) -> Any:
        """The Python number itself: for decisions that shape the program, such as whether there is any momentum."""
        return vars(self).get(name)

    def numbers(self) -> dict[str, float]:
        """Name -> value of all numbers that are not None, those of `numbered_parts` as 'part.name'."""
        found = {name: number.stored(self) for name, number in self._declared().items()}
        result = {name: float(value) for name, value in found.items() if value is not None}
        for part, thing in self.numbered_parts().items():
            result.update({f"{part}.{name}": value for name, value in thing.numbers().items()})
        return result

    def stored_numbers(self) -> tuple:
        """All stored values, in some order: to see quickly whether any has changed."""
        own = tuple(map(vars(self).get, self._declared()))
        parts = self.numbered_parts()
        return (own, *((part, thing.stored_numbers()) for part, thing in parts.items())) if parts else own

    def numbered_parts(self) -> dict[str, Numbered]:
        """Name -> object for the owners of numbers that this one holds."""
        return {}

    def hand_numbers_down(self) -> None:
        """Lets the parts read the values that the open scope holds for them under this owner's name."""
        scope = pure.current_scope()
        if scope is None:
            return
        for part, thing in self.numbered_parts().items():
            for name in thing.numbers():
                value = pure.number(self, f"{part}.{name}")
                if value is not None:
                    scope.numbers[(id(thing), name)] = value

    def number_kinds(self) -> tuple:
        """For each number whether it is None, zero or another one: what the structure of a program may depend on."""
        kinds = []
        for name, number in self._declared().items():
            value = number.stored(self)
            kinds.append((name, "none" if value is None else "zero" if value == 0 else "number"))
        return tuple(kinds)


@functools.cache
def declared(cls: type) -> dict[str, Number]:
    """The numbers that a class and its base classes declare, by name."""
    found: dict[str, Number] = {}
    for base in reversed(cls.__mro__):
        for name, member in vars(base).items():
            if isinstance(member, Number):
                found[name] = member
            else:
                found.pop(name, None)
    return found


def _as_number(value: Any, name: str, owner: Any, more: str) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, python_numbers.Real) and not isinstance(value, bool):
        return float(value)
    if getattr(value, "shape", None) == () and not isinstance(value, np.bool_):
        return float(value)
    raise ValueError(f"{type(owner).__name__}: `{name}` must be a number{more}. Got {value!r}.")
