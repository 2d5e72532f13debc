"""Messages of protocol buffers, taken apart field by field without knowing what they mean."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

_MOST_FIELDS = 2_000_000  # of one message; a list of numbers or nodes has one for each

Value = Any  # an int, or a memoryview of the bytes


def fields(data: Any) -> Iterator[tuple[int, Value]]:
    """Number and value of each field of a message: whole numbers as they are, everything else as its bytes.

    Raises:
        ValueError: the message ends in the middle of a field, or has a field of a kind that messages do not have.

    >>> list(fields(b"\\x08\\x96\\x01"))
    [(1, 150)]
    """
    view, at, count = memoryview(data), 0, 0
    while at < len(view):
        count += 1
        if count > _MOST_FIELDS:
            raise ValueError(f"a message has more than {_MOST_FIELDS:,} fields")
        key, at = varint(view, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(view, at)
            yield key >> 3, value
            continue
        if kind == 2:
            size, at = varint(view, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError(f"a field has the kind {kind}, which messages do not have")
        if size > len(view) - at:
            raise ValueError(f"a field claims {size:,} bytes where {len(view) - at:,} are left")
        yield key >> 3, view[at : at + size]
        at += size


def varint(view: memoryview, at: int) -> tuple[int, int]:
    """A whole number of up to 64 bits that starts at `at`, and where the next thing starts."""
    found = 0
    for place in range(10):
        if at + place >= len(view):
            break
        byte = view[at + place]
        found |= (byte & 127) << (7 * place)
        if byte < 128:
            return found & 0xFFFFFFFFFFFFFFFF, at + place + 1
    raise ValueError("a number does not end")


def text(value: Value) -> str:
    """Bytes of a field as text."""
    return bytes(raw(value)).decode("utf-8")


def raw(value: Value) -> memoryview:
    """The bytes of a field.

    Raises:
        ValueError: it is a number.
    """
    if isinstance(value, int):
        raise ValueError("a field that should hold bytes holds a number")
    return value


def number(value: Value) -> int:
    """A whole number, also one of fixed length.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, int):
        return value
    if len(value) not in (4, 8):
        raise ValueError("a field that should hold a number holds bytes")
    return int(struct.unpack("<I" if len(value) == 4 else "<Q", value)[0])
