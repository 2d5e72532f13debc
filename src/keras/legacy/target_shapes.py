"""Targets of another shape than their output: an error until 2.3, where since then an axis of one is stretched."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from keras import losses
from keras.legacy import era


def teach() -> None:
    """Lets built-in losses ask for targets of the shape of the output, in programs until 2.3."""
    home = importlib.import_module("keras._training.compiled_loss")
    home.apply_loss = _checked(home.apply_loss)


def _checked(apply: Callable) -> Callable:
    def apply_loss(function: Any, y_true: Any, y_pred: Any, sample_weight: Any) -> Any:
        if era.before("tf2.0") and _is_built_in(function):
            _check(function, tuple(getattr(y_true, "shape", ())), tuple(getattr(y_pred, "shape", ())))
        elif era.of_tf_keras() and _is_built_in(function) and getattr(y_true, "ndim", 0) == 1 < y_pred.ndim:
            y_true = y_true[:, None]  # tf.keras made a column of them, which is stretched
        return apply(function, y_true, y_pred, sample_weight)

    return apply_loss


# these take class numbers, or rows that are no target for each element
_OTHERS = ("Sparse", "Circle", "CTC")


def _is_built_in(loss: Any) -> bool:
    """Whether a loss compares element with element; nothing is known of functions and classes of one's own."""
    if type(loss) is losses.LossFunctionWrapper:
        name = getattr(loss.fn, "__name__", "")
        return loss.fn is getattr(losses, name, None) and not name.startswith(("sparse", "circle", "ctc"))
    return type(loss).__module__.startswith("keras.losses.") and not type(loss).__name__.startswith(_OTHERS)


def _check(function: Any, target: tuple, output: tuple) -> None:
    if len(target) < 1 or len(output) < 2:
        return
    if len(target) == 1:  # numbers in a row were a column
        target = (*target, 1)
    if len(target) != len(output) or any(a != b for a, b in zip(target[1:], output[1:]) if None not in (a, b)):
        raise ValueError(
            f"The loss {function.name!r} compares targets with outputs of the same shape.\n"
            f"  A row of the output has shape {output[1:]}, but one of the target has {target[1:]}."
        )
    if function.name == "categorical_crossentropy" and target[-1] == 1:
        raise ValueError(
            "categorical_crossentropy compares probabilities of classes, but the targets have one number in a row.\n"
            "  Class numbers: make rows of them with keras.utils.to_categorical(y), or take the loss "
            "'sparse_categorical_crossentropy'."
        )
