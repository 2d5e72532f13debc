"""`K.function`, gradients, and the learning phase."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, ValuesView
from typing import Any

import numpy as np

from keras import KerasTensor, Variable, ops
from keras._core import tree
from keras._core.graph import any_symbolic, nodes_between, run_nodes
from keras._jax import graph_program, pure
from keras._jax.op import symbolic_result
from keras.layers._call import context
from keras.legacy import phases, running
from keras.legacy.backend import _graph
from keras.legacy.backend._graph import add_node, ancestors, computes_now, made_by, operation
from keras.legacy.loss_of_now import LossOfNow
from keras.legacy.parts_of_calls import MadeUpdate

# --- the learning phase


class _Symbol:
    phase: KerasTensor | None = None


_symbol = _Symbol()


def phase_now() -> int:
    """1 in training, 0 else."""
    if context.training is not None:
        return int(bool(context.training))
    return phases.now.fixed or 0


def learning_phase():
    """1 in training and 0 else; outside of layers a symbolic tensor, which `K.function` may get a value for."""
    if computes_now():
        return phase_now()
    if phases.now.fixed is not None:
        return phases.now.fixed
    if _symbol.phase is None:
        _symbol.phase = add_node(phase_now, (), {}, KerasTensor((), "int32", name="keras_learning_phase"))
    return _symbol.phase


def set_learning_phase(value):
    """Fixes the learning phase that functions of the backend see: 1 for training, 0 else."""
    if value not in (0, 1):
        raise ValueError(f"K.set_learning_phase: `value` must be 0 or 1. Got {value!r}.")
    phases.now.fixed = int(value)


@contextlib.contextmanager
def learning_phase_scope(value):
    """While open, the learning phase is `value`."""
    before = phases.now.fixed
    set_learning_phase(value)
    try:
        yield
    finally:
        phases.now.fixed = before


def in_train_phase(x, alt, training=None):
    """`x` in training, `alt` else; both may be functions without arguments."""
    if training is None:
        training = learning_phase()
    if isinstance(training, (bool, int, np.integer)):
        chosen = x if training else alt
        return chosen() if callable(chosen) else chosen
    return switch(training, x, alt)


def in_test_phase(x, alt, training=None):
    """`alt` in training, `x` else."""
    return in_train_phase(alt, x, training)


def switch(condition, then_expression, else_expression):
    """One of two tensors, which may be functions without arguments; by element where the condition has axes."""
    found = [e() if callable(e) else e for e in (then_expression, else_expression)]
    return _switch(condition, *found)


@operation
def _switch(condition, then_expression, else_expression):
    if isinstance(condition, (bool, int, np.integer)):
        return ops.convert_to_tensor(then_expression if condition else else_expression)
    condition = ops.cast(condition, "bool")
    axes = max(len(np.shape(then_expression)), len(np.shape(else_expression)))
    if condition.ndim and condition.ndim > axes:
        raise ValueError(
            f"K.switch: the condition must not have more axes than the expressions. Got {condition.ndim} and {axes}."
        )
    condition = ops.reshape(condition, (*condition.shape, *(1,) * (axes - condition.ndim if condition.ndim else 0)))
    return ops.where(condition, then_expression, else_expression)


# --- functions


def function(inputs, outputs, updates=None, name=None, **kwargs):
    """A compiled function from placeholders, inputs of models or other symbolic tensors to tensors.

    Args:
        inputs: symbolic tensors that get values; `K.learning_phase()` may be among them.
        outputs: what is returned: a list gives a list.
        updates: pairs (variable, new value), or what `K.update` returns; made at every call.
        name: its name.
        **kwargs: of TensorFlow's sessions: `feed_dict`, values of further symbolic tensors that are the same in all
            calls, and `fetches`, what is computed too without being returned, for the updates in it. Others must be
            None.

    >>> x = K.placeholder((None, 2))
    >>> K.function([x], [K.sum(x)])([np.ones((3, 2))])
    [array(6., dtype=float32)]
    """
    fed = dict(kwargs.pop("feed_dict", None) or {})
    fetched = list(kwargs.pop("fetches", None) or [])
    if any(value is not None for value in kwargs.values()):
        raise ValueError(f"K.function: there is no session here that would take {', '.join(sorted(kwargs))}.")
    return Function(inputs, outputs, [*_listed(updates), *fetched], name, fed)


function.__keras_legacy_arguments__ = {"feed_dict", "fetches", "options", "run_metadata"}  # type: ignore[attr-defined]


def _listed(updates: Any) -> list:
    if updates is not None and not isinstance(updates, (list, tuple)):
        raise TypeError(f"K.function: `updates` must be a list of updates. Got {type(updates).__name__}.")
    return list(updates or [])


class Function:
    """What `K.function` returns."""

    def __init__(self, inputs: Any, outputs: Any, updates: list, name: str | None, fed: dict):
        self.name = name or "function"
        self.inputs: list = [inputs] if isinstance(inputs, KerasTensor) else list(inputs)
        self.outputs = list(outputs) if isinstance(outputs, ValuesView) else outputs
        self.updates = [u for u in updates if not isinstance(u, MadeUpdate)]
        self.fed = fed
        for x in (*self.inputs, *fed):
            if not isinstance(x, (KerasTensor, int)):
                raise TypeError(f"K.function: `inputs` must be symbolic tensors. Got {type(x).__name__}.")
        # a phase that was fixed is a number: it stands in the list and is not looked at
        self._takes = [x for x in (*self.inputs, *fed) if isinstance(x, KerasTensor) and x is not _symbol.phase]
        self._programs: dict[Any, Callable] = {}

    def __call__(self, inputs=()):
        """The outputs for values of the inputs, as NumPy arrays."""
        # tf.keras took an array for a list of one input
        alone = len(self.inputs) == 1 and hasattr(inputs, "shape")
        given = [inputs] if alone else list(inputs)
        last = self.inputs[-1] if len(given) == len(self.inputs) - 1 else None
        if last is not None and (last is _symbol.phase or not isinstance(last, KerasTensor)):
            given.append(phase_now())  # TensorFlow had a value for it if it got none
        if len(given) != len(self.inputs):
            raise ValueError(f"K.function: {len(self.inputs)} values are needed, one for each input. Got {len(given)}.")
        training = bool(phase_now())
        arrays = []
        for symbol, value in zip([*self.inputs, *self.fed], [*given, *self.fed.values()]):
            if symbol is _symbol.phase:
                training = bool(np.asarray(value))
            elif isinstance(symbol, KerasTensor):
                array = ops.convert_to_tensor(np.asarray(value), symbol.dtype)
                if array.ndim != symbol.ndim or any(d not in (None, n) for d, n in zip(symbol.shape, array.shape)):
                    raise ValueError(f"K.function: {symbol.name} has shape {symbol.shape}. Got {tuple(array.shape)}.")
                arrays.append(array)
        key = (training, tuple((a.shape, a.dtype.name) for a in arrays))
        if key not in self._programs:
            _graph.settle([x for x in tree.leaves([self.outputs, self.updates]) if isinstance(x, KerasTensor)])
            self._programs[key] = self._program(training, arrays)
        return tree.map_leaves(np.asarray, self._programs[key](*arrays))

    def _program(self, training: bool, arrays: list) -> Callable:
        def run(*values):
            return self._run(training, values)

        try:
            return graph_program.compiled(run, *arrays)
        except pure.NeedsValues:  # the sizes of results depend on them
            return run

    def _run(self, training: bool, values: tuple) -> Any:
        wanted = [self.outputs, self.updates]
        symbols = [x for x in tree.leaves(wanted) if isinstance(x, KerasTensor)]
        known, given = list(self._takes), list(values)
        if _symbol.phase is not None:
            known, given = [*known, _symbol.phase], [*given, int(training)]
        # what is returned are the values before the updates
        found = {id(x): x.value for x in tree.leaves(self.outputs) if isinstance(x, Variable)}
        before, context.training = context.training, training
        try:
            found |= zip(map(id, symbols), _graph.run(symbols, known, given))
        finally:
            context.training = before

        def fill(x):
            return ops.convert_to_tensor(found.get(id(x), x))

        results = tree.map_leaves(fill, self.outputs)
        news = [(u[0], fill(u[1])) for u in self.updates if isinstance(u, (tuple, list))]
        for variable, new in news:
            variable.assign(new)
        return results


# --- gradients


def gradients(loss, variables):
    """Gradients of the sum of a symbolic tensor with respect to variables and symbolic tensors.

    Args:
        loss: a symbolic tensor, or a list of them.
        variables: placeholders, other symbolic tensors, or variables.

    Returns:
        Symbolic tensors in a list; None for those that the loss does not depend on.

    >>> x = K.placeholder((2,))
    >>> K.function([x], K.gradients(K.sum(x * x), [x]))([[1.0, 3.0]])
    [array([2., 6.], dtype=float32)]
    """
    wanted = list(variables) if isinstance(variables, (list, tuple)) else [variables]
    if isinstance(loss, LossOfNow):
        return loss.gradients(wanted)
    losses = list(loss) if isinstance(loss, (list, tuple)) else [loss]
    inside = computes_now()
    if inside:
        losses = [x if isinstance(x, KerasTensor) else _symbol_behind(x, wanted) for x in losses]
    if not any_symbolic(losses):
        raise ValueError(_NOT_SYMBOLIC)
    for x in wanted:
        if not isinstance(x, (KerasTensor, Variable)):
            raise TypeError(f"K.gradients: `variables` must be symbolic tensors or variables. Got {type(x).__name__}.")
    losses = [x for x in losses if isinstance(x, KerasTensor)]
    if not inside:
        _graph.settle(losses)
    symbols = [x for x in wanted if isinstance(x, KerasTensor)]
    weights = [x for x in wanted if isinstance(x, Variable)]
    path = _Path(losses, symbols, weights)
    reached = {id(x) for x in path.symbols}
    if weights:
        used = path.variables_read()
        reached |= {id(v) for v in weights if id(v) in used}
    chosen = [x for x in wanted if id(x) in reached]
    if not chosen:
        return [None] * len(wanted)
    path.weights = [v for v in weights if id(v) in reached]
    outputs = [KerasTensor(x.shape, x.dtype) for x in (*path.symbols, *path.weights)]
    made = add_node(path.gradients, (path.symbols, path.frontier), {}, outputs)
    if inside:
        made = running.values_in(made) or made
    found = {id(x): g for x, g in zip((*path.symbols, *path.weights), made)}
    return [found.get(id(x)) for x in wanted]


def _symbol_behind(value: Any, wanted: list) -> KerasTensor | None:
    """The symbolic tensor that has a value now, and depends on what is wanted: a model within another has two."""
    candidates = running.symbols_of(value)
    ids = {id(x) for x in wanted}
    return next((s for s in candidates if not ids.isdisjoint(map(id, ancestors([s])))), next(iter(candidates), None))


_NOT_SYMBOLIC = (
    "K.gradients: `loss` must be a symbolic tensor: one computed outside of layers from placeholders, inputs of\n"
    "  models or variables of K.variable. Within losses it may be an output of the model, `y_pred` as it came.\n"
    "  What was computed from it there has no history; compute gradients of that in `train_step` or with jax.grad."
)


class _Path:
    """What lies between tensors and a loss.

    A number is added to each of the tensors, and the gradient with respect to that number at 0 is theirs; so some of
    them may depend on others.

    Args:
        losses: where it ends.
        symbols, weights: where it begins. All of the graph depends on weights, as far as one can tell.
    """

    def __init__(self, losses: list, symbols: list, weights: list):
        self.__name__ = "gradients"
        self.losses = losses
        self.weights = weights
        behind = ancestors(losses)
        present = {id(x) for x in behind}
        self.symbols = [x for x in symbols if id(x) in present]
        moving = {id(x) for x in self.symbols}
        self.nodes = []
        for node in nodes_between([x for x in behind if x._keras_history is None or made_by(x).is_input], losses):
            if weights or any(id(x) in moving for x in node.input_tensors):
                self.nodes.append(node)
                moving.update(id(x) for x in node.outputs)
        made = {id(x) for node in self.nodes for x in node.outputs}
        needed = [*(x for node in self.nodes for x in node.input_tensors), *losses, *self.symbols]
        self.frontier = list({id(x): x for x in needed if id(x) not in made}.values())

    def losses_from(self, frontier: list, shifts: tuple) -> list:
        """The losses, from values of what the path meets, and what is added to the tensors where it begins."""
        added = {id(x): shift for x, shift in zip(self.symbols, shifts)}
        values = {id(x): v + added[id(x)] if id(x) in added else v for x, v in zip(self.frontier, frontier)}

        def call(node, args, kwargs):
            outputs = node.operation(*args, **kwargs)
            if not any(id(x) in added for x in node.outputs):
                return outputs
            found = [added.get(id(x), 0) + v for x, v in zip(node.outputs, tree.leaves(outputs))]
            return tree.pack_like(node.output_structure, found)

        run_nodes(self.nodes, values, call)
        return [values[id(x)] for x in self.losses]

    def variables_read(self) -> set[int]:
        """Ids of the variables that the losses depend on."""
        found: set[int] = set()

        def watched(frontier):
            with pure.Scope(closed=True) as scope:
                result = self.losses_from(frontier, tuple(0 for _ in self.symbols))
                found.update(scope.foreign)
                return result

        symbolic_result(watched, self.frontier)
        return found

    def gradients(self, symbols: list, frontier: list) -> list:
        """The gradients, from values of where the path begins and of what it meets."""

        def losses(*values):
            shifts, weights = values[: len(symbols)], values[len(symbols) :]
            with pure.Scope(self.weights, weights):  # what is assigned on the way was assigned once already
                return self.losses_from(frontier, shifts)

        zeros = [ops.zeros_like(x) for x in symbols]
        return list(graph_program.gradients(losses, *zeros, *(v.value for v in self.weights)))
