"""HDF5 files of weights, written and read: groups of numbered arrays, and nothing else.

A file is data from somewhere else. So links that lead out of it, storage outside of it, objects, text, references and
arrays larger than what they are for are refused before anything is read.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

_MOST_MEMBERS = 1_000_000  # of one group
_FILTERS = {1: "gzip", 2: "shuffle", 3: "fletcher32", 32000: "lzf"}
# dtypes that HDF5 does not know: kept as bytes, with their name in an attribute
_EXTENDED = ("bfloat16", "float8_e4m3fn", "float8_e5m2", "int4", "uint4")


class BadFile(ValueError):
    """A file that is damaged, or holds what no weights file holds. Says where and why."""


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
    if array.dtype.name in _EXTENDED:
        stored = np.ascontiguousarray(array).reshape(array.shape).view(f"V{array.dtype.itemsize}")
        group.create_dataset(key, data=stored).attrs["dtype"] = array.dtype.name
    elif array.dtype.kind in "fiub":
        group.create_dataset(key, data=array)
    else:
        raise TypeError(f"A weights file holds numbers; {key!r} of {group.name} has dtype {array.dtype}.")


@contextlib.contextmanager
def opened(path: str | os.PathLike) -> Iterator[Reader]:
    """A reader of the file.

    Raises:
        FileNotFoundError: there is none.
        BadFile: it is no HDF5 file, or damaged.
    """
    path = os.fspath(path)
    size = os.path.getsize(path)
    with open(path, "rb") as plain:
        if plain.read(8) != b"\x89HDF\r\n\x1a\n":
            raise BadFile(f"{path} is not an HDF5 file, or its beginning is damaged.")
    try:
        file = _h5py().File(path, "r", locking=False)
    except OSError as error:
        raise BadFile(f"{path} cannot be read as HDF5: {error}.") from error
    with file:
        yield Reader(file, path, size)


class Reader:
    """One file that is open for reading."""

    def __init__(self, file: Any, path: str, size: int):
        self.path = path
        self.size = size
        self._file = file

    def arrays(self, place: str, room: int = 0) -> Arrays:
        """The arrays of the group at `place`; empty if there is no such group.

        Args:
            room: bytes that whoever asks has room for. An array larger than this and than the file is refused.
        """
        group = self._group(place)
        return Arrays(self, group, place, max(room, self.size))

    def has(self, place: str) -> bool:
        """Whether there is a group at `place`."""
        return self._group(place) is not None

    def _group(self, place: str) -> Any:
        found = self._file
        for part in place.split("/"):
            found = self.member(found, part)
            if not isinstance(found, _h5py().Group):
                return None
        return found

    def member(self, group: Any, name: str) -> Any:
        """The group or dataset called `name`, or None."""
        h5py = _h5py()
        try:
            link = group.get(name, getlink=True, getclass=True)
            if link is None:
                return None
            if link is not h5py.HardLink:
                self.refuse(f"{group.name}/{name}", f"it is a link that may lead elsewhere ({link.__name__})")
            return group[name]
        except (OSError, RuntimeError, KeyError, TypeError, UnicodeError) as error:
            return self.refuse(f"{group.name}/{name}", f"it cannot be read: {error}")

    def refuse(self, place: str, reason: str) -> Any:
        """Raises a BadFile error about a place in this file."""
        raise BadFile(f"{self.path} is refused: at {place.replace('//', '/')}, {reason}.")


class Arrays(Mapping):
    """The arrays of one group, read when they are asked for: what `load_own_variables` gets."""

    def __init__(self, reader: Reader, group: Any, place: str, most_bytes: int):
        self._reader = reader
        self._group = group
        self._place = place
        self._most_bytes = most_bytes

    def __len__(self) -> int:
        if self._group is None:
            return 0
        try:
            count = len(self._group)
        except (OSError, RuntimeError) as error:
            return self._reader.refuse(self._place, f"it cannot be read: {error}")
        if count > _MOST_MEMBERS:
            self._reader.refuse(self._place, f"it has {count} members")
        return count

    def __iter__(self) -> Iterator[str]:
        if not len(self):
            return iter(())
        try:
            return iter(list(self._group))
        except (OSError, RuntimeError, UnicodeError) as error:
            return self._reader.refuse(self._place, f"its members cannot be listed: {error}")

    def __contains__(self, key: object) -> bool:
        return self._group is not None and self._find(str(key)) is not None

    def __getitem__(self, key: str) -> Any:
        found = self._find(str(key))
        if found is None:
            raise KeyError(f"{self._place} of the file holds no array {str(key)!r}.")
        place = f"{self._place}/{key}"
        if isinstance(found, _h5py().Group):
            return Arrays(self._reader, found, place, self._most_bytes)
        return self._read(found, place)

    def _find(self, key: str) -> Any:
        found = self._group
        for part in key.split("/"):
            if not isinstance(found, _h5py().Group):
                return None
            found = self._reader.member(found, part)
        return found

    def _read(self, dataset: Any, place: str) -> np.ndarray:
        refuse = self._reader.refuse
        if not isinstance(dataset, _h5py().Dataset):
            refuse(place, "it is neither a group nor an array")
        try:
            if dataset.shape is None:
                refuse(place, "it is an array without a shape")
            if dataset.is_virtual or dataset.external:
                refuse(place, "its values lie in other files")
            settings = dataset.id.get_create_plist()
            filters = [settings.get_filter(i)[0] for i in range(settings.get_nfilters())]
            if unknown := [f for f in filters if f not in _FILTERS]:
                refuse(place, f"it is packed by filter {unknown[0]}, which only a plug-in could unpack")
            dtype = dataset.dtype
            extended = self._extended_dtype(dataset, place) if dtype.kind == "V" else None
            if extended is None and dtype.kind not in "fiub":
                refuse(place, f"its values are no real numbers, but {dtype}")
            needed = math.prod(int(n) for n in dataset.shape) * dtype.itemsize
            if needed > self._most_bytes:
                refuse(
                    place,
                    f"it claims {needed:,} bytes, more than the file has and more than its place in the model takes",
                )
            values = dataset[()]
        except (OSError, RuntimeError, KeyError, TypeError, UnicodeError) as error:
            refuse(place, f"it cannot be read: {error}")
        return values if extended is None else np.asarray(values).view(extended)

    def _extended_dtype(self, dataset: Any, place: str) -> np.dtype:
        name = dataset.attrs.get("dtype")
        if isinstance(name, bytes):
            name = name.decode("ascii", "replace")
        if dataset.dtype.names is not None or name not in _EXTENDED:
            self._reader.refuse(place, f"its values are no numbers that are known here, but {name or dataset.dtype}")
        dtype = np.dtype(name)
        if dtype.itemsize != dataset.dtype.itemsize:
            self._reader.refuse(place, f"it calls values of {dataset.dtype.itemsize} bytes {name}")
        return dtype
