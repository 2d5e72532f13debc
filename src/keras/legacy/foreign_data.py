"""`tf.data.Dataset`, under `python -m keras`."""

from __future__ import annotations

import collections
import enum
import glob
import importlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from keras import ops
from keras._core import processes, tree
from keras._data import dataset
from keras._data.pieces import Piece, have
from keras.legacy.foreign_arrays import TensorSpec
from keras.legacy.foreign_texts import Bytes, Texts, as_texts, holds_texts
from keras.legacy.wrapping import wrap

AUTOTUNE = -1
_OFF = (
    "with_options: the policy OFF gives each process a dataset of its own, which fit does here with\n"
    "  keras.distribution.set_distribution(keras.distribution.DataParallel(auto_shard_dataset=False))"
)


class AutoShardPolicy(enum.IntEnum):
    """How the rows are divided among processes; whatever is divided, each row counts once."""

    OFF, AUTO, FILE, DATA, HINT = -1, 0, 1, 2, 3


class Options:
    """`tf.data.Options`: by which means, and how fast, elements are made."""

    def __init__(self):
        self.experimental_distribute = SimpleNamespace(auto_shard_policy=AutoShardPolicy.AUTO)
        self.threading, self.experimental_threading = SimpleNamespace(), SimpleNamespace()
        self.autotune, self.experimental_optimization = SimpleNamespace(), SimpleNamespace()


