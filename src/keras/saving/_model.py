"""Whole models in files: `.keras` archives and folders, `.h5` files, `.safetensors`."""

from __future__ import annotations

import contextlib
import datetime
import io
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from keras._core import registry, release
from keras._core.checks import no_more_arguments
from keras._core.errors import NoSuchFile
from keras._core.names import nearest
from keras.saving import _archive, _for_older, _hdf5, _json, _older_layout, _orbax, _safetensors, _tensorflow, _weights
from keras.saving._atomic import folder_beside, put_in_place, written_atomically
from keras.saving._described import CONFIG, config_of, make_model
from keras.saving._errors import BadFile, refusing
from keras.saving._moment import one_moment

_METADATA, _WEIGHTS, _ASSETS = "metadata.json", "model.weights.h5", "assets"
_HDF5_ENDINGS = (".h5", ".hdf5")


def save_model(model, filepath, overwrite=True, zipped=None, **kwargs):
    """Writes a model with its weights, what it was compiled with and the state of its optimizer.

    The file appears whole or not at all: an earlier one survives every failure.

    Args:
        model: the model.
        filepath: where to; the ending says how: `.keras`, `.h5` or `.hdf5`, `.safetensors`. An open binary file gets an
            archive as in `.keras`, an `h5py.File` what an `.h5` has.
        overwrite: whether an existing file is replaced without asking. If False, a terminal is asked, and a program
            without one gets an error.
        zipped: False writes a folder instead of an archive.
        include_optimizer: whether the state of the optimizer is kept, in `.h5` and `.safetensors`.
        save_format: 'keras' or 'h5' where the name has no ending.
        era: '1' or '2' writes an `.h5` that Keras 1.2 or 2.3 opens.

    Raises:
        ValueError: the ending is none of these, or a part of the model cannot be described.

    >>> model.save("digits.keras")
    """
    save_format = kwargs.pop("save_format", None)
    include_optimizer = kwargs.pop("include_optimizer", True)
    era = kwargs.pop("era", None)
    no_more_arguments("save", kwargs)
    if _for_older.is_older(era):
        if isinstance(filepath, (str, os.PathLike)) and not overwrite and os.path.exists(filepath):
            _weights.ask_to_replace(os.fspath(filepath))
        with one_moment(model):
            _for_older.write(model, config_of(model)[0], filepath, era, include_optimizer)
        return
    if hasattr(filepath, "create_group"):
        with one_moment(model):
            _older_layout.write_model(filepath, model, config_of(model)[0], include_optimizer)
        return
    if hasattr(filepath, "write"):
        with one_moment(model):
            _save_to_open_file(model, filepath)
        return
    path = os.fspath(filepath)
    kind = _kind_to_write(path, save_format, zipped)
    _check_kind(model, path)
    if not overwrite and os.path.exists(path):
        _weights.ask_to_replace(path)
    with one_moment(model):
        _save_to_path(model, path, kind, include_optimizer)


def _check_kind(model: Any, path: str) -> None:
    # its layers are those of a Sequential, its config is that of a graph: no file would give it its weights back
    if hasattr(model, "whole_graph"):
        raise ValueError(
            f"save: {model.name} begins with a `Merge` of other models, which no file of today holds.\n"
            f"  Instead of:  model.save({path!r})\n  write:       model.save('model.h5', era='2')\n"
            "  whose file is read as a model with several inputs."
        )


def _save_to_path(model: Any, path: str, kind: str, include_optimizer: bool) -> None:
    if kind == "folder":
        _save_folder(model, path)
        return
    config, _ = config_of(model)
    if kind == "h5" and os.path.dirname(path):  # as tf.keras and Keras 3 do for these files alone
        os.makedirs(os.path.dirname(path), exist_ok=True)
    with written_atomically(path) as temporary:
        if kind == "keras":
            with open(temporary, "wb+") as file:
                _write_archive(model, config, file)
        elif kind == "h5":
            with _hdf5.writing(temporary, path) as file:
                _older_layout.write_model(file, model, config, include_optimizer)
        else:
            _safetensors.write(temporary, model, config, include_optimizer)
    if kind == "safetensors":
        with written_atomically(_safetensors.config_path(path)) as temporary, open(temporary, "w") as text:
            text.write(_json.write(config))


