"""F-scores: means of precision and recall."""

from __future__ import annotations

from keras import config as settings
from keras import ops
from keras._core.checks import known_size, number, one_of, positive_number
from keras.metrics._metric import Metric


class FBetaScore(Metric):
    """A weighted harmonic mean of precision and recall, per class.

    `(1 + beta**2) * precision * recall / (beta**2 * precision + recall)`

    Args:
        average: None returns one score per class; 'macro' averages them, 'weighted' weighs them by how often the
            classes occur, 'micro' counts all classes together.
        beta: how many times recall counts as much as precision.
        threshold: predictions above it count as positive; None counts the largest one of each sample.
        name: the name in logs.
        dtype: the dtype of the computation.

    Shapes:
        y_true, y_pred: (batch, classes), labels 0 or 1.

    >>> y_true, y_pred = [[1, 0], [0, 1], [0, 1]], [[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]]
    >>> [round(float(x), 4) for x in FBetaScore(beta=2.0)(y_true, y_pred)]
    [0.8333, 0.5556]
    """

    _direction = "up"

    def __init__(self, average=None, beta=1.0, threshold=None, name="fbeta_score", dtype=None):
        super().__init__(name=name, dtype=dtype)
        owner = type(self).__name__
        self.average = one_of("average", average, (None, "micro", "macro", "weighted"), owner)
        self.beta = float(positive_number("beta", beta, owner))
        for name_of, value in (("beta", beta), ("threshold", threshold)):
            if value is not None and not isinstance(value, float):
                raise ValueError(f"{owner}: `{name_of}` must be a float. Got {value!r}.")
        if threshold is not None and not 0 < number("threshold", threshold, owner) <= 1:
            raise ValueError(f"{owner}: `threshold` must be above 0 and at most 1, or None. Got {threshold!r}.")
        self.threshold = threshold
        self.axis = None if average == "micro" else 0
        self.true_positives = self.false_positives = self.false_negatives = self.intermediate_weights = None

    def build(self, y_true_shape, y_pred_shape):
        """Makes the variables, one entry per class. The first update does so, unless it was called before."""
        if self.true_positives is not None:
            return
        if len(y_true_shape) != 2 or len(y_pred_shape) != 2:
            raise ValueError(
                f"{type(self).__name__}: labels and predictions must have the shape (batch, classes). "
                f"Got {tuple(y_true_shape)} and {tuple(y_pred_shape)}."
            )
        classes = () if self.average == "micro" else (known_size(y_pred_shape, 1, type(self).__name__),)
        self.true_positives = self.add_variable(classes, "zeros", dtype=self.dtype, name="true_positives")
        self.false_positives = self.add_variable(classes, "zeros", dtype=self.dtype, name="false_positives")
        self.false_negatives = self.add_variable(classes, "zeros", dtype=self.dtype, name="false_negatives")
        self.intermediate_weights = self.add_variable(classes, "zeros", dtype=self.dtype, name="intermediate_weights")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(ops.convert_to_tensor(y_true), self.dtype)
        y_pred = ops.cast(ops.convert_to_tensor(y_pred), self.dtype)
        self.build(y_true.shape, y_pred.shape)
        if y_true.shape != y_pred.shape:
            raise ValueError(
                f"{type(self).__name__}: labels and predictions must have the same shape. "
                f"Got {tuple(y_true.shape)} and {tuple(y_pred.shape)}."
            )
        if self.threshold is None:
            # a row of zeros predicts nothing
            largest = ops.max(y_pred, axis=-1, keepdims=True)
            chosen = ops.logical_and(y_pred >= largest, ops.abs(y_pred) > 1e-9)
        else:
            chosen = y_pred > self.threshold
        chosen = ops.cast(chosen, self.dtype)
        weight = 1.0
        if sample_weight is not None:
            weight = ops.cast(ops.convert_to_tensor(sample_weight), self.dtype)
            weight = ops.expand_dims(weight, -1) if weight.ndim == 1 else weight
        for variable, change in (
            (self.true_positives, chosen * y_true),
            (self.false_positives, chosen * (1.0 - y_true)),
            (self.false_negatives, (1.0 - chosen) * y_true),
            (self.intermediate_weights, y_true),
        ):
            variable.assign(variable.value + ops.sum(change * weight, axis=self.axis))

    def result(self):
        if self.true_positives is None:
            return ops.zeros((), dtype=self.dtype)
        tiny, beta = settings.epsilon(), self.beta**2
        hits = self.true_positives.value
        precision = hits / (hits + self.false_positives.value + tiny)
        recall = hits / (hits + self.false_negatives.value + tiny)
        score = precision * recall * (1.0 + beta) / (beta * precision + recall + tiny)
        if self.average == "weighted":
            weights = self.intermediate_weights.value
            return ops.sum(score * (weights / (ops.sum(weights) + tiny)))
        return score if self.average is None else ops.mean(score)


class F1Score(FBetaScore):
    """The harmonic mean of precision and recall, per class: `2 * precision * recall / (precision + recall)`.

    Args:
        average, threshold: see `FBetaScore`.
        name: the name in logs.
        dtype: the dtype of the computation.

    Shapes:
        y_true, y_pred: (batch, classes), labels 0 or 1.

    >>> y_true, y_pred = [[1, 0], [0, 1], [0, 1]], [[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]]
    >>> [round(float(x), 4) for x in F1Score()(y_true, y_pred)]
    [0.6667, 0.6667]
    """

    def __init__(self, average=None, threshold=None, name="f1_score", dtype=None):
        super().__init__(average=average, beta=1.0, threshold=threshold, name=name, dtype=dtype)
