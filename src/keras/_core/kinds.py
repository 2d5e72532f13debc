"""Classes that may count objects of other classes as theirs."""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Callable, Iterable


class Kind(ABCMeta):  # so that a class may be derived from abstract ones as well
    """The class of a class that counts objects of others as its own, where `counted_by` names such."""

    def __instancecheck__(cls, x) -> bool:
        return type.__instancecheck__(cls, x) or _counts(cls, type(x))

    def __subclasscheck__(cls, other: type) -> bool:
        return type.__subclasscheck__(cls, other) or _counts(cls, other)


# functions that name the classes whose objects a class counts; there are none in today's Keras
counted_by: list[Callable[[type], Iterable[type]]] = []


def _counts(cls: type, other: type) -> bool:
    return any(issubclass(other, found) for ask in counted_by for found in ask(cls))
