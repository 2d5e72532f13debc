"""Metrics for numbers: how far predictions are from what is true."""

from __future__ import annotations

from keras import losses, ops
from keras._core.checks import one_of
from keras.losses._shapes import aligned
from keras.metrics._metric import Metric
from keras.metrics._reduction import Mean, MeanMetricWrapper


class MeanSquaredError(MeanMetricWrapper):
    """The mean of `(y_true - y_pred) ** 2`.

    >>> float(MeanSquaredError()([[0.0, 1.0]], [[1.0, 3.0]]))
    2.5
    """

    _direction = "down"

    def __init__(self, name="mean_squared_error", dtype=None):
        super().__init__(losses.mean_squared_error, name=name, dtype=dtype)


class MeanAbsoluteError(MeanMetricWrapper):
    """The mean of `|y_true - y_pred|`.

    >>> float(MeanAbsoluteError()([[0.0, 1.0]], [[1.0, 3.0]]))
    1.5
    """

    _direction = "down"

    def __init__(self, name="mean_absolute_error", dtype=None):
        super().__init__(losses.mean_absolute_error, name=name, dtype=dtype)


class MeanAbsolutePercentageError(MeanMetricWrapper):
    """The mean of `100 * |y_true - y_pred| / max(|y_true|, epsilon)`.

    >>> float(MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 4.0]]))
    25.0
    """

    _direction = "down"

    def __init__(self, name="mean_absolute_percentage_error", dtype=None):
        super().__init__(losses.mean_absolute_percentage_error, name=name, dtype=dtype)


class MeanSquaredLogarithmicError(MeanMetricWrapper):
    """The mean of `(log(y_true + 1) - log(y_pred + 1)) ** 2`.

    >>> round(float(MeanSquaredLogarithmicError()([[1.0]], [[3.0]])), 4)  # log(2) ** 2
    0.4805
    """

    _direction = "down"

    def __init__(self, name="mean_squared_logarithmic_error", dtype=None):
        super().__init__(losses.mean_squared_logarithmic_error, name=name, dtype=dtype)


class RootMeanSquaredError(Mean):
    """The square root of the mean of `(y_true - y_pred) ** 2`.

    >>> float(RootMeanSquaredError()([[0.0, 0.0]], [[1.0, 7.0]]))
    5.0
    """

    _direction = "down"

    def __init__(self, name="root_mean_squared_error", dtype=None):
        super().__init__(name=name, dtype=dtype)

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(ops.convert_to_tensor(y_true), self.dtype)
        y_pred = ops.cast(ops.convert_to_tensor(y_pred), self.dtype)
        y_true, y_pred = aligned(y_true, y_pred)
        return super().update_state(ops.square(y_pred - y_true), sample_weight=sample_weight)

    def result(self):
        return ops.sqrt(super().result())


def _cosine(y_true, y_pred, axis=-1):
    return -losses.cosine_similarity(y_true, y_pred, axis=axis)


class CosineSimilarity(MeanMetricWrapper):
    """The mean cosine of the angle between labels and predictions: 1 for equal directions, -1 for opposite ones.

    Args:
        name: the name in logs.
        dtype: the dtype of the computation.
        axis: the axis that holds the vectors' elements.

    >>> float(CosineSimilarity()([[0.0, 1.0], [1.0, 0.0]], [[0.0, 3.0], [0.0, 3.0]]))
    0.5
    """

    _direction = "up"

    def __init__(self, name="cosine_similarity", dtype=None, axis=-1):
        super().__init__(_cosine, name=name, dtype=dtype, axis=axis)
        self.axis = axis


class LogCoshError(MeanMetricWrapper):
    """The mean of `log(cosh(y_pred - y_true))`.

    >>> float(LogCoshError()([[1.0]], [[1.0]]))
    0.0
    """

    _direction = "down"

    def __init__(self, name="logcosh", dtype=None):
        super().__init__(losses.log_cosh, name=name, dtype=dtype)


