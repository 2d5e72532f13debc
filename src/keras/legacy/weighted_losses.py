"""What a loss was divided by where rows weigh differently: until 2.2 by those that weigh something."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from keras import ops
from keras._jax import compile as engine
from keras._jax import pure
from keras.legacy import era


def teach() -> None:
    """Lets the loss of an output be the mean over what has a weight, in programs until 2.2."""
    home = importlib.import_module("keras._training.compiled_loss")
    home.apply_loss = _over_what_weighs(home.apply_loss)


def _over_what_weighs(apply: Callable) -> Callable:
    def apply_loss(function: Any, y_true: Any, y_pred: Any, sample_weight: Any) -> Any:
        found = apply(function, y_true, y_pred, sample_weight)
        if sample_weight is None or not era.before("2.3"):
            return found
        return ops.divide_no_nan(found, _share(sample_weight, found.dtype))

    return apply_loss


def _share(sample_weight: Any, dtype: Any) -> Any:
    """Which part of the weights is not zero, without rows that only fill a batch up."""
    weighs = ops.cast(ops.not_equal(sample_weight, 0), dtype)
    rows = pure.rows_that_count()
    if rows is None:
        return ops.mean(weighs)
    counts = ops.cast(engine.first_rows(weighs.shape[0], rows), dtype)
    of_rows = ops.mean(ops.reshape(weighs, (weighs.shape[0], -1)), axis=-1)
    return ops.sum(of_rows * counts) / ops.cast(rows, dtype)
