"""A source of elements that are made when they are asked for: what `image_dataset_from_directory` and others return."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from keras._core import tree
from keras._core.checks import positive_integer
from keras._data.pieces import Counter, Piece, have, made_in_order
from keras._data.read_ahead import read_ahead


class Dataset:
    """Elements, mostly batches `(x, y)` of NumPy arrays, made anew in every pass and never all in memory.

    `fit`, `evaluate` and `predict` take it; a loop over it goes through it once. Methods return new datasets.

    Args:
        start: begins a pass: returns an iterator of elements.
        length: elements in a pass; None if nobody knows, -1 if they never end.
        pieces: begins the same pass, with elements that are not made yet; None where only making them all tells which
            ones there are. Both must have the same order in pass number i, whatever is drawn elsewhere.
        counters: the numbers of passes that orders depend on.
        threads: how many threads may make pieces.

    Attributes:
        class_names: of datasets from folders, the names of the classes.
        file_paths: of datasets from folders, the files, in the order before any shuffle of an epoch.
    """

    class_names: list[str] | None = None
    file_paths: list[str] | None = None

    def __init__(
        self,
        start: Callable[[], Iterator],
        length: int | None = None,
        pieces: Callable[[], Iterator[Piece]] | None = None,
        counters: tuple[Counter, ...] = (),
        threads: int = 0,
    ):
        self._start = start
        self._length = length
        self._pieces = pieces
        self._counters = counters
        self._threads = threads
        self._ahead = 0  # elements that a thread makes in advance

    def __iter__(self) -> Iterator:
        return self._start()

    def __len__(self) -> int:
        if self._length is None or self._length < 0:
            never = self._length is not None
            raise TypeError("The dataset never ends, so it has no length." if never else "Its length is not known.")
        return self._length

    def cardinality(self) -> int:
        """Elements in a pass: -1 if they never end, -2 if nobody knows, as `tf.data` says it."""
        return -2 if self._length is None else self._length

    def as_numpy_iterator(self) -> Iterator:
        """A pass, with NumPy arrays in it."""
        return (tree.map_leaves(np.asarray, element) for element in self)

    def map(self, map_func: Callable, num_parallel_calls=None) -> Dataset:
        """The elements after `map_func(x, y)`, or `map_func(x)` where an element is no tuple.

        Args:
            map_func: called with the parts of an element.
            num_parallel_calls: of `tf.data`; only None or a number is possible, and calls are made one after another.
        """
        if num_parallel_calls is not None and not isinstance(num_parallel_calls, int):
            raise ValueError(f"map: `num_parallel_calls` must be a number or None. Got {num_parallel_calls!r}.")
        return self._like(
            lambda: (_called(map_func, element) for element in self._start()),
            self._length,
            lambda begin: (Piece(lambda element: _called(map_func, element), (piece,)) for piece in begin()),
        )

    def filter(self, predicate: Callable) -> Dataset:
        """The elements for which `predicate(x, y)` is true."""
        endless = self._length == -1
        return self._like(
            lambda: (element for element in self._start() if bool(_called(predicate, element))), -1 if endless else None
        )

    def take(self, count: int) -> Dataset:
        """The first `count` elements; -1 for all."""
        if count < 0:
            return self._rearranged(lambda begin: begin(), self._length)
        length = count if self._length == -1 else None if self._length is None else min(count, self._length)
        return self._rearranged(lambda begin: itertools.islice(begin(), count), length)

    def skip(self, count: int) -> Dataset:
        """The elements after the first `count`."""
        length = self._length if self._length in (None, -1) else max(self._length - count, 0)
        return self._rearranged(lambda begin: itertools.islice(begin(), count, None), length)

    def repeat(self, count: int | None = None) -> Dataset:
        """The same pass `count` times, for ever if None or -1."""
        if count is None or count < 0:
            return self._rearranged(lambda begin: itertools.chain.from_iterable(begin() for _ in itertools.count()), -1)
        length = self._length if self._length in (None, -1) else self._length * count
        return self._rearranged(lambda begin: itertools.chain.from_iterable(begin() for _ in range(count)), length)

    def shuffle(self, buffer_size: int, seed: int | None = None, reshuffle_each_iteration: bool = True) -> Dataset:
        """The elements in another order: each is drawn from the next `buffer_size` ones.

        Args:
            buffer_size: how many elements are kept in memory to draw from.
            seed: decides the orders; None takes one from `numpy.random`.
            reshuffle_each_iteration: whether each pass has an order of its own.
        """
        buffer_size = positive_integer("buffer_size", buffer_size, owner="shuffle")
        first = int(np.random.randint(1 << 31)) if seed is None else seed
        counter = Counter()

        def drawn(begin: Callable[[], Iterator]) -> Iterator:
            number = counter() if reshuffle_each_iteration else 0
            return _drawn(begin(), buffer_size, np.random.default_rng([first, number]))

        made = self._rearranged(drawn, self._length)
        made._counters = (*self._counters, counter)
        return made

    def batch(self, batch_size: int, drop_remainder: bool = False) -> Dataset:
        """Every `batch_size` elements as one, their arrays stacked."""
        size = positive_integer("batch_size", batch_size, owner="batch")
        length = self._length
        if length is not None and length >= 0:
            length = length // size if drop_remainder else -(-length // size)
        return self._like(
            lambda: map(_stacked, _groups(self._start(), size, drop_remainder)),
            length,
            lambda begin: (
                Piece(lambda *rows: _stacked(rows), group) for group in _groups(begin(), size, drop_remainder)
            ),
        )

    def unbatch(self) -> Dataset:
        """The rows of every element as elements."""

        def start() -> Iterator:
            for element in self._start():
                for row in range(len(tree.leaves(element)[0])):
                    yield tree.map_leaves(lambda leaf, row=row: leaf[row], element)

        return self._like(start, -1 if self._length == -1 else None)

    def cache(self) -> Dataset:
        """Keeps the elements of the first whole pass in memory, for all later ones."""
        kept: list[Piece] | None = None

        def pass_of(begin: Callable[[], Iterator], piece_of: Callable, given: Callable) -> Iterator:
            nonlocal kept
            if kept is not None:
                yield from map(given, kept)
                return
            found = []
            for one in begin():
                found.append(piece_of(one))
                yield one
            kept = found

        return self._like(
            lambda: pass_of(self._start, have, Piece.made),
            self._length,
            lambda begin: pass_of(begin, lambda piece: piece, lambda piece: piece),
        )

    def prefetch(self, buffer_size: int) -> Dataset:
        """Makes up to `buffer_size` elements in advance, in a thread; -1 chooses the number itself."""
        depth = 2 if buffer_size < 1 else buffer_size
        made = self._like(lambda: read_ahead(self._start, depth), self._length, lambda begin: begin())
        made._ahead = depth
        return made

    def _like(
        self, start: Callable[[], Iterator], length: int | None, pieces: Callable[[Callable], Iterator] | None = None
    ) -> Dataset:
        """A dataset made of this one.

        Args:
            start, length: see the class.
            pieces: what makes a pass of pieces from the beginning of one; None where there is no telling without
                making the elements.
        """
        begin = self._pieces
        given = None if pieces is None or begin is None else lambda: pieces(begin)
        made = self._new(start, length, given)
        made._counters, made._threads = self._counters, self._threads
        made.class_names, made.file_paths = self.class_names, self.file_paths
        return made

    def _new(self, start: Callable[[], Iterator], length: int | None, pieces: Callable | None) -> Dataset:
        return type(self)(start, length, pieces)

    def _rearranged(self, change: Callable[[Callable], Iterator], length: int | None) -> Dataset:
        """Other elements, or another order, than in a pass that is begun; what they are is not looked at."""
        return self._like(lambda: change(self._start), length, change)

    def _part(self, pieces: Iterator[Piece]) -> Iterator:
        """The elements of some pieces of a pass."""
        made = made_in_order(pieces, self._threads)
        return read_ahead(lambda: made, self._ahead) if self._ahead else made

    def __repr__(self) -> str:
        length = {None: "unknown length", -1: "endless"}.get(self._length, f"{self._length} elements")
        return f"<Dataset: {length}>"


def _called(function: Callable, element: Any) -> Any:
    return function(*element) if isinstance(element, tuple) else function(element)


def _drawn(elements: Iterator, size: int, numbers: np.random.Generator) -> Iterator:
    kept = list(itertools.islice(elements, size))
    for element in elements:
        i = int(numbers.integers(len(kept)))
        chosen, kept[i] = kept[i], element
        yield chosen
    numbers.shuffle(kept)
    yield from kept


def _groups(elements: Iterator, size: int, drop: bool) -> Iterator[list]:
    while group := list(itertools.islice(elements, size)):
        if len(group) == size or not drop:
            yield group


def _stacked(group: Iterable) -> Any:
    return tree.map_leaves(lambda *rows: np.stack(rows), *group)
