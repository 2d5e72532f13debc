"""Objects to plain dicts and back, in the form that Keras 3 writes.

A dict names a class by its public module and name. Names are looked up in the closed table of built-in objects, among
the registered ones and among those passed in; nothing that a dict names is imported or evaluated.
"""

from __future__ import annotations

import contextlib
import copy
import threading
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from keras._core import registry
from keras._core.dtype_policy import DTYPES, DTypePolicy, by_class, policy_from
from keras._core.errors import NotSerializable, UnknownName
from keras._core.graph import KerasTensor
from keras._core.names import nearest


class FunctionConfig(dict):
    """The config of a function that remembers it, so that `from_config(get_config())` needs no names in one program.

    As JSON, pickled or in a file it is a plain dict: the function never leaves the program.
    """

    def __init__(self, config: dict, function: Any):
        super().__init__(config)
        self.function = function

    def __copy__(self):
        return FunctionConfig(self, self.function)

    def __deepcopy__(self, memo: dict):
        return FunctionConfig(copy.deepcopy(dict(self), memo), self.function)

    def __reduce__(self):
        return dict, (dict(self),)

    def still_its(self) -> bool:
        """Whether nobody has written another name into the config."""
        return self["class_name"] == "__lambda__" or self["config"] == registry.registered_name(self.function)


class _Sharing(threading.local):
    """Layers met while one whole thing is turned into a config or back, so that a shared one stays one."""

    configs: dict | None = None  # id(object) -> the dicts that describe it
    objects: dict | None = None  # number in the file -> object; class and name -> config and object
    strangers: dict | None = None  # name -> class or function that is not built in
    making = 0  # objects that are being made, one inside the other


_sharing = _Sharing()


@contextlib.contextmanager
def sharing():
    """Inside, a layer that several parts of a model hold is described and made as one object.

    Gives a dict that fills with the classes and functions that were described and are not built in, by name; the
    function of a layer that is a lambda by the name of the layer.
    """
    before = _sharing.configs, _sharing.objects, _sharing.strangers
    _sharing.configs, _sharing.objects, _sharing.strangers = {}, {}, {}
    try:
        yield _sharing.strangers
    finally:
        _sharing.configs, _sharing.objects, _sharing.strangers = before


def _note_stranger(name: str, thing: Any) -> None:
    if _sharing.strangers is not None and registry.module_of(thing) is None:
        _sharing.strangers[name] = thing


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
    if isinstance(thing, FunctionConfig):
        return thing
    if isinstance(thing, dict):
        return {str(k): serialize(v) for k, v in thing.items()}
    for kind, described in _DESCRIBED:
        if isinstance(thing, kind):
            return described(thing)
    if hasattr(thing, "get_config"):
        return _serialize_object(thing)
    if hasattr(thing, "shape") and hasattr(thing, "dtype"):
        value = np.asarray(thing)
        return {"class_name": "__tensor__", "config": {"value": value.tolist(), "dtype": str(value.dtype)}}
    if isinstance(thing, np.dtype):
        return thing.name
    raise NotSerializable(
        f"{type(thing).__name__} objects cannot be put into a config: give the class a `get_config` method."
    )


def _slice(thing: slice) -> dict:
    ends = {k: serialize(getattr(thing, k)) for k in ("start", "stop", "step")}
    return {"class_name": "__slice__", "config": ends}


def _array(thing: np.ndarray) -> dict:
    return {"class_name": "__numpy__", "config": {"value": thing.tolist(), "dtype": str(thing.dtype)}}


def _symbol(thing: KerasTensor) -> dict:
    history = thing._keras_history
    found = None if history is None else [history.operation.name, history.node_index, history.tensor_index]
    about = {"shape": list(thing.shape), "dtype": thing.dtype, "keras_history": found}
    return {"class_name": "__keras_tensor__", "config": about}


def _policy(thing: DTypePolicy) -> dict:
    return {
        "module": "keras" if type(thing) is DTypePolicy else "keras.dtype_policies",
        "class_name": type(thing).__name__,
        "config": thing.get_config(),
        "registered_name": None,
    }


def _function(thing: Any) -> dict:
    if thing.__name__ == "<lambda>":
        return FunctionConfig({"class_name": "__lambda__", "config": {"value": None}}, thing)
    _note_stranger(registry.registered_name(thing), thing)
    return config_of_function(thing)


