"""What `compile(loss=..., loss_weights=...)` asks for, matched with a model's outputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras import losses, metrics
from keras._core import tree
from keras._core.names import nearest
from keras._training import short_batches
from keras._training.build import names_of_outputs

NO_TARGET = (
    "compile(loss=...) has a loss for the output {name!r}, but the targets name only {given}.\n"
    "  Pass its target too, or compile with a dict of losses that leaves it out."
)


def loss_from(identifier: Any, y_true: Any, y_pred: Any) -> Any:
    """A callable `(y_true, y_pred, sample_weight)` from a name, a loss object, a class, a config or a function."""
    if identifier is None:
        return None
    if isinstance(identifier, str) and identifier.lower() in ("crossentropy", "ce"):
        identifier = _crossentropy_for(y_true, y_pred)
    found = losses.get(identifier)
    if isinstance(found, losses.Loss):
        return found
    name = getattr(found, "__name__", None) or type(found).__name__
    return losses.LossFunctionWrapper(found, name=name)


def _crossentropy_for(y_true: Any, y_pred: Any) -> str:
    binary, sparse = kind_of_labels(y_true, y_pred)
    return (
        "binary_crossentropy" if binary else "sparse_categorical_crossentropy" if sparse else "categorical_crossentropy"
    )


def kind_of_labels(y_true: Any, y_pred: Any) -> tuple[bool, bool]:
    """Whether predictions are one probability each, and whether labels are class numbers, judged by the shapes."""
    true, predicted = tuple(y_true.shape), tuple(y_pred.shape)
    binary = bool(predicted) and predicted[-1] == 1
    sparse = len(true) < len(predicted) or (bool(true) and true[-1] == 1 and predicted[-1] != 1)
    return binary, sparse


def by_output(what: str, given: Any, y_pred: Any, names: list[str], repeat: bool) -> list[Any]:
    """One entry of `given` for each output of a model.

    Args:
        what: the argument's name, for messages.
        given: one value, a list in the order of the outputs, or a dict by output name.
        y_pred: the outputs.
        names: their names, in order.
        repeat: whether one value is meant for every output.
    """
    nested = entries_of_nested(given, y_pred)
    if nested is not None:
        return nested
    count = len(names)
    if isinstance(given, dict) and not _is_config(given):
        unknown = [k for k in given if k not in names]
        if unknown and isinstance(y_pred, dict) is False and set(given) <= {str(i) for i in range(count)}:
            return [given.get(str(i)) for i in range(count)]
        if unknown:
            raise ValueError(
                f"compile: `{what}` names the output {unknown[0]!r}, which the model does not have. "
                f"Outputs: {', '.join(map(repr, names))}.{nearest(unknown[0], names)}"
            )
        return [given.get(name) for name in names]
    if isinstance(given, (list, tuple)) and (count > 1 or len(given) == 1 or what in ("loss", "loss_weights")):
        if len(given) != count:
            raise ValueError(
                f"compile: `{what}` has {len(given)} entries, but the model has {count} "
                f"output{'s' * (count != 1)}: {', '.join(map(repr, names))}."
            )
        return list(given)
    return [given] * count if repeat else [given]


def entries_of_nested(given: Any, y_pred: Any) -> list[Any] | None:
    """One entry for each of the outputs where these are nested and `given` is built like them; None elsewhere."""
    ways = [way for way, _ in tree.paths(y_pred)]
    if max(map(len, ways), default=0) < 2 or (isinstance(given, dict) and set(given) - {way[0] for way in ways}):
        return None
    found = []
    for way in ways:
        here = given
        for step in way:
            if isinstance(here, dict) and not _is_config(here):
                here = here.get(step)
            elif isinstance(here, (list, tuple)) and isinstance(step, int) and step < len(here):
                here = here[step]
            elif here is not None:
                return None
        found.append(here)
    return found


def _labels(y_pred: Any, names: list[str]) -> list[str]:
    """What single losses are called: outputs inside of others after the way to them."""
    found = []
    for (way, _), name in zip(tree.paths(y_pred), names):
        last = way[-1] if way and isinstance(way[-1], str) else name
        found.append("/".join(map(str, (*way[:-1], last))))
    return found


def _is_config(x: dict) -> bool:
    return "class_name" in x and "config" in x


class CompiledLoss:
    """The total loss of a model's outputs.

    Args:
        loss: what `compile` was given.
        loss_weights: what `compile` was given.
        output_names: names of the outputs, or None to make them up.

    After `build`, `trackers` holds a mean per output where there is more than one.
    """

    def __init__(self, loss: Any, loss_weights: Any = None, output_names: list[str] | None = None):
        self.loss = loss
        self.loss_weights = loss_weights
        self.output_names = output_names
        self.built = False
        self.functions: list[Any] = []
        self.weights: list[Any] = []
        self.trackers: list[Any] = []
        self._by_key = False  # whether outputs come as a dict
        self._classes: list[int | None] = []  # how many, of the outputs whose labels are class numbers

    def build(self, y_true: Any, y_pred: Any) -> None:
        """Matches losses with outputs."""
        names = names_of_outputs(y_pred, self.output_names)
        self._by_key = isinstance(y_pred, dict)
        outputs = tree.leaves(y_pred)
        chosen = by_output("loss", self.loss, y_pred, names, repeat=True)
        targets = match_targets(y_true, y_pred, names)
        if isinstance(y_true, dict) and not any(map(tree.is_nested, y_true.values())):
            left_out = [n for n, one in zip(names, chosen) if one is not None and n not in y_true]
            if left_out:
                raise ValueError(NO_TARGET.format(name=left_out[0], given=", ".join(map(repr, y_true))))
        self.functions = [
            None if one is None or t is None else loss_from(one, t, p) for one, t, p in zip(chosen, targets, outputs)
        ]
        self._classes = [
            p.shape[-1] if getattr(f, "fn", None) is losses.sparse_categorical_crossentropy and _is_plain(f) else None
            for f, p in zip(self.functions, outputs)
        ]
        weights = self.loss_weights
        if isinstance(weights, (int, float)) and len(names) > 1:
            raise ValueError("compile: `loss_weights` must be a list or a dict where the model has several outputs.")
        self.weights = (
            [None] * len(names) if weights is None else by_output("loss_weights", weights, y_pred, names, repeat=True)
        )
        if not any(f is not None for f in self.functions):
            raise ValueError("compile: `loss` is None for every output, so there is nothing to train for.")
        self.trackers = []
        if sum(f is not None for f in self.functions) > 1:
            self.trackers = [
                None if f is None else metrics.Mean(name=f"{label}_loss")
                for f, label in zip(self.functions, _labels(y_pred, names))
            ]
        self.built = True

    def check_labels(self, y_true: Any, owner: str) -> None:
        """Looks for class numbers that are too large: their loss would be zero, so that nothing is learnt from them."""
        targets = tree.leaves(y_true)
        if isinstance(y_true, dict) or len(targets) != len(self._classes):
            return
        for labels, classes in zip(targets, self._classes):
            if classes is not None and isinstance(labels, np.ndarray) and labels.size and labels.max() >= classes:
                raise ValueError(
                    f"{owner}: the labels go up to {labels.max():g}, but the model tells {classes} classes apart, "
                    f"numbered 0 to {classes - 1}.\n"
                    f"  Labels that count from 1: subtract 1. Otherwise give the output {int(labels.max()) + 1} units."
                )

    @property
    def metrics(self) -> list[Any]:
        """Means of the single losses, in the order of the outputs; of the losses where both are dicts."""
        found = [t for t in self.trackers if t is not None]
        if self._by_key and isinstance(self.loss, dict):
            order = {f"{name}_loss": i for i, name in enumerate(self.loss)}
            found.sort(key=lambda t: order.get(t.name, len(order)))
        return found

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The weighted sum of the outputs' losses; None where there is no target."""
        if not self.built:
            self.build(y_true, y_pred)
        names = names_of_outputs(y_pred, self.output_names)
        targets = match_targets(y_true, y_pred, names)
        weights = match_weights(sample_weight, y_pred, names)
        total = None
        for i, output in enumerate(tree.leaves(y_pred)):
            function = self.functions[i]
            if function is None or targets[i] is None:
                continue
            value = apply_loss(function, targets[i], output, weights[i])
            if self.trackers and self.trackers[i] is not None:
                self.trackers[i].update_state(value, sample_weight=short_batches.rows_of(output))
            if self.weights[i] is not None:
                value = value * self.weights[i]
            total = value if total is None else total + value
        return total

    def __fingerprint__(self, of):
        names = self.output_names if len(self.functions) > 1 else None  # names show in logs where there are several
        return (of(self.functions), of(self.weights), of(names))


