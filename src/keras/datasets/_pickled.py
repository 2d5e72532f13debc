"""Arrays from pickle files, without unpickling objects: two data sets have been published in that format only.

What a file may name is the few things that NumPy's arrays are pickled as, and each becomes a stand-in defined here,
whose contents are checked before an array is made of them. No code that a file names is called.
"""

import io
import pickle
import re

import numpy as np

_CODE = re.compile(r"[<>|=]?(b1?|[iuf][1248]|O8?)")  # of booleans, numbers and objects


class _Kind:
    """Stands for a dtype."""

    def __init__(self, code, *copying):
        if isinstance(code, bytes):
            code = code.decode("ascii")
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise pickle.UnpicklingError(f"an array of the dtype {code!r}")
        self.dtype = np.dtype(code)

    def __setstate__(self, state):
        order = state[1].decode("ascii") if isinstance(state[1], bytes) else state[1]
        if order not in ("<", ">", "|", "="):
            raise pickle.UnpicklingError(f"a byte order {order!r}")
        self.dtype = self.dtype.newbyteorder(order)


class _Array:
    """Stands for an array."""

    def __setstate__(self, state):
        _, shape, kind, by_columns, content = state
        order = "F" if by_columns else "C"
        if kind.dtype.hasobject:
            size = int(np.prod(shape))
            if not isinstance(content, list) or len(content) != size:
                raise pickle.UnpicklingError("an array whose shape does not fit its contents")
            flat = np.fromiter((_plain(x) for x in content), object, size)
        else:
            if not isinstance(content, bytes):
                raise pickle.UnpicklingError("an array without bytes")
            flat = np.frombuffer(content, kind.dtype).copy()  # bytes cannot be written to, arrays of users can
        self.array = flat.reshape(shape, order=order)


class _Class:
    """Stands for the class of arrays."""


def _array(*of_what):
    return _Array()


def _bytes(text, encoding="latin1"):
    """Python 3 writes bytes in this way for Python 2."""
    if not isinstance(text, str) or encoding not in ("latin1", b"latin1"):
        raise pickle.UnpicklingError(f"text in the encoding {encoding!r}")
    return text.encode("latin1")


_STAND_INS = {
    ("numpy", "ndarray"): _Class,
    ("numpy", "dtype"): _Kind,
    ("numpy.core.multiarray", "_reconstruct"): _array,
    ("numpy._core.multiarray", "_reconstruct"): _array,
    ("_codecs", "encode"): _bytes,
}


class _Reader(pickle.Unpickler):
    def find_class(self, module, name):
        """The stand-in for what a file names."""
        try:
            return _STAND_INS[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name}") from None

    def persistent_load(self, pid):
        """No such references are in these files."""
        raise pickle.UnpicklingError("a reference to something outside")


def _plain(x):
    """The arrays that stand-ins hold, inside lists, tuples and dicts."""
    if isinstance(x, _Array):
        return x.array
    if isinstance(x, dict):
        return {_plain(k): _plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return type(x)(_plain(v) for v in x)
    return x


def load(content, whose):
    """Numbers, text, bytes, lists, dicts and arrays from a pickle; keys of files from Python 2 are bytes.

    Args:
        content: bytes, or a file that gives them.
        whose: the file, for messages.

    Raises:
        ValueError: it is broken, or holds something else.
    """
    try:
        return _plain(_Reader(io.BytesIO(content) if isinstance(content, bytes) else content, encoding="bytes").load())
    except Exception as error:  # a broken pickle ends in nearly any exception
        raise ValueError(f"{whose} is not a file of this data set: it is broken, or holds {error}.") from error
