"""Values in the config of a layer."""

from __future__ import annotations

import types
from typing import Any

from keras._core import registry
from keras._core.dtype_policy import policy_from
from keras._core.serialization import serialize
from keras._core.signature import constructor_parameters

# arguments that every layer takes
BASE_ARGUMENTS = frozenset(
    (
        "name", "trainable", "dtype", "activity_regularizer", "autocast", "weights",
    )
)  # fmt: skip


def layer_of_ours(kind: type) -> type:
    """The class of this package that a layer's class comes from, or is."""
    return next((cls for cls in kind.__mro__ if registry.module_of(cls) is not None), kind)


def taken_out(config: dict, kind: type) -> dict:
    """Takes out of a config, and returns, what a constructor of the user's does not take.

    It fills in the arguments of the layer it comes from by itself, if it takes no `**kwargs`; what the config of any
    layer says besides is for `put_in`.
    """
    names = constructor_parameters(kind)
    beneath = constructor_parameters(layer_of_ours(kind))
    return {name: config.pop(name) for name in list(config) if name in beneath and name not in names}


def put_in(layer: Any, settings: dict) -> None:
    """Gives a layer the name and whatever else every layer has, as far as `settings` say it."""
    if settings.get("name", layer.name) != layer.name:
        layer.name = settings["name"]
    if settings.get("trainable") is False:
        layer.trainable = False
    if settings.get("dtype") is not None and policy_from(settings["dtype"]) != layer.dtype_policy:
        layer.dtype_policy = settings["dtype"]


def describes_objects(value: Any) -> bool:
    if isinstance(value, list):
        return any(describes_objects(v) for v in value)
    return isinstance(value, dict) and "class_name" in value and "config" in value


def config_value(value: Any) -> Any:
    if isinstance(value, (types.FunctionType, types.BuiltinFunctionType)) and registry.module_of(value):
        return value.__name__
    return serialize(value)
