"""Models and weights in the safetensors format: one header of JSON, then the bytes of the arrays."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from keras._core.fresh import fresh
from keras.saving import _json, _weights
from keras.saving._errors import BadFile, refusing

ENDING = ".safetensors"
_MOST_HEADER = 100 * 2**20  # as the format says
_DTYPES = {
    "BOOL": "bool", "U8": "uint8", "I8": "int8", "U16": "uint16", "I16": "int16", "F16": "float16", "BF16": "bfloat16",
    "U32": "uint32", "I32": "int32", "F32": "float32", "U64": "uint64", "I64": "int64", "F64": "float64",
    "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2",
}  # fmt: skip
_CODES = {name: code for code, name in _DTYPES.items()}


def config_path(path: str) -> str:
    """Where the config of a model lies: beside its weights."""
    return path.removesuffix(ENDING) + ".config.json"


def write(path: str, model: Any, config: dict | None, include_optimizer: bool = True) -> None:
    """Writes the arrays of a model, one at a time, and its config into the header."""
    groups = [
        (place, part)
        for place, part in _weights.saved_parts(model)
        if include_optimizer or not hasattr(type(part), "apply_gradients")
    ]
    header: dict[str, Any] = {"__metadata__": {"format": "keras"}}
    if config is not None:
        header["__metadata__"]["keras_config"] = _json.write(config)
    end = 0
    for place, part in groups:
        for key, array in _arrays_of(part):
            if array.dtype.name not in _CODES:
                raise TypeError(f"A weights file holds numbers; {key!r} of {place} has dtype {array.dtype}.")
            header[f"{place}/vars/{key}".lstrip("/")] = {
                "dtype": _CODES[array.dtype.name], "shape": list(array.shape),
                "data_offsets": [end, end + array.nbytes],
            }  # fmt: skip
            end += array.nbytes
    text = _json.write(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        for _, part in groups:
            for _, array in _arrays_of(part):
                file.write(memoryview(np.ascontiguousarray(array)).cast("B") if array.size else b"")


def _arrays_of(part: Any) -> Iterator[tuple[str, np.ndarray]]:
    store: dict[str, Any] = {}
    part.save_own_variables(store)
    for key, value in store.items():
        array = np.asarray(value)
        yield str(key), array.view(np.uint8) if array.dtype.name in ("int4", "uint4") else array


class Reader:
    """An open file; answers as the reader of HDF5 files does.

    Raises:
        BadFile: the file is damaged, or its parts overlap or leave holes.
    """

    def __init__(self, file: Any, path: str):
        self.path = path
        self._file = file
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(_MOST_HEADER, size - 8):
            raise BadFile(f"{path} is no safetensors file, or cut short.")
        header = _json.parse(file.read(length), path, "the header")
        self._start = 8 + length
        with refusing(path, "the header"):
            metadata = header.pop("__metadata__", {})
            self.metadata = {k: v for k, v in metadata.items() if isinstance(v, str)}
            self._entries = {name: self._checked(name, entry) for name, entry in header.items()}
            end = 0
            for _, _, start, stop in sorted(self._entries.values(), key=lambda e: e[2:]):
                if start != end:
                    raise ValueError("the arrays overlap, or there is a hole between them")
                end = stop
            if end != size - self._start:
                raise ValueError(f"the arrays take {end:,} bytes, but the file has {size - self._start:,} for them")
        self.size = size
        self._groups: dict[str, list[str]] = {}
        for name in self._entries:
            place, _, key = name.rpartition("/")
            self._groups.setdefault(place, []).append(key)

    def _checked(self, name: str, entry: Any) -> tuple:
        dtype = np.dtype(_DTYPES[entry["dtype"]])
        shape, (start, stop) = tuple(entry["shape"]), entry["data_offsets"]
        numbers = (*shape, start, stop)
        if any(not isinstance(n, int) or isinstance(n, bool) or n < 0 for n in numbers):
            raise ValueError(f"{name!r} has sizes that are no numbers of bytes")
        if math.prod(shape) * dtype.itemsize != stop - start:
            raise ValueError(f"{name!r} of shape {shape} does not fit its {stop - start:,} bytes")
        return dtype, shape, start, stop

    def declared_bytes(self, place: str = "") -> int:
        """Bytes of all arrays."""
        return self.size - self._start

    def has(self, place: str) -> bool:
        """Whether there is anything at `place`."""
        return any(group == place or group.startswith(f"{place}/") for group in self._groups)

    def places(self) -> list[str]:
        """Paths of all groups."""
        return list(self._groups)

    def arrays(self, place: str, room: int = 0) -> Arrays:
        """The arrays at `place`."""
        return Arrays(self, place, self._groups.get(place, []))

    def counts(self) -> dict[str, int]:
        """Part of the model -> how many numbers there are for it, without the optimizer's."""
        found: dict[str, int] = {}
        for name, (_, shape, _, _) in self._entries.items():
            place = name.rpartition("/vars/")[0]
            if place.split("/")[0] != "optimizer":
                found[place] = found.get(place, 0) + math.prod(shape)
        return found

    def read(self, name: str) -> np.ndarray:
        """The values of one array."""
        dtype, shape, start, stop = self._entries[name]
        found = fresh(tuple(shape), np.dtype(dtype))
        self._file.seek(self._start + start)
        view, done = memoryview(found.reshape(-1).view(np.uint8)) if found.size else memoryview(b""), 0
        while done < stop - start:
            count = self._file.readinto(view[done:])
            if not count:
                raise BadFile(f"{self.path} is refused: at {name}, the file ends too early.")
            done += count
        return found


class Arrays(Mapping):
    """The arrays of one part of a model, read when they are asked for."""

    def __init__(self, reader: Reader, place: str, keys: list[str]):
        self._reader, self._place, self._keys = reader, place, keys

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __getitem__(self, key: str) -> np.ndarray:
        if str(key) not in self._keys:
            raise KeyError(f"{self._place} of the file holds no array {str(key)!r}.")
        return self._reader.read(f"{self._place}/{key}")


def load_model(file: Any, path: str, make: Callable) -> Any:
    """The model whose config stands in the header, or in a file beside it.

    Args:
        make: `(config, path, bytes of weights) -> model`.
    """
    reader = Reader(file, path)
    text: Any = reader.metadata.get("keras_config")
    if text is None:
        beside = config_path(path)
        if not os.path.isfile(beside):
            raise BadFile(
                f"{path} holds weights only: there is no config in it nor in {beside}.\n"
                "  Build the model and call model.load_weights(path)."
            )
        with open(beside, "rb") as source:
            text = source.read(_json.MOST_BYTES + 1)
    model = make(_json.parse(text, path, "the config"), path, reader.declared_bytes())
    with refusing(path, "the weights"):
        _weights.load_from(model, reader)
    return model
