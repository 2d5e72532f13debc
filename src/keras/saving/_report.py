"""What a file of a model holds, told without building the model."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from typing import Any

from keras.saving import _archive, _hdf5, _json, _older_layout, _safetensors, _tensorflow
from keras.saving._errors import BadFile
from keras.saving._hdf5_reader import Group


def describe(path: str) -> dict[str, Any]:
    """Format, release, engine, layers and parameters of a file or folder.

    Returns:
        A dict with `format`, `release`, `era`, `backend`, `kind`, `name`, `layers` (dicts with `name`, `class`,
        `parameters`), `parameters`, `optimizer` and `bytes`, as far as the file says them.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it is no file of a model, damaged, or refused.
    """
    about = _of_folder(path) if os.path.isdir(path) else _of_file(path)
    if about.get("release"):
        about["era"] = _era(str(about["release"]))
    return about


def _era(release: str) -> str:
    """What `keras.config.set_era` calls the time of a release."""
    numbers = [int(part) for part in re.findall(r"\d+", release)[:2]]
    return "tf2" if "tf" in release or [2, 4] <= numbers < [3] else release[:1]


def _of_file(path: str) -> dict[str, Any]:
    with open(path, "rb") as file:
        start = file.read(16)
        size = os.path.getsize(path)
        if start.startswith(b"PK"):
            archive = _archive.Archive(file, path)
            if "config.json" not in archive:
                raise BadFile(f"{path} is refused: it has no config.json, so it is no '.keras' file.")
            about = {"format": ".keras archive", "bytes": size}
            about.update(_of_metadata(archive.read("metadata.json", 2**16), path) if "metadata.json" in archive else {})
            about.update(_of_config(_json.parse(archive.read("config.json", _json.MOST_BYTES), path, "config.json")))
            if "model.weights.h5" in archive:
                with _hdf5.opened(archive.open("model.weights.h5"), path) as reader:
                    _count(about, dict(_counts_of_3(reader)))
            return about
        if start.startswith(b"\x89HDF"):
            with _hdf5.opened(file, path) as reader:
                return {"bytes": size, **_of_hdf5(reader)}
        if path.endswith(_safetensors.ENDING):
            return {"bytes": size, **_of_safetensors(_safetensors.Reader(file, path), path)}
    raise BadFile(f"{path} is no file of a model: neither a '.keras' archive nor HDF5 nor safetensors.")


def _of_folder(path: str) -> dict[str, Any]:
    if _tensorflow.is_folder(path):
        found, release, count = _tensorflow.contents(path)
        return {"format": "SavedModel of TensorFlow", "release": release, "parameters": count, **_of_config(found)}
    config = os.path.join(path, "config.json")
    if not os.path.isfile(config):
        raise BadFile(f"{path} is a folder without a saved model.")
    with open(config, "rb") as file:
        about = {"format": "folder of a .keras file", **_of_config(_json.parse(file.read(), path, "config.json"))}
    with open(os.path.join(path, "metadata.json"), "rb") as file:
        about.update(_of_metadata(file.read(2**16), path))
    with _hdf5.opened(os.path.join(path, "model.weights.h5")) as reader:
        _count(about, dict(_counts_of_3(reader)))
    return about


def _of_metadata(text: bytes, path: str) -> dict[str, Any]:
    found = _json.parse(text, path, "metadata.json")
    return {"release": found.get("keras_version"), "saved": found.get("date_saved")} if isinstance(found, dict) else {}


def _of_config(config: Any) -> dict[str, Any]:
    if not isinstance(config, dict):
        return {}
    inner = config.get("config")
    entries = inner if isinstance(inner, list) else inner.get("layers", []) if isinstance(inner, dict) else []
    layers = [
        {"name": _name_of(entry), "class": str(entry.get("class_name"))}
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict)
    ]
    compiled = config.get("compile_config")
    optimizer = compiled.get("optimizer") if isinstance(compiled, dict) else None
    return {
        "kind": str(config.get("class_name")),
        "name": inner.get("name") if isinstance(inner, dict) else None,
        "layers": layers,
        "optimizer": optimizer.get("class_name") if isinstance(optimizer, dict) else optimizer,
    }


def _name_of(entry: dict) -> str:
    inner = entry.get("config")
    return str(entry.get("name") or (inner.get("name") if isinstance(inner, dict) else "") or "")


def _of_hdf5(reader: _hdf5.Reader) -> dict[str, Any]:
    about = reader.attributes()
    if not _older_layout.is_this_layout(reader):
        found: dict[str, Any] = {"format": "weights of Keras 3", "layers": []}
        _count(found, dict(_counts_of_3(reader)))
        return found
    place = "model_weights" if reader.has("model_weights") else ""
    origin = _older_layout.origin_of(reader, place)
    found = {
        "format": "HDF5 model" if "model_config" in about else "HDF5 weights",
        "release": origin["keras_version"],
        "backend": origin["backend"],
        "layers": [],
    }
    if isinstance(about.get("model_config"), str):
        found.update(_of_config(_json.parse(about["model_config"], reader.path, "model_config")))
    if isinstance(about.get("training_config"), str):
        training = _json.parse(about["training_config"], reader.path, "training_config")
        optimizer = training.get("optimizer_config") if isinstance(training, dict) else None
        found["optimizer"] = optimizer.get("class_name") if isinstance(optimizer, dict) else None
    counts = {}
    for name, names in _older_layout.layers_in(reader, place):
        arrays = [reader.find(f"{place}/{name}/{n}") for n in names]
        counts[name] = sum(math.prod(a.shape or ()) for a in arrays if a is not None and not isinstance(a, Group))
    _count(found, counts)
    return found


def _of_safetensors(reader: _safetensors.Reader, path: str) -> dict[str, Any]:
    found: dict[str, Any] = {"format": "safetensors", "layers": []}
    if "keras_config" in reader.metadata:
        found.update(_of_config(_json.parse(reader.metadata["keras_config"], path, "the config")))
    _count(found, reader.counts())
    return found


def _counts_of_3(reader: _hdf5.Reader) -> Iterator[tuple[str, int]]:
    """Name and number of parameters of every object in a file of Keras 3."""
    for group in reader.walk():
        if isinstance(group, Group) and group.place.endswith("vars") and not group.place.startswith("optimizer"):
            arrays = [reader.member(group, n) for n in reader.names(group)]
            count = sum(math.prod(a.shape or ()) for a in arrays if a is not None and not isinstance(a, Group))
            if count:
                name = reader.attributes(group.place).get("name") or group.place.removesuffix("/vars")
                yield str(name), count


def _count(about: dict[str, Any], counts: dict[str, int]) -> None:
    """Puts numbers of parameters beside the layers."""
    known = {layer["name"]: layer for layer in about.get("layers", [])}
    for name, count in counts.items():
        if name in known:
            known[name]["parameters"] = count
        elif not known:
            about.setdefault("layers", []).append({"name": name, "class": "", "parameters": count})
    about["parameters"] = sum(counts.values())


def text(path: str, about: dict[str, Any]) -> str:
    """What `describe` found, as lines for a terminal."""
    lines = [f"{path}: {about['format']}" + (f", {about['bytes']:,} bytes" if "bytes" in about else "")]
    for key in ("release", "era", "saved", "backend", "kind", "name", "optimizer"):
        if about.get(key):
            lines.append(f"  {key:10} {about[key]}")
    lines.append(f"  {'parameters':10} {about.get('parameters', 0):,}")
    width = max((len(layer["name"]) for layer in about.get("layers", [])), default=0)
    for layer in about.get("layers", []):
        count = f"{layer['parameters']:,}" if "parameters" in layer else ""
        lines.append(f"    {layer['name']:{width}}  {layer['class']:24} {count}".rstrip())
    return "\n".join(lines)
