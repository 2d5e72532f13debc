"""Files that appear whole or not at all."""

import contextlib
import ctypes
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator

from keras._core import processes


@contextlib.contextmanager
def written_atomically(path: str | os.PathLike, by_all: bool = False) -> Iterator[str]:
    """Gives a name to write to beside `path`; when the block ends well, the file takes the place of `path` at once.

    Whatever goes wrong, an exception, a full disk, a kill, leaves the earlier file as it was. Of several processes that
    train together the first one writes; what the others do goes to a name that vanishes, so that all of them take part
    in fetching what is divided among them. With `by_all` each writes for itself.

    >>> with written_atomically("notes.txt") as name:
    ...     open(name, "w").write("all of it")
    """
    if not (by_all or processes.is_first()):
        with tempfile.TemporaryDirectory() as folder:
            yield os.path.join(folder, os.path.basename(path))
        return
    target = os.path.realpath(path)  # a link keeps pointing to the file
    if os.path.isdir(target):
        raise IsADirectoryError(f"{os.fspath(path)!r} is a folder, so no file can be written there.")
    temporary = os.path.join(os.path.dirname(target), f".kerata-{secrets.token_hex(8)}.part")
    try:
        yield temporary
        _to_disk(temporary)
        if os.path.exists(target):
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    if os.name == "posix":  # makes the new name itself last; Windows cannot open folders
        _to_disk(os.path.dirname(target))


def put_in_place(folder: str, target: str) -> None:
    """Moves a folder to where another one may be, which goes.

    Where the system can exchange two names (Linux), `target` is there at every moment. Of several processes that train
    together only the first does it.
    """
    if not processes.is_first():
        shutil.rmtree(folder)
        return
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
