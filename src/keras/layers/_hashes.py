"""Hashes of text, the same on every machine and in every release: FarmHash64, SipHash-2-4, and hashes of crosses.

FarmHash: G. Pike, https://github.com/google/farmhash. SipHash: J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast
short-input PRF", 2012. Keras 2 and 3 put text into bins by these, and a model that learned from bins needs the same.
Texts of one length are hashed together, as rows of bytes.
"""

from collections.abc import Callable, Iterable

import numpy as np

_K0 = np.uint64(0xC3A5C85C97CB3127)
_K1 = np.uint64(0xB492B66FBE98F273)
_K2 = np.uint64(0x9AE16A3B2F90404F)
_CROSS = np.uint64(0xC6A4A7935BD1E995)
CROSS_KEY = 0xDECAFCAFFE  # what the hash of a cross starts from


def farm_hash(texts: Iterable[bytes]) -> np.ndarray:
    """The 64-bit fingerprint of every text."""
    return _by_length(texts, _farm_rows)


def sip_hash(texts: Iterable[bytes], key: tuple[int, int]) -> np.ndarray:
    """SipHash-2-4 of every text under a key of two integers."""
    return _by_length(texts, lambda rows: _sip_rows(rows, *(np.uint64(k % 2**64) for k in key)))


def cross_hash(columns: list[np.ndarray]) -> np.ndarray:
    """One hash per row from columns of 64-bit values: fingerprints of texts, or integers as they are."""
    found = np.full(columns[0].shape, CROSS_KEY, np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            mixed = found ^ _CROSS ^ (_shift_mix(column * _CROSS) * _CROSS)
            found = _shift_mix(_shift_mix(mixed * _CROSS) * _CROSS)
    return found


def _by_length(texts: Iterable[bytes], hash_rows: Callable) -> np.ndarray:
    texts = list(texts)
    groups: dict[int, list[int]] = {}
    for place, text in enumerate(texts):
        groups.setdefault(len(text), []).append(place)
    found = np.empty(len(texts), np.uint64)
    with np.errstate(over="ignore"):
        for length, places in groups.items():
            joined = b"".join(texts[i] for i in places)
            found[places] = hash_rows(np.frombuffer(joined, np.uint8).reshape(len(places), length))
    return found


def _word(rows: np.ndarray, at: int, size: int = 8) -> np.ndarray:
    """`size` bytes from `at` on as one number, the lowest first."""
    part = np.ascontiguousarray(rows[:, at : at + size])
    return part.view(f"<u{size}")[:, 0].astype(np.uint64)


def _turn(x: np.ndarray, bits: int) -> np.ndarray:
    return (x >> np.uint64(bits)) | (x << np.uint64(64 - bits))


def _shift_mix(x: np.ndarray) -> np.ndarray:
    return x ^ (x >> np.uint64(47))


def _mix(u: np.ndarray, v: np.ndarray, factor: np.ndarray) -> np.ndarray:
    return _shift_mix((v ^ _shift_mix((u ^ v) * factor)) * factor) * factor


def _farm_rows(rows: np.ndarray) -> np.ndarray:
    length = rows.shape[1]
    factor = _K2 + np.uint64(2 * length)
    if length == 0:
        return np.full(len(rows), _K2)
    if length < 4:
        first, middle, last = (rows[:, i].astype(np.uint64) for i in (0, length // 2, length - 1))
        low, high = first + (middle << np.uint64(8)), np.uint64(length) + (last << np.uint64(2))
        return _shift_mix((low * _K2) ^ (high * _K0)) * _K2
    if length < 8:
        head, tail = _word(rows, 0, 4), _word(rows, length - 4, 4)
        return _mix(np.uint64(length) + (head << np.uint64(3)), tail, factor)
    if length <= 16:
        a, b = _word(rows, 0) + _K2, _word(rows, length - 8)
        return _mix(_turn(b, 37) * factor + a, (_turn(a, 25) + b) * factor, factor)
    if length > 64:
        return _farm_long_rows(rows)
    a, b = _word(rows, 0) * (_K1 if length <= 32 else _K2), _word(rows, 8)
    c, d = _word(rows, length - 8) * factor, _word(rows, length - 16) * _K2
    y = _turn(a + b, 43) + _turn(c, 30) + d
    z = _mix(y, a + _turn(b + _K2, 18) + c, factor)
    if length <= 32:
        return z
    e, f = _word(rows, 16) * factor, _word(rows, 24)
    g, h = (y + _word(rows, length - 32)) * factor, (z + _word(rows, length - 24)) * factor
    return _mix(_turn(e + f, 43) + _turn(g, 30) + h, e + _turn(f + a, 18) + g, factor)


def _farm_long_rows(rows: np.ndarray) -> np.ndarray:
    """Blocks of 64 bytes, then the last 64 bytes once more."""
    length = rows.shape[1]
    zero = np.zeros(len(rows), np.uint64)
    x, y = zero + np.uint64(81) * _K2, zero + np.uint64(81) * _K1 + np.uint64(113)
    z = _shift_mix(y * _K2 + np.uint64(113)) * _K2
    x = x + _word(rows, 0)
    v, w = (zero, zero), (zero, zero)
    end = (length - 1) // 64 * 64
    for at in range(0, end, 64):
        x, y, z, v, w = _farm_block(rows, at, x, y, z, v, w, _K1, np.uint64(1))
    factor = _K1 + ((z & np.uint64(255)) << np.uint64(1))
    w = (w[0] + np.uint64((length - 1) % 64), w[1])
    v = (v[0] + w[0], v[1])
    w = (w[0] + v[0], w[1])
    x, y, z, v, w = _farm_block(rows, length - 64, x, y, z, v, w, factor, np.uint64(9))
    return _mix(_mix(v[0], w[0], factor) + _shift_mix(y) * _K0 + z, _mix(v[1], w[1], factor) + x, factor)


def _farm_block(rows, at, x, y, z, v, w, factor, weight):
    x = _turn(x + y + v[0] + _word(rows, at + 8), 37) * factor
    y = _turn(y + v[1] + _word(rows, at + 48), 42) * factor
    x = x ^ (w[1] * weight)
    y = y + v[0] * weight + _word(rows, at + 40)
    z = _turn(z + w[0], 33) * factor
    v = _farm_half(rows, at, v[1] * factor, x + w[0])
    w = _farm_half(rows, at + 32, z + w[1], y + _word(rows, at + 16))
    return z, y, x, v, w


def _farm_half(rows, at, a, b):
    """Mixes 32 bytes into two numbers."""
    first, second, third, fourth = (_word(rows, at + 8 * i) for i in range(4))
    a = a + first
    b = _turn(b + a + fourth, 21)
    before, a = a, a + second + third
    return a + fourth, b + _turn(a, 44) + before


def _sip_rows(rows: np.ndarray, key0: np.uint64, key1: np.uint64) -> np.ndarray:
    length = rows.shape[1]
    padded = np.zeros((len(rows), length // 8 * 8 + 8), np.uint8)
    padded[:, :length] = rows
    padded[:, -1] = length % 256
    start = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
    a, b, c, d = (np.full(len(rows), np.uint64(s) ^ k) for s, k in zip(start, (key0, key1, key0, key1), strict=True))
    state = (a, b, c, d)
    for at in range(0, padded.shape[1], 8):
        word = _word(padded, at)
        state = (*state[:3], state[3] ^ word)
        state = _sip_round(_sip_round(state))
        state = (state[0] ^ word, *state[1:])
    state = (state[0], state[1], state[2] ^ np.uint64(255), state[3])
    for _ in range(4):
        state = _sip_round(state)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _sip_round(state):
    a, b, c, d = state
    a, c = a + b, c + d
    b, d = _turn(b, 51) ^ a, _turn(d, 48) ^ c
    a = _turn(a, 32)
    c, a = c + b, a + d
    b, d = _turn(b, 47) ^ c, _turn(d, 43) ^ a
    return a, b, _turn(c, 32), d
