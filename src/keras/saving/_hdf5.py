"""HDF5 files of weights: groups of arrays, written through h5py and read by a reader of our own."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from keras.saving._errors import BadFile
from keras.saving._hdf5_reader import EXTENDED, Arrays, Reader

__all__ = ["Arrays", "BadFile", "Reader", "opened", "write"]


def _h5py() -> Any:
    import h5py  # lazy: only reading and writing files needs it

    return h5py


def write(path: str, groups: Mapping[str, tuple[str | None, Mapping[str, Any]]]) -> None:
    """Writes `groups`, a map from a group's path to its name and its arrays.

    Raises:
        OSError: the disk is full, or takes no more for another reason.
    """
    file = _h5py().File(path, "w", locking=False)
    try:
        for place, (name, arrays) in groups.items():
            group = file.create_group(place)
            if name is not None:
                group.attrs["name"] = name
            for key, value in arrays.items():
                _write_array(group, str(key), value)
    except BaseException:
        with contextlib.suppress(RuntimeError, OSError):  # closing writes too; the first reason is the one to tell
            file.close()
        raise
    try:
        file.close()
    except RuntimeError as error:
        raise OSError(f"{path} could not be written to the end: {error}") from error


def _write_array(group: Any, key: str, value: Any) -> None:
    array = np.asarray(value)
    if array.dtype.name in EXTENDED:
        stored = np.ascontiguousarray(array).reshape(array.shape).view(f"V{array.dtype.itemsize}")
        group.create_dataset(key, data=stored).attrs["dtype"] = array.dtype.name
    elif array.dtype.kind in "fiub":
        group.create_dataset(key, data=array)
    else:
        raise TypeError(f"A weights file holds numbers; {key!r} of {group.name} has dtype {array.dtype}.")


@contextlib.contextmanager
def opened(path: Any, name: str | None = None) -> Iterator[Reader]:
    """A reader of the file.

    Args:
        path: where it is, or an open file.
        name: what messages call it, if not by its path.

    Raises:
        FileNotFoundError: there is none.
        BadFile: it is no HDF5 file, or damaged.
    """
    with contextlib.ExitStack() as stack:
        if isinstance(path, (str, os.PathLike)):
            file = stack.enter_context(open(path, "rb", buffering=65536))
            name = name or os.fspath(path)
        else:
            file = path
        size = file.seek(0, os.SEEK_END)
        yield Reader(file, name or "the file", size)
