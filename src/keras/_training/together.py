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
_LANES = 16  # models of a program: whole vectors, as what is left of a loop beyond them is computed one by one

# Steps of single models that a program has to save before it is worth compiling: that takes about as long.
WORTH_COMPILING = 75_000
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
    def sizes(self) -> set[int]:
        """The rows of its steps."""
        return {size for size in (self.source.batch_size if self.full_steps else 0, self.left) if size}

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


class Together:
    """Runs that are trained side by side, those of one structure in one program, where that is faster.

    While further runs are drawn, programs are compiled, and those who fill one are trained; the last ones while the
    first are asked for. Used in a `with` statement: at its end nothing goes on in the background.
    """

    def __init__(self) -> None:
        self._groups: dict[Any, _Group] = {}
        self._parts: dict[Run, tuple[_Part, Future]] = {}
        self._compilers = ThreadPoolExecutor(_threads())
        self._trainers = ThreadPoolExecutor(_threads())

    def __enter__(self) -> Together:
        return self

    def __exit__(self, *_: Any) -> None:
        for threads in (self._compilers, self._trainers):
            threads.shutdown(cancel_futures=True)

    def add(self, run: Run) -> None:
        """Takes a run that was drawn."""
        group = self._groups.get(run.key)
        if group is None:
            group = self._groups[run.key] = _Group(self._compilers, self._trainers)
        group.add(run)

    def begin(self, alone: Callable[[Run], None]) -> None:
        """Begins with all that wait for others still.

        Args:
            alone: called with those that have to be trained alone.
        """
        for group in self._groups.values():
            group.begin_all()
        for group in self._groups.values():
            for run in group.waiting:
                alone(run)
        for group in self._groups.values():
            self._parts.update({run: begun for begun in group.parts for run in begun[0].runs})

    def finish(self, run: Run) -> None:
        """Waits until one of them is trained, and gives its model what was learned."""
        part, trained = self._parts[run]
        trained.result()
        part.assign(run)


def _threads() -> int:
    return os.cpu_count() or 1


@dataclass
class _Program:
    """Steps of many models, compiled, and the names of their logs."""

    compiled: Any
    names: list[str] | None = None


