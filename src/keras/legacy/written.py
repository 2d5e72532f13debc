"""Models for readers of another year: configs, weights and what was compiled, as Keras 2.3 or 1.2 wrote them.

What that release did not have is refused by the name of the layer and the argument. `written_rows` has the tables.
"""

from __future__ import annotations

import functools
import inspect
import warnings
from typing import Any

from keras import initializers
from keras._core import registry, serialization
from keras.legacy import alike, arguments, written_masks
from keras.legacy.config_rows import OF_ALL_YEARS, TODAY
from keras.legacy.written_arrays import WrittenArrays
from keras.legacy.written_pieces import written_piece
from keras.legacy.written_rows import (
    ACTIVATIONS,
    FOR_OLDER,
    LAYERS_OF_1,
    LAYERS_OF_2,
    MERGED,
    SAYS_NOTHING,
    STANDARD,
    shown,
)
from keras.legacy.written_training import WrittenTraining

RELEASES = {"1": "1.2.2", "2": "2.3.1"}
MASKED = (
    "a mask reaches {name} ({cls}), where Keras {release} refuses one and does not open the model.\n"
    "  Make the model without `mask_zero` and `Masking`, if no layer needs the mask."
)


def writer(era: Any) -> Writer:
    """What writes for readers of an era: '1' or '2', or a release of them.

    Raises:
        ValueError: it is another one.
    """
    first = str(era).partition(".")[0]
    if first not in RELEASES:
        raise ValueError(f"save: `era` must be '1' or '2', whose readers read such files. Got {era!r}.")
    return Writer(first)


# operations between layers that are written as the layers of the same names, which make the same of the same tensors
_OPERATIONS = frozenset(("Add", "Subtract", "Multiply", "Maximum", "Minimum"))


