"""`tf.data.Dataset`, under `python -m keras`."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

from keras import ops
from keras._core import processes, tree
from keras._data import dataset

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

    def __iter__(self) -> Iterator:
        return map(_as_tensors, self._start())

    def shard(self, num_shards: int, index: int) -> dataset.Dataset:
        """Every so many elements one, from number `index` on."""
        if not 0 <= index < num_shards:
            raise ValueError(f"shard: `index` must be a number from 0 to {num_shards - 1}. Got {index}.")
        length = self._length
        if length is not None and length >= 0:
            length = len(range(index, length, num_shards))
        return self._like(lambda: itertools.islice(self._start(), index, None, num_shards), length)

    def with_options(self, options: Options) -> Dataset:
        """The same dataset: what the options say changes no element.

        Raises:
            NotImplementedError: each of several processes should have the whole dataset as its own part.
        """
        if options.experimental_distribute.auto_shard_policy is AutoShardPolicy.OFF and processes.count() > 1:
            raise NotImplementedError(_OFF)
        return self

    def map(self, map_func: Callable, num_parallel_calls=None) -> dataset.Dataset:
        """The elements after `map_func`."""
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
        return Dataset(lambda: (tree.map_leaves(lambda a, i=i: a[i], arrays) for i in range(length)), length)

    @staticmethod
    def from_tensors(tensors: Any) -> Dataset:
        """One element."""
        arrays = tree.map_leaves(np.asarray, _lists_as_arrays(tensors))
        return Dataset(lambda: iter([arrays]), 1)

    @staticmethod
    def from_generator(
        generator: Callable, output_types=None, output_shapes=None, args=(), output_signature=None
    ) -> Dataset:
        """What the iterators yield that `generator(*args)` returns, in the dtypes given by `output_types`."""
        if output_signature is not None:
            raise ValueError(
                "from_generator: `output_signature` is not possible here. Give `output_types`, or neither."
            )
        if output_types is None:
            return Dataset(lambda: iter(generator(*args)))

        def typed(element: Any) -> Any:
            return tree.pack_like(
                output_types,
                [np.asarray(x, dtype) for x, dtype in zip(tree.leaves(element), tree.leaves(output_types))],
            )

        return Dataset(lambda: map(typed, generator(*args)))

    @staticmethod
    def range(*args, output_type="int64") -> Dataset:
        """The numbers of Python's `range`."""
        numbers = range(*args)
        return Dataset(lambda: (np.asarray(n, output_type) for n in numbers), len(numbers))

    @staticmethod
    def zip(*datasets: Iterable) -> Dataset:
        """The elements of several datasets side by side, as long as the shortest."""
        sources = datasets[0] if len(datasets) == 1 and isinstance(datasets[0], tuple) else datasets
        lengths = [_length_of(d) for d in sources]
        ends = [n for n in lengths if n != -1]
        length = -1 if not ends else None if None in ends else min(ends)
        return Dataset(lambda: zip(*(d._start() for d in sources)), length)


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
    return x if np.asarray(x).dtype.kind in "OSUT" else ops.convert_to_tensor(x)
