"""Sequences of different lengths in one array."""

import numpy as np

from keras._core.checks import one_of


def pad_sequences(sequences, maxlen=None, dtype="int32", padding="pre", truncating="pre", value=0.0):
    """One array from sequences of different lengths: short ones filled up with `value`, long ones cut.

    Args:
        sequences: a list of sequences; their items are numbers, or arrays of one shape.
        maxlen: the length of the result; that of the longest sequence if None.
        dtype: the result's dtype; `object` for text.
        padding: where short ones are filled: 'pre' at the start, 'post' at the end.
        truncating: where long ones are cut: 'pre' or 'post'.
        value: what they are filled with.

    Shapes:
        result: (number of sequences, maxlen, ...).

    Raises:
        ValueError: an item is no sequence, or items differ in shape.

    >>> keras.utils.pad_sequences([[1, 2, 3], [4]])
    array([[1, 2, 3],
           [0, 0, 4]], dtype=int32)
    """
    one_of("padding", padding, ("pre", "post"), owner="pad_sequences")
    one_of("truncating", truncating, ("pre", "post"), owner="pad_sequences")
    try:
        lengths = [len(s) for s in sequences]
    except TypeError:
        raise ValueError(_NOT_SEQUENCES.format(kind=_kind_of_problem(sequences))) from None
    if maxlen is None:
        maxlen = max(lengths, default=0)
    dtype = np.dtype(dtype)
    if isinstance(value, str) and dtype.kind not in "OU":
        raise ValueError(f"pad_sequences: text needs dtype=object. Got dtype {dtype.name} and value {value!r}.")
    item_shape = next((np.shape(s[0]) for s, length in zip(sequences, lengths) if length), ())
    padded = np.full((len(lengths), maxlen, *item_shape), value, dtype=dtype)
    for row, (sequence, length) in enumerate(zip(sequences, lengths)):
        if not length or not maxlen:
            continue
        kept = sequence[-maxlen:] if truncating == "pre" else sequence[:maxlen]
        try:
            items = np.asarray(kept, dtype=dtype)
        except ValueError as error:
            raise ValueError(f"pad_sequences: sequence {row} does not fit dtype {dtype.name}: {error}") from None
        if items.shape[1:] != item_shape:
            raise ValueError(
                f"pad_sequences: items of all sequences must have one shape. "
                f"Sequence {row} has items of shape {items.shape[1:]}, others have {item_shape}."
            )
        if padding == "post":
            padded[row, : len(items)] = items
        else:
            padded[row, maxlen - len(items) :] = items
    return padded


_NOT_SEQUENCES = "pad_sequences: `sequences` must be a list of sequences, such as [[1, 2], [3]]. Got {kind}."


def _kind_of_problem(sequences) -> str:
    if not hasattr(sequences, "__len__"):
        return f"a {type(sequences).__name__}"
    return f"a {next(type(s).__name__ for s in sequences if np.ndim(s) == 0)} among them"