def _kind_to_write(path: str, save_format: str | None, zipped: bool | None) -> str:
    if save_format not in (None, "keras", "h5", "tf"):
        raise ValueError(f"save: `save_format` must be 'keras' or 'h5'. Got {save_format!r}.")
    if save_format == "tf":
        raise ValueError("save: folders of TensorFlow (`save_format='tf'`) are not written. Use a name in '.keras'.")
    ending = os.path.splitext(path)[1].lower()
    if path.endswith(_weights.ENDING) and save_format is None:
        raise ValueError(f"save: {path!r} is a name for weights alone. Call save_weights(), or use a name in '.keras'.")
    if zipped is False:
        if ending in (*_HDF5_ENDINGS, ".safetensors") or save_format == "h5":
            raise ValueError("save: `zipped=False` writes a folder of the parts of a '.keras' file, not other formats.")
        if ending == ".keras":
            raise ValueError(
                f"save: `zipped=False` writes a folder, whose name must not end in '.keras'. Got {path!r}."
            )
        return "folder"
    if ending in _HDF5_ENDINGS or (save_format == "h5" and ending != ".keras"):
        return "h5"
    if ending == ".safetensors":
        return "safetensors"
    if ending == ".keras" or save_format == "keras" or zipped:
        return "keras"
    raise ValueError(
        f"save: the name must end in '.keras', '.h5', '.hdf5' or '.safetensors'. Got {path!r}.\n"
        f"  Instead of:  model.save({path!r})\n  write:       model.save({path + '.keras'!r})"
    )


def _metadata() -> str:
    now = datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")
    return _json.write({"keras_version": release.KERAS, "date_saved": now})


# --- archives and folders


def _save_to_open_file(model: Any, file: Any) -> None:
    config, _ = config_of(model)
    if hasattr(file, "seekable") and file.seekable() and hasattr(file, "readinto") and _at_start(file):
        _write_archive(model, config, file)
        return
    with tempfile.TemporaryFile() as whole:
        _write_archive(model, config, whole)
        whole.seek(0)
        shutil.copyfileobj(whole, file, 2**22)


def _at_start(file: Any) -> bool:
    return file.tell() == 0 and file.readable() and file.writable()


def _write_archive(model: Any, config: dict, file: Any) -> None:
    archive = _archive.Writer(file)
    archive.add(_METADATA, _metadata().encode())
    archive.add(CONFIG, _json.write(config).encode())
    archive.write(_WEIGHTS, lambda window: _hdf5.write(window, _weights.groups_of(model)))
    with tempfile.TemporaryDirectory() as folder:
        _save_assets(model, folder)
        for place, path in _files_below(folder):
            archive.add_file(f"{_ASSETS}/{place}", path)
    archive.close()


def _save_folder(model: Any, path: str) -> None:
    config, _ = config_of(model)
    target = os.path.realpath(path)
    if os.path.isfile(target):
        raise NotADirectoryError(f"{path!r} is a file, so no folder can be written there.")
    if os.path.isdir(target) and os.listdir(target) and not os.path.isfile(os.path.join(target, CONFIG)):
        raise FileExistsError(f"{path!r} is a folder of something else, which is not replaced.")
    with folder_beside(path) as temporary:
        for name, text in ((_METADATA, _metadata()), (CONFIG, _json.write(config))):
            with open(os.path.join(temporary, name), "w") as file:
                file.write(text)
        _hdf5.write(os.path.join(temporary, _WEIGHTS), _weights.groups_of(model))
        _save_assets(model, os.path.join(temporary, _ASSETS))
        put_in_place(temporary, target)


def _parts_with_assets(model: Any, method: str) -> Iterator[tuple[str, Any]]:
    for place, part in _weights.saved_parts(model):
        if hasattr(part, method):
            yield place, part


def _save_assets(model: Any, folder: str) -> None:
    for place, part in _parts_with_assets(model, "save_assets"):
        own = os.path.join(folder, *place.split("/"))
        os.makedirs(own, exist_ok=True)
        part.save_assets(own)


def _files_below(folder: str) -> Iterator[tuple[str, str]]:
    for root, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(root, name)
            yield os.path.relpath(path, folder).replace(os.sep, "/"), path


# --- loading


