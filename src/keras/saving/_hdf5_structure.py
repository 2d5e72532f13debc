"""The skeleton of an HDF5 file: objects, their messages, indexes and names, every address checked, every step counted.

Numbers and layout are those of the HDF5 File Format Specification, version 3.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from keras.saving._errors import BadFile

SIGNATURE = b"\x89HDF\r\n\x1a\n"
NOWHERE = 0xFFFFFFFFFFFFFFFF  # an address that is not set
_MOST_STEPS = 1_000_000  # nodes, objects and messages looked at in one file
_MOST_TEXT = 64 * 2**20  # bytes of text in one heap
_DEEPEST = 200  # groups in groups


class Message(NamedTuple):
    """One part of the description of an object."""

    kind: int
    flags: int
    data: bytes


class Group(NamedTuple):
    """A group of the file."""

    place: str
    address: int


class Structure:
    """Groups, links and messages of one open file.

    Args:
        file: something with `seek`, `read` and `readinto`.
        path: its name, for messages.
        size: its bytes.

    Raises:
        BadFile: it is no HDF5 file, cut short, or in a layout that files of models do not have.
    """

    def __init__(self, file: Any, path: str, size: int):
        self.path = path
        self.size = size
        self.file = file
        # each part is read a few times at most, and none is smaller than this
        self._steps_left = min(_MOST_STEPS, 20_000 + size // 16)
        self._bytes_left = 8 * size + 2**24
        self._messages: dict[int, list[Message]] = {}
        self._links: dict[int, dict[str, tuple[str, int]]] = {}
        self._heaps: dict[int, dict[int, tuple[int, int]]] = {}
        self.root = self._superblock()

    def refuse(self, place: str, reason: str) -> Any:
        """Raises a BadFile error about a place in this file."""
        raise BadFile(f"{self.path} is refused: at {place.replace('//', '/') or 'its beginning'}, {reason}.")

    @contextlib.contextmanager
    def at(self, place: str) -> Iterator[None]:
        """Makes what goes wrong inside, while bytes are taken apart, an error about a place in this file."""
        try:
            yield
        except BadFile:
            raise
        except (ValueError, struct.error, IndexError, OverflowError, MemoryError) as error:
            reason = str(error) if type(error) is ValueError else "one of its parts is damaged"
            self.refuse(place, reason.rstrip("."))

    # --- bytes

    def step(self, place: str) -> None:
        """Counts something looked at."""
        self._steps_left -= 1
        if self._steps_left < 0:
            self.refuse(place, "its structure has no end")

    def bytes_at(self, address: int, count: int, place: str) -> bytes:
        """Bytes that belong to the structure."""
        self.step(place)
        self._bytes_left -= count
        if self._bytes_left < 0:
            self.refuse(place, "its structure is larger than the file: parts of it overlap")
        return self.values_at(address, count, place)

    def values_at(self, address: int, count: int, place: str) -> bytes:
        """Bytes that hold values of arrays."""
        if address < 0 or count < 0 or address + count > self.size:
            self.refuse(place, "it points beyond the end of the file: the file is damaged or cut short")
        self.file.seek(address)
        data = self.file.read(count)
        if len(data) != count:
            self.refuse(place, "the file ends too early")
        return data

    def _superblock(self) -> Group:
        if self.size < 96:
            raise BadFile(f"{self.path} is not an HDF5 file, or cut short: it has {self.size} bytes.")
        head = self.bytes_at(0, 100 if self.size >= 100 else 96, "its beginning")
        if not head.startswith(SIGNATURE):
            raise BadFile(f"{self.path} is not an HDF5 file, or its beginning is damaged.")
        if head[8] not in (0, 1) or head[13] != 8 or head[14] != 8:
            self.refuse(
                "its beginning",
                f"it is in a layout (superblock {head[8]}) that files of models do not have; "
                "rewrite it with h5repack --low=0 --high=0",
            )
        start = 24 if head[8] == 0 else 28
        base, _, end, _ = struct.unpack_from("<4Q", head, start)
        if base != 0:
            self.refuse("its beginning", "its addresses do not start at the beginning of the file")
        if end > self.size:
            raise BadFile(
                f"{self.path} is cut short: it has {self.size:,} bytes of {end:,}. It was not written to its end."
            )
        root = self.bytes_at(start + 32, 40, "its beginning")
        return Group("", struct.unpack_from("<Q", root, 8)[0])

    # --- objects

    def messages(self, address: int, place: str) -> list[Message]:
        """What describes the object at an address."""
        if address not in self._messages:
            with self.at(place):
                self._messages[address] = self._read_messages(address, place)
        return self._messages[address]

    def _read_messages(self, address: int, place: str) -> list[Message]:
        head = self.bytes_at(address, 16, place)
        if head[:4] == b"OHDR":
            self.refuse(place, "it is in a newer layout that is not read here; rewrite the file with libver='earliest'")
        version, _, count, _, size = struct.unpack_from("<BBHII", head)
        if version != 1:
            self.refuse(place, "there is no object where one should be")
        blocks = [(address + 16, size)]
        met = set()
        found: list[Message] = []
        while blocks:
            start, length = blocks.pop(0)
            if start in met:
                self.refuse(place, "its parts point to each other in a loop")
            met.add(start)
            data = self.bytes_at(start, length, place)
            at = 0
            while at + 8 <= length and len(found) < count:
                kind, size, flags = struct.unpack_from("<HHB", data, at)
                content = data[at + 8 : at + 8 + size]
                if len(content) != size:
                    self.refuse(place, "one of its parts is longer than it can be")
                at += 8 + size
                self.step(place)
                found.append(Message(kind, flags, content))
                if kind == 0x10 and size >= 16:
                    blocks.append(struct.unpack_from("<QQ", content))
        return found

    # --- groups

    def links_of(self, group: Group) -> dict[str, tuple[str, int]]:
        """Name -> kind of link and address, for a group."""
        if group.address not in self._links:
            if group.place.count("/") >= _DEEPEST:
                self.refuse(group.place[:200], f"it is nested more than {_DEEPEST} levels deep")
            with self.at(group.place):
                self._links[group.address] = self._read_links(group)
        return self._links[group.address]

    def _read_links(self, group: Group) -> dict[str, tuple[str, int]]:
        place = group.place
        found: dict[str, tuple[str, int]] = {}
        for message in self.messages(group.address, place):
            if message.kind == 0x11:
                tree, heap = struct.unpack_from("<QQ", message.data)
                names = self._names(heap, place)
                for _, node in self.tree(tree, 0, 8, place):
                    self._symbols(node, names, found, place)
                if sum(map(len, found)) > len(names):
                    self.refuse(place, "its names overlap")
            elif message.kind == 0x06:
                name, link = _link(message.data)
                found[name] = link
            elif message.kind == 0x02:
                at = 10 if message.data[1] & 1 else 2
                if message.data[at : at + 8] != b"\xff" * 8:
                    self.refuse(place, "its members are listed in a layout that is not read here")
        return found

    def tree(self, address: int, kind: int, key_size: int, place: str) -> Iterator[tuple[bytes, int]]:
        """Keys and addresses in the lowest nodes of a B-tree."""
        if address == NOWHERE:
            return
        stack, met = [(address, 64)], set()
        while stack:
            at, above = stack.pop()
            if at in met:
                self.refuse(place, "its index points to itself")
            met.add(at)
            head = self.bytes_at(at, 24, place)
            node, level, count = head[4], head[5], struct.unpack_from("<H", head, 6)[0]
            if head[:4] != b"TREE" or node != kind or level >= above:
                self.refuse(place, "its index is damaged")
            entry = key_size + 8
            data = self.bytes_at(at + 24, count * entry, place)
            children = [
                (data[i : i + key_size], struct.unpack_from("<Q", data, i + key_size)[0])
                for i in range(0, count * entry, entry)
            ]
            if level:
                stack.extend((child, level) for _, child in reversed(children))
            else:
                yield from children

    def _names(self, address: int, place: str) -> bytes:
        head = self.bytes_at(address, 32, place)
        size, _, start = struct.unpack_from("<QQQ", head, 8)
        if head[:4] != b"HEAP" or size > _MOST_TEXT:
            self.refuse(place, "its names are damaged")
        return self.bytes_at(start, size, place)

    def _symbols(self, node: int, names: bytes, found: dict, place: str) -> None:
        head = self.bytes_at(node, 8, place)
        count = struct.unpack_from("<H", head, 6)[0]
        if head[:4] != b"SNOD":
            self.refuse(place, "its list of members is damaged")
        data = self.bytes_at(node + 8, count * 40, place)
        used = 0
        for i in range(count):
            self.step(place)
            offset, address, cached = struct.unpack_from("<QQI", data, i * 40)
            end = names.find(b"\0", offset)
            used += end - offset
            if offset >= len(names) or end < 0 or used > len(names):
                self.refuse(place, "a name in it is damaged")
            name = text(names[offset:end])
            if name in found:
                self.refuse(place, f"the name {name[:100]!r} stands in it twice")
            found[name] = ("SoftLink" if cached == 2 else "hard", address)

    # --- text that is kept apart from what it belongs to

    def heap_object(self, address: int, index: int, length: int, place: str) -> bytes:
        """Text number `index` of the collection at an address."""
        if address not in self._heaps:
            self._heaps[address] = self._collection(address, place)
        if index not in self._heaps[address]:
            self.refuse(place, "its text is missing")
        start, long = self._heaps[address][index]
        return self.bytes_at(start, min(length, long), place)

    def _collection(self, address: int, place: str) -> dict[int, tuple[int, int]]:
        head = self.bytes_at(address, 16, place)
        size = struct.unpack_from("<Q", head, 8)[0]
        if head[:4] != b"GCOL" or size > _MOST_TEXT:
            self.refuse(place, "its text is damaged")
        found: dict[int, tuple[int, int]] = {}
        at = 16
        while at + 16 <= size:
            number, _, _, long = struct.unpack("<HHIQ", self.bytes_at(address + at, 16, place))
            if number == 0:
                break
            if number in found:
                self.refuse(place, "its text is damaged")
            found[number] = (address + at + 16, long)
            at += 16 + -(-long // 8) * 8
        return found


def text(raw: bytes) -> str:
    """Bytes as text.

    Raises:
        ValueError: they are none.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("a name in it is no text") from None


def _link(data: bytes) -> tuple[str, tuple[str, int]]:
    flags, at, kind = data[1], 2, 0
    if flags & 8:
        kind, at = data[at], at + 1
    at += 8 if flags & 4 else 0
    at += 1 if flags & 16 else 0
    width = 1 << (flags & 3)
    length = int.from_bytes(whole(data, at + width)[at : at + width], "little")
    at += width
    name = text(whole(data, at + length)[at : at + length])
    at += length
    if kind == 0:
        return name, ("hard", struct.unpack_from("<Q", data, at)[0])
    return name, ({1: "SoftLink", 64: "ExternalLink"}.get(kind, "link of a user"), NOWHERE)


def whole(data: bytes, count: int) -> bytes:
    """`data`, which has at least `count` bytes.

    Raises:
        ValueError: it has less.
    """
    if len(data) < count:
        raise ValueError("one of its parts is too short")
    return data
