"""Focal cross-entropies: examples that are predicted well already count less (Lin et al., 2017)."""

from keras import config, ops
from keras._core.checks import number_between
from keras.losses._crossentropy import smoothed
from keras.losses._loss import Loss
from keras.losses._shapes import dtype_of, pair, wide


def binary_focal_crossentropy(
    y_true,
    y_pred,
    apply_class_balancing=False,
    alpha=0.25,
    gamma=2.0,
    from_logits=False,
    label_smoothing=0.0,
    axis=-1,
):
    """`(1 - p) ** gamma * -log(p)`, with `p` the probability given to the true label; the mean over `axis`.

    Args:
        y_true: 0 or 1, or a probability between.
        y_pred: probabilities; logits if `from_logits`.
        apply_class_balancing: multiply by `alpha` where the label is 1 and by `1 - alpha` where it is 0.
        alpha: the weight of label 1.
        gamma: how much less well predicted examples count; 0 gives `binary_crossentropy`.
        from_logits: whether `y_pred` holds numbers of which the sigmoid is the probability.
        label_smoothing: moves the labels this part of the way towards 0.5.
        axis: the axis to take the mean over.

    Shapes:
        y_true, y_pred: (batch, ..., outputs), the loss: (batch, ...).

    >>> binary_focal_crossentropy([[1.0]], [[0.5]])  # 0.5 ** 2 * log(2)
    Array([0.17329], dtype=float32)
    """
    y_true, y_pred = pair("binary_focal_crossentropy", y_true, y_pred, exactly=True, axis=axis)
    y_true = smoothed(y_true, label_smoothing, 2)
    p = ops.sigmoid(y_pred) if from_logits else y_pred
    of_truth = y_true * p + (1.0 - y_true) * (1.0 - p)
    values = ops.power(1.0 - of_truth, gamma) * ops.binary_crossentropy(y_true, y_pred, from_logits=from_logits)
    if apply_class_balancing:
        values = (y_true * alpha + (1.0 - y_true) * (1.0 - alpha)) * values
    return ops.mean(values, axis=axis)


def categorical_focal_crossentropy(
    y_true, y_pred, alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1
):
    """`-sum(alpha * (1 - y_pred) ** gamma * y_true * log(y_pred))` over the classes, for one-hot labels.

    Args:
        y_true: the probability of each class; one-hot as a rule.
        y_pred: probabilities, which are made to sum to 1; logits if `from_logits`.
        alpha: a factor, or one for each class.
        gamma: how much less well predicted examples count.
        from_logits: whether `y_pred` holds numbers of which the softmax are the probabilities.
        label_smoothing: moves the labels this part of the way towards equal probabilities.
        axis: the axis of the classes.

    Shapes:
        y_true, y_pred: (batch, ..., classes), the loss: (batch, ...).

    >>> categorical_focal_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])  # 0.25 * 0.5 ** 2 * log(2)
    Array([0.04332], dtype=float32)
    """
    y_true, y_pred = pair("categorical_focal_crossentropy", y_true, y_pred, exactly=True, axis=axis)
    y_true = smoothed(y_true, label_smoothing, y_pred.shape[axis])
    p = ops.softmax(wide(y_pred), axis=axis) if from_logits else wide(y_pred)
    p = p / ops.sum(p, axis=axis, keepdims=True)
    p = ops.clip(p, config.epsilon(), 1.0 - config.epsilon())
    values = ops.power(1.0 - p, gamma) * wide(y_true) * ops.log(p) * ops.convert_to_tensor(alpha, dtype_of(p))
    return ops.cast(-ops.sum(values, axis=axis), dtype_of(y_pred))


class BinaryFocalCrossentropy(Loss):
    """`(1 - p) ** gamma * -log(p)`, with `p` the probability given to the true label.

    Args:
        apply_class_balancing: multiply by `alpha` where the label is 1 and by `1 - alpha` where it is 0.
        alpha: the weight of label 1, from 0 to 1.
        gamma: how much less well predicted examples count; a number of at least 0.
        from_logits: whether predictions are numbers of which the sigmoid is the probability.
        label_smoothing: moves the labels this part of the way, from 0 to 1, towards 0.5.
        axis: the axis to take the mean over.
        reduction, name, dtype: as for `Loss`.

    >>> BinaryFocalCrossentropy()([[1.0]], [[0.5]])
    Array(0.17329, dtype=float32)
    """

    fn = staticmethod(binary_focal_crossentropy)

    def __init__(
        self,
        apply_class_balancing=False,
        alpha=0.25,
        gamma=2.0,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="binary_focal_crossentropy",
        dtype=None,
    ):
        super().__init__(name, reduction, dtype)
        owner = type(self).__name__
        self.apply_class_balancing = apply_class_balancing
        self.alpha = number_between("alpha", alpha, 0, 1, owner)
        self.gamma = _exponent(gamma, owner)
        self.from_logits = from_logits
        self.label_smoothing = number_between("label_smoothing", label_smoothing, 0, 1, owner)
        self.axis = axis

    def call(self, y_true, y_pred):
        return self.fn(
            y_true,
            y_pred,
            apply_class_balancing=self.apply_class_balancing,
            alpha=self.alpha,
            gamma=self.gamma,
            from_logits=self.from_logits,
            label_smoothing=self.label_smoothing,
            axis=self.axis,
        )


class CategoricalFocalCrossentropy(Loss):
    """`-sum(alpha * (1 - y_pred) ** gamma * y_true * log(y_pred))` over the classes, for one-hot labels.

    Args:
        alpha: a factor, or one for each class.
        gamma: how much less well predicted examples count; a number of at least 0.
        from_logits: whether predictions are numbers of which the softmax are the probabilities.
        label_smoothing: moves the labels this part of the way, from 0 to 1, towards equal probabilities.
        axis: the axis of the classes.
        reduction, name, dtype: as for `Loss`.

    >>> CategoricalFocalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])
    Array(0.04332, dtype=float32)
    """

    fn = staticmethod(categorical_focal_crossentropy)

    def __init__(
        self,
        alpha=0.25,
        gamma=2.0,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="categorical_focal_crossentropy",
        dtype=None,
    ):
        super().__init__(name, reduction, dtype)
        owner = type(self).__name__
        self.alpha = alpha
        self.gamma = _exponent(gamma, owner)
        self.from_logits = from_logits
        self.label_smoothing = number_between("label_smoothing", label_smoothing, 0, 1, owner)
        self.axis = axis

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred, self.alpha, self.gamma, self.from_logits, self.label_smoothing, self.axis)


def _exponent(gamma, owner):
    if not gamma >= 0:
        raise ValueError(f"{owner}: `gamma` must be a number of at least 0. Got {gamma!r}.")
    return gamma
