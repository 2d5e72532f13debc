"""Metrics for probabilities."""

from __future__ import annotations

from keras import losses, ops
from keras.metrics._reduction import MeanMetricWrapper


class BinaryCrossentropy(MeanMetricWrapper):
    """The mean crossentropy of labels 0 and 1: `-y_true * log(y_pred) - (1 - y_true) * log(1 - y_pred)`.

    Args:
        name: the name in logs.
        dtype: the dtype of the computation.
        from_logits: whether predictions are logits, to which a sigmoid is still to be applied.
        label_smoothing: how far labels are moved towards 0.5, from 0 to 1.

    >>> round(float(BinaryCrossentropy()([[0.0], [1.0]], [[0.5], [0.5]])), 4)  # log(2)
    0.6931
    """

    _direction = "down"

    def __init__(self, name="binary_crossentropy", dtype=None, from_logits=False, label_smoothing=0):
        super().__init__(
            losses.binary_crossentropy, name=name, dtype=dtype, from_logits=from_logits, label_smoothing=label_smoothing
        )
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing


class CategoricalCrossentropy(MeanMetricWrapper):
    """The mean crossentropy of one-hot labels: `-sum(y_true * log(y_pred))`.

    Args:
        name: the name in logs.
        dtype: the dtype of the computation.
        from_logits: whether predictions are logits, to which a softmax is still to be applied.
        label_smoothing: the share of each label that is spread evenly over all classes, from 0 to 1.
        axis: the axis of the classes.

    >>> round(float(CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])), 4)  # log(2)
    0.6931
    """

    _direction = "down"

    def __init__(self, name="categorical_crossentropy", dtype=None, from_logits=False, label_smoothing=0, axis=-1):
        super().__init__(
            losses.categorical_crossentropy, name=name, dtype=dtype, from_logits=from_logits,
            label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis


class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """The mean crossentropy of class numbers: `-log(y_pred[y_true])`.

    Args:
        name: the name in logs.
        dtype: the dtype of the computation.
        from_logits: whether predictions are logits, to which a softmax is still to be applied.
        ignore_class: a class number whose samples count as 0. Where there are weights they do not count at all.
        axis: the axis of the classes.

    >>> round(float(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]])), 4)  # log(2)
    0.6931
    """

    _direction = "down"

    def __init__(
        self, name="sparse_categorical_crossentropy", dtype=None, from_logits=False, ignore_class=None, axis=-1
    ):
        super().__init__(
            losses.sparse_categorical_crossentropy, name=name, dtype=dtype, from_logits=from_logits,
            ignore_class=ignore_class, axis=axis,
        )  # fmt: skip
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis

    def _counted(self, y_true):
        return None if self.ignore_class is None else ops.not_equal(y_true, self.ignore_class)


class KLDivergence(MeanMetricWrapper):
    """The mean of `sum(y_true * log(y_true / y_pred))`.

    >>> float(KLDivergence()([[0.5, 0.5]], [[0.5, 0.5]]))
    0.0
    """

    _direction = "down"

    def __init__(self, name="kl_divergence", dtype=None):
        super().__init__(losses.kl_divergence, name=name, dtype=dtype)


class Poisson(MeanMetricWrapper):
    """The mean of `y_pred - y_true * log(y_pred)`.

    >>> float(Poisson()([[0.0]], [[2.0]]))
    2.0
    """

    _direction = "down"

    def __init__(self, name="poisson", dtype=None):
        super().__init__(losses.poisson, name=name, dtype=dtype)
