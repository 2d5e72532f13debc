"""Configs of older releases as they would be written today: what `model_from_json` and files of any year go through.

Arguments are renamed by the rows of `arguments.py`. Here are the rows about classes, about what a config holds beside
arguments, and about how the parts of a model are put together.
"""

from __future__ import annotations

import importlib
import re
from typing import Any, NamedTuple

from keras import ops
from keras._core import registry
from keras.legacy import arguments
from keras.legacy.arrays import groups, weights
from keras.legacy.network_names import layer_name
from keras.legacy.slots import slots, slots_by_name
from keras.legacy.written import writer

__all__ = ["config", "groups", "layer_name", "slots", "slots_by_name", "weights", "writer"]


class OldClass(NamedTuple):
    """A class that goes by another name today.

    Attributes:
        old: its names, separated by spaces.
        today: today's name.
        eras: which releases wrote it.
    """

    old: str
    today: str
    eras: str


CLASSES = [
    OldClass("Convolution1D AtrousConvolution1D AtrousConv1D", "Conv1D", "0.x 1.x"),
    OldClass("Convolution2D AtrousConvolution2D AtrousConv2D", "Conv2D", "0.x 1.x"),
    OldClass("Convolution3D", "Conv3D", "1.x"),
    OldClass("SeparableConvolution1D", "SeparableConv1D", "2.x"),
    OldClass("SeparableConvolution2D", "SeparableConv2D", "1.x 2.x"),
    OldClass("Convolution1DTranspose", "Conv1DTranspose", "2.x"),
    OldClass("Convolution2DTranspose", "Conv2DTranspose", "2.x"),
    OldClass("Convolution3DTranspose Deconvolution3D Deconv3D", "Conv3DTranspose", "2.x"),
    OldClass("BatchNormalizationV1 BatchNormalizationV2 SyncBatchNormalization", "BatchNormalization", "2.x"),
    OldClass("LSTMV1 LSTMV2", "LSTM", "2.x"),
    OldClass("GRUV1 GRUV2", "GRU", "2.x"),
    OldClass("MaxPool1D", "MaxPooling1D", "2.x"),
    OldClass("MaxPool2D", "MaxPooling2D", "2.x"),
    OldClass("MaxPool3D", "MaxPooling3D", "2.x"),
    OldClass("AvgPool1D", "AveragePooling1D", "2.x"),
    OldClass("AvgPool2D", "AveragePooling2D", "2.x"),
    OldClass("AvgPool3D", "AveragePooling3D", "2.x"),
    OldClass("GlobalMaxPool1D", "GlobalMaxPooling1D", "2.x"),
    OldClass("GlobalMaxPool2D", "GlobalMaxPooling2D", "2.x"),
    OldClass("GlobalAvgPool1D", "GlobalAveragePooling1D", "2.x"),
    OldClass("GlobalAvgPool2D", "GlobalAveragePooling2D", "2.x"),
]
_TODAY = {old: row.today for row in CLASSES for old in row.old.split()}

# layers that today has no more, which `legacy.layers` makes
_REBUILT = frozenset(
    [
        "Highway",
        "MaxoutDense",
        "TimeDistributedDense",
        "Merge",
        "TimeDistributedMerge",
        "MaskedLayer",
        "MaskedLambda",
        "AutoEncoder",
        "ThresholdedLinear",
        "ParametricSoftplus",
        "SReLU",
        "ThresholdedReLU",
        "Deconvolution2D",
        "LocallyConnected1D",
        "LocallyConnected2D",
        "CuDNNGRU",
        "CuDNNLSTM",
    ]
)
_MODELS = frozenset(("Model", "Functional", "Container", "Network"))


class Dropped(NamedTuple):
    """An argument that says nothing today, as long as it has one of some values.

    Attributes:
        classes: the layers, separated by spaces; '*' for all.
        name: the argument.
        values: the values that can be dropped; None for any.
        eras: which releases wrote it.
    """

    classes: str
    name: str
    values: tuple | None
    eras: str


