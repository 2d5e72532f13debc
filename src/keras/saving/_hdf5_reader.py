"""Reads HDF5 files of strangers: the part of the format that files of models use, and nothing else.

HDF5's own library follows links out of a file, loads filters from plug-ins, and can loop for ever over a damaged file.
So files are read here, where every address is checked against the file, every step counts, and whatever does not belong
into a file of weights is refused. Numbers and layout are those of the HDF5 File Format Specification, version 3.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from keras.saving._errors import BadFile

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_NOWHERE = 0xFFFFFFFFFFFFFFFF  # an address that is not set
_MOST_STEPS = 2_000_000  # nodes, objects and messages looked at in one file
_MOST_TEXT = 64 * 2**20  # bytes of text in one attribute
_MOST_PACKED = 1100  # deflate packs no better than this
_DEFLATE, _SHUFFLE, _FLETCHER32, _LZF = 1, 2, 3, 32000
# dtypes that HDF5 does not know: kept as bytes, with their name in an attribute
EXTENDED = ("bfloat16", "float8_e4m3fn", "float8_e5m2", "int4", "uint4")


class _Message(NamedTuple):
    kind: int
    flags: int
    data: bytes


class _Type(NamedTuple):
    """What the values of an array are: a dtype, or why they cannot be read."""

    dtype: np.dtype | None
    size: int
    text: str = ""  # "fixed" or "variable" for text
    problem: str = ""


class _Array(NamedTuple):
    """An array of the file, before its values are read."""

    place: str
    shape: tuple[int, ...] | None
    type: _Type
    layout: bytes
    filters: list[tuple[int, tuple[int, ...]]]
    messages: list[_Message]


class Group(NamedTuple):
    """A group of the file."""

    place: str
    address: int


class Reader:
    """One HDF5 file that is open for reading.

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
        self._file = file
        self._steps = 0
        self._links: dict[int, dict[str, tuple[str, int]]] = {}
        self._heaps: dict[int, dict[int, tuple[int, int]]] = {}
        self._root = self._superblock()

    # --- what callers ask

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

    def find(self, place: str) -> Group | _Array | None:
        """The group or array at `place`, or None."""
        found: Group | _Array = self._root
        for part in place.split("/"):
            if not part:
                continue
            if not isinstance(found, Group):
                return None
            inner = self.member(found, part)
            if inner is None:
                return None
            found = inner
        return found

    def names(self, group: Group) -> list[str]:
        """Names of what is in a group, in the order of the file."""
        return list(self._links_of(group))

    def member(self, group: Group, name: str) -> Group | _Array | None:
        """What a group holds under a name, or None."""
        links = self._links_of(group)
        if name not in links:
            return None
        kind, address = links[name]
        place = f"{group.place}/{name}".lstrip("/")
        if kind != "hard":
            self.refuse(place, f"it is a link that may lead elsewhere ({kind})")
        return self._object(place, address)

    def attributes(self, place: str = "") -> dict[str, Any]:
        """Attributes of the group or array at `place`: text, numbers, or lists of them.

        An attribute of another kind is left out.
        """
        found = self.find(place)
        if found is None:
            return {}
        messages = self._messages(found.address, place) if isinstance(found, Group) else found.messages
        known: dict[str, Any] = {}
        for message in messages:
            if message.kind == 0x15 and struct.unpack_from("<B", message.data, 1)[0] in (0, 1, 2, 3):
                heap = message.data[4 if message.data[1] & 1 else 2 :][:8]
                if len(heap) == 8 and heap != b"\xff" * 8:
                    self.refuse(place, "its attributes are kept in a layout that is not read here")
            if message.kind == 0x0C:
                name, value = self._attribute(message, place)
                if value is not None:
                    known[name] = value
        return known

    def refuse(self, place: str, reason: str) -> Any:
        """Raises a BadFile error about a place in this file."""
        raise BadFile(f"{self.path} is refused: at {place.replace('//', '/') or 'its beginning'}, {reason}.")

    # --- bytes

    def _bytes(self, address: int, count: int, place: str) -> bytes:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            self.refuse(place, "its structure has no end")
        if address < 0 or count < 0 or address + count > self.size:
            self.refuse(place, "it points beyond the end of the file: the file is damaged or cut short")
        self._file.seek(address)
        data = self._file.read(count)
        if len(data) != count:
            self.refuse(place, "the file ends too early")
        return data

    def _superblock(self) -> Group:
        if self.size < 96:
            raise BadFile(f"{self.path} is not an HDF5 file, or cut short: it has {self.size} bytes.")
        head = self._bytes(0, 100 if self.size >= 100 else 96, "its beginning")
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
        root = self._bytes(start + 32, 40, "its beginning")
        return Group("", struct.unpack_from("<Q", root, 8)[0])

    # --- objects

    def _messages(self, address: int, place: str) -> list[_Message]:
        head = self._bytes(address, 16, place)
        if head[:4] == b"OHDR":
            self.refuse(place, "it is in a newer layout that is not read here; rewrite the file with libver='earliest'")
        version, _, count, _, size = struct.unpack_from("<BBHII", head)
        if version != 1:
            self.refuse(place, "there is no object where one should be")
        blocks = [(address + 16, size)]
        met = set()
        found: list[_Message] = []
        while blocks:
            start, length = blocks.pop(0)
            if start in met:
                self.refuse(place, "its parts point to each other in a loop")
            met.add(start)
            data = self._bytes(start, length, place)
            at = 0
            while at + 8 <= length and len(found) < count:
                kind, size, flags = struct.unpack_from("<HHB", data, at)
                content = data[at + 8 : at + 8 + size]
                if len(content) != size:
                    self.refuse(place, "one of its parts is longer than it can be")
                at += 8 + size
                self._steps += 1
                message = _Message(kind, flags, content)
                found.append(message)
                if kind == 0x10 and size >= 16:
                    blocks.append(struct.unpack_from("<QQ", content))
        return found

    def _object(self, place: str, address: int) -> Group | _Array:
        messages = self._messages(address, place)
        kinds = {m.kind for m in messages}
        if 0x11 in kinds or 0x02 in kinds:
            return Group(place, address)
        if 0x08 not in kinds or 0x01 not in kinds or 0x03 not in kinds:
            self.refuse(place, "it is neither a group nor an array")
        if 0x07 in kinds:
            self.refuse(place, "its values lie in other files")
        for message in messages:
            if message.flags & 2 and message.kind in (0x01, 0x03, 0x08, 0x0B):
                self.refuse(place, "its description is kept elsewhere in the file, which is not read here")
        by_kind = {m.kind: m.data for m in reversed(messages)}
        return _Array(
            place,
            self._shape(by_kind[0x01], place),
            self._type(by_kind[0x03], place),
            by_kind[0x08],
            self._filters(by_kind[0x0B], place) if 0x0B in by_kind else [],
            messages,
        )

    def _links_of(self, group: Group) -> dict[str, tuple[str, int]]:
        """Name -> kind of link and address, for a group."""
        if group.address in self._links:
            return self._links[group.address]
        place = group.place
        found: dict[str, tuple[str, int]] = {}
        messages = self._messages(group.address, place)
        for message in messages:
            if message.kind == 0x11:
                tree, heap = struct.unpack_from("<QQ", self._whole(message.data, 16, place))
                names = self._heap(heap, place)
                for node in self._tree(tree, 0, 8, place):
                    self._symbols(node, names, found, place)
            elif message.kind == 0x06:
                name, link = self._link(message.data, place)
                found[name] = link
            elif message.kind == 0x02:
                at = 10 if self._whole(message.data, 18, place)[1] & 1 else 2
                if message.data[at : at + 8] != b"\xff" * 8:
                    self.refuse(place, "its members are listed in a layout that is not read here")
        self._links[group.address] = found
        return found

    def _whole(self, data: bytes, count: int, place: str) -> bytes:
        if len(data) < count:
            self.refuse(place, "one of its parts is too short")
        return data

    def _tree(self, address: int, kind: int, key_size: int, place: str) -> Iterator[Any]:
        """Children of the lowest nodes of a B-tree: addresses, or pairs of key and address for chunks."""
        if address == _NOWHERE:
            return
        stack, met = [(address, 64)], set()
        while stack:
            at, above = stack.pop()
            if at in met:
                self.refuse(place, "its index points to itself")
            met.add(at)
            head = self._bytes(at, 24, place)
            node, level, count = head[4], head[5], struct.unpack_from("<H", head, 6)[0]
            if head[:4] != b"TREE" or node != kind or level >= above:
                self.refuse(place, "its index is damaged")
            entry = key_size + 8
            data = self._bytes(at + 24, count * entry, place)
            children = []
            for i in range(count):
                child = struct.unpack_from("<Q", data, i * entry + key_size)[0]
                children.append((data[i * entry : i * entry + key_size], child))
            if level:
                stack.extend((child, level) for _, child in reversed(children))
            else:
                yield from children

    def _heap(self, address: int, place: str) -> bytes:
        head = self._bytes(address, 32, place)
        size, _, start = struct.unpack_from("<QQQ", head, 8)
        if head[:4] != b"HEAP" or size > 2**26:
            self.refuse(place, "its names are damaged")
        return self._bytes(start, size, place)

    def _symbols(self, node: tuple, names: bytes, found: dict, place: str) -> None:
        head = self._bytes(node[1], 8, place)
        count = struct.unpack_from("<H", head, 6)[0]
        if head[:4] != b"SNOD":
            self.refuse(place, "its list of members is damaged")
        data = self._bytes(node[1] + 8, count * 40, place)
        for i in range(count):
            self._steps += 1
            offset, address, cached = struct.unpack_from("<QQI", data, i * 40)
            end = names.find(b"\0", offset)
            if offset >= len(names) or end < 0:
                self.refuse(place, "a name in it is damaged")
            name = self._name(names[offset:end], place)
            if name in found:
                self.refuse(place, f"the name {name!r} stands in it twice")
            found[name] = ("SoftLink" if cached == 2 else "hard", address)

    def _name(self, raw: bytes, place: str) -> str:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return self.refuse(place, "a name in it is no text")

    def _link(self, data: bytes, place: str) -> tuple[str, tuple[str, int]]:
        self._whole(data, 4, place)
        flags, at, kind = data[1], 2, 0
        if flags & 8:
            kind, at = data[at], at + 1
        at += 8 if flags & 4 else 0
        at += 1 if flags & 16 else 0
        width = 1 << (flags & 3)
        length = int.from_bytes(self._whole(data, at + width, place)[at : at + width], "little")
        at += width
        name = self._name(self._whole(data, at + length, place)[at : at + length], place)
        at += length
        if kind == 0:
            return name, ("hard", struct.unpack_from("<Q", self._whole(data, at + 8, place), at)[0])
        return name, ({1: "SoftLink", 64: "ExternalLink"}.get(kind, "link of a user"), _NOWHERE)

    # --- descriptions

    def _shape(self, data: bytes, place: str) -> tuple[int, ...] | None:
        self._whole(data, 4, place)
        version, rank = data[0], data[1]
        if version == 1:
            start = 8
        elif version == 2:
            start = 4
            if data[3] == 2:
                return None
        else:
            return self.refuse(place, "its shape is damaged")
        if rank > 32:
            self.refuse(place, f"it claims to have {rank} axes")
        shape = struct.unpack_from(f"<{rank}Q", self._whole(data, start + 8 * rank, place), start)
        if any(n > 2**40 for n in shape):
            self.refuse(place, f"it claims a shape of {shape}, more than the file has")
        return shape

    def _type(self, data: bytes, place: str) -> _Type:
        self._whole(data, 8, place)
        kind, bits = data[0] & 15, int.from_bytes(data[1:4], "little")
        size = struct.unpack_from("<I", data, 4)[0]
        order = ">" if bits & 1 else "<"
        if kind == 0 and size in (1, 2, 4, 8):
            self._whole(data, 12, place)
            if struct.unpack_from("<HH", data, 8) == (0, size * 8):
                return _Type(np.dtype(f"{order}{'i' if bits & 8 else 'u'}{size}"), size)
        if kind == 1 and size in (2, 4, 8) and not bits & 0x40:
            exponent = self._whole(data, 20, place)[13]
            if struct.unpack_from("<HH", data, 8) == (0, size * 8) and exponent == {2: 5, 4: 8, 8: 11}[size]:
                return _Type(np.dtype(f"{order}f{size}"), size)
        if kind == 3:
            return _Type(None, size, text="fixed", problem="its values are no real numbers, but text")
        if kind == 5:
            return _Type(np.dtype(f"V{size}") if 0 < size <= 16 else None, size)
        if kind == 8 and size == 1 and _names_of_bool(data):
            return _Type(np.dtype(bool), 1)
        if kind == 9 and bits & 15 == 1:
            return _Type(None, size, text="variable", problem="its values are no real numbers, but text")
        word = {6: "records", 7: "references", 9: "lists", 10: "arrays"}.get(kind, f"of HDF5's class {kind}")
        return _Type(None, size, problem=f"its values are no real numbers that are known here, but {word}")

    def _filters(self, data: bytes, place: str) -> list[tuple[int, tuple[int, ...]]]:
        self._whole(data, 2, place)
        version, count = data[0], data[1]
        at = 8 if version == 1 else 2
        found = []
        for _ in range(count):
            number = struct.unpack_from("<H", self._whole(data, at + 2, place), at)[0]
            at += 2
            named = version == 1 or number >= 256
            length = struct.unpack_from("<H", self._whole(data, at + 2, place), at)[0] if named else 0
            at += 2 if named else 0
            _, values = struct.unpack_from("<HH", self._whole(data, at + 4, place), at)
            at += 4 + (-(-length // 8) * 8 if version == 1 else length)
            found.append((number, struct.unpack_from(f"<{values}I", self._whole(data, at + 4 * values, place), at)))
            at += 4 * values + (4 if version == 1 and values % 2 else 0)
        return found

    # --- attributes

    def _attribute(self, message: _Message, place: str) -> tuple[str, Any]:
        data = self._whole(message.data, 8, place)
        version = data[0]
        if version not in (1, 2, 3) or message.flags & 2 or (version > 1 and data[1] & 3):
            self.refuse(place, "an attribute of it is in a layout that is not read here")
        name_size, type_size, space_size = struct.unpack_from("<3H", data, 2)
        at = 9 if version == 3 else 8
        parts = []
        for size in (name_size, type_size, space_size):
            parts.append(self._whole(data, at + size, place)[at : at + size])
            at += -(-size // 8) * 8 if version == 1 else size
        name = self._name(parts[0].split(b"\0")[0], place)
        what, shape = self._type(parts[1], place), self._shape(parts[2], place)
        if shape is None:
            return name, None
        return name, self._value(what, shape, data[at:], f"{place} ({name})")

    def _value(self, what: _Type, shape: tuple[int, ...], data: bytes, place: str) -> Any:
        """Numbers as Python has them, text as str, several as a list; None for what is neither."""
        count = math.prod(shape)
        if count * what.size > len(data):
            self.refuse(place, f"it claims {count * what.size:,} bytes and has {len(data):,}")
        if what.text == "fixed":
            items: Any = [data[i * what.size : (i + 1) * what.size].split(b"\0")[0] for i in range(count)]
        elif what.text == "variable":
            items, total = [], 0
            for i in range(count):
                length, heap, index = struct.unpack_from("<IQI", data, i * 16)
                total += length
                if total > _MOST_TEXT:
                    self.refuse(place, "it holds too much text")
                items.append(self._heap_object(heap, index, length, place) if length else b"")
        elif what.dtype is not None and what.dtype.kind in "fiub":
            return np.frombuffer(data, what.dtype, count).reshape(shape).tolist()
        else:
            return None
        texts = [self._name(item, place) for item in items]
        return texts if shape else texts[0]

    def _heap_object(self, address: int, index: int, length: int, place: str) -> bytes:
        if address not in self._heaps:
            head = self._bytes(address, 16, place)
            size = struct.unpack_from("<Q", head, 8)[0]
            if head[:4] != b"GCOL" or size > _MOST_TEXT:
                self.refuse(place, "its text is damaged")
            objects: dict[int, tuple[int, int]] = {}
            at = 16
            while at + 16 <= size:
                number, _, _, long = struct.unpack("<HHIQ", self._bytes(address + at, 16, place))
                if number == 0:
                    break
                objects[number] = (address + at + 16, long)
                at += 16 + -(-long // 8) * 8
            self._heaps[address] = objects
        if index not in self._heaps[address]:
            self.refuse(place, "its text is missing")
        start, long = self._heaps[address][index]
        return self._bytes(start, min(length, long), place)

    # --- values

    def bytes_of(self, array: _Array) -> int:
        """Bytes that an array takes in memory."""
        return 0 if array.shape is None else math.prod(array.shape) * array.type.size

    def read(self, array: _Array, most_bytes: int) -> np.ndarray:
        """The values of an array.

        Raises:
            BadFile: they are no numbers, lie elsewhere, or are more than `most_bytes`.
        """
        place, refuse = array.place, self.refuse
        if array.shape is None:
            refuse(place, "it is an array without a shape")
        version, kind = self._whole(array.layout, 2, place)[:2]
        if version == 4 and kind == 3:
            refuse(place, "its values lie in other files")
        for number, _ in array.filters:
            if number not in (_DEFLATE, _SHUFFLE, _FLETCHER32, _LZF):
                refuse(place, f"it is packed by filter {number}, which only a plug-in could unpack")
        if array.type.problem:
            refuse(place, array.type.problem)
        dtype = array.type.dtype
        extended = self._extended(array) if dtype is None or dtype.kind == "V" else None
        needed = self.bytes_of(array)
        if needed > most_bytes:
            refuse(
                place, f"it claims {needed:,} bytes, more than the file has and more than its place in the model takes"
            )
        if version != 3:
            refuse(place, "it is kept in a layout that is not read here")
        values = np.empty(array.shape, extended or dtype)
        flat = values.reshape(-1).view(np.uint8) if values.size else np.empty(0, np.uint8)
        if kind == 0:
            size = struct.unpack_from("<H", self._whole(array.layout, 4, place), 2)[0]
            if size < needed:
                refuse(place, f"it claims {needed:,} bytes and has {size:,}")
            flat[:] = np.frombuffer(self._whole(array.layout, 4 + needed, place), np.uint8, needed, 4)
        elif kind == 1:
            self._read_at_once(array, flat, needed)
        elif kind == 2:
            self._read_chunks(array, values, most_bytes)
        else:
            refuse(place, "it is kept in a layout that is not read here")
        if values.dtype.byteorder == ">" or (extended is None and not values.dtype.isnative):
            values = values.astype(values.dtype.newbyteorder("="))
        return values

    def _read_at_once(self, array: _Array, flat: np.ndarray, needed: int) -> None:
        address, size = struct.unpack_from("<QQ", self._whole(array.layout, 18, array.place), 2)
        if address == _NOWHERE:
            if needed:
                flat[:] = 0  # never written: HDF5 returns its fill value
            return
        if size < needed or address + needed > self.size:
            self.refuse(array.place, f"it claims {needed:,} bytes, more than the file has for it")
        self._file.seek(address)
        view, done = memoryview(flat), 0
        while done < needed:
            count = self._file.readinto(view[done:])
            if not count:
                self.refuse(array.place, "the file ends too early")
            done += count

    def _read_chunks(self, array: _Array, values: np.ndarray, most_bytes: int) -> None:
        place, rank = array.place, values.ndim
        count = self._whole(array.layout, 3, place)[2]
        tree = struct.unpack_from("<Q", self._whole(array.layout, 11 + 4 * count, place), 3)[0]
        *chunk, width = struct.unpack_from(f"<{count}I", array.layout, 11)
        if count != rank + 1 or width != values.dtype.itemsize or 0 in chunk:
            self.refuse(place, "its parts do not fit its shape")
        chunk_bytes = math.prod(chunk) * width
        if chunk_bytes > max(most_bytes, 2**24):
            self.refuse(place, f"it claims parts of {chunk_bytes:,} bytes, more than the file has")
        values[...] = np.zeros((), values.dtype)
        packed_total = 0
        for key, address in self._tree(tree, 1, 8 + 8 * count, place):
            stored, mask = struct.unpack_from("<II", key)
            start = struct.unpack_from(f"<{rank}Q", key, 8)
            packed_total += chunk_bytes
            if packed_total > 4 * max(values.nbytes, 1) + 2**26 or any(s >= n for s, n in zip(start, values.shape)):
                self.refuse(place, "its parts do not fit its shape")
            data = self._unpacked(array, self._bytes(address, stored, place), mask, chunk_bytes, width)
            part = np.frombuffer(data, values.dtype).reshape(chunk)
            where = tuple(slice(s, min(s + c, n)) for s, c, n in zip(start, chunk, values.shape))
            values[where] = part[tuple(slice(0, w.stop - w.start) for w in where)]

    def _unpacked(self, array: _Array, data: bytes, mask: int, size: int, width: int) -> bytes:
        for i, (number, _) in reversed(list(enumerate(array.filters))):
            if mask >> i & 1:
                continue
            if number == _DEFLATE:
                unpack = zlib.decompressobj()
                try:
                    data = unpack.decompress(data, size + 4)
                except zlib.error as error:
                    self.refuse(array.place, f"it cannot be unpacked: {error}")
            elif number == _SHUFFLE:
                data = np.frombuffer(data, np.uint8).reshape(width, -1).T.tobytes() if len(data) % width == 0 else data
            elif number == _FLETCHER32:
                data = data[:-4]
            else:
                data = _unpacked_lzf(data, size)
        if len(data) != size:
            self.refuse(array.place, f"a part of it has {len(data):,} bytes instead of {size:,}")
        return data

    def _extended(self, array: _Array) -> np.dtype:
        name = self.attributes_of(array).get("dtype")
        if name not in EXTENDED:
            self.refuse(array.place, f"its values are no numbers that are known here, but {name or 'bytes'}")
        dtype = np.dtype(name)
        if dtype.itemsize != array.type.size:
            self.refuse(array.place, f"it calls values of {array.type.size} bytes {name}")
        return dtype

    def attributes_of(self, array: _Array) -> dict[str, Any]:
        """Attributes of an array."""
        found = (self._attribute(m, array.place) for m in array.messages if m.kind == 0x0C)
        return {name: value for name, value in found if value is not None}

    def declared_bytes(self, place: str = "") -> int:
        """Bytes that all arrays below `place` take in memory, each counted once and checked against the file.

        Raises:
            BadFile: an array claims more than the file can hold.
        """
        total, stack, met = 0, [self.find(place)], set()
        while stack:
            found = stack.pop()
            if isinstance(found, Group):
                if found.address in met:
                    continue
                met.add(found.address)
                stack.extend(self.member(found, name) for name in self.names(found))
            elif found is not None:
                needed = self.bytes_of(found)
                if needed > self.size * (_MOST_PACKED if found.filters else 1):
                    self.refuse(found.place, f"it claims {needed:,} bytes, more than the file has")
                total += needed
        return total


def _names_of_bool(data: bytes) -> bool:
    return b"FALSE\0" in data and b"TRUE\0" in data and int.from_bytes(data[1:3], "little") == 2


def _unpacked_lzf(data: bytes, size: int) -> bytes:
    """LZF: runs of literal bytes, and copies of earlier ones."""
    out = bytearray()
    at = 0
    while at < len(data) and len(out) < size:
        control = data[at]
        at += 1
        if control < 32:
            out += data[at : at + control + 1]
            at += control + 1
            continue
        length = control >> 5
        if length == 7:
            length += data[at] if at < len(data) else 0
            at += 1
        back = ((control & 31) << 8 | (data[at] if at < len(data) else 0)) + 1
        at += 1
        if back > len(out):
            break
        for _ in range(length + 2):
            out.append(out[-back])
    return bytes(out[:size])


class Arrays(Mapping):
    """The arrays of one group, read when they are asked for: what `load_own_variables` gets."""

    def __init__(self, reader: Reader, group: Group | None, place: str, most_bytes: int):
        self._reader = reader
        self._group = group
        self._place = place
        self._most_bytes = most_bytes

    def __len__(self) -> int:
        return 0 if self._group is None else len(self._reader.names(self._group))

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

    def _find(self, key: str) -> Group | _Array | None:
        found: Any = self._group
        for part in key.split("/"):
            if not isinstance(found, Group):
                return None
            found = self._reader.member(found, part)
        return found
