"""Metrics for how predictions vary with the labels."""

from __future__ import annotations

from keras import config as settings
from keras import ops
from keras.losses._shapes import pair
from keras.metrics._reduction import MeanMetricWrapper


def _centred(owner, y_true, y_pred, axis):
    y_true, y_pred = pair(owner, y_true, y_pred, axis=axis)
    means = [ops.mean(y, axis=axis, keepdims=True) for y in (y_true, y_pred)]
    return y_true - means[0], y_pred - means[1], means


def pearson_correlation(y_true, y_pred, axis=-1):
    """`cov(y_true, y_pred) / (std(y_true) * std(y_pred))` along an axis; NaN where one of them does not vary.

    >>> pearson_correlation([[1.0, 2.0, 3.0]], [[2.0, 4.0, 6.0]])
    Array([1.], dtype=float32)
    """
    true, pred, _ = _centred("pearson_correlation", y_true, y_pred, axis)
    together = ops.mean(true * pred, axis=axis)
    return together / ops.sqrt(ops.mean(ops.square(true), axis=axis) * ops.mean(ops.square(pred), axis=axis))


class PearsonCorrelation(MeanMetricWrapper):
    """The mean of the samples' `cov(y_true, y_pred) / (std(y_true) * std(y_pred))`.

    Args:
        name: the name in logs.
        dtype: the dtype of the computation.
        axis: the axis along which a sample varies.

    >>> float(PearsonCorrelation()([[1.0, 2.0, 3.0]], [[6.0, 4.0, 2.0]]))
    -1.0
    """

    _direction = "up"

    def __init__(self, name="pearson_correlation", dtype=None, axis=-1):
        super().__init__(pearson_correlation, name=name, dtype=dtype, axis=axis)
        self.axis = axis


def concordance_correlation(y_true, y_pred, axis=-1):
    """`2 * cov / (var(y_true) + var(y_pred) + (mean(y_true) - mean(y_pred))**2 + epsilon)` along an axis.

    1 only for equal values, unlike the correlation by Pearson (Lin, 1989).

    >>> concordance_correlation([[1.0, 3.0]], [[1.0, 3.0]])
    Array([1.], dtype=float32)
    """
    true, pred, means = _centred("concordance_correlation", y_true, y_pred, axis)
    together = ops.mean(true * pred, axis=axis)
    spread = ops.mean(ops.square(true), axis=axis) + ops.mean(ops.square(pred), axis=axis)
    apart = ops.square(ops.squeeze(means[0] - means[1], axis=axis))
    return 2.0 * together / (spread + apart + settings.epsilon())


class ConcordanceCorrelation(MeanMetricWrapper):
    """The mean of the samples' concordance correlation, which is 1 only for equal values.

    Args:
        name: the name in logs.
        dtype: the dtype of the computation.
        axis: the axis along which a sample varies.

    >>> round(float(ConcordanceCorrelation()([[1.0, 3.0]], [[2.0, 4.0]])), 4)  # 2 * 1 / (1 + 1 + 1)
    0.6667
    """

    _direction = "up"

    def __init__(self, name="concordance_correlation", dtype=None, axis=-1):
        super().__init__(concordance_correlation, name=name, dtype=dtype, axis=axis)
        self.axis = axis
