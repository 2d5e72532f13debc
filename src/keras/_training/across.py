"""Runs whose batches are divided among several processes, each of which reads its own rows; and over files of rows."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from keras._core import processes, tree, watch
from keras._core.fresh import fresh
from keras._data import ArraySource, BatchSource
from keras._data.read_ahead import read_ahead
from keras._data.streams import Rows
from keras._jax import compile as engine
from keras._jax import exchange, placement
from keras._jax.processes import of_all
from keras._training.chunks import Chunk, most_at_once
from keras._training.loop import ArrayRun, BatchRun, Watcher, may_waste
from keras._training.plan import Planner, Program, capacity_for
from keras._training.rounds import Rounds
from keras._training.state import RunningState

_AHEAD = 2  # batches, or chunks of them, that are read from files while one is computed
_LEAST = 1.0  # seconds in an epoch that a process has to read longer than others to be named
_UNEVEN = (
    "{owner}: batches of {rows} rows cannot be divided among {parts} devices, so every device computes all of them.\n"
    "  Choose a `batch_size` that {parts} divides."
)


class AcrossRun(BatchRun):
    """Steps over batches of which this process has what its own devices take.

    Args:
        source: batches that come one by one: every process is given each of them whole and takes its rows, or, where
            the distribution says so, is given its own rows.
    """

    def __init__(self, source: Any):
        super().__init__(source)
        self._seconds = 0.0  # of reading, in this epoch

    def _next(self) -> Any:
        watch.reads()
        started = time.perf_counter()
        batch = self._taken()
        self._seconds += time.perf_counter() - started
        watch.computes(batch.count if isinstance(batch, Chunk) else 1)
        return batch

    def _taken(self) -> Any:
        """The next batch, divided; None at the end."""
        if self._first is not None:
            return super()._next()
        batch = super()._next()
        return None if batch is None else divided(batch)

    def epoch(self, state: RunningState, watcher: Watcher, first_step: int = 0) -> dict[str, Any]:
        """All steps once, or those from `first_step` on; returns the logs."""
        self._seconds = 0.0
        started = time.perf_counter()
        with watch.reporting(self.source.owner):
            logs = super().epoch(state, watcher, first_step)
            if self.planner.phase == "train" and placement.spans():
                name_slow_readers(of_all(np.float32(self._seconds)), time.perf_counter() - started)
        return logs

    def outputs(self, state: RunningState, watcher: Watcher) -> Any:
        """The model's outputs for all batches, whole in every process."""
        with watch.reporting(self.source.owner):
            return super().outputs(state, watcher)


class SharedRun(AcrossRun):
    """Steps over batches that the processes make in turn, of which each takes the rows of its devices.

    Args:
        source: batches that can be asked for by number.
        rounds: what joins those of all processes.
    """

    def __init__(self, source: BatchSource, rounds: Rounds):
        super().__init__(source)
        self._rounds = rounds

    def _next(self) -> Any:
        before = self._rounds.seconds
        batch = BatchRun._next(self)
        self._seconds += self._rounds.seconds - before
        return batch


