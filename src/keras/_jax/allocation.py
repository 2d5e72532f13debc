"""Host memory that a step has freed stays with the process for the next step.

The C library gives large pieces back to the system as soon as they are freed, so that every step of a training asks
for its intermediate results anew, page by page: on a CPU that took 20 of 100 ms of a small convolutional network's
step, and half of the time of one convolution with a large result.
"""

from __future__ import annotations

import ctypes
import os
import sys

# glibc's numbers of the options of mallopt(3)
_TRIM_THRESHOLD, _MMAP_MAX, _ARENA_MAX = -1, -4, -8
_MOST_KEPT = 2**31 - 1  # bytes at the end of the heap; mallopt takes an int
_SET_BY_USER = (
    "MALLOC_ARENA_MAX",
    "MALLOC_MMAP_MAX_",
    "MALLOC_MMAP_THRESHOLD_",
    "MALLOC_TRIM_THRESHOLD_",
    "LD_PRELOAD",
)


def keep_freed_memory() -> bool:
    """Asks the C library to keep what is freed, and says whether it does.

    It must be asked before the threads that compute exist: they take from the heap they first met. Nothing happens
    with another C library than glibc, where the environment tunes malloc already, or with KERAS_KEEP_MEMORY=0.
    """
    environment = os.environ
    if not sys.platform.startswith("linux") or environment.get("KERAS_KEEP_MEMORY") == "0":
        return False
    if any(name in environment for name in _SET_BY_USER) or "malloc" in environment.get("GLIBC_TUNABLES", ""):
        return False
    library = ctypes.CDLL(None)
    if not hasattr(library, "gnu_get_libc_version"):
        return False
    # one heap for all threads, large pieces on it too, and its end kept
    options = {_ARENA_MAX: 1, _MMAP_MAX: 0, _TRIM_THRESHOLD: _MOST_KEPT}
    done = [library.mallopt(option, value) for option, value in options.items()]
    return all(done)


def give_back_freed_memory() -> None:
    """Returns to the system what is free on the heap."""
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)


keep_freed_memory()
