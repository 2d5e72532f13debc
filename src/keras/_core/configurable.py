"""Objects whose config is what their constructor takes."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from keras._core import registry
from keras._core.serialization import config_of_function, deserialize, serialize
from keras._core.signature import parameters


class Configurable:
    """Reads its config from the constructor's signature, so that classes need no `get_config`.

    Every argument is looked up in the attribute of the same name. Where that attribute holds something made from the
    argument, `_given_<name>` keeps the argument as it came.
    """

    _left_out_if_none: tuple[str, ...] = ()  # arguments that a config names only where they were given

    def get_config(self) -> dict:
        """What the constructor takes, as plain values.

        Called through `super()` from a subclass that writes a `get_config` of its own, it returns what the
        constructors above that subclass take.

        Raises:
            ValueError: an argument of the constructor is not kept in an attribute of the same name.
        """
        found = {name: plain(self._argument(name)) for name in _parameters_to_report(type(self))}
        return {k: v for k, v in found.items() if v is not None or k not in self._left_out_if_none}

    @classmethod
    def from_config(cls, config: dict):
        """An object from what `get_config` returned."""
        return cls(**{name: deserialize(value) for name, value in config.items()})

    def _argument(self, name: str) -> Any:
        given = vars(self).get(f"_given_{name}", self)
        if given is not self:
            return given
        try:
            return getattr(self, name)
        except AttributeError:
            cls = type(self).__name__
            raise ValueError(
                f"{cls}: the constructor takes `{name}`, but there is no attribute of that name to read it from.\n"
                f"  Store it with `self.{name} = {name}`, or write a `get_config` for {cls}."
            ) from None


def plain(value: Any) -> Any:
    """`value` as a config holds it; a built-in activation by its name alone, other functions as Keras 3 writes them."""
    if isinstance(value, FunctionType) and value.__name__ != "<lambda>":
        if registry.module_of(value) == "keras.activations":
            return registry.registered_name(value)
        return config_of_function(value)
    return serialize(value)


def _parameters_to_report(cls: type) -> list[str]:
    """Names of the constructor's arguments, as far as no `get_config` written by hand accounts for them."""
    classes = cls.__mro__[:-1]
    by_hand = [i for i, base in enumerate(classes) if base is not Configurable and "get_config" in vars(base)]
    names: list[str] = []
    for base in classes[by_hand[-1] + 1 if by_hand else 0 :]:
        init = vars(base).get("__init__")
        if init is None:
            continue
        found, more = parameters(init)
        names += [name for name in found if name not in names]
        if not more:
            break
    return names
