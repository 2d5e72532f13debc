"""Event files as TensorBoard reads them: records of a length, an event and check sums; events are protocol buffers.

Only the few messages that are needed are written, by hand: a field is its number and kind, then its value.
"""

import os
import socket
import struct
import threading
import time
import zlib

import numpy as np

from keras._core import processes

# --- protocol buffers

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def varint(number: int) -> bytes:
    """A whole number, seven bits per byte, the lowest first; negative ones as 64 bits."""
    number &= (1 << 64) - 1
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def whole(field: int, number: int) -> bytes:
    """A field with a whole number."""
    return varint(field << 3 | VARINT) + varint(int(number))


def double(field: int, number: float) -> bytes:
    """A field with a float of 64 bits."""
    return varint(field << 3 | FIXED64) + struct.pack("<d", number)


def single(field: int, number: float) -> bytes:
    """A field with a float of 32 bits."""
    return varint(field << 3 | FIXED32) + np.float32(number).tobytes()


def data(field: int, value: bytes | str) -> bytes:
    """A field with bytes, text, or another message."""
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | BYTES) + varint(len(value)) + value


def doubles(field: int, numbers) -> bytes:
    """A field with several floats of 64 bits."""
    return data(field, np.asarray(numbers, "<f8").tobytes())


# --- what a summary can hold


def scalar(tag: str, value: float) -> bytes:
    """One number."""
    return data(1, data(1, tag) + single(2, value))


def histogram(tag: str, values, bins: int = 30) -> bytes:
    """How values are distributed; those that are no numbers are left out."""
    values = np.asarray(values, "float64").ravel()
    values = values[np.isfinite(values)]
    counts, edges = np.histogram(values, bins) if values.size else (np.zeros(1), np.zeros(2))
    lowest, highest = (values.min(), values.max()) if values.size else (0.0, 0.0)
    found = double(1, lowest) + double(2, highest) + double(3, values.size)
    found += double(4, values.sum()) + double(5, np.square(values).sum())
    return data(1, data(1, tag) + data(5, found + doubles(6, edges[1:]) + doubles(7, counts)))


def image(tag: str, pixels) -> bytes:
    """A picture of (height, width, channels) bytes, with 1, 3 or 4 channels."""
    height, width, channels = pixels.shape
    found = whole(1, height) + whole(2, width) + whole(3, channels) + data(4, png(pixels))
    return data(1, data(1, tag) + data(4, found))


def png(pixels) -> bytes:
    """A PNG file with (height, width, channels) bytes."""
    pixels = np.ascontiguousarray(pixels, "uint8")
    height, width, channels = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), "uint8"), pixels.reshape(height, -1)], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows.tobytes()))
        + chunk(b"IEND", b"")
    )


def graph(nodes) -> bytes:
    """A graph from `(name, kind, names of inputs, attributes)`."""
    found = b""
    for name, kind, inputs, attributes in nodes:
        entry = data(1, name) + data(2, kind) + b"".join(data(3, one) for one in inputs)
        for key, text in attributes.items():
            entry += data(5, data(1, key) + data(2, data(2, text)))
        found += data(1, entry)
    return found + data(4, whole(1, 1))


# --- the file


def _crc_table() -> list[int]:
    found = []
    for i in range(256):
        for _ in range(8):
            i = i >> 1 ^ (0x82F63B78 if i & 1 else 0)  # Castagnoli's polynomial, reversed
        found.append(i)
    return found


_TABLE = _crc_table()


def masked_crc(content: bytes) -> int:
    """The check sum of a record: CRC-32C, turned by 15 bits and shifted, so that sums of sums differ."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


class EventFile:
    """One file of events in a folder. It is open only while something is written, so that nothing is left open.

    Args:
        folder: where to make it.
    """

    _lock = threading.Lock()
    _made = 0

    def __init__(self, folder: str):
        os.makedirs(folder, exist_ok=True)
        with EventFile._lock:
            EventFile._made += 1
            number = EventFile._made
        # readers take the files of a folder in the order of their names, also those of one second
        name = f"events.out.tfevents.{int(time.time())}.{socket.gethostname()}.{os.getpid()}.{number:06}.v2"
        self.path = os.path.join(folder, name)
        self._waiting: list[bytes] = []
        self._write(double(1, time.time()) + data(3, "brain.Event:2"))
        self.flush()

    def add_summary(self, step: int, *values: bytes) -> None:
        """Adds what `scalar`, `histogram` and `image` return, as seen at a step."""
        self._write(double(1, time.time()) + whole(2, step) + data(5, b"".join(values)))

    def add_graph(self, nodes) -> None:
        """Adds a graph."""
        self._write(double(1, time.time()) + data(4, graph(nodes)))

    def flush(self) -> None:
        """Writes all that was added, so that readers see it."""
        if processes.is_first():
            with open(self.path, "ab") as file:
                file.write(b"".join(self._waiting))
        self._waiting.clear()

    def _write(self, event: bytes) -> None:
        length = struct.pack("<Q", len(event))
        self._waiting.append(length + struct.pack("<I", masked_crc(length)))
        self._waiting.append(event + struct.pack("<I", masked_crc(event)))
