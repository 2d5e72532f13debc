"""Where batches come from one by one: generators, loaders, objects that give batch number i, rows of arrays."""

from __future__ import annotations

import itertools
import operator
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from keras._data.arrays import with_label_apart
from keras._data.dataset import Dataset
from keras._data.pieces import Piece
from keras._data.py_dataset import PyDataset
from keras._data.read_ahead import read_ahead
from keras._data.workers import Processes, in_order

AHEAD = 2  # batches that are read from files while one is computed


DIVIDED_ALREADY = (
    "{owner}: the {kind} gives each process rows of its own already.\n"
    "  Set the distribution with DataParallel(auto_shard_dataset=False), or do not divide the data: `fit` divides the "
    "batches among the processes."
)
UNKNOWN_STATE = (
    "fit: {kind} may change at the end or beginning of epochs, which a run that goes on from a backup does not know. "
    "Give it state_dict(), which returns numbers and arrays by name, and load_state_dict(state)."
)


class Stream:
    """Where batches come from; goes through them once or again and again."""

    # whether the object may fill the arrays of a batch anew for the next one, while this one is still computed with
    may_reuse_memory = True
    owns_passes = False  # whether what `passes` returns is a generator of ours, to be closed with the source
    repeats = True  # whether every pass begins anew

    def __init__(self, x: Any):
        self.x = x
        self.kind = type(x).__name__
        self.ended = False

    def passes(self, start: int = 0) -> Iterator:
        """A new pass through the batches, without the first `start`."""
        found = iter(self.x)
        for _ in itertools.islice(found, start):
            pass
        return found

    def length(self) -> int | None:
        """Batches in a pass, None if nobody knows."""
        return _length(self.x)

    def endless(self) -> bool:
        """Whether a pass is known never to end."""
        cardinality = getattr(self.x, "cardinality", None)
        return callable(cardinality) and int(cardinality()) == -1  # what tf.data says for it

    def first(self) -> Any:
        """The first batch if it can be had without beginning a pass, else None."""
        return None

    def on_epoch_begin(self) -> None:
        """Called before every epoch."""

    def on_epoch_end(self) -> None:
        """Called after every epoch."""

    def part(self, start: int, number: int, count: int) -> Iterator | None:
        """A new pass through batch `start + number` and every `count`-th after it, for one process of so many.

        None where batches cannot be skipped without being made.
        """
        return None

    def example(self) -> Any:
        """A batch like those of the passes, for a process that has none of its own in a short pass."""
        return None

    def may_part(self, owner: str) -> bool:
        """Whether `part` gives passes.

        Raises:
            ValueError: the object gives each process other rows already.
        """
        if _is_divided(self.x):
            raise ValueError(DIVIDED_ALREADY.format(owner=owner, kind=self.kind))
        return False

    def drawn(self) -> Any:
        """The state of generators that belong to the object and decide the order of a pass, None if it has none."""
        return None

    def draw_from(self, state: Any) -> None:
        """Gives its generators the state that `drawn` returned."""

    def state(self) -> Any:
        """What the object says of itself for a backup, None if nothing."""
        return None

    def restore(self, state: Any) -> None:
        """Gives back to the object what `state` returned in another process."""

    def close(self) -> None:
        """Called after the last epoch, and after whatever went wrong."""


class Once(Stream):
    """A generator, or another iterator: one pass, which all epochs share."""

    repeats = False

    def passes(self, start: int = 0) -> Iterator:
        # not `yield from`, which would close the user's generator when this one is dropped
        for batch in itertools.islice(self.x, start, None) if start else self.x:  # noqa: UP028
            yield batch
        self.ended = True

    def endless(self) -> bool:
        repeats = isinstance(self.x, itertools.repeat) and operator.length_hint(self.x, -1) < 0
        return repeats or isinstance(self.x, (itertools.cycle, itertools.count))

    def length(self) -> int | None:
        return None


class Pieces(Stream):
    """A dataset of ours: of what comes one after another a process can leave elements unmade."""

    def __init__(self, x: Dataset):
        super().__init__(x)
        self._first: Piece | None = None  # of the last pass

    def may_part(self, owner: str) -> bool:
        return self.x._pieces is not None

    def part(self, start: int, number: int, count: int) -> Iterator:
        return (element for element in self.x._part(self._own(start, number, count)))  # can be closed

    def _own(self, start: int, number: int, count: int) -> Iterator[Piece]:
        for at, piece in enumerate(self.x._pieces()):
            if not at:
                self._first = piece
            if at >= start and (at - start) % count == number:
                yield piece

    def example(self) -> Any:
        return None if self._first is None else self._first.made()

    def drawn(self) -> Any:
        return np.array([counter.passes for counter in self.x._counters]) if self.x._counters else None

    def draw_from(self, state: Any) -> None:
        for counter, passes in zip(self.x._counters, () if state is None else state):
            counter.passes = int(passes)


