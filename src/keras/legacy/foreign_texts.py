"""Arrays of texts as programs of TensorFlow know them: `numpy()` gives bytes, rows are such arrays again."""

from __future__ import annotations

from typing import Any

import numpy as np


class Texts(np.ndarray):
    """An array of `str`, of any shape."""

    def numpy(self) -> Any:
        """Bytes: an array of them, or of a single text just these."""
        found = np.array([str(one).encode("utf-8") for one in self.flat], dtype=object).reshape(self.shape)
        return found.item() if self.ndim == 0 else found

    def __getitem__(self, index):
        found = super().__getitem__(index)
        return as_texts(found) if isinstance(found, str) else found

    def __eq__(self, other):
        return np.asarray(self) == np.asarray(as_texts(other) if holds_texts(other) else other)

    def __ne__(self, other):
        return np.logical_not(self.__eq__(other))

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return str(self.item()) if self.ndim == 0 else str(np.asarray(self))

    def __repr__(self) -> str:
        return repr(np.asarray(self))

    def __format__(self, how: str) -> str:
        return format(str(self), how)


class Bytes(np.ndarray):
    """An array of `bytes` that are no texts, such as records."""

    def numpy(self) -> Any:
        """The bytes of a single one, or the array."""
        return self.item() if self.ndim == 0 else np.asarray(self)


def as_texts(x: Any) -> Texts:
    """Texts, bytes, or lists and arrays of them, as one array."""
    array = np.asarray(x)
    if array.dtype.kind in "SO":
        flat = [one.decode("utf-8") if isinstance(one, bytes) else str(one) for one in array.flat]
        array = np.array(flat, dtype=str).reshape(array.shape)
    return array.view(Texts)


def holds_texts(x: Any) -> bool:
    """Whether something is a text, or a list or an array of them."""
    if isinstance(x, (str, bytes)):
        return True
    if isinstance(x, (list, tuple)):
        return len(x) > 0 and holds_texts(x[0])
    kind = getattr(getattr(x, "dtype", None), "kind", "")
    return (kind in "SU" and kind != "") or (kind == "O" and x.size > 0 and isinstance(x.flat[0], (str, bytes)))