DROPPED = [
    Dropped("*", "input_dtype", None, "1.x"),
    Dropped("*", "cache_enabled", None, "0.x"),
    Dropped("*", "custom_name", None, "0.x"),
    Dropped("*", "autocast", None, "2.x"),
    Dropped("Embedding", "dropout", (0, None), "1.x"),
    Dropped("Embedding", "activity_regularizer", (None,), "1.x 2.x"),
    Dropped("Embedding", "sparse", (False,), "2.x"),
    Dropped("BatchNormalization", "mode", (0,), "0.x 1.x"),
    Dropped("BatchNormalization", "renorm", (False,), "2.x"),
    Dropped("BatchNormalization", "fused", None, "2.x"),
    Dropped("BatchNormalization", "virtual_batch_size", (None,), "2.x"),
    Dropped("DepthwiseConv1D DepthwiseConv2D", "groups", (1,), "2.x"),
    Dropped("DepthwiseConv1D DepthwiseConv2D", "filters", None, "2.x"),
    Dropped("DepthwiseConv1D DepthwiseConv2D", "kernel_initializer", None, "2.x"),
    Dropped("DepthwiseConv1D DepthwiseConv2D", "kernel_regularizer", None, "2.x"),
    Dropped("DepthwiseConv1D DepthwiseConv2D", "kernel_constraint", None, "2.x"),
    Dropped("SeparableConv1D SeparableConv2D", "groups", (1,), "2.x"),
    Dropped("SeparableConv1D SeparableConv2D", "kernel_initializer", None, "2.x"),
    Dropped("SeparableConv1D SeparableConv2D", "kernel_regularizer", None, "2.x"),
    Dropped("SeparableConv1D SeparableConv2D", "kernel_constraint", None, "2.x"),
    Dropped("Conv1DTranspose Conv2DTranspose Conv3DTranspose", "groups", (1,), "2.x"),
    Dropped("ConvLSTM1D ConvLSTM2D ConvLSTM3D", "time_major", (False,), "2.x"),
    Dropped("LSTM GRU SimpleRNN RNN ConvLSTM1D ConvLSTM2D ConvLSTM3D", "zero_output_for_mask", (False,), "2.x"),
    Dropped("LSTM GRU SimpleRNN ConvLSTM2D", "implementation", None, "2.x"),
    Dropped("Merge", "mode_type", None, "1.x"),
    Dropped("Merge", "output_shape_type", None, "1.x"),
    Dropped("Merge", "output_mask_type", None, "1.x"),
    Dropped("InputLayer", "ragged", (False, None), "2.x"),
    Dropped("InputLayer", "sparse", (False, None), "1.x 2.x"),
    Dropped("InputLayer", "trainable", None, "1.x 2.x"),
    Dropped("InputLayer", "input_tensor", (None,), "1.x 2.x"),
    Dropped("ReLU", "threshold", (0, 0.0), "2.x"),
    Dropped("ELU LeakyReLU", "dtype_", None, "2.x"),
]
_DROPPED: dict[str, list[Dropped]] = {}
for _row in DROPPED:
    _DROPPED.setdefault(_row.name, []).append(_row)

# arguments of 1.x layers that told the size of the inputs, which the layer's place in the model tells as well
_INPUT_SIZES = frozenset(("input_dim", "input_length"))

