"""Functions of `keras.utils`, `keras.datasets`, `keras.applications` and of images with the arguments they had."""

from __future__ import annotations

import functools
import importlib
import os
from collections.abc import Callable
from types import ModuleType
from typing import Any

from keras._core import tree
from keras.legacy import arguments, era


def teach_backend(module: ModuleType) -> None:
    """Programs before 3 ask for the engine to choose between ways of writing, of which TensorFlow's are answered."""
    arguments.apply(module)
    today = module.backend

    @functools.wraps(today)
    def backend() -> str:
        return "tensorflow" if era.before("3") else today()

    module.backend = backend
    known = module.__getattr__

    def __getattr__(name: str) -> Any:
        if name in _OF_BACKEND and era.before("3"):  # `from tensorflow_backend import *` let them through
            return importlib.import_module(_OF_BACKEND[name])
        if name == "_BACKEND":
            return backend()
        return known(name)

    module.__getattr__ = __getattr__  # type: ignore[method-assign]


_OF_BACKEND = {"tf": "tensorflow", "np": "numpy"}


def teach_utils(module: ModuleType) -> None:
    """Lets functions of `keras.utils` take what they took in 1.x and 2.x."""
    arguments.apply(module)
    module.to_categorical = _with_dtype(module.to_categorical)
    for name in ("model_to_dot", "plot_model"):
        setattr(module, name, _with_layer_range(getattr(module, name)))
    module.clear_session = _clear_session(module.clear_session)
    module.get_source_inputs = _get_source_inputs(module.get_source_inputs)
    older = importlib.import_module("keras.legacy.saving")
    for name, more in (
        ("serialize_keras_object", {"instance"}),
        ("deserialize_keras_object", {"identifier", "module_objects", "printable_module_name"}),
    ):
        setattr(module, name, _either(getattr(module, name), getattr(older, name), more))
    progress = importlib.import_module("keras.callbacks._progress").Progbar
    progress.update = _update(progress.update)


def _clear_session(today: Callable) -> Callable:
    """A new session knew no learning phase."""

    @functools.wraps(today)
    def clear_session(*args: Any, **kwargs: Any) -> None:
        importlib.import_module("keras.legacy.phases").now.fixed = None
        today(*args, **kwargs)

    return clear_session


def _with_dtype(function: Any) -> Any:
    """`to_categorical(..., dtype)` of 2.x, which gave 32 bits from 2.2 on."""

    @functools.wraps(function)
    def to_categorical(*args, dtype=None, **kwargs):
        found = function(*args, **kwargs)
        if dtype is None and era.before("3") and not era.before("2.2"):
            dtype = "float32"
        return found if dtype is None else found.astype(dtype)

    to_categorical.__keras_legacy_arguments__ = {  # type: ignore[attr-defined]
        "dtype", *getattr(function, "__keras_legacy_arguments__", ()),
    }  # fmt: skip
    return to_categorical


def _with_layer_range(function: Any) -> Any:
    """`plot_model(..., layer_range)` of tf.keras: all layers are drawn."""

    @functools.wraps(function)
    def drawn(*args, layer_range=None, **kwargs):
        if layer_range is not None:
            raise ValueError(
                f"{function.__name__}: `layer_range` must be None. Draw keras.Model(first.input, last.output) instead."
            )
        return function(*args, **kwargs)

    drawn.__keras_legacy_arguments__ = {"layer_range"}  # type: ignore[attr-defined]
    return drawn


def _get_source_inputs(function: Any) -> Any:
    """`get_source_inputs(tensor, layer, node_index)`: the inputs before a call of a layer."""

    @functools.wraps(function)
    def get_source_inputs(tensor, layer=None, node_index=None):
        if layer is None:
            return function(tensor)
        node = layer._inbound_nodes[node_index or 0]
        found = {id(x): x for one in node.input_tensors for x in function(one)}
        return list(found.values()) or tree.leaves(node.outputs)

    get_source_inputs.__keras_legacy_arguments__ = {"layer", "node_index"}  # type: ignore[attr-defined]
    return get_source_inputs


def _either(today: Any, older: Any, names: set[str]) -> Any:
    """Today's function, or that of Keras 2 where an argument says so."""

    @functools.wraps(today)
    def function(*args, **kwargs):
        return (today if names.isdisjoint(kwargs) else older)(*args, **kwargs)

    function.__keras_legacy_arguments__ = names  # type: ignore[attr-defined]
    return function


def _update(function: Any) -> Any:
    """`Progbar.update(..., force)` of 1.x and 2.0: to draw now, however long ago the last drawing was."""

    @functools.wraps(function)
    def update(self, current, values=None, finalize=None, force=False):
        interval = self.interval
        self.interval = 0 if force else interval
        try:
            function(self, current, values, finalize)
        finally:
            self.interval = interval

    update.__keras_legacy_arguments__ = {"force"}  # type: ignore[attr-defined]
    return update


def teach_data_set(module: ModuleType) -> None:
    """`load_data(..., cache_dir)` of tf.keras: a folder in the place of the Keras home folder."""
    arguments.apply(module)
    function = module.load_data

    @functools.wraps(function)
    def load_data(*args, cache_dir=None, **kwargs):
        if module.__name__ == "keras.datasets.imdb" and kwargs.pop("test_split", None) is not None:
            raise ValueError(
                "imdb.load_data: `test_split` must be left out: the reviews come as two halves of 25,000.\n"
                "  Take rows of the first half: x_train[:20000], x_train[20000:]."
            )
        if cache_dir is None:
            return function(*args, **kwargs)
        before = os.environ.get("KERAS_HOME")
        os.environ["KERAS_HOME"] = os.fspath(cache_dir)
        try:
            return function(*args, **kwargs)
        finally:
            if before is None:
                del os.environ["KERAS_HOME"]
            else:
                os.environ["KERAS_HOME"] = before

    own = {"cache_dir"} | ({"test_split"} if module.__name__ == "keras.datasets.imdb" else set())
    load_data.__keras_legacy_arguments__ = (  # type: ignore[attr-defined]
        own | set(getattr(function, "__keras_legacy_arguments__", ()))
    )
    module.load_data = load_data


def teach_network(module: ModuleType) -> None:
    """`preprocess_input(..., mode)` of 2.3: how the values are scaled, whatever the network."""
    arguments.apply(module)
    function = module.preprocess_input
    if "mode" in function.__code__.co_varnames[: function.__code__.co_argcount]:
        return

    @functools.wraps(function)
    def preprocess_input(*args, mode=None, **kwargs):
        if mode is None:
            return function(*args, **kwargs)
        return importlib.import_module("keras.applications.imagenet_utils").preprocess_input(*args, mode=mode, **kwargs)

    preprocess_input.__keras_legacy_arguments__ = (  # type: ignore[attr-defined]
        {"mode"} | set(getattr(function, "__keras_legacy_arguments__", ()))
    )
    module.preprocess_input = preprocess_input


def teach_images(module: ModuleType) -> None:
    """`array_to_img` and `save_img`, which until tf.keras stretched a picture from 0."""
    arguments.apply(module, {"array_to_img": _array_to_img, "save_img": _save_img})


def _array_to_img(function: Callable, x, data_format=None, scale=True, dtype=None):
    x, scale = importlib.import_module("keras.legacy.preprocessing.affine").for_picture(x, scale)
    return function(x, data_format, scale, dtype)


def _save_img(function: Callable, path, x, data_format=None, file_format=None, scale=True, **kwargs):
    x, scale = importlib.import_module("keras.legacy.preprocessing.affine").for_picture(x, scale)
    return function(path, x, data_format, file_format, scale, **kwargs)
