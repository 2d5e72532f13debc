"""The circle loss, which pulls embeddings of one class together and pushes those of others apart."""

from keras import ops
from keras.losses._loss import Loss
from keras.losses._shapes import as_float, dtype_of, shown, wide


def circle(y_true, y_pred, ref_labels=None, ref_embeddings=None, remove_diagonal=True, gamma=80, margin=0.4):
    """`softplus(logsumexp(gamma * a_n * (s_n - margin)) + logsumexp(-gamma * a_p * (s_p - 1 + margin)))`.

    `s_p` are the similarities of an embedding to those of its own class, `s_n` to those of others,
    `a_p = max(1 + margin - s_p, 0)` and `a_n = max(s_n + margin, 0)`. An embedding without one or the other has the
    loss 0.
    Sun et al., 2020: Circle loss.

    Args:
        y_true: class numbers.
        y_pred: embeddings of length 1.
        ref_labels, ref_embeddings: what to compare with; `y_true` and `y_pred` themselves if None.
        remove_diagonal: leave out the comparison of embedding i with reference i.
        gamma: the scale.
        margin: the margin.

    Shapes:
        y_true: (batch,) or (batch, 1), y_pred: (batch, size), the loss: (batch,).

    >>> circle([0, 0, 1], [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]], gamma=1)
    Array([0.61634, 0.96167, 0.], dtype=float32)
    """
    y_pred = as_float(y_pred)
    labels = _labels(y_true, y_pred)
    embeddings = wide(y_pred)
    references = embeddings if ref_embeddings is None else ops.cast(as_float(ref_embeddings), dtype_of(embeddings))
    reference_labels = labels if ref_labels is None else _labels(ref_labels, references)
    same, other = _pairs(labels, reference_labels, remove_diagonal)
    similarity = ops.minimum(ops.matmul(embeddings, ops.transpose(references)), 1.0)
    a_p = ops.maximum(1.0 + margin - similarity, 0.0)
    a_n = ops.maximum(similarity + margin, 0.0)
    pull = _log_sum_exp(-gamma * a_p * (similarity - 1.0 + margin), same)
    push = _log_sum_exp(gamma * a_n * (similarity - margin), other)
    values = ops.softplus(pull + push)
    return ops.cast(ops.where(_comparable(same, other), values, ops.zeros_like(values)), dtype_of(y_pred))


def _labels(y_true, y_pred):
    labels = ops.convert_to_tensor(y_true)
    if len(y_pred.shape) == 2 and len(labels.shape) == 2 and labels.shape[1] == 1:
        labels = ops.squeeze(labels, -1)
    if len(y_pred.shape) != 2 or len(labels.shape) != 1 or labels.shape[0] != y_pred.shape[0]:
        raise ValueError(
            "circle: labels must be class numbers of shape (n,) for embeddings of shape (n, size).\n"
            f"  Got labels of shape {shown(tuple(labels.shape))} and embeddings of shape {shown(tuple(y_pred.shape))}."
        )
    return ops.cast(labels, "int32")


def _pairs(labels, reference_labels, remove_diagonal):
    """Which pairs are of one class, and which of two: (batch, references) each."""
    same = ops.equal(ops.expand_dims(labels, 1), ops.expand_dims(reference_labels, 0))
    other = ops.logical_not(same)
    if remove_diagonal:
        diagonal = ops.eye(labels.shape[0], reference_labels.shape[0], dtype="bool")
        same = ops.logical_and(same, ops.logical_not(diagonal))
    return same, other


def _comparable(same, other):
    return ops.logical_and(ops.any(same, axis=1), ops.any(other, axis=1))


def _log_sum_exp(x, mask):
    """Over the entries of each row where the mask is True."""
    lowest = -1e30  # not -inf, whose gradient is not a number in a row without entries
    return ops.logsumexp(ops.where(mask, x, ops.full_like(x, lowest)), axis=1)


class Circle(Loss):
    """The circle loss (Sun et al., 2020), for embeddings of length 1 and labels that are class numbers.

    Args:
        gamma: the scale.
        margin: the margin.
        remove_diagonal: leave out the comparison of an embedding with itself.
        reduction, name, dtype: as for `Loss`. Embeddings without another of their class, or without one of another
            class, do not count.

    >>> Circle(gamma=1.0)([0, 0, 1], [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])
    Array(0.78901, dtype=float32)
    """

    fn = staticmethod(circle)

    def __init__(
        self,
        gamma=80.0,
        margin=0.4,
        remove_diagonal=True,
        reduction="sum_over_batch_size",
        name="circle",
        dtype=None,
    ):
        super().__init__(name, reduction, dtype)
        self.gamma = gamma
        self.margin = margin
        self.remove_diagonal = remove_diagonal

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred, remove_diagonal=self.remove_diagonal, gamma=self.gamma, margin=self.margin)

    def _counted(self, y_true, y_pred):
        labels = _labels(y_true, y_pred)
        return _comparable(*_pairs(labels, labels, self.remove_diagonal))
