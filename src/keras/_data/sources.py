"""Rows in reach as a source of data, and which of two forms what users pass becomes."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from keras import config
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
    take_rows,
    to_arrays,
)
from keras._data.batch_source import RAN_OUT, BatchSource
from keras._data.class_weights import checked_class_weight, with_class_weights
from keras._data.dataset import Dataset
from keras._data.loader import Loader, loads_rows
from keras._data.py_dataset import PyDataset
from keras._data.row_counts import count_rows
from keras._data.streams import Indexed, Once, Pieces, Rows, Stream, Tables

DEFAULT_BATCH_SIZE = 32
LARGEST_READ = 256 << 20  # bytes; arrays in files that take more are read batch by batch

NOT_TOGETHER = "{owner}: `{name}` must be left out when `x` yields batches ({kind}).\n  {instead}"
INSTEAD = {
    "y": "Let it yield (x, y).",
    "sample_weight": "Let it yield (x, y, sample_weight).",
}
OWN_BATCHES = (
    "{owner}: `batch_size` {size} is not used: `x` ({kind}) makes the batches, and decides how large they are."
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
        self.rows = count_rows(data, owner)
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
        # NumPy draws the same for numbers of 64 bits, and moves them faster
        return np.random.permutation(self.rows).astype(np.int32) if self.shuffle else rows


class _Given:
    """Arrays and what was said about them, before any of it has taken effect."""

    def __init__(self, data, batch_size, steps, shuffle, class_weight, owner, together=1):
        self.data, self.batch_size, self.steps = data, batch_size, steps
        self.shuffle, self.class_weight, self.owner, self.together = shuffle, class_weight, owner, together

    def source(self) -> ArraySource | BatchSource:
        """The source that does what was said."""
        data, owner = self.data, self.owner
        if self.class_weight is not None:
            data = (data[0], data[1], with_class_weights(data[1], data[2], self.class_weight, owner))
        made = ArraySource(data, self.batch_size or DEFAULT_BATCH_SIZE, None, self.shuffle, owner)
        made._as_given = self
        stays_outside = bytes_outside(data) > LARGEST_READ
        if self.steps is not None and self.batch_size is None:
            made.batch_size = math.ceil(made.rows / self.steps)
        whole = made.steps()
        if self.steps is not None and self.steps > whole:
            warnings.warn(RAN_OUT.format(owner=owner, done=whole, wanted=self.steps), stacklevel=4)
        steps = _at_most(_in_whole_calls(self.steps, self.together, whole), whole)
        if steps is None or steps >= whole:
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
        rows = count_rows(self.data, self.owner)
        at = math.floor(rows * (1 - fraction))
        if at == 0:
            raise ValueError(
                f"{self.owner}: `validation_split` {fraction} of {rows} rows leaves none to train on.\n"
                f"  Pass more rows or a smaller fraction."
            )
        first, last = rows_between(self.data, slice(0, at)), rows_between(self.data, slice(at, None))
        train = _Given(first, self.batch_size, self.steps, self.shuffle, self.class_weight, self.owner, self.together)
        return train.source(), _Given(last, batch_size, None, False, None, "validation").source()


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
    *,
    together: int = 1,
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
        together: how many steps are one call; as many calls are made as `steps` need, the last one in full.

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
        kind = type(x).__name__
        for name, value in {"y": y, "sample_weight": sample_weight}.items():
            if value is not None:
                raise ValueError(NOT_TOGETHER.format(owner=phase, name=name, kind=kind, instead=INSTEAD[name]))
        if batch_size is not None and not rows_come_alone:  # Keras 3 takes it too, and says nothing
            warnings.warn(OWN_BATCHES.format(owner=phase, size=batch_size, kind=kind), stacklevel=4)
        stream = Tables(x, batch_size) if rows_come_alone else _stream_of(x, bool(shuffle))
        length = stream.length()
        steps = _at_most(_in_whole_calls(steps, together, length), length)
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
    return _Given(data, batch_size, steps, shuffle, class_weight, phase, together).source()


def _stream_of(x: Any, shuffle: bool) -> Stream:
    x = getattr(x, "undivided", x)  # of what gives loops batches that lie divided over devices
    if isinstance(x, Dataset):
        return Pieces(x)
    if hasattr(x, "__next__") and not isinstance(x, PyDataset):
        return Once(x)
    if hasattr(x, "__getitem__") and (hasattr(x, "__len__") or hasattr(x, "num_batches")):
        return Indexed(x, shuffle)
    return Loader(x) if loads_rows(x) else Stream(x)


def _in_whole_calls(steps: int | None, together: int, whole: int | None) -> int | None:
    """Steps rounded up to calls of `together`, as far as the `whole` batches of the data reach."""
    if steps is None or (whole is not None and steps >= whole):
        return steps
    rounded = math.ceil(steps / together) * together
    return rounded if whole is None else min(rounded, whole)


def _at_most(steps: int | None, whole: int | None) -> int | None:
    """Steps of an epoch under `keras.config.set_max_steps_per_epoch`, of data with `whole` batches; None for all."""
    most = config.max_steps_per_epoch()
    if most is None or (steps is None and whole is not None and whole <= most):
        return steps
    return most if steps is None else min(steps, most)


def _yields_batches(x: Any, owner: str) -> bool:
    if isinstance(x, (Mapping, Sequence)) or on_device(x) or is_symbolic(x):
        return False
    if isinstance(x, StoredRows) or hasattr(x, "__array__") or hasattr(x, "to_numpy") or hasattr(x, "tocsr"):
        return False
    if is_streamed_table(x):  # where torch is installed, a torch Dataset too
        return True
    if any(c.__module__.startswith("torch.utils.data") and c.__name__ == "Dataset" for c in type(x).__mro__):
        raise TypeError(
            f"{owner}: a torch Dataset gives single samples, not batches.\n"
            f"  Write: torch.utils.data.DataLoader(dataset, batch_size=32)"
        )
    return hasattr(x, "__next__") or hasattr(x, "__iter__") or (hasattr(x, "__getitem__") and hasattr(x, "__len__"))
