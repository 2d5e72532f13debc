"""Files from the network, kept in the Keras home folder: whole, checked, or not there at all."""

import bz2
import gzip
import hashlib
import lzma
import os
import re
import tarfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
import zlib
from pathlib import Path

from keras import config
from keras._core.checks import one_of
from keras._core.home import keras_home
from keras.callbacks._progress import Progbar
from keras.saving._atomic import folder_beside, put_in_place, written_atomically

CHUNK = 1 << 20
TIMEOUT = 60  # seconds without a byte
SMALLEST_LIMIT = 4 << 30  # bytes that any archive may unpack to
LARGEST_RATIO = 200  # beyond that: so many times its own size
LARGEST_HEADER = 1 << 18  # bytes that a member of a tar file may have before its contents
LEAST_PER_MEMBER = 4096  # bytes that a file or a folder takes on a disk

NO_NETWORK = (
    "get_file: {origin} could not be downloaded: {reason}.\n  Without a network, put the file there yourself: {path}"
)
WRONG_FILE = "\n  The file that is there is another one: its {algorithm} is {found}, and it must be {wanted}."
WRONG_HASH = (
    "get_file: what came from {origin} is not the file that was expected, so it was thrown away.\n"
    "  Its {algorithm} is {found}, and it must be {wanted}."
)


def get_file(
    fname=None,
    origin=None,
    untar=False,
    md5_hash=None,
    file_hash=None,
    cache_subdir="datasets",
    hash_algorithm="auto",
    extract=False,
    archive_format="auto",
    cache_dir=None,
    force_download=False,
):
    """The path of a file from the network, which is downloaded if it is not in the cache yet.

    A file appears in the cache when it is whole and its hash is right, never before.

    Args:
        fname: its name in the cache, without folders; taken from `origin` if None.
        origin: its address.
        untar: the older spelling of `extract` for tar files.
        md5_hash: the older spelling of `file_hash` for MD5.
        file_hash: the hash that the file must have, in hexadecimal; None does not check.
        cache_subdir: the folder in the cache.
        hash_algorithm: 'sha256', 'md5', or 'auto', which tells by the length.
        extract: whether it is an archive to be unpacked; the path of the folder is returned then.
        archive_format: 'tar', 'zip', a list of them, or 'auto' for both.
        cache_dir: the cache; the Keras home folder if None.
        force_download: whether to download it although it is there.

    Raises:
        ValueError: the name holds folders, the hash is wrong, or the archive is none or could write elsewhere.
        OSError: it could not be downloaded; the message says where a file from elsewhere can be put.

    >>> path = keras.utils.get_file("notes.txt", "https://example.org/notes.txt")  # doctest: +SKIP
    """
    if origin is None:
        raise ValueError("get_file: `origin` is missing, the address of the file.")
    if not isinstance(origin, str):
        raise ValueError(f"get_file: `origin` must be an address such as 'https://...'. Got {origin!r}.")
    one_of("hash_algorithm", hash_algorithm, ("auto", "sha256", "md5"), owner="get_file")
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    formats = _formats(archive_format)
    given = fname is not None
    name = _checked_name(os.fspath(fname) if given else urllib.parse.urlsplit(origin).path.rpartition("/")[2], origin)
    folder = Path(keras_home() if cache_dir is None else cache_dir).expanduser() / cache_subdir
    unpacks = (extract or untar) and bool(formats)
    stem = re.sub(r"\.(tar\.\w+|\w+)$", "", name)
    if unpacks and not (given and stem != name):
        target, unpacked = folder / f"{name}_archive", folder / name
    else:
        target, unpacked = folder / name, folder / f"{stem}_extracted"
    fresh = force_download or not (target.is_file() and _fits(target, file_hash, hash_algorithm))
    if fresh:
        folder.mkdir(parents=True, exist_ok=True)
        _download(origin, target, file_hash, hash_algorithm)
    if not unpacks:
        return str(target)
    if fresh or not unpacked.is_dir():
        _unpack(target, unpacked, formats)
    return str(unpacked)


def _formats(archive_format) -> list[str]:
    if archive_format is None:
        return []
    found = ["tar", "zip"] if archive_format == "auto" else archive_format
    found = [found] if isinstance(found, str) else list(found)
    for one in found:
        one_of("archive_format", one, ("tar", "zip"), owner="get_file")
    return found


