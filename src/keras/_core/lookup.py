"""From a name, a class, a config or a callable to the object meant: what every public `get()` does."""

from __future__ import annotations

from typing import Any

from keras._core import registry
from keras._core.names import nearest, snake_case
from keras._core.serialization import deserialize


def get(identifier: Any, module: str, kind: str, custom_objects: dict | None = None) -> Any:
    """The object that `identifier` means.

    Args:
        identifier: None, the name of a class or function in any spelling (`"HeNormal"`, `"he_normal"`), a class, a
            config, or something callable.
        module: the public module to look in, such as 'keras.initializers'.
        kind: the word for messages, such as 'initializer'.

    Returns:
        None for None; an instance for a class or a class's name; a callable as it is.

    Raises:
        ValueError: nothing has that name, or `identifier` cannot mean an object of this kind.
    """
    if identifier is None:
        return None
    if isinstance(identifier, str):
        found = named(identifier, module, custom_objects)
        if found is None:
            known = registry.built_ins_of(module)
            raise ValueError(f"Unknown {kind}: {identifier!r}.{nearest(identifier, known)}")
        identifier = found
    elif isinstance(identifier, dict):
        identifier = deserialize(identifier, custom_objects, module)
    if isinstance(identifier, type):
        return identifier()
    if callable(identifier) or hasattr(identifier, "get_config"):
        return identifier
    raise ValueError(f"`{kind}` must be a name, a function, an object or a config. Got {identifier!r}.")


def named(name: str, module: str, custom_objects: dict | None = None) -> Any:
    """The class or function called `name` in a public module or among the user's; None if there is none."""
    found = registry.registered_object(name, custom_objects)
    if found is None:
        known = registry.built_ins_of(module)
        found = known.get(name)
        if found is None:
            found = next((v for k, v in known.items() if snake_case(k) == name.lower()), None)
    # asked last, because it loads all modules
    return registry.built_in(module, name) if found is None else found
