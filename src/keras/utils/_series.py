"""Windows over a time series, and a data set in two parts."""

import functools
import math
import random

import numpy as np

from keras._core import tree
from keras._core.checks import positive_integer
from keras._data import Dataset, PyDataset
from keras._data.pieces import Counter, Piece, have


def timeseries_dataset_from_array(
    data,
    targets,
    sequence_length,
    sequence_stride=1,
    sampling_rate=1,
    batch_size=128,
    shuffle=False,
    seed=None,
    start_index=None,
    end_index=None,
    format="tf",
):
    """Batches of windows over a series: `data[i : i + length * rate : rate]` for i = 0, stride, 2 stride, ...

    Args:
        data: the series, time first.
        targets: `targets[i]` belongs to the window that starts at i; None for windows alone.
        sequence_length: time steps in a window.
        sequence_stride: steps from the start of a window to that of the next.
        sampling_rate: steps between two neighbours in a window.
        batch_size: windows in a batch; None for single ones.
        shuffle: whether windows come in another order in every pass.
        seed: decides the order.
        start_index, end_index: the part of the series to use.
        format: only 'tf', which here means a data set of this package's own.

    Raises:
        ValueError: a number does not fit the series.

    >>> windows = keras.utils.timeseries_dataset_from_array(np.arange(6), np.arange(6) + 3, sequence_length=3)
    >>> [(x.tolist(), y.tolist()) for x, y in windows]
    [([[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5]], [3, 4, 5, 6])]
    """
    owner = "timeseries_dataset_from_array"
    if format != "tf":
        raise ValueError(f"{owner}: `format` cannot be chosen, the data set is one of this package. Got {format!r}.")
    length = positive_integer("sequence_length", sequence_length, owner=owner)
    stride = positive_integer("sequence_stride", sequence_stride, owner=owner)
    rate = positive_integer("sampling_rate", sampling_rate, owner=owner)
    size = None if batch_size is None else positive_integer("batch_size", batch_size, owner=owner)
    data = data if hasattr(data, "shape") else np.asarray(data)
    targets = targets if targets is None or hasattr(targets, "shape") else np.asarray(targets)
    rows = len(data)
    first = 0 if start_index is None else start_index
    last = rows if end_index is None else end_index
    if not 0 <= first < rows:
        raise ValueError(f"{owner}: `start_index` must be from 0 to {rows - 1}. Got {start_index!r}.")
    if not first < last <= rows:
        raise ValueError(
            f"{owner}: `end_index` must be above `start_index` and at most {rows}, the length of `data`. "
            f"Got {end_index!r}."
        )
    # a window may end with the part, and without targets one more fits
    count = last - first - (length - 1) * rate
    if targets is not None:
        count = min(count, len(targets) - first)
    starts = np.arange(first, first + max(count, 0), stride)
    if not len(starts):
        raise ValueError(
            f"{owner}: a window takes {(length - 1) * rate + 1} time steps, and there are only {last - first}."
        )
    steps = np.arange(length) * rate
    seed = int(np.random.randint(1 << 31)) if seed is None else seed
    counter = Counter()

    def parts():
        order = starts
        if shuffle:
            order = np.random.default_rng([seed, counter()]).permutation(starts)
        return (order[i : i + (size or 1)] for i in range(0, len(order), size or 1))

    def windows(at):
        x = np.asarray(data[(at[:, None] + steps).ravel()] if _takes_numbers(data) else _rows(data, at, steps))
        x = x.reshape(len(at), length, *x.shape[1:])
        y = None if targets is None else np.asarray(targets[at] if _takes_numbers(targets) else _rows(targets, at))
        if size is None:
            return x[0] if y is None else (x[0], y[0])
        return x if y is None else (x, y)

    def pieces():
        return (Piece(functools.partial(windows, at)) for at in parts())

    return Dataset(lambda: map(windows, parts()), math.ceil(len(starts) / (size or 1)), pieces, (counter,))


def _takes_numbers(x) -> bool:
    return isinstance(x, np.ndarray)