class Dataset(dataset.Dataset):
    """Elements as tensors: a loop over it, and the functions of `map` and `filter`, get arrays of the device."""

    # whether the last group of rows may be smaller than the others
    _ends_short = False

    def __iter__(self) -> Iterator:
        return map(_as_tensors, self._start())

    def _like(
        self, start: Callable[[], Iterator], length: int | None, pieces: Callable[[Callable], Iterator] | None = None
    ) -> Dataset:
        made = super()._like(start, length, pieces)
        made._ends_short = self._ends_short
        return made

    def _part(self, pieces: Iterator[Piece]) -> Iterator:
        return map(_as_tensors, super()._part(pieces))

    def as_numpy_iterator(self) -> Iterator:
        """A pass, with arrays of NumPy, its numbers, and bytes."""
        return (
            tree.map_leaves(lambda x: x.numpy() if isinstance(x, (Bytes, Texts)) else np.asarray(x)[()], e)
            for e in self
        )

    def cardinality(self) -> Count:
        """Elements in a pass, as a number with `numpy()`."""
        return Count(super().cardinality())

    @property
    def element_spec(self) -> Any:
        """The shapes and dtypes of the first element, which is made for it; None for rows that may be fewer."""
        found = next(iter(self))
        if self._ends_short:
            return tree.map_leaves(lambda x: TensorSpec((None, *x.shape[1:]), _dtype_of(x)), found)
        return tree.map_leaves(lambda x: TensorSpec(x.shape, _dtype_of(x)), found)

    def batch(self, batch_size, drop_remainder=False, num_parallel_calls=None, deterministic=None, name=None):
        """Every `batch_size` elements as one."""
        made = super().batch(int(batch_size), drop_remainder)
        made._ends_short = not drop_remainder
        return made

    def padded_batch(self, batch_size, padded_shapes=None, padding_values=None, drop_remainder=False, name=None):
        """Every `batch_size` elements as one, each array filled up to the longest of the group or to its shape."""
        return self._regrouped(int(batch_size), drop_remainder, lambda g: _padded(g, padded_shapes, padding_values))

    def window(self, size, shift=None, stride=1, drop_remainder=False, name=None):
        """Datasets of `size` elements each, `shift` apart, of which every `stride`-th is taken."""
        step = int(size if shift is None else shift)
        return Dataset(lambda: map(_side_by_side, _windows(self._start(), int(size), step, stride, drop_remainder)))

    def _regrouped(self, size: int, drop: bool, join: Callable) -> Dataset:
        length = self._length
        if length is not None and length >= 0:
            length = length // size if drop else -(-length // size)
        made = self._like(
            lambda: map(join, _windows(self._start(), size, size, 1, drop)),
            length,
            lambda begin: (Piece(lambda *rows: join(list(rows)), g) for g in _windows(begin(), size, size, 1, drop)),
        )
        made._ends_short = not drop
        return made

    def flat_map(self, map_func: Callable, name=None) -> Dataset:
        """The elements of the datasets that `map_func` makes of elements, one after the other."""
        return self._made_of(map_func, 1, 1)

    def interleave(
        self, map_func: Callable, cycle_length=None, block_length=1, num_parallel_calls=None, deterministic=None
    ) -> Dataset:
        """The same, `block_length` elements in turn from each of `cycle_length` datasets."""
        several = 10 if cycle_length in (None, AUTOTUNE) else int(cycle_length)
        return self._made_of(map_func, several, int(block_length))

    def _made_of(self, map_func: Callable, several: int, block: int) -> Dataset:
        def start() -> Iterator:
            sources = (map_func(*_parts(_as_tensors(element)))._start() for element in self._start())
            return _in_turn(sources, several, block)

        return Dataset(start, -1 if self._length == -1 else None)

    def concatenate(self, dataset: Dataset, name=None) -> Dataset:
        """The elements of this dataset and then those of another."""
        lengths = (self._length, _length_of(dataset))
        length = None if None in lengths else -1 if -1 in lengths else sum(lengths)  # type: ignore[arg-type]
        made = self._like(
            lambda: itertools.chain(self._start(), dataset._start()),
            length,
            None if dataset._pieces is None else lambda begin: itertools.chain(begin(), dataset._pieces()),
        )
        return _of_both(made, (self, dataset))

    def enumerate(self, start=0, name=None) -> Dataset:
        """Pairs of a number and an element."""
        return Dataset.zip(Dataset(lambda: map(np.int64, itertools.count(start)), -1, _numbers_from(start)), self)

    def reduce(self, initial_state, reduce_func: Callable, name=None) -> Any:
        """The last `reduce_func(state, element)`."""
        state = tree.map_leaves(_as_tensor, initial_state)
        for element in self:
            state = reduce_func(state, element)
        return state

    def take_while(self, predicate: Callable, name=None) -> Dataset:
        """The elements up to the first for which `predicate` is not true."""

        def start() -> Iterator:
            return itertools.takewhile(lambda x: bool(predicate(*_parts(_as_tensors(x)))), self._start())

        return self._like(start, None)

    def apply(self, transformation_func: Callable) -> Dataset:
        """What a function makes of the dataset."""
        return transformation_func(self)

    def cache(self, filename="", name=None) -> Dataset:
        """Keeps the elements of the first pass, in memory whatever the name of a file."""
        return super().cache()

    def take(self, count, name=None) -> Dataset:
        """The first elements."""
        return super().take(int(count))

    def skip(self, count, name=None) -> Dataset:
        """The elements after the first ones."""
        return super().skip(int(count))

    def shuffle(self, buffer_size, seed=None, reshuffle_each_iteration=True, name=None) -> Dataset:
        """The elements in another order."""
        return super().shuffle(int(buffer_size), seed, reshuffle_each_iteration is not False)

    def prefetch(self, buffer_size, name=None) -> Dataset:
        """The same elements, made ahead."""
        return super().prefetch(AUTOTUNE if buffer_size is None else int(buffer_size))

    def shard(self, num_shards: int, index: int) -> dataset.Dataset:
        """Every so many elements one, from number `index` on."""
        if not 0 <= index < num_shards:
            raise ValueError(f"shard: `index` must be a number from 0 to {num_shards - 1}. Got {index}.")
        length = self._length
        if length is not None and length >= 0:
            length = len(range(index, length, num_shards))
        return self._rearranged(lambda begin: itertools.islice(begin(), index, None, num_shards), length)

    def with_options(self, options: Options) -> Dataset:
        """The same dataset: what the options say changes no element.

        Raises:
            NotImplementedError: each of several processes should have the whole dataset as its own part.
        """
        if options.experimental_distribute.auto_shard_policy is AutoShardPolicy.OFF and processes.count() > 1:
            raise NotImplementedError(_OFF)
        return self

    def map(self, map_func: Callable, num_parallel_calls=None, deterministic=None, name=None) -> dataset.Dataset:
        """The elements after `map_func`, in their order."""
        return super().map(lambda *parts: map_func(*_as_tensors(parts)), num_parallel_calls)

    def filter(self, predicate: Callable) -> dataset.Dataset:
        """The elements for which `predicate` is true."""
        return super().filter(lambda *parts: predicate(*_as_tensors(parts)))

    @staticmethod
    def from_tensor_slices(tensors: Any) -> Dataset:
        """The rows of arrays."""
        arrays = tree.map_leaves(np.asarray, _lists_as_arrays(tensors))
        lengths = {len(a) for a in tree.leaves(arrays)}
        if len(lengths) != 1:
            raise ValueError(f"from_tensor_slices: all arrays need as many rows. Got {sorted(lengths)}.")
        length = lengths.pop()
        return _of_rows(lambda i: tree.map_leaves(lambda a: a[i], arrays), length)

    @staticmethod
    def from_tensors(tensors: Any) -> Dataset:
        """One element."""
        arrays = tree.map_leaves(np.asarray, _lists_as_arrays(tensors))
        return _of_rows(lambda i: arrays, 1)

    @staticmethod
    def from_generator(
        generator: Callable, output_types=None, output_shapes=None, args=(), output_signature=None
    ) -> Dataset:
        """What the iterators yield that `generator(*args)` returns, in the dtypes that are given."""
        types = output_types
        if output_signature is not None:
            types = tree.map_leaves(lambda spec: spec.dtype, output_signature)
        if types is None:
            return Dataset(lambda: iter(generator(*args)))

        def typed(element: Any) -> Any:
            return tree.map_leaves(lambda dtype, x: _typed(x, dtype), types, element)

        return Dataset(lambda: map(typed, generator(*args)))

    @staticmethod
    def range(*args, output_type="int64") -> Dataset:
        """The numbers of Python's `range`."""
        numbers = range(*args)
        return _of_rows(lambda i: np.asarray(numbers[i], output_type), len(numbers))

    @staticmethod
    def zip(*datasets: Iterable) -> Dataset:
        """The elements of several datasets side by side, as long as the shortest."""
        sources = datasets[0] if len(datasets) == 1 and isinstance(datasets[0], tuple) else datasets
        lengths = [_length_of(d) for d in sources]
        ends = [n for n in lengths if n != -1]
        length = -1 if not ends else None if None in ends else min(ends)
        made = Dataset(lambda: zip(*(d._start() for d in sources)), length)
        if all(d._pieces is not None for d in sources):
            made._pieces = lambda: (Piece(_tuple_of, group) for group in zip(*(d._pieces() for d in sources)))
        return _of_both(made, sources)

    @staticmethod
    def list_files(file_pattern, shuffle=None, seed=None, name=None) -> Dataset:
        """The names of the files that patterns fit, in another order in each pass unless `shuffle` is False.

        Raises:
            FileNotFoundError: no file fits.
        """
        patterns = [str(one) for one in as_texts(file_pattern).flat]
        found = sorted(itertools.chain.from_iterable(map(glob.glob, patterns)))
        if not found:
            raise FileNotFoundError(f"list_files: no files fit {', '.join(patterns)}.")
        made = Dataset.from_tensor_slices(found)
        return made if shuffle is False else made.shuffle(len(found), seed)

    @staticmethod
    def sample_from_datasets(datasets, weights=None, seed=None, stop_on_empty_dataset=False) -> Dataset:
        """Elements of datasets drawn by their weights, until all are through, or one if `stop_on_empty_dataset`."""
        shares = np.full(len(datasets), 1 / len(datasets)) if weights is None else np.asarray(weights, "float64")

        def start() -> Iterator:
            numbers = np.random.default_rng(np.random.randint(1 << 31) if seed is None else seed)
            return _drawn_from([d._start() for d in datasets], shares, numbers, stop_on_empty_dataset)

        return Dataset(start, -1 if any(_length_of(d) == -1 for d in datasets) else None)

    @staticmethod
    def choose_from_datasets(datasets, choice_dataset, stop_on_empty_dataset=True) -> Dataset:
        """The next element of the dataset that each number of another dataset names."""

        def start() -> Iterator:
            sources = [d._start() for d in datasets]
            for number in choice_dataset._start():
                try:
                    yield next(sources[int(number)])
                except StopIteration:
                    if stop_on_empty_dataset:
                        return

        return Dataset(start)


