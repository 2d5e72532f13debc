"""Losses and metrics of symbolic tensors that are added to a model: `model.add_loss(tensor)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras._core import tree
from keras._core.graph import KerasTensor
from keras._jax import pure
from keras.models._graph import Graph


class GraphWithLosses(Graph):
    """A graph whose run hands losses over to training, and values to metrics.

    Args:
        graph: the graph without them.
        losses: symbolic tensors that depend on its inputs.
        shown: pairs of such a tensor and the metric that takes its values.
    """

    def __init__(self, graph: Graph, losses: list[KerasTensor], shown: list[tuple] | None = None):
        self.added = [*getattr(graph, "added", ()), *losses]
        self.shown = [*getattr(graph, "shown", ()), *(shown or ())]
        super().__init__(graph.input_structure, self._whole(graph))
        self.plain = getattr(graph, "plain", graph)
        self.outputs = self.plain.outputs
        self.output_structure = self.plain.output_structure

    def compute(self, values: dict[int, Any]) -> None:
        """Fills the values in, and hands the losses over."""
        super().compute(values)
        for loss in self.added:
            pure.add_loss(values[id(loss)])
        for x, metric in self.shown:
            metric.update_state(values[id(x)])

    def _whole(self, graph: Graph) -> tuple:
        return (graph.output_structure, self.added, [x for x, _ in self.shown])

    def __fingerprint__(self, of):
        whole = Graph(self.input_structure, self._whole(self))
        return ("adds losses", whole.__fingerprint__(of))


def add_loss(function: Callable, self, loss=None, inputs=None, losses=None):
    """`add_loss(losses, inputs)`: which inputs a loss depends on is known from the graph."""
    given = tree.leaves(losses if loss is None else loss)
    functions = [x for x in given if callable(x) and not hasattr(x, "dtype")]
    if functions:  # asked in every step, wherever they were given
        self._functions_as_losses = [*vars(self).get("_functions_as_losses", ()), *functions]
        given = [x for x in given if not any(x is one for one in functions)]
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