def _checked_name(name: str, origin: str) -> str:
    if not name:
        raise ValueError(f"get_file: {origin!r} does not end in the name of a file. Pass `fname`.")
    if name in (".", "..") or any(sign in name for sign in ("/", "\\", "\0")) or (os.name == "nt" and ":" in name):
        raise ValueError(
            f"get_file: `fname` must be a name without folders. Got {name!r}.\n"
            f"  Say where to keep it with `cache_dir` and `cache_subdir`."
        )
    return name


def _algorithm(wanted: str, algorithm: str) -> str:
    if algorithm == "auto":
        algorithm = {64: "sha256", 32: "md5"}.get(len(wanted), "")
    size = {"sha256": 64, "md5": 32}.get(algorithm)
    if size != len(wanted) or not all(c in "0123456789abcdefABCDEF" for c in wanted):
        raise ValueError(f"get_file: `file_hash` must be a SHA-256 or MD5 hash in hexadecimal. Got {wanted!r}.")
    return algorithm


def _fits(path: Path, wanted: str | None, algorithm: str) -> bool:
    if wanted is None:
        return True
    return _hash(path, _algorithm(wanted, algorithm)) == wanted.lower()


def _hash(path: Path, algorithm: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: _hasher(algorithm)).hexdigest()


def _hasher(algorithm: str):
    return hashlib.new(algorithm, usedforsecurity=False)


def _download(origin: str, target: Path, wanted: str | None, algorithm: str) -> None:
    algorithm = "sha256" if wanted is None else _algorithm(wanted, algorithm)
    hasher = _hasher(algorithm)
    with written_atomically(target, by_all=True) as part:
        try:
            with urllib.request.urlopen(origin, timeout=TIMEOUT) as answer, open(part, "wb") as file:
                done, total = _copy(answer, file, hasher, origin)
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.filename == part:
                raise  # it is the disk
            reason = getattr(error, "reason", None) or error
            raise OSError(_not_fetched(origin, str(reason).rstrip("."), target, wanted, algorithm)) from error
        if total is not None and done != total:
            reason = f"only {done} of {total} bytes came"
            raise OSError(_not_fetched(origin, reason, target, wanted, algorithm))
        if wanted is not None and hasher.hexdigest() != wanted.lower():
            raise ValueError(
                WRONG_HASH.format(origin=origin, algorithm=algorithm, found=hasher.hexdigest(), wanted=wanted)
            )


def _copy(answer, file, hasher, origin: str) -> tuple[int, int | None]:
    """Writes what a server sends to a file; returns how many bytes came, and how many it promised."""
    said = answer.headers.get("Content-Length")
    total = int(said) if said is not None and said.isdigit() else None
    bar = Progbar(total, unit_name="byte") if config.is_interactive_logging_enabled() else None
    if bar is not None:
        print(f"Downloading data from {origin}")
    done = 0
    while chunk := answer.read(CHUNK):
        file.write(chunk)
        hasher.update(chunk)
        done += len(chunk)
        if bar is not None:
            bar.update(done, finalize=False)
    if bar is not None:
        bar.update(done, finalize=True)
    return done, total


def _not_fetched(origin: str, reason: str, path: Path, wanted: str | None, algorithm: str) -> str:
    message = NO_NETWORK.format(origin=origin, reason=reason, path=path)
    if wanted is None or not path.is_file() or _fits(path, wanted, algorithm):
        return message
    return message + WRONG_FILE.format(algorithm=algorithm, found=_hash(path, algorithm), wanted=wanted)


def _unpack(archive: Path, folder: Path, formats: list[str]) -> None:
    """Unpacks into a folder of a made-up name, which takes the place of `folder` when all is there."""
    try:
        with folder_beside(archive) as name:
            made = Path(name)
            done = "tar" in formats and _unpack_tar(archive, made)
            if not done and "zip" in formats and zipfile.is_zipfile(archive):
                with zipfile.ZipFile(archive) as opened:
                    _unpack_zip(opened, made, archive)
            elif not done:
                raise ValueError(f"get_file: {archive} is no archive of the format {' or '.join(formats)}.")
            put_in_place(name, str(folder), by_all=True)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, gzip.BadGzipFile, EOFError) as error:
        raise ValueError(f"get_file: {archive} is a broken archive: {error}.") from error