def _of_rows(row: Callable[[int], Any], count: int) -> Dataset:
    """The dataset of what `row` returns for the numbers up to `count`."""
    return Dataset(lambda: map(row, range(count)), count, lambda: (Piece(partial(row, i)) for i in range(count)))


def _numbers_from(start: int) -> Callable[[], Iterator[Piece]]:
    return lambda: (have(np.int64(i)) for i in itertools.count(start))


def _tuple_of(*elements: Any) -> tuple:
    return elements


def _of_both(made: Dataset, sources: Iterable[Dataset]) -> Dataset:
    """A dataset made of several, whose orders depend on what theirs do."""
    made._counters = tuple(dict.fromkeys(counter for one in sources for counter in one._counters))
    made._threads = max(one._threads for one in sources)
    return made


def text_lines(filenames, compression_type=None, buffer_size=None, num_parallel_reads=None) -> Dataset:
    """`tf.data.TextLineDataset`: the lines of files, without their ends."""
    if compression_type not in (None, ""):
        raise ValueError(f"TextLineDataset: `compression_type` must be None here. Got {compression_type!r}.")
    names = list(filenames if isinstance(filenames, dataset.Dataset) else as_texts(filenames).flat)

    def start() -> Iterator:
        for name in names:
            with open(str(as_texts(name)), encoding="utf-8", newline="\n") as file:
                yield from (np.asarray(line.rstrip("\r\n")) for line in file)

    return Dataset(start)


