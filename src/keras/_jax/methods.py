"""Further methods of arrays, on the host of programs and inside of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp


def _classes() -> tuple[type, ...]:
    # by name, as making an array to look at would start the devices, and `distribution.initialize` comes before that
    named = [cls for cls in jax.Array.__subclasses__() if cls.__name__ == "ArrayImpl"]
    return (*(named or [type(jnp.zeros(()))]), jax.core.Tracer)


def add(name: str, function: Callable) -> None:
    """Gives arrays a method, unless they have one of that name."""
    for cls in _classes():
        if not hasattr(cls, name):
            setattr(cls, name, function)


def remove(name: str, function: Callable) -> None:
    """Takes the method away again."""
    for cls in _classes():
        if vars(cls).get(name) is function:
            delattr(cls, name)


_shapes: dict[type, property] = {}  # those of JAX, where they are not in their place


def show_shapes(shown: Callable[[tuple], tuple] | None) -> None:
    """Lets `x.shape` of arrays be `shown(shape)`, which has to be a tuple of integers too; None is JAX's own again."""
    for cls in _classes():
        own = _shapes.setdefault(cls, vars(cls)["shape"])
        cls.shape = own if shown is None else _shown(own, shown)  # type: ignore[attr-defined]


def _shown(own: property, shown: Callable[[tuple], tuple]) -> property:
    get = own.fget
    return property(lambda self: shown(get(self)), doc=own.__doc__)  # type: ignore[misc]


_items: dict[type, Callable] = {}


def index_by(key_of: Callable | None) -> None:
    """Lets `x[key]` of arrays be `x[key_of(key)]`; None is JAX's own again."""
    cls: Any
    for cls in _classes():
        own = _items.setdefault(cls, cls.__getitem__)
        cls.__getitem__ = own if key_of is None else _indexed(own, key_of)


def _indexed(own: Callable, key_of: Callable) -> Callable:
    return lambda self, key: own(self, key_of(key))