# functions that tf.keras put between layers, and what Keras 3 calls them
FUNCTIONS = {
    "math.add": ("numpy", "Add"), "__operators__.add": ("numpy", "Add"), "math.subtract": ("numpy", "Subtract"),
    "math.multiply": ("numpy", "Multiply"), "math.divide": ("numpy", "Divide"), "math.truediv": ("numpy", "Divide"),
    "math.pow": ("numpy", "Power"), "math.maximum": ("numpy", "Maximum"), "math.minimum": ("numpy", "Minimum"),
    "math.abs": ("numpy", "Absolute"), "math.exp": ("numpy", "Exp"), "math.log": ("numpy", "Log"),
    "math.sqrt": ("numpy", "Sqrt"), "math.square": ("numpy", "Square"), "math.negative": ("numpy", "Negative"),
    "math.sin": ("numpy", "Sin"), "math.cos": ("numpy", "Cos"), "math.tanh": ("numpy", "Tanh"),
    "math.sigmoid": ("nn", "Sigmoid"), "nn.relu": ("nn", "Relu"), "nn.relu6": ("nn", "Relu6"),
    "linalg.matmul": ("numpy", "Matmul"), "math.greater": ("numpy", "Greater"), "math.less": ("numpy", "Less"),
    "__operators__.getitem": ("numpy", "GetItem"),
}  # fmt: skip
_MORE_ARGUMENT = {"math.add": "y", "math.multiply": "y", "math.subtract": "y", "__operators__.add": "y"}


def hard_sigmoid(x):
    """The sigmoid from three straight lines as it was until Keras 3, which has another slope.

    `y = max(0, min(1, 0.2 x + 0.5))`
    """
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


# by a name of its own, so that a model that is saved again keeps it
registry.register_custom("legacy", "hard_sigmoid", hard_sigmoid)
_HARD_SIGMOID = {
    "module": "builtins", "class_name": "function", "config": "legacy>hard_sigmoid", "registered_name": "function",
}  # fmt: skip


def config(found: Any, origin: dict) -> Any:
    """A config of any year as it would be written today.

    Args:
        found: what a file says: of a model, or `{"compile_config": ...}`.
        origin: `keras_version` and `backend` as far as the file says them.
    """
    if not isinstance(found, dict):
        return found
    release = str(found.get("keras_version") or origin.get("keras_version") or "")
    if "class_name" not in found and "name" in found and isinstance(found.get("layers"), list):
        found = _of_release_0(found)
    return _Translation(release or _guessed(found)).whole(found)


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


