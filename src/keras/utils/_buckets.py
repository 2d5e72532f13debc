"""Batches of sequences of about equal length, so that little is padded and few shapes are compiled."""

import numpy as np

from keras._core.checks import one_of, positive_integer
from keras._data import PyDataset
from keras.utils._sequences import pad_sequences


class LengthBuckets(PyDataset):
    """Batches of sequences that are padded to a few lengths instead of the longest of all.

    Every sequence goes into the bucket of the smallest boundary that it fits under; batches are taken from one bucket
    each. A model compiles once per boundary.

    Args:
        sequences: a list of sequences.
        y: targets, one per sequence; None for none.
        sample_weight: weights, one per sequence; None for none.
        batch_size: sequences in a batch.
        boundaries: the lengths to pad to; powers of two up to the longest sequence if None. Longer sequences are cut to
            the last one.
        padding, truncating, value, dtype: see `keras.utils.pad_sequences`.
        shuffle: whether sequences change places within their bucket, and batches theirs, before every epoch.
        seed: decides the orders; None takes one from `numpy.random`.
        **kwargs: `workers` and others of `PyDataset`.

    >>> texts = [[1], [2, 3], [4, 5, 6], [7, 8]]
    >>> batches = keras.utils.LengthBuckets(texts, boundaries=[2, 4], batch_size=2, shuffle=False)
    >>> [batches[i].shape for i in range(len(batches))]
    [(2, 2), (1, 2), (1, 4)]
    """

    def __init__(
        self,
        sequences,
        y=None,
        sample_weight=None,
        batch_size=32,
        boundaries=None,
        padding="post",
        truncating="post",
        value=0.0,
        dtype="int32",
        shuffle=True,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        one_of("padding", padding, ("pre", "post"), owner="LengthBuckets")
        one_of("truncating", truncating, ("pre", "post"), owner="LengthBuckets")
        self.sequences = list(sequences)
        if not self.sequences:
            raise ValueError("LengthBuckets: `sequences` is empty.")
        self.y = None if y is None else np.asarray(y)
        self.sample_weight = None if sample_weight is None else np.asarray(sample_weight)
        for name, other in (("y", self.y), ("sample_weight", self.sample_weight)):
            if other is not None and len(other) != len(self.sequences):
                raise ValueError(
                    f"LengthBuckets: `{name}` must have one entry per sequence. "
                    f"Got {len(other)} for {len(self.sequences)} sequences."
                )
        self.batch_size = positive_integer("batch_size", batch_size, owner="LengthBuckets")
        lengths = np.array([len(s) for s in self.sequences])
        if boundaries is None:
            boundaries = [2**i for i in range(max(int(lengths.max()) - 1, 1).bit_length() + 1)]
        self.boundaries = sorted({positive_integer("boundaries", b, owner="LengthBuckets") for b in boundaries})
        self.padding, self.truncating, self.value, self.dtype = padding, truncating, value, dtype
        self.shuffle = shuffle
        bucket = np.minimum(np.searchsorted(self.boundaries, lengths), len(self.boundaries) - 1)
        self._buckets = [(b, np.flatnonzero(bucket == i)) for i, b in enumerate(self.boundaries)]
        self._numbers = np.random.default_rng(np.random.randint(1 << 31) if seed is None else seed)
        self._arrange()

    def _arrange(self) -> None:
        """Cuts the buckets into batches: pairs of a length and row numbers."""
        self._batches = []
        for length, rows in self._buckets:
            if self.shuffle:
                rows = self._numbers.permutation(rows)
            self._batches += [(length, rows[i : i + self.batch_size]) for i in range(0, len(rows), self.batch_size)]
        if self.shuffle:
            self._numbers.shuffle(self._batches)

    def __len__(self):
        return len(self._batches)

    def __getitem__(self, index):
        length, rows = self._batches[index]
        x = pad_sequences(
            [self.sequences[i] for i in rows], length, self.dtype, self.padding, self.truncating, self.value
        )  # fmt: skip
        parts = [p[rows] for p in (self.y, self.sample_weight) if p is not None]
        if self.y is None and parts:
            return x, None, parts[0]
        return (x, *parts) if parts else x

    def on_epoch_end(self):
        """Arranges the next epoch."""
        if self.shuffle:
            self._arrange()
