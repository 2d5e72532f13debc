"""Configs of older releases as they would be written today: what `model_from_json` and files of any year go through.

Arguments are renamed by the rows of `arguments.py`; `config_rows.py` has those about classes and about what a config
holds beside arguments.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any

from keras.legacy import arguments, config_op_layers, era
from keras.legacy.arrays import groups, weights
from keras.legacy.config_graph import call_of, places, shifts_of
from keras.legacy.config_pieces import dtype_of, judged, lambda_config, piece
from keras.legacy.config_rows import (
    DROPPED_BY_NAME,
    EXPERIMENTAL,
    INPUT_SIZES,
    MODELS,
    OLDER_FORMULA,
    OLDER_FORMULAS,
    PUBLIC,
    REBUILT,
    TODAY,
    WITH_MORE,
)
from keras.legacy.known_lambdas import known_layer
from keras.legacy.network_names import layer_name
from keras.legacy.slots import slots, slots_by_name
from keras.legacy.written import writer

__all__ = ["class_name", "config", "groups", "layer_name", "slots", "slots_by_name", "weights", "writer"]


def class_name(name: str, config: dict) -> str:
    """What a file of today calls the class of a layer: readers of Keras 3 know no `AtrousConvolution2D`."""
    if config.get("padding") == "full":  # which today's convolutions do not have
        return name
    return TODAY.get(name, "Conv2DTranspose" if name == "Deconvolution2D" else name)


_MODELS_INSIDE = ("linear_model", "dnn_model")  # of `WideDeepModel`
_OF_1 = frozenset(("Convolution1D", "Convolution2D", "Convolution3D", "SeparableConvolution2D"))

# the function that `legacy/activations.py` registers
_HARD_SIGMOID = {
    "module": "builtins", "class_name": "function", "config": "legacy>hard_sigmoid", "registered_name": "function",
}  # fmt: skip


def config(found: Any, origin: dict) -> Any:
    """A config of any year as it would be written today.

    Args:
        found: what a file says: of a model, or `{"compile_config": ...}`.
        origin: `keras_version` and `backend` as far as the file says them; `shape_of`, if there is a file, tells the
            shape of a weight by its name.
    """
    if not isinstance(found, dict):
        return found
    release = str(found.get("keras_version") or origin.get("keras_version") or "")
    if "class_name" not in found and "name" in found and isinstance(found.get("layers"), list):
        found = _of_release_0(found)
    return _Translation(release or _guessed(found), origin.get("shape_of")).whole(found)


def _of_release_0(found: dict) -> dict:
    """A model of 0.x: `{"name": "Sequential", "layers": [...]}`, and every layer a flat dict with its class as name."""

    def opened(layer: Any) -> Any:
        if not isinstance(layer, dict) or "name" not in layer:
            return layer
        inner = {k: v for k, v in layer.items() if k not in ("name", "custom_name", "cache_enabled")}
        if "input_shape" in inner and inner["input_shape"] is not None:
            inner["batch_input_shape"] = [None, *inner.pop("input_shape")]
        if layer.get("custom_name"):
            inner["name"] = layer["custom_name"]
        if layer["name"] in ("Sequential", "Merge") and isinstance(inner.get("layers"), list):
            inner["layers"] = [opened(x) for x in inner["layers"]]
        return {"class_name": layer["name"], "config": inner}

    if found["name"] != "Sequential":
        raise ValueError(
            f"a model of Keras 0.x of the kind {found['name']!r} is not read; only Sequential ones are. "
            "Rewrite it with Keras 1."
        )
    return {
        "class_name": "Sequential",
        "config": {"layers": [opened(x) for x in found["layers"]]},
        "keras_version": "0.3",
    }


def _guessed(found: dict) -> str:
    """The release that wrote a config which does not say: by what only some of them wrote."""
    if "module" in found or "registered_name" in found:
        return "3"
    text = repr(found)[:200_000]
    if ("'output_dim'" in text and "'init'" in text) or "'nb_filter'" in text or "'border_mode'" in text:
        return "1.2"
    return "2.3"


def _with_more(name: str, inner: dict) -> tuple[str, dict]:
    """The class that a layer is by an argument of 1.x that changes what it computes, and that argument; else as it was.

    The argument is taken out of `inner`.
    """
    for kind, (of_all_years, argument) in WITH_MORE.items():
        if name == of_all_years and inner.get(argument):
            importlib.import_module("keras.legacy.layers")
            return kind, {argument: inner.pop(argument)}
    return name, {}


class _Translation:
    """Turns one config, written by `release`, into today's form."""

    def __init__(self, release: str, shape_of: Callable[[str], Any] | None = None):
        self.release = release
        self.shape_of = shape_of
        number = re.match(r"(\d+)\.(\d+)", release)
        self.number = (int(number[1]), int(number[2])) if number else (3, 0)
        # the tf.keras of TensorFlow 2 has its own numbers: 2.4.0 and above, and '-tf' behind it
        self.tf = "-tf" in release or ((2, 4) <= self.number < (3, 0))

    def whole(self, found: dict) -> dict:
        """A model with what it was compiled with."""
        made = self.layer(found) if "class_name" in found else dict(found)
        if isinstance(made.get("compile_config"), dict):
            made["compile_config"] = self.compiled(made["compile_config"])
        return made

    # --- layers

    def layer(self, found: Any) -> Any:
        """A layer or a model."""
        if not isinstance(found, dict) or "class_name" not in found or "config" not in found:
            return found
        name, inner = found["class_name"], found["config"]
        if not isinstance(name, str):
            return found
        made = {k: v for k, v in found.items() if k not in ("keras_version", "backend")}
        if name == "MultiHeadAttention" and self.number < (3, 0):
            made.pop("build_config", None)  # of the queries alone
        if name == "Sequential":
            made["config"] = self._sequential(inner, found)
        elif isinstance(inner, dict) and isinstance(inner.get("layers"), list) and "input_layers" in inner:
            made["config"] = self._functional(inner)
            if name in MODELS:
                made.update(class_name="Functional", module="keras.models")
        elif isinstance(inner, dict):
            made = self._plain_layer(made, name, dict(inner))
        return made

    def _sequential(self, inner: Any, found: dict) -> Any:
        if isinstance(inner, list):  # until 2.2
            inner = {"layers": inner, **({"name": found["name"]} if isinstance(found.get("name"), str) else {})}
        if not isinstance(inner, dict) or not isinstance(inner.get("layers"), list):
            return inner
        return {**inner, "layers": [self.layer(x) for x in inner["layers"]]}

    def _plain_layer(self, made: dict, name: str, inner: dict) -> dict:
        if name in ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"):
            return self._function(made, inner)
        if made.get("registered_name") and made.get("module") is None:
            return made  # a user's own class keeps its arguments
        if self.number >= (3, 0) and name not in REBUILT:
            return {**made, "class_name": PUBLIC.get(name, name), "config": self._inner(inner)}
        old = name
        name = TODAY.get(name, name)
        if name in REBUILT:
            importlib.import_module("keras.legacy.layers")
        if name in EXPERIMENTAL:
            importlib.import_module("keras.legacy.experimental")
        if old.startswith("Atrous") and "atrous_rate" in inner:
            inner["dilation_rate"] = inner.pop("atrous_rate")
        if name == "Lambda":
            known = known_layer(inner)
            if known is not None:
                return {**made, **known, "config": self._inner(known["config"])}
            inner = lambda_config(inner)
        if name == "Merge":
            inner = self._merge(inner)
        if name not in REBUILT:
            inner = self._renamed(name, inner)
            if name != "Embedding":
                inner = {k: v for k, v in inner.items() if k not in INPUT_SIZES or "batch_input_shape" not in inner}
                if self.number < (2, 0):
                    inner = {k: v for k, v in inner.items() if k not in INPUT_SIZES}
        else:
            inner = {k: v for k, v in inner.items() if k not in INPUT_SIZES}
        kind, more = _with_more(name, inner)
        inner = self._without_dropped(name, inner)
        if name == "ZeroPadding2D" and isinstance(inner.get("padding"), list) and len(inner["padding"]) == 4:
            inner["padding"] = [inner["padding"][:2], inner["padding"][2:]]  # 1.x: top, bottom, left, right
        if name == "BatchNormalization" and isinstance(inner.get("axis"), list) and len(inner["axis"]) == 1:
            inner["axis"] = inner["axis"][0]  # tf.keras wrote a list
        if name == "PReLU" and self.number < (2, 0) and "shared_axes" not in inner and self.shape_of is not None:
            inner["shared_axes"] = self._shared_axes(inner.get("name"))
        if name == "InputLayer":
            for older in ("batch_input_shape", "input_shape"):
                if older in inner:
                    inner["batch_shape" if older == "batch_input_shape" else "shape"] = inner.pop(older)
        if name not in REBUILT:
            for default in arguments.DEFAULTS:
                if name in default.names.split() and default.argument not in inner and self._held(default):
                    inner[default.argument] = default.value
        if old in _OF_1 and kind == TODAY[old] and era.before("2.0"):  # programs of then look at the class's name
            importlib.import_module("keras.legacy.layers")
            kind = old
        made["class_name"] = kind
        made["config"] = {**self._inner(inner), **more}
        return made

    def _shared_axes(self, name: Any) -> list[int]:
        """Axes along which a `PReLU` of 1.x shares its factors: its config left them out."""
        shape = self.shape_of(f"{name}_alphas") or self.shape_of(f"{name}_alphas:0") or ()
        return [axis for axis, size in enumerate(shape, 1) if size == 1]

    def _held(self, default: arguments.Default) -> bool:
        """Whether a default held in the release that wrote the config."""
        if self.number >= (3, 0):
            return False
        since, before = _release(default.since), default.before
        if before.startswith("tf"):
            return self.number >= since and not self.tf
        return since <= self.number < _release(before)

    def _renamed(self, name: str, inner: dict) -> dict:
        inner = dict(inner)
        for row in arguments.LAYERS:
            olds = row.old if isinstance(row.old, tuple) else (row.old,)
            if name not in row.names.split() or not all(old in inner for old in olds):
                continue
            if not row.today:  # said nothing with one of these values
                if isinstance(inner[row.old], str | bool | int | None) and inner[row.old] in row.value:
                    del inner[row.old]
                continue
            todays = row.today if isinstance(row.today, tuple) else (row.today,)
            if any(today in inner for today in todays if today not in olds):
                continue
            given = [inner.pop(old) for old in olds]
            if row.value is None:
                value = given[0]
            elif callable(row.value):
                value = row.value(*given)
            else:
                value = row.value.get(given[0], given[0]) if isinstance(given[0], (str, bool, type(None))) else given[0]
            inner.update(zip(todays, [value] if len(todays) == 1 else value))
        return inner

    def _without_dropped(self, name: str, inner: dict) -> dict:
        kept = {}
        for key, value in inner.items():
            rows = [r for r in DROPPED_BY_NAME.get(key, ()) if r.classes == "*" or name in r.classes.split()]
            if not rows:
                kept[key] = value
            elif rows[0].values is not None and value not in rows[0].values:
                raise ValueError(f"{name} {inner.get('name')!r} has {key}={value!r}, which has no counterpart here")
        return kept

    def _inner(self, inner: dict) -> dict:
        """Arguments that are objects: inner layers, cells, initializers, regularizers, constraints, dtypes."""
        found = {}
        for key, value in inner.items():
            if key in ("layer", "cell", "forward_layer", "backward_layer", "encoder", "decoder", *_MODELS_INSIDE):
                value = self.layer(value)
            elif key in ("cells", "layers") and isinstance(value, list):
                value = [self.layer(v) for v in value]
            elif key.endswith("activation") and value == "hard_sigmoid" and self.number < (3, 0):
                value = _HARD_SIGMOID
            elif key == "dtype":
                value = dtype_of(value)
            elif isinstance(value, dict):
                value = piece(key, value)
            found[key] = value
        return found

    def _merge(self, inner: dict) -> dict:
        for key in ("mode", "output_shape", "output_mask"):
            if inner.get(f"{key}_type") not in (None, "raw"):
                if inner[f"{key}_type"] == "lambda":
                    inner[key] = {"class_name": "__lambda__", "config": {"value": None}} if key == "mode" else None
                else:
                    inner[key] = {"class_name": "function", "config": inner[key], "module": "builtins"}
        return inner

    def _function(self, made: dict, inner: dict) -> dict:
        name = inner.get("function")
        if name is None and made["class_name"] == "SlicingOpLambda":
            name = "__operators__.getitem"
        elif made["class_name"] == "TensorFlowOpLayer":
            name = config_op_layers.function_of(inner)
        importlib.import_module("keras.legacy.config_functions")
        return {**made, "module": "tensorflow", "class_name": "function", "config": name, "registered_name": name}

    # --- functional models

    def _functional(self, inner: dict) -> dict:
        nodes_of = {}
        layers = []
        older = False
        for entry in inner["layers"]:
            made = self.layer(entry)
            nodes = entry.get("inbound_nodes") if isinstance(entry, dict) else None
            if isinstance(nodes, list) and nodes and not isinstance(nodes[0], dict):
                older = True
                nodes_of[_name_of(made)] = nodes
            layers.append(made)
        found = {**inner, "layers": layers}
        if self.number >= (3, 0) and not older:
            return found
        shifts = shifts_of(layers, nodes_of, inner)
        operations = {
            _name_of(entry): entry["config"]
            for entry in inner["layers"]
            if isinstance(entry, dict) and entry.get("class_name") == "TensorFlowOpLayer"
        }
        found["added_losses"], found["added_metrics"], found["layers"] = [], [], []
        for made in layers:
            name, kind = _name_of(made), made.get("class_name") if isinstance(made, dict) else None
            nodes = nodes_of.get(name, ())
            if kind == "AddLoss":
                found["added_losses"] += [places(node, shifts) for node in nodes]
                continue
            if kind == "AddMetric":
                found["added_metrics"] += [[places(node, shifts), made["config"]["metric_name"]] for node in nodes]
                continue
            found["layers"].append(made)
            if name in operations:
                made["inbound_nodes"] = [config_op_layers.call_of(operations[name], node, shifts) for node in nodes]
            elif nodes:
                made["inbound_nodes"] = [call_of(node, shifts) for node in nodes]
        for key in ("input_layers", "output_layers"):
            found[key] = places(inner.get(key), shifts)
        return found

    # --- what a model was compiled with

    def compiled(self, found: dict) -> dict:
        """What `compile` was given."""
        found = dict(found)
        if "optimizer_config" in found:
            found["optimizer"] = found.pop("optimizer_config")
        if isinstance(found.get("optimizer"), dict):
            found["optimizer"] = self._optimizer(found["optimizer"])
        for key, module in (
            ("loss", "keras.losses"),
            ("metrics", "keras.metrics"),
            ("weighted_metrics", "keras.metrics"),
        ):
            if found.get(key) is not None:
                given = found[key]
                if self.number < (3, 0) and isinstance(given, list) and len(given) == 1 and isinstance(given[0], list):
                    given = given[0]  # tf.keras wrote a list for each output
                found[key] = judged(given, module)
        if self.number < (3, 0):
            for key in ("sample_weight_mode", "target_tensors", "class_mode", "theano_mode"):
                found.pop(key, None)
            for key in ("run_eagerly", "steps_per_execution", "jit_compile"):
                if found.get(key, 0) is None:
                    del found[key]
            if found.get("metrics") == []:
                found["metrics"] = None
        return found

    def _optimizer(self, found: dict) -> dict:
        inner = dict(found.get("config") or {})
        of_tf_keras = "is_legacy_optimizer" in inner  # in archives too, which look like those of Keras 3
        if self.number >= (3, 0) and "module" in found and not of_tf_keras:
            return found
        if inner.get("is_legacy_optimizer", "jit_compile" not in inner) and found.get("class_name") in OLDER_FORMULAS:
            inner[OLDER_FORMULA] = True
        for key in ("is_legacy_optimizer", "jit_compile", "amsgrad_", "centered_"):
            inner.pop(key, None)
        if self.number >= (3, 0) and "module" in found:
            return {**found, "config": inner}
        if "lr" in inner:
            inner.setdefault("learning_rate", inner.pop("lr"))
        name = str(found.get("class_name")).removeprefix("Custom>")
        rising = inner.pop("schedule_decay", inner.pop("decay", None) if name == "Nadam" else None)
        if name == "Nadam" and rising is not None:  # tf.keras called it `decay` there
            name, inner["schedule_decay"] = "ScheduledNadam", rising
        if not inner.get("decay"):
            inner.pop("decay", None)
        if isinstance(inner.get("learning_rate"), dict):
            inner["learning_rate"] = {**inner["learning_rate"], "module": "keras.optimizers.schedules"}
        if inner.get("epsilon", 0) is None:
            inner["epsilon"] = 1e-7
        if inner.get("weight_decay", 0) is None or inner.get("weight_decay") is False:
            inner["weight_decay"] = None
        if self.number < (2, 4) and not self.tf and inner.get("clipnorm"):
            inner["global_clipnorm"] = inner.pop("clipnorm")  # of all gradients together, until tf.keras
        if self.number < (3, 0) and name == "Adagrad":
            inner.setdefault("initial_accumulator_value", 0.0)
        return {"module": "keras.optimizers", "class_name": name, "config": inner, "registered_name": None}


def _release(text: str) -> tuple[int, int]:
    parts = [int(p) for p in re.findall(r"\d+", text)]
    return (parts[0], parts[1] if len(parts) > 1 else 0)


def _name_of(entry: Any) -> Any:
    return entry.get("name") or (entry.get("config") or {}).get("name") if isinstance(entry, dict) else None
