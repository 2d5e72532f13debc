"""Losses for numbers: how far predictions are from what is true."""

import math

from keras import config, ops
from keras.losses._loss import Loss
from keras.losses._shapes import dtype_of, pair, wide


def mean_squared_error(y_true, y_pred):
    """`mean((y_true - y_pred) ** 2)` over the last axis.

    Shapes:
        y_true, y_pred: (batch, ..., outputs), the loss: (batch, ...).

    >>> mean_squared_error([[0.0, 1.0]], [[1.0, 3.0]])
    Array([2.5], dtype=float32)
    """
    y_true, y_pred = pair("mean_squared_error", y_true, y_pred)
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


def mean_absolute_error(y_true, y_pred):
    """`mean(|y_true - y_pred|)` over the last axis.

    Shapes:
        y_true, y_pred: (batch, ..., outputs), the loss: (batch, ...).

    >>> mean_absolute_error([[0.0, 1.0]], [[1.0, 3.0]])
    Array([1.5], dtype=float32)
    """
    y_true, y_pred = pair("mean_absolute_error", y_true, y_pred)
    return ops.mean(ops.absolute(y_true - y_pred), axis=-1)


def mean_absolute_percentage_error(y_true, y_pred):
    """`100 * mean(|y_true - y_pred| / max(|y_true|, epsilon))` over the last axis.

    Shapes:
        y_true, y_pred: (batch, ..., outputs), the loss: (batch, ...).

    >>> mean_absolute_percentage_error([[2.0, 4.0]], [[1.0, 4.0]])
    Array([25.], dtype=float32)
    """
    y_true, y_pred = pair("mean_absolute_percentage_error", y_true, y_pred)
    scale = ops.maximum(ops.absolute(wide(y_true)), config.epsilon())
    shares = ops.absolute((wide(y_true) - wide(y_pred)) / scale)
    return ops.cast(100.0 * ops.mean(shares, axis=-1), dtype_of(y_pred))


def mean_squared_logarithmic_error(y_true, y_pred):
    """`mean((log(y_true + 1) - log(y_pred + 1)) ** 2)` over the last axis; values below epsilon count as epsilon.

    Shapes:
        y_true, y_pred: (batch, ..., outputs), the loss: (batch, ...).

    >>> mean_squared_logarithmic_error([[1.0]], [[3.0]])  # log(2) ** 2
    Array([0.48045], dtype=float32)
    """
    y_true, y_pred = pair("mean_squared_logarithmic_error", y_true, y_pred)
    true_log = ops.log1p(ops.maximum(wide(y_true), config.epsilon()))
    predicted_log = ops.log1p(ops.maximum(wide(y_pred), config.epsilon()))
    return ops.cast(ops.mean(ops.square(true_log - predicted_log), axis=-1), dtype_of(y_pred))


def log_cosh(y_true, y_pred):
    """`mean(log(cosh(y_pred - y_true)))` over the last axis: squared for small errors, absolute for large ones.

    Shapes:
        y_true, y_pred: (batch, ..., outputs), the loss: (batch, ...).

    >>> log_cosh([[0.0]], [[1.0]])
    Array([0.43378], dtype=float32)
    """
    y_true, y_pred = pair("log_cosh", y_true, y_pred)
    error = y_pred - y_true
    # cosh itself would overflow
    return ops.mean(error + ops.softplus(-2.0 * error) - math.log(2.0), axis=-1)


def huber(y_true, y_pred, delta=1.0):
    """`error ** 2 / 2` up to `delta`, `delta * |error| - delta ** 2 / 2` beyond; the mean over the last axis.

    Huber, 1964: Robust estimation of a location parameter.

    Args:
        y_true, y_pred: tensors.
        delta: the error from which on the loss grows in a straight line.

    Shapes:
        y_true, y_pred: (batch, ..., outputs), the loss: (batch, ...).

    >>> huber([[0.0, 0.0]], [[1.0, 3.0]])
    Array([1.5], dtype=float32)
    """
    y_true, y_pred = pair("huber", y_true, y_pred)
    error = ops.absolute(y_pred - y_true)
    return ops.mean(ops.where(error <= delta, 0.5 * ops.square(error), delta * error - 0.5 * delta**2), axis=-1)