def _rows(x, at, steps=(0,)):
    """Rows of what takes no unsorted numbers, as arrays in files do not."""
    return np.concatenate([np.asarray(x[int(i) : int(i) + steps[-1] + 1])[np.asarray(steps)] for i in at])


def split_dataset(dataset, left_size=None, right_size=None, shuffle=False, seed=None, preferred_backend=None):
    """A data set in two: the first elements, and those after them.

    Args:
        dataset: arrays, a list or tuple of arrays, a `PyDataset`, or what can be gone through; it has to fit in memory.
        left_size: how many elements the first part gets, or which share of all.
        right_size: the same for the second.
        shuffle: whether elements are put into another order before.
        seed: decides that order.
        preferred_backend: only None: both parts are data sets of this package.

    Returns:
        Two data sets of single elements; `.batch(32)` makes batches of them.

    Raises:
        ValueError: a size is missing, or they do not fit.

    >>> left, right = keras.utils.split_dataset(np.arange(5), left_size=0.6)
    >>> [int(x) for x in left], [int(x) for x in right]
    ([0, 1, 2], [3, 4])
    """
    if preferred_backend is not None:
        raise ValueError(
            f"split_dataset: `preferred_backend` cannot be chosen, both parts are data sets of this package. "
            f"Got {preferred_backend!r}."
        )
    elements = _elements(dataset)
    total = len(elements)
    left, right = _sizes(left_size, right_size, total)
    order = list(range(total))
    if shuffle:
        random.Random(int(np.random.randint(1 << 31) if seed is None else seed)).shuffle(order)  # the draws of Keras 3
    return _part(elements, order[:left]), _part(elements, order[total - right :])


def _part(elements: list, order: list) -> Dataset:
    return Dataset(lambda: (elements[i] for i in order), len(order), lambda: (have(elements[i]) for i in order))


def _elements(dataset) -> list:
    if isinstance(dataset, (str, bytes, dict)) or not (hasattr(dataset, "__iter__") or hasattr(dataset, "__getitem__")):
        raise TypeError(
            f"split_dataset: `dataset` must be arrays, a list or tuple of arrays, or a data set. "
            f"Got a {type(dataset).__name__}."
        )
    if isinstance(dataset, (list, tuple)):
        if not all(hasattr(x, "shape") for x in dataset):
            raise ValueError("split_dataset: a list or tuple must hold arrays, one per part of an element.")
        lengths = {len(x) for x in dataset}
        if len(lengths) != 1:
            raise ValueError(f"split_dataset: arrays must have the same length. Got {sorted(lengths)}.")
        return list(zip(*dataset))
    if isinstance(dataset, PyDataset):
        batches = [dataset[i] for i in range(len(dataset))]
        return [
            tree.map_leaves(lambda leaf, row=row: leaf[row], batch)
            for batch in batches
            for row in range(len(tree.leaves(batch)[0]))
        ]
    return list(dataset)


def _sizes(left, right, total: int) -> tuple[int, int]:
    if left is None and right is None:
        raise ValueError("split_dataset: pass `left_size`, `right_size`, or both.")
    for name, size in (("left_size", left), ("right_size", right)):
        if size is None:
            continue
        whole = isinstance(size, (int, np.integer)) and not isinstance(size, bool)
        if not whole and not isinstance(size, (float, np.floating)):
            raise TypeError(f"split_dataset: `{name}` must be a number of elements or a share of all. Got {size!r}.")
        if not (0 < size < total if whole else 0 < size < 1):
            raise ValueError(
                f"split_dataset: `{name}` must be from 1 to {total - 1}, or a share between 0 and 1. Got {size!r}."
            )
    counts = [None if n is None else round(n * total) if isinstance(n, float) else int(n) for n in (left, right)]
    first, second = counts
    if first is None:
        first = total - second
    elif second is None:
        second = total - first
    if first + second > total:
        raise ValueError(f"split_dataset: `left_size` and `right_size` are {first} and {second} of {total} elements.")
    if not first or not second:
        raise ValueError(f"split_dataset: of {total} elements, {first} and {second} would be in the two parts.")
    return first, second
