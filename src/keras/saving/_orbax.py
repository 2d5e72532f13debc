"""Checkpoints in the format of Orbax, which `OrbaxCheckpoint` writes here and in Keras 3: a folder for each step.

In it, `pytree` has the variables by the parts of their paths, `model_config` the config of the model, and `assets` what
layers keep in files. The arrays are read by tensorstore, which Orbax stands on, one by one and only after their
descriptions were compared with what is to take them.
"""

from __future__ import annotations

import math
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from keras.saving import _json
from keras.saving._archive import MOST_PACKED, SMALL, is_name_of_a_file
from keras.saving._errors import BadFile, refusing

_STEP = "_CHECKPOINT_METADATA"
_TREE, _CONFIG, _ASSETS = "pytree", os.path.join("model_config", "_strings.json"), "assets"
_WEIGHTS, _OPTIMIZER = ("trainable_variables.", "non_trainable_variables."), "optimizer_variables."
_MOST_PIECES = 2**16  # of one array, each of which is looked up; devices make thousands at most
_DTYPES = {  # and their bytes
    "bool": 1, "uint8": 1, "uint16": 2, "uint32": 4, "uint64": 8, "int8": 1, "int16": 2, "int32": 4, "int64": 8,
    "float16": 2, "bfloat16": 2, "float32": 4, "float64": 8, "float8_e4m3fn": 1, "float8_e5m2": 1,
}  # fmt: skip


def checkpoint(path: str) -> str | None:
    """The folder of the newest checkpoint in `path`, or `path` where it is that of one itself; None if it has none."""
    if not os.path.isdir(path):
        return None
    if os.path.isfile(os.path.join(path, _STEP)):
        return path
    steps = [n for n in os.listdir(path) if n.isdecimal() and os.path.isfile(os.path.join(path, n, _STEP))]
    return os.path.join(path, max(steps, key=int)) if steps else None


def load_model(path: str, make: Callable, put_assets: Callable) -> Any:
    """The model of a checkpoint.

    Args:
        path: the folder of its step.
        make: `(config, path, bytes of weights) -> model`.
        put_assets: `(model, pairs of name and bytes, path)`.

    Raises:
        BadFile: it holds weights only, or is damaged.
    """
    text = os.path.join(path, _CONFIG)
    if not os.path.isfile(text):
        raise BadFile(
            f"{path} holds weights only, as `save_weights_only=True` leaves them.\n"
            "  Build the model and call model.load_weights(folder)."
        )
    arrays = _Arrays(path, _TREE)
    with open(text, "rb") as file:
        described = _json.parse(file.read(_json.MOST_BYTES + 1), path, _CONFIG)
    with refusing(path, _CONFIG):
        config = _json.parse(described["config"], path, _CONFIG)
    model = make(config, path, arrays.declared_bytes())
    _load(model, arrays)
    if os.path.isdir(os.path.join(path, _ASSETS)):
        put_assets(model, _assets(path), path)
    return model


def load_weights(model: Any, path: str, skip_mismatch: bool = False) -> None:
    """Takes the weights of a model, and the state of its optimizer, from the folder of a step.

    Raises:
        ValueError: something does not fit, or the folder is refused; the model is then as it was.
    """
    _load(model, _Arrays(path, _TREE), skip_mismatch)


def _load(model: Any, arrays: _Arrays, skip_mismatch: bool = False) -> None:
    weights = {key.removeprefix(field): key for field in _WEIGHTS for key in arrays if key.startswith(field)}
    optimizer = getattr(model, "optimizer", None)
    state = _without_its_name([(k.removeprefix(_OPTIMIZER), k) for k in arrays if k.startswith(_OPTIMIZER)])
    if optimizer is not None and not optimizer.built and len(state) > len(optimizer.variables):
        optimizer.build(model.trainable_variables)
    pairs, problems = _matched(_named([*model.trainable_variables, *model.non_trainable_variables]), weights, arrays)
    if optimizer is not None and state:  # else it is left as it is
        more, further = _matched(_without_its_name(_named(optimizer.variables)), dict(state), arrays)
        pairs, problems = pairs + more, problems + further
    if problems:
        text = f"{len(problems)} variables of {model.name} do not fit what {arrays.path} holds.\n"
        text += "\n".join(problems[:10] + ([f"  ... and {len(problems) - 10} more"] if len(problems) > 10 else []))
        if not skip_mismatch:
            raise ValueError(
                f"{text}\n  Variables are found by their paths: give the model and its layers the names that they had, "
                "or use keras.models.load_model(folder).\n"
                "  The model is as it was. To load what fits and leave the rest, pass skip_mismatch=True."
            )
        warnings.warn(text, stacklevel=4)
    before = [(variable, variable.value) for variable, _ in pairs]
    try:
        for variable, key in pairs:
            variable.assign(arrays[key])
    except BaseException:
        for variable, value in before:
            variable.assign(value)
        raise


