"""Metrics: numbers about predictions, summed up over batches."""

from keras._core import registry
from keras._core.names import nearest as _nearest
from keras._core.names import snake_case as _snake_case
from keras._core.serialization import deserialize as _deserialize
from keras._core.serialization import serialize as _serialize
from keras.losses import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
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
from keras.metrics._auc import AUC
from keras.metrics._confusion import (
    FalseNegatives,
    FalsePositives,
    Precision,
    PrecisionAtRecall,
    Recall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
    TrueNegatives,
    TruePositives,
)
from keras.metrics._correlation import (
    ConcordanceCorrelation,
    PearsonCorrelation,
    concordance_correlation,
    pearson_correlation,
)
from keras.metrics._f_score import F1Score, FBetaScore
from keras.metrics._hinge import CategoricalHinge, Hinge, SquaredHinge
from keras.metrics._iou import BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU
from keras.metrics._metric import Metric
from keras.metrics._probabilistic import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    KLDivergence,
    Poisson,
    SparseCategoricalCrossentropy,
)
from keras.metrics._reduction import Mean, MeanMetricWrapper, Sum
from keras.metrics._regression import (
    CosineSimilarity,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    R2Score,
    RootMeanSquaredError,
)

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
    "AUC",
    "Accuracy",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "BinaryIoU",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "ConcordanceCorrelation",
    "CosineSimilarity",
    "F1Score",
    "FBetaScore",
    "FalseNegatives",
    "FalsePositives",
    "Hinge",
    "IoU",
    "KLDivergence",
    "LogCoshError",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanIoU",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Metric",
    "OneHotIoU",
    "OneHotMeanIoU",
    "PearsonCorrelation",
    "Poisson",
    "Precision",
    "PrecisionAtRecall",
    "R2Score",
    "Recall",
    "RecallAtPrecision",
    "RootMeanSquaredError",
    "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "SpecificityAtSensitivity",
    "SquaredHinge",
    "Sum",
    "TopKCategoricalAccuracy",
    "TrueNegatives",
    "TruePositives",
    "binary_accuracy",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "concordance_correlation",
    "deserialize",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "pearson_correlation",
    "poisson",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "sparse_top_k_categorical_accuracy",
    "squared_hinge",
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
    return _metric_or_function(identifier)


def _metric_or_function(identifier):
    """What `get` returns, for `compile`: it wants a metric for a name in every year, where `get` gave functions."""
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
    """The class or function of a name.

    Raises:
        ValueError: nothing has that name.
    """
    found = registry.registered_object(name)
    if found is not None:
        return found
    known = registry.built_ins_of(_MODULE)
    plain = name.lower()
    if plain in _SHORT:
        return known[_SHORT[plain]]
    classes = {k: v for k, v in known.items() if isinstance(v, type)}
    for k, v in classes.items():
        if plain in (k.lower(), _snake_case(k)):
            return v
    if name in known:
        return known[name]
    raise ValueError(f"Unknown metric: {name!r}.{_nearest(name, [*known, *_SHORT])}")


def serialize(metric):
    """A config from which `deserialize` makes the same metric."""
    return _serialize(metric)


def deserialize(config, custom_objects=None):
    """The metric that a config describes, or that a name means."""
    if isinstance(config, str):
        with registry.object_scope(custom_objects or {}):
            return get(config)
    return _deserialize(config, custom_objects, _MODULE)


_PUBLIC = {name: _thing for name in __all__ if (_thing := globals()[name]) not in (get, serialize, deserialize)}

registry.register_built_ins(_MODULE, _PUBLIC)
# the module that Keras 3 writes for functions
registry.register_built_ins("builtins", {k: _thing for k, _thing in _PUBLIC.items() if not isinstance(_thing, type)})
