"""Weights of rows or of steps: until 2.3 `sample_weight_mode` said which were meant, and other ones were an error.

Class weights had to name every class of the data in those years.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from keras.legacy import era

_STEPS_NEED_2 = (
    "sample_weight of shape {came}: the model was compiled with sample_weight_mode='temporal', which takes one weight "
    "for each step.\n  Pass an array with 2 axes (rows, steps), or compile without the mode."
)
_ROWS_NEED_1 = (
    "sample_weight of shape {came}: there is one weight for each row.\n"
    "  For one weight per step, compile with sample_weight_mode='temporal'."
)
_NO_STEPS = "sample_weight_mode='temporal' needs outputs of (rows, steps, ...). The targets have shape {came}."
_SEVERAL = "sample_weight of a model with {count} outputs is a list or a dict of arrays. Got a {kind}."


def teach() -> None:
    """Lets class weights that leave classes out be an error, in programs until 2.3."""
    home = importlib.import_module("keras._data.class_weights")
    home._weights_of_labels = _of_all_classes(home._weights_of_labels)


def check(model: Any, args: tuple, kwargs: dict, in_order: bool = False) -> None:
    """Looks for weights of samples that are not what `sample_weight_mode` says, in programs until 2.3.

    Args:
        model: the model, after `compile`.
        args, kwargs: what one of its methods was given.
        in_order: whether the third argument of the method is `sample_weight`.

    Raises:
        TypeError: one array for several outputs.
        ValueError: weights of rows where those of steps are meant, or the other way around.
    """
    if not era.before("tf2.0"):
        return
    given = kwargs.get("sample_weight", args[2] if in_order and len(args) > 2 else None)
    outputs = len(getattr(model, "output_names", None) or [""])
    if outputs > 1:
        if given is not None and not isinstance(given, (list, dict)):
            raise TypeError(_SEVERAL.format(count=outputs, kind=type(given).__name__))
        return
    mode = getattr(model, "sample_weight_mode", None)
    target = kwargs.get("y", args[1] if len(args) > 1 else None)
    if mode == "temporal" and isinstance(target, np.ndarray) and target.ndim < 3:
        raise ValueError(_NO_STEPS.format(came=target.shape))
    if not isinstance(given, np.ndarray):
        return
    if mode == "temporal" and given.ndim != 2:
        raise ValueError(_STEPS_NEED_2.format(came=given.shape))
    if mode is None and given.ndim != 1:
        raise ValueError(_ROWS_NEED_1.format(came=given.shape))


def _of_all_classes(function: Callable) -> Callable:
    def weights_of_labels(y: np.ndarray, class_weight: dict[int, float], owner: str) -> np.ndarray:
        if era.before("tf2.0"):
            if y.ndim > 2:
                raise ValueError(f"{owner}: `class_weight` is for targets with 2 axes at most. Got shape {y.shape}.")
            _check_classes(y, class_weight, owner)
        return function(y, class_weight, owner)

    return weights_of_labels


def _check_classes(y: np.ndarray, class_weight: dict[int, float], owner: str) -> None:
    labels = y.argmax(axis=1) if y.ndim == 2 and y.shape[1] > 1 else y.reshape(-1)
    missing = sorted(set(np.unique(labels).tolist()) - class_weight.keys())
    if missing and era.before("2.0"):
        raise KeyError(missing[0])
    if missing:
        raise ValueError(
            f"{owner}: `class_weight` must contain all classes in the data. It lacks "
            f"{', '.join(f'{one:g}' for one in missing)}."
        )
