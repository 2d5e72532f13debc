"""Checkpoints of TensorFlow: a table of names in `NAME.index`, the numbers in `NAME.data-00000-of-00001` and so on.

The table is a sorted one as LevelDB writes them, its values are protocol buffers. Everything that it claims is compared
with the files before it is believed, and only the files whose names follow from `NAME` are opened.
"""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from keras._core.draws import numpy_dtype
from keras.saving import _protobuf
from keras.saving._checksum import masked_crc32c
from keras.saving._errors import BadFile, refusing

INDEX = ".index"
_MOST_INDEX_BYTES = 256 * 2**20
_MOST_SHARDS = 100_000
_LONGEST_KEY = 4096  # a key may repeat the one before it, so that few bytes make a long one
_FOOTER, _MAGIC = 48, 0xDB4775248B80FB57
_STRING = 7
# what numbers TensorFlow gives to its types; those that numpy does not have are handed out as they are stored
_DTYPES = {
    1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 9: "<i8", 10: "?", 14: "bfloat16", 17: "<u2", 19: "<f2",
    22: "<u4", 23: "<u8",
}  # fmt: skip


class _Entry(NamedTuple):
    """Where one tensor lies."""

    dtype: int
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    checksum: int
    sliced: bool


class Reader:
    """The tensors of a checkpoint.

    Args:
        prefix: the name without its endings.

    Raises:
        BadFile: a file is damaged, not whole, or claims what the files do not have.
    """

    def __init__(self, prefix: str):
        self.path = prefix
        place = f"{os.path.basename(prefix)}{INDEX}"
        size = os.path.getsize(f"{prefix}{INDEX}")
        if size > _MOST_INDEX_BYTES:
            raise BadFile(f"{prefix} is refused: at {place}, there are {size:,} bytes of names.")
        with open(f"{prefix}{INDEX}", "rb") as file, refusing(prefix, place):
            table = dict(_table(memoryview(file.read())))
            self._shards = _shards(table.pop(b"", None))
            self._entries = {key.decode("utf-8"): _entry(value) for key, value in table.items()}
        with refusing(prefix, place):
            self._sizes = [self._size_of(i) for i in range(self._shards)]
            for name, entry in self._entries.items():
                self._check(name, entry)
            if self.declared_bytes() > sum(self._sizes):
                raise ValueError("its tensors overlap")

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def names(self) -> list[str]:
        """All names, in order."""
        return list(self._entries)

    def declared_bytes(self) -> int:
        """Bytes of all tensors."""
        return sum(entry.size for entry in self._entries.values())

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor."""
        return self._found(name).shape

    def array(self, name: str) -> np.ndarray:
        """A tensor of numbers."""
        with refusing(self.path, name):
            entry = self._found(name)
            if entry.dtype not in _DTYPES:
                raise ValueError(f"it has type {entry.dtype} of TensorFlow, which no weight has")
            dtype = numpy_dtype(_DTYPES[entry.dtype])
            data = self._bytes(entry)
            return np.frombuffer(data, dtype).reshape(entry.shape)

    def text(self, name: str) -> list[bytes]:
        """The strings of a tensor of strings."""
        with refusing(self.path, name):
            entry = self._found(name)
            if entry.dtype != _STRING:
                raise ValueError("it holds no strings")
            view, at, sizes = memoryview(self._bytes(entry, check=False)), 0, []
            for _ in range(math.prod(entry.shape)):
                size, at = _protobuf.varint(view, at)
                sizes.append(size)
            at += 4  # a checksum of the lengths
            if at + sum(sizes) != len(view):
                raise ValueError("the lengths of its strings contradict its size")
            found = []
            for size in sizes:
                found.append(bytes(view[at : at + size]))
                at += size
            return found

    def _found(self, name: str) -> _Entry:
        if name not in self._entries:
            raise ValueError("there is no such tensor")
        return self._entries[name]

    def _bytes(self, entry: _Entry, check: bool = True) -> bytes:
        with open(self._shard(entry.shard), "rb") as file:
            file.seek(entry.offset)
            data = file.read(entry.size)
        if len(data) != entry.size or (check and masked_crc32c(data) != entry.checksum):
            raise ValueError("its checksum is wrong: the file is damaged")
        return data

    def _shard(self, number: int) -> str:
        return f"{self.path}.data-{number:05d}-of-{self._shards:05d}"

    def _size_of(self, number: int) -> int:
        path = self._shard(number)
        if not os.path.isfile(path):
            raise ValueError(f"the file {os.path.basename(path)!r} is not there")
        return os.path.getsize(path)

    def _check(self, name: str, entry: _Entry) -> None:
        if entry.sliced:
            raise ValueError(f"{name} is kept in slices, which is not read here")
        if entry.shard >= self._shards or entry.offset + entry.size > self._sizes[entry.shard]:
            raise ValueError(f"{name} lies beyond the end of the file: it is damaged, or was not written to its end")
        if any(n < 0 for n in entry.shape) or len(entry.shape) > 32:
            raise ValueError(f"{name} has shape {entry.shape[:32]}")
        known = _DTYPES.get(entry.dtype)
        if known and math.prod(entry.shape) * numpy_dtype(known).itemsize != entry.size:
            raise ValueError(f"{name} has shape {entry.shape} and {entry.size:,} bytes, which contradict each other")
        if entry.dtype == _STRING and math.prod(entry.shape) > entry.size:
            raise ValueError(f"{name} claims {math.prod(entry.shape):,} strings in {entry.size:,} bytes")


def _shards(header: Any) -> int:
    if header is None:
        raise ValueError("it has no header, so it is no checkpoint of TensorFlow")
    about = dict(_protobuf.fields(header))
    count = _protobuf.number(about.get(1, 0))
    if _protobuf.number(about.get(2, 0)):
        raise ValueError("its numbers are big-endian, which is not read here")
    if not 1 <= count <= _MOST_SHARDS:
        raise ValueError(f"it claims {count:,} files")
    return count


def _entry(message: Any) -> _Entry:
    about: dict[int, Any] = {}
    sliced = False
    for key, value in _protobuf.fields(message):
        about[key] = value
        sliced |= key == 7
    numbers = [_protobuf.number(about.get(key, 0)) for key in (1, 3, 4, 5, 6)]
    dtype, shard, offset, size, checksum = numbers
    return _Entry(dtype, shape_of(about.get(2, b"")), shard, offset, size, checksum, sliced)


def shape_of(message: Any) -> tuple[int, ...]:
    """The sizes in a message of TensorFlow."""
    found = []
    for key, value in _protobuf.fields(_protobuf.raw(message)):
        if key == 3 and value:
            raise ValueError("a tensor has no known shape")
        if key == 2:
            size = dict(_protobuf.fields(_protobuf.raw(value))).get(1, 0)
            found.append(_protobuf.number(size))
    return tuple(found)


# --- the sorted table


def _table(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Keys and values of a whole table."""
    if len(data) < _FOOTER or struct.unpack("<Q", data[-8:])[0] != _MAGIC:
        raise ValueError("it does not end as such a table does: it is none, damaged, or was not written to its end")
    footer = data[-_FOOTER:]
    at = 0
    for _ in range(2):  # the block of further things, which is empty
        _, at = _protobuf.varint(footer, at)
    end, room = 0, 2**24 + 16 * len(data)
    for _, place in _block(data, footer[at:]):
        start, _ = _protobuf.varint(place, 0)
        if start < end:
            raise ValueError("its blocks overlap")
        end = start + 1
        for key, value in _block(data, place):
            room -= len(key)
            if room < 0:
                raise ValueError("its names take far more than the size of the file lets expect")
            yield key, value


