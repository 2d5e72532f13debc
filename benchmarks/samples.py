"""The data of every workload: made up, learnable, the same for every peer.

Nothing here depends on a framework. Labels follow from the inputs, so that a peer whose loss does not fall is seen to
be broken rather than fast.
"""

import numpy as np

CLASSES = 10


def first_network():
    """The shape of the diabetes table most tutorials begin with: 768 rows of 8 numbers, one yes or no."""
    random = np.random.default_rng(7)
    x = random.normal(size=(768, 8)).astype("float32")
    score = x @ random.normal(size=8) + random.normal(scale=0.5, size=768)
    return x, (score > 0).astype("float32")


def alphabet():
    """Three letters as three time steps, and the letter that follows: 23 sequences."""
    letters = np.arange(26, dtype="float32")
    x = np.stack([letters[i : i + 3] for i in range(23)])[..., None] / 26
    y = np.eye(26, dtype="float32")[3:26]
    return x, y


def sequences(rows=1000, steps=8, features=16):
    random = np.random.default_rng(7)
    labels = random.integers(CLASSES, size=rows)
    patterns = random.normal(size=(CLASSES, steps, features))
    x = patterns[labels] + random.normal(size=(rows, steps, features))
    return x.astype("float32"), np.eye(CLASSES, dtype="float32")[labels]


def tokens(rows=512, steps=80, vocabulary=1024):
    """Token numbers; rows of one kind draw from the lower half more often."""
    random = np.random.default_rng(7)
    labels = random.integers(2, size=rows)
    low = random.random((rows, steps)) < np.where(labels, 0.6, 0.4)[:, None]
    x = random.integers(vocabulary // 2, size=(rows, steps)) + np.where(low, 0, vocabulary // 2)
    return x.astype("int32"), labels.astype("float32")


def flat_images(rows=10_000, pixels=784):
    random = np.random.default_rng(7)
    labels = random.integers(CLASSES, size=rows)
    patterns = random.random((CLASSES, pixels))
    x = 0.5 * patterns[labels] + 0.5 * random.random((rows, pixels))
    return x.astype("float32"), labels.astype("int32")


def images(rows, size, channels):
    """Noisy patches of colour, laid out differently for every class."""
    random = np.random.default_rng(7)
    labels = random.integers(CLASSES, size=rows)
    patch = -(-size // 4)
    patterns = random.normal(size=(CLASSES, 4, 4, channels)).astype("float32")
    patterns = patterns.repeat(patch, axis=1).repeat(patch, axis=2)[:, :size, :size]
    x = 0.5 * patterns[labels] + 0.5 * random.normal(size=(rows, size, size, channels)).astype("float32")
    return x, labels.astype("int32")
