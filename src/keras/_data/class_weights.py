"""Weights of classes as weights of rows."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np

from keras._core import tree


def checked_class_weight(class_weight: Any, owner: str) -> dict[int, float]:
    """`class_weight` as a dict from class numbers to floats.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(class_weight, Mapping):
        hint = ""
        if isinstance(class_weight, (list, tuple, np.ndarray)):
            hint = "\n  Write: class_weight=dict(enumerate(weights))"
        raise ValueError(
            f"{owner}: `class_weight` must be a dict from class numbers to weights, such as {{0: 1.0, 1: 5.0}}. "
            f"Got {class_weight!r}.{hint}"
        )
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


def with_class_weights(y: Any, sample_weight: Any, class_weight: dict[int, float], owner: str) -> Any:
    """The sample weights that give every row its class's weight times its own; 1 for a class not named.

    Args:
        y: labels (n,) or (n, 1), or one-hot (n, classes); alone in its structure.

    Raises:
        ValueError: there is no `y`, several outputs, or labels of another form.
    """
    targets = [leaf for leaf in tree.leaves(y) if leaf is not None]
    if len(targets) != 1:
        came = "no `y`" if not targets else f"{len(targets)} of them: {tree.describe(y)}"
        raise ValueError(
            f"{owner}: `class_weight` needs a model with one output and its `y`. Got {came}.\n"
            f"  For several outputs pass sample_weight=[...], one array for each."
        )
    weights = _weights_of_rows(np.asarray(targets[0]), class_weight, owner)
    own = [leaf for leaf in tree.leaves(sample_weight) if leaf is not None]
    if own:
        given = np.asarray(own[0])
        # (rows,) -> (rows, 1, ...), as many axes as the weights given
        weights = given * weights.reshape(weights.shape + (1,) * (given.ndim - 1))
    return tree.map_leaves(lambda leaf: None if leaf is None else weights, y)


def _weights_of_rows(y: np.ndarray, class_weight: dict[int, float], owner: str) -> np.ndarray:
    if y.ndim == 2 and y.shape[1] > 1:
        labels = y.argmax(axis=1)
    elif y.ndim == 1 or (y.ndim == 2 and y.shape[1] == 1):
        labels = y.reshape(-1)
    else:
        raise ValueError(
            f"{owner}: `class_weight` needs labels of shape (rows,), (rows, 1) or one-hot (rows, classes). "
            f"Got shape {y.shape}.\n"
            f"  For other targets pass `sample_weight`."
        )
    if labels.dtype.kind == "f":
        labels = np.rint(labels).astype(np.int64)
    labels = labels.astype(np.int64)
    table = np.ones(max(class_weight, default=0) + 2, np.float32)
    for number, weight in class_weight.items():
        table[number] = weight
    # a class that is not named falls on the last entry, a one
    known = (labels >= 0) & (labels < len(table))
    return table[np.where(known, labels, len(table) - 1)]
