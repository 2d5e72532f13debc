"""Metric functions that today's Keras has no more, as functions of one batch."""

from __future__ import annotations

from keras import config, metrics, ops
from keras._core import registry
from keras.legacy import era
from keras.legacy.pieces import cosine_proximity
from keras.losses import kl_divergence, log_cosh

__all__ = [
    "MeanRelativeError",
    "MeanTensor",
    "accuracy",
    "fbeta_score",
    "fmeasure",
    "matthews_correlation",
    "positive_cosine",
    "precision",
    "recall",
]


def accuracy(y_true, y_pred):
    """Where targets and outputs are equal."""
    return ops.cast(ops.equal(y_true, ops.cast(y_pred, y_true.dtype)), config.floatx())


def positive_cosine(y_true, y_pred, axis=-1):
    """The cosine of the angle between targets and outputs: since 2.3 it has no minus as a metric."""
    proximity = cosine_proximity(y_true, y_pred, axis=axis)
    return proximity if era.before("2.3") else -proximity


positive_cosine.__name__ = "cosine_proximity"


def _counts(y_true, y_pred):
    """Numbers of true positives, of positive outputs and of positive targets."""
    positive = ops.round(ops.clip(ops.convert_to_tensor(y_pred), 0, 1))
    actual = ops.round(ops.clip(ops.cast(y_true, positive.dtype), 0, 1))
    return ops.sum(positive * actual), ops.sum(positive), ops.sum(actual)


def precision(y_true, y_pred):
    """The share of outputs of 0.5 and more that are right, over the batch."""
    hit, found, _ = _counts(y_true, y_pred)
    return hit / (found + config.epsilon())


def recall(y_true, y_pred):
    """The share of the positive targets that were found, over the batch."""
    hit, _, actual = _counts(y_true, y_pred)
    return hit / (actual + config.epsilon())


def fbeta_score(y_true, y_pred, beta=1):
    """The weighted harmonic mean of precision and recall, over the batch; 0 without positive targets.

    `f = (1 + beta**2) p r / (beta**2 p + r)`
    """
    if beta < 0:
        raise ValueError(f"fbeta_score: `beta` must be at least 0. Got {beta}.")
    p, r = precision(y_true, y_pred), recall(y_true, y_pred)
    score = (1 + beta**2) * p * r / (beta**2 * p + r + config.epsilon())
    return ops.where(ops.equal(_counts(y_true, y_pred)[2], 0), 0.0, score)


def fmeasure(y_true, y_pred):
    """The harmonic mean of precision and recall, over the batch."""
    return fbeta_score(y_true, y_pred, beta=1)


def matthews_correlation(y_true, y_pred):
    """The correlation of two binary labellings, over the batch.

    `(tp tn - fp fn) / sqrt((tp + fp) (tp + fn) (tn + fp) (tn + fn))`
    """
    hit, found, actual = _counts(y_true, y_pred)
    count = 1.0
    for n in y_pred.shape:
        count *= n
    false, missed = found - hit, actual - hit
    rest = count - hit - false - missed
    below = ops.sqrt(found * actual * (rest + false) * (rest + missed))
    return (hit * rest - false * missed) / (below + config.epsilon())


class MeanTensor(metrics.Metric):
    """The weighted mean of tensors, element by element.

    Args:
        name, dtype: as for every metric.
        shape: the shape of the tensors; that of the first one if None.
    """

    def __init__(self, name="mean_tensor", dtype=None, shape=None):
        super().__init__(name=name, dtype=dtype)
        self.shape = None if shape is None else tuple(shape)
        if shape is not None:
            self._make(self.shape)

    def _make(self, shape):
        self.total = self.add_variable(shape, initializer="zeros", name="total")
        self.count = self.add_variable(shape, initializer="zeros", name="count")

    def update_state(self, values, sample_weight=None):
        """Adds one tensor."""
        values = ops.cast(values, self.dtype)
        if not self.variables:
            self._make(tuple(values.shape))
        weight = ops.ones_like(values) if sample_weight is None else ops.cast(sample_weight, self.dtype)
        while weight.ndim < values.ndim:
            weight = ops.expand_dims(weight, -1)
        weight = ops.broadcast_to(weight, values.shape)
        self.total.assign_add(values * weight)
        self.count.assign_add(weight)

    def result(self):
        """The mean; 0 where nothing was added."""
        if not self.variables:
            raise ValueError("MeanTensor: there is no result before the first update, unless `shape` is given.")
        return ops.divide_no_nan(self.total, self.count)


class MeanRelativeError(metrics.Mean):
    """The mean of the absolute errors, divided by `normalizer`.

    Args:
        normalizer: what the errors are divided by; 0 counts as no error.
        name, dtype: as for every metric.
    """

    def __init__(self, normalizer, name=None, dtype=None):
        super().__init__(name=name or "mean_relative_error", dtype=dtype)
        self.normalizer = normalizer

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds the errors of one batch."""
        y_true, y_pred = ops.cast(y_true, self.dtype), ops.cast(y_pred, self.dtype)
        normalizer = ops.cast(self.normalizer, self.dtype)
        errors = ops.divide_no_nan(ops.abs(y_true - y_pred), ops.broadcast_to(normalizer, y_true.shape))
        return super().update_state(errors, sample_weight=sample_weight)


# functions of today, by the names that logs showed when `compile` was given them
OF_LONGER_NAMES = {
    "kullback_leibler_divergence": kl_divergence, "kld": kl_divergence, "KLD": kl_divergence, "logcosh": log_cosh,
    "cosine_similarity": positive_cosine,
}  # fmt: skip

registry.register_built_ins("keras.metrics", OF_LONGER_NAMES)
registry.register_built_ins(
    "keras.metrics",
    {"MeanRelativeError": MeanRelativeError, "MeanTensor": MeanTensor, "cosine_proximity": positive_cosine,
     "cosine": positive_cosine,
     "precision": precision, "recall": recall, "fbeta_score": fbeta_score, "fmeasure": fmeasure,
     "f1score": fmeasure, "fscore": fmeasure, "matthews_correlation": matthews_correlation},
)  # fmt: skip
