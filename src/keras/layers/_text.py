"""Text and integers on the host: from whatever holds them to flat lists and NumPy arrays."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from keras._core import tree
from keras._core.errors import WrongTypeError
from keras._core.graph import KerasTensor

_NUMBERS = "bui"


def host_array(x, owner):
    """`x` as a NumPy array, text included: arrays, frames, columns, nested lists, tensors of other libraries."""
    if hasattr(x, "to_list") and hasattr(x, "row_splits"):  # ragged rows of TensorFlow
        x = x.to_list()
    elif hasattr(x, "detach") and hasattr(x, "cpu"):  # torch
        x = x.detach().cpu()
    if hasattr(x, "to_numpy"):
        x = x.to_numpy()
    elif not hasattr(x, "__array__") and hasattr(x, "numpy") and callable(x.numpy):
        x = x.numpy()
    if isinstance(x, (str, bytes)):
        return np.array(x, object)
    if isinstance(x, (list, tuple)) and any(isinstance(i, (str, bytes)) for i in tree.leaves(x)):
        x = _object_array(x, owner)
    else:
        try:
            x = np.asarray(x)
        except ValueError:
            raise ValueError(f"{owner}: rows have different lengths, and an array needs equal ones.") from None
    if x.dtype.kind == "O" and x.size and isinstance(x.flat[0], (list, tuple, np.ndarray)):
        raise ValueError(f"{owner}: rows have different lengths, and an array needs equal ones.")
    return x


def _object_array(x, owner):
    made = np.array(x, object)  # not 'U', which would cut zeros off the end of a text
    if any(isinstance(i, (list, tuple)) for i in made.flat):
        raise ValueError(f"{owner}: rows have different lengths, and an array needs equal ones.")
    return made


def is_text(x):
    """Whether a NumPy array holds text, or may hold some."""
    return x.dtype.kind in "OUST"


def texts(x, owner, encoding="utf-8"):
    """The elements of an array as a flat list of `str`; bytes are decoded.

    Raises:
        TypeError: an element is no text.
    """
    if x.dtype.kind == "S":
        return [i.decode(encoding, "surrogateescape") for i in x.ravel().tolist()]
    if x.dtype.kind in "UT":
        return x.ravel().tolist()
    if x.dtype.kind != "O" and x.size:
        raise WrongTypeError(
            f"{owner} takes text. Got values of dtype {x.dtype}.\n  Write x.astype(str) to take their digits."
        )
    found = x.ravel().tolist()
    for i, item in enumerate(found):
        if isinstance(item, bytes):
            found[i] = item.decode(encoding, "surrogateescape")
        elif type(item) is not str:
            if not isinstance(item, str):
                raise WrongTypeError(f"{owner} takes text. Got {_named(item)} among it.")
            found[i] = str(item)
    return found


def numbers(x, owner):
    """An array of numbers, those of several kinds as float64.

    Raises:
        TypeError: it holds text, missing values or other objects.
    """
    if x.dtype.kind == "O":
        for item in x.flat:
            if not isinstance(item, (int, float, np.number)):
                raise WrongTypeError(f"{owner} takes numbers. Got {_named(item)} among them.")
        return x.astype("float64")
    if x.dtype.kind not in _NUMBERS + "f":
        raise WrongTypeError(f"{owner} takes numbers. Got values of dtype {x.dtype}.")
    return x


def whole_numbers(x, owner):
    """An array as int64.

    Raises:
        TypeError: it holds text, missing values or other objects.
    """
    if x.dtype.kind == "O":
        for item in x.flat:
            if not isinstance(item, (int, np.integer, float, np.floating)):
                raise WrongTypeError(f"{owner} takes integers. Got {_named(item)} among them.")
    elif x.dtype.kind not in _NUMBERS + "f":
        raise WrongTypeError(f"{owner} takes integers. Got values of dtype {x.dtype}.")
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        raise ValueError(f"{owner} takes integers. Got a missing or infinite value among them.")
    return x.astype("int64")


def _named(item):
    kind = type(item).__name__
    return "None" if item is None else f"a missing value ({kind})" if item != item else f"an object of type {kind}"


def encoded(items):
    """Texts as bytes, as files and hashes see them."""
    return [t.encode("utf-8", "surrogateescape") for t in items]


def batches_of(data, owner, batch_size=None, steps=None):
    """The batches of what `adapt` gets, as NumPy arrays: one of everything from arrays, lists and frames.

    Args:
        data: arrays, lists, frames, or what yields batches: a generator, a loader, an object with `len` and `[i]`. Of
            batches `(x, y)` only x counts.
        owner: who to name in messages.
        batch_size: rows of an array that are looked at together.
        steps: how many batches to take.
    """
    if isinstance(data, KerasTensor):
        raise WrongTypeError(
            f"{owner}: `data` is a symbolic tensor, which has no values. Pass arrays or batches of them."
        )
    if isinstance(data, Mapping):
        raise WrongTypeError(f"{owner}: `data` must be one array, or batches of one. Got a dict of {sorted(data)}.")
    if not yields_batches(data):
        if steps is not None:
            raise ValueError(f"{owner}: `steps` counts batches, and `data` is an array. Pass {owner}(data[:rows]).")
        whole = host_array(data, owner)
        if not whole.size:
            raise ValueError(f"{owner}: `data` is empty, so there is nothing to learn from. Got shape {whole.shape}.")
        if not whole.ndim:
            yield whole
            return
        size = len(whole) if batch_size is None else batch_size
        yield from (whole[i : i + size] for i in range(0, len(whole), size))
        return
    if batch_size is not None:
        raise ValueError(f"{owner}: `batch_size` is for arrays, and {type(data).__name__} makes batches of its own.")
    for done, batch in enumerate(passes(data)):
        if done == steps:
            return
        yield host_array(batch[0] if isinstance(batch, tuple) else batch, owner)


def yields_batches(x):
    """Whether `x` gives batch after batch, rather than being an array, a frame or a list."""
    if isinstance(x, (Sequence, Mapping, str, bytes)) or hasattr(x, "__array__") or hasattr(x, "to_numpy"):
        return False
    if hasattr(x, "row_splits"):
        return False
    return isinstance(x, Iterable) or (
        hasattr(x, "__getitem__") and (hasattr(x, "__len__") or hasattr(x, "num_batches"))
    )


def passes(x) -> Iterator:
    """One pass through the batches of `x`."""
    if isinstance(x, Iterator) or not hasattr(x, "__getitem__"):
        return iter(x)
    count = x.num_batches if hasattr(x, "num_batches") else len(x)
    return iter(x) if count is None else (x[i] for i in range(count))