def _is_plain(loss: Any) -> bool:
    return getattr(loss, "axis", -1) == -1 and getattr(loss, "ignore_class", None) is None


def apply_loss(function: Any, y_true: Any, y_pred: Any, sample_weight: Any) -> Any:
    """The loss of one output, its mask respected."""
    mask = short_batches.mask_of_loss(y_pred)
    if mask is not None:
        return function.with_mask(y_true, y_pred, sample_weight, mask)
    return function(y_true, y_pred, sample_weight=sample_weight)


def match_targets(y_true: Any, y_pred: Any, names: list[str]) -> list[Any]:
    """One target per output: by name from a dict, else in order.

    Raises:
        ValueError: the number of targets is not that of the outputs, or a name is unknown.
    """
    if isinstance(y_true, dict) and not isinstance(y_pred, dict):
        unknown = [k for k in y_true if k not in names]
        if unknown:
            raise ValueError(
                f"The targets name the output {unknown[0]!r}, which the model does not have. "
                f"Outputs: {', '.join(map(repr, names))}.{nearest(unknown[0], names)}"
            )
        return [y_true.get(name) for name in names]
    if isinstance(y_true, dict):
        found = dict(tree.paths(y_true))
        return [found.get(way) for way, _ in tree.paths(y_pred)]
    targets = tree.leaves(y_true)
    if len(targets) != len(names):
        raise ValueError(
            f"The model has {len(names)} output{'s' * (len(names) != 1)} ({', '.join(map(repr, names))}), "
            f"but {len(targets)} target{'s' * (len(targets) != 1)} came."
        )
    return targets


def match_weights(sample_weight: Any, y_pred: Any, names: list[str]) -> list[Any]:
    """One sample weight per output: one array serves all of them."""
    if sample_weight is None:
        return [None] * len(names)
    if isinstance(sample_weight, dict):
        found = dict(tree.paths(sample_weight))
        return [found.get(way, sample_weight.get(name)) for (way, _), name in zip(tree.paths(y_pred), names)]
    weights = tree.leaves(sample_weight)
    if len(weights) == 1:
        return weights * len(names)
    if len(weights) != len(names):
        raise ValueError(f"The model has {len(names)} outputs, but {len(weights)} sample weights came.")
    return weights
