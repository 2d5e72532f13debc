"""A part of an open file that behaves like a file of its own."""

from __future__ import annotations

import io
import os
from typing import Any


class Window(io.RawIOBase):
    """The bytes of `file` from `start` on: `size` of them to read, or without a size as many as are written.

    >>> Window(open("archive.keras", "rb"), 512, 2048).read(8)
    """

    def __init__(self, file: Any, start: int = 0, size: int | None = None):
        self._file = file
        self._start = start
        self._writes = size is None
        self._size = 0 if size is None else size
        self._at = 0

    def readable(self) -> bool:
        """True."""
        return True

    def writable(self) -> bool:
        """Whether it was made without a size."""
        return self._writes

    def seekable(self) -> bool:
        """True."""
        return True

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self._size

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Goes to a place, counted from the start of the window."""
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        """Where the next read or write happens."""
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fills `buffer` as far as there are bytes; returns how many."""
        view = memoryview(buffer).cast("B")
        count = min(len(view), max(self._size - self._at, 0))
        self._file.seek(self._start + self._at)
        done = self._file.readinto(view[:count]) if count else 0
        self._at += done or 0
        return done or 0

    def write(self, data: Any) -> int:
        """Writes all of `data`."""
        if not self._writes:
            raise io.UnsupportedOperation("this window is for reading")
        view = memoryview(data).cast("B")
        self._file.seek(self._start + self._at)
        done = 0
        while done < len(view):
            done += self._file.write(view[done:])
        self._at += done
        self._size = max(self._size, self._at)
        return done

    def truncate(self, size: int | None = None) -> int:
        """Sets the size; bytes that are new are zero."""
        if not self._writes:
            raise io.UnsupportedOperation("this window is for reading")
        self._size = self._at if size is None else size
        self._file.truncate(self._start + self._size)
        return self._size

    def flush(self) -> None:
        """Hands what was written to the file below."""
        if self._writes:
            self._file.flush()
