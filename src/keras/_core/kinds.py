"""Classes that may count objects of other classes as theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable


class Kind(type):
    """The class of a class that counts objects of others as its own, where `counted_by` names such."""

    def __instancecheck__(cls, x) -> bool:
        return super().__instancecheck__(x) or _counts(cls, type(x))

    def __subclasscheck__(cls, other: type) -> bool:
        return super().__subclasscheck__(other) or _counts(cls, other)


# functions that name the classes whose objects a class counts; there are none in today's Keras
counted_by: list[Callable[[type], Iterable[type]]] = []


def _counts(cls: type, other: type) -> bool:
    return any(issubclass(other, found) for ask in counted_by for found in ask(cls))
