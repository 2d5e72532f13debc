"""What `compile(metrics=..., weighted_metrics=...)` asks for, matched with a model's outputs."""

from __future__ import annotations

from typing import Any

from keras import metrics as metrics_module
from keras._core import tree
from keras._jax.variable import Variable
from keras._training import short_batches
from keras._training.build import are_named, names_of_outputs
from keras._training.compiled_loss import by_output, kind_of_labels, match_targets, match_weights
from keras._training.loss_terms import entries_of_nested
from keras._training.named_values import NamedValues, names_of_values

_ACCURACY = {
    (True, False): "BinaryAccuracy",
    (True, True): "BinaryAccuracy",
    (False, True): "SparseCategoricalAccuracy",
    (False, False): "CategoricalAccuracy",
}
_CROSSENTROPY = {
    (True, False): "BinaryCrossentropy",
    (True, True): "BinaryCrossentropy",
    (False, True): "SparseCategoricalCrossentropy",
    (False, False): "CategoricalCrossentropy",
}


def metric_from(identifier: Any, y_true: Any, y_pred: Any) -> Any:
    """A metric object from a name, an object, a class, a config or a function, which may return a dict of values.

    'accuracy' and 'crossentropy' mean the binary, the categorical or the sparse kind, judged by the shapes.
    """
    if isinstance(identifier, str):
        table = {"accuracy": _ACCURACY, "acc": _ACCURACY, "crossentropy": _CROSSENTROPY, "ce": _CROSSENTROPY}
        if identifier.lower() in table:
            kind = table[identifier.lower()][kind_of_labels(y_true, y_pred)]
            return getattr(metrics_module, kind)(name=identifier)
    found = metrics_module._metric_or_function(identifier)
    if isinstance(found, metrics_module.Metric):
        if isinstance(identifier, str):
            found.name = name_in_logs(identifier, found)
        return found
    name = identifier if isinstance(identifier, str) else getattr(found, "__name__", None) or type(found).__name__
    name = "lambda" if name == "<lambda>" else name
    values = names_of_values(found, y_true, y_pred)
    return NamedValues(found, values, name) if values else metrics_module.MeanMetricWrapper(found, name=name)


def name_in_logs(identifier: str, metric: Any) -> str:
    """Logs show what was written: 'mae', not 'mean_absolute_error'."""
    return identifier