class _Group:
    """Runs of one key.

    Attributes:
        waiting: those whose training has not begun.
        parts: the others, as many together as a program takes, each with what says that it is trained.
        count: how many models a program is for; 0 before one is made.
        layouts: how their values are joined, by field.
        programs: by the rows of their steps: of full steps, and of last, smaller ones.
    """

    def __init__(self, compilers: ThreadPoolExecutor, trainers: ThreadPoolExecutor):
        self.waiting: list[Run] = []
        self.parts: list[tuple[_Part, Future]] = []
        self.count = 0
        self.layouts: list[Layout] = []
        self.programs: dict[int, Future] = {}
        self._compilers = compilers
        self._trainers = trainers
        self._refused = False

    def add(self, run: Run) -> None:
        """Takes one more, and begins what can be begun."""
        self.waiting.append(run)
        if len(self.waiting) >= _LANES // 2:
            self._compile_for(_LANES)
        alike = [one for one in self.waiting if one.epochs == run.epochs and self._is_ready(one)]
        if self.programs and len(alike) == self.count:
            self._begin(alike)

    def begin_all(self) -> None:
        """Begins with all that are left but those that are better trained alone."""
        if len(self.waiting) > 1 or self.programs:
            self._compile_for(min(_LANES, len(self.waiting)))
        ready = sorted(filter(self._is_ready, self.waiting), key=lambda run: run.epochs)
        while ready:
            most = _MOST_EPOCHS * ready[0].epochs
            part = [run for run in ready[: self.count] if run.epochs <= most]
            self._begin(part)
            del ready[: len(part)]

    def _is_ready(self, run: Run) -> bool:
        return run.sizes <= self.programs.keys()

    def _begin(self, runs: list[Run]) -> None:
        part = _Part(runs, self)
        self.parts.append((part, self._trainers.submit(part.train)))
        begun = set(runs)
        self.waiting = [run for run in self.waiting if run not in begun]

    def _compile_for(self, count: int) -> None:
        """Finds or begins the programs that the waiting lack, if those save more than they take.

        Args:
            count: how many models a program is for, if none is there yet.
        """
        lacking = [run for run in self.waiting if not self._is_ready(run)]
        missing = sorted({size for run in lacking for size in run.sizes} - self.programs.keys())
        if not missing or self._refused:
            return
        first = lacking[0]
        count = self.count or max(min(count, _LARGEST // max(first.bytes, 1)), 1)
        known = {size: engine.programs.find(("together", count, first.key, size)) for size in missing}
        made = [size for size, found in known.items() if found is None]
        if len(made) * WORTH_COMPILING > sum(run.steps + _OF_A_FIT for run in lacking):
            return
        try:
            steps = {size: _step(first, size, count) for size in made}
        except (ForeignVariables, CannotFill, _Slow):
            self._refused = True
            return
        self.count, self.layouts = count, [_layout(field, count) for field in first.planner.variables]
        for size in missing:
            if size in steps:
                given = (first, size, count, self.layouts, steps[size])
                self.programs[size] = self._compilers.submit(_compiled, *given)
            else:
                self.programs[size] = Future()
                self.programs[size].set_result(known[size])


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

    def __init__(self, runs: list[Run], group: _Group):
        self.runs = runs
        self._programs = group.programs
        self._lanes = runs + runs[-1:] * (group.count - len(runs))
        self._layouts = group.layouts
        self._starts = [run.model._reset_metric_values() for run in self._lanes]
        self._ends: dict[int, State] = {}  # by the number of epochs

    def train(self) -> None:
        """All epochs of all runs."""
        lanes = self._lanes
        full = self._programs[lanes[0].source.batch_size].result() if lanes[0].full_steps else None
        tails = {rows: self._programs[rows].result() for rows in {run.left for run in lanes if run.left}}
        state = State(*(self._beside([_joined(run, i) for run in lanes]) for i in range(4)))
        starts = [np.stack(values, -1) for values in zip(*self._starts)]
        metrics = engine.fetch(self._layouts[3].joined_on_host(starts))
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
                order = np.stack(
                    [o[None, -rows:] if is_of else np.zeros((1, rows), np.int32) for o, is_of in zip(orders, active)]
                )
                state, logs[rows] = tail.compiled(state, numbers, data, order, active, np.int32(1))
            found.append(logs)
            if any(run.epochs == epoch + 1 for run in self.runs):
                self._ends[epoch + 1] = engine.fetch(state)
        programs = {**({0: full} if full is not None else {}), **tails}
        for epoch, logs in enumerate(engine.fetch(found)):
            self._note(epoch, logs, programs)

    def _beside(self, joined: list[list[np.ndarray]]) -> list[Any]:
        """The joined values of all models, each a column."""
        return many_steps.put([np.stack(lanes, -1) for lanes in zip(*joined)])

    def _note(self, epoch: int, logs: dict[int, Any], programs: dict[int, _Program]) -> None:
        for i, run in enumerate(self.runs):
            if epoch < run.epochs:
                own = tree.map_leaves(lambda x, i=i: x[i], logs[run.left])
                run.logs.append(dict(sorted(named_logs(own, programs[run.left].names).items())))

    def assign(self, run: Run) -> None:
        """Gives a model what was learned; variables get values of their own when somebody reads them."""
        i = self.runs.index(run)
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
        return [np.asarray(x) for x in _layout(variables).joined_on_host([v.host_or_device_value() for v in variables])]
    return [np.asarray(x) for x in pack.load()]


def _stacked(trees: list[Any]) -> Any:
    return tree.map_leaves(
        lambda *leaves: None if leaves[0] is None else np.stack([np.asarray(x) for x in leaves]), *trees
    )
