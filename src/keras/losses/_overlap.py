"""Losses that measure how much predicted and true areas overlap."""

from keras import config, ops
from keras.losses._loss import Loss
from keras.losses._shapes import dtype_of, pair, wide


def dice(y_true, y_pred, axis=None):
    """`1 - 2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred))` (Milletari et al., 2016).

    Args:
        y_true, y_pred: tensors with values from 0 to 1.
        axis: the axes to sum over; all of them if None.

    >>> dice([[1.0, 0.0]], [[0.5, 0.5]])
    Array(0.5, dtype=float32)
    """
    y_true, y_pred = pair("dice", y_true, y_pred, axis=axis)
    truth, prediction = wide(y_true), wide(y_pred)
    overlap = ops.sum(truth * prediction, axis=axis)
    area = ops.sum(truth, axis=axis) + ops.sum(prediction, axis=axis)
    return ops.cast(1.0 - 2.0 * overlap / (area + config.epsilon()), dtype_of(y_pred))


def tversky(y_true, y_pred, alpha=0.5, beta=0.5, axis=None):
    """`1 - overlap / (overlap + alpha * missed + beta * wrongly_predicted)` (Salehi et al., 2017).

    Args:
        y_true, y_pred: tensors with values from 0 to 1.
        alpha: the weight of what is missed, `sum(y_true * (1 - y_pred))`.
        beta: the weight of what is predicted wrongly, `sum((1 - y_true) * y_pred)`.
        axis: the axes to sum over; all of them if None.

    >>> tversky([[1.0, 0.0]], [[0.5, 0.5]])
    Array(0.5, dtype=float32)
    """
    y_true, y_pred = pair("tversky", y_true, y_pred, axis=axis)
    truth, prediction = wide(y_true), wide(y_pred)
    overlap = ops.sum(truth * prediction, axis=axis)
    missed = ops.sum(truth * (1.0 - prediction), axis=axis)
    wrong = ops.sum((1.0 - truth) * prediction, axis=axis)
    # Keras 3 weighs in this order, though its documentation names the two the other way round
    share = overlap / (overlap + alpha * missed + beta * wrong + config.epsilon())
    return ops.cast(1.0 - share, dtype_of(y_pred))


class Dice(Loss):
    """`1 - 2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred))`.

    Args:
        axis: the axes to sum over; all of them if None.
        reduction, name, dtype: as for `Loss`.

    >>> Dice()([[1.0, 0.0]], [[0.5, 0.5]])
    Array(0.5, dtype=float32)
    """

    fn = staticmethod(dice)

    def __init__(self, reduction="sum_over_batch_size", name="dice", axis=None, dtype=None):
        super().__init__(name, reduction, dtype)
        self.axis = axis

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred, axis=self.axis)


class Tversky(Loss):
    """`1 - overlap / (overlap + alpha * missed + beta * wrongly_predicted)`; `Dice` where both weights are 0.5.

    Args:
        alpha: the weight of what is missed.
        beta: the weight of what is predicted wrongly.
        axis: the axes to sum over; all of them if None.
        reduction, name, dtype: as for `Loss`.

    >>> Tversky()([[1.0, 0.0]], [[0.5, 0.5]])
    Array(0.5, dtype=float32)
    """

    fn = staticmethod(tversky)

    def __init__(self, alpha=0.5, beta=0.5, reduction="sum_over_batch_size", name="tversky", axis=None, dtype=None):
        super().__init__(name, reduction, dtype)
        self.alpha = alpha
        self.beta = beta
        self.axis = axis

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred, alpha=self.alpha, beta=self.beta, axis=self.axis)
