"""Metrics: numbers about predictions, summed up over batches."""

from keras._core import registry
from keras._core.names import nearest, snake_case
from keras._core.serialization import deserialize as _deserialize
from keras._core.serialization import serialize as _serialize
from keras.metrics._accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from keras.metrics._metric import Metric
from keras.metrics._reduction import Mean, MeanMetricWrapper, Sum

_MODULE = "keras.metrics"
_SHORT = {
    "acc": "Accuracy",
    "bce": "BinaryCrossentropy",
    "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "mse": "MeanSquaredError",
    "msle": "MeanSquaredLogarithmicError",
}

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "Mean",
    "MeanMetricWrapper",
    "Metric",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "Sum",
    "TopKCategoricalAccuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "deserialize",
    "get",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]


def get(identifier):
    """The metric or function that `identifier` means.

    Args:
        identifier: a name ('mse', 'AUC', 'mean_iou'), a class, a config, a metric or a function.

    Returns:
        None for None; a new metric for a class or a name; other callables as they are.

    Raises:
        ValueError: nothing has that name, or `identifier` cannot mean a metric.
    """
    if identifier is None:
        return None
    if isinstance(identifier, dict):
        identifier = deserialize(identifier)
    elif isinstance(identifier, str):
        identifier = _named(identifier)
    if isinstance(identifier, type):
        return identifier()
    if callable(identifier):
        return identifier
    raise ValueError(f"`metric` must be a name, a function, a Metric or a config. Got {identifier!r}.")


def _named(name: str):
    found = registry.registered_object(name)
    if found is not None:
        return found
    known = registry.built_ins_of(_MODULE)
    plain = name.lower()
    if plain in _SHORT:
        return known[_SHORT[plain]]
    classes = {k: v for k, v in known.items() if isinstance(v, type)}
    for k, v in classes.items():
        if plain in (k.lower(), snake_case(k)):
            return v
    if name in known:
        return known[name]
    raise ValueError(f"Unknown metric: {name!r}.{nearest(name, [*known, *_SHORT])}")


def serialize(metric):
    """A config from which `deserialize` makes the same metric."""
    return _serialize(metric)


def deserialize(config, custom_objects=None):
    """The metric that a config describes, or that a name means."""
    if isinstance(config, str):
        with registry.object_scope(custom_objects or {}):
            return get(config)
    return _deserialize(config, custom_objects, _MODULE)


registry.register_built_ins(
    _MODULE, {name: thing for name in __all__ if (thing := globals()[name]) not in (get, serialize, deserialize)}
)
