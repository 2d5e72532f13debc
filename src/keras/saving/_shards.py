"""Weights in several files, none larger than asked for, and a JSON file that says which array is where."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from keras._core import processes
from keras.saving import _hdf5, _json, _weights
from keras.saving._atomic import written_atomically
from keras.saving._errors import BadFile, refusing

ENDING = ".weights.json"


def write(model: Any, path: str, max_shard_size: float) -> None:
    """Writes the weights of a model to files beside `path`, and then `path` itself.

    The files have new names where there are files already, so that an earlier `path` stays true until it is replaced.

    Args:
        max_shard_size: gigabytes of one file.
    """
    if not isinstance(max_shard_size, (int, float)) or max_shard_size <= 0:
        raise ValueError(f"save_weights: `max_shard_size` must be a number of gigabytes. Got {max_shard_size!r}.")
    folder, base = os.path.split(path.removesuffix(ENDING))
    if any(name.startswith(f"{base}_") and name.endswith(_weights.ENDING) for name in os.listdir(folder or ".")):
        base = f"{base}_{secrets.token_hex(4)}"
    earlier = _files_of(path) if processes.is_first() else []
    places: dict[str, list[str]] = {}
    written: list[str] = []
    total = 0
    try:
        for groups in _shards(model, max_shard_size * 2**30):
            name = f"{base}_{len(written):05d}{_weights.ENDING}"
            with written_atomically(os.path.join(folder, name)) as temporary:
                _hdf5.write(temporary, groups)
            written.append(name)
            for place, (_, arrays) in groups:
                if arrays:
                    places.setdefault(f"/{place}", []).append(name)
                total += sum(array.nbytes for array in arrays.values())
        with written_atomically(path) as temporary, open(temporary, "w") as file:
            file.write(_json.write({"metadata": {"total_size": total}, "weight_map": places}))
    except BaseException:
        for name in written:
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(folder, name))
        raise
    for name in earlier:
        if name not in written:
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(folder, name))


def _files_of(path: str) -> list[str]:
    """Files that an earlier list names; none if it is not there or none of ours."""
    if not os.path.isfile(path):
        return []
    try:
        return Reader(path).files
    except (ValueError, OSError):
        return []


def _shards(model: Any, most_bytes: float) -> Iterator[list]:
    groups: list = []
    size = 0.0
    for place, (name, arrays) in _weights.groups_of(model):
        own: dict[str, np.ndarray] = {}
        groups.append((place, (name, own)))
        for key, value in arrays.items():
            array = np.asarray(value)
            if size and size + array.nbytes > most_bytes:
                yield groups
                own, size = {}, 0.0
                groups = [(place, (name, own))]
            own[str(key)] = array
            size += array.nbytes
    yield groups


class Reader:
    """The list and the files that it names; answers as the reader of one file does.

    Raises:
        BadFile: the list is damaged, or names a file that does not lie beside it.
    """

    def __init__(self, path: str):
        self.path = path
        folder = os.path.dirname(path)
        if os.path.getsize(path) > _json.MOST_BYTES:
            raise BadFile(f"{path} is refused: it is too large for a list.")
        with open(path, "rb") as file:
            found = _json.parse(file.read(), path, "its text")
        with refusing(path, "weight_map"):
            self._map = {k.strip("/"): [v] if isinstance(v, str) else list(v) for k, v in found["weight_map"].items()}
            self.files = sorted({name for names in self._map.values() for name in names})
            for name in self.files:
                if not isinstance(name, str) or name != os.path.basename(name) or not name.endswith(_weights.ENDING):
                    raise ValueError(f"{name!r} is no file beside it")
                if os.path.islink(os.path.join(folder, name)) or not os.path.isfile(os.path.join(folder, name)):
                    raise ValueError(f"the file {name!r} is not there")
        self._folder = folder

    def has(self, place: str) -> bool:
        """Whether there is anything at `place`."""
        return any(group == place or group.startswith(f"{place}/") for group in self._map)

    def places(self) -> list[str]:
        """Paths of all groups."""
        return list(self._map)

    def arrays(self, place: str, room: int = 0) -> Mapping:
        """The arrays at `place`, from all files that have some."""
        found: dict[str, np.ndarray] = {}
        for name in self._map.get(place, []):
            with _hdf5.opened(os.path.join(self._folder, name)) as reader:
                found.update(reader.arrays(place, room).items())
        return found
