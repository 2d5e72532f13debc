"""Functions that compute now, or later where they are given variables or symbolic tensors.

In 1.x and 2.x every function of the backend made a node of a graph. Here a function computes at once from arrays, and
inside layers, losses and training. Outside of those, a function of a variable made by `K.variable` makes a node of the
same graph that functional models are made of: `K.function` and `K.eval` run it, and it can be differentiated.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from keras import Variable
from keras._core import graph, tree
from keras._core.graph import KerasTensor, any_symbolic, nodes_between, run_nodes
from keras._jax import pure
from keras._jax.op import FunctionCall, symbolic_result
from keras.layers._call import context
from keras.legacy import running  # noqa: F401 - asked before this module where a symbolic tensor is used as an array

# two numbers that stand for a size which is known only when the graph runs
_STAND_INS = (720, 1440)


def computes_now() -> bool:
    """Whether this is inside a layer, a loss or training, where variables have values."""
    return pure.in_scope() or context.depth > 0


def is_later(*arguments: Any) -> bool:
    """Whether a function of these arguments makes a node."""
    if any_symbolic(arguments):
        return True
    return not computes_now() and any(isinstance(x, Variable) for x in tree.leaves(arguments))


def operation(function: Callable | None = None, *, direct: bool = False, always: bool = False) -> Any:
    """Makes a function of arrays one of the backend.

    Args:
        function: what computes.
        direct: whether it takes symbolic tensors by itself, because all it does is call operations.
        always: whether a call makes a node even without tensors, because every run shall draw again.
    """
    if function is None:
        return functools.partial(operation, direct=direct, always=always)

    @functools.wraps(function)
    def run(*args, **kwargs):
        if computes_now() and any_symbolic((args, tuple(kwargs.values()))):
            args, kwargs = graph.running_values((args, kwargs)) or (args, kwargs)
        given = (args, tuple(kwargs.values()))
        if direct and any_symbolic(given):
            return function(*args, **kwargs)
        if is_later(*given) or (always and not computes_now()):
            return add_node(run, args, kwargs)
        return function(*args, **kwargs)

    run.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return run


def add_node(function: Callable, args: tuple, kwargs: dict, outputs: Any = None) -> Any:
    """A node that calls `function`; its outputs are found by tracing if they are not given."""
    for x in tree.leaves((args, kwargs)):
        if isinstance(x, Variable):
            x.own_value()
    if outputs is None:
        outputs = _traced(function, args, kwargs)
    return FunctionCall(function).add_node(args, kwargs, outputs)


def size_of(x: Any, axis: int) -> int:
    """One size of a tensor, as a number."""
    return x.shape[axis]


class Size(KerasTensor):
    """A size that is known only when the graph runs: a whole number, which shapes may hold."""


def _traced(function: Callable, args: tuple, kwargs: dict) -> Any:
    if not any(isinstance(x, Size) for x in tree.leaves((args, kwargs))):
        return symbolic_result(function, *args, **kwargs)
    both = []
    for number in _STAND_INS:

        def fill(x, number=number):
            if isinstance(x, Size):
                return number
            if isinstance(x, KerasTensor):
                return KerasTensor([number if d is None else d for d in x.shape], x.dtype)
            return x

        given = tree.map_leaves(fill, list(args)), {k: tree.map_leaves(fill, v) for k, v in kwargs.items()}
        both.append(symbolic_result(function, *given[0], **given[1]))

    def merge(a, b):
        if not hasattr(a, "shape"):
            return a
        return KerasTensor([p if p == q else None for p, q in zip(a.shape, b.shape)], str(np.dtype(a.dtype)))

    found = [merge(a, b) for a, b in zip(tree.leaves(both[0]), tree.leaves(both[1]))]
    return tree.pack_like(both[0], found)


# --- running


def run(outputs: list[KerasTensor], known: list[KerasTensor], given: list[Any]) -> list[Any]:
    """The values of symbolic tensors.

    Args:
        outputs: what to compute.
        known, given: tensors whose values are there, and their values.
    """
    values = {id(x): value for x, value in zip(known, given)}
    nodes = nodes_between(known, outputs)
    run_nodes(nodes, values, lambda node, args, kwargs: node.operation(*args, **kwargs))
    return [values[id(x)] for x in outputs]


def value_of(x: KerasTensor) -> Any:
    """The value of a symbolic tensor that needs no input; None if it needs one."""
    if needs_input(x):
        return None
    if pure.in_scope():  # its variables have the values of the scope, which training may be tracing
        value = run([x], [], [])[0]
        if pure.is_traced(value):
            return value
    return evaluate([x])[0]


def needs_input(x: KerasTensor) -> bool:
    """Whether a symbolic tensor depends on an input or a placeholder."""
    return any(t._keras_history is None or made_by(t).is_input for t in ancestors([x]))


def evaluate(tensors: list[KerasTensor]) -> list[np.ndarray]:
    """The values of symbolic tensors that need no input; variables that they assign are changed."""
    with pure.Scope() as scope:
        found = [np.asarray(x) for x in run(tensors, [], [])]
    for key, variable in scope.written.items():
        variable.assign(scope.values[key])
    return found


def made_by(x: KerasTensor) -> graph.Node:
    """The call that makes a tensor."""
    operation_, index, _ = x._keras_history  # type: ignore[misc]
    return operation_._inbound_nodes[index]


def ancestors(outputs: list[KerasTensor]) -> list[KerasTensor]:
    """Tensors that others depend on, themselves among them."""
    seen: dict[int, KerasTensor] = {}
    waiting = list(outputs)
    while waiting:
        x = waiting.pop()
        if id(x) not in seen:
            seen[id(x)] = x
            if x._keras_history is not None:
                waiting.extend(made_by(x).input_tensors)
    return list(seen.values())


def settle(outputs: list[KerasTensor]) -> None:
    """Fetches the values of all variables of a graph: what training still holds must not be fetched while tracing."""
    for x in ancestors(outputs):
        if x._keras_history is not None:
            node = made_by(x)
            found = [*tree.leaves((node.arguments, node.keywords)), *getattr(node.operation, "variables", ())]
            for variable in found:
                if isinstance(variable, Variable):
                    variable.own_value()


graph.offer_values(value_of)
