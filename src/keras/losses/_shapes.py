"""Brings labels, predictions, weights and masks into shapes that fit, or says why they do not."""

from __future__ import annotations

from typing import Any

from keras import config, ops
from keras._core.dtype_policy import is_float_name
from keras._core.types import Shape


def aligned(a: Any, b: Any) -> tuple[Any, Any]:
    """`a` and `b` with equally many axes, where a last axis of size 1 is the only difference: (n,) and (n, 1)."""
    if len(a.shape) == len(b.shape) + 1:
        b, a = aligned(b, a)
        return a, b
    if len(b.shape) != len(a.shape) + 1 or b.shape[-1] != 1:
        return a, b
    if len(a.shape) == 1:
        return ops.expand_dims(a, -1), b
    return a, ops.squeeze(b, -1)


def as_float(x: Any) -> Any:
    """`x` as a tensor of a float dtype."""
    x = ops.convert_to_tensor(x)
    return x if is_float_name(dtype_of(x)) else ops.cast(x, config.floatx())


def dtype_of(x: Any) -> str:
    """The name of a tensor's dtype."""
    return getattr(x.dtype, "name", x.dtype)


def wide(x: Any) -> Any:
    """`x` in at least 32 bits, where epsilon is a number and 1 - epsilon is not 1."""
    return ops.cast(x, "float32") if dtype_of(x) in ("float16", "bfloat16") else x


def pair(owner: str, y_true: Any, y_pred: Any, exactly: bool = False, axis: Any = -1) -> tuple[Any, Any]:
    """Labels and predictions as float tensors of the same dtype and number of axes.

    Args:
        owner: who needs them, for messages.
        exactly: whether the sizes must be equal; else an axis of size 1 stretches, and so does a single number.
        axis: the axis that the loss is taken along, which has to exist.

    Raises:
        ValueError: the shapes do not fit.
    """
    y_pred = as_float(y_pred)
    y_true = ops.convert_to_tensor(y_true, dtype=dtype_of(y_pred))
    y_true, y_pred = aligned(y_true, y_pred)
    labels, predictions = tuple(y_true.shape), tuple(y_pred.shape)
    if labels == () and predictions and not exactly:
        y_true, labels = y_true + ops.zeros_like(y_pred), predictions
    if not fit(labels, predictions, exactly):
        raise ValueError(
            f"{owner}: labels and predictions must have the same shape.\n"
            f"  Got labels of shape {shown(labels)} and predictions of shape {shown(predictions)}."
            + _hint(owner, labels, predictions)
        )
    rank = max(len(labels), len(predictions))
    if axis is not None and not all(-rank <= a < rank for a in (axis if isinstance(axis, (list, tuple)) else (axis,))):
        raise ValueError(f"{owner}: the predictions have no axis {axis}. Got shape {shown(predictions)}.")
    return y_true, y_pred


def _hint(owner: str, labels: Shape, predictions: Shape) -> str:
    numbers = labels in (predictions[:-1], (*predictions[:-1], 1))
    if numbers and len(predictions) > 1 and owner.startswith("categorical"):
        return (
            f"\n  Labels of this shape are class numbers: use sparse_{owner if 'focal' not in owner else _SPARSE},"
            f"\n  or make them one-hot with keras.utils.to_categorical(labels, {predictions[-1]})."
        )
    if numbers and len(predictions) > 1 and owner.startswith("binary"):
        return (
            f"\n  {owner} compares every output with a label of its own. For one of {predictions[-1]} classes"
            f"\n  use {_SPARSE}."
        )
    return ""


_SPARSE = "sparse_categorical_crossentropy"


def class_numbers(owner: str, y_true: Any, y_pred: Any, axis: int = -1) -> tuple[Any, Any]:
    """Class numbers of shape (...), and predictions of shape (..., classes) in floats.

    Raises:
        ValueError: the shapes do not fit; labels that look one-hot get a hint.
    """
    y_pred = as_float(y_pred)
    y_true = ops.convert_to_tensor(y_true)
    predictions = tuple(y_pred.shape)
    if not predictions or not -len(predictions) <= axis < len(predictions):
        raise ValueError(
            f"{owner}: the predictions need an axis {axis} for the classes. Got shape {shown(predictions)}."
        )
    axis = axis % len(predictions)
    wanted = predictions[:axis] + predictions[axis + 1 :]
    labels = tuple(y_true.shape)
    if len(labels) == len(wanted) + 1 and labels[-1] == 1 and fit(labels[:-1], wanted, True):
        return ops.squeeze(y_true, -1), y_pred
    if fit(labels, wanted, True):
        return y_true, y_pred
    message = (
        f"{owner}: labels must be class numbers of shape {shown(wanted)}, one for each prediction.\n"
        f"  Got labels of shape {shown(labels)} and predictions of shape {shown(predictions)}."
    )
    if fit(labels, predictions, True):
        as_numbers = f"ops.argmax(labels, axis={axis if axis < len(predictions) - 1 else -1})"
        dense = owner.removeprefix("sparse_")
        if dense == owner:
            message += f"\n  One-hot labels become class numbers with {as_numbers}."
        else:
            message += (
                f"\n  These labels have shape {shown(labels, 'n')}: one-hot; use {dense} or pass integers,"
                f"\n  {as_numbers}."
            )
    raise ValueError(message)


def fit(a: Shape, b: Shape, exactly: bool = False) -> bool:
    """Whether two shapes have equally many axes of equal size; of size 1 in one of them, unless `exactly`."""
    if len(a) != len(b):
        return False
    return all(p is None or q is None or p == q or (not exactly and 1 in (p, q)) for p, q in zip(a, b))


def shown(shape: Shape, first: str | None = None) -> str:
    """A shape for a message; an unknown size is `n`."""
    sizes = ["n" if size is None else str(size) for size in shape]
    if first and sizes:
        sizes[0] = first
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"
