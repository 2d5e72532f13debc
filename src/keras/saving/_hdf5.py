"""HDF5 files of weights: groups of arrays, written through h5py and read by a reader of our own."""

from __future__ import annotations

import contextlib
import io
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
    with contextlib.ExitStack() as stack:
        if isinstance(path, (str, os.PathLike)):
            path = stack.enter_context(open(path, "wb+", buffering=0))
        sink = _Sink(path)
        try:
            with _h5py().File(sink, "w") as file:
                yield file
        finally:
            if sink.error is not None:
                where = [os.fspath(name)] if isinstance(name, (str, os.PathLike)) else []
                raise OSError(
                    sink.error.errno, f"it could not be written to the end: {sink.error.strerror}", *where
                ) from sink.error


class _Sink(io.RawIOBase):
    """An open file as HDF5 sees it: one that takes everything.

    HDF5 crashes the whole process when a write fails, a full disk say. So the first error is kept for later, and what
    comes after it is thrown away.
    """

    def __init__(self, file: Any):
        self._file = file
        self.error: OSError | None = None

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        return self._file.readinto(buffer)

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        done = 0
        try:
            while self.error is None and done < len(view):
                done += self._file.write(view[done:])
        except OSError as error:
            self.error = error
        return len(view)

    def truncate(self, size: int | None = None) -> int:
        if self.error is None:
            try:
                return self._file.truncate(size)
            except OSError as error:
                self.error = error
        return self._file.tell() if size is None else size

    def flush(self) -> None:
        # also called when this object goes, after the file
        if self.error is None and not getattr(self._file, "closed", False):
            self._file.flush()


def is_hdf5(path: str) -> bool:
    """Whether there is a file that begins as HDF5 does."""
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return file.read(4) == b"\x89HDF"


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
