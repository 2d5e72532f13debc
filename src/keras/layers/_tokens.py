"""What a vocabulary is given as: lists, columns and files of tokens, weights, salts."""

import os

import numpy as np

from keras import ops
from keras._core.errors import NoSuchFile, WrongTypeError
from keras.layers._text import host_array


def checked_salt(salt, owner):
    """A pair of integers from one or two of them; None stays None."""
    pair = [salt, salt] if isinstance(salt, (int, np.integer)) and not isinstance(salt, bool) else salt
    if pair is None:
        return None
    if (
        not isinstance(pair, (list, tuple))
        or len(pair) != 2
        or not all(isinstance(s, (int, np.integer)) and not isinstance(s, bool) for s in pair)
    ):
        raise ValueError(f"{owner}: `salt` must be an integer or two of them. Got {salt!r}.")
    return [int(s) for s in pair]


def refuse_path(config, owner):
    """Refuses a config that names a vocabulary by the path of a file."""
    if isinstance(config.get("vocabulary"), (str, os.PathLike)):
        raise ValueError(
            f"{owner}: the config names the file {config['vocabulary']!r} as vocabulary. "
            "Files that a config names are not opened.\n  Pass the tokens as a list."
        )


def as_list(vocabulary, owner):
    """The tokens of a list, an array or a column."""
    if isinstance(vocabulary, (list, tuple)):
        return list(vocabulary)
    if isinstance(vocabulary, (dict, set)):
        raise WrongTypeError(f"{owner}: `vocabulary` must be a list. Got a {type(vocabulary).__name__}.")
    return host_array(vocabulary, owner).ravel().tolist()


def plain_token(token):
    """A token as JSON has it."""
    if isinstance(token, bytes):
        return token.decode("utf-8", "surrogateescape")
    return token.item() if isinstance(token, np.generic) else token


def lines_of(path, owner):
    """The tokens of a file that has one per line."""
    if not os.path.isfile(path):
        raise NoSuchFile(f"{owner}: there is no vocabulary file {os.fspath(path)!r}.")
    with open(path, encoding="utf-8", newline="\n") as file:
        lines = file.read().split("\n")
    lines = [line.removesuffix("\r") for line in lines]
    return lines[:-1] if lines[-1] == "" else lines


def floats(weights):
    """Weights as Python numbers."""
    return [float(w) for w in np.asarray(ops.convert_to_numpy(weights)).ravel()]


def few(tokens):
    """The first of some tokens, for messages."""
    shown = ", ".join(repr(t) for t in tokens[:5])
    return shown + (f" and {len(tokens) - 5} more" if len(tokens) > 5 else "")