class Rows(Stream):
    """Rows of arrays, in batches that do not fill epochs evenly, or read from files while the last one is used."""

    owns_passes = True
    may_reuse_memory = False

    def passes(self, start: int = 0) -> Iterator:
        batches = self.x.batches(start)  # draws the order here, as the thread must not take from `numpy.random`
        return batches if self.x.in_memory else read_ahead(lambda: batches, AHEAD)

    def length(self) -> int | None:
        return self.x.steps()


class Tables(Stream):
    """A table of named columns that comes in pieces.

    Args:
        x: the table.
        batch_size: rows in a piece; None if it comes in batches already.
    """

    may_reuse_memory = False

    def __init__(self, x: Any, batch_size: int | None):
        super().__init__(x)
        self.batch_size = batch_size

    def passes(self, start: int = 0) -> Iterator:
        table = self.x.with_format("numpy")
        batches = iter(table) if self.batch_size is None else table.iter(self.batch_size)
        return map(self._parts, itertools.islice(batches, start, None))

    def _parts(self, columns: dict[str, Any]) -> tuple[Any, Any]:
        if not all(np.ndim(column) for column in columns.values()):
            raise ValueError(f"`x` ({self.kind}) yields single rows. Pass batch_size=32, or x.batch(32).")
        return with_label_apart(columns)


class Indexed(Stream):
    """An object that gives batch number i: `keras.utils.PyDataset` and its like."""

    owns_passes = True

    def __init__(self, x: Any, shuffle: bool):
        super().__init__(x)
        self.shuffle = shuffle
        self._processes: Processes | None = None

    def passes(self, start: int = 0) -> Iterator:
        return self._made(self._numbers(start))

    def part(self, start: int, number: int, count: int) -> Iterator:
        return self._made(itertools.islice(self._numbers(start), number, None, count))

    def may_part(self, owner: str) -> bool:
        return True

    def example(self) -> Any:
        return self.x[0]

    def _made(self, numbers: Iterable[int]) -> Iterator:
        """The batches of these numbers, which may be made in advance."""
        count, multiple = getattr(self.x, "workers", 1), getattr(self.x, "use_multiprocessing", False)
        if count < 1 or (count == 1 and not multiple):
            return (self.x[i] for i in numbers)
        if multiple:
            if self._processes is None:
                self._processes = Processes(count, self.kind)
            self._processes.take(self.x)  # anew in each epoch: `on_epoch_end` may have changed it
        callers = self._processes.callers if self._processes is not None else [self.x.__getitem__] * count
        ahead, timeout = getattr(self.x, "max_queue_size", 10), getattr(self.x, "timeout", None)
        return self._watched(in_order(numbers, callers, ahead, timeout, self.kind))

    def _numbers(self, start: int) -> Iterable[int]:
        """Which batches a pass has, in their order."""
        length = self.length()
        if length is None:
            return itertools.count(start)
        return np.random.permutation(length).tolist()[start:] if self.shuffle else range(start, length)

    def _watched(self, batches: Iterator) -> Iterator:
        """The same batches; processes end with the first exception, whoever catches it."""
        try:
            yield from batches
        except GeneratorExit:  # the next pass may be using them already
            raise
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._processes is not None:
            self._processes.close()
            self._processes = None

    def length(self) -> int | None:
        if hasattr(self.x, "num_batches"):
            return None if self.x.num_batches is None else int(self.x.num_batches)
        known = len(self.x)
        return None if known >= _UNLIMITED else known

    def endless(self) -> bool:
        return self.length() is None

    def first(self) -> Any:
        return None if self.length() == 0 else self.x[0]

    def state(self) -> Any:
        return self.x.state_dict() if hasattr(self.x, "state_dict") else None

    def restore(self, state: Any) -> None:
        if state is not None:
            self.x.load_state_dict(state)
        elif any(_has_own(self.x, hook) for hook in ("on_epoch_begin", "on_epoch_end")):
            warnings.warn(UNKNOWN_STATE.format(kind=self.kind), stacklevel=2)

    def on_epoch_begin(self) -> None:
        getattr(self.x, "on_epoch_begin", _do_nothing)()

    def on_epoch_end(self) -> None:
        getattr(self.x, "on_epoch_end", _do_nothing)()


_UNLIMITED = 1 << 50  # batches; data sets of grain that repeat for ever have a length beyond that


def _length(x: Any) -> int | None:
    try:
        return len(x)
    except (TypeError, NotImplementedError):  # tf.data and torch raise these where nobody knows
        return None


def _is_divided(x: Any) -> bool:
    """Whether an iterable says itself that it has the rows of one of several processes."""
    of_hugging_face = getattr(getattr(x, "_distributed", None), "world_size", 1)
    of_grain = getattr(getattr(x, "_shard_options", None), "shard_count", 1)
    return max(of_hugging_face, of_grain) > 1


def _has_own(x: Any, hook: str) -> bool:
    found = getattr(type(x), hook, None)
    return found is not None and found is not getattr(PyDataset, hook)


def _do_nothing() -> None:
    pass
