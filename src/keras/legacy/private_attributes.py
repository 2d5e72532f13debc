"""What layers written for Keras 3 read of their base class below its public names."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

from keras._jax.variable import Variable
from keras.quantizers._derived import DerivedWeight


def part_of(layer: Any, name: str, missing: Any) -> Any:
    """An attribute of that name; `missing` if layers had none."""
    found = _PARTS.get(name)
    return missing if found is None else found(layer, missing)


def _signature_of(layer: Any) -> Any:
    """What the layer's `call` takes. Optimizers are taught by what imports this file, before there are layers."""
    return importlib.import_module("keras.layers._call").signature_of(type(layer))


class _Tracker:
    """Takes a layer's parts: they belong to it although no attribute of it holds them yet."""

    def __init__(self, layer: Any):
        self._layer = layer

    def track(self, part: Any) -> Any:
        """The part itself, which is the layer's from now on."""
        known = (*self._layer._parts(), *self._layer._own_variables())
        if any(one is part for one in known):
            return part
        if isinstance(part, Variable):
            self._layer._keep(part)
        else:
            self._layer._tracked = [*vars(self._layer).get("_tracked", ()), part]
        return part


def _variables(layer: Any, to_train: bool) -> list[Any]:
    """The layer's own variables, by what they were made for: freezing the layer moves none."""
    for_training = {id(v) for v in layer._to_train}
    return [v for v in layer._own_variables() if (id(v) in for_training or v.trainable) is to_train]


def _build_shapes(layer: Any) -> dict[str, Any] | None:
    """What `build` was given, by the names of its parameters; None before."""
    shapes = vars(layer).get("_build_shapes")
    if shapes is None or "shapes_dict" in shapes:
        return None if shapes is None else shapes["shapes_dict"]
    return {next(iter(inspect.signature(layer.build).parameters)): shapes["input_shape"]}


def _own_weight(name: str):
    """The variable itself, where the attribute has a change of low rank added to it or unpacks its integers."""

    def weight(layer: Any, missing: Any) -> Any:
        value = vars(layer).get(name, missing)
        return value.base if isinstance(value, DerivedWeight) else value

    return weight


_PARTS = {
    "_build_shapes_dict": lambda layer, _: _build_shapes(layer),
    "_call_has_mask_arg": lambda layer, _: "mask" in _signature_of(layer).names,
    "_call_has_training_arg": lambda layer, _: _signature_of(layer).has_training,
    "_embeddings": _own_weight("embeddings"),
    "_kernel": _own_weight("kernel"),
    "_non_trainable_variables": lambda layer, _: _variables(layer, to_train=False),
    "_tracker": lambda layer, _: _Tracker(layer),
    "_trainable_variables": lambda layer, _: _variables(layer, to_train=True),
}
