"""IMDB: 50,000 reviews of films, each as numbers of words, with whether they praise."""

import numpy as np

from keras.datasets import _files, _words

__all__ = ["get_word_index", "load_data"]


def load_data(
    path="imdb.npz",
    num_words=None,
    skip_top=0,
    maxlen=None,
    seed=113,
    start_char=1,
    oov_char=2,
    index_from=3,
):
    """Reviews of films, words given as their rank: 1 is the most frequent, `index_from` is added to all of them.

    Args:
        path: where the file is kept, below the folder `datasets` of the Keras home folder, or an absolute path.
        num_words: numbers of words are below it; the rest become `oov_char`. None keeps all.
        skip_top: numbers of words below it become `oov_char`.
        maxlen: only reviews that are shorter are kept. None keeps all.
        seed: of the order of the reviews.
        start_char: the number that every review begins with; None for none.
        oov_char: the number in place of words that are left out; None drops them.
        index_from: added to every word, to make room for the special numbers.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: arrays of lists, and labels: 1 for praise, 0 for blame. 25,000 each.

    Raises:
        ValueError: no review is shorter than `maxlen`.
        OSError: the file is not there and could not be downloaded; the message says where to put it.

    >>> (x_train, y_train), (x_test, y_test) = load_data(num_words=10_000)  # doctest: +SKIP
    """
    file = _files.fetch(path, "imdb.npz", "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f")
    x_train, y_train, x_test, y_test = _files.arrays(file, "x_train", "y_train", "x_test", "y_test")
    generator = np.random.RandomState(seed)
    x_train, y_train = _files.shuffled(x_train, y_train, seed, generator)
    x_test, y_test = _files.shuffled(x_test, y_test, seed, generator)
    room = maxlen - (start_char is not None) if maxlen else float("inf")
    cut = sum(len(row) < room for row in x_train)
    rows, labels = np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test])
    rows, labels = _words.chosen(
        rows, labels, "imdb.load_data", num_words, skip_top, maxlen, start_char, oov_char, index_from
    )
    return (rows[:cut], labels[:cut]), (rows[cut:], labels[cut:])


def get_word_index(path="imdb_word_index.json"):
    """The rank of each word, the most frequent being 1, without the `index_from` that `load_data` adds.

    Args:
        path: where the file is kept, below the folder `datasets` of the Keras home folder, or an absolute path.

    Returns:
        A dict from words to numbers.

    >>> get_word_index()["great"]  # doctest: +SKIP
    84
    """
    return _words.index(_files.fetch(path, "imdb_word_index.json", "bfafd718b763782e994055a2d397834f"))
