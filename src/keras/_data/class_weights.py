"""Weights of classes as weights of rows."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np

from keras._core import tree

NOT_A_MAPPING = (
    "{owner}: `class_weight` must be a dict from class numbers to weights, such as {{0: 1.0, 1: 5.0}}. "
    "Got {class_weight!r}.{hint}"
)
SEVERAL = (
    "{owner}: `class_weight` needs a model with one output and its `y`. Got {came}.\n"
    "  For several outputs pass one dict for each: a list of dicts, or a dict of them by name where `y` is one."
)
NO_CLASSES = (
    "{owner}: `class_weight` needs labels: class numbers, or one-hot in the last axis. Got {what} of shape {shape}.\n"
    "  For other targets pass `sample_weight`."
)


class OfOutputs(dict):
    """Class weights of outputs by name, and the order in which a list of targets has the outputs."""

    def __init__(self, weights: Mapping, order: list[str]):
        super().__init__(weights)
        self.order = order


def checked_class_weight(class_weight: Any, owner: str) -> Any:
    """`class_weight` as a dict from class numbers to floats, or a list or a dict by name of those or None.

    Raises:
        ValueError: it is something else.
    """
    if isinstance(class_weight, (list, tuple)) and any(isinstance(one, Mapping) for one in class_weight):
        return [None if one is None else checked_class_weight(one, owner) for one in class_weight]
    if not isinstance(class_weight, Mapping):
        is_list = isinstance(class_weight, (list, tuple, np.ndarray))
        hint = "\n  Write: class_weight=dict(enumerate(weights))" if is_list else ""
        raise ValueError(NOT_A_MAPPING.format(owner=owner, class_weight=class_weight, hint=hint))
    if class_weight and all(isinstance(one, Mapping) for one in class_weight.values()):
        found = {name: checked_class_weight(one, owner) for name, one in class_weight.items()}
        return OfOutputs(found, class_weight.order) if isinstance(class_weight, OfOutputs) else found
    for key, value in class_weight.items():
        good = (
            isinstance(key, numbers.Integral)
            and int(key) >= 0
            and isinstance(value, numbers.Real)
            and float(value) >= 0
        )
        if not good:
            raise ValueError(
                f"{owner}: `class_weight` must map class numbers from 0 to weights of at least 0. "
                f"Got {key!r}: {value!r}."
            )
    return {int(key): float(value) for key, value in class_weight.items()}


def with_class_weights(y: Any, sample_weight: Any, class_weight: Any, owner: str) -> Any:
    """The sample weights that give every row, or position, its class's weight times its own; 1 for one not named.

    Args:
        y: class numbers, or one-hot labels, for rows or for positions in them.
        class_weight: a dict for the only output, or dicts in the structure of `y`.

    Raises:
        ValueError: there is no `y`, labels of another form, or one dict for several outputs.
    """
    if isinstance(class_weight, list) or any(isinstance(one, dict) for one in class_weight.values()):
        return _for_outputs(y, sample_weight, class_weight, owner)
    targets = [leaf for leaf in tree.leaves(y) if leaf is not None]
    if len(targets) != 1:
        came = "no `y`" if not targets else f"{len(targets)} of them: {tree.describe(y)}"
        raise ValueError(SEVERAL.format(owner=owner, came=came))
    own = [leaf for leaf in tree.leaves(sample_weight) if leaf is not None]
    weights = _weighed(targets[0], own[0] if own else None, class_weight, owner)
    return tree.map_leaves(lambda leaf: None if leaf is None else weights, y)


def _for_outputs(y: Any, sample_weight: Any, class_weight: Any, owner: str) -> Any:
    """The same for a list or a dict of outputs; None where neither weights nor class weights are given."""
    names = list(y) if isinstance(y, Mapping) else list(range(len(y))) if isinstance(y, (list, tuple)) else []
    given = dict(enumerate(class_weight)) if isinstance(class_weight, list) else class_weight
    if isinstance(given, OfOutputs) and isinstance(y, (list, tuple)) and set(given) <= set(given.order):
        given = {given.order.index(name): weights for name, weights in given.items()}
    unknown = [name for name in given if name not in names]
    if unknown or not names:
        raise ValueError(
            f"{owner}: `class_weight` has weights for {', '.join(map(repr, given))}, and `y` is {tree.describe(y)}.\n"
            "  Pass class weights in the structure of `y`: a list for a list, a dict by name for a dict."
        )
    own = sample_weight
    if isinstance(own, Mapping):
        own = {name: own.get(name) for name in names}
    elif isinstance(own, (list, tuple)):
        own = dict(zip(names, own))
    else:
        own = dict.fromkeys(names, own)
    found = [own[n] if given.get(n) is None else _weighed(y[n], own[n], given[n], owner) for n in names]
    return dict(zip(names, found)) if isinstance(y, Mapping) else found


def _weighed(y: Any, sample_weight: Any, class_weight: dict[int, float], owner: str) -> np.ndarray:
    weights = _weights_of_labels(np.asarray(y), class_weight, owner)
    if sample_weight is None:
        return weights
    given = np.asarray(sample_weight)
    # (rows,) and (rows, time) -> both (rows, time)
    axes = max(given.ndim, weights.ndim)
    return given.reshape(given.shape + (1,) * (axes - given.ndim)) * weights.reshape(
        weights.shape + (1,) * (axes - weights.ndim)
    )


def _weights_of_labels(y: np.ndarray, class_weight: dict[int, float], owner: str) -> np.ndarray:
    labels = _class_numbers(y, owner)
    table = np.ones(max(class_weight, default=0) + 2, np.float32)
    for number, weight in class_weight.items():
        table[number] = weight
    # a class that is not named falls on the last entry, a one
    known = (labels >= 0) & (labels < len(table))
    return table[np.where(known, labels, len(table) - 1)]


def _class_numbers(y: np.ndarray, owner: str) -> np.ndarray:
    """(rows,) or (rows, positions...) from class numbers, with or without a last axis of one, or one-hot labels."""
    if y.ndim > 1 and y.shape[-1] == 1:
        y = y[..., 0]
    elif y.ndim > 1 and (_is_one_hot(y) or (y.ndim == 2 and y.dtype.kind == "f")):  # soft labels count for the largest
        return y.argmax(axis=-1)
    if y.dtype.kind == "f":
        if y.ndim > 1 and not np.array_equal(y, np.rint(y)):
            raise ValueError(NO_CLASSES.format(owner=owner, what="fractions", shape=y.shape))
        y = np.rint(y)
    return y.astype(np.int64)


def _is_one_hot(y: np.ndarray) -> bool:
    return bool(np.all((y == 0) | (y == 1)) and np.all(y.sum(axis=-1) == 1))
