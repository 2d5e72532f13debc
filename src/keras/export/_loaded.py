"""Exported programs, read and called without the code of their model."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable
from typing import Any

from keras._jax import exported
from keras.export import _format
from keras.saving import _archive, _json
from keras.saving._errors import BadFile, refusing


class ExportedModel:
    """What `load` returns: functions and values of variables.

    Its endpoints are methods: `loaded.serve(x)`. Called itself it calls the endpoint `serve`, or the only one.

    Attributes:
        endpoints: their names.
        variables: the values of all variables, by path; those of one path are told apart by numbers.
        collections: name -> values of the variables that `add_variable_collection` named.
    """

    def __init__(self, functions: dict[str, Callable], variables: dict[str, Any], collections: dict[str, list]):
        self._functions = functions
        self.endpoints = list(functions)
        self.variables = variables
        self.collections = collections

    def __getattr__(self, name: str) -> Callable:
        try:
            return self.__dict__["_functions"][name]
        except KeyError:
            known = ", ".join(self.__dict__.get("endpoints", ()))
            raise AttributeError(f"The exported model has no endpoint {name!r}. Endpoints: {known}.") from None

    def __call__(self, *args):
        if len(self.endpoints) > 1 and "serve" not in self.endpoints:
            raise ValueError(f"The exported model has several endpoints: call {' or '.join(self.endpoints)}.")
        return self._functions["serve" if "serve" in self.endpoints else self.endpoints[0]](*args)

    def __repr__(self) -> str:
        return f"<ExportedModel with {', '.join(self.endpoints)}>"


def load(filepath) -> ExportedModel:
    """Reads what `ExportArchive.write_out` or `model.export(path, format="stablehlo")` wrote.

    Nothing of the model's code is needed. The programs compute: they cannot read files or call Python, and of the
    machine they use what is on a list only (`keras._jax.exported.ALLOWED_CALLS`).

    Args:
        filepath: a path, or an open binary file.

    Raises:
        ValueError: it is no such file, is damaged, or holds a program that calls something else; says what.

    >>> keras.export.load("model.stablehlo")(x)
    """
    if hasattr(filepath, "read"):
        return _load_open(filepath, str(getattr(filepath, "name", "the file")))
    path = os.fspath(filepath)
    with open(path, "rb") as file:
        return _load_open(file, path)


def _load_open(file: Any, path: str) -> ExportedModel:
    archive = _archive.Archive(file, path)
    if _format.METADATA not in archive:
        raise BadFile(f"{path} is refused: it holds no exported program. Call keras.models.load_model.")
    metadata = _json.parse(archive.read(_format.METADATA, _json.MOST_BYTES), path, _format.METADATA)
    with refusing(path, _format.METADATA):
        if metadata["format"] != _format.FORMAT or metadata["version"] != _format.VERSION:
            raise ValueError(f"the format {metadata['format']!r}, version {metadata['version']!r}, is not known")
        values = [_value(archive, i, entry) for i, entry in enumerate(metadata["variables"])]
        paths = _told_apart([entry["path"] for entry in metadata["variables"]])
        functions = {
            entry["name"]: _function(archive, i, _chosen(values, entry["variables"]))
            for i, entry in enumerate(metadata["endpoints"])
        }
        collections = {name: _chosen(values, numbers) for name, numbers in metadata["collections"].items()}
        variables = dict(zip(paths, values))
    return ExportedModel(functions, variables, collections)


def _value(archive: _archive.Archive, number: int, entry: dict) -> Any:
    member = _format.variable_member(number)
    shape = [int(n) for n in entry["shape"]]
    if any(n < 0 for n in shape):
        raise ValueError(f"{member} has shape {shape}")
    data = archive.read(member, archive.size(member))
    return exported.array(data, entry["dtype"], shape, math.prod(shape))


def _function(archive: _archive.Archive, number: int, values: list) -> Callable:
    member = _format.program_member(number)
    with refusing(archive.path, member):
        call = exported.program(archive.read(member, _format.MOST_BYTES_OF_A_PROGRAM))
    return lambda *args: call(values, *args)


def _chosen(values: list, numbers: list) -> list:
    if any(not isinstance(i, int) or not 0 <= i < len(values) for i in numbers):
        raise ValueError(f"there are {len(values)} variables, but {numbers} are named")
    return [values[i] for i in numbers]


def _told_apart(paths: list[str]) -> list[str]:
    met: Counter = Counter()
    found = []
    for path in paths:
        found.append(f"{path}_{met[path]}" if met[path] else path)
        met[path] += 1
    return found
