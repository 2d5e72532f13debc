"""Attributes of layers under their older names: `layer.W`, `layer.output_dim`, `layer.nb_row`."""

from __future__ import annotations

import functools
import importlib
from typing import Any

from keras.legacy import arguments, era, parts_of_calls, private_attributes
from keras.legacy.graph_attributes import OF_MODELS

# weights that were called otherwise, and what of them there is in some layer today
_WEIGHTS = {
    "W": ("kernel", "embeddings"),
    "b": ("bias",),
    "U": ("recurrent_kernel",),
    "running_mean": ("moving_mean",),
    "running_std": ("moving_variance",),
    "alphas": ("alpha",),
}
# values that had another name, turned back
_FORMER_VALUES = {"dim_ordering": {"channels_last": "tf", "channels_first": "th"}}


def older(self, name: str) -> Any:
    """`Layer.__getattr__`: an attribute that goes by another name today.

    Raises:
        AttributeError: there is none of that name in any year.
    """
    if name in ("updates", "state_updates"):  # which are made when a layer is called, in `K.function` too
        return parts_of_calls.updates(self) if name == "updates" and era.before("tf2.0") else []
    size = _SIZES[name](self) if name in _SIZES else None
    if size is not None:
        return size
    if not name.startswith("_"):
        for today, part in _places(type(self), name):
            value = vars(self).get(today, _MISSING)
            if value is _MISSING and isinstance(getattr(type(self), today, None), property):
                value = getattr(self, today)
            if value is not _MISSING:
                value = value if part is None else value[part]
                former = _FORMER_VALUES.get(name)
                return value if former is None else former.get(value, value)
    if name in OF_MODELS and "_graph" in vars(self):
        found = OF_MODELS[name](self)
        if found is not None:
            return found
    if name in ("inputs", "outputs") and "_graph" in vars(self) and era.may_be_of_tensorflow():
        return None  # of a model without a graph; today it has no such attribute
    if name == "output" and "_values_now" in vars(self):
        return vars(self)["_values_now"]
    if name == "_metrics":
        return self._metric_objects()
    private = private_attributes.part_of(self, name, _MISSING)
    if private is not _MISSING:
        return private
    if (
        name.startswith("_")
        and not name.startswith("__")
        and any(base.__name__ == "MultiHeadAttention" for base in type(self).__mro__)
    ):
        part = importlib.import_module("keras.legacy.attention_parts").part_of(self, name, _MISSING)
        if part is not _MISSING:
            return part
    return object.__getattribute__(self, name)  # raises what was raised before, by a property too


_MISSING = object()


def _input_dim(layer: Any) -> int | None:
    cell = vars(layer).get("cell", layer)
    kernel = vars(cell).get("kernel")
    if kernel is not None:
        return kernel.shape[-2]
    first = vars(layer).get("_first_shape")
    return None if first is None else first[-1]


def _input_length(layer: Any) -> int | None:
    first = vars(layer).get("_first_shape")
    return first[1] if first is not None and len(first) > 1 else None


_SIZES = {"input_dim": _input_dim, "input_length": _input_length}


@functools.lru_cache(maxsize=4096)
def _places(cls: type, name: str) -> tuple[tuple[str, int | None], ...]:
    """Today's names of an attribute, and which part of it is meant, the likeliest first."""
    found: list[tuple[str, int | None]] = [(today, None) for today in _WEIGHTS.get(name, ())]
    names = {base.__name__ for base in cls.__mro__ if base.__module__.startswith("keras.")}
    for row in arguments.LAYERS:
        olds, todays = arguments._several(row.old), arguments._several(row.today)
        if name in olds and todays and names & set(row.names.split()):
            found.append((todays[0], None if len(olds) == 1 else olds.index(name)))
    return tuple(found)
