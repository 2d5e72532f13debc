"""Intersection over union: how well predicted regions cover the true ones."""

from __future__ import annotations

import warnings

from keras import ops
from keras._core.checks import positive_integer
from keras._core.dtype_policy import is_float_name, wide_float
from keras.metrics._metric import Metric


class _ConfusionMatrix(Metric):
    """Counts how often each true class met each predicted one, in `total_cm` of shape (classes, classes)."""

    _direction = "up"

    def __init__(
        self, num_classes, name=None, dtype=None, ignore_class=None, sparse_y_true=True, sparse_y_pred=True, axis=-1
    ):
        # whole numbers by default: images have more pixels than float32 can count one by one
        super().__init__(name=name, dtype=dtype or "int32")
        self.num_classes = positive_integer("num_classes", num_classes, type(self).__name__)
        self.ignore_class = ignore_class
        self.sparse_y_true = bool(sparse_y_true)
        self.sparse_y_pred = bool(sparse_y_pred)
        self.axis = axis
        self.total_cm = self.add_variable(
            (num_classes, num_classes), "zeros", dtype=self.dtype, name="total_confusion_matrix"
        )

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
        if not self.sparse_y_true:
            y_true = ops.argmax(y_true, axis=self.axis)
        if not self.sparse_y_pred:
            y_pred = ops.argmax(y_pred, axis=self.axis)
        shape = y_true.shape
        y_true = ops.reshape(ops.cast(y_true, "int32"), (-1,))
        y_pred = ops.reshape(ops.cast(y_pred, "int32"), (-1,))
        if y_true.shape != y_pred.shape:
            raise ValueError(
                f"{type(self).__name__}: there must be one prediction per label. "
                f"Got {y_true.shape[0]} labels and {y_pred.shape[0]} predictions."
            )
        classes = self.num_classes
        counted = ops.ones_like(y_true) if sample_weight is None else self._weights(sample_weight, shape)
        counted = ops.cast(counted, self.dtype)
        # what is outside the classes meets nothing
        known = (y_true >= 0) & (y_true < classes) & (y_pred >= 0) & (y_pred < classes)
        if self.ignore_class is not None:
            known = known & (y_true != self.ignore_class)
        place = ops.where(known, y_true * classes + y_pred, 0)
        counted = ops.where(known, counted, ops.zeros_like(counted))
        cells = ops.segment_sum(counted, place, num_segments=classes * classes)
        self.total_cm.assign(self.total_cm.value + ops.reshape(cells, (classes, classes)))

    def _weights(self, sample_weight, shape):
        weight = ops.convert_to_tensor(sample_weight)
        if is_float_name(weight.dtype.name) and not is_float_name(self.dtype):
            warnings.warn(
                f"{type(self).__name__} counts in {self.dtype}, so weights lose what stands behind the point: "
                'dtype="float32" keeps it.',
                stacklevel=4,
            )
        if weight.ndim == len(shape) + 1 and weight.shape[-1] == 1:
            weight = ops.squeeze(weight, -1)
        while weight.ndim < len(shape):  # one weight per image counts for each of its pixels
            weight = ops.expand_dims(weight, -1)
        return ops.reshape(ops.broadcast_to(weight, shape), (-1,))

    def _ratios(self):
        """For each class intersection over union, and whether the class occurred."""
        cells = ops.cast(self.total_cm.value, wide_float(self.dtype))
        both = ops.diagonal(cells)
        either = ops.sum(cells, axis=0) + ops.sum(cells, axis=1) - both
        return ops.divide_no_nan(both, either), ops.cast(either > 0, both.dtype)


