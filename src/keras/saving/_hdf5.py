"""HDF5 files of weights: groups of arrays, written through h5py and read by a reader of our own."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from keras.saving._errors import BadFile
from keras.saving._hdf5_reader import EXTENDED, Arrays, Reader

__all__ = ["Arrays", "BadFile", "Reader", "opened", "write", "writing"]


def _h5py() -> Any:
    import h5py  # lazy: only reading and writing files needs it

    return h5py


def write(path: Any, groups: Iterable[tuple[str, tuple[str | None, Mapping[str, Any]]]]) -> None:
    """Writes groups: pairs of a group's path, and its name and arrays.

    Args:
        path: where to, or an open file.
        groups: made one by one, so that no more than one is in memory.

    Raises:
        OSError: the disk is full, or takes no more for another reason.
    """
    with writing(path, path) as file:
        for place, (name, arrays) in groups:
            group = file.create_group(place)
            if name is not None:
                group.attrs["name"] = name
            for key, value in arrays.items():
                write_array(group, str(key), value)


@contextlib.contextmanager
def writing(path: Any, name: Any) -> Iterator[Any]:
    """A new HDF5 file of h5py, at a path or in an open file, that is closed at the end.

    Args:
        name: what messages call it.

    Raises:
        OSError: the disk is full, or takes no more for another reason.
    """
    file = created(path)
    try:
        yield file
    except BaseException:
        with contextlib.suppress(RuntimeError, OSError):  # closing writes too; the first reason is the one to tell
            file.close()
        raise
    try:
        file.close()
    except RuntimeError as error:
        raise OSError(f"{name} could not be written to the end: {error}") from error


def created(path: Any) -> Any:
    """A new HDF5 file of h5py, to write to: at a path or in an open file."""
    if isinstance(path, (str, os.PathLike)):
        return _h5py().File(path, "w", locking=False)
    return _h5py().File(path, "w")


def write_array(group: Any, key: str, value: Any) -> None:
    """Puts numbers into a group of h5py."""
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
