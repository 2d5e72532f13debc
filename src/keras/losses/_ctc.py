"""Connectionist temporal classification: a loss for sequences that are not aligned with their labels."""

from keras import ops
from keras.losses._loss import Loss
from keras.losses._shapes import as_float, shown


def ctc(y_true, y_pred):
    """`-log` of the probability that the labels come out, summed over all their alignments (Graves et al., 2006).

    Args:
        y_true: class numbers from 1 on, filled up with 0, which is the class of the blank.
        y_pred: logits of each class at each time.

    Shapes:
        y_true: (batch, labels), y_pred: (batch, time, classes), the loss: (batch,).

    >>> ctc([[1]], [[[0.0, 0.0]]])  # one step, two classes
    Array([0.69315], dtype=float32)
    """
    y_pred = as_float(y_pred)
    labels = ops.convert_to_tensor(y_true)
    if len(labels.shape) != 2 or len(y_pred.shape) != 3 or labels.shape[0] != y_pred.shape[0]:
        raise ValueError(
            "ctc: labels must have the shape (batch, labels), and logits (batch, time, classes).\n"
            f"  Got labels of shape {shown(tuple(labels.shape))} and logits of shape {shown(tuple(y_pred.shape))}."
        )
    labels = ops.cast(labels, "int32")
    label_lengths = ops.sum(ops.cast(ops.not_equal(labels, 0), "int32"), axis=-1)
    times = ops.ones_like(label_lengths) * y_pred.shape[1]
    return ops.ctc_loss(labels, y_pred, label_lengths, times, mask_index=0)


class CTC(Loss):
    """`-log` of the probability that the labels come out, for logits and labels filled up with 0.

    Args:
        reduction, name, dtype: as for `Loss`.

    >>> CTC()([[1]], [[[0.0, 0.0]]])
    Array(0.69315, dtype=float32)
    """

    fn = staticmethod(ctc)

    def __init__(self, reduction="sum_over_batch_size", name="ctc", dtype=None):
        super().__init__(name, reduction, dtype)

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred)
