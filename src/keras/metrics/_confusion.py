"""Counts of true and false positives and negatives, and what is made from them."""

from __future__ import annotations

from typing import Any

from keras import ops
from keras._core import limits
from keras._core.checks import number_between, positive_integer
from keras.losses._shapes import aligned
from keras.metrics._metric import Metric

_NEVER_CHOSEN = -1e10


def given_thresholds(thresholds: Any, owner: str) -> list[float]:
    """A list of thresholds from one or several, each from 0 to 1."""
    found = list(thresholds) if isinstance(thresholds, (list, tuple)) else [thresholds]
    if not found:
        raise ValueError(f"{owner}: `thresholds` must hold at least one number.")
    return [number_between("thresholds", t, 0, 1, owner) for t in found]


def labels_and_predictions(owner: str, y_true: Any, y_pred: Any, dtype: str, class_id: int | None, top_k: int | None):
    """Both in `dtype` and of one shape; only one class, and only the largest predictions, where wanted."""
    y_true = ops.cast(ops.convert_to_tensor(y_true), dtype)
    y_pred = ops.cast(ops.convert_to_tensor(y_pred), dtype)
    y_true, y_pred = aligned(y_true, y_pred)
    if y_true.shape != y_pred.shape:
        raise ValueError(
            f"{owner}: labels and predictions must have the same shape. "
            f"Got {tuple(y_true.shape)} and {tuple(y_pred.shape)}."
        )
    if top_k is not None:
        y_pred = _largest(y_pred, top_k)
    if class_id is not None:
        if len(y_pred.shape) < 2:
            raise ValueError(
                f"{owner}: with `class_id`, predictions have the shape (samples, classes). Got {tuple(y_pred.shape)}."
            )
        if not 0 <= class_id < y_pred.shape[-1]:
            raise ValueError(f"{owner}: there are {y_pred.shape[-1]} classes. Got `class_id` {class_id}.")
        y_true, y_pred = y_true[..., class_id], y_pred[..., class_id]
    return y_true, y_pred


def _largest(y_pred: Any, k: int) -> Any:
    """Predictions with all but the `k` largest of each row made so small that no threshold is below them."""
    classes = y_pred.shape[-1]
    _, places = ops.top_k(y_pred, min(k, classes), sorted=False)
    chosen = ops.sum(ops.one_hot(places, classes, dtype=y_pred.dtype), axis=-2)
    return ops.where(chosen > 0, y_pred, ops.full_like(y_pred, _NEVER_CHOSEN))


def weights_like(y_pred: Any, sample_weight: Any) -> Any:
    """Weights of the shape of the predictions: one weight per sample counts for each of its predictions."""
    if sample_weight is None:
        return ops.ones_like(y_pred)
    weight = ops.cast(ops.convert_to_tensor(sample_weight), y_pred.dtype)
    if weight.ndim == y_pred.ndim + 1 and weight.shape[-1] == 1:
        weight = ops.squeeze(weight, -1)
    while weight.ndim < y_pred.ndim:
        weight = ops.expand_dims(weight, -1)
    return ops.broadcast_to(weight, y_pred.shape)


def counts_at(y_true: Any, y_pred: Any, weight: Any, thresholds: list[float], evenly: bool, by_label: bool) -> list:
    """Sums of weights: of true positives, false positives, true negatives and false negatives at each threshold.

    Args:
        y_true, y_pred, weight: of one shape.
        thresholds: a prediction above a threshold is positive.
        evenly: whether the thresholds are 0, 1/n, 2/n, ..., 1, and predictions from 0 to 1.
        by_label: whether the last axis is kept.

    Returns:
        Four arrays of shape (thresholds,) or (thresholds, labels).
    """
    labels = y_pred.shape[-1] if by_label else 1
    y_true, y_pred, weight = (ops.reshape(x, (-1, labels)) for x in (y_true, y_pred, weight))
    is_true = ops.cast(y_true, "bool")
    zero = ops.zeros_like(weight)
    split = _split_evenly if evenly else _split
    true_positives, false_negatives = split(y_pred, ops.where(is_true, weight, zero), thresholds)
    false_positives, true_negatives = split(y_pred, ops.where(is_true, zero, weight), thresholds)
    counts = [true_positives, false_positives, true_negatives, false_negatives]
    return counts if by_label else [ops.squeeze(c, -1) for c in counts]


