"""Sequences: `keras.preprocessing.sequence` of Keras 0.x to 2.x, without `pad_sequences`, which today's has too."""

from __future__ import annotations

import json
import random

import numpy as np

from keras._core.checks import positive_integer
from keras.utils import PyDataset

__all__ = ["TimeseriesGenerator", "make_sampling_table", "skipgrams", "timeseries_generator_from_json"]


def make_sampling_table(size, sampling_factor=1e-5):
    """How likely to keep the word of each rank, where frequencies follow Zipf's law.

    `p = min(1, sqrt(f / t) / (f / t))` with frequency f = 1 / (rank (ln rank + 0.577) + 1/2 - 1 / (12 rank)),
    factor t (word2vec, Mikolov et al. 2013)

    Args:
        size: how many ranks.
        sampling_factor: the smaller, the rarer frequent words are kept.
    """
    rank = np.arange(size)
    rank[:1] = 1  # number 0 is no word
    inverse = rank * (np.log(rank) + 0.577) + 0.5 - 1.0 / (12.0 * rank)
    ratio = sampling_factor * inverse
    return np.minimum(1.0, ratio / np.sqrt(ratio))


def skipgrams(
    sequence,
    vocabulary_size,
    window_size=4,
    negative_samples=1.0,
    shuffle=True,
    categorical=False,
    sampling_table=None,
    seed=None,
):
    """Pairs of words: neighbours, labelled 1, and words with random ones, labelled 0.

    Args:
        sequence: numbers of words; 0 is no word.
        vocabulary_size: one more than the largest number that is drawn.
        window_size: how far apart neighbours may be.
        negative_samples: random pairs per pair of neighbours.
        shuffle: whether pairs are put into random order.
        categorical: whether labels are [0, 1] and [1, 0].
        sampling_table: how likely each number is kept as the middle of a window; see `make_sampling_table`.
        seed: decides the order.

    Returns:
        couples, labels
    """
    couples, labels = [], []
    for place, word in enumerate(sequence):
        if not word or (sampling_table is not None and sampling_table[word] < random.random()):
            continue
        around = range(max(0, place - window_size), min(len(sequence), place + window_size + 1))
        couples += [[word, sequence[other]] for other in around if other != place and sequence[other]]
    yes, no = ([0, 1], [1, 0]) if categorical else (1, 0)
    labels = [yes] * len(couples)
    if negative_samples > 0 and couples:
        count = int(len(labels) * negative_samples)
        words = [couple[0] for couple in couples]
        random.shuffle(words)
        couples += [[words[i % len(words)], random.randint(1, vocabulary_size - 1)] for i in range(count)]
        labels += [no] * count
    if shuffle:
        seed = random.randint(0, 10_000_000) if seed is None else seed
        for one in (couples, labels):  # with the same seed, both get the same order
            random.seed(seed)
            random.shuffle(one)
    return couples, labels


class TimeseriesGenerator(PyDataset):
    """Batches of windows over a series, each with the target that follows it.

    Args:
        data: the series, time first.
        targets: as long as `data`.
        length: time steps that a window spans.
        sampling_rate: steps between two neighbours in a window.
        stride: steps from the start of a window to that of the next.
        start_index, end_index: the first and the last row of `data` to use.
        shuffle: whether windows are drawn at random.
        reverse: whether a window goes back in time.
        batch_size: windows in a batch.

    >>> windows = TimeseriesGenerator(np.arange(6), np.arange(6) * 10, length=2, batch_size=3)
    >>> windows[0]
    (array([[0, 1],
           [1, 2],
           [2, 3]]), array([20, 30, 40]))
    """

    def __init__(
        self,
        data,
        targets,
        length,
        sampling_rate=1,
        stride=1,
        start_index=0,
        end_index=None,
        shuffle=False,
        reverse=False,
        batch_size=128,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if len(data) != len(targets):
            raise ValueError(
                f"TimeseriesGenerator: `data` and `targets` must have the same length. "
                f"Got {len(data)} and {len(targets)}."
            )
        self.data = data
        self.targets = targets
        self.length = length
        self.sampling_rate = positive_integer("sampling_rate", sampling_rate, owner="TimeseriesGenerator")
        self.stride = positive_integer("stride", stride, owner="TimeseriesGenerator")
        self.start_index = start_index + length
        self.end_index = len(data) - 1 if end_index is None else end_index
        self.shuffle = shuffle
        self.reverse = reverse
        self.batch_size = positive_integer("batch_size", batch_size, owner="TimeseriesGenerator")
        if self.start_index > self.end_index:
            raise ValueError(
                f"TimeseriesGenerator: no window fits: start_index + length is {self.start_index}, "
                f"end_index {self.end_index}."
            )

    def __len__(self):
        span = self.batch_size * self.stride
        return (self.end_index - self.start_index + span) // span

    def __getitem__(self, index):
        if self.shuffle:
            rows = np.random.randint(self.start_index, self.end_index + 1, size=self.batch_size)
        else:
            first = self.start_index + self.batch_size * self.stride * index
            rows = np.arange(first, min(first + self.batch_size * self.stride, self.end_index + 1), self.stride)
        samples = np.array([self.data[row - self.length : row : self.sampling_rate] for row in rows])
        targets = np.array([self.targets[row] for row in rows])
        return (samples[:, ::-1] if self.reverse else samples), targets

    def get_config(self):
        """Settings and data; the data are JSON, as 2.x wrote them."""
        names = (
            "length", "sampling_rate", "stride", "start_index", "end_index", "shuffle", "reverse", "batch_size",
        )  # fmt: skip
        return {"data": _json_of(self.data, "data"), "targets": _json_of(self.targets, "targets")} | {
            name: getattr(self, name) for name in names
        }

    def to_json(self, **kwargs):
        """Settings and data as JSON; `timeseries_generator_from_json` reads it.

        Args:
            kwargs: passed to `json.dumps`.
        """
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)


def _json_of(values, name: str) -> str:
    values = values.tolist() if isinstance(values, np.ndarray) else values
    try:
        return json.dumps(values)
    except TypeError as error:
        raise TypeError(f"TimeseriesGenerator: `{name}` cannot be written as JSON: {error}.") from None


def timeseries_generator_from_json(json_string):
    """A `TimeseriesGenerator` from what its `to_json` wrote, in this or an older release.

    Raises:
        ValueError: the text is no such JSON.
    """
    try:
        config = dict(json.loads(json_string)["config"])
        config["data"] = np.asarray(json.loads(config["data"]))
        config["targets"] = np.asarray(json.loads(config["targets"]))
        config["start_index"] -= config["length"]  # what is written is the row of the first target
        return TimeseriesGenerator(**config)
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(
            f"timeseries_generator_from_json: the text is not what TimeseriesGenerator.to_json() writes ({error})."
        ) from None
