"""Objects to configs and back, and the names under which configs know a user's classes."""

from typing import Any

from keras._core import registry, serialization


def serialize_keras_object(obj) -> Any:
    """A config of dicts, lists, numbers and strings, from which `deserialize_keras_object` makes the object again.

    Raises:
        ValueError: the object has no `get_config`.

    >>> keras.saving.serialize_keras_object(keras.regularizers.L2(0.5))["config"]
    {'l2': 0.5}
    """
    return serialization.serialize(obj)


def deserialize_keras_object(
    config, custom_objects=None, safe_mode=True, *, module_objects=None, printable_module_name="object"
) -> Any:
    """The object that a config describes. Nothing that the config names is imported or evaluated.

    Args:
        config: what `serialize_keras_object` returned; or a name in `custom_objects`, whose thing is returned as it
            is, or in `module_objects`, of whose class an instance is made; any other string is returned.
        custom_objects: name -> class or function, for those that are neither built in nor registered.
        safe_mode: a config that holds code, as that of a lambda does, is refused either way: pass the function in
            `custom_objects`.
        module_objects: more names, of lower rank.
        printable_module_name: what messages call the thing.

    Raises:
        ValueError: a name is unknown.
    """
    if isinstance(config, str):
        if config in (custom_objects or {}):
            return custom_objects[config]
        found = (module_objects or {}).get(config, config)
        return found() if isinstance(found, type) else found
    known = {**(module_objects or {}), **(custom_objects or {})}
    try:
        return serialization.deserialize(config, known or None)
    except ValueError as error:
        if printable_module_name != "object":
            error.add_note(f"(Raised while a {printable_module_name} was made from its config.)")
        raise


def register_keras_serializable(package="Custom", name=None):
    """A decorator that makes a class or function known to configs and files, as `package>name`.

    Args:
        package: a prefix that keeps names of several libraries apart.
        name: the name; that of the class if None.

    >>> @keras.saving.register_keras_serializable("mine")
    ... class Scale(keras.layers.Layer):
    ...     pass
    """
    register = registry.registering(package, name)

    def registered(thing):
        if isinstance(thing, type) and not hasattr(thing, "get_config"):
            raise ValueError(
                f"register_keras_serializable: the class {thing.__name__} has no `get_config`, "
                "so no config could describe an object of it."
            )
        return register(thing)

    return registered


def get_registered_name(obj) -> str:
    """`package>name` of a registered class or function, or its own name."""
    return registry.registered_name(obj)


def get_registered_object(name, custom_objects=None, module_objects=None) -> Any:
    """The class or function called `name` in the tables passed, in open scopes or among the registered, or None."""
    found = registry.registered_object(name, custom_objects)
    return (module_objects or {}).get(name) if found is None else found


def get_custom_objects() -> dict:
    """The table of registered objects: what is put into it is known to configs.

    >>> keras.saving.get_custom_objects()["my_activation"] = my_activation
    """
    return registry.custom_objects()


class CustomObjectScope:
    """Makes classes and functions known to configs inside a `with` block.

    Args:
        custom_objects: name -> class or function.

    >>> with keras.saving.CustomObjectScope({"Scale": Scale}):
    ...     layer = keras.layers.deserialize(config)
    """

    def __init__(self, custom_objects):
        self.custom_objects = dict(custom_objects or {})

    def __enter__(self):
        self._scope = registry.object_scope(self.custom_objects)
        self._scope.__enter__()
        return self

    def __exit__(self, *exception):
        self._scope.__exit__(*exception)


custom_object_scope = CustomObjectScope
