"""The file of a backup: numbers, text and arrays in nested lists and dicts, as one file that is whole or not there."""

import contextlib
import io
import json
import os
import secrets

import numpy as np

from keras._core import processes
from keras.saving._array_files import arrays_of
from keras.saving._atomic import written_atomically

FILE, PREVIOUS = "backup.npz", "previous.npz"

_MARK = b"\0"  # no path holds it

UNREADABLE = "{owner}: {path} cannot be read: {error}.\n  Delete it to train from the beginning."


def write(folder, content, keeps_previous=False) -> None:
    """Puts `content` into the folder's file; `keeps_previous` gives the one before it another name."""
    if not processes.is_first():
        return
    arrays = []
    about = json.dumps(_without_arrays(content, arrays, "a backup"))
    members = {f"array{i}": a for i, a in enumerate(arrays)}
    members["about"] = np.frombuffer(about.encode(), np.uint8)
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, FILE)
    if keeps_previous and os.path.exists(path):
        spare = os.path.join(folder, f".kerata-{secrets.token_hex(8)}.part")
        os.link(path, spare)
        os.replace(spare, os.path.join(folder, PREVIOUS))
    with written_atomically(path) as part, open(part, "wb") as file:
        np.savez(file, **members)


def read(folder, owner, may_use_previous=False):
    """`(path, content)` of the newest backup that can be read; None if there is none.

    Raises:
        ValueError: there are backups, and none can be read.
    """
    names = (FILE, PREVIOUS) if may_use_previous else (FILE,)
    paths = [path for name in names if os.path.isfile(path := os.path.join(folder, name))]
    return _first_readable(paths, owner) if processes.count() == 1 else _read_by_first(paths, owner)


def _read_by_first(paths, owner):
    """The same for several processes, all of which get what the first one finds: others may have another disk."""

    def find() -> bytes:
        try:
            found = _first_readable(paths, owner)
        except ValueError as error:
            return _MARK + str(error).encode()
        if found is None:
            return b""
        with open(found[0], "rb") as file:
            return os.fsencode(found[0]) + _MARK + file.read()

    path, _, content = processes.from_first(find).partition(_MARK)
    if not path and content:
        raise ValueError(content.decode())
    return (os.fsdecode(path), _content_of(io.BytesIO(content))) if path else None


def _content_of(file):
    with arrays_of(file) as opened:
        arrays = {name: opened[name] for name in opened.files}
    return _with_arrays(json.loads(arrays.pop("about").tobytes()), arrays)


def _first_readable(paths, owner):
    for path in paths:
        try:
            return path, _content_of(path)
        except (ValueError, KeyError, OSError, EOFError, io.UnsupportedOperation) as error:
            if path == paths[-1]:
                raise ValueError(UNREADABLE.format(owner=owner, path=path, error=error)) from error
    return None


def delete(folder) -> None:
    """Removes the backups, and the folder if nothing else is in it."""
    if not processes.is_first():
        return
    for name in (FILE, PREVIOUS):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(folder, name))
    with contextlib.suppress(OSError):  # it holds files of the user's, or is not there
        os.rmdir(folder)


def _without_arrays(x, arrays, where):
    """What JSON can hold, with arrays replaced by their numbers in `arrays`."""
    if x is None or isinstance(x, (bool, int, float, str)):
        return x
    if isinstance(x, np.generic) and x.dtype.kind in "biuf":
        return x.item()
    if isinstance(x, dict) and all(isinstance(key, str) for key in x):
        return {key: _without_arrays(value, arrays, f"{where}[{key!r}]") for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [_without_arrays(value, arrays, f"{where}[{i}]") for i, value in enumerate(x)]
    found = np.asarray(x) if hasattr(x, "__array__") else None
    if found is None or found.dtype.kind == "O":
        raise TypeError(
            f"{where} must be made of numbers, text, arrays, lists and dicts with names. Got {type(x).__name__}."
        )
    # as bytes, because NumPy's format does not know bfloat16 and its like
    arrays.append(np.frombuffer(np.ascontiguousarray(found).tobytes(), np.uint8))
    return {"array": len(arrays) - 1, "dtype": found.dtype.name, "shape": list(found.shape)}


def _with_arrays(x, arrays):
    if isinstance(x, list):
        return [_with_arrays(value, arrays) for value in x]
    if not isinstance(x, dict):
        return x
    if set(x) == {"array", "dtype", "shape"}:
        return arrays[f"array{x['array']}"].view(np.dtype(x["dtype"])).reshape(x["shape"])
    return {key: _with_arrays(value, arrays) for key, value in x.items()}
