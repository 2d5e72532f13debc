"""Epochs: ask for batches, run the program, hand logs to callbacks."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from keras._core import tree
from keras._data import ArraySource, BatchSource
from keras._jax import compile as engine
from keras._training.chunks import PATIENCE, TOGETHER, Chunk, Joiner, joiner_for, together
from keras._training.interrupts import Interrupts
from keras._training.plan import Planner, Program, capacity_for, padded
from keras._training.short_batches import are_rows_apart, filled_up, rows_in
from keras._training.state import RunningState

TICK = 0.1  # seconds between two looks at the logs
_MANY = 16  # full steps in an epoch, beside which the time of a last, smaller one counts little
# arithmetic operations that may go into rows that do not count: without and with convolutions, which compile longer, in
# an epoch, and as a share of all
_WASTE, _SHARE = {False: 2e8, True: 2e9}, 0.005
LONGEST_CHUNK = 0.25  # seconds that one call of a program may take, so that Ctrl-C and the clock stay alive


class Watcher:
    """What happens around the steps of one phase.

    Args:
        begin, end: called before and after each call of a program with step numbers and logs; None if nobody asks.
        progress: called with steps done, steps in all and logs, at most every `TICK` seconds; None if nobody looks.
        stop: asked after each call of a program whether to end.
        pause: called after each call of a program with steps done, while nothing is under way; None if nobody asks.
        interrupts: guards the programs.
        steps_per_call: steps between `begin` and `end`.
        whole_calls: whether `end` counts the steps of a last call as if it had been a whole one, as Keras 3 does.
    """

    def __init__(
        self,
        interrupts: Interrupts,
        begin: Callable | None = None,
        end: Callable | None = None,
        progress: Callable | None = None,
        stop: Callable[[], bool] = lambda: False,
        steps_per_call: int = 1,
        pause: Callable[[int], None] | None = None,
        whole_calls: bool = False,
    ):
        self.interrupts = interrupts
        self.begin = begin
        self.end = end
        self.progress = progress
        self.stop = stop
        self.steps_per_call = steps_per_call
        self.pause = pause
        self.whole_calls = whole_calls
        self._began: int | None = None  # the step for which `begin` was called and `end` was not
        self._last: tuple[int, Callable] | None = None

    def is_asked(self) -> bool:
        """Whether somebody wants to know before or after steps."""
        return self.begin is not None or self.end is not None

    def before(self, step: int) -> None:
        """Calls `begin`, unless one of the steps that belong together is under way."""
        if self._began is None:
            self._began = step
            if self.begin is not None:
                self.begin(step)

    def first(self, step: int) -> int:
        """The first of the steps that belong together with `step`."""
        return step if self._began is None else self._began

    def after(self, step: int, logs: Callable[[], dict]) -> None:
        """Calls `end` with `logs()` where `step` is the last one of those that belong together."""
        self._last = step, logs
        if self._began is None or step - self._began + 1 >= self.steps_per_call:
            self.close()

    def close(self) -> None:
        """The steps are over: calls `end` where it was not called since `begin`."""
        last, began, self._last, self._began = self._last, self._began, None, None
        if last is not None and self.end is not None:
            step, logs = last
            self.end(began + self.steps_per_call - 1 if self.whole_calls and began is not None else step, logs())


class ArrayRun:
    """Steps over rows in memory.

    Args:
        source: the data.
    """

    def __init__(self, source: ArraySource):
        self.source = source
        self.batch_size = source.batch_size
        self.steps: int = source.steps()
        self.full_steps = min(source.rows // source.batch_size, self.steps)
        self.done = 0
        self._in_epoch = False
        self._seconds_per_step = 0.0
        self._natural: tuple | None = None
        self._by_full = self.full_steps  # how many of the steps the program of full batches makes
        self._count: tuple = ()  # what it takes, last, where it fills a short batch up: how many rows count

    def first_batch(self) -> tuple:
        """Data with the shapes of a batch."""
        return self.source.data

    def prepare(self, planner: Planner) -> None:
        """Finds or makes the programs, before anything is changed."""
        self.planner = planner
        planner.keeps_tuple = False
        if planner.phase == "predict":
            return
        self.data = engine.inputs(padded(self.source.data, self.source.rows))
        order, tail = self._in_order()
        self._by_full, self._count = self.full_steps, ()
        if self.steps > self.full_steps > 0:
            filled = planner.filled_program("filled chunk", self.batch_size, self.data, order)
            if filled is not None:
                self.full, self._count = filled, (np.int32(self.source.rows),)
                if may_waste(filled, len(tail) / self.batch_size, self.full_steps):
                    self._by_full = self.steps
        if self.full_steps and not self._count:
            self.full = planner.program("chunk", self.batch_size, self.data, order)
        if self.steps > self._by_full:
            kind = "tail" if self.full_steps >= _MANY else "step"
            self.tail = planner.program(kind, len(tail), self.data, tail)

    def _in_order(self) -> tuple:
        if self._natural is None:
            self._natural = self._split(np.arange(self.source.rows, dtype="int32"))
        return self._natural

    def _split(self, order: np.ndarray) -> tuple:
        """Row numbers of all steps, in an array whose length suits many data sets, and those of a last, shorter one."""
        used = min(self.steps * self.batch_size, self.source.rows)
        wide = np.zeros((capacity_for(self.steps) * self.batch_size,), "int32")
        wide[:used] = order[:used]
        full = self.full_steps * self.batch_size
        return wide, order[full : self.source.rows].astype("int32", copy=False)

    def place(self) -> dict[str, Any] | None:
        """What `go_to` needs to go on from here."""
        return self.source.place(self._in_epoch)

    def go_to(self, place: dict[str, Any] | None, step: int) -> None:
        """Lets the next epoch be the one that `place` is in, or the one after it."""
        self.source.go_to(place)

    def epoch(self, state: RunningState, watcher: Watcher, first_step: int = 0) -> dict[str, Any]:
        """All steps once, or those from `first_step` on; returns the logs."""
        order = self.source.order()
        self._in_epoch = True
        rows, tail_rows = self._in_order() if order is None else self._split(order)
        numbers = self.planner.numbers
        program: Program | None = None
        result: Any = None
        step, looked = first_step, time.perf_counter()
        while step < self.steps:
            steps, filled = 1, self._count
            if step < self._by_full:
                program, first, used = self.full, step, rows
                if not program.single:
                    steps = min(self._chunk(watcher), self._by_full - step)
            else:
                program, first, used, filled = self.tail, 0, tail_rows, ()
            watcher.before(step)
            started = time.perf_counter()
            result = watcher.interrupts.run(
                program.run, state, numbers, self.data, used, np.int32(first), np.int32(first + steps), *filled
            )
            step += steps
            if watcher.end is not None:
                watcher.after(step - 1, functools.partial(program.logs, result))
            elif not program.single and step < self._by_full:
                engine.wait_for(result)
                self._learn((time.perf_counter() - started) / steps)
            if watcher.progress is not None and step < self.steps and time.perf_counter() - looked >= TICK:
                watcher.progress(step, self.steps, program.logs(result))
                looked = time.perf_counter()
            if watcher.pause is not None and step < self.steps:
                watcher.pause(step)
            if watcher.stop():
                break
        watcher.close()
        self._in_epoch = False
        self.done = step
        return program.logs(result) if program is not None else {}

    def _chunk(self, watcher: Watcher) -> int:
        """How many steps the next call of the program makes."""
        if watcher.is_asked():
            return watcher.steps_per_call
        if not self._seconds_per_step:
            return max(1, min(32, self.full_steps // 8))
        longest = TICK if watcher.progress is not None else LONGEST_CHUNK
        return max(1, int(longest / self._seconds_per_step))

    def _learn(self, seconds: float) -> None:
        """Remembers how long a step takes; the first call, which may have had to warm up, counts least."""
        known = self._seconds_per_step
        self._seconds_per_step = seconds if not known else min(seconds, 0.5 * (seconds + known))

    def outputs(self, state: RunningState, watcher: Watcher) -> Any:
        """The model's outputs for all rows."""
        size, rows = self.batch_size, self.source.rows
        if rows <= size:
            return collect([self.source.data], self.planner, self.steps, state, watcher)
        joiner = None if watcher.is_asked() else joiner_for(self.planner, self._batch(0, False), self.steps)
        if joiner is not None:
            batches = together((self._batch(i, False) for i in range(self.steps)), joiner)
            return collect(batches, self.planner, self.steps, state, watcher)
        left = rows - self.full_steps * size if self.steps > self.full_steps else 0
        filled = left > 0 and self._fills_outputs(left)
        batches = (self._batch(i, filled) for i in range(self.steps))
        return collect(batches, self.planner, self.steps, state, watcher, left if filled else None)

    def _fills_outputs(self, left: int) -> bool:
        if not are_rows_apart(self.planner.model, "predict"):
            return False
        program = self.planner.program("batch", 0, engine.inputs(self._batch(0, False)))
        return may_waste(program, left / self.batch_size, self.full_steps)

    def _batch(self, i: int, filled: bool) -> tuple:
        """The inputs of a batch; a short one filled up, if wanted, with its own rows once more."""
        size = self.batch_size
        batch = (tree.map_leaves(lambda x: x[i * size : (i + 1) * size], self.source.data[0]), None, None)
        return filled_up(batch, size) if filled and i >= self.full_steps else batch


