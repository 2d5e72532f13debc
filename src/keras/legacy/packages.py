"""Other packages' names that Keras programs import, answered for one program that asked for it: `python -m keras`.

`tensorflow.keras` is this package, and so are `tf_keras` and `keras_core`; `scikeras` is a part of it, and so are the
two packages that Keras 2 was divided into for a while. Of the rest there are functions that today's operations
answer (see `foreign`), and what programs import and leave unused.
"""

import functools
import importlib
import importlib.machinery
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

# beginnings of module names -> the module of this package that stands for them
STAND_INS = {
    "tensorflow.keras": "keras",
    "tensorflow.python.keras": "keras",
    "tf_keras": "keras",
    "keras_core": "keras",
    "keras_applications": "keras.applications",
    "keras_preprocessing": "keras.preprocessing",
    "tensorflow.python.ops.init_ops": "keras.initializers",
    "tensorflow.python.ops.init_ops_v2": "keras.initializers",
    "scikeras": "keras.legacy.scikeras",
}

# package -> module -> names; they can be imported, and say at their first use that they are not here
LEFTOVERS = {
    "tensorflow": {
        "tensorflow": (),
        "tensorflow.autograph": (),
        "tensorflow.autograph.experimental": (),
        "tensorflow.compat": (),
        "tensorflow.compat.v1": (),
        "tensorflow.compat.v2": (),
        "tensorflow.config": (),
        "tensorflow.config.experimental": (),
        "tensorflow.config.optimizer": (),
        "tensorflow.config.threading": (),
        "tensorflow.debugging": (),
        "tensorflow.errors": (),
        "tensorflow.dtypes": (),
        "tensorflow.image": (),
        "tensorflow.io": (),
        "tensorflow.io.gfile": (),
        "tensorflow.logging": (),
        "tensorflow.lookup": (),
        "tensorflow.nest": (),
        "tensorflow.strings": (),
        "tensorflow.python": (),
        "tensorflow.python.client": (),
        "tensorflow.python.client.device_lib": (),
        "tensorflow.python.framework": (),
        "tensorflow.python.ops": (),
        "tensorflow.python_io": (),
        "tensorflow.saved_model": (),
        "tensorflow.signal": (),
        "tensorflow.summary": (),
        "tensorflow.summary.experimental": (),
        "tensorflow.sysconfig": (),
        "tensorflow.test": (),
        "tensorflow.train": (),
        "tensorflow.version": (),
        "tensorflow.data": (),
        "tensorflow.data.experimental": (),
        "tensorflow.distribute": (),
        "tensorflow.distribute.experimental": (),
        "tensorflow.linalg": (),
        "tensorflow.math": (),
        "tensorflow.nn": (),
        "tensorflow.random": (),
    },
    "theano": {
        "theano": (),
        "theano.tensor": (),
        "theano.tensor.nnet": (),
        "theano.tensor.shared_randomstreams": ("RandomStreams",),
        "theano.sandbox": (),
        "theano.sandbox.rng_mrg": ("MRG_RandomStreams",),
    },
}

_NOT_HERE = (
    "{package} is not installed. `python -m keras` answers {answered} for a program, but {asked} it has not.\n"
    "  Rewrite that line with keras.ops, or install {package}."
)
_ANSWERED = {
    "tensorflow": "tensorflow.keras and functions that keras.ops has too",
    "theano": "functions that keras.ops has too, and imports that a program does not use",
}


def answer_missing_packages() -> None:
    """From now on, in this process, answers the packages above where they are not installed."""
    packages = {*LEFTOVERS, *(name.partition(".")[0] for name in STAND_INS)}
    missing = {package for package in packages if importlib.util.find_spec(package) is None}
    if missing:
        sys.meta_path.append(MissingPackages(missing))


# modules that stand for the packages in other processes, which get the search path of this one, but not its finders
_FOLDER = os.path.join(os.path.dirname(__file__), "stand_ins")


def answer_in_other_processes() -> None:
    """From now on, processes that this one starts by `multiprocessing` or joblib answer the packages above too."""
    if _FOLDER not in sys.path:
        sys.path.append(_FOLDER)


def stand_in(name: str) -> None:
    """Puts a package of the table, or the real one, in the place of the module of `stand_ins` that is being loaded."""
    sys.path[:] = [folder for folder in sys.path if folder != _FOLDER]
    try:
        del sys.modules[name]
        if not any(isinstance(finder, MissingPackages) for finder in sys.meta_path):
            answer_missing_packages()
        importlib.import_module(name)
    finally:
        sys.path.append(_FOLDER)