def _split(y_pred: Any, weight: Any, thresholds: list[float]) -> tuple[Any, Any]:
    """Sums of the weights of predictions above each threshold, and of the others."""
    limits = ops.reshape(ops.convert_to_tensor(thresholds, dtype=y_pred.dtype), (-1, 1, 1))
    above, zero = y_pred > limits, ops.zeros_like(weight)
    # (thresholds, predictions, labels) -> (thresholds, labels)
    return ops.sum(ops.where(above, weight, zero), axis=1), ops.sum(ops.where(above, zero, weight), axis=1)


def _split_evenly(y_pred: Any, weight: Any, thresholds: list[float]) -> tuple[Any, Any]:
    """The same for evenly spaced thresholds without comparing every prediction with each of them: sums per interval
    between thresholds, then sums of these from the top."""
    count, labels = len(thresholds), y_pred.shape[-1]
    interval = ops.ceil(ops.clip(y_pred, 0.0, 1.0) * (count - 1)) - 1
    # a prediction of 0 is above a first threshold just below 0, but not above one of 0
    counted = weight if thresholds[0] < 0 else ops.where(interval < 0, ops.zeros_like(weight), weight)
    interval = ops.cast(ops.maximum(interval, 0.0), "int32")
    place = interval * labels + ops.arange(labels, dtype="int32")
    sums = ops.segment_sum(ops.reshape(counted, (-1,)), ops.reshape(place, (-1,)), num_segments=count * labels)
    above = ops.flip(ops.cumsum(ops.flip(ops.reshape(sums, (count, labels)), axis=0), axis=0), axis=0)
    return above, ops.sum(weight, axis=0) - above