class BatchRun:
    """Steps over batches that come one by one.

    Args:
        source: the data.
    """

    def __init__(self, source: BatchSource):
        self.source = source
        self.steps: int | None = source.steps_per_epoch
        self.done = 0
        self._batches: Iterator | None = None
        self._first: Any = None
        self._largest: tuple[int, Program] | None = None  # rows of the largest batch so far, and its program
        self._joiner: Joiner | None = None  # of batches like the first
        self._failed: Exception | None = None  # after batches that `epoch` still uses
        self._took = 0.0  # seconds until the last batch was there
        self._known = False  # whether a batch has come after a step, which shows if the source looks at the model
        self._looks = False  # whether it does, so that it is asked for each batch after the step before it

    def first_batch(self) -> tuple:
        """The first batch, which `epoch` will still use."""
        if not self.has_more():
            raise ValueError("The data is empty: no batch came.")
        return self._first

    def has_more(self) -> bool:
        """Whether another batch comes, which `epoch` will still use."""
        if self._first is None:
            self._first = self._next()
        return self._first is not None

    def prepare(self, planner: Planner) -> None:
        """Finds or makes the program for the first batch, before anything is changed."""
        self.planner = planner
        first = self.first_batch()
        planner.keeps_tuple = self.source.keeps_tuple
        if planner.phase == "predict":
            return
        self._joiner = joiner_for(planner, first, self.steps)
        if self._joiner is None:
            self._call(first)

    def _next(self) -> Any:
        if self._failed is not None:
            error, self._failed = self._failed, None
            raise error
        if self._first is not None:
            batch, self._first = self._first, None
            return batch
        if self._batches is None:
            self._batches = iter(self.source.batches())
        started = time.perf_counter()
        batch = next(self._batches, None)
        self._took = time.perf_counter() - started
        return batch

    def _next_together(self, most: int, state: RunningState) -> Any:
        """The next batch, or a chunk of those that come quickly, up to so many."""
        if not self._known:
            most, self._known = 1, True
        batch = self._next_of(state)
        if batch is not None and self._joiner is not None and self._joiner.is_outgrown(batch):
            self._joiner = joiner_for(self.planner, batch, self.steps)
        joiner = self._joiner
        if batch is None or joiner is None:
            return batch
        joiner.begin()
        if not joiner.add(batch):
            return batch
        until = time.perf_counter() + PATIENCE
        most = min(most, joiner.most)
        while joiner.count < most and not self._looks and time.perf_counter() + self._took < until:
            try:
                batch = self._next_of(state)
            except Exception as error:
                self._failed = error
                break
            if batch is None:
                break
            if not joiner.add(batch):
                self._first = batch
                break
        return joiner.chunk()

    def _next_of(self, state: RunningState) -> Any:
        """The next batch as the program takes it; notes if the source looked at the model meanwhile."""
        asked = state.times_asked()
        batch = self._wanted(self._next())
        self._looks = self._looks or state.times_asked() != asked
        return batch

    def _wanted(self, batch: Any) -> Any:
        """What of a batch the program takes."""
        return batch if batch is None or self.planner.phase != "predict" else (batch[0], None, None)

    def place(self) -> dict[str, Any]:
        """What `go_to` needs to go on from here."""
        found = self.source.place()
        return found if self._first is None else {**found, "used": found["used"] - 1}

    def go_to(self, place: dict[str, Any] | None, step: int) -> None:
        """Lets the next epoch begin where `place` is; where that is not known, after `step` batches of a pass."""
        if self.source.go_to(place or {"random": None, "used": step}):
            self._first = self._batches = None

    def epoch(self, state: RunningState, watcher: Watcher, first_step: int = 0) -> dict[str, Any]:
        """The steps of one epoch, or those from `first_step` on; returns the logs."""
        program: Program | None = None
        result: Any = None
        step, looked = first_step, time.perf_counter()
        while self.steps is None or step < self.steps:
            batch = self._next_together(self._most(watcher, step), state)
            if batch is None:
                break
            try:
                program, arguments, count = self._call(batch)
            except Exception as error:
                if step > first_step:  # those before it were in order
                    error.add_note(f"This is batch {step + 1} of the epoch, {tree.describe(batch)}.")
                raise
            watcher.before(step)
            if count > 1:
                engine.wait_for(result)  # one chunk is computed while the next is read, and no more wait for it
            result = watcher.interrupts.run(program.run, state, self.planner.numbers, *arguments)
            step += count
            if watcher.end is not None:
                watcher.after(step - 1, functools.partial(program.logs, result))
            if watcher.progress is not None and time.perf_counter() - looked >= TICK:
                watcher.progress(step, self.steps, program.logs(result))
                looked = time.perf_counter()
            if watcher.pause is not None:
                watcher.pause(step)
            if watcher.stop():
                break
        watcher.close()
        self._end_epoch()
        self.done = step
        return program.logs(result) if program is not None else {}

    def _most(self, watcher: Watcher, step: int) -> int:
        """How many steps may be made from this one on before somebody asks."""
        left = TOGETHER if self.steps is None else self.steps - step
        if not watcher.is_asked():
            return left
        return min(left, watcher.steps_per_call - (step - watcher.first(step)))

    def _call(self, batch: Any) -> tuple[Program, tuple, int]:
        """The program for what `_next_together` returned, what it takes, and how many steps it makes."""
        if isinstance(batch, Chunk):
            batches = batch.batches
            if self.planner.fills():
                batches = (*batches, batch.rows)
            return batch.program, (batches, np.int32(batch.count)), batch.count
        if self.planner.fills():
            rows = rows_in(batch)
            most, largest = self._largest or (0, None)
            if largest is not None and rows < most and may_waste(largest, rows / most, self.steps or 1):
                batch = filled_up(batch, most)
            arguments = (*engine.inputs(batch), np.int32(rows))
            program = self.planner.filled_program("filled batch", 0, arguments)
            if program is not None:
                if rows > most:
                    self._largest = rows, program
                return program, (arguments,), 1
        batch = engine.inputs(batch)
        return self.planner.program("batch", 0, batch), (batch,), 1

    def _end_epoch(self) -> None:
        self._batches = None  # `batches()` is one epoch; the source keeps its place
        self.source.on_epoch_end()

    def outputs(self, state: RunningState, watcher: Watcher) -> Any:
        """The model's outputs for all batches."""
        if not watcher.is_asked():
            self._joiner = joiner_for(self.planner, self._wanted(self.first_batch()), self.steps)

        def batches():
            step = 0
            while self.steps is None or step < self.steps:
                batch = self._next_together(self._most(watcher, step), state)
                if batch is None:
                    return
                step += batch.count if isinstance(batch, Chunk) else 1
                self.done = step
                yield batch

        return collect(batches(), self.planner, self.steps, state, watcher)