def _class(thing: type) -> dict:
    return {
        "module": registry.module_of(thing) or "builtins", "class_name": "type", "config": thing.__name__,
        "registered_name": registry.registered_name(thing),
    }  # fmt: skip


_DESCRIBED: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (bytes, lambda thing: {"class_name": "__bytes__", "config": {"value": thing.decode("utf-8")}}),
    (slice, _slice),
    (types.EllipsisType, lambda thing: {"class_name": "__ellipsis__", "config": {}}),
    (np.generic, lambda thing: thing.item()),
    (np.ndarray, _array),
    (KerasTensor, _symbol),
    (DTypePolicy, _policy),
    ((types.FunctionType, types.BuiltinFunctionType), _function),
    (type, _class),
)


def config_of_function(function: Any) -> dict:
    """A function as Keras 3 writes it, which gives all of them one module; one that Keras 3 has not keeps its own."""
    name = registry.registered_name(function)
    home = registry.module_of(function)
    if home is None or registry.built_ins_of("builtins").get(name) is function:
        home = "builtins"
    config = {"module": home, "class_name": "function", "config": name, "registered_name": "function"}
    return FunctionConfig(config, function)


def _serialize_object(thing: Any) -> dict:
    given = thing
    if hasattr(thing, "whole_graph"):
        thing = thing.whole_graph()  # what today's classes make of a model of an older kind
    cls = type(thing)
    module = registry.module_of(cls)
    # the module of a program that was started by its file says nothing
    own = None if cls.__module__ == "__main__" else cls.__module__
    config = thing.get_config()
    _note_stranger(registry.registered_name(cls), cls)
    for value in config.values():
        if isinstance(value, types.FunctionType) and value.__name__ == "<lambda>":
            _note_stranger(getattr(thing, "name", "<lambda>"), value)
    found = {
        "module": module or own,
        "class_name": registry.public_name_of(cls) if module else cls.__name__,
        "config": serialize_dict(config),
        "registered_name": None if module else registry.registered_name(cls),
    }
    for key, method in (("build_config", "get_build_config"), ("compile_config", "get_compile_config")):
        config = getattr(given, method)() if hasattr(given, method) else None
        if config:
            found[key] = serialize_dict(config)
    if _sharing.configs is not None and hasattr(thing, "save_own_variables"):
        same = _sharing.configs.setdefault(id(thing), [thing])  # holds the object, so that its id stays its own
        same.append(found)
        if len(same) > 2:
            for config in same[1:]:
                config["shared_object_id"] = id(thing)
    return found


def serialize_dict(config: dict) -> dict:
    """`serialize` for the values of a dict."""
    return {key: serialize(value) for key, value in config.items()}


def _array_from(config: dict) -> np.ndarray:
    name = config["dtype"]
    if name not in DTYPES or name == "string":
        raise ValueError(f"An array in a config has dtype {name!r}, which is none of numbers.")
    return np.array(config["value"], dtype=name)


