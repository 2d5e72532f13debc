"""Many models of one structure trained in one program, each with weights, data and numbers of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras._core import tree
from keras._data import ArraySource
from keras._jax import compile as engine
from keras._jax import many_steps, one_kernel, placement
from keras._jax.devices import is_cpu
from keras._jax.lanes import for_many
from keras._jax.packing import Layout
from keras._training.plan import Planner, named_logs, padded
from keras._training.program import ForeignVariables, Traced
from keras._training.short_batches import CannotFill
from keras._training.state import State

_LARGEST = 256 << 20  # bytes of data and states of one program's models
_MOST_EPOCHS = 4  # times the epochs of the first to end, as those that are done go on computing for nothing
_VECTOR = 16  # numbers; what is left of a loop beyond whole vectors is computed one by one
_FEWEST_PER_THREAD = 16  # models; a step of fewer costs hardly less

# Steps of single models that a program has to save before it is worth compiling: that takes about as long.
WORTH_COMPILING = 150_000
_OF_A_FIT = 1_500  # steps that take as long as what a fit of one model does beside its steps


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
        self.full_steps, self.left = divmod(source.rows, source.batch_size)
        self.fills = self.full_steps > 0 and self.planner.fills()
        if self.fills and self.left:  # the last, shorter batch is filled up, and a step like the others
            self.full_steps, self.left = self.full_steps + 1, 0
        self.key = self._key()
        self.orders = [source.order() for _ in range(epochs)] if self.key is not None else []

    def _key(self) -> Any:
        model = self.model
        if model.run_eagerly or model.debugs_values or placement.current() is not None:
            return None
        structure = model.structure_key("train", self.planner.variables)
        if structure is None or callable(model._reset_metric_values()):
            return None
        size = (self.source.batch_size, self.full_steps, self.fills)
        return (structure, engine.shapes_of(self.data), self.planner.names, size)

    @property
    def bytes(self) -> int:
        """What it needs in a program with others, about."""
        arrays = [x for x in tree.leaves(self.data) if x is not None]
        return 2 * sum(x.nbytes for x in arrays) + 4 * sum(v.size for v in self.planner.variables.flat())

    @property
    def steps(self) -> int:
        """Steps in all."""
        return self.epochs * (self.full_steps + bool(self.left))

    def order(self, epoch: int) -> np.ndarray:
        """The rows in the order of an epoch; of the last one, after it."""
        order = self.orders[min(epoch, self.epochs - 1)]
        return np.arange(self.source.rows, dtype=np.int32) if order is None else order

    def counts(self) -> np.ndarray:
        """How many rows count in each full step."""
        size = self.source.batch_size
        return np.minimum(self.source.rows - size * np.arange(self.full_steps, dtype=np.int32), size)


def train_together(runs: list[Run]) -> list[Run]:
    """Trains runs of one structure together, where that is faster, and returns those that have to be trained alone."""
    alone = []
    with ThreadPoolExecutor(_threads()) as compilers, ThreadPoolExecutor(_threads()) as trainers:
        prepared = []
        groups = _groups(runs)
        for group in groups:
            programs = _programs(group, compilers, -(-_threads() // len(groups)))
            if programs is None:
                alone += group
            else:
                prepared.append((group, programs))
        parts = [
            _Part(group[i : i + programs.count], programs)
            for group, programs in prepared
            for i in range(0, len(group), programs.count)
        ]
        for done in [trainers.submit(part.train) for part in parts]:
            done.result()
        for part in parts:
            part.assign()
    return alone


def _threads() -> int:
    return os.cpu_count() or 1


def _groups(runs: list[Run]) -> list[list[Run]]:
    """Runs that are trained together: of one key, and with not too different numbers of epochs."""
    by_key: dict[Any, list[Run]] = {}
    for run in runs:
        by_key.setdefault(run.key, []).append(run)
    found: list[list[Run]] = []
    for group in by_key.values():
        started: list[Run] = []
        for run in sorted(group, key=lambda run: run.epochs):
            if not started or run.epochs > _MOST_EPOCHS * started[0].epochs:
                started = []
                found.append(started)
            started.append(run)
    return found


@dataclass
class _Program:
    """Steps of many models, compiled, and the names of their logs."""

    compiled: Any
    names: list[str] | None = None


class _Programs:
    """What trains a group.

    Attributes:
        count: how many models a program is for.
        layouts: how their values are joined, by field.
        full: the steps of an epoch but the last, smaller one; None if there are none.
        tails: those last ones, by their rows.
    """

    def __init__(self, count: int, layouts: list[Layout], full: Future | None, tails: dict[int, Future]):
        self.count = count
        self.layouts = layouts
        self.full = full
        self.tails = tails


def _programs(group: list[Run], compilers: ThreadPoolExecutor, threads: int) -> _Programs | None:
    """The programs of a group, found or being made, for so many threads; None if it is better trained alone."""
    first = group[0]
    count = _count(group, threads)
    sizes = [first.source.batch_size] if first.full_steps else []
    tails = sorted({run.left for run in group if run.left})
    known = {size: engine.programs.find(("together", count, first.key, size)) for size in (*sizes, *tails)}
    missing = [size for size, found in known.items() if found is None]
    if len(missing) * WORTH_COMPILING > sum(run.steps + _OF_A_FIT for run in group):
        return None
    layouts = [_layout(field, count) for field in first.planner.variables]
    try:
        steps = {size: _step(first, size, count) for size in missing}
    except (ForeignVariables, CannotFill, _Slow):
        return None
    made = {size: compilers.submit(_compiled, first, size, count, layouts, step) for size, step in steps.items()}
    for size, found in known.items():
        if found is not None:
            made[size] = Future()
            made[size].set_result(found)
    return _Programs(count, layouts, made[sizes[0]] if sizes else None, {size: made[size] for size in tails})


def _count(group: list[Run], threads: int) -> int:
    """How many models a program is for: the group, or equal parts of it that threads or memory can take."""
    at_once = max(int(_LARGEST // max(max(run.bytes for run in group), 1)), 1)
    parts = max(-(-len(group) // at_once), min(threads, max(len(group) // _FEWEST_PER_THREAD, 1)))
    count = -(-len(group) // parts)
    return count if count < _VECTOR else -(-count // _VECTOR) * _VECTOR


def _layout(variables: list[Any], *lanes: int) -> Layout:
    # by the names of dtypes, as packs have it: the joined values of one model are a column of those of many
    return Layout(tuple((tuple(v.shape), v.own_value().dtype.name) for v in variables), lanes)


class _Slow(Exception):
    """Nothing is gained by training these models together."""


def _step(run: Run, rows: int, count: int) -> tuple[Traced, Callable]:
    """A step on so many rows, traced, and the same for many models."""
    state = State(*(engine.specs_of([v.own_value() for v in field]) for field in run.planner.variables))
    data, numbers = engine.specs_of(run.data), engine.specs_of(run.planner.numbers)
    batch = engine.with_rows(data, rows)
    if run.fills:
        batch = (*batch, engine.specs_of(engine.step_number(0)))
    traced = Traced(run.planner.step(), state, numbers, batch, run.model.has_own_logs("train"))
    many = for_many(traced.closed, count)
    if many is None:
        raise _Slow
    return traced, many


def _compiled(run: Run, rows: int, count: int, layouts: list[Layout], step: tuple[Traced, Callable]) -> _Program:
    """The program of many steps on so many rows."""
    traced, many = step
    made = _Program(None)
    keeps = run.model.has_own_logs("train")
    logs_of = run.planner.logs_of(keeps, lambda names: vars(made).update(names=names))
    is_full = rows == run.source.batch_size
    length = run.full_steps if is_full else 1
    numbers, data = engine.specs_of(run.planner.numbers), engine.specs_of(run.data)
    state = State(*(layout.specs for layout in layouts))
    specs = [state, *many_steps.specs_of_many(numbers, data, count, length, rows, run.fills)]

    def compile_it(as_one: bool) -> Any:
        program = many_steps.steps_of_many(traced.shapes, many, logs_of, layouts, count, as_one)
        quickly = ("one kernel of lanes" if as_one else "mostly") if is_full else "very"
        return engine.compile_program("train_together", program, specs, donate=(0,), quickly=quickly)

    made.compiled = one_kernel.made(compile_it, is_full and is_cpu())
    engine.programs.keep(("together", count, run.key, rows), made)
    return made


class _Part:
    """Runs that fill a program; where they are too few, the last one stands there several times."""

    def __init__(self, runs: list[Run], programs: _Programs):
        self._runs = runs
        self._programs = programs
        self._lanes = runs + runs[-1:] * (programs.count - len(runs))
        self._layouts = programs.layouts
        self._ends: dict[int, State] = {}  # by the number of epochs

    def train(self) -> None:
        """All epochs of all runs."""
        lanes = self._lanes
        full = self._programs.full.result() if self._programs.full is not None else None
        tails = {rows: program.result() for rows, program in self._programs.tails.items()}
        state = State(*(self._beside([_joined(run, i) for run in lanes]) for i in range(4)))
        starts = [run.model._reset_metric_values() for run in lanes]
        metrics = engine.fetch(self._layouts[3].joined_on_host([np.stack(values, -1) for values in zip(*starts)]))
        numbers = np.stack([run.planner.numbers for run in lanes])
        data = engine.to_device(_stacked([run.data for run in lanes]))
        everyone = np.ones((len(lanes),), bool)
        counts = [np.stack([run.counts() for run in lanes])] if lanes[0].fills else []
        # nothing is read before the end: waiting for Python in two threads would take longer than the steps
        found: list[dict[int, Any]] = []
        for epoch in range(max(run.epochs for run in lanes)):
            orders = [run.order(epoch) for run in lanes]
            state = state._replace(metrics=metrics)
            logs: dict[int, Any] = {}
            if full is not None:
                steps, size = lanes[0].full_steps, lanes[0].source.batch_size
                filled = np.zeros((len(lanes), steps * size), np.int32)  # of the first row what the last batch lacks
                for row, o in zip(filled, orders):
                    row[: len(o)] = o[: len(row)]
                order = filled.reshape(-1, steps, size)
                state, logs[0] = full.compiled(state, numbers, data, order, everyone, np.int32(steps), *counts)
            for rows, tail in tails.items():
                active = np.array([run.left == rows for run in lanes])
                if not active.any():
                    continue
                order = np.stack(
                    [o[None, -rows:] if is_of else np.zeros((1, rows), np.int32) for o, is_of in zip(orders, active)]
                )
                state, logs[rows] = tail.compiled(state, numbers, data, order, active, np.int32(1))
            found.append(logs)
            if any(run.epochs == epoch + 1 for run in self._runs):
                self._ends[epoch + 1] = engine.fetch(state)
        programs = {**({0: full} if full is not None else {}), **tails}
        for epoch, logs in enumerate(engine.fetch(found)):
            self._note(epoch, logs, programs)

    def _beside(self, joined: list[list[np.ndarray]]) -> list[Any]:
        """The joined values of all models, each a column."""
        return many_steps.put([np.stack(lanes, -1) for lanes in zip(*joined)])

    def _note(self, epoch: int, logs: dict[int, Any], programs: dict[int, _Program]) -> None:
        for i, run in enumerate(self._runs):
            if epoch < run.epochs:
                own = tree.map_leaves(lambda x, i=i: x[i], logs[run.left])
                run.logs.append(dict(sorted(named_logs(own, programs[run.left].names).items())))

    def assign(self) -> None:
        """Gives the models what was learned; variables get values of their own when somebody reads them."""
        for i, run in enumerate(self._runs):
            for pack, variables, part in zip(run.planner.packs, run.planner.variables, self._ends[run.epochs]):
                own = many_steps.put([np.ascontiguousarray(values[..., i]) for values in part])
                if pack is not None:
                    pack.store(own)
                    continue
                for variable, value in zip(variables, _layout(variables).apart_on_host(own)):
                    variable.assign(value)


def _joined(run: Run, field: int) -> list[np.ndarray]:
    """The values of a field of a model's variables, joined."""
    pack, variables = run.planner.packs[field], run.planner.variables[field]
    if pack is None:
        return [np.asarray(x) for x in _layout(variables).joined_on_host([v.own_value() for v in variables])]
    return [np.asarray(x) for x in pack.load()]


def _stacked(trees: list[Any]) -> Any:
    return tree.map_leaves(
        lambda *leaves: None if leaves[0] is None else np.stack([np.asarray(x) for x in leaves]), *trees
    )
