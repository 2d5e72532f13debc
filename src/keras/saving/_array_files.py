"""Files of several arrays (NumPy's `.npz`), read without taking more memory than the file has bytes."""

import contextlib
import math
import os
import zipfile

import numpy as np
from numpy.lib import format as npy

_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


@contextlib.contextmanager
def arrays_of(file):
    """The arrays of a file as `numpy.savez` writes it, by name, read when they are asked for.

    Args:
        file: a path or an open file.

    Raises:
        ValueError: it is no such file; or an array is compressed, so that a small file could fill the memory; or it
            says to be larger or smaller than what is there, or holds Python objects.
    """
    try:
        with zipfile.ZipFile(file) as members:
            for member in members.infolist():
                _check(members, member)
    except (zipfile.BadZipFile, EOFError, OverflowError) as error:
        raise ValueError(f"it is no whole file of arrays ({error})") from error
    if not isinstance(file, (str, os.PathLike)):
        file.seek(0)
    with np.load(file, allow_pickle=False) as opened:
        yield opened


def _check(members, member):
    if member.compress_type != zipfile.ZIP_STORED or member.compress_size != member.file_size:
        raise ValueError(f"{member.filename!r} in it is compressed, which nothing writes here")
    with members.open(member) as file:
        read = _HEADERS.get(npy.read_magic(file))
        if read is None:
            raise ValueError(f"{member.filename!r} in it is of a version of NumPy's format that nothing writes here")
        shape, _, dtype = read(file)
        if dtype.hasobject:
            raise ValueError(f"{member.filename!r} in it holds Python objects, which are never read")
        if min(shape, default=1) < 0 or math.prod(shape) * dtype.itemsize != member.file_size - file.tell():
            raise ValueError(
                f"{member.filename!r} in it is an array of shape {shape}, but has {member.file_size} bytes"
            )
