"""Objects to plain dicts and back, in the form that Keras 3 writes.

A dict names a class by its public module and name. Names are looked up in the closed table of built-in objects, among
the registered ones and among those passed in; nothing that a dict names is imported or evaluated.
"""

from __future__ import annotations

import threading
import types
from typing import Any

import numpy as np

from keras._core import registry
from keras._core.dtype_policy import DTypePolicy, by_class, policy_from
from keras._core.graph import KerasTensor
from keras._core.names import nearest


class _Decoders(threading.local):
    lambdas: tuple = ()


def serialize(thing: Any) -> Any:
    """A structure of dicts, lists, numbers and strings from which `deserialize` makes the same object.

    Raises:
        ValueError: the object has no `get_config`.
    """
    if thing is None or isinstance(thing, (bool, int, float, str)):
        return thing
    if isinstance(thing, (list, tuple)):
        return (
            type(thing)(serialize(x) for x in thing) if type(thing) in (list, tuple) else [serialize(x) for x in thing]
        )
    if isinstance(thing, dict):
        return {str(k): serialize(v) for k, v in thing.items()}
    if isinstance(thing, bytes):
        return {"class_name": "__bytes__", "config": {"value": thing.decode("utf-8")}}
    if isinstance(thing, slice):
        return {
            "class_name": "__slice__",
            "config": {k: serialize(getattr(thing, k)) for k in ("start", "stop", "step")},
        }
    if thing is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(thing, np.generic):
        return thing.item()
    if isinstance(thing, np.ndarray):
        return {"class_name": "__numpy__", "config": {"value": thing.tolist(), "dtype": str(thing.dtype)}}
    if isinstance(thing, KerasTensor):
        history = thing._keras_history
        found = None if history is None else [history.operation.name, history.node_index, history.tensor_index]
        return {
            "class_name": "__keras_tensor__",
            "config": {"shape": list(thing.shape), "dtype": thing.dtype, "keras_history": found},
        }
    if isinstance(thing, DTypePolicy):
        return {
            "module": "keras" if type(thing) is DTypePolicy else "keras.dtype_policies",
            "class_name": type(thing).__name__,
            "config": thing.get_config(),
            "registered_name": None,
        }
    if isinstance(thing, types.FunctionType) and thing.__name__ == "<lambda>":
        return {"class_name": "__lambda__", "config": {"value": None}}
    if isinstance(thing, (types.FunctionType, types.BuiltinFunctionType, type)):
        kind = "type" if isinstance(thing, type) else "function"
        module = registry.module_of(thing) or "builtins"
        return {
            "module": module, "class_name": kind, "config": thing.__name__,
            "registered_name": registry.registered_name(thing),
        }  # fmt: skip
    if hasattr(thing, "get_config"):
        return _serialize_object(thing)
    if hasattr(thing, "shape") and hasattr(thing, "dtype"):
        value = np.asarray(thing)
        return {"class_name": "__tensor__", "config": {"value": value.tolist(), "dtype": str(value.dtype)}}
    if isinstance(thing, np.dtype):
        return thing.name
    raise ValueError(
        f"{type(thing).__name__} objects cannot be put into a config: give the class a `get_config` method."
    )


def _serialize_object(thing: Any) -> dict:
    cls = type(thing)
    module = registry.module_of(cls)
    found = {
        "module": module or cls.__module__,
        "class_name": cls.__name__,
        "config": serialize_dict(thing.get_config()),
        "registered_name": None if module else registry.registered_name(cls),
    }
    if hasattr(thing, "get_build_config"):
        build_config = thing.get_build_config()
        if build_config is not None:
            found["build_config"] = serialize_dict(build_config)
    return found


def serialize_dict(config: dict) -> dict:
    """`serialize` for the values of a dict."""
    return {key: serialize(value) for key, value in config.items()}


_PLAIN = {
    "__bytes__": lambda c: c["value"].encode("utf-8"),
    "__slice__": lambda c: slice(*(deserialize(c[k]) for k in ("start", "stop", "step"))),
    "__ellipsis__": lambda c: Ellipsis,
    "__numpy__": lambda c: np.array(c["value"], dtype=c["dtype"]),
    "__tensor__": lambda c: np.array(c["value"], dtype=c["dtype"]),
    "__tuple__": lambda c: tuple(deserialize(x) for x in c["value"]),
}


def deserialize(config: Any, custom_objects: dict | None = None, module: str | None = None) -> Any:
    """The object that a config describes.

    Args:
        config: what `serialize` returned, or what a file of an earlier release holds.
        custom_objects: name -> class or function, for what is not built in.
        module: the public module to look in when the config does not say.

    Raises:
        ValueError: a name is unknown; the message says which, and the nearest known one.
    """
    if config is None or isinstance(config, (bool, int, float)):
        return config
    if isinstance(config, (list, tuple)):
        return type(config)(deserialize(x, custom_objects, module) for x in config)
    if isinstance(config, str):
        return config
    if not isinstance(config, dict):
        raise ValueError(f"A config is made of dicts, lists, numbers and strings. Got a {type(config).__name__}.")
    if "class_name" not in config or "config" not in config:
        return {k: deserialize(v, custom_objects, module) for k, v in config.items()}
    name, inner = config["class_name"], config["config"]
    if name in _PLAIN:
        return _PLAIN[name](inner)
    if name == "__keras_tensor__":
        tensor = KerasTensor(inner["shape"], inner["dtype"])
        tensor._pre_serialized_keras_history = inner.get("keras_history")
        return tensor
    if name == "__lambda__":
        raise ValueError("The config holds a lambda, which is code. Pass the function in `custom_objects` instead.")
    if name in ("function", "type"):
        return find(inner, config.get("module") or module, custom_objects, config.get("registered_name"))
    if name in by_class and config.get("module") in ("keras", "keras.dtype_policies", None):
        return policy_from(config)
    cls = find(name, config.get("module") or module, custom_objects, config.get("registered_name"))
    with registry.object_scope(custom_objects or {}):
        made = _make(cls, inner)
    build_config = config.get("build_config")
    if build_config and hasattr(made, "build_from_config") and not getattr(made, "built", False):
        made.build_from_config(build_config)
    return made


def _make(cls: Any, inner: Any) -> Any:
    if not isinstance(cls, type):
        raise ValueError(f"{getattr(cls, '__name__', cls)!r} is a function, but the config describes an object.")
    if not hasattr(cls, "from_config"):
        raise ValueError(f"{cls.__name__} has no `from_config`, so a config cannot describe it.")
    return cls.from_config(inner)


def find(
    name: str, module: str | None = None, custom_objects: dict | None = None, registered: str | None = None
) -> Any:
    """The class or function a config names.

    Raises:
        ValueError: there is none of that name.
    """
    if not isinstance(name, str):
        raise ValueError(f"A class or function is named by a string. Got {name!r}.")
    for candidate in (registered, name):
        if candidate:
            found = registry.registered_object(candidate, custom_objects)
            if found is not None:
                return found
    if module:
        found = registry.built_in(module, name)
        if found is not None:
            return found
    known = registry.built_ins_of(module) if module else {}
    raise ValueError(
        f"Unknown {'object' if not module else 'member of ' + module}: {name!r}.{nearest(name, known)}\n"
        f"  If it is yours, pass custom_objects={{{name!r}: {name}}}, or register it with\n"
        f"  @keras.saving.register_keras_serializable()."
    )
