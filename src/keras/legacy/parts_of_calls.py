"""Losses and updates that the calls of layers in a graph made before any data came: `model.losses`, `layer.updates`."""

from __future__ import annotations

import importlib
from typing import Any

from keras._core import tree
from keras._core.graph import KerasTensor
from keras._jax import pure
from keras.legacy import era


class MadeUpdate:
    """A variable that the call of a layer changes: for programs that count updates, or hand them to `K.function`.

    Args:
        variable: what is changed.
    """

    def __init__(self, variable: Any):
        self.variable = variable

    def apply_update(self) -> None:
        """Nothing: the call has made it."""


def updates(layer: Any, inputs: Any = None) -> list[MadeUpdate]:
    """The updates by the calls of a layer and of those inside of it, or by its calls on `inputs`."""
    return [
        MadeUpdate(variable)
        for one in layer._flatten_layers()
        for _ in _calls(one, layer, inputs)
        for variable in _changed_by(one)
    ]


def _calls(layer: Any, around: Any, inputs: Any) -> list:
    """The calls of a layer in graphs; where it is inside of another, those of that one."""
    nodes = layer._inbound_nodes or around._inbound_nodes
    wanted = None if inputs is None else {id(x) for x in tree.leaves(inputs)}
    return [n for n in nodes if wanted is None or wanted & {id(x) for x in n.input_tensors}]


def _changed_by(layer: Any) -> list:
    if not layer.trainable and not getattr(layer, "stateful", False):
        return []
    found = [getattr(layer, name, None) for name in ("moving_mean", "moving_variance")]
    return [v for v in (*found, *(getattr(layer, "_states", None) or ())) if v is not None]


def losses(layer: Any, inputs: Any = None) -> list[KerasTensor]:
    """The penalties on what layers in a graph return, as symbolic tensors; of calls on `inputs` alone, if given."""
    return [loss for one in layer._flatten_layers() for loss in _penalties_of_calls(one, inputs)]


def _penalties_of_calls(layer: Any, inputs: Any = None) -> list[KerasTensor]:
    return [
        loss
        for penalised in (layer, *_of_steps(layer))
        if penalised.activity_regularizer is not None
        for node in _calls(layer, layer, inputs)
        for loss in _penalties(penalised, node)
    ]


def added(layer: Any) -> list[KerasTensor]:
    """The symbolic tensors that were given to `add_loss` of models in a layer, the layer itself included."""
    return [loss for one in layer._flatten_layers() for loss in _added_to(one)]


def _added_to(layer: Any) -> list[KerasTensor]:
    return list(getattr(vars(layer).get("_graph"), "added", ()))


def _of_steps(layer: Any) -> list:
    """The layer inside a `TimeDistributed`, which has no calls of its own: what it returns is what that one does."""
    inside = getattr(layer, "layer", None) if type(layer).__name__ == "TimeDistributed" else None
    return [inside] if inside is not None and not inside._inbound_nodes else []


def _penalties(layer: Any, node: Any) -> list[KerasTensor]:
    add_node = importlib.import_module("keras.legacy.backend._graph").add_node
    scalar = KerasTensor((), layer.compute_dtype)
    return [add_node(layer._activity_penalty, (x,), {}, scalar) for x in node.outputs]


def with_penalties(own: Any) -> Any:
    """`Layer.losses`: before 3, those of the graph are there before any data came."""

    def losses_before_data(self) -> list[Any]:
        """Losses added by the last call, or what stands for them in the graph, then those of weight regularizers."""
        found = own(self)
        if not era.before("3") or pure.added_losses() is not None:
            return found
        waiting = [x for x in self._flatten_layers() if not any(hasattr(loss, "dtype") for loss in x._losses)]
        return [*(loss for x in waiting for loss in (*_added_to(x), *_penalties_of_calls(x))), *found]

    return losses_before_data
