"""`get`, `serialize` and `deserialize` of today's modules with the arguments they had."""

from __future__ import annotations

import functools
import importlib
from types import ModuleType
from typing import Any

from keras._core import registry
from keras.legacy import era, report
from keras.legacy.written_pieces import written_piece
from keras.saving._older_objects import serialize_keras_object


def teach(module: ModuleType) -> None:
    """Lets the three functions of a module take what they took in 1.x, 2.x and tf.keras."""
    if hasattr(module, "get"):
        module.get = _get(module.__name__, module.get)
    module.serialize = _serialize(module.__name__, module.serialize)
    module.deserialize = _deserialize(module.deserialize)


def _get(module: str, function: Any) -> Any:
    """`get(name, kwargs)` of 0.x and 1.x made the object with these arguments."""

    @functools.wraps(function)
    def get(identifier, kwargs=None, use_legacy_optimizer=False):
        with era.during("tf2.0" if use_legacy_optimizer and not era.before("tf2.11") else None):
            found = function(identifier)
        if not kwargs:
            return found
        if not isinstance(identifier, str) or not hasattr(type(found), "from_config"):
            raise ValueError(f"{module}.get: `kwargs` go with the name of a class. Got {identifier!r}.")
        report.note(f"{module}.get", "kwargs", f"{type(found).__name__}(...)")
        return type(found)(**kwargs)

    get.__keras_legacy_arguments__ = {"kwargs", "use_legacy_optimizer"}  # type: ignore[attr-defined]
    return get


def _serialize(module: str, function: Any) -> Any:
    """`serialize(thing, use_legacy_format=True)` describes a thing as Keras 2 did, and so it did until 3."""

    @functools.wraps(function)
    def serialize(*args, use_legacy_format=None, **kwargs):
        if use_legacy_format is None:
            use_legacy_format = era.before("3")
        if not use_legacy_format:
            return function(*args, **kwargs)
        found = serialize_keras_object(*args, **kwargs)
        return _of_2(module, found) if _is_of(module, args) and era.before("tf2.0") else found

    serialize.__keras_legacy_arguments__ = {"use_legacy_format"}  # type: ignore[attr-defined]
    return serialize


def _is_of(module: str, things: tuple) -> bool:
    return len(things) == 1 and registry.module_of(type(things[0])) == module


def _of_2(module: str, found: dict) -> dict:
    """A description with the names and arguments of 2.x; as it was where 2.x had no such thing."""
    if module != "keras.optimizers":
        return written_piece("2", module, found["class_name"], found["config"]) or found
    try:
        return importlib.import_module("keras.legacy.written").writer("2").optimizer(found)
    except ValueError:
        return found


_CONFIG = ("config", "name", "identifier")


def _deserialize(function: Any) -> Any:
    """`deserialize(..., use_legacy_format=...)`: what is described tells its form, so either is read either way."""

    @functools.wraps(function)
    def deserialize(*args, use_legacy_format=False, use_legacy_optimizer=False, **kwargs):
        given = [name for name in _CONFIG if name in kwargs]
        if given and not args:
            args = (kwargs.pop(given[0]),)
        with era.during("tf2.0" if use_legacy_optimizer and not era.before("tf2.11") else None):
            return function(*args, **kwargs)

    deserialize.__keras_legacy_arguments__ = {  # type: ignore[attr-defined]
        *_CONFIG, "use_legacy_format", "use_legacy_optimizer",
    }  # fmt: skip
    return deserialize