_PLAIN = {
    "__bytes__": lambda c: c["value"].encode("utf-8"),
    "__slice__": lambda c: slice(*(deserialize(c[k]) for k in ("start", "stop", "step"))),
    "__ellipsis__": lambda c: Ellipsis,
    "__numpy__": lambda c: _array_from(c),
    "__tensor__": lambda c: _array_from(c),
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
    if is_deserializing() and (callable(config) or hasattr(config, "get_config")):
        return config  # a constructor, which would make it of its config itself, got the object
    if not isinstance(config, dict):
        raise ValueError(f"A config is made of dicts, lists, numbers and strings. Got a {type(config).__name__}.")
    if "class_name" not in config or "config" not in config:
        return {k: deserialize(v, custom_objects, module) for k, v in config.items()}
    name, inner = config["class_name"], config["config"]
    if not isinstance(name, str):
        raise ValueError(f"A class is named by a string. Got {name!r}.")
    if name in _PLAIN:
        return _PLAIN[name](inner)
    if name == "__keras_tensor__":
        tensor = KerasTensor(inner["shape"], inner["dtype"])
        tensor._pre_serialized_keras_history = inner.get("keras_history")
        return tensor
    if isinstance(config, FunctionConfig) and config.still_its():
        return registry.registered_object(str(inner), custom_objects) or config.function
    if name == "__lambda__":
        raise ValueError("The config holds a lambda, which is code. Pass the function in `custom_objects` instead.")
    if name in ("function", "type"):
        return find(inner, config.get("module") or module, custom_objects, config.get("registered_name"))
    if name in by_class and config.get("module") in ("keras", "keras.dtype_policies", None):
        return policy_from(config)
    cls = find(name, config.get("module") or module, custom_objects, config.get("registered_name"))
    shared = config.get("shared_object_id")
    known = None if shared is None or _sharing.objects is None else _shared_object(shared, name, inner)
    if known is not None and type(known) is cls:
        return known
    with registry.object_scope(custom_objects or {}):
        made = _make(cls, inner)
        build_config = config.get("build_config")
        if build_config and hasattr(made, "build_from_config") and not getattr(made, "built", False):
            made.build_from_config(build_config)
        if config.get("compile_config") and hasattr(made, "compile_from_config"):
            made.compile_from_config(config["compile_config"])
    if _sharing.objects is not None and hasattr(made, "save_own_variables"):
        if shared is not None:
            _sharing.objects[shared] = made
        _sharing.objects.setdefault((name, str(inner.get("name")) if isinstance(inner, dict) else ""), (inner, made))
    return made


def _shared_object(number: Any, name: str, inner: Any) -> Any:
    """The layer of a number, or one made from the same config before: Keras 3 numbers a layer when it comes again."""
    if _sharing.objects is None:
        return None
    if number in _sharing.objects:
        return _sharing.objects[number]
    config, made = _sharing.objects.get((name, str(inner.get("name")) if isinstance(inner, dict) else ""), (None, None))
    return made if _unnumbered(config) == _unnumbered(inner) else None


def _unnumbered(config: Any) -> Any:
    """A config without the numbers of objects."""
    if isinstance(config, dict):
        return {k: _unnumbered(v) for k, v in config.items() if k != "shared_object_id"}
    return [_unnumbered(v) for v in config] if isinstance(config, (list, tuple)) else config


def _make(cls: Any, inner: Any) -> Any:
    if not isinstance(cls, type):
        raise ValueError(f"{getattr(cls, '__name__', cls)!r} is a function, but the config describes an object.")
    if not hasattr(cls, "from_config"):
        if registry.module_of(cls) is None and isinstance(inner, dict):  # a program's own, as 2.x took it
            return cls(**inner)
        raise ValueError(f"{cls.__name__} has no `from_config`, so a config cannot describe it.")
    _sharing.making += 1
    try:
        return cls.from_config(inner)
    finally:
        _sharing.making -= 1


def is_deserializing() -> bool:
    """Whether an object is being made by `deserialize`, whose config is in today's form already."""
    return _sharing.making > 0


def find(
    name: str, module: str | None = None, custom_objects: dict | None = None, registered: str | None = None
) -> Any:
    """The class or function a config names.

    Raises:
        UnknownName: there is none of that name.
    """
    if not isinstance(name, str):
        raise ValueError(f"A class or function is named by a string. Got {name!r}.")
    for candidate in (registered, name):
        if isinstance(candidate, str):
            found = registry.registered_object(candidate, custom_objects)
            if found is not None:
                return found
    places = [_public(module)] if isinstance(module, str) and module else _EVERYWHERE
    for place in places:
        found = registry.built_in(place, name)
        if found is not None:
            return found
    if module == "builtins":  # until Keras 3.6 functions were saved without the package that they are registered in
        own = {**registry.custom_objects(), **(custom_objects or {})}.items()
        found = [v for k, v in own if k.endswith(f">{name}") and not isinstance(v, type)]
        if len(found) == 1:
            return found[0]
    known = [k for place in places for k in registry.built_ins_of(place)]
    raise UnknownName(
        f"Unknown {'object' if not module else f'member of {module}'}: {name!r}.{nearest(name, known)}\n"
        f"  If it is yours, pass custom_objects={{{name!r}: {name}}}, or register it with\n"
        f"  @keras.saving.register_keras_serializable()."
    )


# where to look for what a file names without saying where it is
_EVERYWHERE = (
    "keras.layers", "keras.models", "keras.initializers", "keras.regularizers", "keras.constraints",
    "keras.optimizers", "keras.optimizers.schedules", "keras.losses", "keras.metrics", "keras.activations",
)  # fmt: skip


def _public(module: str) -> str:
    """The public module of a private one that Keras 3 names: 'keras.src.models.functional' -> 'keras.models'."""
    parts = module.split(".")
    if parts[:2] != ["keras", "src"] or len(parts) < 3:
        return module
    return "keras.optimizers.schedules" if parts[2:4] == ["optimizers", "schedules"] else f"keras.{parts[2]}"
