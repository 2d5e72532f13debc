"""Weights in groups of HDF5 files that a program opened itself, and what 2.2 and 2.3 had for such files."""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from keras._core import registry
from keras.saving import _hdf5, _older_layout
from keras.saving._errors import refusing

__all__ = [
    "H5Dict",
    "h5dict",
    "load_from_binary_h5py",
    "load_weights_from_hdf5_group",
    "load_weights_from_hdf5_group_by_name",
    "preprocess_weights_for_loading",
    "save_to_binary_h5py",
    "save_weights_to_hdf5_group",
]


class _Layers:
    """Layers in the place of a model."""

    name = "layers"

    def __init__(self, layers: Any):
        self.layers = list(layers)

    @property
    def weights(self) -> list:
        """Those of all layers."""
        return [v for layer in self.layers for v in layer.weights]

    variables = weights


def _h5py() -> Any:
    return importlib.import_module("h5py")


def _load(group: Any, layers: Any, by_name: bool, skip_mismatch: bool, reshape: bool) -> None:
    memory = io.BytesIO()
    with _h5py().File(memory, "w") as copy:
        for name in group:
            group.copy(name, copy)
        for name, value in group.attrs.items():
            copy.attrs[name] = value
    with _hdf5.opened(memory, "the HDF5 group") as reader, refusing("the HDF5 group", "its attributes"):
        _older_layout.load_weights(_Layers(layers), reader, "", by_name, skip_mismatch, reshape)


def save_weights_to_hdf5_group(group=None, layers=(), f=None):
    """Writes the weights of layers into an open HDF5 group, `f` in 2.0, in the layout of Keras 2."""
    group = f if group is None else group
    _older_layout.write_weights(group, _Layers(layers))


def load_weights_from_hdf5_group(f, layers, reshape=False):
    """Takes the weights of layers from an open HDF5 group, in order.

    Args:
        f: the group.
        layers: the layers.
        reshape: whether arrays in another shape, but with as many numbers, are taken in their order.
    """
    _load(f, layers, by_name=False, skip_mismatch=False, reshape=reshape)


def load_weights_from_hdf5_group_by_name(f, layers, skip_mismatch=False, reshape=False):
    """Takes the weights of those layers that an open HDF5 group has by name; `skip_mismatch` leaves misfits alone."""
    _load(f, layers, by_name=True, skip_mismatch=skip_mismatch, reshape=reshape)


def preprocess_weights_for_loading(layer, weights, original_keras_version=None, original_backend=None, reshape=False):
    """Arrays of an older release as today's `layer.set_weights` takes them.

    Args:
        layer: the layer, built.
        weights: the arrays, in the order of the release.
        original_keras_version: the release that wrote them; '1' if None.
        original_backend: the engine that computed with them, such as 'theano'.
        reshape: whether arrays in another shape, but with as many numbers, are taken in their order.
    """
    version = str(original_keras_version or "1")
    origin = {"keras_version": version if "." in version else version + ".0", "backend": original_backend}
    arrays = [np.asarray(w) for w in weights]
    found = registry.older_weights(layer, [f"weight_{i}" for i in range(len(arrays))], arrays, origin)
    if found is not None:
        values = {id(variable): value for variable, value in found}
        arrays = [values[id(variable)] for variable in layer.weights if id(variable) in values]
    if not reshape or len(arrays) != len(layer.weights):
        return arrays
    return [_older_layout.reshaped(a, v) for a, v in zip(arrays, layer.weights)]


def save_to_binary_h5py(save_function, stream):
    """Calls a function with an HDF5 file that is in memory, and writes what it is then into a stream.

    >>> save_to_binary_h5py(lambda f: f.create_dataset("x", data=[1, 2]), stream)
    """
    memory = io.BytesIO()
    with _h5py().File(memory, "w") as file:
        save_function(file)
    stream.write(memory.getvalue())


def load_from_binary_h5py(load_function, stream):
    """What a function returns for the HDF5 file whose bytes a stream has."""
    with _h5py().File(io.BytesIO(stream.read()), "r") as file:
        return load_function(file)


class H5Dict:
    """An HDF5 file, a group of one, or a dict, as something like a dict of arrays, texts and further dicts.

    Args:
        path: the path of a file, an open file or group, or a dict.
        mode: how the file is opened: 'r', 'w' or 'a'.

    >>> with H5Dict("data.h5", "w") as data:
    ...     data["x"] = [1.0, 2.0]
    """

    def __init__(self, path, mode="a"):
        if not self.is_supported_type(path):
            raise TypeError(f"H5Dict takes a path, an open HDF5 file or group, or a dict. Got {type(path).__name__}.")
        self._opened = isinstance(path, str)
        self.data = _h5py().File(path, mode=mode) if self._opened else path
        self.read_only = mode == "r"

    @staticmethod
    def is_supported_type(path):
        """Whether a thing can be opened as one."""
        return isinstance(path, (str, dict, _h5py().Group))

    def __setitem__(self, name, value):
        if self.read_only:
            raise ValueError("H5Dict: it was opened for reading alone.")
        if isinstance(self.data, dict):
            self.data[name] = value
            return
        if name in self.data:
            raise KeyError(f"H5Dict: there is a {name!r} already.")
        if isinstance(value, dict):
            self[name].update(value)
            return
        array = np.asarray(value)
        self.data[name] = np.char.encode(array, "utf-8") if array.dtype.kind == "U" else array

    def __getitem__(self, name):
        if name not in self.data:
            if self.read_only:
                raise KeyError(f"H5Dict: there is no {name!r}.")
            if isinstance(self.data, dict):
                self.data[name] = {}
            else:
                self.data.create_group(name)
        found = self.data[name]
        if isinstance(found, (dict, _h5py().Group)):
            return H5Dict(found, "r" if self.read_only else "a")
        array = np.asarray(found)
        if array.dtype.kind == "S":
            array = np.char.decode(array, "utf-8")
        return array.item() if array.ndim == 0 and array.dtype.kind == "U" else array

    def get(self, key, default=None):
        """What there is of a name, or `default`."""
        return self[key] if key in self.data else default

    def __len__(self) -> int:
        return len(self.data)

    def __contains__(self, key) -> bool:
        return key in self.data

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def iter(self):
        """An iterator over the names."""
        return iter(self)

    def update(self, *args):
        """Puts all of a dict, or of several, in."""
        for one in args:
            for name, value in one.items():
                self[name] = value

    def close(self):
        """Closes the file, if it was opened here."""
        if self._opened:
            self.data.close()

    def __enter__(self) -> H5Dict:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


h5dict: Callable = H5Dict