class _Translation:
    """Turns one config, written by `release`, into today's form."""

    def __init__(self, release: str):
        self.release = release
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
        if name == "Sequential":
            made["config"] = self._sequential(inner, found)
        elif isinstance(inner, dict) and isinstance(inner.get("layers"), list) and "input_layers" in inner:
            made["config"] = self._functional(inner)
            if name in _MODELS:
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
        if name in ("TFOpLambda", "SlicingOpLambda"):
            return self._function(made, inner)
        if made.get("registered_name") and made.get("module") is None:
            return made  # a user's own class keeps its arguments
        if self.number >= (3, 0) and name not in _REBUILT:
            return {**made, "config": self._inner(inner)}
        old = name
        name = _TODAY.get(name, name)
        if name in _REBUILT:
            importlib.import_module("keras.legacy.layers")
        if old.startswith("Atrous") and "atrous_rate" in inner:
            inner["dilation_rate"] = inner.pop("atrous_rate")
        if name == "Lambda":
            inner = _lambda(inner)
        if name == "Merge":
            inner = self._merge(inner)
        if name not in _REBUILT:
            inner = self._renamed(name, inner)
            if name != "Embedding":
                inner = {k: v for k, v in inner.items() if k not in _INPUT_SIZES or "batch_input_shape" not in inner}
                if self.number < (2, 0):
                    inner = {k: v for k, v in inner.items() if k not in _INPUT_SIZES}
        else:
            inner = {k: v for k, v in inner.items() if k not in _INPUT_SIZES}
        inner = self._without_dropped(name, inner)
        if name == "ZeroPadding2D" and isinstance(inner.get("padding"), list) and len(inner["padding"]) == 4:
            inner["padding"] = [inner["padding"][:2], inner["padding"][2:]]  # 1.x: top, bottom, left, right
        if name == "BatchNormalization" and isinstance(inner.get("axis"), list) and len(inner["axis"]) == 1:
            inner["axis"] = inner["axis"][0]  # tf.keras wrote a list
        if name == "InputLayer":
            for older in ("batch_input_shape", "input_shape"):
                if older in inner:
                    inner["batch_shape" if older == "batch_input_shape" else "shape"] = inner.pop(older)
        if name not in _REBUILT:
            for default in arguments.DEFAULTS:
                if name in default.names.split() and default.argument not in inner and self._held(default):
                    inner[default.argument] = default.value
        made["class_name"] = name
        made["config"] = self._inner(inner)
        return made

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
            rows = [r for r in _DROPPED.get(key, ()) if r.classes == "*" or name in r.classes.split()]
            if not rows:
                kept[key] = value
            elif rows[0].values is not None and value not in rows[0].values:
                raise ValueError(f"{name} {inner.get('name')!r} has {key}={value!r}, which has no counterpart here")
        return kept

    def _inner(self, inner: dict) -> dict:
        """Arguments that are objects: inner layers, cells, initializers, regularizers, constraints, dtypes."""
        found = {}
        for key, value in inner.items():
            if key in ("layer", "cell", "forward_layer", "backward_layer", "encoder", "decoder"):
                value = self.layer(value)
            elif key in ("cells", "layers") and isinstance(value, list):
                value = [self.layer(v) for v in value]
            elif key.endswith("activation") and value == "hard_sigmoid" and self.number < (3, 0):
                value = _HARD_SIGMOID
            elif key == "dtype":
                value = _dtype(value)
            elif isinstance(value, dict):
                value = _piece(key, value)
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
        if name not in FUNCTIONS:
            raise ValueError(
                f"{inner.get('name')!r} calls TensorFlow's {name!r}, which is not known here. Known ones: "
                f"{', '.join(sorted(FUNCTIONS))}"
            )
        module, cls = FUNCTIONS[name]
        return {
            **made, "module": f"keras.src.ops.{module}", "class_name": cls, "config": {"name": inner.get("name")},
            "registered_name": cls, "_more": _MORE_ARGUMENT.get(name),
        }  # fmt: skip

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
        shifts = _shifts(layers, nodes_of, inner)
        for made in layers:
            nodes = nodes_of.get(_name_of(made))
            if nodes:
                more = made.pop("_more", None)
                made["inbound_nodes"] = [_node(node, shifts, more) for node in nodes]
            else:
                made.pop("_more", None)
        for key in ("input_layers", "output_layers"):
            found[key] = _places(inner.get(key), shifts)
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
                found[key] = _judged(given, module)
        if self.number < (3, 0):
            for key in ("sample_weight_mode", "target_tensors", "class_mode", "theano_mode"):
                found.pop(key, None)
            if found.get("metrics") == []:
                found["metrics"] = None
        return found

    def _optimizer(self, found: dict) -> dict:
        if self.number >= (3, 0) and "module" in found:
            return found
        inner = dict(found.get("config") or {})
        for key in ("is_legacy_optimizer", "jit_compile", "amsgrad_", "centered_"):
            inner.pop(key, None)
        if "lr" in inner:
            inner.setdefault("learning_rate", inner.pop("lr"))
        inner.pop("schedule_decay", None)
        decay = inner.pop("decay", 0.0)
        if decay:
            inner["learning_rate"] = {
                "module": "keras.optimizers.schedules", "class_name": "InverseTimeDecay",
                "config": {"initial_learning_rate": inner.get("learning_rate", 0.01), "decay_steps": 1,
                           "decay_rate": decay},
            }  # fmt: skip
        elif isinstance(inner.get("learning_rate"), dict):
            inner["learning_rate"] = {**inner["learning_rate"], "module": "keras.optimizers.schedules"}
        if inner.get("epsilon", 0) is None:
            inner["epsilon"] = 1e-7
        if inner.get("weight_decay", 0) is None or inner.get("weight_decay") is False:
            inner["weight_decay"] = None
        name = str(found.get("class_name")).removeprefix("Custom>")
        if self.number < (3, 0) and name == "Adagrad":
            inner.setdefault("initial_accumulator_value", 0.0)
        return {"module": "keras.optimizers", "class_name": name, "config": inner, "registered_name": None}


