"""Where the first value that is not finite comes from: the answer of `compile(debug="nan")`."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras._core import tree
from keras._jax import compile as engine
from keras._jax import pure
from keras._training.batch_loss import loss_of_batch
from keras._training.program import Step
from keras._training.state import State

_LARGE = 1e6


class NotFiniteError(FloatingPointError):
    """A value became NaN or infinite during training."""


def raise_for(step: Step, state: State, numbers: Any, batch: tuple, number: int) -> None:
    """Runs one batch again, operation by operation, and says where the first bad value appears.

    Args:
        step: the training step.
        state: the values of its variables as they were before it.
        numbers: the optimizer's numbers.
        batch: inputs, targets, weights.
        number: the step's number, for the message.

    Raises:
        NotFiniteError: always.
    """
    where = f"Not finite at step {number + 1}"
    for name, data in zip(("inputs", "targets", "sample weights"), batch):
        for path, x in tree.paths(data):
            bad = _bad(x)
            if bad is not None:
                label = f"{name}{''.join(f'[{p!r}]' for p in path)}"
                raise NotFiniteError(
                    f"{where}: the {label} hold {bad}.\n  Clean the data, for example with numpy.nan_to_num(x)."
                )
    for variable, value in zip(step.variables.trainable, state.trainable):
        bad = _bad(value)
        if bad is not None:
            raise NotFiniteError(f"{where}: before it, the weights {variable.path} hold {bad} already.")
    if step.model.has_own_step("train_step"):
        with step.model.watching_calls(_Watch(where)):
            step(state, numbers, batch)
        raise NotFiniteError(f"{where}: all layers' outputs are finite, so it comes from `train_step` itself.")
    y_pred = _forward(step, state, batch, _Watch(where))
    loss, gradients = _backward(step, state, batch)
    norm = _norm(gradients)
    if _bad(loss) is not None:
        raise NotFiniteError(
            f"{where}: all layers' outputs are finite, so it comes from the loss itself.\n"
            f"  Outputs lie in {_range(y_pred)}, targets in {_range(batch[1])}. The gradient's norm is {norm}.\n"
            f"  {_cause_in_loss(y_pred)}"
        )
    # a bad value goes backwards through the network: it begins at the last layer that has one
    for variable, gradient in reversed(list(zip(step.variables.trainable, gradients))):
        bad = _bad(gradient)
        if bad is not None:
            raise NotFiniteError(
                f"{where}: the loss is {float(loss):.4g}, but the gradient of {variable.path} holds {bad}.\n"
                f"  The gradient's norm is {norm}; the weights lie in {_range(variable.value)}.\n"
                "  Roots, norms and logarithms have no finite slope at 0: add a small number inside, such as 1e-7."
            )
    raise NotFiniteError(
        f"{where}: the loss is {float(loss):.4g} and its gradient is finite, so the update itself is not.\n"
        f"  The gradient's norm is {norm}. Try a lower learning rate, or clipnorm=1.0 on the optimizer."
    )


def _forward(step: Step, state: State, batch: tuple, watch: _Watch) -> Any:
    with pure.Scope(step.variables.flat(), state.flat()) as scope:
        scope.losses = []
        with step.model.watching_calls(watch):
            return step.model(batch[0], training=True)


def _backward(step: Step, state: State, batch: tuple) -> tuple[Any, list]:
    x, y, sample_weight = (*batch, None, None)[:3]
    model = step.model

    def loss_of(trainable: list) -> tuple[Any, Any]:
        with pure.Scope(step.variables.flat(), state._replace(trainable=trainable).flat()) as scope:
            scope.losses = []
            y_pred = model(x, training=True)
            loss = loss_of_batch(model, x, y, y_pred, sample_weight, training=True)
            return loss, None

    (loss, _), gradients = engine.value_and_gradient(loss_of, list(state.trainable))
    return loss, gradients


def _norm(gradients: list) -> str:
    return f"{np.sqrt(sum(float(np.sum(np.square(np.asarray(g, 'float64')))) for g in gradients)):.4g}"


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
                    f"\n  {_cause(layer, inputs, output)}"
                )


def _cause(layer: Any, inputs: Any, output: Any) -> str:
    """What most likely makes a layer's output bad whose inputs are not."""
    found = [np.asarray(x) for x in tree.leaves(inputs) if _is_concrete(x)]
    arrays = [x.astype("float64") for x in found if x.size and x.dtype.kind in "fiu"]
    largest = max((np.abs(x).max() for x in arrays), default=0.0)
    if getattr(layer, "embeddings", None) is not None and largest >= layer.embeddings.shape[0]:
        return f"The indices go up to {largest:g}, but there are {layer.embeddings.shape[0]} rows: raise input_dim."
    if "16" in str(output.dtype):
        return (
            f"It computes in {output.dtype}, whose numbers may be too small for this: try 'mixed_bfloat16' or float32."
        )
    if largest > _LARGE:
        return "Its inputs are very large: scale the data, or try a lower learning rate or clipnorm=1.0."
    weights = [np.abs(np.asarray(v.value, "float64")).max() for v in layer.weights if v.size and "float" in v.dtype]
    if max(weights, default=0.0) > _LARGE:
        return "Its weights have grown very large: try a lower learning rate, or clipnorm=1.0 on the optimizer."
    if any(x.min() <= 0 for x in arrays):
        return "Logarithms, roots and quotients need inputs above 0: add a small number such as 1e-7, or clip them."
    return "A lower learning rate, or clipnorm=1.0 on the optimizer, may keep its values in range."


def _cause_in_loss(outputs: Any) -> str:
    """What most likely makes a loss bad whose outputs are not."""
    if max((np.abs(np.asarray(x, "float64")).max(initial=0.0) for x in tree.leaves(outputs)), default=0.0) > _LARGE:
        return "The outputs have grown very large: try a lower learning rate, or clipnorm=1.0 on the optimizer."
    return "Do the targets suit the loss? Losses of probabilities need outputs from 0 to 1, or from_logits=True."


def _bad(x: Any) -> str | None:
    """What is wrong with an array, in words; None if all of it is finite."""
    if not _is_concrete(x):
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


def _is_concrete(x: Any) -> bool:
    return x is not None and hasattr(x, "dtype") and not pure.is_traced(x)


def _range(x: Any) -> str:
    arrays = [np.asarray(a, "float64") for a in tree.leaves(x) if _is_concrete(a)]
    arrays = [a for a in arrays if a.size]
    if not arrays:
        return "(nothing)"
    return f"[{min(a.min() for a in arrays):.4g}, {max(a.max() for a in arrays):.4g}]"
