"""When two objects compute the same: a hashable description of everything a traced program may depend on.

Programs are shared between models with equal fingerprints. So a fingerprint holds the class of every object, the
values of its attributes, the code of every user's function with its defaults, its closure and the globals it names.
What cannot be described this way raises `Unshareable`, and the program stays with the one object it was made for.
"""

from __future__ import annotations

import enum
import functools
import inspect
import types
import weakref
from collections.abc import Mapping
from typing import Any

import numpy as np

_LARGEST_ARRAY = 4096  # bytes of a constant array worth comparing by value


_LIBRARIES = frozenset(
    ("keras", "jax", "jaxlib", "numpy", "scipy", "builtins", "collections", "functools", "math", "abc", "typing")
)
_NOT_BEHAVIOUR = frozenset(
    ("__dict__", "__weakref__", "__doc__", "__module__", "__qualname__", "__annotations__", "__firstlineno__",
     "__static_attributes__", "__abstractmethods__", "_abc_impl")
)  # fmt: skip


class Unshareable(Exception):
    """An object that cannot be compared by value."""


class _Identity:
    """Stands for one object: equal only to itself, and to nothing once the object is gone."""

    __slots__ = ("_hash", "_reference")

    def __init__(self, thing: Any):
        try:
            self._reference = weakref.ref(thing)
        except TypeError:
            raise Unshareable(f"{type(thing).__name__} cannot be compared") from None
        self._hash = id(thing)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other) -> bool:
        if not isinstance(other, _Identity):
            return False
        mine = self._reference()
        return mine is not None and mine is other._reference()


def same_object(thing: Any) -> Any:
    """A description of one object that no other one shares."""
    return _Identity(thing)


def fingerprint(thing: Any) -> Any:
    """A hashable value; equal for two things that make a traced program the same.

    Raises:
        Unshareable: `thing` holds something that cannot be compared.
    """
    return _Walk().of(thing)


def structure_of(parts: list, ordered: list) -> Any:
    """A fingerprint of `parts` that also tells where in them each of `ordered` was met, so that lists line up.

    Raises:
        Unshareable: a part holds something that cannot be compared.
    """
    walk = _Walk()
    described = tuple(walk.of(p) for p in parts)
    return (described, tuple(walk.met.get(id(x), -1) for x in ordered))


class _Walk:
    """One description being made; objects met again are described by the order in which they were met."""

    def __init__(self):
        self.met: dict[int, int] = {}
        self.kept: list[Any] = []  # keeps every met object alive, so that no id is used twice
        self.classes: dict[type, int] = {}

    def of(self, x: Any) -> Any:
        if x is None or isinstance(x, (bool, int, float, complex, str, bytes, enum.Enum, slice)):
            return (type(x).__name__, repr(x) if isinstance(x, (float, complex, slice)) else x)
        if isinstance(x, (np.ndarray, np.generic)):
            return self._array(np.asarray(x))
        if isinstance(x, np.dtype):
            return ("dtype", str(x))
        if isinstance(x, type):
            return self.of_class(x)
        if id(x) in self.met:
            return ("again", self.met[id(x)])
        self.met[id(x)] = len(self.met)
        self.kept.append(x)
        own = getattr(type(x), "__fingerprint__", None)
        if own is not None:
            return (self.of_class(type(x)), own(x, self.of))
        if isinstance(x, Mapping):
            return ("dict", tuple((self.of(k), self.of(v)) for k, v in x.items()))
        if isinstance(x, (list, tuple)):
            return (type(x).__name__, tuple(self.of(i) for i in x))
        if isinstance(x, (set, frozenset)):
            return ("set", frozenset(self.of(i) for i in x))
        if isinstance(x, types.FunctionType):
            return self._function(x)
        if isinstance(x, types.MethodType):
            return ("method", self.of(x.__func__), self.of(x.__self__))
        if isinstance(x, functools.partial):
            return ("partial", self.of(x.func), self.of(x.args), self.of(x.keywords))
        if isinstance(x, (types.BuiltinFunctionType, types.ModuleType, np.ufunc)):
            return ("builtin", getattr(x, "__module__", None), x.__name__)
        if isinstance(x, types.CodeType):
            return self._code(x)
        return self._object(x)

    def attributes(self, x: Any, without=frozenset()) -> Any:
        """The attributes of an object, in the order of their names."""
        found = vars(x)
        return tuple((name, self.of(found[name])) for name in sorted(found) if name not in without)

    def of_class(self, cls: type) -> Any:
        """A class of a library by its name; a user's by what its methods do."""
        if _is_library(cls.__module__):
            return ("class", cls.__module__, cls.__qualname__)
        if cls in self.classes:
            return ("again-class", self.classes[cls])
        self.classes[cls] = len(self.classes)
        parts = tuple(
            (name, self._member(member)) for name, member in sorted(vars(cls).items()) if name not in _NOT_BEHAVIOUR
        )
        return ("class", cls.__qualname__, parts, tuple(self.of_class(b) for b in cls.__bases__))

    def _member(self, member: Any) -> Any:
        if isinstance(member, (staticmethod, classmethod)):
            member = member.__func__
        if isinstance(member, property):
            return tuple(self.of(f) for f in (member.fget, member.fset))
        if isinstance(member, types.FunctionType):
            return self.of(inspect.unwrap(member))
        return ("descriptor",) if inspect.isdatadescriptor(member) else self.of(member)

    def _array(self, x: np.ndarray) -> Any:
        if x.nbytes > _LARGEST_ARRAY or x.dtype.hasobject:
            raise Unshareable("a large array")
        return ("array", x.shape, str(x.dtype), x.tobytes())

    def _function(self, x: types.FunctionType) -> Any:
        if _is_ours(x.__module__) and x.__closure__ is None:
            return ("function", x.__module__, x.__qualname__)
        cells = tuple(self._cell(c) for c in x.__closure__ or ())
        names = _global_names(x.__code__)
        used = tuple((n, self._global(x.__globals__[n])) for n in names if n in x.__globals__)
        return (
            "function", self._code(x.__code__), self.of(x.__defaults__), self.of(x.__kwdefaults__), cells, used,
        )  # fmt: skip

    def _cell(self, cell) -> Any:
        try:
            return self.of(cell.cell_contents)
        except ValueError:  # a name that was not assigned yet
            return ("empty",)

    def _global(self, x: Any) -> Any:
        module = getattr(x, "__module__", None)
        if isinstance(x, types.ModuleType):
            return ("module", x.__name__)
        if _is_library(module) and isinstance(x, (type, types.FunctionType, types.BuiltinFunctionType)):
            return ("library", module, x.__qualname__)
        return self.of(x)

    def _code(self, code: types.CodeType) -> Any:
        constants = tuple(self._code(c) if isinstance(c, types.CodeType) else self.of(c) for c in code.co_consts)
        return ("code", code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars)

    def _object(self, x: Any) -> Any:
        if hasattr(x, "__dict__") and not hasattr(type(x), "__slots__"):
            return (self.of_class(type(x)), self.attributes(x))
        return _Identity(x)


def _global_names(code: types.CodeType) -> list[str]:
    """Names the code, or code defined inside it, may look up among the globals."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names.update(_global_names(constant))
    return sorted(names)


def _is_ours(module: str | None) -> bool:
    return module == "keras" or (module or "").startswith("keras.")


def _is_library(module: str | None) -> bool:
    """Whether code of that module is taken to be constant while the process runs."""
    root = (module or "").partition(".")[0]
    return root in _LIBRARIES