def _block(data: memoryview, place: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Keys and values of one block; `place` holds where it starts and its size."""
    start, at = _protobuf.varint(place, 0)
    size, _ = _protobuf.varint(place, at)
    if start + size + 5 > len(data) - _FOOTER or size < 4:
        raise ValueError("a block lies beyond the end of the file")
    block, kind = data[start : start + size], data[start + size]
    if kind != 0:
        raise ValueError("its blocks are packed, which is not read here")
    if (
        masked_crc32c(data[start : start + size + 1])
        != struct.unpack("<I", data[start + size + 1 : start + size + 5])[0]
    ):
        raise ValueError("the checksum of a block is wrong: the file is damaged")
    restarts = struct.unpack("<I", block[-4:])[0]
    end = size - 4 - 4 * restarts
    if end < 0:
        raise ValueError("a block is shorter than its table of contents")
    key, at = b"", 0
    while at < end:
        shared, at = _protobuf.varint(block, at)
        more, at = _protobuf.varint(block, at)
        length, at = _protobuf.varint(block, at)
        if shared > len(key) or at + more + length > end:
            raise ValueError("an entry lies beyond the end of its block")
        key = key[:shared] + bytes(block[at : at + more])
        if len(key) > _LONGEST_KEY:
            raise ValueError("a name in it is longer than any name of a weight")
        yield key, block[at + more : at + more + length]
        at += more + length
