"""What packages take from the private modules of Keras 3 although it is not public."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from keras import config
from keras._core import names
from keras._core.checks import integers, one_of
from keras._core.graph import any_symbolic


def in_safe_mode() -> bool:
    """True: no file that is loaded here runs code."""
    return True


def never() -> bool:
    """False: neither TensorFlow's graphs nor Grain's workers run our layers."""
    return False


def unchanged(function: Callable) -> Callable:
    """The function itself: nothing is tracked behind its back here."""
    return function


def keras_export(path: str | list[str]) -> Callable:
    """Marks what Keras 3 makes public; here the thing stays as it is."""
    return unchanged


def standardize_tuple(value, n: int, name: str, allow_zero: bool = False) -> tuple[int, ...]:
    """`n` integers from one or from `n`.

    Raises:
        ValueError: it is something else.
    """
    return integers(name, value, n, "standardize_tuple", least=0 if allow_zero else 1)


def compute_conv_output_shape(
    input_shape, filters: int, kernel_size, strides=1, padding="valid", data_format="channels_last", dilation_rate=1
) -> tuple:
    """The shape of what a convolution makes of inputs of shape `input_shape`.

    Raises:
        ValueError: the kernel does not fit into the inputs.
    """
    who, rank = "compute_conv_output_shape", len(input_shape) - 2
    sizes = [
        integers(name, value, rank, who)
        for name, value in (("kernel_size", kernel_size), ("strides", strides), ("dilation_rate", dilation_rate))
    ]
    spatial = importlib.import_module("keras.layers._spatial")
    shape = spatial.window_shape(who, tuple(input_shape), *sizes[:2], padding, data_format, sizes[2])
    return spatial.with_spatial(shape, spatial.spatial_sizes(shape, data_format), data_format, filters)


def class_weight_to_sample_weights(y, class_weight: dict) -> np.ndarray:
    """A weight for every row of `y`, class numbers or one-hot labels: that of its class, 1 where it has none.

    Raises:
        ValueError: the labels have another form.
    """
    weigh = importlib.import_module("keras._data.class_weights").with_class_weights
    return weigh(np.asarray(y), None, class_weight, "class_weight_to_sample_weights")


def standardize_data_format(data_format: str | None) -> str:
    """The order of the axes of pictures in small letters; that of the settings for None.

    Raises:
        ValueError: it is none of the two.
    """
    if data_format is None:
        return config.image_data_format()
    return one_of("data_format", str(data_format).lower(), ("channels_first", "channels_last"))


class LazyModule:
    """A module that is imported when something is first asked of it.

    Args:
        name: the module.
        pip_name: the distribution that brings it, the module's own name unless told.
        import_error_msg: what the error says where it is missing.
    """

    def __init__(self, name: str, pip_name: str | None = None, import_error_msg: str | None = None):
        self.name = name
        self.pip_name = pip_name or name
        self.import_error_msg = import_error_msg or f"`{name}` is not installed. Run `pip install {self.pip_name}`."
        self.module: Any = None

    @property
    def available(self) -> bool:
        """Whether it can be imported."""
        try:
            self.initialize()
        except ImportError:
            return False
        return True

    def initialize(self) -> None:
        """Imports it.

        Raises:
            ImportError: it is not there.
        """
        if self.module is None:
            try:
                self.module = importlib.import_module(self.name)
            except ImportError as error:
                raise ImportError(self.import_error_msg) from error

    def __getattr__(self, name: str) -> Any:
        self.initialize()
        return getattr(self.module, name)

    def __repr__(self) -> str:
        return f"LazyModule({self.name})"


@functools.cache
def lazily(module: str, distribution: str | None = None) -> LazyModule:
    """The one object that stands for a module."""
    return LazyModule(module, distribution)


def standardize_shape(shape) -> tuple[int | None, ...]:
    """A shape as a tuple of sizes, None for unknown ones.

    Raises:
        ValueError: it is none.
    """
    sizes = tuple(shape) if isinstance(shape, (list, tuple)) else None
    if sizes is None or any(n is not None and (not isinstance(n, (int, np.integer)) or n < 0) for n in sizes):
        raise ValueError(f"standardize_shape: a shape is made of sizes, None for unknown ones. Got {shape!r}.")
    return tuple(None if n is None else int(n) for n in sizes)


def auto_name(prefix: str) -> str:
    """A name in snake case that nothing has yet."""
    return names.unique_name(names.snake_case(prefix))


def compute_output_spec(function: Callable, *args, **kwargs) -> Any:
    """Shapes and dtypes of what `function` makes of symbolic tensors, as symbolic tensors."""
    found = function(*args, **kwargs)
    tensors = importlib.import_module("keras").KerasTensor
    return importlib.import_module("keras.tree").map_structure(
        lambda x: None if x is None else tensors(x.shape, x.dtype), found
    )


def any_symbolic_tensors(args: Any = None, kwargs: Any = None) -> bool:
    """Whether there is a symbolic tensor among the arguments."""
    return any_symbolic((args or (), kwargs or {}))


class H5IOStore:
    """An HDF5 file of arrays, each entry a mapping from names to arrays.

    Args:
        root_path: the file.
        mode: 'w' writes a new file, 'r' reads.
    """

    def __init__(self, root_path, mode: str = "r", archive=None):
        if archive is not None:
            raise ValueError("H5IOStore: only files can be opened, no members of an archive. Pass archive=None.")
        if mode not in ("r", "w"):
            raise ValueError(f"H5IOStore: `mode` must be 'r' or 'w'. Got {mode!r}.")
        self.mode = mode
        self._entries: dict[str, tuple[None, dict[str, np.ndarray]]] = {}
        self._path = root_path
        hdf5 = importlib.import_module("keras.saving._hdf5")
        self._write = hdf5.write
        self._open = hdf5.opened(root_path) if mode == "r" else None
        self._reader = self._open.__enter__() if self._open is not None else None

    def make(self, path: str, metadata: Any = None) -> dict[str, np.ndarray]:
        """A new entry, to be filled before `close`."""
        if metadata:
            raise ValueError("H5IOStore: `metadata` cannot be written. Pass None.")
        return self._entries.setdefault(f"{path}/vars" if path else "vars", (None, {}))[1]

    def get(self, path: str) -> Mapping[str, np.ndarray]:
        """An entry; empty if the file has none of this path."""
        if self._reader is None:
            return self.make(path)
        return self._reader.arrays(f"{path}/vars" if path else "vars")

    def close(self) -> None:
        """Ends reading, or writes the file."""
        if self._open is not None:
            self._open.__exit__(None, None, None)
            return
        arrays = (
            (place, (kind, {k: np.asarray(v) for k, v in entry.items()}))
            for place, (kind, entry) in self._entries.items()
        )
        self._write(self._path, arrays)


_WITH_OBJECTS = "activations constraints initializers losses metrics optimizers regularizers"


class _Objects(dict):
    """Things by name; what is put in is a custom object from then on, so that `get` finds it."""

    def __setitem__(self, name: str, thing: Any) -> None:
        super().__setitem__(name, thing)
        importlib.import_module("keras.saving").get_custom_objects()[name] = thing


@functools.cache
def objects_by_name(package: str) -> dict[str, Any]:
    """What `get` of a package finds by name, classes in both spellings."""
    module = importlib.import_module(f"keras.{package}")
    public = {name: getattr(module, name) for name in module.__all__ if name not in ("get", "serialize", "deserialize")}
    found = {name: thing for name, thing in public.items() if callable(thing)}
    in_words = {names.snake_case(name): thing for name, thing in found.items() if isinstance(thing, type)}
    return _Objects({**in_words, **found})


def _of(module: str, name: str) -> Callable[[], Any]:
    return lambda: getattr(importlib.import_module(module), name)


def _self(piece: Any) -> Callable[[], Any]:
    return lambda: piece


_MASKS = {"get_keras_mask": _of("keras._jax.pure", "find_mask"), "set_keras_mask": _of("keras._jax.pure", "put_mask")}
# what `module_utils` has -> the module, and the distribution where that goes by another name
_OF_THEIR_NAME = ("grain", "h5py", "jax", "jax2onnx", "optree", "scipy", "tensorflow", "tensorflow_io", "tf2onnx")
_LAZY_MODULES = {
    **{name: (name,) for name in _OF_THEIR_NAME},
    "dmtree": ("tree", "dm-tree"),
    "gfile": ("tensorflow.io.gfile", "tensorflow"),
    "litert": ("ai_edge_litert", "ai-edge-litert"),
    "ocp": ("orbax.checkpoint.v1", "orbax-checkpoint"),
    "torch_xla": ("torch_xla", "torch-xla"),
}
# private module and name -> what gives the thing
PIECES: dict[str, Callable[[], Any]] = {
    **{f"backend.{name}": piece for name, piece in _MASKS.items()},
    **{f"backend.common.masking.{name}": piece for name, piece in _MASKS.items()},
    **{f"{one}.ALL_OBJECTS_DICT": functools.partial(objects_by_name, one) for one in _WITH_OBJECTS.split()},
    **{f"{one}.ALL_OBJECTS": lambda one=one: set(objects_by_name(one).values()) for one in _WITH_OBJECTS.split()},
    "api_export.keras_export": _self(keras_export),
    "backend.any_symbolic_tensors": _self(any_symbolic_tensors),
    "backend.common.keras_tensor.any_symbolic_tensors": _self(any_symbolic_tensors),
    "backend.compute_output_spec": _self(compute_output_spec),
    "backend.jax.random.jax_draw_seed": _of("keras._jax.random", "draw_seed"),
    "backend.config.standardize_data_format": _self(standardize_data_format),
    "backend.standardize_data_format": _self(standardize_data_format),
    "backend.standardize_shape": _self(standardize_shape),
    "backend.common.variables.standardize_shape": _self(standardize_shape),
    "layers.convolutional.base_conv.BaseConv": _of("keras.layers._conv", "Conv"),
    "layers.convolutional.base_conv.Conv": _of("keras.layers._conv", "Conv"),
    "layers.pooling.base_pooling.BasePooling": _of("keras.layers._pooling", "Pooling"),
    "layers.merging.base_merge.Merge": _of("keras.layers._merge", "Merge"),
    "ops.operation_utils.compute_conv_output_shape": _self(compute_conv_output_shape),
    "saving.saving_lib.H5IOStore": _self(H5IOStore),
    "saving.serialization_lib.in_safe_mode": _self(in_safe_mode),
    "trainers.data_adapters.data_adapter_utils.class_weight_to_sample_weights": _self(class_weight_to_sample_weights),
    "utils.argument_validation.standardize_tuple": _self(standardize_tuple),
    "utils.backend_utils.in_grain_data_pipeline": _self(never),
    "utils.backend_utils.in_tf_graph": _self(never),
    **{f"utils.module_utils.{name}": functools.partial(lazily, *of) for name, of in _LAZY_MODULES.items()},
    "utils.module_utils.LazyModule": _self(LazyModule),
    "utils.naming.auto_name": _self(auto_name),
    "utils.naming.to_snake_case": _of("keras._core.names", "snake_case"),
    "utils.tracking.no_automatic_dependency_tracking": _self(unchanged),
}