def _unpack_tar(archive: Path, folder: Path) -> bool:
    """Unpacks a tar file; False if it is none."""
    room = _Room(archive)
    with _decompressed(archive) as file:
        bounded = _Bounded(file, room)
        opened = _as_tar(bounded)
        if opened is None:
            return False
        while (member := opened.next()) is not None:
            if not (member.isfile() or member.isdir()):
                raise ValueError(f"get_file: {archive} holds {member.name!r}, which is a link or a device.")
            path = room.place(folder, member.name, member.isdir())
            source = None if member.isdir() or path is None else opened.extractfile(member)
            if source is not None and path is not None:
                bounded.left = None
                room.copy(source, path)
            bounded.left = LARGEST_HEADER
            opened.members = []  # it would remember them all
    return True


def _as_tar(file: "_Bounded") -> tarfile.TarFile | None:
    try:
        return tarfile.open(fileobj=file, mode="r:")
    except (tarfile.TarError, OSError):
        return None


def _decompressed(archive: Path):
    with open(archive, "rb") as file:
        start = file.read(6)
    for sign, opener in ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\0", lzma.open)):
        if start.startswith(sign):
            return opener(archive, "rb")
    return open(archive, "rb")


class _Bounded:
    """The bytes of a tar file, counted: `tarfile` reads headers whole, however long they say that they are.

    Attributes:
        left: how much may be read before the contents of the next member; None while they are copied.
    """

    def __init__(self, file, room: "_Room"):
        self._file = file
        self._room = room
        self.left: int | None = LARGEST_HEADER

    def read(self, size: int) -> bytes:
        if self.left is not None:
            self.left -= size
            if self.left < 0:
                raise ValueError(f"get_file: {self._room.archive} holds a header of more than {LARGEST_HEADER} bytes.")
        return self._file.read(size)

    def seek(self, place: int) -> None:
        missing = place - self._file.tell()
        if missing <= 0:
            self._file.seek(place)
        while missing > 0 and (skipped := len(self._file.read(min(missing, CHUNK)))):
            self._room.take(skipped)
            missing -= skipped

    def tell(self) -> int:
        return self._file.tell()


def _unpack_zip(opened: zipfile.ZipFile, folder: Path, archive: Path) -> None:
    room = _Room(archive)
    for member in opened.infolist():
        kind = member.external_attr >> 28  # of files from Unix: 8 a file, 4 a folder, 10 a link
        if kind not in (0, 4, 8):
            raise ValueError(f"get_file: {archive} holds {member.filename!r}, which is a link or a device.")
        path = room.place(folder, member.filename, member.is_dir())
        if path is not None and not member.is_dir():
            with opened.open(member) as source:
                room.copy(source, path)


class _Room:
    """Where an archive may write, and how much."""

    def __init__(self, archive: Path):
        self.archive = archive
        self.left = max(SMALLEST_LIMIT, LARGEST_RATIO * archive.stat().st_size)
        self.met: set[str] = set()

    def place(self, folder: Path, name: str, is_folder: bool) -> Path | None:
        """The path of a member below `folder`, with its folders made; None for the folder itself."""
        parts = [p for p in name.replace("\\", "/").split("/") if p not in ("", ".")]
        if name.startswith(("/", "\\")) or ".." in parts or "\0" in name or any(":" in p for p in parts[:1]):
            raise ValueError(f"get_file: {self.archive} holds {name!r}, a path that leads out of its folder.")
        if not parts:
            return None
        self.take(LEAST_PER_MEMBER)
        path = folder.joinpath(*parts)
        key = "/".join(parts)
        if not is_folder and key in self.met:
            raise ValueError(f"get_file: {self.archive} holds {name!r} twice.")
        if (
            (is_folder and path.is_file())
            or (not is_folder and path.is_dir())
            or any(p.is_file() for p in path.parents)
        ):
            raise ValueError(f"get_file: {self.archive} holds {name!r}, of which a part is a file and a folder.")
        if is_folder:
            path.mkdir(parents=True, exist_ok=True)
            return path
        self.met.add(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def copy(self, source, path: Path) -> None:
        """Copies a member, and counts what comes out."""
        with open(path, "xb") as file:
            while chunk := source.read(CHUNK):
                self.take(len(chunk))
                file.write(chunk)

    def take(self, size: int) -> None:
        """Counts bytes that have come out of the archive, or that a member takes."""
        self.left -= size
        if self.left < 0:
            raise ValueError(f"get_file: {self.archive} unpacks to far more than its size lets expect.")
