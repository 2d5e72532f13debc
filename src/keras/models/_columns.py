"""Further columns of the table that `summary()` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras._core import tree
from keras._core.checks import one_of
from keras._core.graph import KerasTensor
from keras._jax.cost import operations_of

HEADS = {"trainable": "Trainable", "dtype": "Dtype", "bytes": "Bytes", "flops": "FLOPs"}


def checked(columns: Sequence[str]) -> tuple[str, ...]:
    """Names of columns that there are.

    Raises:
        ValueError: there is none of that name.
    """
    if isinstance(columns, str):
        columns = (columns,)
    return tuple(one_of("columns", name, tuple(HEADS), owner="summary") for name in columns)


def cells(model: Any, layer: Any, columns: Sequence[str]) -> list[str]:
    """What the columns say of one layer of a model."""
    return [_CELLS[name](model, layer) for name in columns]


def trainable(model: Any, layer: Any) -> str:
    """'Y' or 'N'; '-' for a layer without weights."""
    return ("Y" if layer.trainable else "N") if getattr(layer, "weights", None) else "-"


def _dtype(model: Any, layer: Any) -> str:
    kinds = dict.fromkeys(str(v.dtype) for v in getattr(layer, "weights", ()))
    return ", ".join(kinds) or str(getattr(layer, "compute_dtype", None) or "-")


def _bytes(model: Any, layer: Any) -> str:
    return f"{sum(v.size * v.own_value().dtype.itemsize for v in getattr(layer, 'weights', ())):,}"


def _flops(model: Any, layer: Any) -> str:
    """The operations of all calls of a layer in a model, for one row; '?' where calls are not known."""
    graph = getattr(model, "_graph", None)
    used = {id(node) for node in graph.nodes} if graph is not None else None
    nodes = [node for node in layer._inbound_nodes if used is None or id(node) in used]
    if not nodes:
        return "?"
    return f"{sum(_of_call(node) for node in nodes if not node.is_input):,}"


def _of_call(node: Any) -> int:
    def call(*values):
        given = iter(values)
        arguments, keywords = tree.map_leaves(
            lambda x: next(given) if isinstance(x, KerasTensor) else x, (node.arguments, node.keywords)
        )
        return tree.leaves(node.operation(*arguments, **keywords))

    return operations_of(call, node.input_tensors)


_CELLS = {"trainable": trainable, "dtype": _dtype, "bytes": _bytes, "flops": _flops}
