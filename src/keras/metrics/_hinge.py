"""Metrics for margins."""

from __future__ import annotations

from keras import losses
from keras.metrics._reduction import MeanMetricWrapper


class Hinge(MeanMetricWrapper):
    """The mean of `max(1 - y_true * y_pred, 0)` for labels -1 and 1; labels 0 and 1 are taken as these.

    >>> float(Hinge()([[-1.0, 1.0]], [[0.5, 3.0]]))
    0.75
    """

    _direction = "down"

    def __init__(self, name="hinge", dtype=None):
        super().__init__(losses.hinge, name=name, dtype=dtype)


class SquaredHinge(MeanMetricWrapper):
    """The mean of `max(1 - y_true * y_pred, 0) ** 2` for labels -1 and 1; labels 0 and 1 are taken as these.

    >>> float(SquaredHinge()([[-1.0, 1.0]], [[1.0, 3.0]]))
    2.0
    """

    _direction = "down"

    def __init__(self, name="squared_hinge", dtype=None):
        super().__init__(losses.squared_hinge, name=name, dtype=dtype)


class CategoricalHinge(MeanMetricWrapper):
    """The mean of `max(1 + largest prediction of a wrong class - prediction of the right class, 0)`.

    >>> float(CategoricalHinge()([[0.0, 1.0]], [[0.5, 0.25]]))
    1.25
    """

    _direction = "down"

    def __init__(self, name="categorical_hinge", dtype=None):
        super().__init__(losses.categorical_hinge, name=name, dtype=dtype)
