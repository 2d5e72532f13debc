"""CRC-32C, the checksum in TensorFlow's files, for many bytes at once."""

from __future__ import annotations

from typing import Any

import numpy as np

_POLYNOMIAL = 0x82F63B78
_LANES = 4096  # pieces of a long array that are worked on side by side


def _byte_table() -> np.ndarray:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(_POLYNOMIAL), table >> 1)
    return table


_TABLE = _byte_table()
_LIST = _TABLE.tolist()


def masked_crc32c(data: Any) -> int:
    """The checksum of bytes in the masked form in which files keep it.

    >>> hex(masked_crc32c(b"123456789"))  # CRC-32C of these is 0xe3069283
    '0xc78ab0e5'
    """
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def crc32c(data: Any) -> int:
    """CRC-32C of bytes."""
    view = np.frombuffer(data, np.uint8)
    crc = 0xFFFFFFFF
    width = view.size // _LANES
    if width >= 16:
        lanes = view[: width * _LANES].reshape(_LANES, width).T
        states = np.zeros(_LANES, np.uint32)
        states[0] = crc
        for column in np.ascontiguousarray(lanes):
            states = (states >> 8) ^ _TABLE[(states ^ column) & 0xFF]
        crc = _joined(states, width)
        view = view[width * _LANES :]
    for byte in view.tolist():
        crc = (crc >> 8) ^ _LIST[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def _joined(states: np.ndarray, width: int) -> int:
    """The state after all pieces, each `width` bytes long, from the states of the pieces by themselves."""
    # a state is moved on over `width` zero bytes by a linear map: what it makes of each single bit, and so of each byte
    bits = np.uint32(1) << np.arange(32, dtype=np.uint32)
    moved = _over_zeros(bits, width)
    tables = []
    for start in range(0, 32, 8):
        table = [0] * 256
        for byte in range(256):
            for bit in range(8):
                if byte >> bit & 1:
                    table[byte] ^= int(moved[start + bit])
        tables.append(table)
    found = 0
    for state in states.tolist():
        found = (
            tables[0][found & 255] ^ tables[1][found >> 8 & 255] ^ tables[2][found >> 16 & 255] ^ tables[3][found >> 24]
        ) ^ state
    return found


def _over_zeros(states: np.ndarray, count: int) -> np.ndarray:
    for _ in range(count):
        states = (states >> 8) ^ _TABLE[states & 0xFF]
    return states
