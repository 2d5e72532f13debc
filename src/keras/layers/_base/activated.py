"""Attributes that hold an activation."""

from __future__ import annotations

from typing import Any

from keras import activations


class ActivationAttribute:
    """Holds a function whatever is assigned: a name, a config, or None for no activation.

    Programs look inside of a trained network after `model.layers[-1].activation = None`.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, layer: Any, owner: type | None = None) -> Any:
        if layer is None:
            return self
        try:
            return layer.__dict__[self._name]
        except KeyError:
            raise AttributeError(f"{type(layer).__name__} has no attribute {self._name!r}") from None

    def __set__(self, layer: Any, value: Any) -> None:
        layer.__dict__[self._name] = activations.get(value)
