"""Accuracy: how often the prediction is the right class."""

from __future__ import annotations

from keras import config as settings
from keras import ops
from keras._core.checks import positive_integer
from keras.losses._shapes import aligned, class_numbers
from keras.metrics._reduction import MeanMetricWrapper


def _both(y_true, y_pred):
    return ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)


def _ones_where(condition):
    return ops.cast(condition, settings.floatx())


def accuracy(y_true, y_pred):
    """1 where the prediction equals the target, else 0."""
    y_true, y_pred = aligned(*_both(y_true, y_pred))
    return _ones_where(ops.equal(ops.cast(y_true, y_pred.dtype), y_pred))


class Accuracy(MeanMetricWrapper):
    """The share of predictions that equal the target.

    Shapes:
        y_true, y_pred: the same.

    >>> float(Accuracy()([1, 2, 3, 4], [0, 2, 3, 4]))
    0.75
    """

    _direction = "up"

    def __init__(self, name="accuracy", dtype=None):
        super().__init__(accuracy, name=name, dtype=dtype)


def binary_accuracy(y_true, y_pred, threshold=0.5):
    """1 where the prediction is on the same side of `threshold` as the target (0 or 1), else 0.

    >>> binary_accuracy([[1], [0]], [[0.9], [0.6]])
    Array([[1.], [0.]], dtype=float32)
    """
    y_true, y_pred = aligned(*_both(y_true, y_pred))
    y_pred = ops.cast(y_pred > threshold, y_true.dtype)
    return _ones_where(ops.equal(y_true, y_pred))


class BinaryAccuracy(MeanMetricWrapper):
    """The share of predictions on the right side of a threshold.

    Args:
        name: the name in logs.
        dtype: the dtype of the computation.
        threshold: a prediction above it means 1.

    >>> float(BinaryAccuracy()([[1], [1], [0], [0]], [[0.98], [1], [0], [0.6]]))
    0.75
    """

    _direction = "up"

    def __init__(self, name="binary_accuracy", dtype=None, threshold=0.5):
        super().__init__(binary_accuracy, name=name, dtype=dtype, threshold=threshold)
        self.threshold = threshold


def categorical_accuracy(y_true, y_pred):
    """1 where the largest prediction is at the place of the largest target, else 0.

    Shapes:
        y_true, y_pred: (..., classes), result: (...,).

    >>> categorical_accuracy([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
    Array([0., 1.], dtype=float32)
    """
    y_true, y_pred = _both(y_true, y_pred)
    return _ones_where(ops.equal(ops.argmax(y_true, axis=-1), ops.argmax(y_pred, axis=-1)))


class CategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose largest prediction is at the place of the 1 in the one-hot target.

    Shapes:
        y_true, y_pred: (..., classes).

    >>> float(CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]))
    0.5
    """

    _direction = "up"

    def __init__(self, name="categorical_accuracy", dtype=None):
        super().__init__(categorical_accuracy, name=name, dtype=dtype)


def sparse_categorical_accuracy(y_true, y_pred):
    """1 where the largest prediction is at the place that the target names, else 0.

    Shapes:
        y_true: (...,) or (..., 1), y_pred: (..., classes), result: (...,).

    >>> sparse_categorical_accuracy([2, 1], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
    Array([0., 1.], dtype=float32)
    """
    y_true, y_pred, shape = _numbers("sparse_categorical_accuracy", y_true, y_pred)
    found = _ones_where(ops.equal(y_true, ops.cast(ops.argmax(y_pred, axis=-1), y_true.dtype)))
    return found if shape is None else ops.reshape(found, shape)


def _numbers(owner, y_true, y_pred):
    """Class numbers of shape (...) for predictions of shape (..., classes), and the shape of a result in another one.

    The two may have axes of size 1 in other places, as in Keras 3.
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    labels, rows = tuple(y_true.shape), tuple(y_pred.shape[:-1])
    sizes, wanted = ([n for n in shape if n != 1] for shape in (labels, rows))
    if labels in (rows, (*rows, 1)) or sizes != wanted or None in sizes:
        return *class_numbers(owner, y_true, y_pred), None
    y_true, y_pred = class_numbers(owner, ops.reshape(y_true, rows), y_pred)
    return y_true, y_pred, labels if len(labels) >= len(rows) else rows


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose largest prediction is at the place that the target names.

    Shapes:
        y_true: (...,) or (..., 1), y_pred: (..., classes).

    >>> float(SparseCategoricalAccuracy()([[2], [1]], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]]))
    0.5
    """

    _direction = "up"

    def __init__(self, name="sparse_categorical_accuracy", dtype=None):
        super().__init__(sparse_categorical_accuracy, name=name, dtype=dtype)


def top_k_categorical_accuracy(y_true, y_pred, k=5):
    """1 where fewer than `k` predictions are larger than that for the right class, else 0.

    Shapes:
        y_true, y_pred: (..., classes), result: (...,).

    >>> top_k_categorical_accuracy([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.9, 0.05, 0.1]], k=2)
    Array([1., 0.], dtype=float32)
    """
    y_true, y_pred = _both(y_true, y_pred)
    return sparse_top_k_categorical_accuracy(ops.argmax(y_true, axis=-1), y_pred, k=k)


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose right class, given one-hot, is among the `k` largest predictions.

    Args:
        k: how many predictions count.
        name: the name in logs.
        dtype: the dtype of the computation.

    >>> float(TopKCategoricalAccuracy(k=1)([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]))
    0.5
    """

    _direction = "up"

    def __init__(self, k=5, name="top_k_categorical_accuracy", dtype=None):
        k = positive_integer("k", k, "TopKCategoricalAccuracy")
        super().__init__(top_k_categorical_accuracy, name=name, dtype=dtype, k=k)
        self.k = k


def sparse_top_k_categorical_accuracy(y_true, y_pred, k=5, from_sorted_ids=False):
    """1 where fewer than `k` predictions are larger than that for the class the target names, else 0.

    Args:
        y_true: class numbers.
        y_pred: predictions, or class numbers from the most likely on with `from_sorted_ids`.
        k: how many predictions count.
        from_sorted_ids: what `y_pred` holds.

    Shapes:
        y_true: (...,) or (..., 1), y_pred: (..., classes), result: that of y_true.

    >>> sparse_top_k_categorical_accuracy([2, 1], [[0.1, 0.9, 0.8], [0.9, 0.05, 0.1]], k=2)
    Array([1., 0.], dtype=float32)
    """
    shape = ops.convert_to_tensor(y_true).shape
    y_true, y_pred, _ = _numbers("sparse_top_k_categorical_accuracy", y_true, y_pred)
    target = ops.expand_dims(y_true, -1)
    if from_sorted_ids:
        hit = ops.any(ops.equal(ops.cast(target, y_pred.dtype), y_pred[..., :k]), axis=-1)
        return ops.reshape(_ones_where(hit), shape)
    target = ops.cast(target, "int32")
    known = ops.logical_and(target >= 0, target < y_pred.shape[-1])
    value = ops.take_along_axis(y_pred, ops.where(known, target, 0), axis=-1)
    larger = ops.sum(ops.cast(y_pred > value, "int32"), axis=-1)
    known = ops.squeeze(ops.logical_and(known, ops.isfinite(value)), -1)
    return ops.reshape(_ones_where(ops.logical_and(known, larger < k)), shape)


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose class, given by its number, is among the `k` largest predictions.

    Args:
        k: how many predictions count.
        name: the name in logs.
        dtype: the dtype of the computation.
        from_sorted_ids: whether predictions are class numbers, from the most likely on, instead of scores.

    >>> float(SparseTopKCategoricalAccuracy(k=1)([2, 1], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]))
    0.5
    """

    _direction = "up"

    def __init__(self, k=5, name="sparse_top_k_categorical_accuracy", dtype=None, from_sorted_ids=False):
        k = positive_integer("k", k, "SparseTopKCategoricalAccuracy")
        super().__init__(
            sparse_top_k_categorical_accuracy, name=name, dtype=dtype, k=k, from_sorted_ids=bool(from_sorted_ids)
        )
        self.k = k
        self.from_sorted_ids = bool(from_sorted_ids)
