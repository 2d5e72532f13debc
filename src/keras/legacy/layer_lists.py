"""`model.layers.pop()` and `model.outputs = [...]`, as networks were cut off before 3.

Until 2.1 `layers` of any model was the list it kept; in 2.2 and 2.3 that of a `Sequential` was a copy, and in tf.keras
all are. What comes out of the model stays the same until `outputs` is set.
"""

from __future__ import annotations

from typing import Any

from keras import Operation
from keras.legacy import era
from keras.models._graph import Graph


class KeptLayers(list):
    """The layers of a model; those taken out of the list are taken out of the model.

    Args:
        model: whose they are.
    """

    def __init__(self, model: Any):
        super().__init__(model._members)
        self._model = model

    def pop(self, index=-1):
        """Takes a layer out, the last one if none is named, and returns it."""
        layer = super().pop(index)
        _take_out(self._model, layer)
        return layer

    def remove(self, value):
        """Takes a layer out."""
        self.pop(self.index(value))

    def __delitem__(self, index):
        taken = self[index] if isinstance(index, slice) else [self[index]]
        super().__delitem__(index)
        for layer in taken:
            _take_out(self._model, layer)


def _take_out(model: Any, layer: Any) -> None:
    model._members = [m for m in model._members if m is not layer]


def teach(module: Any) -> None:
    """Gives models lists of layers that can be changed, and outputs that can be set."""
    model, sequential = module.Model, module.Sequential
    model.layers = property(_kept(model.layers.fget, "tf2.0"), doc=model.layers.__doc__)
    sequential.layers = property(_kept(sequential.layers.fget, "2.2"), sequential.layers.fset, doc=model.layers.__doc__)
    model.outputs = property(model.outputs.fget, _set_outputs, doc=model.outputs.__doc__)
    Operation.outbound_nodes = property(
        Operation.outbound_nodes.fget, _set_outbound_nodes, doc=Operation.outbound_nodes.__doc__
    )


def _set_outbound_nodes(self, nodes) -> None:
    """The last layer of a network that was cut off was made to forget what came behind it."""
    self._outbound_nodes = list(nodes)


def _kept(get: Any, until: str) -> Any:
    def layers(self):
        return KeptLayers(self) if era.before(until) and self._graph is not None else get(self)

    return layers


def _set_outputs(self, outputs) -> None:
    """Cuts a model off at other tensors of its graph."""
    if self._graph is None:
        raise AttributeError(f"{self.name} is not made of symbolic tensors: its outputs cannot be set.")
    given = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    whole = given[0] if len(given) == 1 else given
    self._graph = Graph(self._graph.input_structure, whole)
    self._captured = None
    if hasattr(self, "_tensors"):  # a stack of layers
        place = next((i for i, x in enumerate(self._tensors) if x is whole), None)
        if place is None:
            raise ValueError(f"{self.name}: outputs of a Sequential must be the output of one of its layers.")
        del self._tensors[place + 1 :]
        self._members = [
            m for m in self._members if any(n.outputs[0] is x for n in m._inbound_nodes for x in self._tensors)
        ]
    else:
        self._members = self._graph.layers


def begin_with_model(self, layer) -> bool:
    """Puts a model at the beginning of an empty `Sequential`, so that both are one graph, as they were until 2.1."""
    graph = getattr(layer, "_graph", None)
    fits = graph is not None and graph.host is None and len(graph.inputs) == len(graph.outputs) == 1
    if self._members or self._tensors or not fits or not era.before("2.2"):
        return False
    self._tensors = [graph.inputs[0], graph.outputs[0]]
    self._input_layer = graph.inputs[0]._keras_history.operation
    self._members.append(layer)
    return True