def may_waste(program: Program, share: float, steps: int) -> bool:
    """Whether filling one batch up in an epoch costs less, in some epochs, than compiling a program for it.

    Args:
        program: that of full batches.
        share: how much of the batch counts.
        steps: how many there are in an epoch.
    """
    wasted = program.operations * (1 - share)
    return wasted < _WASTE[program.convolution] or wasted < _SHARE * steps * program.operations


def collect(
    batches: Iterable,
    planner: Planner,
    steps: int | None,
    state: RunningState,
    watcher: Watcher,
    last: int | None = None,
) -> Any:
    """The outputs for several batches, joined, as NumPy arrays; of the last batch those of its first `last` rows."""
    found: list[tuple] = []
    step, looked = 0, time.perf_counter()
    for batch in batches:
        watcher.before(step)
        if isinstance(batch, Chunk):
            program, of_chunk = batch.program, batch
            given: tuple = (batch.batches, np.int32(batch.count))
            step += batch.count
        else:
            given, of_chunk = (engine.inputs((batch[0], None, None)),), None
            program = planner.program("batch", 0, *given)
            step += 1
        outputs = watcher.interrupts.run(program.run, state, planner.numbers, *given)
        found.append((outputs, of_chunk, last if step == steps else None))
        if watcher.end is not None:
            watcher.after(step - 1, functools.partial(_outputs_as_logs, found[watcher.first(step - 1) :]))
        if watcher.progress is not None and time.perf_counter() - looked >= TICK:
            watcher.progress(step, steps, {})
            looked = time.perf_counter()
        if watcher.stop():
            break
    watcher.close()
    if not found:
        raise ValueError("predict: the data is empty: no batch came.")
    if len(found) == 1:
        return tree.map_leaves(np.array, _fetched(*found[0]))  # the caller's own, to write into
    return _joined(found)


def _outputs_as_logs(found: list[tuple]) -> dict[str, Any]:
    """What the hook after steps that belong together gets: the outputs of all of them."""
    return {"outputs": _fetched(*found[0]) if len(found) == 1 else _joined(found)}


def _joined(found: list[tuple]) -> Any:
    return tree.map_leaves(lambda *arrays: np.concatenate(arrays, axis=0), *(_fetched(*part) for part in found))


def _fetched(outputs: Any, chunk: Chunk | None, rows: int | None) -> Any:
    """The outputs of a batch or a chunk as NumPy arrays, or those of so many rows."""
    found = engine.fetch(outputs)
    if chunk is not None:
        return tree.map_leaves(chunk.of_rows, found)
    return found if rows is None else tree.map_leaves(lambda x: x[:rows], found)