def _named(variables: Iterable[Any]) -> list[tuple[str, Any]]:
    return [(variable.path.replace("/", "."), variable) for variable in variables]


def _without_its_name(entries: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Entries of an optimizer without its name, which has a number that differs from one model to the next."""
    one_name = len({name.partition(".")[0] for name, _ in entries}) == 1
    return [(name.partition(".")[2], value) for name, value in entries] if one_name else entries


def _matched(
    own: list[tuple[str, Any]], found: dict[str, str], arrays: _Arrays
) -> tuple[list[tuple[Any, str]], list[str]]:
    """Pairs of a variable and the key of its array, and what does not fit.

    Names may differ in two ways: a `Sequential` puts its own before those of its layers, one made from a config does
    not; and names that nobody gave are numbered through the program.
    """
    left, matched, open_ones = dict(found), [], []
    by_end: dict[str, list[str]] = {}
    for name in found:
        for end in _ends(name):
            by_end.setdefault(end, []).append(name)
    # whole names first; then long ones, so that what is left for a short one is its own
    for name, variable in sorted(own, key=lambda entry: (entry[0] not in found, -len(entry[0]))):
        longer = [name] if name in left else [other for other in by_end.get(name, ()) if other in left]
        fitting = longer or [end for end in _ends(name) if end in left]
        if len(fitting) == 1:
            matched.append((name, variable, left.pop(fitting[0])))
        else:
            open_ones.append((name, variable))
    problems, theirs = [], _alike(left.items())
    for plain, entries in _alike(open_ones).items():
        others = theirs.get(plain, [])
        if len(others) == len(entries):
            matched += [(name, variable, left.pop(other)) for (name, variable), (other, _) in zip(entries, others)]
        else:
            problems += [f"  {name}: only the model has it" for name, _ in entries]
    problems += [f"  {name}: only the checkpoint has it" for name in left]
    for name, variable, key in matched:
        if arrays.shape(key) != tuple(variable.shape):
            problems.append(f"  {name}: {tuple(variable.shape)} in the model, {arrays.shape(key)} in the checkpoint")
    return [(v, key) for _, v, key in matched if arrays.shape(key) == tuple(v.shape)], problems


def _ends(name: str) -> list[str]:
    """A name and what stands behind each of its separators."""
    return [name, *(name[at + 1 :] for at, letter in enumerate(name) if letter in "._" and at)]


def _alike(entries: Iterable[tuple[str, Any]]) -> dict[str, list[tuple[str, Any]]]:
    """Name without the numbers of its words -> entries with such names, by their numbers."""
    found: dict[str, list[tuple[list[int], tuple[str, Any]]]] = {}
    for entry in entries:
        words: list[str] = []
        numbers: list[int] = []
        for word in re.split("[._]", entry[0]):
            if words and re.fullmatch("[0-9]{1,9}", word):
                numbers[-1] = int(word)
            else:
                words.append(word)
                numbers.append(0)
        found.setdefault(" ".join(words), []).append((numbers, entry))
    return {plain: [entry for _, entry in sorted(some, key=lambda x: x[0])] for plain, some in found.items()}


def _assets(path: str) -> Iterator[tuple[str, bytes]]:
    """Pairs of the name of a file, with the folders it is in, and its content."""
    arrays = _Arrays(path, _ASSETS)
    arrays.declared_bytes()
    place = os.path.join(_ASSETS, "_METADATA")
    with open(os.path.join(path, place), "rb") as file:
        about = _json.parse(file.read(_json.MOST_BYTES + 1), path, place)
    with refusing(path, place):
        for entry in about["tree_metadata"].values():
            parts = [str(part["key"]) for part in entry["key_metadata"]]
            name = "/".join(parts)
            if any("/" in part for part in parts) or not is_name_of_a_file(name):
                raise ValueError(f"{name!r} leads out of the folder, or is no name of a file")
            content = arrays[".".join(parts)]
            if content.dtype != np.uint8 or content.ndim != 1:
                raise ValueError(f"{name!r} is not made of bytes")
            yield name, content.tobytes()


class _Arrays(dict):
    """Name -> description of the arrays in one part of a checkpoint; `[]` reads them."""

    def __init__(self, path: str, part: str):
        super().__init__()
        self.path, self._part = path, part
        self._bytes = _bytes_below(path)
        with refusing(path, part):
            base = {"driver": "file", "path": os.path.join(os.path.abspath(path), part, "")}
            self._store = _tensorstore().KvStore.open({"driver": "ocdbt", "base": base}).result()
            ending = "/zarr.json"
            for key in self._store.list().result():
                name = key.decode()
                if name.endswith(ending):
                    self[name.removesuffix(ending)] = _checked(path, name, self._store.read(key).result().value)

    def __getitem__(self, name: str) -> np.ndarray:
        with refusing(self.path, f"{self._part}/{name}"):
            where = self._store.spec().to_json() | {"path": f"{name}/"}
            return _tensorstore().open({"driver": "zarr3", "kvstore": where}, open=True).result().read().result()

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of an array."""
        return tuple(self.get(name)["shape"])

    def declared_bytes(self) -> int:
        """Bytes of all arrays.

        Raises:
            BadFile: they are more than the files can be packed from.
        """
        found = sum(math.prod(x["shape"]) * _DTYPES[x["data_type"]] for x in self.values())
        if found > max(SMALL, self._bytes * MOST_PACKED):
            raise BadFile(f"{self.path} is refused: at {self._part}, it claims far more than the size of the files.")
        return found


def _checked(path: str, name: str, text: bytes) -> dict[str, Any]:
    """A description of an array whose pieces are no larger than the array, so that reading takes no more memory."""
    found = _json.parse(text, path, name)
    shape, grid = found["shape"], found["chunk_grid"]["configuration"]["chunk_shape"]
    codecs, pieces = found["codecs"], [grid]
    if [codec["name"] for codec in codecs] == ["sharding_indexed"]:
        inside = codecs[0]["configuration"]
        pieces.append(inside["chunk_shape"])
        codecs = inside["codecs"] + inside["index_codecs"]
    for sizes in (shape, *pieces):
        if len(sizes) != len(shape) or any(type(n) is not int or not 0 <= n < 2**48 for n in sizes):
            raise ValueError(f"{name!r} has sizes that no array has")
    for sizes in pieces:
        if any(not 0 < size <= max(whole, 1) for size, whole in zip(sizes, shape)):
            raise ValueError(f"{name!r} has pieces larger than the whole")
        if math.prod(-(-whole // size) for size, whole in zip(sizes, shape)) > _MOST_PIECES:
            raise ValueError(f"{name!r} is in more pieces than devices make")
    if found["data_type"] not in _DTYPES or any(c["name"] not in ("bytes", "zstd", "crc32c") for c in codecs):
        raise ValueError(f"{name!r} is stored in a way that arrays of variables are not")
    return found


def _bytes_below(path: str) -> int:
    """Bytes of all files in a folder, which has plain files and folders only."""
    found = 0
    for root, folders, files in os.walk(path):
        for name in folders + files:
            entry = os.path.join(root, name)
            if os.path.islink(entry) or not (os.path.isfile(entry) or os.path.isdir(entry)):
                raise BadFile(
                    f"{path} is refused: at {os.path.relpath(entry, path)}, there is a link or no plain file."
                )
            found += os.path.getsize(entry) if os.path.isfile(entry) else 0
    return found


def _tensorstore() -> Any:
    try:
        import tensorstore
    except ImportError:
        raise ImportError("Checkpoints of Orbax need Orbax. Install it: pip install kerata[checkpoint]") from None
    return tensorstore
