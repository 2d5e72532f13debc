"""What the graph of a model was called below its public names, for packages that walk through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras._core.graph import Node
from keras._jax.pure import find_mask


def teach() -> None:
    """Gives nodes what packages of 1.x and 2.x read of them."""
    of_inputs, of_outputs = (lambda node: node.input_tensors), (lambda node: node.outputs)
    for name, tensors in (("input", of_inputs), ("output", of_outputs)):
        setattr(Node, f"{name}_masks", property(lambda node, of=tensors: [find_mask(x) for x in of(node)]))
        setattr(Node, f"{name}_shapes", property(lambda node, of=tensors: [tuple(x.shape) for x in of(node)]))
    for name, place in (("node_indices", 1), ("tensor_indices", 2)):
        setattr(Node, name, property(lambda node, i=place: [x._keras_history[i] for x in node.input_tensors]))


def nodes(model: Any) -> list[Any] | None:
    """All calls between the inputs and the outputs, those that make the inputs among them; None without a graph."""
    graph = getattr(model, "_graph", None)
    if graph is None:
        return None
    known = {id(node): node for node in graph.nodes}
    for x in graph.inputs:
        operation, index, _ = x._keras_history
        node = operation._inbound_nodes[index]
        known.setdefault(id(node), node)
    return list(known.values())


def nodes_by_depth(model: Any) -> dict[int, list[Any]] | None:
    """Nodes by their largest distance from the outputs."""
    found = nodes(model)
    return None if found is None else _grouped(found, model._graph.depths()[0])


def operations_by_depth(model: Any) -> dict[int, list[Any]] | None:
    """Layers and functions by their largest distance from the outputs."""
    graph = getattr(model, "_graph", None)
    return None if graph is None else _grouped(graph.operations, graph.depths()[1])


def node_names(model: Any) -> set[str] | None:
    """The nodes as 'layer_ib-0'."""
    found = nodes(model)
    if found is None:
        return None
    return {f"{n.operation.name}_ib-{n.operation._inbound_nodes.index(n)}" for n in found}


def _grouped(things: list[Any], depth: dict[int, int]) -> dict[int, list[Any]]:
    levels: dict[int, list[Any]] = {}
    for thing in things:
        levels.setdefault(depth.get(id(thing), 0), []).append(thing)
    return {level: levels[level] for level in sorted(levels)}


def _ends(which: str, part: int) -> Callable[[Any], list[Any] | None]:
    """The layers that make the inputs or outputs of a model, or which of their calls and tensors those are."""

    def find(model: Any) -> list[Any] | None:
        graph = getattr(model, "_graph", None)
        return None if graph is None else [x._keras_history[part] for x in getattr(graph, which)]

    return find


OF_MODELS = {
    **{
        f"{which}_{name}": _ends(f"{which}s", part)
        for which in ("input", "output")
        for part, name in enumerate(("layers", "layers_node_indices", "layers_tensor_indices"))
    },
    "layers_by_depth": operations_by_depth,
    "nodes_by_depth": nodes_by_depth,
    "container_nodes": node_names,
    "_nodes": nodes,
    "_nodes_by_depth": nodes_by_depth,
    "_layers_by_depth": operations_by_depth,
    "_operations_by_depth": operations_by_depth,
    "_network_nodes": node_names,
    "_operations": lambda model: None if getattr(model, "_graph", None) is None else list(model._graph.operations),
}
