"""Models for readers of another year: configs, weights and what was compiled, as Keras 2.3 or 1.2 wrote them.

What that release did not have is refused by the name of the layer and the argument. `written_rows` has the tables.
"""

from __future__ import annotations

import functools
import inspect
import operator
from typing import Any

import numpy as np

from keras import initializers
from keras._core import registry, serialization
from keras._jax import pure
from keras.legacy import arguments
from keras.legacy.arrays import in_order_of_1
from keras.legacy.written_rows import (
    ACTIVATIONS,
    LAYERS_OF_1,
    LAYERS_OF_2,
    MERGED,
    NAMES_OF_1,
    OPTIMIZERS,
    SAYS_NOTHING,
    STANDARD,
    VARIANCE_SCALED,
)

RELEASES = {"1": "1.2.2", "2": "2.3.1"}


def writer(era: Any) -> Writer:
    """What writes for readers of an era: '1' or '2', or a release of them.

    Raises:
        ValueError: it is another one.
    """
    first = str(era).partition(".")[0]
    if first not in RELEASES:
        raise ValueError(f"save: `era` must be '1' or '2', whose readers read such files. Got {era!r}.")
    return Writer(first)


class Writer:
    """Turns what describes a model today into what `release` wrote."""

    def __init__(self, era: str):
        self.era = era
        self.release = RELEASES[era]
        self._layers = LAYERS_OF_1 if era == "1" else LAYERS_OF_2

    # --- configs

    def config(self, found: dict) -> dict:
        """The config of a whole model, from what `serialize` returned."""
        made = self._model(found)
        made["keras_version"] = self.release
        if self.era == "2":
            made["backend"] = "tensorflow"
        return made

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
        if entry.get("registered_name"):  # a user's class, which the reader has to know as well
            return {"class_name": cls, "config": {k: self._piece(cls, inner, k, v) for k, v in inner.items()}}
        self._check_dtype(cls, inner)
        inner = {k: v for k, v in inner.items() if k not in SAYS_NOTHING}
        if self.era == "1" and cls in MERGED:
            return {"class_name": "Merge", "config": self._merge(inner["name"], MERGED[cls], inner.get("axis", -1))}
        if cls == "Merge":
            return self._merge_of_1(inner)
        if cls == "Lambda":
            return {"class_name": "Lambda", "config": self._lambda(inner)}
        if cls not in self._layers:
            self._refuse(
                cls, inner.get("name"), "such layers" if "ops" not in str(entry.get("module")) else "functions"
            )
        row = self._layers[cls]
        accepted = {"name", "trainable", *row.arguments.split()}
        config = {}
        for key, value in self._renamed(cls, inner).items():
            if key in accepted:
                config[key] = self._piece(cls, inner, key, value)
            elif not self._is_default(cls, key, value):
                self._refuse(cls, inner.get("name"), f"argument `{key}={_shown(value)}`")
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
            self._refuse(cls, inner.get("name"), f"dtype policy {_shown(name)}")

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
        if cls == "ZeroPadding2D":
            config["padding"] = [n for pair in config["padding"] for n in pair]
        for row in arguments.LAYERS:
            if cls in row.names.split() and "1.x" in row.eras:
                _put_back(row, config)
        return config

    def _is_default(self, cls: str, key: str, value: Any) -> bool:
        """Whether an argument that the release did not have says what happens without it."""
        for row in arguments.DEFAULTS:
            if cls in row.names.split() and key == row.argument and row.before in ("tf2.0", "3"):
                return value == row.value
        if value is None or value == STANDARD.get(key):
            return True
        return _short(value) == _short(_defaults(cls).get(key, inspect.Parameter.empty))

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
        module = str(value.get("module")).removeprefix("keras.")
        made = getattr(self, f"_{module}", lambda *_: None)(kind, config)
        if made is None:
            self._refuse(cls, name, f"what `{key}` is, {kind}({', '.join(f'{k}={v}' for k, v in config.items())})")
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

    def _initializers(self, kind: str, config: dict) -> Any:
        if self.era == "1":
            plain = {k: v for k, v in config.items() if k not in ("seed", "input_axes", "output_axes")}
            if kind == "VarianceScaling":
                about = plain["scale"], plain["mode"], plain["distribution"].rpartition("_")[2]
                kind, plain = _NAME_OF_SCALED.get(about, kind), {}
            return NAMES_OF_1.get((kind, *plain.values()))
        if kind in VARIANCE_SCALED:
            scale, mode, distribution = VARIANCE_SCALED[kind]
            about = {"scale": scale, "mode": mode, "distribution": distribution, "seed": config.get("seed")}
            return {"class_name": "VarianceScaling", "config": about}
        if kind == "VarianceScaling":
            known = {"truncated_normal": "normal", "uniform": "uniform", "normal": "normal"}
            if config["distribution"] not in known:
                return None
            keys = ("scale", "mode", "seed")
            about = {**{k: config[k] for k in keys}, "distribution": known[config["distribution"]]}
            return {"class_name": kind, "config": about}
        if kind in ("Zeros", "Ones", "Constant", "RandomNormal", "RandomUniform", "TruncatedNormal", "Orthogonal"):
            return {"class_name": kind, "config": config}
        return None

    def _regularizers(self, kind: str, config: dict) -> Any:
        if kind not in ("L1", "L2", "L1L2"):
            return None
        about = {"l1": float(config.get("l1", 0.0)), "l2": float(config.get("l2", 0.0))}
        return {"name": "L1L2Regularizer", **about} if self.era == "1" else {"class_name": "L1L2", "config": about}

    def _constraints(self, kind: str, config: dict) -> Any:
        if kind not in ("MaxNorm", "NonNeg", "UnitNorm", "MinMaxNorm"):
            return None
        if self.era == "2":
            return {"class_name": kind, "config": config}
        if kind == "MinMaxNorm":
            return None
        return {"name": kind, **{("m" if k == "max_value" else k): v for k, v in config.items()}}

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

    # --- what it was compiled with

    def compiled(self, found: dict) -> dict:
        """The `training_config`, from what `get_compile_config` serialised."""
        made = {key: found.get(key) for key in ("loss", "loss_weights", "metrics", "weighted_metrics")}
        made["loss"] = self._judged(made["loss"], "loss")
        made["metrics"] = self._judged(made["metrics"], "metric")
        made["weighted_metrics"] = self._judged(made["weighted_metrics"], "metric")
        if self.era == "1" and made.pop("weighted_metrics"):
            raise ValueError(f"{_ERA}Keras {self.release} had no `weighted_metrics`.{_WITHOUT}")
        made["sample_weight_mode"] = None
        made["optimizer_config"] = self._optimizer(found["optimizer"])
        return made

    def _judged(self, value: Any, what: str) -> Any:
        if isinstance(value, (list, tuple)):
            return [self._judged(one, what) for one in value]
        if not isinstance(value, dict):
            return value
        if "class_name" not in value:
            return {k: self._judged(v, what) for k, v in value.items()}
        if value["class_name"] == "function":
            return value["config"]
        if self.era == "1":
            raise ValueError(
                f"{_ERA}Keras {self.release} had no {what} of the class {value['class_name']}; a function's name it "
                f"had.{_WITHOUT}"
            )
        config = {k: v for k, v in value["config"].items() if k not in ("dtype", "fn", "axis") and v is not None}
        return {"class_name": value["class_name"], "config": config}

    def _optimizer(self, found: Any) -> dict:
        cls, config = found["class_name"], dict(found["config"])
        if cls not in OPTIMIZERS:
            raise ValueError(f"{_ERA}Keras {self.release} had no optimizer {cls}.{_WITHOUT}")
        rate = config.pop("learning_rate")
        decay = 0.0
        if isinstance(rate, dict):
            about = rate["config"]
            if rate["class_name"] != "InverseTimeDecay" or about["decay_steps"] != 1 or about.get("staircase"):
                raise ValueError(f"{_ERA}Keras {self.release} had no schedule {rate['class_name']}.{_WITHOUT}")
            rate, decay = about["initial_learning_rate"], about["decay_rate"]
        made = {"lr" if self.era == "1" else "learning_rate": rate}
        accepted = OPTIMIZERS[cls].split()
        if cls != "Nadam":
            made["decay"] = decay
        if self.era == "1" and "amsgrad" in accepted:
            accepted.remove("amsgrad")
        defaults = inspect.signature(registry.built_in("keras.optimizers", cls)).parameters
        for key, value in config.items():
            if key in accepted or (key in ("clipnorm", "clipvalue") and value is not None):
                made[key] = value
            elif key == "initial_accumulator_value" and not value:
                continue  # where it began then
            elif key != "name" and value is not None and value != defaults[key].default:
                raise ValueError(f"{_ERA}Keras {self.release}: {cls} had no `{key}={_shown(value)}`.{_WITHOUT}")
        return {"class_name": cls, "config": made}

    # --- numbers

    def layers(self, model: Any) -> list[Any]:
        """The layers whose weights the file lists."""
        if hasattr(model, "whole_graph"):
            return list(model.whole_graph().layers)
        if self.era == "1" and type(model).__name__ == "Sequential":
            return [leaf for layer in model.layers for leaf in self._flat(layer)]
        return list(model.layers)

    def _flat(self, layer: Any) -> list[Any]:
        return self.layers(layer) if type(layer).__name__ == "Sequential" else [layer]

    def weights(self, layer: Any) -> list[tuple[str, np.ndarray]]:
        """Names and arrays of a layer in the order of the release: trained ones of all layers inside first."""
        found = self._weights(layer)
        return [(name, array) for wanted in (True, False) for name, array, trained in found if trained is wanted]

    def _weights(self, layer: Any) -> list[tuple[str, np.ndarray, bool]]:
        if type(layer).__name__ == "Merge":
            return []  # the layers that it merges are in the graph themselves
        inner = getattr(layer, "layers", None)
        if inner:
            return [one for part in inner for one in self._weights(part)]
        trained = {id(v) for v in layer.trainable_weights}
        if self.era == "1":
            return in_order_of_1(layer, trained)
        return [(f"{layer.name}/{_last(v.path)}:0", v.numpy(), id(v) in trained) for v in layer.weights]

    def state(self, model: Any) -> list[tuple[str, np.ndarray]]:
        """Names and arrays of what the optimizer remembers; none where the release kept it in other pieces."""
        optimizer, variables = model.optimizer, model.trainable_variables
        name = type(optimizer).__name__
        if not optimizer.built or name == "Nadam":
            return []
        own = [v.numpy() for v in optimizer.variables if v.name != "learning_rate"]
        steps, slots, count = own[0], own[1:], len(variables)
        kinds = len(slots) // count if count else 0
        order = {id(v): i for i, v in enumerate(variables)}
        if hasattr(model, "whole_graph"):
            variables = model.whole_graph().trainable_variables
        groups = [[slots[order[id(v)] * kinds + kind] for v in variables] for kind in range(kinds)]
        if name == "SGD" and not kinds:
            groups = [[np.zeros(v.shape, "float32") for v in variables]]
        if self.era == "1":
            counts = [] if name in _WITHOUT_COUNT else [("param_0", steps.astype("float32"))]
            arrays = [array for group in groups for array in self._in_order_of_1(model, group)]
            return [*counts, *((f"param_{len(counts) + i}", array) for i, array in enumerate(arrays))]
        grouped = [array for group in groups for array in group]
        if name == "Adam" and kinds == 2:
            grouped += [np.zeros(1, "float32") for _ in variables]
        return [(f"{name}/iterations:0", steps.astype("int64"))] + [
            (f"training/{name}/slot_{i}:0", array) for i, array in enumerate(grouped)
        ]

    def _in_order_of_1(self, model: Any, slots: list[np.ndarray]) -> list[np.ndarray]:
        """Slots of the trained weights as 1.x kept them: its gates and axes, in the order of the weights' names."""
        whole = model.whole_graph() if hasattr(model, "whole_graph") else model
        with pure.Scope(whole.trainable_variables, slots):  # so that they are turned as the weights are
            named = [one for layer in self.layers(model) for one in self._weights(layer)]
        return [
            array for _, array in sorted(((n, a) for n, a, trained in named if trained), key=operator.itemgetter(0))
        ]

    def _refuse(self, cls: str, name: Any, what: str) -> Any:
        raise ValueError(
            f"{_ERA}{name or 'the model'} ({cls}): Keras {self.release} had no {what}, or wrote none to files."
        )


_ATROUS = {"Conv1D": "AtrousConvolution1D", "Conv2D": "AtrousConvolution2D"}
_NAME_OF_SCALED = {about: name for name, about in VARIANCE_SCALED.items()}
_WITHOUT_COUNT = ("RMSprop", "Adagrad", "Adadelta")  # optimizers of 1.x that did not write how many steps they made
_ERA = "save for an older reader: "
_WITHOUT = "\n  include_optimizer=False writes the model without what it was compiled with."


def _is_graph(entry: dict) -> bool:
    inner = entry["config"]
    return isinstance(inner, dict) and isinstance(inner.get("layers"), list) and "input_layers" in inner


def _name(entry: dict) -> str:
    return entry.get("name") or entry["config"]["name"]


def _last(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _shown(value: Any) -> str:
    return value["class_name"] if isinstance(value, dict) and "class_name" in value else repr(value)


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
