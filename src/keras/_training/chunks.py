"""Batches that come one by one, joined so that one call of a program makes a step on each of several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras._core import tree
from keras._core.fresh import fresh
from keras._jax import compile as engine
from keras._jax import placement
from keras._training.short_batches import are_rows_apart

LARGEST = 8 << 20  # bytes that a device takes of a chunk, or gives
# Batches that one call takes if they come within so many seconds, which are ten times what a call takes by itself; not
# where there are known to be fewer than so many.
TOGETHER, PATIENCE, _FEW = 32, 0.005, 8


@dataclass
class Chunk:
    """Batches that one call of a program takes.

    Attributes:
        program: that program.
        batches: the arrays, joined along a first axis, with room for as many as the program takes.
        count: how many of them are there.
        rows: (most,): how many rows of each count.
    """

    program: Any
    batches: tuple
    count: int
    rows: np.ndarray

    def of_rows(self, results: np.ndarray) -> np.ndarray:
        """The results of the rows that count, one after another, out of those of all batches."""
        results, counting = results[: self.count], self.rows[: self.count]
        size = next(x.shape[1] for x in tree.leaves(self.batches) if x is not None)
        if (counting == size).all():
            return results.reshape(-1, *results.shape[2:])
        return results[np.arange(size) < counting[:, None]]


class Joiner:
    """Joins batches that are like one of them.

    Args:
        like: that one, of arrays in the host's memory.
        program: what takes several of them.
        fills: whether the last rows of a batch may be there only to fill it up.
    """

    def __init__(self, like: tuple, program: Any, fills: bool):
        self.program = program
        self.most: int = program.at_once
        self._fills = fills
        arrays, self._structure = engine.taken_apart(like)
        self._kinds = [(x.shape[1:], x.dtype) for x in arrays]
        self._shapes = [x.shape for x in arrays]
        self._dtypes = [engine.inputs(x[:0]).dtype for x in arrays]
        self._rows = len(arrays[0])
        self.count = 0

    def begin(self) -> None:
        """Begins another chunk."""
        self.count = 0
        self._joined = [fresh((self.most, *shape), dtype) for shape, dtype in zip(self._shapes, self._dtypes)]
        self._counting = np.full((self.most,), self._rows, "int32")

    def add(self, batch: tuple) -> bool:
        """Puts a batch into the chunk; False where it is unlike the others."""
        arrays, rows = self._taken_apart(batch)
        if not 0 < rows <= self._rows or (rows < self._rows and not self._fills):
            return False
        for joined, x in zip(self._joined, arrays):
            joined[self.count] = x if rows == self._rows else np.resize(x, joined.shape[1:])
        self._counting[self.count] = rows
        self.count += 1
        return True

    def is_outgrown(self, batch: tuple) -> bool:
        """Whether a batch is unlike the others in that it has more rows: they were like a short one."""
        return self._taken_apart(batch)[1] > self._rows

    def _taken_apart(self, batch: tuple) -> tuple[list[np.ndarray], int]:
        """The arrays of a batch and its rows, 0 where something else than their number is unlike."""
        arrays, structure = engine.taken_apart(batch)
        if structure != self._structure or [(x.shape[1:], x.dtype) for x in arrays] != self._kinds:
            return arrays, 0
        return arrays, len(arrays[0])

    def chunk(self) -> Chunk:
        """The chunk, with its arrays as programs take them: their memory is nobody else's."""
        arrays = [placement.from_batches(x.shape, lambda _, x=x: x.view(np.ndarray)) for x in self._joined]
        return Chunk(self.program, engine.put_together(arrays, self._structure), self.count, self._counting)


def joiner_for(planner: Any, like: tuple, steps: int | None) -> Joiner | None:
    """What joins batches like one, with its program; None where there is no use for it.

    Args:
        planner: finds or makes the program.
        like: the batch.
        steps: how many batches there are, if that is known.
    """
    most = most_at_once(like, TOGETHER)
    if most == 1 or (steps is not None and steps < _FEW) or not _can_join(like):
        return None
    program = planner.program_of_many(like, most)
    fills = are_rows_apart(planner.model, "predict") if planner.phase == "predict" else planner.fills()
    return Joiner(like, program, fills) if program.at_once > 1 else None


def together(batches: Iterator[tuple], joiner: Joiner) -> Iterator[Chunk | tuple]:
    """Batches in chunks as long as they can be; those that are unlike the others as they are."""
    joiner.begin()
    for batch in batches:
        added = joiner.add(batch)
        if joiner.count and (not added or joiner.count == joiner.most):
            yield joiner.chunk()
            joiner.begin()
        if not added:
            yield batch
    if joiner.count:
        yield joiner.chunk()


def _can_join(batch: tuple) -> bool:
    """Whether these are arrays of numbers in the host's memory, under no distribution."""
    arrays = [x for x in tree.leaves(batch) if x is not None]
    return placement.current() is None and all(type(x) is np.ndarray and x.dtype.kind in "biuf" for x in arrays)


def most_at_once(batch: tuple, most: int) -> int:
    """How many batches like this one a call may take by their size, and at most so many."""
    taken = sum(x.nbytes for x in tree.leaves(batch) if x is not None) // placement.rows_divide_by()
    return max(1, min(most, LARGEST // max(taken, 1)))
