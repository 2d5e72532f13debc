"""Values in the config of a layer."""

from __future__ import annotations

import types
from typing import Any

from keras._core import registry
from keras._core.serialization import serialize

# arguments that every layer takes
BASE_ARGUMENTS = frozenset(
    (
        "name", "trainable", "dtype", "activity_regularizer", "autocast", "weights",
    )
)  # fmt: skip


def describes_objects(value: Any) -> bool:
    if isinstance(value, list):
        return any(describes_objects(v) for v in value)
    return isinstance(value, dict) and "class_name" in value and "config" in value


def config_value(value: Any) -> Any:
    if isinstance(value, (types.FunctionType, types.BuiltinFunctionType)) and registry.module_of(value):
        return value.__name__
    return serialize(value)