class Writer(WrittenTraining, WrittenArrays):
    """Turns what describes a model today into what `release` wrote."""

    def __init__(self, era: str):
        self.era = era
        self.release = RELEASES[era]
        self._layers = LAYERS_OF_1 if era == "1" else LAYERS_OF_2

    # --- configs

    def config(self, found: dict) -> dict:
        """The config of a whole model, from what `serialize` returned."""
        made = self._model(found)
        self._check_masks(found)
        made["keras_version"] = self.release
        if self.era == "2":
            made["backend"] = "tensorflow"
        return made

    def _check_masks(self, found: dict) -> None:
        for entry in written_masks.refusing(found, written_masks.REFUSED[self.era]):
            message = MASKED.format(name=_name(entry), cls=entry["class_name"], release=self.release)
            if self.era == "1":
                raise ValueError(f"{FOR_OLDER}{message}")
            warnings.warn(f"save: {message}\n  tf.keras, which reads such files too, drops the mask.", stacklevel=2)

    def _model(self, found: dict) -> dict:
        inner = found["config"]
        if found["class_name"] == "Sequential":
            layers = self._sequential(inner)
            return {
                "class_name": "Sequential",
                "config": layers if self.era == "1" else {"name": inner["name"], "layers": layers},
            }
        if not _is_graph(found):
            self._refuse(found["class_name"], inner.get("name"), "models without a graph, which a config describes")
        whole = {_name(x) for x in inner["layers"] if x["class_name"] == "Sequential" or _is_graph(x)}
        layers = []
        for entry in inner["layers"]:
            nodes = [self._node(node, whole, entry) for node in entry.get("inbound_nodes", [])]
            layers.append({**self.layer(entry), "name": _name(entry), "inbound_nodes": nodes})
        places = {key: self._places(inner[key], whole) for key in ("input_layers", "output_layers")}
        return {"class_name": "Model", "config": {"name": inner["name"], "layers": layers, **places}}

    def _sequential(self, inner: dict) -> list[dict]:
        entries = list(inner["layers"])
        start = entries.pop(0)["config"] if entries and entries[0]["class_name"] == "InputLayer" else None
        layers = [self.layer(entry) for entry in entries]
        first = layers[0]["config"] if layers else []
        if start is not None and isinstance(first, dict) and "layers" not in first:
            first["batch_input_shape"] = list(start["batch_shape"])
            if self.era == "1":
                first["input_dtype"] = start["dtype"]
        return layers

    def layer(self, entry: dict) -> dict:
        """The config of a layer or an inner model."""
        cls, inner = entry["class_name"], entry["config"]
        if cls == "Sequential" or _is_graph(entry):
            return self._model(entry)
        if str(entry.get("module")).startswith("keras.src.ops"):
            if cls not in _OPERATIONS:
                self._refuse(cls, inner.get("name"), "functions")
            inner = {**inner, "trainable": True}  # as layers say
        elif entry.get("registered_name"):  # a user's class, which the reader has to know as well
            return {"class_name": cls, "config": {k: self._piece(cls, inner, k, v) for k, v in inner.items()}}
        self._check_dtype(cls, inner)
        cls = TODAY.get(cls, cls)
        inner = {k: v for k, v in inner.items() if k not in SAYS_NOTHING}
        if self.era == "1" and cls == "Conv2DTranspose":
            inner = self._with_whole_shape(entry, inner)
        if self.era == "1" and cls in MERGED:
            return {"class_name": "Merge", "config": self._merge(inner["name"], MERGED[cls], inner.get("axis", -1))}
        if cls == "Merge":
            return self._merge_of_1(inner)
        if cls == "Lambda":
            return {"class_name": "Lambda", "config": self._lambda(inner)}
        if cls not in self._layers:
            self._refuse(cls, inner.get("name"), "such layers")
        if inner.get("padding") == "full" and self.era == "2":
            self._refuse(cls, inner.get("name"), "argument `padding='full'`")
        row = self._layers[cls]
        accepted = {"name", "trainable", *row.arguments.split()}
        config = {}
        for key, value in self._renamed(cls, inner).items():
            if key in accepted:
                config[key] = self._piece(cls, inner, key, value)
            elif not self._is_default(cls, key, value):
                self._refuse(cls, inner.get("name"), f"argument `{key}={shown(value)}`")
        config.update(row.always)
        if self.era == "2" and cls != "InputLayer":
            config.setdefault("dtype", "float32")
        return {"class_name": _ATROUS.get(cls) if "atrous_rate" in config else row.name or cls, "config": config}

    def argument(self, cls: str, inner: dict, name: str) -> Any:
        """One argument of a layer, from its config of today.

        Raises:
            KeyError: the release had none of that name.
        """
        found = {**self._renamed(cls, inner), **self._layers[cls].always}
        value = found[name]
        return value if isinstance(value, str) else self._piece(cls, inner, name, value)

    def _check_dtype(self, cls: str, inner: dict) -> None:
        dtype = inner.get("dtype")
        name = dtype["config"].get("name") if isinstance(dtype, dict) and "config" in dtype else dtype
        if cls != "InputLayer" and name not in (None, "float32", "float64"):
            self._refuse(cls, inner.get("name"), f"dtype policy {shown(name)}")

    def _renamed(self, cls: str, inner: dict) -> dict:
        """Arguments under the names that the release gave them."""
        config = {k: v for k, v in inner.items() if k != "dtype" or cls == "InputLayer"}
        if cls == "Bidirectional":
            config.pop("backward_layer", None)
            config["layer"] = _without_direction(config["layer"])
        if self.era == "2":
            todays = {"LeakyReLU": {"negative_slope": "alpha"}, "InputLayer": {"batch_shape": "batch_input_shape"}}
            return {todays.get(cls, {}).get(k, k): v for k, v in config.items()}
        for key in ("kernel_size", "strides", "pool_size", "size", "dilation_rate"):
            if cls.endswith("1D") and isinstance(config.get(key), (list, tuple)):
                config[key] = config[key][0]
        if cls in _ATROUS and _short(config["dilation_rate"]) != 1:
            config["atrous_rate"] = config.pop("dilation_rate")
        both = config.get("depthwise_initializer")
        if both is not None and both == config.get("pointwise_initializer"):
            config = {k: v for k, v in config.items() if not k.endswith("wise_initializer")} | {"init": both}
        if cls == "ZeroPadding2D":
            config["padding"] = [n for pair in config["padding"] for n in pair]
        for row in arguments.LAYERS:
            if _like(cls) in row.names.split() and "1.x" in row.eras:
                _put_back(row, config)
        return config

    def _with_whole_shape(self, entry: dict, inner: dict) -> dict:
        """The config of a transposed convolution told the shape of its outputs, as it had to be in 1.x."""
        built = (entry.get("build_config") or {}).get("input_shape")
        if built is None:
            self._refuse("Conv2DTranspose", inner["name"], "transposed convolutions before their inputs are known")
        layer = registry.built_in("keras.layers", "Conv2DTranspose")(**inner)
        shape = list(layer.compute_output_shape(tuple(built)))
        return {k: v for k, v in inner.items() if k != "output_padding"} | {"output_shape": shape}

    def _is_default(self, cls: str, key: str, value: Any) -> bool:
        """Whether an argument that the release did not have says what happens without it."""
        for row in arguments.DEFAULTS:
            if cls in row.names.split() and key == row.argument and row.before in ("tf2.0", "3"):
                return value == row.value
        if value is None or _short(value) == STANDARD.get(key):
            return True
        return _short(value) == _short(_defaults(_like(cls)).get(key, inspect.Parameter.empty))

    def _piece(self, cls: str, inner: dict, key: str, value: Any) -> Any:
        """An argument that may be a layer, an initializer, a regularizer, a constraint or an activation."""
        name = inner.get("name")
        if key in ("layer", "cell"):
            return self.layer(value)
        if key == "cells":
            return [self.layer(one) for one in value]
        if key.endswith("activation"):
            return self._activation(cls, name, value)
        if isinstance(value, dict) and value.get("class_name") == "DTypePolicy":
            return value["config"]["name"]
        if not isinstance(value, dict) or "class_name" not in value:
            return value
        kind, config = value["class_name"], value["config"]
        if value.get("registered_name"):
            return {"class_name": kind, "config": config}
        made = written_piece(self.era, str(value.get("module")), kind, config)
        if made is None:
            self._refuse(cls, name, f"such `{key}` as {kind}({', '.join(f'{k}={v}' for k, v in config.items())})")
        return made

    def _activation(self, cls: str, name: Any, value: Any) -> Any:
        if isinstance(value, dict):
            value = value["config"] if value.get("class_name") == "function" else value["class_name"]
        if value == "legacy>hard_sigmoid":
            return "hard_sigmoid"
        # today's hard sigmoid is another function than the one that was called so
        if isinstance(value, str) and ">" not in value and value not in ACTIVATIONS[self.era].split():
            self._refuse(cls, name, f"activation {value!r}" + " as it is today" * (value == "hard_sigmoid"))
        return value

    def _merge(self, name: str, mode: str, axis: int, dot_axes: Any = -1) -> dict:
        return {
            "name": name, "mode": mode, "mode_type": "raw", "concat_axis": axis, "dot_axes": dot_axes,
            "output_shape": None, "output_shape_type": "raw", "output_mask": None, "output_mask_type": "raw",
            "arguments": {},
        }  # fmt: skip

    def _merge_of_1(self, inner: dict) -> dict:
        """`Merge`, or what took its place."""
        name, mode, axis, axes = (inner[key] for key in ("name", "mode", "concat_axis", "dot_axes"))
        if not isinstance(mode, str):
            self._refuse("Merge", name, "mode that is a function")
        if self.era == "1":
            return {"class_name": "Merge", "config": self._merge(name, mode, axis, axes)}
        cls = next((cls for cls, one in MERGED.items() if one == mode), "Dot")
        more = {"axis": axis} if mode == "concat" else {}
        if cls == "Dot":
            more = {"axes": axes, "normalize": mode == "cos"}
        return {"class_name": cls, "config": {"name": name, "trainable": True, **more}}

    def _lambda(self, inner: dict) -> dict:
        """`Lambda` with the name of its function, which the reader passes in `custom_objects`."""
        name, function = inner["name"], inner["function"]
        for key in ("output_shape", "mask"):
            if isinstance(inner.get(key), dict):
                self._refuse("Lambda", name, f"function as `{key}` that goes without its code")
        if inner.get("mask") is not None:
            self._refuse("Lambda", name, "argument `mask` that it wrote to files")
        return {
            "name": name, "trainable": inner.get("trainable", True), "function_type": "function",
            "function": function["config"] if function["class_name"] == "function" else name,
            "output_shape": inner.get("output_shape"), "output_shape_type": "raw",
            "arguments": inner.get("arguments", {}),
        }  # fmt: skip

    # --- calls

    def _node(self, node: dict, whole: set[str], entry: dict) -> list:
        """One call: the places of its inputs."""
        kwargs = {k: v for k, v in node.get("kwargs", {}).items() if v is not None}
        given = node["args"][0] if len(node["args"]) == 1 else node["args"]
        tensors = given if isinstance(given, (list, tuple)) else [given]
        states = kwargs.pop("initial_state", None) if self.era == "2" else None
        if states is not None:
            tensors = [*tensors, *(states if isinstance(states, (list, tuple)) else [states])]
        if kwargs.get("training") is False:
            del kwargs["training"]  # what both do when they are asked for predictions
        if kwargs or not all(isinstance(t, dict) and t.get("class_name") == "__keras_tensor__" for t in tensors):
            self._refuse(entry["class_name"], _name(entry), f"calls with {', '.join(kwargs) or 'constants'}")
        places = [self._place(t["config"]["keras_history"], whole) for t in tensors]
        return [[*place, {}] for place in places] if self.era == "2" else places

    def _place(self, history: list, whole: set[str]) -> list:
        # a model counts its own making as its first call
        name, node, position = history
        return [name, node + (name in whole), position]

    def _places(self, found: Any, whole: set[str]) -> list:
        if isinstance(found, dict):
            found = list(found.values())
        if len(found) == 3 and isinstance(found[0], str):
            found = [found]
        return [self._place(place, whole) for place in found]

    def _refuse(self, cls: str, name: Any, what: str) -> Any:
        raise ValueError(
            f"{FOR_OLDER}{name or 'the model'} ({cls}): Keras {self.release} had no {what}, or wrote none to files."
        )