class MissingPackages:
    """Finds modules of packages that are not installed."""

    def __init__(self, packages: set[str]):
        self.packages = packages

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """How to make the module; None for packages that are none of ours.

        Raises:
            ModuleNotFoundError: a module of a missing package that is not answered.
        """
        package = name.partition(".")[0]
        if package not in self.packages:
            return None
        today = _today(name)
        if today is not None:
            found = importlib.util.find_spec(today)
            if found is None:
                return None
            return importlib.machinery.ModuleSpec(name, self, is_package=found.submodule_search_locations is not None)
        if _without_release(name) not in LEFTOVERS.get(package, ()):
            raise ModuleNotFoundError(_not_here(name), name=name)
        if name == package:
            print(f"keras: {package} is not installed; this program gets {_ANSWERED[package]} here.", file=sys.stderr)
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """None: an ordinary empty module will do."""

    def exec_module(self, module: ModuleType) -> None:
        """Fills the module: with today's names, or with what complains when used."""
        name = module.__name__
        today = _today(name)
        if today is not None:
            _stand_for(
                module, importlib.import_module(today), _told_modules if name.startswith("keras_applications") else None
            )
            if name == "keras_applications":
                module.get_submodules_from_kwargs = _modules_told  # type: ignore[attr-defined]
                for part in _PARTS:
                    setattr(module, f"_KERAS_{part.upper()}", importlib.import_module(f"keras.{part}"))
            return
        for leftover in LEFTOVERS[name.partition(".")[0]][_without_release(name)]:
            setattr(module, leftover, _unusable(f"{name}.{leftover}"))
        if _without_release(name) == "tensorflow":
            _fill_tensorflow(module)

        def __getattr__(attribute: str) -> Any:
            if attribute.startswith("__"):
                raise AttributeError(attribute)
            if _without_release(f"{name}.{attribute}") in LEFTOVERS[name.partition(".")[0]]:
                return importlib.import_module(f"{name}.{attribute}")
            found = importlib.import_module("keras.legacy.foreign").name_in(_without_release(name), attribute)
            if found is None:
                raise AttributeError(_not_here(f"{name}.{attribute}"))
            return found

        module.__getattr__ = __getattr__  # type: ignore[method-assign]


def _without_release(name: str) -> str:
    """'tensorflow.compat.v1.nn' -> 'tensorflow.nn'."""
    for release in ("tensorflow.compat.v1", "tensorflow.compat.v2"):
        if name.startswith(release + ".") or name == release:
            return "tensorflow" + name[len(release) :]
    return name


def in_keras(path: str) -> str:
    """A path in another package that has Keras in it, such as `tensorflow.keras`, as the same path in `keras`."""
    found = _today(path)
    return path if found is None or found.startswith("keras.legacy.") else found


def _today(name: str) -> str | None:
    """The module of this package that stands for one of another, or None."""
    name = _without_release(name)
    for prefix, ours in STAND_INS.items():
        if name == prefix or name.startswith(prefix + "."):
            return ours + name[len(prefix) :]
    return None


def _stand_for(module: ModuleType, today: ModuleType, change: Callable | None = None) -> None:
    # not today's module itself under a second name: importing below it would load its files twice
    found = functools.partial(getattr, today)
    module.__getattr__ = found if change is None else lambda name: change(found(name))  # type: ignore[method-assign]
    module.__dir__ = lambda: dir(today)  # type: ignore[method-assign]
    module.__doc__ = today.__doc__
    if hasattr(today, "__all__"):
        module.__all__ = list(today.__all__)


_PARTS = ("backend", "layers", "models", "utils")


def _modules_told(kwargs: dict) -> tuple:
    """`get_submodules_from_kwargs` of `keras_applications`, by which other networks ask what they are built of."""
    unknown = [name for name in kwargs if name not in _PARTS]
    if unknown:
        raise TypeError(f"get_submodules_from_kwargs takes {', '.join(_PARTS)}. Got {unknown[0]!r}.")
    return tuple(kwargs.get(part) or importlib.import_module(f"keras.{part}") for part in _PARTS)


def _told_modules(function: Any) -> Any:
    """A function of `keras_applications`, which was told what its networks are built of: here that is this package."""
    if not inspect.isfunction(function):
        return function

    @functools.wraps(function)
    def told(*args: Any, **kwargs: Any) -> Any:
        for part in (*_PARTS, "engine"):
            given = kwargs.pop(part, None)
            if given is not None and not (
                isinstance(given, ModuleType) and in_keras(given.__name__).startswith("keras")
            ):
                raise ValueError(f"{function.__name__}: `{part}` must be keras.{part}. Got {given!r}.")
        return function(*args, **kwargs)

    return told


def _fill_tensorflow(module: ModuleType) -> None:
    keras = importlib.import_module("keras")
    module.keras = keras
    module.newaxis = None
    importlib.import_module("keras.legacy.foreign_loops").give_arrays_numpy()
    importlib.import_module("keras.legacy.foreign_data").serve_everywhere()
    release = importlib.import_module("keras.legacy.era").version()
    # programs take the numbers apart; 2.16 is the first release whose Keras is Keras 3
    module.__version__ = release if release in ("2.10.0", "2.15.0") else "2.16.0"


def _not_here(asked: str) -> str:
    package = asked.partition(".")[0]
    return _NOT_HERE.format(package=package, answered=_ANSWERED[package], asked=asked)


def _unusable(name: str) -> type:
    class Unusable:
        """A name of a package that is not installed: can be imported, but not used."""

        def __init__(self, *args, **kwargs):
            raise ImportError(_not_here(name))

    Unusable.__name__ = Unusable.__qualname__ = name.rpartition(".")[2]
    return Unusable
