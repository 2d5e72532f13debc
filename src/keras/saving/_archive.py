"""Zip archives: written member by member without copies, read with every name, size and checksum looked at."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from keras.saving._errors import BadFile, refusing
from keras.saving._window import Window

try:  # three to five times as fast as Python's own, with which files of 1 GB take half as long again
    from zlib_ng.zlib_ng import crc32
except ImportError:  # an environment from before it was asked for
    from zlib import crc32

_MOST_MEMBERS = 10_000
_MOST_TABLE = 2**22  # bytes of the table of contents
_MOST_RATIO = 1100  # deflate packs no better than this
MOST_PACKED, SMALL = 100, 2**26  # no weights pack better than this; below so many bytes nobody minds
_BLOCK = 2**22
_MEANWHILE = 1 << 24  # bytes of a member whose checksum is worth a thread
_LONGEST_NAME, _LONGEST_PART = 1024, 255  # the second in bytes, as file systems count


class Writer:
    """Writes an archive of unpacked members into an open file.

    >>> with open("model.keras", "wb+") as file:
    ...     archive = Writer(file)
    ...     archive.add("config.json", b"{}")
    ...     archive.close()
    """

    def __init__(self, file: Any):
        self._file = file
        self._members: list[tuple[bytes, int, int, int]] = []  # name, checksum, size, where the header starts
        self._at = 0

    def add(self, name: str, data: bytes) -> None:
        """Adds a member."""
        self.write(name, lambda window: window.write(data))

    def add_file(self, name: str, path: str) -> None:
        """Adds a member from a file."""
        with open(path, "rb") as source:
            self.write(name, lambda window: shutil.copyfileobj(source, window, _BLOCK))

    def write(self, name: str, function: Callable[[Window], Any]) -> None:
        """Adds a member that `function` writes into a file it is given: a place in the archive itself."""
        raw = name.encode("utf-8")
        start = self._at
        self._file.seek(start)
        self._file.write(_local_header(raw, 0, 0))
        data_at = self._file.tell()
        window = Window(self._file, data_at)
        function(window)
        checksum = _checksum(Window(self._file, data_at, window.size).readinto)
        self._file.seek(start)
        self._file.write(_local_header(raw, checksum, window.size))
        self._members.append((raw, checksum, window.size, start))
        self._at = data_at + window.size

    def close(self) -> None:
        """Writes the table of contents."""
        self._file.seek(self._at)
        table = b"".join(_entry(*member) for member in self._members)
        self._file.write(table)
        count, end = len(self._members), self._at + len(table)
        if count >= 0xFFFF or end >= 0xFFFFFFFF:
            self._file.write(
                struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, len(table), self._at)
            )
            self._file.write(struct.pack("<IIQI", 0x07064B50, 0, end, 1))
        self._file.write(
            struct.pack(
                "<IHHHHIIH",
                0x06054B50,
                0,
                0,
                min(count, 0xFFFF),
                min(count, 0xFFFF),
                min(len(table), 0xFFFFFFFF),
                min(self._at, 0xFFFFFFFF),
                0,
            )
        )
        self._file.truncate()


_DATE = 0x21  # the first of January 1980, so that the same model makes the same file


def _local_header(name: bytes, checksum: int, size: int) -> bytes:
    # sizes stand in an extra field of 64 bits, since they are not known when the header is first written
    extra = struct.pack("<HHQQ", 1, 16, size, size)
    head = struct.pack(
        "<IHHHHHIIIHH", 0x04034B50, 45, 0x800, 0, 0, _DATE, checksum, 0xFFFFFFFF, 0xFFFFFFFF, len(name), len(extra)
    )
    return head + name + extra


def _entry(name: bytes, checksum: int, size: int, start: int) -> bytes:
    extra = struct.pack("<HHQQQ", 1, 24, size, size, start)
    head = struct.pack(
        "<IHHHHHHIIIHHHHHII", 0x02014B50, 45, 45, 0x800, 0, 0, _DATE, checksum, 0xFFFFFFFF, 0xFFFFFFFF,
        len(name), len(extra), 0, 0, 0, 0o644 << 16, 0xFFFFFFFF,
    )  # fmt: skip
    return head + name + extra


class Archive:
    """Members of an archive that was looked through before anything of it is read.

    Args:
        file: an open file that can be searched.
        path: its name, for messages.

    Raises:
        BadFile: it is no archive, not whole, or has members that no archive of a model has.
    """

    def __init__(self, file: Any, path: str):
        self.path = path
        self._file = file
        self._size = file.seek(0, os.SEEK_END)
        with refusing(path, "the table of contents"):
            _check_table(file, self._size)
            self._zip = zipfile.ZipFile(file)
            self._members = self._checked()

    def names(self) -> list[str]:
        """Names of all members that are files."""
        return [name for name, info in self._members.items() if not info.is_dir()]

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def size(self, name: str) -> int:
        """Bytes of a member, unpacked."""
        return self._members[name].file_size

    def read(self, name: str, most_bytes: int) -> bytes:
        """All of a small member."""
        if self.size(name) > most_bytes:
            self._refuse(name, f"it has {self.size(name):,} bytes, more than the {most_bytes:,} it may have")
        return b"".join(self._blocks_of(name))

    def has_room_for(self, count: int) -> bool:
        """Whether so many bytes, of arrays say, may come out of an archive of this size."""
        return count <= max(SMALL, self._size * MOST_PACKED)

    def open(self, name: str) -> Any:
        """A member as a file that can be searched: a window on the archive, or an unpacked copy that goes away."""
        info = self._members[name]
        if info.compress_type == zipfile.ZIP_STORED:
            window = Window(self._file, self._start_of(info), info.file_size)
            window.seek(0)
            if _checksum(window.readinto) != info.CRC:
                self._refuse(name, "its checksum is wrong: the file is damaged")
            return window
        unpacked = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
        for block in self._blocks_of(name):
            unpacked.write(block)
        return unpacked

    @contextlib.contextmanager
    def checked_meanwhile(self, name: str) -> Iterator[Any]:
        """`open` for the time of a block, at whose end the checksum is known: for readers that keep nothing before it.

        Raises:
            BadFile: the checksum is wrong; an error of the block goes first.
        """
        info = self._members[name]
        if info.compress_type != zipfile.ZIP_STORED or info.file_size < _MEANWHILE or not _has_number(self._file):
            with contextlib.closing(self.open(name)) as member:
                yield member
            return
        start = self._start_of(info)
        with ThreadPoolExecutor(1) as pool:
            checksum = pool.submit(_checksum, _reading_at(self._file.fileno(), start, info.file_size))
            yield Window(self._file, start, info.file_size)
            if checksum.result() != info.CRC:
                self._refuse(name, "its checksum is wrong: the file is damaged")

    def extract(self, name: str, path: str) -> None:
        """Writes a member to a file of its own, below folders that are made for it."""
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            target = open(path, "xb")  # noqa: SIM115  closed below
        except (FileExistsError, NotADirectoryError):
            self._refuse(name, "it is a file and a folder at once")
        with target:
            for block in self._blocks_of(name):
                target.write(block)

    def _blocks_of(self, name: str) -> Iterator[bytes]:
        info, done = self._members[name], 0
        with refusing(self.path, name), self._zip.open(info) as source:
            while block := source.read(_BLOCK):
                done += len(block)
                if done > info.file_size:
                    self._refuse(name, "it is larger than it says")
                yield block

    def _start_of(self, info: zipfile.ZipInfo) -> int:
        self._file.seek(info.header_offset)
        head = self._file.read(30)
        if len(head) < 30 or head[:4] != b"PK\x03\x04":
            self._refuse(info.filename, "it does not start where the table of contents says")
        name_size, extra_size = struct.unpack_from("<HH", head, 26)
        return info.header_offset + 30 + name_size + extra_size

    def _checked(self) -> dict[str, zipfile.ZipInfo]:
        infos = self._zip.infolist()
        if len(infos) > _MOST_MEMBERS:
            self._refuse("the table of contents", f"there are {len(infos):,} members")
        found: dict[str, zipfile.ZipInfo] = {}
        end = 0
        for info in sorted(infos, key=lambda i: i.header_offset):
            name = info.filename
            _check_name(self, name)
            if name in found:
                self._refuse(name, "there are two members of this name")
            if info.flag_bits & 1:
                self._refuse(name, "it is encrypted")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                self._refuse(name, f"it is packed by method {info.compress_type}; only deflate is read")
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                self._refuse(name, "it is a link or a device")
            packed = info.compress_size
            if info.compress_type == zipfile.ZIP_STORED and packed != info.file_size:
                self._refuse(name, "its sizes contradict each other")
            if info.file_size > packed * _MOST_RATIO + 1024:
                self._refuse(name, f"it claims {info.file_size:,} bytes, packed into {packed:,}")
            start = self._start_of(info)
            if info.header_offset < end or start + packed > self._size:
                self._refuse(name, "it overlaps another member or the end of the file")
            end = start + packed
            found[name] = info
        if not self.has_room_for(sum(info.file_size for info in infos)):
            self._refuse("the table of contents", "the members claim far more than the size of the file lets expect")
        return found

    def _refuse(self, place: str, reason: str) -> Any:
        raise BadFile(f"{self.path} is refused: at {place}, {reason}.")


def _check_table(file: Any, size: int) -> None:
    """Looks how large the table of contents claims to be, before anybody reads it."""
    file.seek(max(0, size - 2**16 - 98))
    tail = file.read()
    at = len(tail) - 22 if tail[-22:-18] == b"PK\x05\x06" else tail.rfind(b"PK\x05\x06")
    if not 0 <= at <= len(tail) - 22:
        raise ValueError("there is none: the file is cut short, or was not written to its end")
    claim = struct.unpack_from("<I", tail, at + 12)[0]
    if at >= 76 and tail[at - 76 : at - 72] == b"PK\x06\x06":  # the same with 64 bits
        claim = max(claim * (claim != 0xFFFFFFFF), struct.unpack_from("<Q", tail, at - 36)[0])
    if claim > _MOST_TABLE:
        raise ValueError(f"it claims {claim:,} bytes")


def is_name_of_a_file(name: str) -> bool:
    """Whether a name with `/` between its folders leads to a file below where it is put, on every system."""
    parts = name.removesuffix("/").split("/")
    return not (
        not name or len(name) > _LONGEST_NAME or "\\" in name or ":" in name
        or any(ord(c) < 32 for c in name)
        or any(p in ("", ".", "..") or len(p.encode("utf-8", "replace")) > _LONGEST_PART for p in parts)
    )  # fmt: skip


def _check_name(archive: Archive, name: str) -> None:
    if not is_name_of_a_file(name):
        archive._refuse(repr(name[:80]), "the name leads out of the archive, or is none that a file can have")


def _has_number(file: Any) -> bool:
    """Whether the system knows the file, which then can be read at two places at once."""
    try:
        return file.fileno() >= 0 and hasattr(os, "preadv")
    except (AttributeError, OSError):
        return False


def _reading_at(number: int, start: int, size: int) -> Callable[[memoryview], int]:
    """A `readinto` over a part of a file, which leaves the file at the place where it is."""
    done = 0

    def readinto(buffer: memoryview) -> int:
        nonlocal done
        count = os.preadv(number, [buffer[: size - done]], start + done)
        done += count
        return count

    return readinto


def _checksum(readinto: Callable[[memoryview], int]) -> int:
    checksum, buffer = 0, memoryview(bytearray(2**20))  # which stays in the processor's cache
    while count := readinto(buffer):
        checksum = crc32(buffer[:count], checksum)
    return checksum
