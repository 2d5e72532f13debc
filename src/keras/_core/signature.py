"""What a constructor or a function takes, read from its signature once."""

import functools
import inspect
from collections.abc import Callable
from typing import Any


@functools.lru_cache(maxsize=4096)
def parameters(function: Callable) -> tuple[tuple[str, ...], bool]:
    """Names a function takes by keyword, without self, and whether it takes any others as well."""
    names, open_ended = [], False
    for p in inspect.signature(function).parameters.values():
        if p.kind is p.VAR_KEYWORD:
            open_ended = True
        elif p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY) and p.name != "self":
            names.append(p.name)
    return tuple(names), open_ended


def required_parameters(function: Callable) -> list[str]:
    """Names of what a bound method or a function cannot be called without, as far as that can stand by position."""
    found = inspect.signature(function).parameters.values()
    return [p.name for p in found if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def required_of_constructor(cls: type) -> list[str]:
    """Names of what a class cannot be made without."""
    found = list(_init_signature(cls).parameters.values())[1:]
    return [p.name for p in found if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def takes_two(function: Callable) -> bool:
    """Whether `function` can be called with two things by position."""
    try:
        inspect.signature(function).bind(None, None)
    except TypeError:
        return False
    return True


def takes(function: Callable, name: str) -> bool:
    """Whether `function` has a parameter called `name`."""
    return name in parameters(getattr(function, "__func__", function))[0]


@functools.lru_cache(maxsize=4096)
def constructor_parameters(cls: type) -> tuple[str, ...]:
    """Every name the constructor takes, following `**kwargs` up the base classes."""
    names: list[str] = []
    for base in cls.__mro__[:-1]:
        init = base.__dict__.get("__init__")
        if init is None:
            continue
        found, more = parameters(init)
        names += [n for n in found if n not in names]
        if not more:
            break
    return tuple(names)


@functools.lru_cache(maxsize=4096)
def _init_signature(cls: type) -> inspect.Signature:
    return inspect.signature(cls.__init__)  # type: ignore[misc]


def unnamed_arguments(cls: type, args: tuple) -> tuple:
    """Those of a constructor's arguments by position that only its `*args` takes."""
    kinds = [p.kind for p in _init_signature(cls).parameters.values()]
    named = sum(kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD) for kind in kinds)
    return args[max(named - 1, 0) :]


def bound_arguments(cls: type, args: tuple, kwargs: dict) -> dict[str, Any]:
    """Constructor arguments by name, as they came; `*args` parameters are left out."""
    signature = _init_signature(cls)
    by_place = [p for p in signature.parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return {**dict(zip((p.name for p in by_place[1:]), args)), **kwargs}
