"""The loss of a compiled model as a symbolic tensor, as programs of 1.x and 2.x used it with `K.gradients`.

Symbolic tensors of the targets and sample weights are made at the first question and kept for the model's structure.
"""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

from keras import Operation, losses, ops
from keras._core import tree
from keras._training import compiled_loss, compiled_metrics
from keras.legacy import parts_of_calls


class _Parts(NamedTuple):
    key: tuple
    targets: list[Any]
    sample_weights: list[Any]
    functions: list[Any]  # of the outputs, None for those without a loss
    shares: list[float]
    losses: list[Any]  # of the outputs that have one
    total_loss: Any


def backend() -> Any:
    """`keras.backend` with the functions of earlier years."""
    return importlib.import_module("keras.legacy.backend.everything")


def parts_of(model: Any) -> _Parts:
    """Targets, sample weights and the total loss.

    Raises:
        AttributeError: the model is not compiled with a loss.
    """
    if not model.compiled or (model.loss is None and not getattr(model._graph, "added", ())):
        raise AttributeError(f"{model.name} has no loss before compile(loss=...) is called.")
    key = (model.structure_version(), id(model.loss))
    known = vars(model).get("_loss_graph")
    if known is None or known.key != key:
        known = _made(model, key)
        object.__setattr__(model, "_loss_graph", known)
    return known


def _made(model: Any, key: tuple) -> _Parts:
    placeholder = backend().placeholder
    outputs, names = tree.leaves(model.outputs), model.output_names
    functions = [None] * len(names)
    if model.loss is not None:
        functions = compiled_loss.by_output("loss", model.loss, outputs, names, repeat=True)
    given = model._compile_arguments["loss_weights"]
    shares = (
        [1.0] * len(names) if given is None else compiled_loss.by_output("loss_weights", given, outputs, names, True)
    )
    shares = [1.0 if share is None else share for share in shares]
    targets, weights, found, made = [], [], [], []
    total = 0
    for name, output, identifier, share in zip(names, outputs, functions, shares):
        shape = (*output.shape[:-1], 1) if _takes_numbers(identifier) else tuple(output.shape)
        targets.append(placeholder(shape=shape, name=f"{name}_target"))
        weights.append(placeholder(shape=(None,), name=f"{name}_sample_weights"))
        function = compiled_loss.loss_from(identifier, targets[-1], output)
        made.append(function)
        if function is not None:
            found.append(_mean(function.call(targets[-1], output), weights[-1]))
            total = total + share * found[-1]
    for added in (*getattr(model._graph, "added", ()), *parts_of_calls.losses(model)):
        total = total + added
    total = total + _Penalties(model)(weights[0])
    return _Parts(key, targets, weights, made, shares, found, total)


def metrics_tensors(model: Any) -> list[Any]:
    """What `train_function` gives after the loss: losses of several outputs, then the metrics, as symbolic tensors.

    Raises:
        AttributeError: the model is not compiled with a loss, or a metric is no function of targets and outputs.
    """
    parts = parts_of(model)
    found = list(parts.losses) if len(model.output_names) > 1 else []
    compiled = model._compiled_metrics
    if compiled is None:
        return found
    outputs, names = tree.leaves(model.outputs), list(model.output_names)
    own = compiled_metrics.CompiledMetrics(compiled.given, compiled.given_weighted, names)
    own.build(parts.targets if len(names) > 1 else parts.targets[0], model.outputs, names)
    for target, weight, output, plain, weighted in zip(
        parts.targets, parts.sample_weights, outputs, own.plain, own.weighted
    ):
        for metric in (*plain, *weighted):
            if not hasattr(metric, "_fn"):
                raise AttributeError(f"metrics_tensors: {metric.name} counts over batches and has no tensor.")
            values = metric._fn(target, output, **getattr(metric, "_fn_kwargs", {}))
            found.append(ops.mean(values) if metric in plain else _mean(values, weight))
    return found


def _takes_numbers(identifier: Any) -> bool:
    """Whether the targets of a loss are class numbers, judged by its name."""
    found = losses.get(identifier)
    return "sparse" in str(getattr(found, "name", None) or getattr(found, "__name__", ""))


class _Penalties(Operation):
    """What the regularizers of a model's weights ask for, as a node, so that the weights have gradients of it."""

    def __init__(self, model: Any):
        super().__init__()
        self._of = model._regularization_losses

    def call(self, weight):
        """Their sum; the input only ties it to the graph."""
        return sum(self._of(), ops.zeros(()))


def _mean(values: Any, weight: Any) -> Any:
    """The mean of the losses of all rows, each times its weight."""
    further = tuple(range(1, len(values.shape)))
    return ops.mean((ops.mean(values, axis=further) if further else values) * weight)
