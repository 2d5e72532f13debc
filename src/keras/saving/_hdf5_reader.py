"""Reads HDF5 files of strangers: the part of the format that files of models use, and nothing else.

HDF5's own library follows links out of a file, loads filters from plug-ins, and can loop for ever over a damaged file.
So files are read here, where every address is checked against the file, every step counts, and whatever does not belong
into a file of weights is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from keras.saving import _hdf5_values
from keras.saving._hdf5_structure import Group, Message, Structure
from keras.saving._hdf5_types import EXTENDED, attribute, filters_of, shape_of, type_of
from keras.saving._hdf5_values import Array

__all__ = ["EXTENDED", "Array", "Arrays", "Group", "Reader"]

_MOST_PACKED = 1100  # deflate packs no better than this


class Reader(Structure):
    """One HDF5 file that is open for reading: what callers ask of it."""

    def arrays(self, place: str, room: int = 0) -> Arrays:
        """The arrays of the group at `place`; empty if there is no such group.

        Args:
            room: bytes that whoever asks has room for. An array larger than this and than the file is refused.
        """
        found = self.find(place)
        group = found if isinstance(found, Group) else None
        return Arrays(self, group, place, max(room, self.size))

    def has(self, place: str) -> bool:
        """Whether there is a group at `place`."""
        return isinstance(self.find(place), Group)

    def find(self, place: str, start: Group | None = None) -> Group | Array | None:
        """The group or array at `place`, from the root or from `start` on, or None."""
        found: Group | Array | None = start or self.root
        for part in place.split("/"):
            if part:
                found = self.member(found, part) if isinstance(found, Group) else None
        return found

    def names(self, group: Group) -> list[str]:
        """Names of what is in a group, in the order of the file."""
        return list(self.links_of(group))

    def member(self, group: Group, name: str) -> Group | Array | None:
        """What a group holds under a name, or None."""
        links = self.links_of(group)
        if name not in links:
            return None
        kind, address = links[name]
        place = f"{group.place}/{name}".lstrip("/")
        if kind != "hard":
            self.refuse(place, f"it is a link that may lead elsewhere ({kind})")
        with self.at(place):
            return self._object(place, address)

    def _object(self, place: str, address: int) -> Group | Array:
        messages = self.messages(address, place)
        kinds = {m.kind for m in messages}
        if 0x11 in kinds or 0x02 in kinds:
            return Group(place, address)
        if not {0x01, 0x03, 0x08} <= kinds:
            self.refuse(place, "it is neither a group nor an array")
        if 0x07 in kinds:
            self.refuse(place, "its values lie in other files")
        if any(m.flags & 2 and m.kind in (0x01, 0x03, 0x08, 0x0B) for m in messages):
            self.refuse(place, "its description is kept elsewhere in the file, which is not read here")
        first = {m.kind: m.data for m in reversed(messages)}
        filters = filters_of(first[0x0B]) if 0x0B in first else []
        return Array(place, shape_of(first[0x01]), type_of(first[0x03]), first[0x08], filters, messages)

    def attributes(self, place: str = "") -> dict[str, Any]:
        """Attributes of the group or array at `place`: text, numbers, or lists of them.

        An attribute of another kind is left out.
        """
        found = self.find(place)
        if found is None:
            return {}
        messages = self.messages(found.address, place) if isinstance(found, Group) else found.messages
        known: dict[str, Any] = {}
        with self.at(place):
            for message in messages:
                if message.kind == 0x15:
                    self._check_no_more(message, place)
                elif message.kind == 0x0C:
                    name, value = attribute(self, message.data, message.flags, place)
                    if value is not None:
                        known[name] = value
        return known

    def _check_no_more(self, message: Message, place: str) -> None:
        if message.data[1] <= 3:
            heap = message.data[4 if message.data[1] & 1 else 2 :][:8]
            if len(heap) == 8 and heap != b"\xff" * 8:
                self.refuse(place, "its attributes are kept in a layout that is not read here")

    def read(self, array: Array, most_bytes: int) -> np.ndarray:
        """The values of an array.

        Raises:
            BadFile: they are no numbers, lie elsewhere, or are more than `most_bytes`.
        """
        return _hdf5_values.read(self, array, most_bytes)

    def walk(self, place: str = "") -> Iterator[Group | Array]:
        """Groups and arrays at and below `place`, in the order of the file, each once."""
        met: set[int] = set()
        stack = [self.find(place)]
        while stack:
            found = stack.pop()
            if found is None:
                continue
            # descriptions are kept, so the same list is the same object of the file
            same = found.address if isinstance(found, Group) else -id(found.messages)
            if same in met:
                continue
            met.add(same)
            yield found
            if isinstance(found, Group):
                stack.extend(self.member(found, name) for name in reversed(self.names(found)))

    def places(self) -> list[str]:
        """Paths of all groups."""
        return [found.place for found in self.walk() if isinstance(found, Group)]

    def declared_bytes(self, place: str = "") -> int:
        """Bytes that all arrays below `place` take in memory, checked against the file.

        Raises:
            BadFile: they claim more than the file can hold.
        """
        plain = packed = 0
        for found in self.walk(place):
            if isinstance(found, Array):
                plain += 0 if found.filters else found.nbytes
                packed += found.nbytes if found.filters else 0
                claimed, most = (packed, self.size * _MOST_PACKED) if found.filters else (plain, self.size)
                if claimed > most:
                    self.refuse(found.place, f"it claims {found.nbytes:,} bytes, more than the file has")
        return plain + packed


class Arrays(Mapping):
    """The arrays of one group, read when they are asked for: what `load_own_variables` gets."""

    def __init__(self, reader: Reader, group: Group | None, place: str, most_bytes: int):
        self._reader = reader
        self._group = group
        self._place = place
        self._most_bytes = most_bytes

    def __len__(self) -> int:
        return 0 if self._group is None else len(self._reader.links_of(self._group))

    def __iter__(self) -> Iterator[str]:
        return iter(()) if self._group is None else iter(self._reader.names(self._group))

    def __contains__(self, key: object) -> bool:
        return self._find(str(key)) is not None

    def __getitem__(self, key: str) -> Any:
        found = self._find(str(key))
        if found is None:
            raise KeyError(f"{self._place} of the file holds no array {str(key)!r}.")
        if isinstance(found, Group):
            return Arrays(self._reader, found, found.place, self._most_bytes)
        return self._reader.read(found, self._most_bytes)

    def _find(self, key: str) -> Group | Array | None:
        return None if self._group is None else self._reader.find(key, self._group)
