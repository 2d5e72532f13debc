"""Numbered batches that the processes of a job make in turn, so that nobody makes what another makes."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from keras._core import processes, random_state
from keras._data.streams import Indexed


class Others(Protocol):
    """The other processes."""

    def agree(self) -> None:
        """Gives the generators of all processes the state that those of the first have."""

    def join(self, own: Iterator, first: Callable) -> Iterator:
        """The batches of all processes from this one's own; `first` makes the first of all, whoever's it is."""


class Shared(Indexed):
    """Makes every so-many-th batch, and hands out all of them.

    The order, and what the object draws in `on_epoch_begin` and `on_epoch_end`, are alike in all processes; what it
    draws to make a batch differs from one to another.

    Args:
        stream: where the batches come from.
        others: what joins them.
        converted: `(batch, number) -> batch` in the form that is exchanged.
    """

    may_reuse_memory = False

    def __init__(self, stream: Indexed, others: Others, converted: Callable):
        super().__init__(stream.x, stream.shuffle)
        self._others = others
        self._converted = converted

    def passes(self, start: int = 0) -> Iterator:
        self._others.agree()
        own = super().passes(start)  # draws the order
        random_state.part(processes.number())
        return self._joined(own, start)

    def _numbers(self, start: int) -> Iterable[int]:
        return itertools.islice(super()._numbers(start), processes.number(), None, processes.count())

    def _joined(self, own: Any, start: int) -> Iterator:
        places = itertools.count(start + processes.number(), processes.count())
        with contextlib.closing(own):
            converted = (self._converted(batch, place) for batch, place in zip(own, places))
            yield from self._others.join(converted, lambda: self._converted(self.x[0], 0))

    def first(self) -> Any:
        return None

    def on_epoch_begin(self) -> None:
        self._others.agree()
        super().on_epoch_begin()
        random_state.part(processes.number())

    def on_epoch_end(self) -> None:
        self._others.agree()
        super().on_epoch_end()
