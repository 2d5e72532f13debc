"""Losses between distributions, and a cross-entropy that forgives wrong labels."""

from keras import config, ops
from keras.losses._loss import Loss
from keras.losses._shapes import class_numbers, dtype_of, pair, wide


def kl_divergence(y_true, y_pred):
    """`sum(y_true * log(y_true / y_pred))` over the last axis; both are kept between epsilon and 1.

    Shapes:
        y_true, y_pred: (batch, ..., classes), the loss: (batch, ...).

    >>> kl_divergence([[0.5, 0.5]], [[0.25, 0.75]])
    Array([0.14384], dtype=float32)
    """
    y_true, y_pred = pair("kl_divergence", y_true, y_pred)
    p = ops.clip(wide(y_true), config.epsilon(), 1.0)
    q = ops.clip(wide(y_pred), config.epsilon(), 1.0)
    return ops.cast(ops.sum(p * ops.log(p / q), axis=-1), dtype_of(y_pred))


def poisson(y_true, y_pred):
    """`mean(y_pred - y_true * log(y_pred))` over the last axis: for counts and predicted rates.

    Shapes:
        y_true, y_pred: (batch, ..., outputs), the loss: (batch, ...).

    >>> poisson([[2.0]], [[1.0]])
    Array([1.], dtype=float32)
    """
    y_true, y_pred = pair("poisson", y_true, y_pred)
    rate = wide(y_pred)
    return ops.cast(ops.mean(rate - wide(y_true) * ops.log(rate + config.epsilon()), axis=-1), dtype_of(y_pred))


def categorical_generalized_cross_entropy(y_true, y_pred, q):
    """`(1 - p ** q) / q`, with `p` the probability given to the true class (Zhang and Sabuncu, 2018).

    Between the cross-entropy (`q` near 0) and the absolute error (`q` near 1), which suffers less from wrong labels.

    Args:
        y_true: class numbers, from 0 on.
        y_pred: probabilities.
        q: a number between 0 and 1, both excluded.

    Shapes:
        y_true: (batch, ...) or (batch, ..., 1), y_pred: (batch, ..., classes), the loss: (batch, ...).

    >>> categorical_generalized_cross_entropy([1], [[0.75, 0.25]], q=0.5)
    Array([1.], dtype=float32)
    """
    _check_exponent(q, "categorical_generalized_cross_entropy")
    y_true, y_pred = class_numbers("categorical_generalized_cross_entropy", y_true, y_pred)
    chosen = ops.one_hot(ops.cast(y_true, "int32"), y_pred.shape[-1], dtype=dtype_of(y_pred))
    p = ops.sum(chosen * y_pred, axis=-1)
    # the slope at p = 0 is infinite: there the power is taken of 1 instead, and not used
    powered = ops.where(p > 0, ops.power(ops.where(p > 0, p, ops.ones_like(p)), q), ops.zeros_like(p))
    return (1.0 - powered) / q


def _check_exponent(q, owner):
    if not 0 < q < 1:
        raise ValueError(f"{owner}: `q` must be a number between 0 and 1, both excluded. Got {q!r}.")


class KLDivergence(Loss):
    """`sum(y_true * log(y_true / y_pred))` over the last axis.

    Args:
        reduction, name, dtype: as for `Loss`.

    >>> KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]])
    Array(0.14384, dtype=float32)
    """

    fn = staticmethod(kl_divergence)

    def __init__(self, reduction="sum_over_batch_size", name="kl_divergence", dtype=None):
        super().__init__(name, reduction, dtype)

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred)


class Poisson(Loss):
    """`mean(y_pred - y_true * log(y_pred))`: for counts and predicted rates.

    Args:
        reduction, name, dtype: as for `Loss`.

    >>> Poisson()([[2.0]], [[1.0]])
    Array(1., dtype=float32)
    """

    fn = staticmethod(poisson)

    def __init__(self, reduction="sum_over_batch_size", name="poisson", dtype=None):
        super().__init__(name, reduction, dtype)

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred)


class CategoricalGeneralizedCrossEntropy(Loss):
    """`(1 - p ** q) / q`, with `p` the probability given to the true class, which labels name by number.

    Args:
        q: a number between 0 and 1, both excluded.
        reduction, name, dtype: as for `Loss`.

    >>> CategoricalGeneralizedCrossEntropy()([1], [[0.75, 0.25]])
    Array(1., dtype=float32)
    """

    fn = staticmethod(categorical_generalized_cross_entropy)

    def __init__(
        self, q=0.5, reduction="sum_over_batch_size", name="categorical_generalized_cross_entropy", dtype=None
    ):
        super().__init__(name, reduction, dtype)
        _check_exponent(q, type(self).__name__)
        self.q = q

    def call(self, y_true, y_pred):
        return self.fn(y_true, y_pred, self.q)
