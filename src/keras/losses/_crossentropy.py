"""Cross-entropies: how unlikely the true class was, by the predicted probabilities."""

import warnings

from keras import ops
from keras._core.checks import number_between
from keras.losses._loss import Loss
from keras.losses._shapes import class_numbers, pair


def binary_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """`-y_true * log(y_pred) - (1 - y_true) * log(1 - y_pred)`, the mean over `axis`.

    Args:
        y_true: 0 or 1, or a probability between.
        y_pred: probabilities, which are kept epsilon away from 0 and 1; logits if `from_logits`.
        from_logits: whether `y_pred` holds numbers of which the sigmoid is the probability.
        label_smoothing: moves the labels this part of the way towards 0.5.
        axis: the axis to take the mean over.

    Shapes:
        y_true, y_pred: (batch, ..., outputs), the loss: (batch, ...).

    >>> binary_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])
    Array([0.69315], dtype=float32)
    """
    y_true, y_pred = pair("binary_crossentropy", y_true, y_pred, exactly=True, axis=axis)
    y_true = smoothed(y_true, label_smoothing, 2)
    return ops.mean(ops.binary_crossentropy(y_true, y_pred, from_logits=from_logits), axis=axis)


def categorical_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """`-sum(y_true * log(y_pred))` over the classes, for one-hot labels.

    Args:
        y_true: the probability of each class; one-hot as a rule.
        y_pred: probabilities, which are made to sum to 1 and kept epsilon away from 0; logits if `from_logits`.
        from_logits: whether `y_pred` holds numbers of which the softmax are the probabilities.
        label_smoothing: moves the labels this part of the way towards equal probabilities.
        axis: the axis of the classes.

    Shapes:
        y_true, y_pred: (batch, ..., classes), the loss: (batch, ...).

    >>> categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])
    Array([0.69315], dtype=float32)
    """
    y_true, y_pred = pair("categorical_crossentropy", y_true, y_pred, exactly=True, axis=axis)
    _warn_of_one_class(y_pred, axis)
    y_true = smoothed(y_true, label_smoothing, y_pred.shape[axis])
    return ops.categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)


def sparse_categorical_crossentropy(y_true, y_pred, from_logits=False, ignore_class=None, axis=-1):
    """`-log(y_pred[y_true])`, for labels that are class numbers.

    Args:
        y_true: class numbers, from 0 on.
        y_pred: probabilities, which are made to sum to 1 and kept epsilon away from 0; logits if `from_logits`.
        from_logits: whether `y_pred` holds numbers of which the softmax are the probabilities.
        ignore_class: a class number for which the loss is 0, such as that of a border in segmentation; or None.
        axis: the axis of the classes.

    Shapes:
        y_true: (batch, ...) or (batch, ..., 1), y_pred: (batch, ..., classes), the loss: (batch, ...).

    >>> sparse_categorical_crossentropy([1], [[0.5, 0.5]])
    Array([0.69315], dtype=float32)
    """
    y_true, y_pred = class_numbers("sparse_categorical_crossentropy", y_true, y_pred, axis)
    values = ops.sparse_categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)
    if ignore_class is None:
        return values
    return ops.where(_not_ignored(y_true, ignore_class), values, ops.zeros_like(values))


def _not_ignored(y_true, ignore_class):
    return ops.not_equal(ops.cast(y_true, "int32"), ignore_class)


def smoothed(y_true, amount, classes):
    """Labels moved towards equal probabilities of all classes."""
    return y_true * (1.0 - amount) + amount / classes if amount else y_true


def _warn_of_one_class(y_pred, axis):
    if y_pred.shape[axis] == 1:
        warnings.warn(
            f"categorical_crossentropy: predictions of shape {tuple(y_pred.shape)} have one class only, so the loss is "
            "always 0. For one output that means yes or no, use binary_crossentropy.",
            SyntaxWarning,
            stacklevel=3,
        )


class BinaryCrossentropy(Loss):
    """`-y_true * log(y_pred) - (1 - y_true) * log(1 - y_pred)`: for outputs that each mean yes or no.

    Args:
        from_logits: whether predictions are numbers of which the sigmoid is the probability.
        label_smoothing: moves the labels this part of the way, from 0 to 1, towards 0.5.
        axis: the axis to take the mean over.
        reduction, name, dtype: as for `Loss`.

    >>> BinaryCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])
    Array(0.69315, dtype=float32)
    """

    fn = staticmethod(binary_crossentropy)

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="binary_crossentropy",
        dtype=None,
    ):
        super().__init__(name, reduction, dtype)
        self.from_logits = from_logits
        self.label_smoothing = number_between("label_smoothing", label_smoothing, 0, 1, type(self).__name__)
        self.axis = axis

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)


class CategoricalCrossentropy(Loss):
    """`-sum(y_true * log(y_pred))` over the classes, for one-hot labels.

    Args:
        from_logits: whether predictions are numbers of which the softmax are the probabilities.
        label_smoothing: moves the labels this part of the way, from 0 to 1, towards equal probabilities.
        axis: the axis of the classes.
        reduction, name, dtype: as for `Loss`.

    >>> CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])
    Array(0.69315, dtype=float32)
    """

    fn = staticmethod(categorical_crossentropy)

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="categorical_crossentropy",
        dtype=None,
    ):
        super().__init__(name, reduction, dtype)
        self.from_logits = from_logits
        self.label_smoothing = number_between("label_smoothing", label_smoothing, 0, 1, type(self).__name__)
        self.axis = axis

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)


class SparseCategoricalCrossentropy(Loss):
    """`-log(y_pred[y_true])`, for labels that are class numbers.

    Args:
        from_logits: whether predictions are numbers of which the softmax are the probabilities.
        ignore_class: a class number whose positions do not count, neither in a sum nor in a mean; or None.
        axis: the axis of the classes.
        reduction, name, dtype: as for `Loss`.

    >>> SparseCategoricalCrossentropy()([1], [[0.5, 0.5]])
    Array(0.69315, dtype=float32)
    """

    fn = staticmethod(sparse_categorical_crossentropy)

    def __init__(
        self,
        from_logits=False,
        ignore_class=None,
        reduction="sum_over_batch_size",
        axis=-1,
        name="sparse_categorical_crossentropy",
        dtype=None,
    ):
        super().__init__(name, reduction, dtype)
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred, self.from_logits, self.ignore_class, self.axis)

    def _counted(self, y_true, y_pred):
        if self.ignore_class is None:
            return None
        y_true, _ = class_numbers("sparse_categorical_crossentropy", y_true, y_pred, self.axis)
        return _not_ignored(y_true, self.ignore_class)
