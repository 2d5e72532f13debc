"""The closed table of classes that a config or a file may name, and what the user adds to it."""

import contextlib
import functools
import importlib
import sys
import threading
from collections.abc import Callable, Collection
from typing import Any

_built_in: dict[str, Any] = {}  # class or function name -> object, as files and configs name it
_of_module: dict[str, dict[str, Any]] = {}  # the same by module
_modules: dict[Any, str] = {}  # object -> public module, such as 'keras.layers'
_public_names: dict[type, str] = {}  # class -> the first name it got
_custom: dict[str, Any] = {}  # what `register_keras_serializable` added
_custom_names: dict[Any, str] = {}


class _Scope(threading.local):
    def __init__(self) -> None:
        self.objects: dict[str, Any] = {}


_scope = _Scope()


def register_built_ins(module: str, objects: dict[str, Any]) -> None:
    """Adds the public classes or functions of `module` to the table."""
    for name, thing in objects.items():
        _built_in[f"{module}.{name}"] = thing
        _of_module.setdefault(module, {})[name] = thing
        _modules.setdefault(thing, module)
        if isinstance(thing, type):
            _public_names.setdefault(thing, name)


# the modules whose classes configs may name; each fills the table when it is imported
_MODULES = (
    "keras.activations", "keras.constraints", "keras.initializers", "keras.layers", "keras.losses", "keras.metrics",
    "keras.distillation", "keras.models", "keras.optimizers", "keras.quantizers", "keras.regularizers", "keras.utils",
    "keras.applications",
)  # fmt: skip
_older: dict[str, Callable[[], dict[str, Any]]] = {}


def built_in(module: str, name: str) -> Any:
    """The object of that name in a public module, or None."""
    found = _built_in.get(f"{module}.{name}")
    if found is None and not all(m in sys.modules for m in _MODULES):
        for known in _MODULES:
            importlib.import_module(known)
        found = _built_in.get(f"{module}.{name}")
    return _further[module](name) if found is None and module in _further else found


def offer_older_names(module: str, names: Callable[[], dict[str, Any]]) -> None:
    """Lets a public module answer to further names, made when the first of them is asked for."""
    _older[module] = functools.cache(names)


def older_names(module: str) -> dict[str, Any]:
    """The further names of a module."""
    return _older[module]() if module in _older else {}


# whoever knows older files: a module with `config`, `weights`, `slots`, ...
_translators: list[Callable[[], Any]] = []


def offer_translation(load: Callable[[], Any]) -> None:
    """Lets `load`, called when the first file is read, return what turns older configs and weights into today's."""
    _translators.append(functools.cache(load))


def in_todays_form(config: Any, origin: dict | None = None) -> Any:
    """A config of any year as it would be written today.

    Args:
        config: what a file says.
        origin: which release and which engine wrote it, as far as the file says so.
    """
    for load in _translators:
        config = load().config(config, origin or {})
    return config


def todays_class_name(name: str, config: dict) -> str:
    """The built-in class under whose name a layer of an older one goes into files of today, if that computes the same.

    Args:
        name: its own class.
        config: its config.
    """
    for load in _translators:
        name = load().class_name(name, config)
    return name


def older_weights(layer: Any, names: list[str], arrays: list, origin: dict) -> list[tuple] | None:
    """Pairs of a variable and its value, from what an older file has for a layer; None if it is as today."""
    for load in _translators:
        found = load().weights(layer, names, arrays, origin)
        if found is not None:
            return found
    return None


def todays_layer_name(name: str, known: Collection[str]) -> str:
    """Which of the known layers a file means by an older name; the name itself if it is none of them."""
    for load in _translators:
        name = load().layer_name(name, known)
    return name


def older_slots(arrays: list, names: list[str], variables: list, count: int) -> list:
    """The arrays of an optimizer in today's order."""
    for load in _translators:
        arrays = load().slots(arrays, names, variables, count)
    return arrays


def older_slots_by_name(pairs: list, arrays: list, origin: dict, variables: list) -> list:
    """The arrays of an optimizer, each kind in the order of `variables`, where a file has them in that of names.

    Args:
        pairs: layer, and its name and arrays in the file.
    """
    for load in _translators:
        arrays = load().slots_by_name(pairs, arrays, origin, variables)
    return arrays


def older_groups(reader: Any, place: str) -> list[tuple[str, list[str]]] | None:
    """Layers and names of their arrays in a file of a layout that is older still; None if it is none."""
    for load in _translators:
        found = load().groups(reader, place)
        if found is not None:
            return found
    return None


def writer_for(era: Any) -> Any:
    """What turns a model into what readers of another year read.

    Raises:
        ValueError: nobody knows that year.
    """
    for load in _translators:
        return load().writer(era)
    raise ValueError(f"save: `era` must be None. Got {era!r}.")


# further names, looked up last: filled by who knows them
_further: dict[str, Callable[[str], Any]] = {}


def offer_names(module: str, find: Callable[[str], Any]) -> None:
    """Lets `find` answer, with an object or None, to names of a module that the table does not have."""
    _further[module] = find


def module_of(thing: Any) -> str | None:
    """The public module of a built-in class or function, or None for a user's."""
    return _modules.get(thing)


def public_name_of(cls: type) -> str:
    """The name by which files and configs know a class: its own, unless the table knows it by another one only."""
    own = cls.__name__
    return own if _built_in.get(f"{_modules.get(cls)}.{own}") is cls else _public_names.get(cls, own)


def built_ins_of(module: str) -> dict[str, Any]:
    """Name -> object for one public module."""
    return {name: thing for name, thing in _of_module.get(module, {}).items() if "." not in name}


def register_custom(package: str, name: str, thing: Any) -> None:
    """Makes `thing` known to configs as `package>name`."""
    registered = f"{package}>{name}"
    _custom[registered] = thing
    _custom_names[thing] = registered


def registered_name(thing: Any) -> str:
    """`package>name` for a registered object, else its plain name."""
    return _custom_names.get(thing, getattr(thing, "__name__", type(thing).__name__))


def registered_object(name: str, custom_objects: dict | None = None) -> Any:
    """The object called `name` among those passed, those in scope and the registered ones, or None."""
    for table in (custom_objects or {}, _scope.objects, _custom):
        if name in table:
            return table[name]
    return None


def custom_objects() -> dict[str, Any]:
    """The table of registered objects itself, for reading and writing."""
    return _custom


@contextlib.contextmanager
def object_scope(objects: dict[str, Any]):
    """Makes `objects` known in this thread while the block runs."""
    before = _scope.objects
    _scope.objects = {**before, **objects}
    try:
        yield
    finally:
        _scope.objects = before


def registering(package: str = "Custom", name: str | None = None) -> Callable:
    """A decorator that registers a class or function; a class needs `get_config` to be one that configs can name."""

    def register(thing):
        register_custom(package, name or thing.__name__, thing)
        return thing

    return register
