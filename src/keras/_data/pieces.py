"""Elements of datasets that are not made yet, so that one of several processes makes its own alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from keras._data.workers import in_order


class Piece:
    """An element that is made when it is asked for, once.

    Args:
        make: what makes it, from the elements of `of`.
        of: the pieces that it needs.
        in_threads: whether any thread may make it, also several such pieces at a time.
    """

    __slots__ = ("_in_threads", "_make", "_of", "_value")

    def __init__(self, make: Callable | None, of: Iterable[Piece] = (), in_threads: bool = False):
        self._make, self._of, self._in_threads = make, tuple(of), in_threads
        self._value: Any = None

    def made(self) -> Any:
        """The element."""
        if self._make is not None:
            self._value = self._make(*(piece.made() for piece in self._of))
            self._make, self._of = None, ()
        return self._value

    def begin(self) -> Piece:
        """Makes what of it any thread may make."""
        for piece in self._of:
            piece.begin()
        if self._in_threads:
            self.made()
        return self


def have(element: Any) -> Piece:
    """A piece that is there already."""
    piece = Piece(None)
    piece._value = element
    return piece


def made_in_order(pieces: Iterator[Piece], threads: int) -> Iterator:
    """The elements of pieces, of which so many threads make what any thread may make, some pieces ahead."""
    if threads:
        pieces = in_order(pieces, [Piece.begin] * threads, threads + 2, None, "Dataset")
    return (piece.made() for piece in pieces)


class Counter:
    """The number of the next pass, on which the order in it depends."""

    def __init__(self) -> None:
        self.passes = 0

    def __call__(self) -> int:
        """The number of the pass that begins."""
        self.passes += 1
        return self.passes - 1
