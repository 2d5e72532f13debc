"""Regularizers, constraints, losses and callbacks that today's Keras has no more."""

from __future__ import annotations

from keras import callbacks, constraints, ops, regularizers
from keras._core import registry
from keras.legacy import era
from keras.losses import cosine_similarity

__all__ = [
    "BaseLogger",
    "EigenvalueRegularizer",
    "L1L2Regularizer",
    "RadialConstraint",
    "Reduction",
    "activity_l1",
    "activity_l1l2",
    "activity_l2",
    "cosine_proximity",
    "l1l2",
]


class L1L2Regularizer(regularizers.L1L2):
    """`L1L2` as 1.x called it; `WeightRegularizer` and `ActivityRegularizer` were the same.

    Args:
        l1, l2: factors of the sum of absolute values and of the sum of squares.
    """

    def __init__(self, l1=0.0, l2=0.0):
        super().__init__(l1=l1, l2=l2)


def l1l2(l1=0.01, l2=0.01):
    """A penalty on absolute values and squares of weights."""
    return regularizers.L1L2(l1=l1, l2=l2)


def activity_l1(l=0.01):  # noqa: E741 - what 1.x called it
    """A penalty on absolute values of outputs."""
    return regularizers.L1(l)


def activity_l2(l=0.01):  # noqa: E741
    """A penalty on squares of outputs."""
    return regularizers.L2(l)


def activity_l1l2(l1=0.01, l2=0.01):
    """A penalty on absolute values and squares of outputs."""
    return regularizers.L1L2(l1=l1, l2=l2)


def set_param(self, p):
    """Tells a regularizer which variable it is of, as 0.x and 1.x did; today it is called with the variable."""
    self.p = p


def set_layer(self, layer):
    """Tells a regularizer which layer it is of, as 0.x and 1.x did; today it is called with the outputs."""
    self.layer = layer


class EigenvalueRegularizer(regularizers.Regularizer):
    """A penalty on the root of the largest eigenvalue of `W.T @ W`, found by nine steps of the power method.

    Args:
        k: its factor.
    """

    def __init__(self, k):
        self.k = k

    def __call__(self, x):
        if x.ndim != 2:
            raise ValueError(f"EigenvalueRegularizer takes matrices. Got {x.ndim} axes.")
        matrix = ops.matmul(ops.transpose(x), x)
        vector = ops.ones((matrix.shape[0], 1), dtype=matrix.dtype)
        for _ in range(9):
            vector = ops.matmul(matrix, vector)
            vector = vector / ops.norm(vector)
        return self.k * ops.sqrt(ops.sum(vector * ops.matmul(matrix, vector)) / ops.sum(ops.square(vector)))


class RadialConstraint(constraints.Constraint):
    """Makes kernels the same in all directions: every ring of pixels gets its mean."""

    def __call__(self, w):
        rows, columns = w.shape[0], w.shape[1]
        if rows != columns or rows % 2 == 0:
            raise ValueError(f"RadialConstraint takes square kernels of odd size. Got {tuple(w.shape)}.")
        middle = rows // 2
        ring = ops.maximum(
            ops.abs(ops.expand_dims(ops.arange(rows) - middle, 1)),
            ops.abs(ops.expand_dims(ops.arange(rows) - middle, 0)),
        )
        found = ops.zeros_like(w)
        for k in range(middle + 1):
            mask = ops.reshape(ops.cast(ops.equal(ring, k), w.dtype), (rows, columns) + (1,) * (w.ndim - 2))
            mean = ops.sum(w * mask, axis=(0, 1), keepdims=True) / ops.sum(mask)
            found = found + mean * mask
        return found


def cosine_proximity(y_true, y_pred, axis=-1):
    """Minus the cosine of the angle between targets and outputs; before 2.0 divided by the number of entries too."""
    proximity = cosine_similarity(y_true, y_pred, axis=axis)
    return proximity / ops.shape(y_pred)[axis] if era.before("2.0") else proximity


class Reduction:
    """How the losses of a batch become one number, as 2.3 and tf.keras named it."""

    NONE = "none"
    SUM = "sum"
    SUM_OVER_BATCH_SIZE = "sum_over_batch_size"
    AUTO = "sum_over_batch_size"

    @classmethod
    def all(cls):
        """The names."""
        return (cls.NONE, cls.SUM, cls.SUM_OVER_BATCH_SIZE)

    @classmethod
    def validate(cls, key):
        """Refuses what is none of the names."""
        if key not in cls.all():
            raise ValueError(f"Reduction: `key` must be one of {', '.join(cls.all())}. Got {key!r}.")


class BaseLogger(callbacks.Callback):
    """Averages the values of an epoch's batches into the logs of the epoch, as every run of old did.

    Args:
        stateful_metrics: names of values that are taken as they are at the end of the epoch.
    """

    def __init__(self, stateful_metrics=None):
        super().__init__()
        self.stateful_metrics = set(stateful_metrics or ())
        self.seen = 0
        self.totals = {}

    def on_epoch_begin(self, epoch, logs=None):
        """Starts anew."""
        self.seen = 0
        self.totals = {}

    def on_batch_end(self, batch, logs=None):
        """Adds the values of a batch."""
        logs = logs or {}
        size = logs.get("size", 1)
        self.seen += size
        for name, value in logs.items():
            if name in ("batch", "size"):
                continue
            if name in self.stateful_metrics:
                self.totals[name] = value
            else:
                self.totals[name] = self.totals.get(name, 0) + value * size

    def on_epoch_end(self, epoch, logs=None):
        """Puts the means into the logs that have none."""
        for name, total in self.totals.items():
            if logs is not None and name not in logs:
                logs[name] = total if name in self.stateful_metrics else total / self.seen


registry.register_built_ins(
    "keras.regularizers",
    {"L1L2Regularizer": L1L2Regularizer, "WeightRegularizer": L1L2Regularizer, "l1l2": regularizers.L1L2,
     "ActivityRegularizer": L1L2Regularizer, "EigenvalueRegularizer": EigenvalueRegularizer},
)  # fmt: skip
registry.register_built_ins("keras.constraints", {"RadialConstraint": RadialConstraint})
registry.register_built_ins("keras.losses", {"cosine_proximity": cosine_proximity, "cosine": cosine_proximity})
