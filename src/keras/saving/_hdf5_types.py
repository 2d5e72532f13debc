"""What an HDF5 file says about its values: shapes, kinds of numbers, filters. Functions of bytes."""

from __future__ import annotations

import math
import struct
from typing import Any, NamedTuple

import numpy as np

from keras.saving._hdf5_structure import Structure, text, whole

# dtypes that HDF5 does not know: kept as bytes, with their name in an attribute
EXTENDED = ("bfloat16", "float8_e4m3fn", "float8_e5m2", "int4", "uint4")
_MOST_FILTERS = 4


class Type(NamedTuple):
    """What the values of an array are: a dtype, or why they cannot be read."""

    dtype: np.dtype | None
    size: int
    text: str = ""  # "fixed" or "variable" for text
    problem: str = ""


def shape_of(data: bytes) -> tuple[int, ...] | None:
    """The shape that a message says; None for an array without one.

    Raises:
        ValueError: it is damaged, or one that no array has.
    """
    version, rank = whole(data, 4)[:2]
    start = {1: 8, 2: 4}.get(version)
    if start is None:
        raise ValueError("its shape is damaged")
    if version == 2 and data[3] == 2:
        return None
    if rank > 32:
        raise ValueError(f"it claims to have {rank} axes")
    shape = struct.unpack_from(f"<{rank}Q", whole(data, start + 8 * rank), start)
    if any(n > 2**40 for n in shape) or math.prod(n or 1 for n in shape) > 2**48:
        raise ValueError(f"it claims a shape of {shape}, more than the file has")
    return shape


def type_of(data: bytes) -> Type:
    """The kind of values that a message says.

    Raises:
        ValueError: it is damaged.
    """
    kind, bits = whole(data, 8)[0] & 15, int.from_bytes(data[1:4], "little")
    size = struct.unpack_from("<I", data, 4)[0]
    order = ">" if bits & 1 else "<"
    if size == 0:
        raise ValueError("it claims values of no bytes")
    if kind == 0 and size in (1, 2, 4, 8) and struct.unpack_from("<HH", data, 8) == (0, size * 8):
        return Type(np.dtype(f"{order}{'i' if bits & 8 else 'u'}{size}"), size)
    if kind == 1 and size in (2, 4, 8) and not bits & 0x40:
        exponent = whole(data, 20)[13]
        if struct.unpack_from("<HH", data, 8) == (0, size * 8) and exponent == {2: 5, 4: 8, 8: 11}[size]:
            return Type(np.dtype(f"{order}f{size}"), size)
    if kind == 3:
        return Type(None, size, text="fixed", problem="its values are no real numbers, but text")
    if kind == 5:
        return Type(np.dtype(f"V{size}") if size <= 16 else None, size)
    if kind == 8 and size == 1 and _names_of_bool(data):
        return Type(np.dtype(bool), 1)
    if kind == 9 and bits & 15 == 1 and size == 16:
        return Type(None, size, text="variable", problem="its values are no real numbers, but text")
    word = {6: "records", 7: "references", 9: "lists", 10: "arrays"}.get(kind, f"of HDF5's class {kind}")
    return Type(None, size, problem=f"its values are no real numbers that are known here, but {word}")


def _names_of_bool(data: bytes) -> bool:
    return b"FALSE\0" in data and b"TRUE\0" in data and int.from_bytes(data[1:3], "little") == 2


def filters_of(data: bytes) -> list[int]:
    """Numbers of the filters through which an array's parts went, in that order.

    Raises:
        ValueError: they are damaged, or more than anybody uses.
    """
    version, count = whole(data, 2)[:2]
    at = 8 if version == 1 else 2
    found: list[int] = []
    for _ in range(count):
        number = struct.unpack_from("<H", data, at)[0]
        at += 2
        named = version == 1 or number >= 256
        length = struct.unpack_from("<H", data, at)[0] if named else 0
        at += 2 if named else 0
        values = struct.unpack_from("<HH", data, at)[1]
        at += 4 + (-(-length // 8) * 8 if version == 1 else length) + 4 * values
        at += 4 if version == 1 and values % 2 else 0
        found.append(number)
    if len(found) > _MOST_FILTERS or len(set(found)) < len(found):
        raise ValueError(f"its values went through {len(found)} filters, more than anybody uses")
    return found


def attribute(structure: Structure, data: bytes, flags: int, place: str) -> tuple[str, Any]:
    """Name and value of an attribute: numbers as Python has them, text, lists of them; None for anything else.

    Raises:
        ValueError: it is damaged.
    """
    version = whole(data, 8)[0]
    if version not in (1, 2, 3) or flags & 2 or (version > 1 and data[1] & 3):
        raise ValueError("an attribute of it is in a layout that is not read here")
    sizes = struct.unpack_from("<3H", data, 2)
    at = 9 if version == 3 else 8
    parts = []
    for size in sizes:
        parts.append(whole(data, at + size)[at : at + size])
        at += -(-size // 8) * 8 if version == 1 else size
    name = text(parts[0].split(b"\0")[0])
    shape = shape_of(parts[2])
    return name, None if shape is None else _value(structure, type_of(parts[1]), shape, data[at:], f"{place} ({name})")


def _value(structure: Structure, what: Type, shape: tuple[int, ...], data: bytes, place: str) -> Any:
    count = math.prod(shape)
    if count * what.size > len(data):
        raise ValueError(f"it claims {count * what.size:,} bytes and has {len(data):,}")
    if what.text == "fixed":
        items = [data[i * what.size : (i + 1) * what.size].split(b"\0")[0] for i in range(count)]
    elif what.text == "variable":
        entries = [struct.unpack_from("<IQI", data, i * 16) for i in range(count)]
        if sum(length for length, _, _ in entries) > structure.size:
            raise ValueError("it claims more text than the file has")
        items = [structure.heap_object(heap, i, n, place) if n else b"" for n, heap, i in entries]
    elif what.dtype is not None and what.dtype.kind in "fiub":
        return np.frombuffer(data, what.dtype, count).reshape(shape).tolist()
    else:
        return None
    texts = [text(item) for item in items]
    return texts if shape else texts[0]