def _like(cls: str) -> str:
    """The class of today whose arguments a class has."""
    return OF_ALL_YEARS.get(cls) or alike.class_of_today(cls) or cls


_ATROUS = {"Conv1D": "AtrousConvolution1D", "Conv2D": "AtrousConvolution2D"}


def _is_graph(entry: dict) -> bool:
    inner = entry["config"]
    return isinstance(inner, dict) and isinstance(inner.get("layers"), list) and "input_layers" in inner


def _name(entry: dict) -> str:
    return entry.get("name") or entry["config"]["name"]


def _without_direction(entry: dict) -> dict:
    """The layer inside `Bidirectional`, which sets what masked steps return by itself."""
    config = {k: v for k, v in entry["config"].items() if k != "zero_output_for_mask"}
    name = config["name"].removeprefix("forward_")
    return {**entry, "config": {**config, "name": name}}


def _put_back(row: Any, config: dict) -> None:
    """Undoes a row of the table of older arguments, in place."""
    if not isinstance(row.today, str) or row.today not in config or row.old == row.today:
        return
    value = config[row.today]
    if isinstance(row.old, tuple):
        if isinstance(value, (list, tuple)) and len(value) == len(row.old):
            config.update(zip(row.old, value))
            del config[row.today]
        return
    if isinstance(row.value, dict):
        older = {today: old for old, today in reversed(row.value.items()) if isinstance(old, str)}
        if value not in older:
            return
        value = older[value]
    elif row.value is not None:
        return
    del config[row.today]
    config[row.old] = value


@functools.cache
def _defaults(cls: str) -> dict[str, Any]:
    """Defaults of today's arguments of a layer, as a config has them."""
    parameters = inspect.signature(registry.built_in("keras.layers", cls)).parameters
    found = {}
    for key, parameter in parameters.items():
        default = parameter.default
        if key.endswith("_initializer") and isinstance(default, str):
            default = serialization.serialize(initializers.get(default))
        found[key] = default
    return found


def _short(value: Any) -> Any:
    if isinstance(value, dict) and "class_name" in value:
        return (value["class_name"], tuple(v for k, v in value["config"].items() if v is not None))
    if isinstance(value, (list, tuple)):
        flat = [_short(v) for v in value]
        return flat[0] if len({repr(v) for v in flat}) == 1 else flat
    return value
