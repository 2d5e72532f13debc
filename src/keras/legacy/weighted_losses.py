"""What a loss was divided by where rows weigh differently or steps are masked.

Until 2.2 it was the mean over what has a weight and is not masked; in 2.3 the mean over everything.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from keras import losses, ops
from keras._jax import compile as engine
from keras._jax import pure
from keras._training import short_batches
from keras.legacy import era
from keras.legacy.wrapping import wrap
from keras.metrics import Mean, MeanMetricWrapper


def teach() -> None:
    """Lets the loss of an output be divided by what it was divided by, in programs until 2.3."""
    home = importlib.import_module("keras._training.compiled_loss")
    home.apply_loss = _over_what_weighs(home.apply_loss)
    build = importlib.import_module("keras._training.build")
    build.made_up_names = _counted_from_1(build.made_up_names)
    build.shows_made_up_names = lambda: era.before("3")
    metrics_home = importlib.import_module("keras._training.compiled_metrics")
    wrap(metrics_home.CompiledMetrics, "_matched", _matched)
    metrics_home._free_name = _named_by_number(metrics_home._free_name)


def _counted_from_1(made_up_names: Callable) -> Callable:
    """Outputs without names were called 'output_1', 'output_2'; one of a name that nobody saw is left."""

    def names(count: int) -> list[str]:
        found = made_up_names(count)
        return [f"output_{i + 1}" for i in range(count)] if count > 1 and era.before("3") else found

    return names


def _named_by_number(free_name: Callable) -> Callable:
    """In 2.3 a weighted metric that had the name of another was 'mae_1'."""

    def named(label: str, kind: str, taken: dict) -> str:
        return free_name(label, "" if era.before("tf2.0") else kind, taken)

    return named


def _matched(function: Callable, self, what, given, y_pred, targets, outputs) -> list[list[Any]]:
    found = function(self, what, given, y_pred, targets, outputs)
    if what != "weighted_metrics" or not era.before("2.3"):
        return found
    return [[_WeighedAsLoss(m) if isinstance(m, MeanMetricWrapper) else m for m in group] for group in found]


class _WeighedAsLoss(Mean):
    """A metric of `weighted_metrics` until 2.2: a mean over batches of what the loss of that formula was.

    Args:
        metric: the metric, whose function it takes.
    """

    def __init__(self, metric):
        super().__init__(name=f"weighted_{metric.name}", dtype=metric.dtype)
        self._fn = losses.LossFunctionWrapper(metric._fn, name=metric.name, **metric._fn_kwargs)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Counts one batch as often as it has rows."""
        home = importlib.import_module("keras._training.compiled_loss")
        value = home.apply_loss(self._fn, y_true, y_pred, sample_weight)
        super().update_state(value, sample_weight=float(y_pred.shape[0]))

    def __fingerprint__(self, of):
        return ("_WeighedAsLoss", of(self._fn))


def _over_what_weighs(apply: Callable) -> Callable:
    def apply_loss(function: Any, y_true: Any, y_pred: Any, sample_weight: Any) -> Any:
        found = apply(function, y_true, y_pred, sample_weight)
        if not era.before("tf2.0"):
            return found
        if not era.before("2.3"):
            return _over_everything(function, y_pred, found)
        if sample_weight is None:
            return found
        return ops.divide_no_nan(found, _share(sample_weight, found.dtype))

    return apply_loss


def _over_everything(function: Any, y_pred: Any, found: Any) -> Any:
    mask = short_batches.mask_of_loss(y_pred)
    is_mean = getattr(function, "reduction", None) in ("sum_over_batch_size", "mean", "mean_with_sample_weight")
    if mask is None or pure.rows_that_count() is not None or not is_mean:
        return found
    return found * ops.mean(ops.cast(mask, found.dtype))


def _share(sample_weight: Any, dtype: Any) -> Any:
    """Which part of the weights is not zero, without rows that only fill a batch up."""
    weighs = ops.cast(ops.not_equal(sample_weight, 0), dtype)
    rows = pure.rows_that_count()
    if rows is None:
        return ops.mean(weighs)
    counts = ops.cast(engine.first_rows(weighs.shape[0], rows), dtype)
    of_rows = ops.mean(ops.reshape(weighs, (weighs.shape[0], -1)), axis=-1)
    return ops.sum(of_rows * counts) / ops.cast(rows, dtype)