class IoU(_ConfusionMatrix):
    """Intersection over union of given classes: `hits / (hits + false positives + false negatives)`, averaged over
    those classes that occurred.

    Args:
        num_classes: the number of classes.
        target_class_ids: the numbers of the classes to average.
        name: the name in logs.
        dtype: the dtype of the counts: int32 by default, in which weights are whole numbers. Choose a float type for
            fractional weights.
        ignore_class: a class number in the labels that is not counted, such as 255 for borders.
        sparse_y_true, sparse_y_pred: whether labels and predictions are class numbers; else their largest entry
            along `axis` says the class.
        axis: the axis of the classes.

    >>> round(float(IoU(num_classes=2, target_class_ids=[0])([0, 0, 1, 1], [0, 1, 0, 1])), 4)  # 1 / (1 + 1 + 1)
    0.3333
    """

    def __init__(
        self,
        num_classes,
        target_class_ids,
        name=None,
        dtype=None,
        ignore_class=None,
        sparse_y_true=True,
        sparse_y_pred=True,
        axis=-1,
    ):
        super().__init__(
            num_classes=num_classes, name=name, dtype=dtype, ignore_class=ignore_class, sparse_y_true=sparse_y_true,
            sparse_y_pred=sparse_y_pred, axis=axis,
        )  # fmt: skip
        self.target_class_ids = list(target_class_ids)
        wrong = [i for i in self.target_class_ids if not 0 <= i < num_classes]
        if wrong:
            raise ValueError(
                f"{type(self).__name__}: `target_class_ids` must be from 0 to {num_classes - 1}. Got {wrong[0]!r}."
            )

    def result(self):
        ratios, occurred = self._ratios()
        targets = ops.convert_to_tensor(self.target_class_ids, dtype="int32")
        ratios, occurred = ops.take(ratios, targets, axis=0), ops.take(occurred, targets, axis=0)
        return ops.divide_no_nan(ops.sum(ratios), ops.sum(occurred))


class BinaryIoU(IoU):
    """Intersection over union for predictions from 0 to 1.

    Args:
        target_class_ids: the classes to average: 0, 1 or both.
        threshold: a prediction of at least this means class 1.
        name: the name in logs.
        dtype: see `IoU`.

    >>> round(float(BinaryIoU(target_class_ids=[0, 1], threshold=0.3)([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7])), 4)
    0.3333
    """

    def __init__(self, target_class_ids=(0, 1), threshold=0.5, name=None, dtype=None):
        super().__init__(num_classes=2, target_class_ids=target_class_ids, name=name, dtype=dtype)
        self.threshold = threshold

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_pred = ops.cast(ops.convert_to_tensor(y_pred) >= self.threshold, "int32")
        return super().update_state(y_true, y_pred, sample_weight)


class MeanIoU(IoU):
    """Intersection over union, averaged over all classes that occurred.

    Args:
        num_classes, name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis: see `IoU`.

    >>> round(float(MeanIoU(num_classes=2)([0, 0, 1, 1], [0, 1, 0, 1])), 4)
    0.3333
    """

    def __init__(
        self, num_classes, name=None, dtype=None, ignore_class=None, sparse_y_true=True, sparse_y_pred=True, axis=-1
    ):
        super().__init__(
            num_classes=num_classes, target_class_ids=list(range(num_classes)), name=name, dtype=dtype,
            ignore_class=ignore_class, sparse_y_true=sparse_y_true, sparse_y_pred=sparse_y_pred, axis=axis,
        )  # fmt: skip


class OneHotIoU(IoU):
    """Intersection over union of given classes for one-hot labels.

    Args:
        num_classes, target_class_ids, name, dtype, ignore_class, axis: see `IoU`.
        sparse_y_pred: whether predictions are class numbers.

    >>> y_true, y_pred = [[0, 0, 1], [1, 0, 0], [0, 1, 0]], [[0.2, 0.3, 0.5], [0.1, 0.2, 0.7], [0.5, 0.3, 0.1]]
    >>> float(OneHotIoU(num_classes=3, target_class_ids=[2])(y_true, y_pred))
    0.5
    """

    def __init__(
        self, num_classes, target_class_ids, name=None, dtype=None, ignore_class=None, sparse_y_pred=False, axis=-1
    ):
        super().__init__(
            num_classes=num_classes, target_class_ids=target_class_ids, name=name, dtype=dtype,
            ignore_class=ignore_class, sparse_y_true=False, sparse_y_pred=sparse_y_pred, axis=axis,
        )  # fmt: skip


class OneHotMeanIoU(MeanIoU):
    """Intersection over union for one-hot labels, averaged over all classes that occurred.

    Args:
        num_classes, name, dtype, ignore_class, axis: see `IoU`.
        sparse_y_pred: whether predictions are class numbers.

    >>> y_true, y_pred = [[0, 1], [1, 0], [0, 1]], [[0.2, 0.8], [0.1, 0.9], [0.3, 0.7]]
    >>> round(float(OneHotMeanIoU(num_classes=2)(y_true, y_pred)), 4)  # (0 + 2 / 3) / 2
    0.3333
    """

    def __init__(self, num_classes, name=None, dtype=None, ignore_class=None, sparse_y_pred=False, axis=-1):
        super().__init__(
            num_classes=num_classes, name=name, dtype=dtype, ignore_class=ignore_class, sparse_y_true=False,
            sparse_y_pred=sparse_y_pred, axis=axis,
        )  # fmt: skip
