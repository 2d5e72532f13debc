"""Numbered batches that the processes of a job make in turn, so that nobody makes what another makes."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from keras._core import processes, random_state
from keras._data.streams import Stream


class Others(Protocol):
    """The other processes."""

    def agree(self) -> None:
        """Gives the generators of all processes the state that those of the first have."""

    def join(self, own: Iterator, first: Callable) -> Iterator:
        """The batches of all processes from this one's own; `first` makes the first of all, whoever's it is."""


class Shared(Stream):
    """Makes every so-many-th batch, and hands out all of them.

    The order, and what the object draws in `on_epoch_begin` and `on_epoch_end`, are alike in all processes; what it
    draws to make a batch differs from one to another.

    Args:
        stream: where the batches come from, which has parts.
        others: what joins them.
        converted: `(batch, number) -> batch` in the form that is exchanged.
    """

    may_reuse_memory = False
    owns_passes = True

    def __init__(self, stream: Stream, others: Others, converted: Callable):
        super().__init__(stream.x)
        self._stream = stream
        self._others = others
        self._converted = converted

    def passes(self, start: int = 0) -> Iterator:
        self._others.agree()
        own = self._stream.part(start, processes.number(), processes.count())  # draws the order
        random_state.part(processes.number())
        return self._joined(own, start)

    def _joined(self, own: Any, start: int) -> Iterator:
        places = itertools.count(start + processes.number(), processes.count())
        with contextlib.closing(own):
            converted = (self._converted(batch, place) for batch, place in zip(own, places))
            yield from self._others.join(converted, lambda: self._converted(self._stream.example(), 0))

    def length(self) -> int | None:
        return self._stream.length()

    def endless(self) -> bool:
        return self._stream.endless()

    def on_epoch_begin(self) -> None:
        self._others.agree()
        self._stream.on_epoch_begin()
        random_state.part(processes.number())

    def on_epoch_end(self) -> None:
        self._others.agree()
        self._stream.on_epoch_end()

    def drawn(self) -> Any:
        return self._stream.drawn()

    def draw_from(self, state: Any) -> None:
        self._stream.draw_from(state)

    def state(self) -> Any:
        return self._stream.state()

    def restore(self, state: Any) -> None:
        self._stream.restore(state)

    def close(self) -> None:
        self._stream.close()