def load_model(filepath, custom_objects=None, compile=True, safe_mode=True):
    """The model that a file holds, with its weights and, if it was compiled, the state of its optimizer.

    Reads `.keras` archives and folders, `.h5` files of all years, `.safetensors`, folders that tf.keras wrote
    (SavedModel, without TensorFlow) and those of `OrbaxCheckpoint`, of which the newest checkpoint is taken unless the
    folder of one is given; the content decides, not the name.
    A file is data: nothing in it is imported, evaluated or unpickled, with and without `safe_mode`.

    Args:
        filepath: a path, an open binary file, or an `h5py.File`.
        custom_objects: name -> class or function, for what is neither built in nor registered. The function of a
            `Lambda` layer that was a lambda goes by the layer's name.
        compile: whether to compile the model as it was.
        safe_mode: accepted for programs that pass it; no file can run code either way.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged, not whole, or holds what no file of a model holds; says where.

    >>> model = keras.models.load_model("digits.keras")
    """
    if hasattr(filepath, "create_group"):
        filepath = _bytes_of_h5py(filepath)
    if hasattr(filepath, "read"):
        return _load_open(filepath, getattr(filepath, "name", None) or "the file", custom_objects, compile)
    path = os.fspath(filepath)
    if os.path.isdir(path):
        return _load_folder(path, custom_objects, compile)
    if not os.path.exists(path):
        raise NoSuchFile(f"load_model: there is no file {path!r}.{_near(path)}")
    with open(path, "rb") as file:
        return _load_open(file, path, custom_objects, compile)


def _near(path: str) -> str:
    """What is in the folder of a path that is not there, or that there is no such folder."""
    folder, name = os.path.split(path)
    if folder and not os.path.isdir(folder):
        return f" There is no folder {folder!r} either."
    with contextlib.suppress(OSError):
        return nearest(name, os.listdir(folder or "."))
    return ""


def _load_open(file: Any, path: str, custom_objects: dict | None, compile: bool) -> Any:
    path = str(path)
    if not (hasattr(file, "seekable") and file.seekable() and hasattr(file, "readinto")):
        file = io.BytesIO(file.read())
    file.seek(0)
    start = file.read(16)
    if start.startswith(b"PK"):
        archive = _archive.Archive(file, path)
        return _load_archive(archive, path, custom_objects, compile)
    if start.startswith(b"\x89HDF"):
        with _hdf5.opened(file, path) as reader:
            return _load_hdf5(reader, custom_objects, compile)
    if path.endswith(".safetensors") or start[8:9] == b"{":
        return _safetensors.load_model(file, path, lambda *given: make_model(*given, custom_objects, compile))
    raise BadFile(
        f"{path} is no file of a model: it is neither a '.keras' archive nor HDF5 nor safetensors, or its beginning is "
        "damaged."
    )


def _load_archive(archive: Any, path: str, custom_objects: dict | None, compile: bool) -> Any:
    if CONFIG not in archive:
        raise BadFile(f"{path} is refused: it has no {CONFIG}, so it is no '.keras' file.")
    config = _json.parse(archive.read(CONFIG, _json.MOST_BYTES), path, CONFIG)
    if _METADATA in archive:
        config = _with_release(config, _json.parse(archive.read(_METADATA, 2**16), path, _METADATA))
    if _WEIGHTS not in archive:
        if any(name.startswith("model.weights.") for name in archive.names()):
            raise BadFile(f"{path}: its weights are kept in a format that is not read here; only {_WEIGHTS} is.")
        return make_model(config, path, 0, custom_objects, compile)
    with archive.checked_meanwhile(_WEIGHTS) as weights, _hdf5.opened(weights, path) as reader:
        if not archive.has_room_for(reader.declared_bytes()):
            raise BadFile(f"{path} is refused: {_WEIGHTS} claims far more than the size of the file lets expect.")
        model = make_model(config, path, reader.declared_bytes(), custom_objects, compile)
        _fill(model, reader)
    assets = [name for name in archive.names() if name.startswith(f"{_ASSETS}/")]
    if assets:
        with tempfile.TemporaryDirectory() as folder:
            for name in assets:
                archive.extract(name, os.path.join(folder, *name.split("/")))
            _load_assets(model, os.path.join(folder, _ASSETS), path)
    return model