class R2Score(Metric):
    """The share of the labels' variance that the predictions explain.

    `1 - sum((y_true - y_pred)**2) / sum((y_true - mean(y_true))**2)`, per output. Outputs that do not vary score 0, or
    NaN if they are predicted exactly.

    Args:
        class_aggregation: 'uniform_average' averages the outputs' scores, 'variance_weighted_average' weighs them by
            the variance of their labels, None returns one score per output.
        num_regressors: the number p of inputs, for the adjusted score `1 - (1 - R2) * (n - 1) / (n - p - 1)` with the
            number n of labels; 0 for the score itself, which also stands in where `n - p - 1` is not positive.
        name: the name in logs.
        dtype: the dtype of the computation.

    Shapes:
        y_true, y_pred: (batch, outputs). One of them may be (batch,) where there is one output.

    >>> round(float(R2Score()([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]])), 3)
    0.571
    """

    _direction = "up"

    def __init__(self, class_aggregation="uniform_average", num_regressors=0, name="r2_score", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.class_aggregation = one_of(
            "class_aggregation", class_aggregation, (None, "uniform_average", "variance_weighted_average"), "R2Score"
        )
        if num_regressors < 0:
            raise ValueError(f"R2Score: `num_regressors` must not be negative. Got {num_regressors!r}.")
        self.num_regressors = num_regressors
        self.num_samples = self.add_variable((), "zeros", name="num_samples")
        self.squared_sum = self.sum = self.total_mse = self.count = None

    def build(self, y_true_shape, y_pred_shape):
        """Makes the variables, one entry per output. The first update does so, unless it was called before."""
        if self.count is not None:
            return
        outputs = (y_true_shape[1],)
        self.squared_sum = self.add_variable(outputs, "zeros", name="squared_sum")
        self.sum = self.add_variable(outputs, "zeros", name="sum")
        self.total_mse = self.add_variable(outputs, "zeros", name="residual")
        self.count = self.add_variable(outputs, "zeros", name="count")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(ops.convert_to_tensor(y_true), self.dtype)
        y_pred = ops.cast(ops.convert_to_tensor(y_pred), self.dtype)
        y_true, y_pred = aligned(y_true, y_pred)
        if y_true.ndim != 2 or y_true.shape != y_pred.shape:
            raise ValueError(
                "R2Score: labels and predictions must both have the shape (batch, outputs). "
                f"Got {tuple(y_true.shape)} and {tuple(y_pred.shape)}."
            )
        self.build(y_true.shape, y_pred.shape)
        outputs = self.count.shape[0]
        if y_true.shape[1] != outputs:
            raise ValueError(f"R2Score: there were {outputs} outputs before. Got {y_true.shape[1]}.")
        weight = ops.ones_like(y_true[:, :1])
        if sample_weight is not None:
            weight = ops.cast(ops.convert_to_tensor(sample_weight), self.dtype)
            weight = ops.expand_dims(weight, -1) if weight.ndim == 1 else weight
        weight = ops.broadcast_to(weight, y_true.shape)
        weighted = y_true * weight
        for variable, change in (
            (self.sum, weighted),
            (self.squared_sum, y_true * weighted),
            (self.total_mse, ops.square(y_true - y_pred) * weight),
            (self.count, weight),
        ):
            variable.assign(variable.value + ops.sum(change, axis=0))
        self.num_samples.assign(self.num_samples.value + y_true.shape[0] * y_true.shape[1])

    def result(self):
        if self.count is None:
            return ops.convert_to_tensor(float("nan"), dtype=self.dtype)
        mean = self.sum.value / self.count.value
        total = self.squared_sum.value - self.sum.value * mean
        scores = 1.0 - self.total_mse.value / total
        scores = ops.where(ops.isinf(scores), 0.0, scores)
        if self.class_aggregation == "uniform_average":
            scores = ops.mean(scores)
        elif self.class_aggregation == "variance_weighted_average":
            scores = ops.sum(total * scores) / ops.sum(total)
        if self.num_regressors == 0:
            return scores
        free = self.num_samples.value - self.num_regressors - 1.0
        adjusted = 1.0 - (1.0 - scores) * (self.num_samples.value - 1.0) / ops.maximum(free, 1.0)
        return ops.where(free > 0, adjusted, scores)