def cosine_similarity(y_true, y_pred, axis=-1):
    """`-cos` of the angle between the two: -1 for the same direction, 1 for opposite ones, 0 if one has no length.

    Args:
        y_true, y_pred: tensors.
        axis: the axis along which they are vectors.

    Shapes:
        y_true, y_pred: (batch, ..., size), the loss: (batch, ...).

    >>> cosine_similarity([[1.0, 0.0]], [[3.0, 4.0]])
    Array([-0.6], dtype=float32)
    """
    y_true, y_pred = pair("cosine_similarity", y_true, y_pred, axis=axis)
    cosine = ops.sum(_direction(wide(y_true), axis) * _direction(wide(y_pred), axis), axis=axis)
    return ops.cast(-cosine, dtype_of(y_pred))


def _direction(x, axis):
    squares = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return x * ops.rsqrt(ops.maximum(squares, config.epsilon() ** 2))


class MeanSquaredError(Loss):
    """`mean((y_true - y_pred) ** 2)`.

    Args:
        reduction, name, dtype: as for `Loss`.

    >>> MeanSquaredError()([[0.0, 1.0]], [[1.0, 3.0]])
    Array(2.5, dtype=float32)
    """

    fn = staticmethod(mean_squared_error)

    def __init__(self, reduction="sum_over_batch_size", name="mean_squared_error", dtype=None):
        super().__init__(name, reduction, dtype)

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred)


class MeanAbsoluteError(Loss):
    """`mean(|y_true - y_pred|)`.

    Args:
        reduction, name, dtype: as for `Loss`.

    >>> MeanAbsoluteError()([[0.0, 1.0]], [[1.0, 3.0]])
    Array(1.5, dtype=float32)
    """

    fn = staticmethod(mean_absolute_error)

    def __init__(self, reduction="sum_over_batch_size", name="mean_absolute_error", dtype=None):
        super().__init__(name, reduction, dtype)

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred)


class MeanAbsolutePercentageError(Loss):
    """`100 * mean(|y_true - y_pred| / |y_true|)`.

    Args:
        reduction, name, dtype: as for `Loss`.

    >>> MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 4.0]])
    Array(25., dtype=float32)
    """

    fn = staticmethod(mean_absolute_percentage_error)

    def __init__(self, reduction="sum_over_batch_size", name="mean_absolute_percentage_error", dtype=None):
        super().__init__(name, reduction, dtype)

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred)


class MeanSquaredLogarithmicError(Loss):
    """`mean((log(y_true + 1) - log(y_pred + 1)) ** 2)`.

    Args:
        reduction, name, dtype: as for `Loss`.

    >>> MeanSquaredLogarithmicError()([[1.0]], [[3.0]])
    Array(0.48045, dtype=float32)
    """

    fn = staticmethod(mean_squared_logarithmic_error)

    def __init__(self, reduction="sum_over_batch_size", name="mean_squared_logarithmic_error", dtype=None):
        super().__init__(name, reduction, dtype)

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred)


class LogCosh(Loss):
    """`mean(log(cosh(y_pred - y_true)))`.

    Args:
        reduction, name, dtype: as for `Loss`.

    >>> LogCosh()([[0.0]], [[1.0]])
    Array(0.43378, dtype=float32)
    """

    fn = staticmethod(log_cosh)

    def __init__(self, reduction="sum_over_batch_size", name="log_cosh", dtype=None):
        super().__init__(name, reduction, dtype)

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred)


class Huber(Loss):
    """`error ** 2 / 2` up to `delta`, `delta * |error| - delta ** 2 / 2` beyond (Huber, 1964).

    Args:
        delta: a positive number.
        reduction, name, dtype: as for `Loss`.

    >>> Huber()([[0.0, 0.0]], [[1.0, 3.0]])
    Array(1.5, dtype=float32)
    """

    fn = staticmethod(huber)

    def __init__(self, delta=1.0, reduction="sum_over_batch_size", name="huber_loss", dtype=None):
        super().__init__(name, reduction, dtype)
        if not delta > 0:
            raise ValueError(f"Huber: `delta` must be a positive number. Got {delta!r}.")
        self.delta = delta

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred, delta=self.delta)


class CosineSimilarity(Loss):
    """`-cos` of the angle between truth and prediction.

    Args:
        axis: the axis along which they are vectors.
        reduction, name, dtype: as for `Loss`.

    >>> CosineSimilarity()([[1.0, 0.0]], [[3.0, 4.0]])
    Array(-0.6, dtype=float32)
    """

    fn = staticmethod(cosine_similarity)

    def __init__(self, axis=-1, reduction="sum_over_batch_size", name="cosine_similarity", dtype=None):
        super().__init__(name, reduction, dtype)
        self.axis = axis

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred, axis=self.axis)