def _with_release(config: Any, about: Any) -> Any:
    """A config that says so if tf.keras wrote it, whose archives look like those of Keras 3."""
    version = about.get("keras_version") if isinstance(about, dict) else None
    of_tf_keras = isinstance(config, dict) and isinstance(version, str) and version.startswith("2.")
    return {**config, "keras_version": version} if of_tf_keras else config


def _load_folder(path: str, custom_objects: dict | None, compile: bool) -> Any:
    config_path = os.path.join(path, CONFIG)
    if not os.path.isfile(config_path):
        if _tensorflow.is_folder(path):
            with registry.object_scope(custom_objects or {}):
                return _tensorflow.load_model(path, lambda *given: make_model(*given, custom_objects, compile), compile)
        step = _orbax.checkpoint(path)
        if step is not None:
            return _orbax.load_model(step, lambda *given: make_model(*given, custom_objects, compile), _put_assets)
        raise BadFile(f"{path} is a folder without {CONFIG}, so it is no saved model.")
    if os.path.getsize(config_path) > _json.MOST_BYTES:
        raise BadFile(f"{path} is refused: {CONFIG} is too large.")
    with open(config_path, "rb") as file:
        config = _json.parse(file.read(), path, CONFIG)
    weights = os.path.join(path, _WEIGHTS)
    if not os.path.isfile(weights):
        return make_model(config, path, 0, custom_objects, compile)
    with _hdf5.opened(weights) as reader:
        model = make_model(config, path, reader.declared_bytes(), custom_objects, compile)
        _fill(model, reader)
    if os.path.isdir(os.path.join(path, _ASSETS)):
        _load_assets(model, os.path.join(path, _ASSETS), path)
    return model


def _put_assets(model: Any, files: Iterable[tuple[str, bytes]], path: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files:
            own = os.path.join(folder, *name.split("/"))
            os.makedirs(os.path.dirname(own), exist_ok=True)
            with open(own, "wb") as file:
                file.write(content)
        _load_assets(model, folder, path)


def checkpoint_parts(model: Any) -> dict[str, Any]:
    """What a checkpoint of Orbax has beside the arrays: the config, and the files of layers as bytes."""
    found: dict[str, Any] = {"model_config": {"config": _json.write(config_of(model)[0])}}
    with tempfile.TemporaryDirectory() as folder:
        _save_assets(model, folder)
        for place, path in _files_below(folder):
            *folders, name = place.split("/")
            here = found.setdefault(_ASSETS, {})
            for one in folders:
                here = here.setdefault(one, {})
            here[name] = np.fromfile(path, np.uint8)
    return found


def _load_assets(model: Any, folder: str, path: str) -> None:
    for place, part in _parts_with_assets(model, "load_assets"):
        own = os.path.join(folder, *place.split("/"))
        if os.path.isdir(own):
            with refusing(path, f"{_ASSETS}/{place}"):
                part.load_assets(own)


def _fill(model: Any, reader: _hdf5.Reader) -> None:
    if model.built or reader.declared_bytes():
        with refusing(reader.path, _WEIGHTS):
            _weights.load_from(model, reader)


def _load_hdf5(reader: _hdf5.Reader, custom_objects: dict | None, compile: bool) -> Any:
    with registry.object_scope(custom_objects or {}):  # for losses and metrics, which stand beside the config
        return _older_layout.load_model(reader, lambda *given: make_model(*given, custom_objects, compile), compile)


def _bytes_of_h5py(group: Any) -> io.BytesIO:
    """The content of an open `h5py.File`, to be read as every other file is."""
    group.file.flush()
    if not hasattr(group.file, "id") or group.name != "/":
        raise ValueError("load_model: pass the h5py.File itself, not a group in it.")
    found = io.BytesIO(group.file.id.get_file_image())
    found.name = group.file.filename  # type: ignore[attr-defined]
    return found


# --- pickle


def to_bytes(model: Any) -> tuple[bytes, dict[str, Any]]:
    """A model as the bytes of an archive, and the classes and functions in it that are not built in."""
    config, strangers = config_of(model)
    file = io.BytesIO()
    with one_moment(model):
        _write_archive(model, config, file)
    return file.getvalue(), strangers


def from_bytes(data: bytes, custom_objects: dict[str, Any]) -> Any:
    """The model that `to_bytes` made."""
    return load_model(io.BytesIO(data), custom_objects=custom_objects)
