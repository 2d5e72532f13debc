"""Rows of word numbers: what `imdb` and `reuters` do with them alike."""

import json

import numpy as np


def chosen(rows, labels, whose, num_words, skip_top, maxlen, start_char, oov_char, index_from):
    """Rows as the arguments of `load_data` want them, and their labels; see `keras.datasets.imdb.load_data`."""
    if start_char is not None:
        rows = [[start_char] + [word + index_from for word in row] for row in rows]
    elif index_from:
        rows = [[word + index_from for word in row] for row in rows]
    else:
        rows = [list(row) for row in rows]
    labels = list(labels)
    if maxlen:
        short = [i for i, row in enumerate(rows) if len(row) < maxlen]
        if not short:
            raise ValueError(f"{whose}: no row is shorter than `maxlen`, which is {maxlen}. Take a larger one.")
        rows, labels = [rows[i] for i in short], [labels[i] for i in short]
    # without `num_words` the very last word is left out, in every release
    limit = num_words or max((max(row) for row in rows if row), default=0)
    if oov_char is None:
        rows = [[word for word in row if skip_top <= word < limit] for row in rows]
    else:
        rows = [[word if skip_top <= word < limit else oov_char for word in row] for row in rows]
    return as_objects(rows), np.array(labels)


def as_objects(rows):
    """An array with one list per element; NumPy would make a table of rows of the same length."""
    return np.fromiter(rows, object, len(rows))


def index(path):
    """A dict from words to numbers, from a JSON file."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)
