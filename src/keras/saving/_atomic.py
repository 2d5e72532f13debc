"""Files that appear whole or not at all."""

import contextlib
import ctypes
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator

from keras._core import processes

try:
    import fcntl
except ImportError:  # Windows, which keeps files that are open from being removed
    fcntl = None  # type: ignore[assignment]

_START, _END = ".kerata-", ".part"
_YOUNG = 60  # seconds; what is younger may be about to be locked


@contextlib.contextmanager
def written_atomically(path: str | os.PathLike, by_all: bool = False) -> Iterator[str]:
    """Gives a name to write to beside `path`; when the block ends well, the file takes the place of `path` at once.

    Whatever goes wrong, an exception, a full disk, a kill, leaves the earlier file as it was. What a kill leaves behind
    goes when the next file is written in that folder. Of several processes that train together the first one writes;
    what the others do goes to a name that vanishes, so that all of them take part in fetching what is divided among
    them, and they go on when the file is there. With `by_all` each writes for itself.

    Raises:
        OSError: the folder is not there or takes no files; names `path`.

    >>> with written_atomically("notes.txt") as name:
    ...     open(name, "w").write("all of it")
    """
    if not (by_all or processes.is_first()):
        with tempfile.TemporaryDirectory() as folder:
            yield os.path.join(folder, os.path.basename(path))
        processes.wrote(os.path.basename(path))
        return
    try:
        with _replaced(path) as temporary:
            yield temporary
    finally:
        if not by_all:  # also after an error, as nobody need wait any longer
            processes.wrote(os.path.basename(path))


@contextlib.contextmanager
def _replaced(path: str | os.PathLike) -> Iterator[str]:
    target = os.path.realpath(path)  # a link keeps pointing to the file
    if os.path.isdir(target):
        raise IsADirectoryError(f"{os.fspath(path)!r} is a folder, so no file can be written there.")
    temporary = _name_beside(target)
    with _naming(path):
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    try:
        with _in_use(temporary):
            _remove_stale(os.path.dirname(target))
            yield temporary
            _to_disk(temporary)
        if os.path.exists(target):
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except BaseException as error:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        if isinstance(error, OSError) and error.errno is not None and error.filename in (None, temporary):
            error.filename = os.fspath(path)
        raise
    if os.name == "posix":  # makes the new name itself last; Windows cannot open folders
        _to_disk(os.path.dirname(target))


@contextlib.contextmanager
def folder_beside(path: str | os.PathLike) -> Iterator[str]:
    """A new folder in that of `path`, to be filled and moved; what is left of it at the end goes."""
    target = os.path.realpath(path)
    temporary = _name_beside(target)
    with _naming(path):
        os.mkdir(temporary)
    try:
        with _in_use(temporary):
            _remove_stale(os.path.dirname(target))
            yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _name_beside(target: str) -> str:
    return os.path.join(os.path.dirname(target), f"{_START}{secrets.token_hex(8)}{_END}")


@contextlib.contextmanager
def _naming(path: str | os.PathLike) -> Iterator[None]:
    """Lets errors of the system name what the caller wanted to write rather than a made-up name."""
    try:
        yield
    except OSError as error:
        folder = os.path.dirname(os.path.realpath(path))
        if not os.path.isdir(folder):
            raise FileNotFoundError(error.errno, f"there is no folder {folder!r}", os.fspath(path)) from None
        raise type(error)(error.errno, f"its folder takes no files: {error.strerror}", os.fspath(path)) from None


@contextlib.contextmanager
def _in_use(path: str) -> Iterator[None]:
    """Keeps others from taking a file or folder for one that a killed program left."""
    descriptor = _locked(path)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _locked(path: str) -> int | None:
    """A descriptor that holds the lock of a file or folder, or None where somebody else holds it, or nobody can."""
    if fcntl is None:
        return None
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _remove_stale(folder: str) -> None:
    """Removes what programs that were killed have left in a folder."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not (entry.name.startswith(_START) and entry.name.endswith(_END)):
                continue
            with contextlib.suppress(OSError):  # another program removes it as well, or may, and this one not
                if time.time() - entry.stat(follow_symlinks=False).st_mtime >= _YOUNG:
                    _remove_if_left(entry)


def _remove_if_left(entry: os.DirEntry) -> None:
    descriptor = _locked(entry.path)
    if descriptor is None and fcntl is not None:
        return
    try:
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            os.unlink(entry.path)
    finally:
        if descriptor is not None:
            os.close(descriptor)


def put_in_place(folder: str, target: str, by_all: bool = False) -> None:
    """Moves a folder to where another one may be, which goes.

    Where the system can exchange two names (Linux), `target` is there at every moment. Of several processes that train
    together only the first does it, and the others go on when it is done; or with `by_all` each for itself.
    """
    try:
        if by_all or processes.is_first():
            _move(folder, target)
        else:
            shutil.rmtree(folder)
    finally:
        if not by_all:
            processes.wrote(os.path.basename(target))


def _move(folder: str, target: str) -> None:
    if not os.path.isdir(target):
        os.rename(folder, target)
        return
    if not _exchanged(folder, target):
        earlier = f"{folder}.earlier"
        os.rename(target, earlier)
        try:
            os.rename(folder, target)
        except BaseException:
            os.rename(earlier, target)
            raise
        folder = earlier
    shutil.rmtree(folder)


def _exchanged(one: str, other: str) -> bool:
    """Exchanges two names at once; False where the system cannot."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    here, exchange = -100, 2
    return rename is not None and rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0


def _to_disk(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