class CompiledMetrics(metrics_module.Metric):
    """The metrics of a model's outputs, together a metric that returns a dict.

    Args:
        metrics: what `compile` was given; they ignore sample weights.
        weighted_metrics: what `compile` was given; they respect sample weights.
        output_names: names of the outputs, or None to make them up.
    """

    def __init__(self, metrics: Any, weighted_metrics: Any, output_names: list[str] | None = None):
        super().__init__(name="compile_metrics")
        self.given = metrics
        self.given_weighted = weighted_metrics
        self.output_names = output_names
        self.built = False
        self.plain: list[list[Any]] = []
        self.weighted: list[list[Any]] = []
        self.names: list[str] = []
        self._named = True

    def build(self, y_true: Any, y_pred: Any, names: list[str], named: bool = True) -> None:
        """Matches metrics with outputs and makes their variables; results show the outputs' names if `named`."""
        self.names = names
        self._named = named
        targets = match_targets(y_true, y_pred, names)
        outputs = tree.leaves(y_pred)
        self.plain = self._matched("metrics", self.given, y_pred, targets, outputs)
        self.weighted = self._matched("weighted_metrics", self.given_weighted, y_pred, targets, outputs)
        self.built = True

    def _matched(self, what: str, given: Any, y_pred: Any, targets: list, outputs: list) -> list[list[Any]]:
        if given is None:
            return [[] for _ in outputs]
        if not isinstance(given, (list, tuple, dict)) or (isinstance(given, dict) and "class_name" in given):
            given = [given]
        several = len(outputs) > 1
        nested = entries_of_nested(given, y_pred)
        if nested is not None:
            chosen = nested
        elif isinstance(given, dict):
            chosen = by_output(what, given, y_pred, self.names, repeat=False)
        elif len(given) == len(outputs) and (several or isinstance(given[0], (list, tuple))):  # one entry per output
            chosen = list(given)
        elif several and any(isinstance(g, (list, tuple)) for g in given):
            raise ValueError(f"compile: `{what}` has {len(given)} entries, but the model has {len(outputs)} outputs.")
        else:
            chosen = [given] * len(outputs)
        found = []
        for one, target, output in zip(chosen, targets, outputs):
            one = [] if one is None else list(one) if isinstance(one, (list, tuple)) else [one]
            found.append([] if target is None else [metric_from(m, target, output) for m in one if m is not None])
        return found

    @property
    def metrics(self) -> list[Any]:
        """All metric objects, each once."""
        found = {id(m): m for group in (*self.plain, *self.weighted) for m in group}
        return list(found.values())

    @property
    def variables(self) -> list[Variable]:
        """Those of all metrics."""
        return [v for m in self.metrics for v in m.variables]

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Counts one batch."""
        if not self.built:
            known = self.output_names
            self.build(y_true, y_pred, names_of_outputs(y_pred, known), are_named(y_pred, known))
        targets = match_targets(y_true, y_pred, self.names)
        weights = match_weights(sample_weight, y_pred, self.names)
        for i, output in enumerate(tree.leaves(y_pred)):
            if targets[i] is None:
                continue
            for metric in self.plain[i]:
                metric.update_state(targets[i], output, **_given(short_batches.weights_of(output)))
            for metric in self.weighted[i]:
                metric.update_state(targets[i], output, sample_weight=short_batches.weights_of(output, weights[i]))

    def reset_state(self) -> None:
        """Starts all of them anew."""
        for metric in self.metrics:
            metric.reset_state()

    def result(self) -> dict[str, Any]:
        """Values by name, with the output's name in front where there are several outputs."""
        if not self.built:
            raise ValueError(
                "compile_metrics: there is no result before the first batch, as the metrics are made to fit the "
                "model's outputs.\n  Call fit, evaluate or train_on_batch first."
            )
        if len(self.names) == 1 or not self._named:
            return _results([m for group in self.plain for m in group], [m for group in self.weighted for m in group])
        found: dict[str, Any] = {}
        for name, plain, weighted in zip(self.names, self.plain, self.weighted):
            for label, one in _results(plain, weighted).items():
                found[_free_name(f"{name}_{label}", "", found)] = one
        return found

    def get_config(self):
        """None: what `compile` was given is in `model.get_compile_config()`."""
        raise NotImplementedError(_NO_CONFIG)

    @classmethod
    def from_config(cls, config):
        """None: `compile` makes it."""
        raise NotImplementedError(_NO_CONFIG)

    def __fingerprint__(self, of):
        shown = tuple(m.name for m in self.metrics)  # programs know under which names their logs are
        return (of(self.plain), of(self.weighted), of(self.names if len(self.names) > 1 else None), self._named, shown)


_NO_CONFIG = "compile_metrics is made by `compile` and has no config."


def _given(sample_weight: Any) -> dict[str, Any]:
    """As an argument, left out if there is none: a metric of the user's may not take any."""
    return {} if sample_weight is None else {"sample_weight": sample_weight}


def _results(plain: list[Any], weighted: list[Any]) -> dict[str, Any]:
    """Values by name; a weighted metric whose name is taken says so in front."""
    found: dict[str, Any] = {}
    for prefix, group in (("", plain), ("weighted_", weighted)):
        for metric in group:
            value = metric.result()
            for label, one in value.items() if isinstance(value, dict) else [(metric.name, value)]:
                found[_free_name(label, prefix, found)] = one
    return found


def _free_name(label: str, kind: str, taken: dict) -> str:
    if label not in taken:
        return label
    candidate = f"{kind}{label}"
    number = 1
    while candidate in taken:
        candidate = f"{kind}{label}_{number}"
        number += 1
    return candidate
