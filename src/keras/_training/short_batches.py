"""A last, shorter batch that is filled up with rows that do not count, so that it needs no program of its own.

What counts is found in the open scope: losses leave the further rows out as they leave masked steps out, metrics weigh
them with zero. This holds for models that compute each row by itself, and for losses and metrics of rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from keras import losses, metrics
from keras._core import tree
from keras._jax import compile as engine
from keras._jax import placement, pure

# these look at all rows of a batch at once
_LOSSES_OF_BATCHES = (losses.Dice, losses.Tversky, losses.Circle, losses.CTC)
_METRICS_OF_ROWS = (
    metrics.Mean, metrics.AUC, metrics.Precision, metrics.Recall, metrics.TruePositives, metrics.TrueNegatives,
    metrics.FalsePositives, metrics.FalseNegatives, metrics.RootMeanSquaredError,
)  # fmt: skip


class CannotFill(Exception):
    """A trace met something for which rows that do not count cannot be left out."""


def are_rows_apart(model: Any, phase: str) -> bool:
    """Whether further rows in a batch change nothing for the others."""
    if model.run_eagerly or model.debugs_values or placement.current() is not None:
        return False
    return model.computes_rows_apart(phase == "train")


def can_fill(model: Any, phase: str) -> bool:
    """The same of losses and metrics too, as far as that is known before a trace."""
    loss, counted = model._compiled_loss, model._compiled_metrics
    if loss is None or not are_rows_apart(model, phase):
        return False
    if len(model.metrics) > len(model._metrics_of_compile()):  # those of layers see all rows
        return False
    groups = () if counted is None else (*counted.plain, *counted.weighted)
    return all(map(_is_of_rows, loss.functions)) and all(_counts_rows(m) for group in groups for m in group)


def _is_of_rows(loss: Any) -> bool:
    if loss is None:
        return True
    if type(loss) is losses.LossFunctionWrapper:
        return _is_ours(loss.fn, "losses") and loss.reduction in ("sum_over_batch_size", "mean")
    return (
        _is_ours(type(loss), "losses")
        and not isinstance(loss, _LOSSES_OF_BATCHES)
        and loss.reduction in ("sum_over_batch_size", "mean")
        and getattr(loss, "axis", -1) == -1
        and getattr(loss, "ignore_class", None) is None
    )


def _counts_rows(metric: Any) -> bool:
    if type(metric) is metrics.MeanMetricWrapper:
        return _is_ours(metric._fn, "losses", "metrics")
    wraps = metrics.MeanMetricWrapper
    return (
        _is_ours(type(metric), "metrics")
        and isinstance(metric, _METRICS_OF_ROWS)
        and getattr(metric, "axis", -1) == -1
        and (not isinstance(metric, wraps) or type(metric)._counted is wraps._counted)
    )


def _is_ours(made: Any, *packages: str) -> bool:
    module = getattr(made, "__module__", None) or ""
    return module.startswith(tuple(f"keras.{package}." for package in packages))


def rows_in(batch: tuple) -> int:
    """How many rows a batch has."""
    return next(len(x) for x in tree.leaves(batch) if x is not None)


def filled_up(batch: tuple, size: int) -> tuple:
    """A batch of so many rows: its own, once more after the last; as it is where its arrays are on a device."""
    leaves = [x for x in tree.leaves(batch) if x is not None]
    if not all(isinstance(x, np.ndarray) for x in leaves):
        return batch
    return tree.map_leaves(lambda x: None if x is None else np.resize(x, (size, *x.shape[1:])), batch)


def rows_of(array: Any) -> Any:
    """How many rows of an array of the batch count; 1 where it has none."""
    rows = pure.rows_that_count()
    if rows is None:
        return array.shape[0] if getattr(array, "ndim", 0) else 1
    return rows


def mask_of_loss(output: Any) -> Any:
    """Which values of an output count for its loss; None for all."""
    mask = pure.find_mask(output)
    rows = pure.rows_that_count()
    if rows is None:
        return mask
    if mask is not None or getattr(output, "ndim", 0) < 2:
        raise CannotFill
    return engine.first_rows(output.shape[0], rows)


def weights_of(output: Any, sample_weight: Any = None) -> Any:
    """Sample weights of an output's metrics, with zeros for the rows that do not count; None where all weigh one."""
    rows = pure.rows_that_count()
    if rows is None:
        return sample_weight
    if pure.find_mask(output) is not None or output.ndim < 2:
        raise CannotFill
    counts = engine.first_rows(output.shape[0], rows).astype("float32")
    if sample_weight is None:
        return counts
    return sample_weight * counts.reshape(-1, *(1,) * (sample_weight.ndim - 1))