def _release(text: str) -> tuple[int, int]:
    parts = [int(p) for p in re.findall(r"\d+", text)]
    return (parts[0], parts[1] if len(parts) > 1 else 0)


def _name_of(entry: Any) -> Any:
    return entry.get("name") or (entry.get("config") or {}).get("name") if isinstance(entry, dict) else None


def _dtype(value: Any) -> Any:
    """The dtype or policy of a layer: tf.keras wrote policies as objects of its own."""
    if (
        isinstance(value, dict)
        and value.get("class_name") in ("Policy", "PolicyV1")
        and isinstance(value["config"], dict)
    ):
        return value["config"].get("name")
    return value


_MODULES = {"initializer": "keras.initializers", "regularizer": "keras.regularizers", "constraint": "keras.constraints"}


def _piece(key: str, value: dict) -> dict:
    """An initializer, a regularizer or a constraint."""
    if "class_name" not in value and isinstance(value.get("name"), str) and key.endswith(("regularizer", "constraint")):
        # 1.x wrote the class among the arguments
        value = {"class_name": value["name"], "config": {k: v for k, v in value.items() if k != "name"}}
    if "class_name" not in value or not isinstance(value.get("config"), dict):
        return value
    if "module" in value and value["module"] is not None:
        return value
    name, inner = value["class_name"], dict(value["config"])
    if name in ("L1L2Regularizer", "WeightRegularizer", "ActivityRegularizer", "ActivityRegularizer"):
        name = "L1L2"
    elif name in ("NonNeg", "UnitNorm", "MaxNorm", "MinMaxNorm"):
        for old, today in (("m", "max_value"), ("low", "min_value"), ("high", "max_value")):
            if old in inner:
                inner[today] = inner.pop(old)
    if inner.get("distribution") == "normal":
        inner["distribution"] = "truncated_normal"
    inner.pop("dtype", None)
    module = next((m for end, m in _MODULES.items() if key.endswith(end)), None)
    return {**value, "class_name": name, "config": inner, **({"module": module} if module else {})}


def _lambda(inner: dict) -> dict:
    """The function of a `Lambda`, which the config of an older release holds as code or by its name."""
    inner = dict(inner)
    inner.pop("module", None)
    inner.pop("output_shape_module", None)
    inner.pop("mask_module", None)
    for key in ("function", "output_shape", "mask"):
        kind = inner.pop(f"{key}_type", None)
        value = inner.get(key)
        if kind == "lambda" or (isinstance(value, list) and value and isinstance(value[0], str) and len(value[0]) > 40):
            # the shape of the outputs can be found without that code
            inner[key] = {"class_name": "__lambda__", "config": {"value": None}} if key == "function" else None
        elif kind == "function" and isinstance(value, str):
            inner[key] = {
                "module": "builtins",
                "class_name": "function",
                "config": value,
                "registered_name": "function",
            }
    for key in ("output_shape", "mask"):
        if inner.get(key) is None:
            inner.pop(key, None)
    return inner


def _shifts(layers: list, nodes_of: dict, inner: dict) -> dict[str, int]:
    """Layer -> the number of its first call in the model: models that existed before count their own first."""
    named: dict[str, list[int]] = {}

    def note(x: Any) -> None:
        if isinstance(x, list) and len(x) >= 3 and isinstance(x[0], str) and type(x[1]) is int and type(x[2]) is int:
            named.setdefault(x[0], []).append(x[1])
            for item in x[3:]:
                note(list(item.values()) if isinstance(item, dict) else item)
        elif isinstance(x, list):
            for item in x:
                note(item)

    note(list(nodes_of.values()))
    note(inner.get("output_layers"))
    found = {}
    for name, nodes in nodes_of.items():
        used = named.get(name)
        if used and max(used) >= len(nodes):
            found[name] = max(used) - len(nodes) + 1
    return found


def _tensor(place: Any, shifts: dict) -> dict:
    name, index, position = place[:3]
    history = [name, index - shifts.get(name, 0), position]
    return {"class_name": "__keras_tensor__", "config": {"shape": [], "dtype": "float32", "keras_history": history}}


