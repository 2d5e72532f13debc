"""Which accuracy 'accuracy' means: from 1.0 until tf.keras the loss decided, today the shapes do.

With 'binary_crossentropy' it was the share of right entries, for several classes that may hold at once too.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from keras import losses, metrics
from keras._training.compiled_loss import by_output
from keras.legacy import era
from keras.legacy.wrapping import wrap

_NAMES = ("accuracy", "acc")


def teach(trainer: type) -> None:
    """Lets the metrics of a compiled model know its losses in those years."""
    wrap(trainer, "_check_compile", _note_losses)
    compiled = importlib.import_module("keras._training.compiled_metrics")
    wrap(compiled.CompiledMetrics, "_matched", _matched)
    compiled.name_in_logs = _name_in_logs


def _name_in_logs(identifier: str, metric: Any) -> str:
    """The key of the logs of a metric that was written as a name: in tf.keras 'auc' for 'AUC', the name of a class."""
    of_class = identifier == type(metric).__name__ and era.of_tf_keras()
    return metric.name if of_class else identifier


def _note_losses(function: Callable, self, compiled_loss, compiled_metrics) -> None:
    function(self, compiled_loss, compiled_metrics)
    if compiled_loss is not None and compiled_metrics is not None and era.before("tf2.0") and not era.before("1.0"):
        compiled_metrics.losses_of_outputs = compiled_loss.loss


def _matched(function: Callable, self, what, given, y_pred, targets, outputs) -> list[list[Any]]:
    found = function(self, what, given, y_pred, targets, outputs)
    if given is None or "losses_of_outputs" not in vars(self):
        return found
    chosen = by_output("loss", self.losses_of_outputs, y_pred, self.names, repeat=True)
    return [[_binary(m) for m in group] if _is_binary(loss) else group for group, loss in zip(found, chosen)]


def _is_binary(loss: Any) -> bool:
    if isinstance(loss, str):
        loss = losses.get(loss)
    return isinstance(loss, losses.BinaryCrossentropy) or loss is losses.binary_crossentropy


def _binary(metric: Any) -> Any:
    """A metric that was written as 'accuracy', for entries of their own."""
    by_shape = type(metric) in (metrics.CategoricalAccuracy, metrics.SparseCategoricalAccuracy)
    return metrics.BinaryAccuracy(name=metric.name) if by_shape and metric.name in _NAMES else metric
