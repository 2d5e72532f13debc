"""What a file of a model holds, told without building the model."""

from __future__ import annotations

import collections
import math
import os
import re
from typing import Any

from keras._core.names import printable, snake_case
from keras.saving import (
    _archive,
    _hdf5,
    _json,
    _older_layout,
    _safetensors,
    _shards,
    _tensor_bundle,
    _tensorflow,
    _yaml,
)  # fmt: skip
from keras.saving._errors import BadFile, refusing
from keras.saving._hdf5_reader import Group

TEXTS = (".json", ".yaml", ".yml")  # endings of files with configs
_STATE = ("optimizer", "metrics")  # what beside its layers lies in a file of a model that was trained
_WIDEST = 60  # signs of a name that others are put in line with


def describe(path: str) -> dict[str, Any]:
    """Format, release, engine, layers and parameters of a file or folder.

    Returns:
        A dict with `format`, `release`, `era`, `backend`, `kind`, `name`, `layers` (dicts with `name`, `class`,
        `parameters`), `parameters`, `optimizer` and `bytes`, as far as the file says them.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it is no file of a model, damaged, or refused.
        ImportError: it is YAML, and PyYAML is not installed.
    """
    checkpoint = _tensorflow.checkpoint(path)
    if os.path.isdir(path):
        about = _of_folder(path)
    elif checkpoint is not None:
        about = _of_checkpoint(checkpoint)
    elif os.path.isfile(path):
        about = _of_file(path)
    else:
        raise FileNotFoundError(f"there is no file or folder {path!r}.")
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
                    _count_parts(about, _counts_of_3(reader))
            return about
        if start.startswith(b"\x89HDF"):
            with _hdf5.opened(file, path) as reader:
                return {"bytes": size, **_of_hdf5(reader)}
        if path.endswith(_safetensors.ENDING):
            return {"bytes": size, **_of_safetensors(_safetensors.Reader(file, path), path)}
        if path.endswith(TEXTS) or start.lstrip().startswith(b"{"):
            file.seek(0)
            return {"bytes": size, **_of_text(parsed(file, path), path)}
    raise BadFile(
        f"{path} is no file of a model: neither a '.keras' archive nor HDF5, safetensors, or a config as JSON or YAML."
    )


def parsed(file: Any, path: str) -> Any:
    """What a file says that is YAML by its name, or JSON.

    Raises:
        BadFile: it is neither, or too large for a config.
        ImportError: it is YAML, and PyYAML is not installed.
    """
    text = file.read(_json.MOST_BYTES + 1)
    with refusing(path, "its text"):
        return _yaml.parse(text.decode("utf-8"), path) if _is_yaml(path) else _json.parse(text, path, "its text")


def _is_yaml(path: str) -> bool:
    return path.endswith(TEXTS[1:])


def _of_text(found: Any, path: str) -> dict[str, Any]:
    """A model's config, or the list of files that its weights are in."""
    if isinstance(found, dict) and "class_name" in found:
        return {
            "format": f"config as {'YAML' if _is_yaml(path) else 'JSON'}",
            "release": found.get("keras_version"),
            "backend": found.get("backend"),
            **_of_config(found),
        }
    if isinstance(found, dict) and "weight_map" in found:
        reader = _shards.Reader(path)
        parts: dict[str, tuple[str, int]] = {}
        for name in reader.files:
            with _hdf5.opened(os.path.join(os.path.dirname(path), name)) as part:
                for place, (own, count) in _counts_of_3(part).items():
                    parts[place] = (own, count + parts.get(place, ("", 0))[1])
        about: dict[str, Any] = {"format": f"weights of Keras 3 in {len(reader.files)} files"}
        _count_parts(about, parts)
        return about
    raise BadFile(f"{path} holds no config of a model and no list of weights.")


def _of_checkpoint(prefix: str) -> dict[str, Any]:
    about: dict[str, Any] = {"format": "checkpoint of TensorFlow"}
    counts = _tensorflow.counts(_tensor_bundle.Reader(prefix))
    _count_parts(about, {place: (place, count) for place, count in counts.items()})
    return about


