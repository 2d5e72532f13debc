"""What stands among the arguments in configs of older releases, as it would be written today: initializers, dtypes,
functions, losses and metrics."""

from __future__ import annotations

from typing import Any


def dtype_of(value: Any) -> Any:
    """The dtype or policy of a layer: tf.keras wrote policies as objects of its own."""
    if (
        isinstance(value, dict)
        and value.get("class_name") in ("Policy", "PolicyV1")
        and isinstance(value["config"], dict)
    ):
        return value["config"].get("name")
    return value


_MODULES = {"initializer": "keras.initializers", "regularizer": "keras.regularizers", "constraint": "keras.constraints"}


def piece(key: str, value: dict) -> dict:
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


def lambda_config(inner: dict) -> dict:
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


OLD_FUNCTIONS = {"logcosh": "log_cosh", "kullback_leibler_divergence": "kl_divergence", "huber_loss": "huber"}


def todays_losses(value: Any) -> Any:
    """What `compile` was given as `loss`, with the names of today in the place of older ones."""
    if isinstance(value, list):
        return [todays_losses(v) for v in value]
    if isinstance(value, dict) and "class_name" not in value:
        return {k: todays_losses(v) for k, v in value.items()}
    return OLD_FUNCTIONS.get(value, value) if isinstance(value, str) else value


def judged(value: Any, module: str) -> Any:
    """Losses and metrics: objects get the module they are from, wrapped functions become their names."""
    if isinstance(value, list):
        return [judged(v, module) for v in value]
    if isinstance(value, str):
        return OLD_FUNCTIONS.get(value, value)
    if not isinstance(value, dict):
        return value
    if "class_name" not in value or "config" not in value:
        return {k: judged(v, module) for k, v in value.items()}
    inner = value["config"]
    if value["class_name"] in ("function", "type") or not isinstance(inner, dict):
        return value
    if value["class_name"] in ("MeanMetricWrapper", "SumOverBatchSizeMetricWrapper", "LossFunctionWrapper"):
        return _unwrapped(value)
    inner = {k: v for k, v in inner.items() if k not in ("fn",)}
    if inner.get("reduction") in ("auto", "sum_over_batch_size", None) and "reduction" in inner:
        inner["reduction"] = "sum_over_batch_size"
    return {**value, "config": inner, **({} if value.get("module") else {"module": module})}


def _unwrapped(value: dict) -> Any:
    """The name of a wrapped function; a metric that goes by another name than its function stays wrapped."""
    inner = value["config"]
    function, name = inner.get("fn"), inner.get("name")
    if isinstance(function, dict):
        function = function.get("config")
    if name in ("accuracy", "acc"):
        return name
    today = OLD_FUNCTIONS.get(function, function)
    own_name = function.split(">")[-1] if isinstance(function, str) else None
    if value["class_name"] != "MeanMetricWrapper" or own_name is None or name in (None, own_name, today):
        return today
    fn = {"module": "builtins", "class_name": "function", "config": today, "registered_name": "function"}
    return {**value, "module": "keras.metrics", "config": {**inner, "fn": fn}}
