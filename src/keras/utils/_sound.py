"""Sounds in WAV files as arrays."""

import math
import os
import struct

import numpy as np

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE


def read_wav(path) -> tuple[np.ndarray, int]:
    """Samples from -1 to 1 with shape (samples, channels), float32, and the samples per second.

    Raises:
        ValueError: it is no WAV file, or one with compressed samples.
    """
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        head = file.read(12)
        if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
            raise ValueError(f"{path} is no WAV file.")
        shape = None
        while len(chunk := file.read(8)) == 8:
            name, length = struct.unpack("<4sI", chunk)
            length = min(length, size - file.tell())  # never more than the file has
            if name == b"fmt ":
                shape = _format(file.read(length), path)
            elif name == b"data" and shape is not None:
                return _samples(file.read(length), *shape[:3]), shape[3]
            else:
                file.seek(length, os.SEEK_CUR)
            if length % 2:
                file.seek(1, os.SEEK_CUR)
    raise ValueError(f"{path} is a broken WAV file: it has no samples.")


def _format(found: bytes, path) -> tuple[int, int, int, int]:
    if len(found) < 16:
        raise ValueError(f"{path} is a broken WAV file: its header is too short.")
    kind, channels, rate, _, _, bits = struct.unpack("<HHIIHH", found[:16])
    if kind == EXTENSIBLE and len(found) >= 26:
        kind = struct.unpack("<H", found[24:26])[0]
    if (kind, bits) not in ((PCM, 8), (PCM, 16), (PCM, 24), (PCM, 32), (FLOAT, 32), (FLOAT, 64)) or not channels:
        raise ValueError(f"{path} has samples of format {kind} with {bits} bits; only plain numbers can be read.")
    return kind, channels, bits, rate


def _samples(found: bytes, kind: int, channels: int, bits: int) -> np.ndarray:
    width = bits // 8
    found = found[: len(found) // (width * channels) * width * channels]
    if kind == FLOAT:
        x = np.frombuffer(found, f"<f{width}").astype("float32")
    elif bits == 8:
        x = (np.frombuffer(found, "u1").astype("float32") - 128) / 128
    elif bits == 24:  # as the upper three bytes of 32 bits
        wide = np.zeros((len(found) // 3, 4), "u1")
        wide[:, 1:] = np.frombuffer(found, "u1").reshape(-1, 3)
        x = wide.view("<i4")[:, 0].astype("float32") / 2**31
    else:
        x = np.frombuffer(found, f"<i{width}").astype("float32") / 2 ** (bits - 1)
    return x.reshape(-1, channels)


def resampled(sound: np.ndarray, rate: int, wanted: int) -> np.ndarray:
    """The same sound with another number of samples per second."""
    from scipy import signal

    divisor = math.gcd(rate, wanted)
    return signal.resample_poly(sound, wanted // divisor, rate // divisor, axis=0).astype("float32")
