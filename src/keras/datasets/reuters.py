"""Reuters: 11,228 reports of an agency, each as numbers of words, in 46 topics."""

from keras.datasets import _files, _words

__all__ = ["get_label_names", "get_word_index", "load_data"]

_LABELS = (
    "cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton carcass "
    "crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin strategic-metal livestock retail ipi "
    "iron-steel rubber heat jobs lei bop zinc orange pet-chem dlr gas silver wpi hog lead"
)


def load_data(
    path="reuters.npz",
    num_words=None,
    skip_top=0,
    maxlen=None,
    test_split=0.2,
    seed=113,
    start_char=1,
    oov_char=2,
    index_from=3,
):
    """Reports of an agency, words given as their rank; see `keras.datasets.imdb.load_data`.

    Args:
        path: where the file is kept, below the folder `datasets` of the Keras home folder, or an absolute path.
        num_words: numbers of words are below it; the rest become `oov_char`. None keeps all.
        skip_top: numbers of words below it become `oov_char`.
        maxlen: only reports that are shorter are kept. None keeps all.
        test_split: the share of the reports that is for testing.
        seed: of the order of the reports.
        start_char: the number that every report begins with; None for none.
        oov_char: the number in place of words that are left out; None drops them.
        index_from: added to every word, to make room for the special numbers.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: arrays of lists, and topics from 0 to 45.

    Raises:
        ValueError: no report is shorter than `maxlen`, or `test_split` is no share.
        OSError: the file is not there and could not be downloaded; the message says where to put it.

    >>> (x_train, y_train), (x_test, y_test) = load_data(num_words=10_000)  # doctest: +SKIP
    """
    _files.check_share(test_split, "reuters.load_data", all_of_it=True)
    file = _files.fetch(path, "reuters.npz", "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916")
    rows, labels = _files.shuffled(*_files.arrays(file, "x", "y"), seed)
    rows, labels = _words.chosen(
        rows, labels, "reuters.load_data", num_words, skip_top, maxlen, start_char, oov_char, index_from
    )
    return _files.split(rows, labels, test_split)


def get_word_index(path="reuters_word_index.json"):
    """The rank of each word, the most frequent being 1, without the `index_from` that `load_data` adds.

    Args:
        path: where the file is kept, below the folder `datasets` of the Keras home folder, or an absolute path.

    Returns:
        A dict from words to numbers.

    >>> get_word_index()["the"]  # doctest: +SKIP
    1
    """
    return _words.index(_files.fetch(path, "reuters_word_index.json", "4d44cc38712099c9e383dc6e5f11a921"))


def get_label_names():
    """The names of the topics, in the order of their numbers.

    >>> get_label_names()[3]
    'earn'
    """
    return tuple(_LABELS.split())
