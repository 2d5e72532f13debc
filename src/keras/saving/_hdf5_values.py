"""The values of an array in an HDF5 file: kept at once or in parts, unpacked within bounds."""

from __future__ import annotations

import math
import struct
import zlib
from typing import NamedTuple

import numpy as np

from keras._core.fresh import fresh
from keras.saving._hdf5_structure import NOWHERE, Message, Structure
from keras.saving._hdf5_types import EXTENDED, Type, attribute, whole

_DEFLATE, _SHUFFLE, _FLETCHER32, _LZF = 1, 2, 3, 32000


class Array(NamedTuple):
    """An array of the file, before its values are read."""

    place: str
    shape: tuple[int, ...] | None
    type: Type
    layout: bytes
    filters: list[int]
    messages: list[Message]

    @property
    def nbytes(self) -> int:
        """Bytes that it takes in memory."""
        return 0 if self.shape is None else math.prod(self.shape) * self.type.size


def read(structure: Structure, array: Array, most_bytes: int) -> np.ndarray:
    """The values of an array.

    Raises:
        BadFile: they are no numbers, lie elsewhere, or are more than `most_bytes`.
    """
    with structure.at(array.place):
        return _read(structure, array, most_bytes)


def _read(structure: Structure, array: Array, most_bytes: int) -> np.ndarray:
    if array.shape is None:
        raise ValueError("it is an array without a shape")
    version, kind = whole(array.layout, 2)[:2]
    if version == 4 and kind == 3:
        raise ValueError("its values lie in other files")
    for number in array.filters:
        if number not in (_DEFLATE, _SHUFFLE, _FLETCHER32, _LZF):
            raise ValueError(f"it is packed by filter {number}, which only a plug-in could unpack")
    if array.type.problem:
        raise ValueError(array.type.problem)
    dtype = array.type.dtype
    if dtype is None or dtype.kind == "V":
        dtype = _extended(structure, array)
    if array.nbytes > most_bytes:
        raise ValueError(
            f"it claims {array.nbytes:,} bytes, more than the file has and more than its place in the model takes"
        )
    if version != 3 or kind > 2:
        raise ValueError("it is kept in a layout that is not read here")
    values = fresh(tuple(array.shape), dtype)
    if kind == 2:
        _read_chunks(structure, array, values, most_bytes)
    elif values.size:
        flat = values.reshape(-1).view(np.uint8)
        if kind == 0:
            _read_compact(array, flat)
        else:
            _read_at_once(structure, array, flat)
    return values if values.dtype.isnative else values.astype(values.dtype.newbyteorder("="))


def _extended(structure: Structure, array: Array) -> np.dtype:
    found = [attribute(structure, m.data, m.flags, array.place) for m in array.messages if m.kind == 0x0C]
    name = dict(found).get("dtype")
    if name not in EXTENDED:
        raise ValueError(f"its values are no numbers that are known here, but {str(name)[:100] if name else 'bytes'}")
    dtype = np.dtype(name)
    if dtype.itemsize != array.type.size:
        raise ValueError(f"it calls values of {array.type.size} bytes {name}")
    return dtype


def _read_compact(array: Array, flat: np.ndarray) -> None:
    size = struct.unpack_from("<H", array.layout, 2)[0]
    if size < flat.size:
        raise ValueError(f"it claims {flat.size:,} bytes and has {size:,}")
    flat[:] = np.frombuffer(whole(array.layout, 4 + flat.size), np.uint8, flat.size, 4)


def _read_at_once(structure: Structure, array: Array, flat: np.ndarray) -> None:
    address, size = struct.unpack_from("<QQ", array.layout, 2)
    if address == NOWHERE:
        flat[:] = 0  # never written: HDF5 returns its fill value
        return
    if size < flat.size or address + flat.size > structure.size:
        raise ValueError(f"it claims {flat.size:,} bytes, more than the file has for it")
    structure.file.seek(address)
    view, done = memoryview(flat), 0
    while done < flat.size:
        count = structure.file.readinto(view[done:])
        if not count:
            raise ValueError("the file ends too early")
        done += count


def _read_chunks(structure: Structure, array: Array, values: np.ndarray, most_bytes: int) -> None:
    rank = values.ndim
    count = whole(array.layout, 11)[2]
    tree = struct.unpack_from("<Q", array.layout, 3)[0]
    *chunk, width = struct.unpack_from(f"<{count}I", array.layout, 11)
    if count != rank + 1 or width != values.dtype.itemsize or 0 in chunk:
        raise ValueError("its parts do not fit its shape")
    chunk_bytes = math.prod(chunk) * width
    if chunk_bytes > max(most_bytes, 2**24):
        raise ValueError(f"it claims parts of {chunk_bytes:,} bytes, more than the file has")
    values[...] = np.zeros((), values.dtype)
    left = 4 * values.nbytes + 2**26  # bytes in parts, which stand out over the edges
    for key, address in structure.tree(tree, 1, 8 + 8 * count, array.place):
        stored, mask = struct.unpack_from("<II", key)
        start = struct.unpack_from(f"<{rank}Q", key, 8)
        left -= chunk_bytes
        # filters make parts that they cannot pack only a little larger
        if (
            left < 0
            or stored > chunk_bytes + chunk_bytes // 8 + 1024
            or any(s >= n for s, n in zip(start, values.shape))
        ):
            raise ValueError("its parts do not fit its shape")
        data = _unpacked(array, structure.values_at(address, stored, array.place), mask, chunk_bytes, width)
        part = np.frombuffer(data, values.dtype).reshape(chunk)
        where = tuple(slice(s, min(s + c, n)) for s, c, n in zip(start, chunk, values.shape))
        values[where] = part[tuple(slice(0, w.stop - w.start) for w in where)]


def _unpacked(array: Array, data: bytes, mask: int, size: int, width: int) -> bytes:
    for i, number in reversed(list(enumerate(array.filters))):
        if mask >> i & 1:
            continue
        if number == _DEFLATE:
            try:
                data = zlib.decompressobj().decompress(data, size + 4)
            except zlib.error as error:
                raise ValueError(f"it cannot be unpacked: {error}") from None
        elif number == _SHUFFLE:
            data = np.frombuffer(data, np.uint8).reshape(width, -1).T.tobytes() if len(data) % width == 0 else data
        elif number == _FLETCHER32:
            data = data[:-4]
        else:
            data = _unpacked_lzf(data, size)
    if len(data) != size:
        raise ValueError(f"a part of it has {len(data):,} bytes instead of {size:,}")
    return data


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
        length += 2
        back = ((control & 31) << 8 | (data[at] if at < len(data) else 0)) + 1
        at += 1
        if back > len(out):
            break
        run = out[-back:][:length]
        out += (run * -(-length // len(run)))[:length]  # a copy may run into what it has just written
    return bytes(out[:size])