def _of_folder(path: str) -> dict[str, Any]:
    if _tensorflow.is_folder(path):
        found, release, count = _tensorflow.contents(path)
        return {"format": "SavedModel of TensorFlow", "release": release, "parameters": count, **_of_config(found)}
    config, metadata, weights = (
        os.path.join(path, name) for name in ("config.json", "metadata.json", "model.weights.h5")
    )
    if not os.path.isfile(config):
        raise BadFile(f"{path} is a folder without a saved model.")
    about: dict[str, Any] = {"format": "folder of a .keras file"}
    if os.path.isfile(metadata):
        with open(metadata, "rb") as file:
            about.update(_of_metadata(file.read(2**16), path))
    with open(config, "rb") as file:
        about.update(_of_config(_json.parse(file.read(_json.MOST_BYTES + 1), path, "config.json")))
    if os.path.isfile(weights):
        with _hdf5.opened(weights) as reader:
            _count_parts(about, _counts_of_3(reader))
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
        **({"era": "3"} if "registered_name" in config else {}),  # if no release is told
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
        found: dict[str, Any] = {"format": "weights of Keras 3"}
        _count_parts(found, _counts_of_3(reader))
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
    known = {layer["name"]: layer for layer in found["layers"]}
    for name, names in _older_layout.layers_in(reader, place):
        arrays = [reader.find(f"{place}/{name}/{n}") for n in names]
        layer = known.get(name)
        if layer is None:
            layer = {"name": name, "class": ""}
            found["layers"] += [] if known else [layer]
        layer["parameters"] = sum(
            math.prod(a.shape or ()) for a in arrays if a is not None and not isinstance(a, Group)
        )
        found["parameters"] = found.get("parameters", 0) + layer["parameters"]
    return found


def _of_safetensors(reader: _safetensors.Reader, path: str) -> dict[str, Any]:
    found: dict[str, Any] = {"format": "safetensors"}
    if "keras_config" in reader.metadata:
        found.update(_of_config(_json.parse(reader.metadata["keras_config"], path, "the config")))
    _count_parts(found, {place: (place, count) for place, count in reader.counts().items()})
    return found


def _counts_of_3(reader: _hdf5.Reader) -> dict[str, tuple[str, int]]:
    """Place -> name and number of parameters of every object in a file of Keras 3."""
    found = {}
    for group in reader.walk():
        if isinstance(group, Group) and group.place.endswith("vars"):
            arrays = [reader.member(group, n) for n in reader.names(group)]
            count = sum(math.prod(a.shape or ()) for a in arrays if a is not None and not isinstance(a, Group))
            place = group.place.removesuffix("vars").strip("/")
            if count and place.split("/")[0] not in _STATE:
                found[place] = (str(reader.attributes(group.place).get("name") or place), count)
    return found


def _count_parts(about: dict[str, Any], parts: dict[str, tuple[str, int]]) -> None:
    """Puts numbers of parameters beside the layers; without a config, lists what has some.

    Args:
        parts: place -> name and number. Files of Keras 3 keep a layer at `layers/`, its class, and the number of layers
            of this class before it.
    """
    about["parameters"] = total = sum(count for _, count in parts.values())
    layers = about.get("layers")
    if not layers:
        about["layers"] = [{"name": name, "class": "", "parameters": count} for name, count in parts.values()]
        return
    sums: collections.Counter[str] = collections.Counter()
    for place, (_, count) in parts.items():
        sums["/".join(place.split("/")[:2])] += count
    met: collections.Counter[str] = collections.Counter()
    counts = []
    for layer in layers:
        base = snake_case(layer["class"])
        counts.append(sums[f"layers/{base}_{met[base]}" if met[base] else f"layers/{base}"])
        met[base] += 1
    if sum(counts) == total:  # else the model keeps some elsewhere: which are the layers' is not known
        for layer, count in zip(layers, counts, strict=True):
            layer["parameters"] = count


def text(path: str, about: dict[str, Any]) -> str:
    """What `describe` found, as lines for a terminal."""
    lines = [f"{path}: {about['format']}" + (f", {about['bytes']:,} bytes" if "bytes" in about else "")]
    for key in ("release", "era", "saved", "backend", "kind", "name", "optimizer"):
        if about.get(key):
            lines.append(f"  {key:10} {printable(about[key])}")
    if "parameters" in about:
        lines.append(f"  {'parameters':10} {about['parameters']:,}")
    rows = [(printable(layer["name"]), printable(layer["class"]), layer.get("parameters")) for layer in about["layers"]]
    width = min(max((len(name) for name, _, _ in rows), default=0), _WIDEST)
    for name, kind, count in rows:
        lines.append(f"    {name:{width}}  {kind:24} {'' if count is None else f'{count:,}'}".rstrip())
    return "\n".join(lines)