def cardinality(dataset) -> Count:
    """`tf.data.experimental.cardinality`."""
    return Count(dataset.cardinality())


class Count(int):
    """A number of elements, which knows `numpy()`."""

    def numpy(self) -> np.int64:
        """The number."""
        return np.int64(self)


class _Batches(Dataset):
    _ends_short = True


def serve_everywhere() -> None:
    """Lets `image_dataset_from_directory` and the others make such datasets, too, and layers such texts."""
    for name in ("_folders", "_series"):
        importlib.import_module(f"keras.utils.{name}").Dataset = _Batches
    lookup = importlib.import_module("keras.layers").StringLookup
    if not hasattr(lookup.read, "of_tensorflow"):
        wrap(lookup, "read", _texts_of_lookup)
        lookup.read.of_tensorflow = True


def _texts_of_lookup(function: Callable, self, inputs) -> Any:
    found = function(self, inputs)
    return as_texts(found) if self.invert else found


def _length_of(source: dataset.Dataset) -> int | None:
    count = source.cardinality()
    return None if count == -2 else count


def _lists_as_arrays(tensors: Any) -> Any:
    """A structure of tuples and dicts; a list is one array, as it is in TensorFlow."""
    if isinstance(tensors, tuple):
        return tuple(map(_lists_as_arrays, tensors))
    if isinstance(tensors, dict):
        return {name: _lists_as_arrays(value) for name, value in tensors.items()}
    return np.asarray(tensors)


def _as_tensors(element: Any) -> Any:
    return tree.map_leaves(_as_tensor, element)


