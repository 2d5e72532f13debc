"""Many models of one structure trained in one program, each with weights, data and numbers of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from keras._core import tree
from keras._data import ArraySource
from keras._jax import compile as engine
from keras._jax import placement
from keras._jax.devices import is_cpu
from keras._training.plan import Planner, named_logs, padded
from keras._training.program import ForeignVariables, Traced, chunk_of_steps, one_step
from keras._training.state import Packs, State

_UNPACKED = Packs(None, None, None, None)
_LARGEST = 512 << 20  # bytes of data and states of one program's models


class Run:
    """The training of one model, drawn but not begun: the orders of its rows are decided.

    Args:
        model: a compiled model.
        source: its data.
        epochs: how often to go over them.

    Attributes:
        key: equal for runs whose steps one program can make; None for one that has to be trained alone.
        logs: of every epoch, once it is trained.
    """

    def __init__(self, model: Any, source: ArraySource, epochs: int):
        self.model = model
        self.source = source
        self.epochs = epochs
        self.logs: list[dict[str, Any]] = []
        self.planner: Planner = model._planner("train", source.data)
        # with zeros after the rows, so that nearby numbers of rows share programs
        self.data = engine.inputs(padded(source.data, source.rows))
        self.key = self._key()
        self.orders = [source.order() for _ in range(epochs)] if self.key is not None else []

    def _key(self) -> Any:
        model = self.model
        if model.run_eagerly or model.debugs_values or placement.current() is not None:
            return None
        structure = model.structure_key("train", self.planner.variables)
        if structure is None:
            return None
        return (structure, engine.shapes_of(self.data), self.planner.names)

    @property
    def bytes(self) -> int:
        """What it needs in a program with others, about."""
        arrays = [x for x in tree.leaves(self.data) if x is not None]
        return sum(x.nbytes for x in arrays) + 4 * sum(v.size for v in self.planner.variables.flat())


def train_together(runs: list[Run]) -> list[Run]:
    """Trains the runs of every key and size together and returns those that have to be trained alone."""
    groups: dict[Any, list[Run]] = {}
    alone = []
    for run in runs:
        groups.setdefault((run.key, run.source.rows, run.source.batch_size, run.epochs), []).append(run)
    for group in groups.values():
        at_once = max(int(_LARGEST // max(group[0].bytes, 1)), 1)
        for start in range(0, len(group), at_once):
            part = group[start : start + at_once]
            if not _trained(part):
                alone += part
    return alone


def _trained(runs: list[Run]) -> bool:
    """Trains runs of one key and size, unless it turns out that they cannot be."""
    first = runs[0]
    batch_size = first.source.batch_size
    full_steps, left = divmod(first.source.rows, batch_size)
    used = full_steps * batch_size
    try:
        full = _program(runs, batch_size, chunk_of_steps, used) if full_steps else None
        tail = _program(runs, left, one_step, left) if left else None
    except (ForeignVariables, _Slow):
        return False
    state = _stacked([_values(run.planner.variables) for run in runs])
    metrics = _stacked([run.model._reset_metric_values() for run in runs])
    numbers = np.stack([run.planner.numbers for run in runs])
    data = engine.to_device(_stacked([run.data for run in runs]))
    for epoch in range(first.epochs):
        order = np.stack([_order_of(run, epoch) for run in runs])
        state = state._replace(metrics=metrics)
        if full is not None:
            state, result = full.compiled(state, numbers, data, order[:, :used], np.int32(0), np.int32(full_steps))
        if tail is not None:
            state, result = tail.compiled(state, numbers, data, order[:, used:], np.int32(0), np.int32(1))
        names = (tail or full).names  # type: ignore[union-attr]
        for run, logs in zip(runs, _apart(engine.fetch(result), len(runs))):
            run.logs.append(dict(sorted(named_logs(logs, names).items())))
    for run, values in zip(runs, _apart(engine.fetch(state), len(runs))):
        for variable, value in zip(run.planner.variables.flat(), values.flat()):
            variable.assign(value)
    return True


class _Slow(Exception):
    """The models contain a convolution, which a loop makes slow on a CPU."""


@dataclass
class _Program:
    """Steps of many models, compiled, and the names of their logs."""

    compiled: Any
    names: list[str] | None = None


def _program(runs: list[Run], batch_size: int, steps: Callable, length: int) -> _Program:
    """The steps of one model for all of them at once, from the cache or made.

    Args:
        batch_size: rows per step.
        steps: `chunk_of_steps` or `one_step`.
        length: row numbers that are given to it.
    """
    first, count = runs[0], len(runs)
    key = ("together", count, first.key, batch_size, steps.__name__, length)
    found = engine.programs.find(key)
    if found is not None:
        return found
    state = State(*(engine.specs_of([v.own_value() for v in field]) for field in first.planner.variables))
    data, numbers = engine.specs_of(first.data), engine.specs_of(first.planner.numbers)
    keeps = first.model.has_own_logs("train")
    traced = Traced(first.planner.step(), state, numbers, engine.with_rows(data, batch_size), keeps)
    if traced.convolution and is_cpu():
        raise _Slow
    made = _Program(None)
    function = steps(
        traced, first.planner.logs_of(keeps, lambda names: vars(made).update(names=names)), batch_size, _UNPACKED
    )
    order = jax.ShapeDtypeStruct((length,), np.int32)
    specs = [_for_all(count, s) for s in (state, numbers, data, order)]
    step = engine.step_number(0)
    together = jax.vmap(function, in_axes=(0, 0, 0, 0, None, None))
    made.compiled = engine.compile_program("train_together", together, [*specs, step, step], donate=(0,))
    engine.programs.keep(key, made)
    return made


def _for_all(count: int, specs: Any) -> Any:
    return jax.tree.map(lambda s: jax.ShapeDtypeStruct((count, *s.shape), s.dtype), specs)


def _values(variables: State) -> State:
    return State(*([np.asarray(v.own_value()) for v in field] for field in variables))


def _stacked(trees: list[Any]) -> Any:
    return jax.tree.map(lambda *leaves: np.stack([np.asarray(x) for x in leaves]), *trees)


def _apart(stacked: Any, count: int) -> list[Any]:
    return [jax.tree.map(lambda x, i=i: x[i], stacked) for i in range(count)]


def _order_of(run: Run, epoch: int) -> np.ndarray:
    order = run.orders[epoch]
    return np.arange(run.source.rows, dtype=np.int32) if order is None else order