class ArraysRun(AcrossRun):
    """Steps over rows in reach: every process reads its own rows of each batch.

    Where nobody asks between two steps, a call of a program makes many. How many follows from shapes and from what is
    traced, so that all processes agree without a word.

    Args:
        source: the data, of which every process has all in reach.
    """

    def __init__(self, source: ArraySource):
        super().__init__(BatchSource(Rows(source), owner=source.owner))
        source.keeps_place = True
        self._arrays = source
        self._in_epoch = False
        parts = placement.rows_divide_by()
        if source.batch_size % parts and source.rows > source.batch_size:
            warnings.warn(_UNEVEN.format(owner=source.owner, rows=source.batch_size, parts=parts), stacklevel=5)

    def first_batch(self) -> tuple:
        """Data with the shapes of a batch."""
        return self._rows(slice(0, min(self._arrays.batch_size, self._arrays.rows)))

    def has_more(self) -> bool:
        """The rows come again in every epoch."""
        return True

    def prepare(self, planner: Planner) -> None:
        """Finds or makes the program for full batches, before anything is changed."""
        self.planner = planner
        planner.keeps_tuple = False
        if planner.phase == "predict":
            return
        batch = self.first_batch()
        full_steps = min(self._arrays.rows // self._arrays.batch_size, self._arrays.steps())
        self._full_shapes = engine.shapes_of(batch)
        self._many = planner.program_of_many(batch, most_at_once(batch, capacity_for(full_steps)))
        self._at_once = self._many.at_once

    def _taken(self) -> Any:
        return None if self._batches is None else next(self._batches, None)

    def place(self) -> dict[str, Any] | None:  # type: ignore[override]
        """What `go_to` needs to go on from here, on however many processes."""
        return self._arrays.place(self._in_epoch)

    def go_to(self, place: dict[str, Any] | None, step: int) -> None:
        """Lets the next epoch be the one that `place` is in, or the one after it."""
        self._arrays.go_to(place)

    def epoch(self, state: RunningState, watcher: Watcher, first_step: int = 0) -> dict[str, Any]:
        """All steps once, or those from `first_step` on; returns the logs."""
        order = self._arrays.order()
        self._in_epoch = True
        self._batches = self._begin(order, first_step, min(self._at_once, self._most(watcher, first_step)))
        logs = super().epoch(state, watcher, first_step)
        self._in_epoch = False
        return logs

    def outputs(self, state: RunningState, watcher: Watcher) -> Any:
        """The model's outputs for all rows, whole in every process."""
        self._at_once = 1
        self._batches = self._begin(None, 0, 1)
        return super().outputs(state, watcher)

    def _end_epoch(self) -> None:
        if self._batches is not None:
            self._batches.close()  # type: ignore[attr-defined]
        super()._end_epoch()

    def _next_together(self, most: int, state: RunningState) -> Any:
        return self._next()

    def _call(self, batch: Any) -> tuple[Program, tuple, int]:
        divided = placement.current() is not None  # the arrays lie where the program takes them
        if divided and not isinstance(batch, Chunk) and engine.shapes_of(batch) == self._full_shapes:
            return self._many, (batch,), 1
        return super()._call(batch)

    def _begin(self, order: np.ndarray | None, step: int, at_once: int) -> Iterator:
        """The batches from number `step` on, up to so many of them at once."""
        batches = self._chunks(order, step, at_once)
        return batches if self._arrays.in_memory else read_ahead(lambda: batches, _AHEAD)

    def _chunks(self, order: np.ndarray | None, step: int, at_once: int) -> Iterator:
        size, rows = self._arrays.batch_size, self._arrays.rows if order is None else len(order)
        at = step * size
        while at < rows:
            count = min(at_once, (rows - at) // size)
            if self._at_once > 1 and (count or self._fills_last(rows - at)):
                yield self._chunk(at, max(count, 1), min(size, rows - at), order)
            else:
                yield self._rows(slice(at, min(at + size, rows)), order)
            at += max(count, 1) * size

    def _fills_last(self, rows: int) -> bool:
        """Whether a last batch of so many rows is filled up rather than given a program of its own."""
        waste = may_waste(self._many, rows / self._arrays.batch_size, self._arrays.steps())
        return waste and self.planner.fills()

    def _rows(self, part: slice, order: np.ndarray | None = None) -> tuple:
        """The rows of a batch, of which those are read that belong to this process."""
        count = part.stop - part.start

        def of_leaf(leaf: Any) -> Any:
            def read(index: tuple) -> np.ndarray:
                return _own(leaf, part.start, count, order, index)

            return None if leaf is None else placement.from_rows((count, *leaf.shape[1:]), read)

        return tree.map_leaves(of_leaf, self._arrays.data)

    def _chunk(self, at: int, count: int, rows: int, order: np.ndarray | None) -> Chunk:
        """`count` batches from row `at` on, in arrays for as many as the program takes; so many rows of each count."""
        size, at_once = self._arrays.batch_size, self._at_once

        def of_leaf(leaf: Any) -> Any:
            def read(index: tuple) -> np.ndarray:
                found = _own(leaf, at, rows, order, index[1:])
                if rows < size:
                    found = np.resize(found, (size, *found.shape[1:]))
                joined = fresh((at_once, *found.shape), found.dtype)
                joined[0] = found
                for i in range(1, count):
                    joined[i] = _own(leaf, at + i * size, size, order, index[1:])
                return joined.view(np.ndarray)

            return None if leaf is None else placement.from_batches((at_once, size, *leaf.shape[1:]), read)

        return Chunk(self._many, tree.map_leaves(of_leaf, self._arrays.data), count, np.full((at_once,), rows, "int32"))


def _own(leaf: Any, at: int, count: int, order: np.ndarray | None, index: tuple) -> np.ndarray:
    """The part at an index of a batch of `count` rows, which begins at row `at` in an order."""
    first, last, _ = index[0].indices(count)
    rows: Any = slice(at + first, at + last)
    return np.asarray(leaf[rows if order is None else order[rows]])[(slice(None), *index[1:])]


def divided(batch: tuple) -> tuple:
    """A batch that this process has whole, or has its own rows of, as an array of all processes."""
    if placement.current().auto_shard_dataset:
        return tree.map_leaves(lambda x: None if x is None else placement.from_rows(x.shape, x.__getitem__), batch)
    return tree.map_leaves(lambda x: None if x is None else placement.from_own_rows(np.asarray(x)), batch)


def name_slow_readers(seconds: np.ndarray, in_all: float) -> None:
    """Says so where a process takes so much longer to read its data than the others that they wait for it.

    Args:
        seconds: (processes,): what each took to read the data of an epoch.
        in_all: seconds of the epoch.
    """
    slowest = int(np.argmax(seconds))
    others = float(np.median(np.delete(seconds, slowest)))
    more = float(seconds[slowest]) - others
    if processes.is_first() and more > max(_LEAST, 0.2 * in_all):
        watch.say(
            f"Process {slowest} is slow: it read its data for {seconds[slowest]:.1f} of {in_all:.1f} s of the epoch, "
            f"the others for {others:.1f} s, and they waited for it."
        )


def run_for(source: ArraySource | BatchSource) -> ArrayRun | BatchRun:
    """The run that suits a source, and the processes that train together."""
    if placement.current() is None and isinstance(source, BatchSource):
        arrays = source.rows_of_passes()
        if arrays is not None and not arrays.in_memory:
            return ArraysRun(arrays)
    if not placement.spans():
        return ArrayRun(source) if isinstance(source, ArraySource) else BatchRun(source)
    if isinstance(source, BatchSource) and placement.current().auto_shard_dataset:
        source = source.rows_of_passes() or source
    if not isinstance(source, ArraySource):
        rounds = Rounds()
        if placement.current().auto_shard_dataset and exchange.possible() and source.share(rounds):
            return SharedRun(source, rounds)
        return AcrossRun(source)
    if placement.current().auto_shard_dataset:
        return ArraysRun(source)
    source.batch_size = max(source.batch_size // processes.count(), 1)  # this process's rows of a batch
    return AcrossRun(BatchSource(Rows(source), owner=source.owner))
