"""Arrays that nobody else holds, so that a variable can take over their memory instead of copying it."""

from __future__ import annotations

import math

import numpy as np

_ALIGNMENT = 64  # bytes: what engines share memory for
_SMALLEST = 1 << 16  # bytes worth the trouble


class Fresh(np.ndarray):
    """An array made by `fresh`; parts and results of it are of this class too, but not whole."""

    is_whole = False


def fresh(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """An array without values, whose memory `take` can hand over."""
    size = math.prod(shape) * dtype.itemsize
    if size < _SMALLEST:
        return np.empty(shape, dtype)
    room = np.empty(size + _ALIGNMENT, np.uint8)
    start = -room.ctypes.data % _ALIGNMENT
    found = room[start : start + size].view(dtype).reshape(shape).view(Fresh)
    found.is_whole = True
    return found


def take(value: np.ndarray) -> np.ndarray | None:
    """The memory of a whole array of `fresh`, which cannot be written any more; None for others."""
    if type(value) is not Fresh or not value.is_whole or not value.flags.writeable:
        return None
    value.flags.writeable = False
    return value.view(np.ndarray)