def _is_place(x: Any) -> bool:
    return (
        isinstance(x, list) and len(x) in (3, 4) and isinstance(x[0], str) and type(x[1]) is int and type(x[2]) is int
    )


def _node(node: Any, shifts: dict, more: str | None) -> dict:
    """One call: `[["dense_1", 0, 0, {}]]`, or the first of them without a list around it, as arguments."""
    kwargs: dict[str, Any] = {}
    if _is_place(node):
        given = [node]
        single = True
    elif isinstance(node, list):
        given = node
        single = len(node) == 1
    elif isinstance(node, dict):
        return node
    else:
        raise ValueError(f"a call of a layer is described by a {type(node).__name__}")
    tensors = []
    for place in given:
        if not _is_place(place):
            if isinstance(place, list) and len(place) >= 2 and place[0] == "_CONSTANT_VALUE":
                tensors.append(place[2])
                continue
            raise ValueError("a call of a layer names no tensor")
        tensors.append(_tensor(place, shifts))
        if len(place) == 4 and isinstance(place[3], dict):
            kwargs.update({k: _filled(v, shifts) for k, v in place[3].items()})
    first = tensors[0] if single else tensors
    args = [first]
    if more and more in kwargs:
        args.append(kwargs.pop(more))
        kwargs.pop("name", None)
    if "slice_spec" in kwargs:
        args.append(_slices(kwargs.pop("slice_spec")))
    return {"args": args, "kwargs": kwargs}


def _slices(spec: Any) -> Any:
    def one(x: Any) -> Any:
        if isinstance(x, dict) and set(x) <= {"start", "stop", "step"}:
            return {"class_name": "__slice__", "config": x}
        return x

    return [one(x) for x in spec] if isinstance(spec, list) else one(spec)


def _filled(value: Any, shifts: dict) -> Any:
    if _is_place(value):
        return _tensor(value, shifts)
    if isinstance(value, dict) and "class_name" not in value:
        return {k: _filled(v, shifts) for k, v in value.items()}
    return [_filled(v, shifts) for v in value] if isinstance(value, list) else value


def _places(value: Any, shifts: dict) -> Any:
    """Places of inputs or outputs; a list of one meant the tensor itself."""
    if _is_place(value):
        return [value[0], value[1] - shifts.get(value[0], 0), value[2]]
    if isinstance(value, list):
        found = [_places(v, shifts) for v in value]
        return found[0] if len(found) == 1 and isinstance(found[0], list) else found
    if isinstance(value, dict):
        return {k: _places(v, shifts) for k, v in value.items()}
    return value


_OLD_FUNCTIONS = {"logcosh": "log_cosh", "kullback_leibler_divergence": "kl_divergence", "huber_loss": "huber"}


def _judged(value: Any, module: str) -> Any:
    """Losses and metrics: objects get the module they are from, wrapped functions become their names."""
    if isinstance(value, list):
        return [_judged(v, module) for v in value]
    if isinstance(value, str):
        return _OLD_FUNCTIONS.get(value, value)
    if not isinstance(value, dict):
        return value
    if "class_name" not in value or "config" not in value:
        return {k: _judged(v, module) for k, v in value.items()}
    inner = value["config"]
    if value["class_name"] in ("function", "type") or not isinstance(inner, dict):
        return value
    if value["class_name"] in ("MeanMetricWrapper", "SumOverBatchSizeMetricWrapper", "LossFunctionWrapper"):
        function = inner.get("fn")
        if isinstance(function, dict):
            function = function.get("config")
        return inner.get("name") if inner.get("name") in ("accuracy", "acc") else _OLD_FUNCTIONS.get(function, function)
    inner = {k: v for k, v in inner.items() if k not in ("fn",)}
    if inner.get("reduction") in ("auto", "sum_over_batch_size", None) and "reduction" in inner:
        inner["reduction"] = "sum_over_batch_size"
    return {**value, "config": inner, **({} if value.get("module") else {"module": module})}
