"""Two forms of data: rows in memory, and batches that come one by one."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from keras._core import random_state, tree
from keras._core.checks import positive_integer
from keras._core.graph import is_symbolic
from keras._data.arrays import (
    StoredRows,
    bytes_outside,
    columns_of,
    is_streamed_table,
    is_table,
    on_device,
    rows_between,
    rows_of,
    take_rows,
    to_arrays,
)
from keras._data.batches import unpack_x_y_sample_weight
from keras._data.class_weights import checked_class_weight, with_class_weights
from keras._data.shared import Others, Shared
from keras._data.streams import Indexed, Rows, Stream, Tables, stream_of

DEFAULT_BATCH_SIZE = 32
LARGEST_READ = 256 << 20  # bytes; arrays in files that take more are read batch by batch

NOT_TOGETHER = "{owner}: `{name}` must be left out when `x` yields batches ({kind}).\n  {instead}"
INSTEAD = {
    "y": "Let it yield (x, y).",
    "sample_weight": "Let it yield (x, y, sample_weight).",
    "batch_size": "It makes the batches, so it decides how large they are.",
}
RAN_OUT = (
    "{owner}: the input ran out of data after {done} of {wanted} steps, and the epoch ends there. "
    "Fewer steps, or a source with at least `steps` times `epochs` batches, avoid this."
)
ENDED = (
    "{owner}: the {kind} has ended and yields no more batches. "
    "A generator can be gone through once: let it go on for ever and pass the number of steps, "
    "or pass an object that can begin again, such as a keras.utils.PyDataset."
)
ENDLESS = "{owner}: `x` ({kind}) never ends, so the number of steps has to be given.\n  Pass {steps_argument}."


class ArraySource:
    """Arrays with rows in reach: any row at any time.

    Args:
        data: `(x, y, sample_weight)`, nested structures of arrays with equal first axis; the last two may be None.
        batch_size: rows in a batch; the last one may be smaller.
        steps: batches in an epoch, a divisor of the batches there are, all of which must be full then; None for all.
        shuffle: True, False or "batch".
        owner: who to name in messages.

    Attributes:
        data: the arrays.
        rows: the length of their first axis.
        batch_size: rows in a batch.
    """

    def __init__(
        self,
        data: tuple[Any, Any, Any],
        batch_size: int = DEFAULT_BATCH_SIZE,
        steps: int | None = None,
        shuffle: bool | str = False,
        owner: str = "fit",
    ):
        self.data = data
        self.rows = _count_rows(data, owner)
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.owner = owner
        self._part = steps
        self._left: np.ndarray | None = None  # the row numbers of a pass that are not used yet
        self._next: np.ndarray | None = None  # the order of the next epoch, where a run goes on in it
        self.keeps_place = False  # whether `place` will be asked for
        self._drew: Any = None  # the state of the generators before the pass was drawn
        self._as_given: _Given | None = None

    @property
    def in_memory(self) -> bool:
        """Whether no array has to be read from a file. Where one has, `take` needs less memory than `data`."""
        return not any(isinstance(leaf, (StoredRows, np.memmap)) for leaf in tree.leaves(self.data))

    def steps(self) -> int:
        """Batches in an epoch."""
        return self._part or math.ceil(self.rows / self.batch_size)

    def order(self) -> np.ndarray | None:
        """Row numbers (int32) of the next epoch in the order of their use; None means all as they stand."""
        if self._next is not None:
            order, self._next = self._next, None
            return order
        if self._part is None:
            return self._whole_pass() if self.shuffle else None
        if self._left is None or not len(self._left):
            self._left = self._whole_pass()
        count = self._part * self.batch_size
        now, self._left = self._left[:count], self._left[count:]
        return now

    def take(self, rows: Any) -> tuple[Any, Any, Any]:
        """`(x, y, sample_weight)` at row numbers or at a slice of rows."""
        return take_rows(self.data, rows)

    def place(self, in_epoch: bool) -> dict[str, Any] | None:
        """What `go_to` needs in another process, within an epoch or between two; None where nothing was drawn."""
        used = 0
        if self._part is not None and self._left is not None:
            used = self.rows - len(self._left) - in_epoch * self._part * self.batch_size
            if used == self.rows:
                return None
        return {"random": self._drew, "used": used} if in_epoch or used else None

    def go_to(self, place: dict[str, Any] | None) -> None:
        """Lets the next epoch be the one that `place` was asked for in, or the one after it."""
        if place is None:
            return
        random_state.put(place["random"])
        if self._part is not None:
            self._left = self._whole_pass()[place["used"] :]
        elif self.shuffle:
            self._next = self._whole_pass()

    def batches(self, start: int = 0) -> Iterator[tuple[Any, Any, Any]]:
        """The next epoch batch by batch, from number `start` on."""
        order = self.order()
        starts = range(start * self.batch_size, self.rows if order is None else len(order), self.batch_size)
        parts = (slice(start, start + self.batch_size) for start in starts)
        return (self.take(part if order is None else order[part]) for part in parts)

    def close(self) -> None:
        """Arrays leave nothing behind."""

    def split(
        self, fraction: float, batch_size: int | None = None
    ) -> tuple[ArraySource | BatchSource, ArraySource | BatchSource]:
        """The first rows for training, and the last `fraction` of them, before any shuffle, to validate on.

        Class weights count in training only.

        Args:
            fraction: between 0 and 1.
            batch_size: the second's rows in a batch, None for the same as the first's.

        Raises:
            ValueError: nothing would be left to train on.
        """
        given = self._as_given or _Given(self.data, self.batch_size, None, self.shuffle, None, self.owner)
        return given.split(fraction, batch_size or self.batch_size)

    def _whole_pass(self) -> np.ndarray:
        if self.keeps_place and self.shuffle:
            self._drew = random_state.take()
        rows = np.arange(self.rows, dtype=np.int32)
        if self.shuffle == "batch":
            whole = self.rows // self.batch_size
            batches = rows[: whole * self.batch_size].reshape(whole, self.batch_size)
            return np.concatenate([np.random.permutation(batches).reshape(-1), rows[whole * self.batch_size :]])
        return np.random.permutation(rows) if self.shuffle else rows


class _Given:
    """Arrays and what was said about them, before any of it has taken effect."""

    def __init__(self, data, batch_size, steps, shuffle, class_weight, owner):
        self.data, self.batch_size, self.steps = data, batch_size, steps
        self.shuffle, self.class_weight, self.owner = shuffle, class_weight, owner

    def source(self) -> ArraySource | BatchSource:
        """The source that does what was said."""
        data, owner = self.data, self.owner
        if self.class_weight is not None:
            data = (data[0], data[1], with_class_weights(data[1], data[2], self.class_weight, owner))
        made = ArraySource(data, self.batch_size or DEFAULT_BATCH_SIZE, None, self.shuffle, owner)
        made._as_given = self
        steps = self.steps
        stays_outside = bytes_outside(data) > LARGEST_READ
        if steps is None:
            return BatchSource(Rows(made), owner=owner) if stays_outside else made
        if self.batch_size is None:
            made.batch_size = math.ceil(made.rows / steps)
        whole = made.steps()
        if steps > whole:
            warnings.warn(RAN_OUT.format(owner=owner, done=whole, wanted=steps), stacklevel=4)
        if steps >= whole:
            return BatchSource(Rows(made), owner=owner) if stays_outside else made
        if owner != "fit":
            made.rows = steps * made.batch_size
            made.data = rows_between(made.data, slice(0, made.rows))
            return BatchSource(Rows(made), owner=owner) if stays_outside else made
        # the next epoch goes on where this one stops
        if made.rows % (steps * made.batch_size) == 0 and not stays_outside:
            made._part = steps
            return made
        return BatchSource(Rows(made), steps, owner=owner)

    def split(self, fraction: Any, batch_size: int | None):
        """See `ArraySource.split`."""
        if isinstance(fraction, bool) or not isinstance(fraction, (int, float, np.floating)) or not 0 < fraction < 1:
            raise ValueError(f"{self.owner}: `validation_split` must be a number between 0 and 1. Got {fraction!r}.")
        rows = _count_rows(self.data, self.owner)
        at = math.floor(rows * (1 - fraction))
        if at == 0:
            raise ValueError(
                f"{self.owner}: `validation_split` {fraction} of {rows} rows leaves none to train on.\n"
                f"  Pass more rows or a smaller fraction."
            )
        first, last = rows_between(self.data, slice(0, at)), rows_between(self.data, slice(at, None))
        train = _Given(first, self.batch_size, self.steps, self.shuffle, self.class_weight, self.owner)
        return train.source(), _Given(last, batch_size, None, False, None, "validation").source()


class BatchSource:
    """Batches that come one by one, from a generator, a loader, or an object asked for batch after batch.

    Attributes:
        exhausted: True when no batch will come any more, so that the run has to end.
    """

    def __init__(
        self,
        stream: Stream,
        steps: int | None = None,
        class_weight: dict[int, float] | None = None,
        owner: str = "fit",
        needs_y: bool = False,
    ):
        self.owner = owner
        self.class_weight = class_weight
        self.needs_y = needs_y
        self._stream = stream
        self._asked_steps = steps
        self._pass: Iterator | None = None
        self._waiting: list = []  # the batch that `peek` took out
        self._drew: Any = None  # the state of the generators before the pass
        self.keeps_tuple = False  # whether inputs alone come as `(x,)`
        self._used = 0  # batches of the pass; of all passes, if they do not begin anew
        self._goes_on = False  # whether the next epoch begins within the pass
        self._count = 0  # batches so far, for messages

    @property
    def batch_size(self) -> int | None:
        """Rows in a batch where they are taken from arrays, else None."""
        return self._stream.x.batch_size if isinstance(self._stream, Rows) else None

    @batch_size.setter
    def batch_size(self, rows: int) -> None:
        self._stream.x.batch_size = rows

    @property
    def steps_per_epoch(self) -> int | None:
        """Batches in an epoch, None if nobody knows."""
        return self._stream.length() if self._asked_steps is None else self._asked_steps

    @property
    def exhausted(self) -> bool:
        """Whether no batch will come any more."""
        return self._stream.ended and not self._waiting

    def share(self, others: Others) -> bool:
        """Lets this process make its share of the batches alone; False where they cannot be asked for by number."""
        if not isinstance(self._stream, Indexed):
            return False
        alone = copy.copy(self)

        def converted(batch: Any, number: int) -> Any:
            alone._count = number
            found = alone._converted(batch)
            return found[:1] if alone.keeps_tuple else found

        self._stream = Shared(self._stream, others, converted)
        self.class_weight, self.needs_y = None, False  # `alone` sees to them
        return True

    def rows_of_passes(self) -> ArraySource | None:
        """The arrays that every epoch is a whole pass over, None where it is something else."""
        return self._stream.x if isinstance(self._stream, Rows) and self._asked_steps is None else None

    def peek(self) -> tuple[Any, Any, Any]:
        """The first batch, which comes again in `batches`.

        Raises:
            ValueError: there is none.
        """
        if not self._waiting:
            found = self._stream.first()
            if found is None:
                found = next(self._begin_pass(), _NOTHING)
                if found is _NOTHING:
                    raise ValueError(f"{self.owner}: `x` ({self._stream.kind}) yields no batches.")
                self._waiting = [found]
        else:
            found = self._waiting[0]
        return self._converted(found)

    def batches(self) -> Iterator[tuple[Any, Any, Any]]:
        """The next epoch: `(x, y, sample_weight)` after `(x, y, sample_weight)`, None for what is not there.

        An epoch without any batch is the end of the run: a generator that ended.
        """
        if self.exhausted:
            warnings.warn(ENDED.format(owner=self.owner, kind=self._stream.kind), stacklevel=2)
            return
        if not self._goes_on or self._asked_steps is not None:  # else the epoch had begun in the process before
            self._stream.on_epoch_begin()
        # with a number of steps given, an epoch goes on where the last one stopped
        anew = self._asked_steps is None and not self._waiting and not self._goes_on
        batches = self._begin_pass() if self._pass is None or anew else self._pass
        self._goes_on = False
        wanted = self.steps_per_epoch
        done = 0
        if wanted == 0:
            self._say_why_it_ends(done, wanted)
        while wanted is None or done < wanted:
            batch = self._waiting.pop() if self._waiting else next(batches, _NOTHING)
            if batch is _NOTHING and not done and self._used and self._stream.repeats:
                batches = self._begin_pass()  # the epoch before took the last batch of its pass
                batch = next(batches, _NOTHING)
            if batch is _NOTHING:
                self._pass = None
                self._used = 0 if self._stream.repeats else self._used
                self._say_why_it_ends(done, wanted)
                return
            converted = self._converted(batch)
            self._count += 1
            self._used += 1
            done += 1
            yield converted

    def _begin_pass(self, start: int = 0) -> Iterator:
        self._drew = random_state.take()
        self._pass = self._stream.passes(start)
        if self._stream.repeats:
            self._used = start
        return self._pass

    def on_epoch_end(self) -> None:
        """Tells the object, if it wants to know."""
        if self._asked_steps is None and self._stream.repeats:
            self._used = 0  # the next epoch is another pass
        self._stream.on_epoch_end()

    def place(self) -> dict[str, Any]:
        """What `go_to` needs in another process."""
        return {"random": self._drew if self._used else None, "used": self._used, "state": self._stream.state()}

    def go_to(self, place: dict[str, Any]) -> bool:
        """Goes on after the batches that were used when `place` was asked for; generators are asked for them again.

        Returns:
            Whether what was taken out before is void.
        """
        used = self._count = place["used"]
        if self._stream.repeats:
            self._forget_pass()
            self._stream.restore(place.get("state"))
            if used:
                random_state.put(place["random"])
                self._begin_pass(used)
                self._goes_on = True
            return True
        batches = self._begin_pass() if self._pass is None else self._pass
        while self._used < used and next(batches, _NOTHING) is not _NOTHING:
            self._used += 1
        return used > 0

    def _forget_pass(self) -> None:
        if self._stream.owns_passes and self._pass is not None:
            self._pass.close()  # type: ignore[attr-defined]
        self._pass, self._waiting, self._used = None, [], 0

    def close(self) -> None:
        """Ends the threads and processes that make batches, also those in the middle of one."""
        if self._pass is not None and hasattr(self._pass, "close") and self._stream.owns_passes:
            self._pass.close()
        self._pass = None
        self._stream.close()

    def split(self, fraction: float, batch_size: int | None = None):
        """See `ArraySource.split`.

        Raises:
            ValueError: the batches do not come from arrays, so that there are no last rows.
        """
        if isinstance(self._stream, Rows):
            return self._stream.x.split(fraction, batch_size)
        raise ValueError(
            f"{self.owner}: `validation_split` needs arrays, and `x` yields batches ({self._stream.kind}).\n"
            f"  Pass validation_data=... instead."
        )

    def _say_why_it_ends(self, done: int, wanted: int | None) -> None:
        if self._count == 0:
            raise ValueError(f"{self.owner}: `x` ({self._stream.kind}) yields no batches.")
        if done == 0 and self._stream.ended:
            warnings.warn(ENDED.format(owner=self.owner, kind=self._stream.kind), stacklevel=4)
        elif wanted is not None:
            warnings.warn(RAN_OUT.format(owner=self.owner, done=done, wanted=wanted), stacklevel=4)

    def _converted(self, batch: Any) -> tuple[Any, Any, Any]:
        where = f"{self.owner}: batch {self._count}"
        try:
            x, y, sample_weight = unpack_x_y_sample_weight(batch)
        except ValueError as error:
            raise ValueError(f"{where} of `x` ({self._stream.kind}): {error}") from None
        self.keeps_tuple = isinstance(batch, (list, tuple)) and len(batch) == 1
        data = (
            to_arrays(x, f"{where}, `x`"),
            to_arrays(y, f"{where}, `y`"),
            to_arrays(sample_weight, f"{where}, `sample_weight`"),
        )
        if data[0] is None:
            raise ValueError(f"{where}: `x` is None.")
        if self.needs_y and y is None:
            raise ValueError(
                f"{where} has no `y`, and the loss needs one. `x` ({self._stream.kind}) must yield (x, y).\n"
                f"  Got {tree.describe(batch)}."
            )
        _count_rows(data, where)
        if self._stream.may_reuse_memory:
            data = tree.map_leaves(_copied, data)
        if self.class_weight is not None:
            data = (data[0], data[1], with_class_weights(data[1], data[2], self.class_weight, self.owner))
        return data


_NOTHING = object()


def make_source(
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    batch_size: int | None = None,
    steps: int | None = None,
    shuffle: bool | str = False,
    class_weight: Any = None,
    phase: str = "fit",
    needs_y: bool = False,
) -> ArraySource | BatchSource:
    """What `fit`, `evaluate` and `predict` were given, as one of two forms.

    Args:
        x: arrays (NumPy, on a device, in an HDF5 file), lists of numbers, frames, sparse matrices, or lists, tuples and
            dicts of those; or what yields batches: a generator, an iterable, an object with `len` and `[i]`.
        y: the same for the targets, None if there are none or `x` yields them.
        sample_weight: the same for the weights.
        batch_size: rows in a batch; 32 if None, or what makes `steps` batches of arrays.
        steps: batches in an epoch, None for all.
        shuffle: True shuffles rows (the order of batches if `x` gives batch number i), "batch" whole batches.
            The order comes from `numpy.random`.
        class_weight: dict from class numbers to weights.
        phase: 'fit', 'evaluate' or 'predict', for messages; only `fit` goes on in the next epoch where `steps` ended
            one.
        needs_y: whether it is an error if there is no `y`.

    Raises:
        ValueError, TypeError: something does not fit; the message says what.
    """
    if x is None:
        raise ValueError(f"{phase}: `x` is missing. Pass arrays, or something that yields batches.")
    if batch_size is not None:
        batch_size = positive_integer("batch_size", batch_size, owner=phase)
    if steps is not None:
        steps = positive_integer("steps_per_epoch" if phase == "fit" else "steps", steps, owner=phase)
    if not (isinstance(shuffle, (bool, int, np.bool_)) or shuffle == "batch"):
        raise ValueError(f"{phase}: `shuffle` must be True, False or 'batch'. Got {shuffle!r}.")
    if class_weight is not None:
        class_weight = checked_class_weight(class_weight, phase)
    if is_table(x) and y is None:
        x, y = columns_of(x, f"{phase}: `x`")
    if type(x) is not np.ndarray and _yields_batches(x, phase):
        rows_come_alone = is_streamed_table(x)
        given = {"y": y, "sample_weight": sample_weight, "batch_size": None if rows_come_alone else batch_size}
        for name, value in given.items():
            if value is not None:
                kind = type(x).__name__
                raise ValueError(NOT_TOGETHER.format(owner=phase, name=name, kind=kind, instead=INSTEAD[name]))
        stream = Tables(x, batch_size) if rows_come_alone else stream_of(x, bool(shuffle))
        if steps is None and stream.endless():
            argument = "steps_per_epoch=..." if phase == "fit" else "steps=..."
            raise ValueError(ENDLESS.format(owner=phase, kind=stream.kind, steps_argument=argument))
        return BatchSource(stream, steps, class_weight, phase, needs_y)
    if needs_y and y is None:
        raise ValueError(f"{phase}: `y` is missing, and the loss needs it. Pass the targets: {phase}(x, y).")
    data = (
        to_arrays(x, f"{phase}: `x`"),
        to_arrays(y, f"{phase}: `y`"),
        to_arrays(sample_weight, f"{phase}: `sample_weight`"),
    )
    return _Given(data, batch_size, steps, shuffle, class_weight, phase).source()


def _yields_batches(x: Any, owner: str) -> bool:
    if isinstance(x, (Mapping, Sequence)) or on_device(x) or is_symbolic(x):
        return False
    if isinstance(x, StoredRows) or hasattr(x, "__array__") or hasattr(x, "to_numpy") or hasattr(x, "tocsr"):
        return False
    if any(c.__module__.startswith("torch.utils.data") and c.__name__ == "Dataset" for c in type(x).__mro__):
        raise TypeError(
            f"{owner}: a torch Dataset gives single samples, not batches.\n"
            f"  Write: torch.utils.data.DataLoader(dataset, batch_size=32)"
        )
    return hasattr(x, "__next__") or hasattr(x, "__iter__") or (hasattr(x, "__getitem__") and hasattr(x, "__len__"))


def _copied(x: Any) -> Any:
    return x.copy() if isinstance(x, np.ndarray) else x


def _count_rows(data: tuple[Any, Any, Any], owner: str) -> int:
    """The length of the first axis that all leaves share."""
    rows = None
    for leaf in tree.leaves(data):
        if leaf is None:
            continue
        count = rows_of(leaf)
        if count is None:
            raise ValueError(f"{owner}: expected arrays of rows, got a single number. For one row, pass x[None].")
        if rows is None:
            rows = count
        elif count != rows:
            raise ValueError(_lengths_differ(data, owner))
    if rows == 0:
        raise ValueError(f"{owner}: the arrays have no rows: {_shapes(data)}.")
    if rows is None:
        raise ValueError(f"{owner}: `x` holds no array.")
    return rows


def _lengths_differ(data: tuple[Any, Any, Any], owner: str) -> str:
    text = f"{owner}: all arrays must have the same number of rows. Got {_shapes(data)}."
    if isinstance(data[0], (list, tuple)) and len(data[0]) > 1:
        text += "\n  A list of arrays means one array per input. For one input, join them: np.stack(x)."
    return text


def _shapes(data: tuple[Any, Any, Any]) -> str:
    found = []
    for name, part in zip(("x", "y", "sample_weight"), data):
        for path, leaf in tree.paths(part):
            if leaf is not None:
                found.append(f"{name}{''.join(f'[{key!r}]' for key in path)}: {tuple(leaf.shape)}")
    return ", ".join(found)
