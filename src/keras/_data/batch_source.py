"""Batches that come one by one, as a source of data."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from keras._core import random_state, tree
from keras._data.arrays import to_arrays
from keras._data.batches import unpack_x_y_sample_weight
from keras._data.class_weights import with_class_weights
from keras._data.row_counts import count_rows
from keras._data.shared import Others, Shared
from keras._data.streams import Rows, Stream

if TYPE_CHECKING:
    from keras._data.sources import ArraySource

RAN_OUT = (
    "{owner}: the input ran out of data after {done} of {wanted} steps, and the epoch ends there. "
    "Fewer steps, or a source with at least `steps` times `epochs` batches, avoid this."
)
ENDED = (
    "{owner}: the {kind} has ended and yields no more batches. "
    "A generator can be gone through once: let it go on for ever and pass the number of steps, "
    "or pass an object that can begin again, such as a keras.utils.PyDataset."
)

_NOTHING = object()


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
        self._drew_itself: Any = None  # the same of those that belong to the object
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
        if not self._stream.may_part(self.owner):
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
        self._drew, self._drew_itself = random_state.take(), self._stream.drawn()
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
        found = {"random": self._drew if self._used else None, "used": self._used, "state": self._stream.state()}
        drawn = self._drew_itself if self._used else self._stream.drawn()
        return found if drawn is None else {**found, "drawn": drawn}

    def go_to(self, place: dict[str, Any]) -> bool:
        """Goes on after the batches that were used when `place` was asked for; generators are asked for them again.

        Returns:
            Whether what was taken out before is void.
        """
        used = self._count = place["used"]
        if self._stream.repeats:
            self._forget_pass()
            self._stream.restore(place.get("state"))
            self._stream.draw_from(place.get("drawn"))
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
        count_rows(data, where)
        if self._stream.may_reuse_memory:
            data = tree.map_leaves(_copied, data)
        if self.class_weight is not None:
            data = (data[0], data[1], with_class_weights(data[1], data[2], self.class_weight, self.owner))
        return data


def _copied(x: Any) -> Any:
    return x.copy() if isinstance(x, np.ndarray) else x
