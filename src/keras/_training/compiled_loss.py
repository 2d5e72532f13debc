"""What `compile(loss=..., loss_weights=...)` asks for, matched with a model's outputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras import losses, metrics
from keras._core import tree
from keras._core.errors import UnknownOutput
from keras._core.names import nearest
from keras._training import short_batches
from keras._training.build import are_named, names_of_outputs
from keras._training.loss_terms import (
    Term,
    entries_of_nested,
    is_config,
    is_container,
    label_of_part,
    part_at,
    terms_of,
)

NOTHING = "compile: `loss` is None for every output, so there is nothing to train for."
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
    if isinstance(given, dict) and not is_config(given):
        unknown = [k for k in given if k not in names]
        if unknown and isinstance(y_pred, dict) is False and set(given) <= {str(i) for i in range(count)}:
            return [given.get(str(i)) for i in range(count)]
        if unknown:
            raise UnknownOutput(
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


def _labels(y_pred: Any, names: list[str]) -> list[str]:
    """What single losses are called: outputs inside of others after the way to them."""
    found = []
    for (way, _), name in zip(tree.paths(y_pred), names):
        last = way[-1] if way and isinstance(way[-1], str) else name
        found.append("/".join(map(str, (*way[:-1], last))))
    return found


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
        self._with_loss: list[bool] = []  # of the outputs
        self._ways: list[tuple] | None = None  # to the parts of the outputs that have losses, where these are nested
        self._classes: list[int | None] = []  # how many, of the outputs whose labels are class numbers

    def build(self, y_true: Any, y_pred: Any) -> None:
        """Matches losses with outputs."""
        names = names_of_outputs(y_pred, self.output_names)
        self._by_key = isinstance(y_pred, dict)
        outputs = tree.leaves(y_pred)
        nested = entries_of_nested(self.loss, y_pred)
        if nested is None or any(map(is_container, nested)):
            terms = terms_of(self.loss, self.loss_weights, y_pred, names)
            if terms is not None:
                self._build_terms(terms, y_true, y_pred, names)
                return
        chosen = by_output("loss", self.loss, y_pred, names, repeat=True)
        self._with_loss = [one is not None for one in chosen]
        targets = self._targets(y_true, y_pred, names)
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
            raise ValueError(NOTHING)
        self.trackers = []
        if sum(f is not None for f in self.functions) > 1:
            if not are_named(y_pred, self.output_names):
                names = [
                    one if isinstance(one, str) else getattr(f, "name", "") for one, f in zip(chosen, self.functions)
                ]
            labels = _labels(y_pred, names)
            self.trackers = [
                None if f is None else metrics.Mean(name=f"{label}_loss") for f, label in zip(self.functions, labels)
            ]
        self.built = True

    def _build_terms(self, terms: list[Term], y_true: Any, y_pred: Any, names: list[str]) -> None:
        ways = [leaf for leaf, _ in tree.paths(y_pred)]
        self._with_loss = [any(leaf[: len(t.way)] == t.way for t in terms) for leaf in ways]
        targets = tree.pack_like(y_pred, self._targets(y_true, y_pred, names))
        terms = [t for t in terms if part_at(targets, t.way) is not None]
        if not terms:
            raise ValueError(NOTHING)
        self._ways = [t.way for t in terms]
        self.functions = [loss_from(t.loss, part_at(targets, t.way), part_at(y_pred, t.way)) for t in terms]
        self.weights = [t.weight for t in terms]
        self._classes = []
        self.trackers = []
        if len(terms) > 1:
            self.trackers = [metrics.Mean(name=f"{label_of_part(t.way, y_pred, names)}_loss") for t in terms]
        self.built = True

    def _targets(self, y_true: Any, y_pred: Any, names: list[str]) -> list[Any]:
        """One target per output; there may be none for those without a loss."""
        if not isinstance(y_true, dict) and len(found := tree.leaves(y_true)) == sum(self._with_loss) < len(names):
            given = iter(found)
            return [next(given) if has_loss else None for has_loss in self._with_loss]
        return match_targets(y_true, y_pred, names)

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
        targets = self._targets(y_true, y_pred, names)
        weights = match_weights(sample_weight, y_pred, names)
        outputs = tree.leaves(y_pred)
        if self._ways is not None:  # losses of parts of the outputs
            targets, weights = tree.pack_like(y_pred, targets), tree.pack_like(y_pred, weights)
            targets, weights, outputs = ([part_at(x, way) for way in self._ways] for x in (targets, weights, y_pred))
            weights = [tree.leaves(w)[0] if tree.is_nested(w) else w for w in weights]
        total = None
        for i, output in enumerate(outputs):
            function = self.functions[i]
            if function is None or targets[i] is None:
                continue
            value = apply_loss(function, targets[i], output, weights[i])
            if self.trackers and self.trackers[i] is not None:
                rows = short_batches.rows_of(tree.leaves(output)[0])
                self.trackers[i].update_state(value, sample_weight=rows)
            if self.weights[i] is not None:
                value = value * self.weights[i]
            total = value if total is None else total + value
        return total

    def __fingerprint__(self, of):
        # names show in logs where there are several
        names = [t.name for t in self.metrics] if len(self.functions) > 1 else None
        return (of(self.functions), of(self.weights), of(names), of(self._ways))


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
