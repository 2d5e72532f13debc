"""Import paths of older releases, and where the same things are today."""

import importlib
import importlib.machinery
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple


class Row(NamedTuple):
    """One older module: which of today's modules has the names it had."""

    old: str
    today: str
    names: str  # separated by spaces, the same then and now; '*' for all of today's module
    eras: str


ROWS = [
    #   older module                       today's module               names                              eras
    Row("keras.objectives", "keras.losses", "*", "0.x 1.x 2.x"),
    Row("keras.engine", "keras.layers", "Input InputLayer InputSpec Layer", "1.x 2.x"),
    Row("keras.engine", "keras.models", "Model", "1.x 2.x"),
    Row("keras.engine", "keras.utils", "get_source_inputs", "1.x 2.x"),
    Row("keras.engine.topology", "keras.layers", "Input InputLayer InputSpec Layer", "1.x 2.x"),
    Row("keras.engine.topology", "keras.utils", "get_source_inputs", "1.x 2.x"),
    Row("keras.engine.base_layer", "keras.layers", "InputSpec Layer", "2.x"),
    Row("keras.engine.input_layer", "keras.layers", "Input InputLayer", "2.x"),
    Row("keras.engine.sequential", "keras.models", "Sequential", "2.x"),
    Row("keras.engine.training", "keras.models", "Model", "1.x 2.x"),
    Row("keras.callbacks.callbacks", "keras.callbacks", "*", "2.x"),
    Row("keras.layers.core", "keras.layers", (
        "Activation ActivityRegularization Dense Dropout Flatten Lambda Layer Masking Permute RepeatVector Reshape"
    ), "0.x 1.x 2.x"),
    Row("keras.layers.advanced_activations", "keras.layers", "ELU LeakyReLU PReLU ReLU Softmax", "0.x 1.x 2.x"),
    Row("keras.layers.convolutional", "keras.layers", (
        "AveragePooling1D AveragePooling2D Conv1D Conv2D MaxPooling1D MaxPooling2D UpSampling2D ZeroPadding2D"
    ), "0.x 1.x 2.x"),
    Row("keras.layers.embeddings", "keras.layers", "Embedding", "0.x 1.x 2.x"),
    Row("keras.layers.merge", "keras.layers", (
        "Add Average Concatenate Dot Maximum Minimum Multiply Subtract"
    ), "2.x"),
    Row("keras.layers.noise", "keras.layers", "GaussianNoise", "0.x 1.x 2.x"),
    Row("keras.layers.normalization", "keras.layers", "BatchNormalization", "0.x 1.x 2.x"),
    Row("keras.layers.pooling", "keras.layers", (
        "AveragePooling1D AveragePooling2D GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D "
        "GlobalMaxPooling2D MaxPooling1D MaxPooling2D"
    ), "1.x 2.x"),
    Row("keras.layers.recurrent", "keras.layers", "GRU LSTM SimpleRNN", "0.x 1.x 2.x"),
    Row("keras.layers.wrappers", "keras.layers", "Bidirectional TimeDistributed Wrapper", "0.x 1.x 2.x"),
    Row("keras.utils.generic_utils", "keras.utils", (
        "CustomObjectScope Progbar custom_object_scope deserialize_keras_object get_custom_objects "
        "serialize_keras_object"
    ), "0.x 1.x 2.x"),
    Row("keras.utils.layer_utils", "keras.utils", "get_source_inputs", "1.x 2.x"),
    Row("keras.utils.np_utils", "keras.utils", "normalize to_categorical", "0.x 1.x 2.x"),
]  # fmt: skip


def rows_of(old: str) -> list[Row]:
    """The rows of one older module."""
    return [row for row in ROWS if row.old == old]


def names_of(row: Row) -> list[str]:
    """The names of a row, one by one."""
    return list(importlib.import_module(row.today).__all__) if row.names == "*" else row.names.split()


_KNOWN = {row.old for row in ROWS}
_PARENTS = {old.rpartition(".")[0] for old in _KNOWN}


class OldModules:
    """Answers imports of the modules in the table, and of no other; asked after Python's own finders."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """How to make the module, or None where the table has no such name."""
        if name not in _KNOWN:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=name in _PARENTS)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """None: an ordinary empty module will do."""

    def exec_module(self, module: ModuleType) -> None:
        """Puts today's objects into the module."""
        found: list[str] = []
        for row in rows_of(module.__name__):
            today = importlib.import_module(row.today)
            for name in names_of(row):
                setattr(module, name, getattr(today, name))
                found.append(name)
        module.__all__ = sorted(found)
        module.__doc__ = f"Names that older programs import from `{module.__name__}`."
        if module.__name__ in _PARENTS:
            _answer_attributes(module)


def install() -> None:
    """Lets the older modules be imported, and be found as attributes of the modules they were in."""
    if any(isinstance(finder, OldModules) for finder in sys.meta_path):
        return
    sys.meta_path.append(OldModules())
    sys.meta_path.insert(0, Packages())
    for name in sorted(_PARENTS):
        if name in sys.modules:
            _answer_attributes(sys.modules[name])


class Packages:
    """Lets today's packages answer to their older modules as soon as they are loaded."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """The ordinary way to make a package, followed by `_answer_attributes`; None for all others."""
        if name not in _PARENTS or name in _KNOWN:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Followed(spec.loader)
        return spec


class _Followed:
    """A loader that does one thing more after loading."""

    def __init__(self, loader: Any):
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        _answer_attributes(module)


def _answer_attributes(module: ModuleType) -> None:
    """`keras.utils.np_utils` without an import of it: older packages imported their modules themselves."""
    before: Callable[[str], Any] | None = vars(module).get("__getattr__")

    def __getattr__(name: str) -> Any:
        old = f"{module.__name__}.{name}"
        if old in _KNOWN:
            return importlib.import_module(old)
        if before is not None:
            return before(name)
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

    module.__getattr__ = __getattr__  # type: ignore[method-assign]
