"""HDF5 files for readers of Keras 1 and 2: the layout of then, with configs and weights as that release wrote them."""

from __future__ import annotations

import os
from typing import Any

from keras._core import registry
from keras.saving import _hdf5, _json, _older_layout
from keras.saving._atomic import written_atomically

_ENDINGS = (".h5", ".hdf5")


def is_older(era: Any) -> bool:
    """Whether an era has readers that do not read today's files."""
    return era is not None and str(era).partition(".")[0] != "3"


def write(model: Any, config: dict, filepath: Any, era: Any, include_optimizer: bool) -> None:
    """Writes a whole model.

    Args:
        config: what describes the model today.
        filepath: a name in `.h5` or `.hdf5`, or an open file of h5py.

    Raises:
        ValueError: the model has something that the release did not have; nothing is written then.
    """
    writer = registry.writer_for(era)
    described = writer.config(config)
    compiled = config.get("compile_config") if include_optimizer else None
    training = writer.compiled(compiled) if compiled and compiled.get("optimizer") else None
    if hasattr(filepath, "create_group"):
        _write(filepath, model, writer, described, training)
        return
    path = os.fspath(filepath)
    if not path.endswith(_ENDINGS):
        raise ValueError(f"save: Keras {writer.release} reads names in '.h5' or '.hdf5'. Got {path!r}.")
    with written_atomically(path) as temporary, _hdf5.writing(temporary, path) as file:
        _write(file, model, writer, described, training)


def _write(file: Any, model: Any, writer: Any, config: dict, training: dict | None) -> None:
    # h5py of those years read text as bytes, and the releases called `decode` on it
    version = writer.release.encode()
    file.attrs["keras_version"] = version
    file.attrs["model_config"] = _json.write(config).encode()
    if "backend" in config:
        file.attrs["backend"] = config["backend"].encode()
    group = file.create_group("model_weights")
    group.attrs["keras_version"] = version
    group.attrs["backend"] = b"tensorflow"
    layers = writer.layers(model)
    _older_layout.write_names(group, "layer_names", [layer.name for layer in layers])
    for layer in layers:
        _write_arrays(group.create_group(layer.name), writer.weights(layer))
    if training is None:
        return
    file.attrs["training_config"] = _json.write(training).encode()
    state = writer.state(model)
    if state:
        _write_arrays(file.create_group("optimizer_weights"), state)


def _write_arrays(group: Any, named: list) -> None:
    names = _older_layout.unique([name for name, _ in named])
    _older_layout.write_names(group, "weight_names", names)
    for name, (_, array) in zip(names, named):
        _hdf5.write_array(group, name, array)
