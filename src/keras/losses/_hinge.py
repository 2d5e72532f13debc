"""Losses that ask for a margin."""

from keras import ops
from keras.losses._loss import Loss
from keras.losses._shapes import pair


def hinge(y_true, y_pred):
    """`mean(max(1 - y_true * y_pred, 0))` over the last axis, for labels -1 and 1; labels 0 and 1 are made into these.

    Shapes:
        y_true, y_pred: (batch, ..., outputs), the loss: (batch, ...).

    >>> hinge([[-1.0, 1.0]], [[0.5, 2.0]])
    Array([0.75], dtype=float32)
    """
    y_true, y_pred = pair("hinge", y_true, y_pred)
    return ops.mean(ops.maximum(1.0 - _signs(y_true) * y_pred, 0.0), axis=-1)


def squared_hinge(y_true, y_pred):
    """`mean(max(1 - y_true * y_pred, 0) ** 2)` over the last axis, for labels -1 and 1, or 0 and 1.

    Shapes:
        y_true, y_pred: (batch, ..., outputs), the loss: (batch, ...).

    >>> squared_hinge([[-1.0, 1.0]], [[0.5, 2.0]])
    Array([1.125], dtype=float32)
    """
    y_true, y_pred = pair("squared_hinge", y_true, y_pred)
    return ops.mean(ops.square(ops.maximum(1.0 - _signs(y_true) * y_pred, 0.0)), axis=-1)


def categorical_hinge(y_true, y_pred):
    """`max(neg - pos + 1, 0)`: `pos` is the score of the true class, `neg` the largest of the others.

    Shapes:
        y_true (one-hot), y_pred: (batch, ..., classes), the loss: (batch, ...).

    >>> categorical_hinge([[0.0, 1.0]], [[0.5, 0.75]])
    Array([0.75], dtype=float32)
    """
    y_true, y_pred = pair("categorical_hinge", y_true, y_pred)
    positive = ops.sum(y_true * y_pred, axis=-1)
    negative = ops.max((1.0 - y_true) * y_pred, axis=-1)
    return ops.maximum(negative - positive + 1.0, 0.0)


def _signs(y_true):
    binary = ops.all(ops.logical_or(ops.equal(y_true, 0), ops.equal(y_true, 1)))
    return ops.where(binary, 2.0 * y_true - 1.0, y_true)


class Hinge(Loss):
    """`mean(max(1 - y_true * y_pred, 0))`, for labels -1 and 1, or 0 and 1.

    Args:
        reduction, name, dtype: as for `Loss`.

    >>> Hinge()([[-1.0, 1.0]], [[0.5, 2.0]])
    Array(0.75, dtype=float32)
    """

    fn = staticmethod(hinge)

    def __init__(self, reduction="sum_over_batch_size", name="hinge", dtype=None):
        super().__init__(name, reduction, dtype)

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred)


class SquaredHinge(Loss):
    """`mean(max(1 - y_true * y_pred, 0) ** 2)`, for labels -1 and 1, or 0 and 1.

    Args:
        reduction, name, dtype: as for `Loss`.

    >>> SquaredHinge()([[-1.0, 1.0]], [[0.5, 2.0]])
    Array(1.125, dtype=float32)
    """

    fn = staticmethod(squared_hinge)

    def __init__(self, reduction="sum_over_batch_size", name="squared_hinge", dtype=None):
        super().__init__(name, reduction, dtype)

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred)


class CategoricalHinge(Loss):
    """`max(neg - pos + 1, 0)`: `pos` is the score of the true class, `neg` the largest of the others.

    Args:
        reduction, name, dtype: as for `Loss`.

    >>> CategoricalHinge()([[0.0, 1.0]], [[0.5, 0.75]])
    Array(0.75, dtype=float32)
    """

    fn = staticmethod(categorical_hinge)

    def __init__(self, reduction="sum_over_batch_size", name="categorical_hinge", dtype=None):
        super().__init__(name, reduction, dtype)

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred)
