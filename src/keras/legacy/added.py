"""Losses of symbolic tensors that are added to a model: `model.add_loss(tensor)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras._core import tree
from keras._core.graph import KerasTensor
from keras._jax import pure
from keras.models._graph import Graph


class GraphWithLosses(Graph):
    """A graph whose run hands losses over to training.

    Args:
        graph: the graph without them.
        losses: symbolic tensors that depend on its inputs.
    """

    def __init__(self, graph: Graph, losses: list[KerasTensor]):
        self.added = [*getattr(graph, "added", ()), *losses]
        super().__init__(graph.input_structure, (graph.output_structure, self.added))
        self.plain = getattr(graph, "plain", graph)
        self.outputs = self.plain.outputs
        self.output_structure = self.plain.output_structure

    def compute(self, values: dict[int, Any]) -> None:
        """Fills the values in, and hands the losses over."""
        super().compute(values)
        for loss in self.added:
            pure.add_loss(values[id(loss)])

    def __fingerprint__(self, of):
        whole = Graph(self.input_structure, (self.output_structure, self.added))
        return ("adds losses", whole.__fingerprint__(of))


def add_loss(function: Callable, self, loss=None, inputs=None, losses=None):
    """`add_loss(losses, inputs)`: which inputs a loss depends on is known from the graph."""
    given = tree.leaves(losses if loss is None else loss)
    later = [x for x in given if isinstance(x, KerasTensor) and not pure.in_scope()]
    if later:
        if getattr(self, "_graph", None) is None:
            raise ValueError(
                f"{self.name}.add_loss: symbolic tensors can be added as losses to models made of such tensors alone.\n"
                "  Add it to the model, or call `self.add_loss` within `call`."
            )
        self._graph = GraphWithLosses(self._graph, later)
        self._members = self._graph.layers
    function(self, [x for x in given if not any(x is one for one in later)])
