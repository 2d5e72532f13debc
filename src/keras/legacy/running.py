"""Values of symbolic tensors while the graph they belong to is run.

Losses and layers of 1.x and 2.x used any tensor of the model by its name: means that a decoder drew from, the inputs
of another branch. Here such a tensor has a value as long as the scope is open in which its graph is run; what else was
computed from the graph's tensors is computed when it is needed.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from keras import ops
from keras._core import graph, tree
from keras._core.graph import KerasTensor, Node, any_symbolic, nodes_between, run_nodes
from keras._jax import pure
from keras.layers._call import context
from keras.legacy import era


class Run(NamedTuple):
    """One run of a graph.

    Attributes:
        symbols: its symbolic inputs and outputs.
        values: id(symbolic tensor) -> value, filled as the run goes on.
        training: whether it is one for training.
    """

    symbols: list[KerasTensor]
    values: dict[int, Any]
    training: bool | None


_runs: weakref.WeakKeyDictionary[pure.Scope, list[Run]] = weakref.WeakKeyDictionary()


def note_graph(function: Callable, self, values: dict[int, Any]) -> None:
    """`Graph.compute` that tells what it computes."""
    _note([*self.inputs, *self.outputs], values)
    function(self, values)


def note_sequence(function: Callable, self, inputs, *args, **kwargs):
    """`Sequential.call` that tells what goes in and out."""
    outputs = function(self, inputs, *args, **kwargs)
    if self._graph is not None and self._graph.host is None and pure.in_scope():
        first, last = self._graph.inputs[0], self._graph.outputs[0]
        _note([first, last], {id(first): self._graph.matched(inputs)[0], id(last): outputs})
    return outputs


def _note(symbols: list[KerasTensor], values: dict[int, Any]) -> None:
    scope = pure.current_scope()
    if scope is not None:
        _runs.setdefault(scope, []).append(Run(symbols, values, context.training))


def _open_runs() -> list[Run]:
    """The runs of this and all outer scopes, the last one first."""
    found: list[Run] = []
    scope = pure.current_scope() if _runs else None
    while scope is not None:
        found += reversed(_runs.get(scope, ()))
        scope = scope.parent
    return found


def value_of(x: KerasTensor) -> Any:
    """The value of a symbolic tensor, or None if it does not belong to a graph that is being run."""
    runs = _open_runs()
    for run in runs:
        if id(x) in run.values:
            return run.values[id(x)]
    if not runs:
        return None
    known: dict[int, Any] = {}
    for run in reversed(runs):
        known.update(run.values)
    begin = _begin_of(x, known)
    if not begin:
        return None
    before, context.training = context.training, runs[0].training
    try:
        run_nodes(nodes_between(begin, [x]), known, _call)
    finally:
        context.training = before
    runs[0].values[id(x)] = known[id(x)]
    return known[id(x)]


def _call(node: Node, args: tuple, kwargs: dict) -> Any:
    return node.operation(*args, **kwargs)


def _begin_of(x: KerasTensor, known: dict[int, Any]) -> list[KerasTensor] | None:
    """The tensors with values that another is computed from; None if it needs one that has no value."""
    begin, waiting, seen = [], [x], set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if id(one) in known:
            begin.append(one)
            continue
        if one._keras_history is None:
            return None
        operation, index, _ = one._keras_history
        if operation._inbound_nodes[index].is_input:
            return None
        waiting += operation._inbound_nodes[index].input_tensors
    return begin


class _Building(threading.local):
    depth: int = 0


_building = _Building()


@contextlib.contextmanager
def building() -> Iterator[None]:
    """While open, a layer makes its weights."""
    _building.depth += 1
    try:
        yield
    finally:
        _building.depth -= 1


def is_building() -> bool:
    """Whether a layer makes its weights here and now."""
    return _building.depth > 0


def adopt(variable: Any) -> None:
    """Makes a variable a constant of the open scope: losses and regularizers make theirs anew in every call."""
    scope = pure.current_scope()
    if scope is not None and not is_building():
        scope.adopt(variable)


def values_in(x: Any) -> Any:
    """A structure with values in the place of symbolic tensors; None if one of them has none."""
    found = {id(s): value_of(s) for s in tree.leaves(x) if isinstance(s, KerasTensor)}
    if any(value is None for value in found.values()):
        return None
    return tree.map_leaves(lambda s: found[id(s)] if isinstance(s, KerasTensor) else s, x)


def symbols_of(value: Any) -> list[KerasTensor]:
    """The inputs and outputs of graphs being run that have this value."""
    return [s for run in _open_runs() for s in run.symbols if run.values.get(id(s)) is value]


def _meeting_a_value(x: KerasTensor) -> Any:
    """The value of a symbolic tensor that is used as an array: while shapes are being found out, zeros will do."""
    found = value_of(x)
    scope = pure.current_scope()
    while found is None and scope is not None:
        if scope.stand_in is not None:
            return ops.zeros([scope.stand_in if size is None else size for size in x.shape], dtype=x.dtype)
        scope = scope.parent
    return found


class _Carrier(threading.local):
    """Carries the values of a graph's tensors on to metrics, which before Keras 3 belonged to the same graph."""

    def __init__(self) -> None:
        self.outputs: list[list[KerasTensor]] = []

    def take(self, outputs: Any) -> dict[int, Any]:
        """Values by the ids of their tensors."""
        found: dict[int, Any] = {}
        if era.before("3"):
            for run in reversed(_open_runs()):
                found.update({key: value for key, value in run.values.items() if pure.is_traced(value)})
            self.outputs = [symbols_of(y) for y in tree.leaves(outputs)]
        return found

    def give(self, values: dict[int, Any], outputs: Any) -> None:
        """Notes them for the scope that is open now."""
        if values:
            for symbols, y in zip(self.outputs, tree.leaves(outputs)):
                values.update((id(symbol), y) for symbol in symbols)
            _note([symbol for symbols in self.outputs for symbol in symbols], values)
        self.outputs = []


graph.offer_carrier(_Carrier())
graph.offer_values(_meeting_a_value)
graph.offer_running_values(lambda x: values_in(x) if _runs and any_symbolic(x) else None)
