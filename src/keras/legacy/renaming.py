"""`layer._name = 'other'`, by which programs of tf.keras rename layers and models."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from keras.legacy import era


def teach(module: ModuleType) -> None:
    """Gives layers `_name`: the name itself before 3, where it was kept there; an attribute like others since."""
    module.Layer._name = property(_name, _rename)


def _name(layer: Any) -> str:
    return vars(layer).get("_name", layer.name)


def _rename(layer: Any, name: str) -> None:
    if era.before("3"):
        layer.name = name
    else:
        vars(layer)["_name"] = name
