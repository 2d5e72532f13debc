"""Objects as Keras 2 described them: a class and its arguments, or the name of a function."""

from __future__ import annotations

from typing import Any

from keras._core import registry, serialization
from keras._core.names import nearest


def serialize_keras_object(instance) -> Any:
    """`{"class_name": ..., "config": ...}` of an object, the name of a function, None for None.

    Raises:
        ValueError: it is neither.
    """
    if instance is None:
        return None
    if hasattr(instance, "get_config"):
        name = registry.registered_name(type(instance))
        return {"class_name": name, "config": serialization.serialize_dict(instance.get_config())}
    if hasattr(instance, "__name__"):
        return registry.registered_name(instance)
    raise ValueError(f"{instance!r} cannot be described: it is no function and has no `get_config`.")


def deserialize_keras_object(
    identifier, module_objects=None, custom_objects=None, printable_module_name="object"
) -> Any:
    """The object that `serialize_keras_object` described. Nothing that it names is imported.

    Args:
        identifier: a dict with 'class_name' and 'config', or the name of a function or class.
        module_objects: name -> class or function.
        custom_objects: the same, looked up first.
        printable_module_name: what it is called in messages.

    Raises:
        ValueError: the name is not among them.
    """
    if identifier is None:
        return None
    if isinstance(identifier, dict):
        if "class_name" not in identifier or "config" not in identifier:
            raise ValueError(f"A config of an object has 'class_name' and 'config'. Got {sorted(identifier)}.")
        cls = _found(identifier["class_name"], module_objects, custom_objects, printable_module_name)
        with registry.object_scope(custom_objects or {}):
            if not hasattr(cls, "from_config"):
                return cls(**identifier["config"])
            return cls.from_config(identifier["config"])
    if isinstance(identifier, str):
        found = _found(identifier, module_objects, custom_objects, printable_module_name)
        return found() if isinstance(found, type) else found
    if callable(identifier):
        return identifier
    raise ValueError(f"`identifier` must be a dict, a name or a function. Got {identifier!r}.")


def _found(name: Any, module_objects: dict | None, custom_objects: dict | None, kind: str) -> Any:
    found = registry.registered_object(name, custom_objects) if isinstance(name, str) else None
    if found is None:
        found = (module_objects or {}).get(name) if isinstance(name, str) else None
    if found is None:
        raise ValueError(
            f"Unknown {kind}: {name!r}.{nearest(str(name), module_objects or {})}\n"
            f"  If it is yours, pass custom_objects={{{name!r}: ...}}."
        )
    return found