class _Count(Metric):
    """One of the four counts, for each threshold."""

    _place = 0  # among the four that `counts_at` returns

    def __init__(self, thresholds=None, name=None, dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.thresholds = given_thresholds(0.5 if thresholds is None else thresholds, type(self).__name__)
        self.accumulator = self.add_variable((len(self.thresholds),), "zeros", name="accumulator")

    def _argument(self, name):
        return self.init_thresholds if name == "thresholds" else super()._argument(name)

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = labels_and_predictions(type(self).__name__, y_true, y_pred, self.dtype, None, None)
        weight = weights_like(y_pred, sample_weight)
        counts = counts_at(y_true, y_pred, weight, self.thresholds, False, False)
        self.accumulator.assign(self.accumulator.value + counts[self._place])

    def result(self):
        counts = self.accumulator.value
        return counts[0] if len(self.thresholds) == 1 else counts


class TruePositives(_Count):
    """How many labels 1 have a prediction above the threshold.

    Args:
        thresholds: one threshold or several, from 0 to 1; 0.5 if None. Several give one count each.
        name: the name in logs.
        dtype: the dtype of the counts.

    >>> float(TruePositives()([0, 1, 1, 1], [1, 0, 1, 1]))
    2.0
    """

    _place = 0


class FalsePositives(_Count):
    """How many labels 0 have a prediction above the threshold.

    Args:
        thresholds: one threshold or several, from 0 to 1; 0.5 if None. Several give one count each.
        name: the name in logs.
        dtype: the dtype of the counts.

    >>> float(FalsePositives()([0, 1, 0, 0], [0, 0, 1, 1]))
    2.0
    """

    _place = 1


class TrueNegatives(_Count):
    """How many labels 0 have a prediction that is not above the threshold.

    Args:
        thresholds: one threshold or several, from 0 to 1; 0.5 if None. Several give one count each.
        name: the name in logs.
        dtype: the dtype of the counts.

    >>> float(TrueNegatives()([0, 1, 0, 0], [1, 1, 0, 0]))
    2.0
    """

    _place = 2


class FalseNegatives(_Count):
    """How many labels 1 have a prediction that is not above the threshold.

    Args:
        thresholds: one threshold or several, from 0 to 1; 0.5 if None. Several give one count each.
        name: the name in logs.
        dtype: the dtype of the counts.

    >>> float(FalseNegatives()([0, 1, 1, 1], [0, 1, 0, 0]))
    2.0
    """

    _place = 3


class _Share(Metric):
    """True positives divided by true positives and another count."""

    _direction = "up"

    _other = ""

    def __init__(self, thresholds=None, top_k=None, class_id=None, name=None, dtype=None):
        super().__init__(name=name, dtype=dtype)
        owner = type(self).__name__
        self.init_thresholds = thresholds
        self.top_k = None if top_k is None else positive_integer("top_k", top_k, owner)
        self.class_id = class_id
        if thresholds is None:
            self.thresholds = [0.5 if top_k is None else _NEVER_CHOSEN]
        else:
            self.thresholds = given_thresholds(thresholds, owner)
        self.true_positives = self.add_variable((len(self.thresholds),), "zeros", name="true_positives")
        setattr(self, self._other, self.add_variable((len(self.thresholds),), "zeros", name=self._other))

    def _argument(self, name):
        return self.init_thresholds if name == "thresholds" else super()._argument(name)

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = labels_and_predictions(
            type(self).__name__, y_true, y_pred, self.dtype, self.class_id, self.top_k
        )
        weight = weights_like(y_pred, sample_weight)
        counts = counts_at(y_true, y_pred, weight, self.thresholds, False, False)
        add_counts(self, counts, ("true_positives", self._other))

    def result(self):
        hits = self.true_positives.value
        share = ops.divide_no_nan(hits, hits + getattr(self, self._other).value)
        return share[0] if len(self.thresholds) == 1 else share


class Precision(_Share):
    """The share of true ones among the predicted ones: `true positives / (true positives + false positives)`.

    Args:
        thresholds: one threshold or several, from 0 to 1: predictions above it count as 1. 0.5 if None, or none at all
            with `top_k`. Several give one number each.
        top_k: only the `top_k` largest predictions of each sample count as 1.
        class_id: the class to look at; all of them if None.
        name: the name in logs.
        dtype: the dtype of the computation.

    >>> round(float(Precision()([0, 1, 1, 1], [1, 0, 1, 1])), 4)
    0.6667
    """

    _other = "false_positives"


class Recall(_Share):
    """The share of predicted ones among the true ones: `true positives / (true positives + false negatives)`.

    Args:
        thresholds, top_k, class_id: see `Precision`.
        name: the name in logs.
        dtype: the dtype of the computation.

    >>> round(float(Recall()([0, 1, 1, 1], [1, 0, 1, 1])), 4)
    0.6667
    """

    _other = "false_negatives"


class _BestAt(Metric):
    """The largest value of one rate among the thresholds at which another rate is large enough."""

    _direction = "up"

    def __init__(self, value, value_name, num_thresholds=200, class_id=None, name=None, dtype=None):
        super().__init__(name=name, dtype=dtype)
        owner = type(self).__name__
        self.value = number_between(value_name, value, 0, 1, owner)
        self.num_thresholds = positive_integer("num_thresholds", num_thresholds, owner)
        self.class_id = class_id
        limits.check_repeats("num_thresholds", self.num_thresholds)
        last = self.num_thresholds - 1
        self.thresholds = [0.5] if last == 0 else [i / last for i in range(self.num_thresholds)]
        shape = (self.num_thresholds,)
        self.true_positives = self.add_variable(shape, "zeros", name="true_positives")
        self.false_positives = self.add_variable(shape, "zeros", name="false_positives")
        self.true_negatives = self.add_variable(shape, "zeros", name="true_negatives")
        self.false_negatives = self.add_variable(shape, "zeros", name="false_negatives")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = labels_and_predictions(type(self).__name__, y_true, y_pred, self.dtype, self.class_id, None)
        weight = weights_like(y_pred, sample_weight)
        evenly = self.num_thresholds > 2
        add_counts(self, counts_at(y_true, y_pred, weight, self.thresholds, evenly, False))

    def _largest_where(self, enough, rate):
        return ops.max(ops.where(enough, rate, ops.zeros_like(rate)))

    def _sensitivity(self):
        return share(self.true_positives, self.false_negatives)

    def _specificity(self):
        return share(self.true_negatives, self.false_positives)

    def _precision(self):
        return share(self.true_positives, self.false_positives)


_COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")


def add_counts(metric: Any, counts: list, names: tuple[str, ...] = _COUNTS) -> None:
    """Adds what `counts_at` returned to the variables of those names."""
    for name, change in zip(_COUNTS, counts):
        if name in names:
            variable = getattr(metric, name)
            variable.assign(variable.value + change)


def share(part: Any, rest: Any) -> Any:
    """`part / (part + rest)` of two variables, 0 where both are 0."""
    return ops.divide_no_nan(part.value, part.value + rest.value)


class SensitivityAtSpecificity(_BestAt):
    """The best sensitivity (share of found ones) among thresholds with at least the given specificity (share of found
    zeros); 0 if there is none.

    Args:
        specificity: the least specificity, from 0 to 1.
        num_thresholds: how many thresholds from 0 to 1 are tried.
        class_id: the class to look at; all of them if None.
        name: the name in logs.
        dtype: the dtype of the computation.

    >>> m = SensitivityAtSpecificity(0.5)
    >>> float(m([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]))
    0.5
    """

    def __init__(self, specificity, num_thresholds=200, class_id=None, name=None, dtype=None):
        super().__init__(specificity, "specificity", num_thresholds, class_id, name, dtype)
        self.specificity = specificity

    def result(self):
        return self._largest_where(self._specificity() >= self.value, self._sensitivity())


class SpecificityAtSensitivity(_BestAt):
    """The best specificity (share of found zeros) among thresholds with at least the given sensitivity (share of found
    ones); 0 if there is none.

    Args:
        sensitivity: the least sensitivity, from 0 to 1.
        num_thresholds: how many thresholds from 0 to 1 are tried.
        class_id: the class to look at; all of them if None.
        name: the name in logs.
        dtype: the dtype of the computation.

    >>> m = SpecificityAtSensitivity(0.5)
    >>> round(float(m([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])), 4)
    0.6667
    """

    def __init__(self, sensitivity, num_thresholds=200, class_id=None, name=None, dtype=None):
        super().__init__(sensitivity, "sensitivity", num_thresholds, class_id, name, dtype)
        self.sensitivity = sensitivity

    def result(self):
        return self._largest_where(self._sensitivity() >= self.value, self._specificity())


class PrecisionAtRecall(_BestAt):
    """The best precision among thresholds with at least the given recall; 0 if there is none.

    Args:
        recall: the least recall, from 0 to 1.
        num_thresholds: how many thresholds from 0 to 1 are tried.
        class_id: the class to look at; all of them if None.
        name: the name in logs.
        dtype: the dtype of the computation.

    >>> m = PrecisionAtRecall(0.5)
    >>> float(m([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]))
    0.5
    """

    def __init__(self, recall, num_thresholds=200, class_id=None, name=None, dtype=None):
        super().__init__(recall, "recall", num_thresholds, class_id, name, dtype)
        self.recall = recall

    def result(self):
        return self._largest_where(self._sensitivity() >= self.value, self._precision())


class RecallAtPrecision(_BestAt):
    """The best recall among thresholds with at least the given precision; 0 if there is none.

    Args:
        precision: the least precision, from 0 to 1.
        num_thresholds: how many thresholds from 0 to 1 are tried.
        class_id: the class to look at; all of them if None.
        name: the name in logs.
        dtype: the dtype of the computation.

    >>> m = RecallAtPrecision(0.8)
    >>> float(m([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]))
    0.5
    """

    def __init__(self, precision, num_thresholds=200, class_id=None, name=None, dtype=None):
        super().__init__(precision, "precision", num_thresholds, class_id, name, dtype)
        self.precision = precision

    def result(self):
        return self._largest_where(self._precision() >= self.value, self._sensitivity())
