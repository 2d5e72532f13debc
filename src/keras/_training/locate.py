"""Where the first value that is not finite comes from: the answer of `compile(debug="nan")`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from keras._core import tree
from keras._jax import pure
from keras._jax.variable import Variable


class NotFiniteError(FloatingPointError):
    """A value became NaN or infinite during training."""


def raise_for(model: Any, variables: Sequence[Variable], values: Sequence[Any], batch: tuple, step: int) -> None:
    """Runs one batch again, operation by operation, and says where the first bad value appears.

    Args:
        variables, values: the weights as they were before the step.
        batch: inputs, targets, weights.
        step: the step's number, for the message.

    Raises:
        NotFiniteError: always.
    """
    where = f"The loss is not finite at step {step + 1}"
    for name, data in zip(("inputs", "targets", "sample weights"), batch):
        for path, x in tree.paths(data):
            bad = _bad(x)
            if bad is not None:
                label = f"{name}{''.join(f'[{p!r}]' for p in path)}"
                raise NotFiniteError(
                    f"{where}: the {label} hold {bad}.\n  Clean the data, for example with numpy.nan_to_num(x)."
                )
    for variable, value in zip(variables, values):
        bad = _bad(value)
        if bad is not None:
            raise NotFiniteError(
                f"{where}: the weights {variable.path} hold {bad} since the update before.\n"
                "  Its gradient was not finite. Try a lower learning rate, or clipnorm=1.0 on the optimizer."
            )
    x, y, sample_weight = (*batch, None, None)[:3]
    with pure.Scope(variables, values) as scope:
        scope.losses = []
        with model.watching_calls(_Watch(where)):
            y_pred = model(x, training=True)
        model.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=True)
    raise NotFiniteError(
        f"{where}: all layers' outputs are finite, so it comes from the loss itself.\n"
        f"  Outputs lie in {_range(y_pred)}, targets in {_range(y)}. Do the targets suit the loss?"
    )


class _Watch:
    """Called after each layer with its inputs and outputs."""

    def __init__(self, where: str):
        self.where = where

    def __call__(self, layer: Any, inputs: Any, outputs: Any) -> None:
        for output in tree.leaves(outputs):
            bad = _bad(output)
            if bad is not None:
                raise NotFiniteError(
                    f"{self.where}: {layer.name} ({type(layer).__name__}) is the first layer "
                    f"whose output holds {bad}.\n"
                    f"  Its inputs lie in {_range(inputs)}, its weights in {_range([v.value for v in layer.weights])}."
                )


def _bad(x: Any) -> str | None:
    """What is wrong with an array, in words; None if all of it is finite."""
    if x is None or not hasattr(x, "dtype"):
        return None
    array = np.asarray(x)
    if array.dtype.kind not in "fcV":
        return None
    finite = np.isfinite(array.astype("float32") if array.dtype.kind == "V" else array)
    if finite.all():
        return None
    count = int(finite.size - finite.sum())
    first = tuple(int(i) for i in np.argwhere(~finite)[0])
    return f"{count} value{'s' * (count > 1)} that {'are' if count > 1 else 'is'} not finite, the first at {first}"


def _range(x: Any) -> str:
    arrays = [np.asarray(a, "float64") for a in tree.leaves(x) if a is not None and hasattr(a, "dtype")]
    arrays = [a for a in arrays if a.size]
    if not arrays:
        return "(nothing)"
    return f"[{min(a.min() for a in arrays):.4g}, {max(a.max() for a in arrays):.4g}]"