def _as_tensor(x: Any) -> Any:
    if isinstance(x, dataset.Dataset):
        return x
    array = np.asarray(x)
    if array.dtype.kind == "O" and array.size and isinstance(array.flat[0], bytes):
        return array.view(Bytes)
    if array.dtype.kind in "OSUT":
        return as_texts(x) if holds_texts(array) else x
    return ops.convert_to_tensor(x)


def _dtype_of(x: Any) -> str:
    return "string" if isinstance(x, Texts) else str(x.dtype)


def _typed(x: Any, dtype: Any) -> np.ndarray:
    return np.asarray(as_texts(x)) if str(dtype) == "string" else np.asarray(x, dtype)


def _parts(element: Any) -> tuple:
    return element if isinstance(element, tuple) else (element,)


def _windows(elements: Iterator, size: int, shift: int, stride: int, drop: bool) -> Iterator[list]:
    """Groups of up to `size` elements that begin `shift` apart."""
    span = (size - 1) * stride + 1
    kept = list(itertools.islice(elements, span))
    while kept and (len(kept[::stride]) == size or not drop):
        yield kept[::stride]
        collections.deque(itertools.islice(elements, max(shift - len(kept), 0)), maxlen=0)  # left out by all windows
        kept = kept[shift:]
        kept += itertools.islice(elements, span - len(kept))


def _side_by_side(group: list) -> Any:
    """The elements of a window as a dataset; of tuples, a tuple of datasets, one for each of their parts."""

    def of(rows: list) -> Dataset:
        return Dataset(lambda: iter(rows), len(rows))

    first = group[0]
    if isinstance(first, tuple):
        return tuple(of([row[i] for row in group]) for i in range(len(first)))
    if isinstance(first, dict):
        return {name: of([row[name] for row in group]) for name in first}
    return of(group)


def _in_turn(sources: Iterator[Iterator], several: int, block: int) -> Iterator:
    running = list(itertools.islice(sources, several))
    while running:
        following = []
        for source in running:
            rows = list(itertools.islice(source, block))
            yield from rows
            if len(rows) < block:
                following += itertools.islice(sources, 1)
            else:
                following.append(source)
        running = following


def _drawn_from(sources: list, shares: np.ndarray, numbers: np.random.Generator, stop: bool) -> Iterator:
    open_ones = shares > 0
    while open_ones.any():
        chances = shares * open_ones
        i = int(numbers.choice(len(sources), p=chances / chances.sum()))
        try:
            yield next(sources[i])
        except StopIteration:
            if stop:
                return
            open_ones[i] = False


def _padded(group: list, shapes: Any, values: Any) -> Any:
    """Arrays of different lengths in one."""
    leaves = [tree.leaves(element) for element in group]
    wanted = [None] * len(leaves[0]) if shapes is None else _each_shape(shapes)
    filler = tree.leaves(values) if isinstance(values, (tuple, dict, list)) else [values] * len(leaves[0])
    made = [_stacked_to(list(rows), w, f) for rows, w, f in zip(zip(*leaves), wanted, filler)]
    return tree.pack_like(group[0], made)


def _each_shape(shapes: Any) -> list:
    """The shapes of a structure of them: lists, and tuples of numbers, are shapes themselves."""
    if isinstance(shapes, dict):
        return [one for name in shapes for one in _each_shape(shapes[name])]
    if isinstance(shapes, tuple) and not all(n is None or isinstance(n, int) for n in shapes):
        return [one for part in shapes for one in _each_shape(part)]
    return [list(shapes)]


def _stacked_to(rows: list, shape: list | None, filler: Any) -> np.ndarray:
    rows = [np.asarray(row) for row in rows]
    longest = [max(sizes) for sizes in zip(*(row.shape for row in rows))]
    if shape is not None:
        longest = [n if wanted in (None, -1) else wanted for n, wanted in zip(longest, shape)]
    empty = "" if rows[0].dtype.kind == "U" else 0
    kind = np.result_type(*rows)
    made = np.full((len(rows), *longest), empty if filler is None else filler, dtype=kind)
    for i, row in enumerate(rows):
        made[(i, *map(slice, row.shape))] = row
    return made
