"""AUC: the area under a curve of rates over all thresholds."""

from __future__ import annotations

from keras import ops
from keras._core import limits
from keras._core.checks import one_of, positive_integer
from keras.metrics._confusion import add_counts, counts_at, given_thresholds, labels_and_predictions, weights_like
from keras.metrics._metric import Metric

_MARGIN = 1e-7  # the first and last thresholds are this far outside of 0 and 1


class AUC(Metric):
    """The area under the ROC curve or the precision-recall curve, from sums of straight pieces between thresholds.

    Args:
        num_thresholds: how many thresholds, at least 2; more are closer to the exact area.
        curve: 'ROC' for the true positive rate over the false positive rate, 'PR' for precision over recall, 'PRGAIN'
            for precision gain over recall gain (Flach and Kull, 2015).
        summation_method: 'interpolation' for straight lines between points of the ROC curve, and for PR between counts
            (Davis and Goadrich, 2006); 'minoring' and 'majoring' for steps below and above the curve.
        name: the name in logs.
        dtype: the dtype of the computation.
        thresholds: thresholds from 0 to 1 in the place of evenly spaced ones.
        multi_label: whether each entry of the last axis has a curve of its own, whose areas are averaged.
        num_labels: the size of that axis; the variables are made at once if it is given, else by the first update.
        label_weights: the weight of each label: in the average of areas, or, without `multi_label`, in the counts.
        from_logits: whether predictions are logits, to which a sigmoid is still to be applied.

    >>> round(float(AUC(num_thresholds=3)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])), 4)
    0.75
    """

    _direction = "up"

    def __init__(
        self,
        num_thresholds=200,
        curve="ROC",
        summation_method="interpolation",
        name=None,
        dtype=None,
        thresholds=None,
        multi_label=False,
        num_labels=None,
        label_weights=None,
        from_logits=False,
    ):
        super().__init__(name=name, dtype=dtype)
        self.curve = one_of("curve", str(curve).upper(), ("ROC", "PR", "PRGAIN"), "AUC")
        self.summation_method = one_of(
            "summation_method", str(summation_method).lower(), ("interpolation", "minoring", "majoring"), "AUC"
        )
        self._init_thresholds = None
        if thresholds is None:
            if positive_integer("num_thresholds", num_thresholds, "AUC") < 2:
                raise ValueError(f"AUC: `num_thresholds` must be at least 2. Got {num_thresholds!r}.")
            limits.check_repeats("num_thresholds", num_thresholds)
            inner = [i / (num_thresholds - 1) for i in range(1, num_thresholds - 1)]
        else:
            inner = self._init_thresholds = sorted(given_thresholds(thresholds, "AUC")) if len(thresholds) else []
        self.num_thresholds = len(inner) + 2
        self.thresholds = [-_MARGIN, *inner, 1.0 + _MARGIN]
        last = self.num_thresholds - 1
        self._evenly = last > 1 and all(abs(t - i / last) <= 1e-7 for i, t in enumerate(inner, 1))
        self.multi_label = bool(multi_label)
        self.num_labels = None if num_labels is None else positive_integer("num_labels", num_labels, "AUC")
        if num_labels is not None and not multi_label:
            raise ValueError("AUC: `num_labels` needs `multi_label=True`.")
        self.label_weights = None if label_weights is None else [float(w) for w in label_weights]
        if self.label_weights is not None and any(w < 0 for w in self.label_weights):
            raise ValueError(f"AUC: `label_weights` must not be negative. Got {self.label_weights}.")
        self.from_logits = bool(from_logits)
        self.true_positives = self.false_positives = self.true_negatives = self.false_negatives = None
        if not self.multi_label:
            self._add_counts((self.num_thresholds,))
        elif self.num_labels is not None:
            self.build(None, (None, self.num_labels))

    def _argument(self, name):
        return self._init_thresholds if name == "thresholds" else super()._argument(name)

    _left_out_if_none = ("thresholds",)

    def build(self, y_true_shape, y_pred_shape):
        """Makes the variables of a multi-label curve. The first update does so, unless it was called before."""
        if self.true_positives is not None:
            return
        labels = y_pred_shape[-1]
        if self.label_weights is not None and len(self.label_weights) != labels:
            raise ValueError(f"AUC: there are {labels} labels. Got {len(self.label_weights)} `label_weights`.")
        self._add_counts((self.num_thresholds, labels))

    def _add_counts(self, shape):
        self.true_positives = self.add_variable(shape, "zeros", name="true_positives")
        self.false_positives = self.add_variable(shape, "zeros", name="false_positives")
        self.true_negatives = self.add_variable(shape, "zeros", name="true_negatives")
        self.false_negatives = self.add_variable(shape, "zeros", name="false_negatives")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = labels_and_predictions("AUC", y_true, y_pred, self.dtype, None, None)
        if self.from_logits:
            y_pred = ops.sigmoid(y_pred)
        if self.multi_label:
            if y_pred.ndim < 2:
                raise ValueError(
                    f"AUC: with `multi_label` predictions must have the shape (batch, labels). Got {y_pred.shape}."
                )
            self.build(y_true.shape, y_pred.shape)
            labels = self.true_positives.shape[1]
            if y_pred.shape[-1] != labels:
                raise ValueError(f"AUC: there are {labels} labels. Got predictions for {y_pred.shape[-1]}.")
        weight = weights_like(y_pred, sample_weight)
        if self.label_weights is not None and not self.multi_label:
            if y_pred.ndim < 2 or y_pred.shape[-1] != len(self.label_weights):
                raise ValueError(
                    f"AUC: `label_weights` has {len(self.label_weights)} entries, one per label. "
                    f"Got predictions of shape {tuple(y_pred.shape)}."
                )
            weight = weight * ops.convert_to_tensor(self.label_weights, dtype=self.dtype)
        add_counts(self, counts_at(y_true, y_pred, weight, self.thresholds, self._evenly, self.multi_label))

    def result(self):
        if self.true_positives is None:
            return ops.zeros((), dtype=self.dtype)
        if self.curve == "PR" and self.summation_method == "interpolation":
            return self.interpolate_pr_auc()
        x, y = self._points()
        if self.summation_method == "interpolation":
            heights = (y[:-1] + y[1:]) / 2.0
        elif self.summation_method == "minoring":
            heights = ops.minimum(y[:-1], y[1:])
        else:
            heights = ops.maximum(y[:-1], y[1:])
        return self._average(ops.sum((x[:-1] - x[1:]) * heights, axis=0))

    def _points(self):
        """The curve's x and y at each threshold."""
        tp, fp = self.true_positives.value, self.false_positives.value
        tn, fn = self.true_negatives.value, self.false_negatives.value
        recall = ops.divide_no_nan(tp, tp + fn)
        if self.curve == "ROC":
            return ops.divide_no_nan(fp, fp + tn), recall
        if self.curve == "PR":
            return recall, ops.divide_no_nan(tp, tp + fp)
        odds = ops.divide_no_nan(tp + fn, fp + tn)
        precision_gain = 1.0 - odds * ops.divide_no_nan(fp, tp)
        recall_gain = 1.0 - odds * ops.divide_no_nan(fn, tp)
        found = tp > 0
        return ops.where(found, ops.maximum(recall_gain, 0.0), 0.0), precision_gain

    def interpolate_pr_auc(self):
        """The area under the precision-recall curve, where true positives grow evenly with predicted positives between
        two thresholds (Davis and Goadrich, 2006).

        With the slope `s = dTP / dP` of true over predicted positives P and `TP = a + s * P`, a piece has the area
        `s / ones * (dTP + a * log(P2 / P1))`.
        """
        tp, fp, fn = self.true_positives.value, self.false_positives.value, self.false_negatives.value
        predicted = tp + fp
        gained = tp[:-1] - tp[1:]
        slope = ops.divide_no_nan(gained, ops.maximum(predicted[:-1] - predicted[1:], 0.0))
        offset = tp[1:] - slope * predicted[1:]
        # where no positive is predicted at the upper threshold, the precision is the slope all along
        both = ops.logical_and(predicted[:-1] > 0, predicted[1:] > 0)
        growth = ops.where(both, ops.divide_no_nan(predicted[:-1], ops.maximum(predicted[1:], 0.0)), 1.0)
        pieces = slope * (gained + offset * ops.log(growth))
        return self._average(ops.sum(ops.divide_no_nan(pieces, ops.maximum(tp[1:] + fn[1:], 0.0)), axis=0))

    def _average(self, areas):
        if not self.multi_label:
            return areas
        if self.label_weights is None:
            return ops.mean(areas)
        weights = ops.convert_to_tensor(self.label_weights, dtype=self.dtype)
        return ops.divide_no_nan(ops.sum(areas * weights), ops.sum(weights))
