"""Before Keras 3, `model.metrics` lists every metric of `compile` by itself, and those of models inside the model.

Today all that `compile(metrics=...)` was given is one metric, 'compile_metrics', which knows outputs and weights. Where
steps of tf.keras programs call `update_state` of each metric, each has to do so for its own output.
"""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

from keras._core import tree
from keras._training.build import is_matched
from keras._training.compiled_loss import match_targets, match_weights
from keras.layers import Layer
from keras.legacy import era, looks
from keras.legacy.wrapping import wrap

_LOCK = threading.Lock()  # a model may be evaluated by several threads
_RUNS: dict[int, int] = {}  # how many steps run now, by the id of the metrics that they call by hand


def teach(trainer: type) -> None:
    """Gives models of those years their list of metrics."""
    model = importlib.import_module("keras.models").Model
    wrap(trainer, "_metrics_of_compile", _metrics_of_compile)
    wrap(trainer, "_results_are_of", _results_are_of)
    wrap(trainer, "_in_order", _in_order)
    wrap(trainer, "metrics_by_hand", _metrics_by_hand)
    wrap(model, "_layer_metrics", _layer_metrics)
    of_today = trainer.metrics_names
    trainer.metrics_names = property(lambda self: _metrics_names(of_today.fget, self), doc=of_today.__doc__)


def _metrics_of_compile(function: Callable, self) -> list[Any]:
    if not era.before("3"):
        return function(self)
    found = [] if self._loss_tracker is None else [self._loss_tracker]
    for part in (self._compiled_loss, self._compiled_metrics):
        found += [] if part is None else part.metrics
    return found


def _layer_metrics(function: Callable, self) -> list[Any]:
    return Layer.metrics.fget(self) if era.before("3") else function(self)


def _results_are_of(function: Callable, self) -> list[Any]:
    """What knows the names in logs stands for its metrics; a subclass may leave some out."""
    found = function(self)
    if not era.before("3") or self._compiled_metrics is None:
        return found
    singles = {id(m) for m in self._compiled_metrics.metrics}
    first = next((i for i, m in enumerate(found) if id(m) in singles), None)
    if first is None:
        return found
    return [*found[:first], self._compiled_metrics, *(m for m in found[first:] if id(m) not in singles)]


def _metrics_names(function: Callable, self) -> list[str]:
    """Before 3 these were the names of values, known as soon as a model was compiled."""
    if not era.before("3"):
        return function(self)
    if not self.compiled:
        return []
    return self._in_order(self.get_metrics_result()) if is_matched(self) else looks.metric_names(self)


def _in_order(function: Callable, self, logs) -> list[str]:
    """Before 3, the metrics of several outputs came in the order of the outputs."""
    own = self.has_own_logs("train") or self.has_own_logs("test")  # which today's order is that of tf.keras for
    if not era.before("3") or own:
        return function(self, logs)
    first = ["loss", *(m.name for m in self._compiled_loss.metrics)] if self._compiled_loss is not None else []
    return [n for n in (*first, *(n for n in logs if n not in first)) if n in logs]


def _metrics_by_hand(function: Callable, self) -> contextlib.AbstractContextManager:
    compiled = self._compiled_metrics
    return _counted_by_hand(compiled) if era.before("3") and compiled is not None else function(self)


@contextlib.contextmanager
def _counted_by_hand(compiled: Any) -> Iterator[None]:
    """Each metric of several outputs finds its own output and target, and takes the weights it is handed."""
    key = id(compiled)
    with _LOCK:
        _RUNS[key] = _RUNS.get(key, 0) + 1
        if _RUNS[key] == 1:
            for metric in compiled.metrics:
                vars(metric)["update_state"] = _update_by_hand(compiled, metric)
    try:
        yield
    finally:
        with _LOCK:
            _RUNS[key] -= 1
            if not _RUNS[key]:
                del _RUNS[key]
                for metric in compiled.metrics:
                    vars(metric).pop("update_state", None)


def _update_by_hand(compiled: Any, metric: Any) -> Callable:
    places = [i for groups in (compiled.plain, compiled.weighted) for i, group in enumerate(groups)
              if any(m is metric for m in group)]  # fmt: skip
    counts = metric.update_state
    several = len(compiled.names) > 1

    def update_state(y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        outputs = tree.leaves(y_pred)
        if not several or len(outputs) != len(compiled.names):  # one output by itself, chosen by the user
            targets, outputs, weights = [y_true], [y_pred], [sample_weight]
        else:
            targets = match_targets(y_true, y_pred, compiled.names)
            weights = match_weights(sample_weight, y_pred, compiled.names)
        for i in places if len(outputs) == len(compiled.names) else [0]:
            given = {} if weights[i] is None else {"sample_weight": weights[i]}  # a metric may not take any
            counts(targets[i], outputs[i], **given)

    return update_state
