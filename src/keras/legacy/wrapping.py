"""Methods of today with something older put around them."""

from __future__ import annotations

import functools
from collections.abc import Callable


def wrap(cls: type, method: str, older: Callable, names: set[str] | None = None) -> None:
    """Puts `older(function, self, ...)` in the place of a method."""
    function = getattr(cls, method)

    @functools.wraps(function)
    def wrapper(self, *args, **kwargs):
        return older(function, self, *args, **kwargs)

    # a base of `cls` may define it, but here is where pickle finds it
    wrapper.__module__, wrapper.__qualname__ = cls.__module__, f"{cls.__qualname__}.{method}"
    if names:
        wrapper.__keras_legacy_arguments__ = names | set(getattr(function, "__keras_legacy_arguments__", ()))
    setattr(cls, method, wrapper)
