"""Sessions and graphs of TensorFlow 1, as programs of Keras 1 and 2 used them beside their models.

There is one graph here and nothing to open: a session computes what `K.function` computes.
"""

from __future__ import annotations

import contextlib
import importlib
from typing import Any

from keras import Variable, initializers, ops
from keras._core import tree
from keras._core.graph import KerasTensor
from keras._jax import graph_program
from keras.legacy import foreign_loops
from keras.legacy.backend import _function, _values
from keras.legacy.backend._graph import operation


class Settings:
    """`tf.ConfigProto`, `tf.GPUOptions`: on which devices and in how much memory, which changes no result.

    >>> Settings(allow_soft_placement=True).gpu_options.allow_growth = True
    """

    def __init__(self, **settings):
        vars(self).update(settings)

    def __getattr__(self, name: str) -> Settings:
        if name.startswith("__"):
            raise AttributeError(name)
        return vars(self).setdefault(name, Settings())


class Graph:
    """`tf.Graph`: all of them are one."""

    def as_default(self):
        """The graph for a `with`."""
        return contextlib.nullcontext(self)

    def finalize(self):
        """Nothing: what is made later would be no part of a compiled program anyway."""


GRAPH = Graph()


def get_default_graph() -> Graph:
    """`tf.get_default_graph`."""
    return GRAPH


def reset_default_graph() -> None:
    """`tf.reset_default_graph`: layers are counted from the first again."""
    SESSION.forget()
    _named.variables.clear()
    importlib.import_module("keras.utils").clear_session()


class Session:
    """`tf.Session`.

    Args:
        target: empty, as there is no other process that would compute.
        graph, config: all graphs are one, and settings change no result.
    """

    def __init__(self, target="", graph=None, config=None):
        if target:
            raise ValueError(f"Session: `target` must be empty, computing is done in this process. Got {target!r}.")
        self.graph = GRAPH
        self._functions: dict[tuple, _function.Function] = {}

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        """The values of tensors, in the structure that they stand in; None for what only had to be done."""
        fed = dict(feed_dict or {})
        tensors = [x for x in tree.leaves(fetches) if isinstance(x, KerasTensor)]
        key = (*map(id, tensors), *map(id, fed))
        if key not in self._functions:  # which keeps them, so that no other gets such an id
            self._functions[key] = _function.function(list(fed), tensors)
        found = iter(self._functions[key](list(fed.values())) if tensors else [])
        return tree.map_leaves(lambda x: _value_of(x, found), fetches)

    def forget(self):
        """Lets what was computed before go."""
        self._functions.clear()

    def close(self):
        """Nothing is left open."""
        self.forget()

    def as_default(self):
        """The session for a `with`."""
        return contextlib.nullcontext(self)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def _value_of(x: Any, found: Any) -> Any:
    if isinstance(x, KerasTensor):
        return next(found)
    return x if x is None or isinstance(x, _function.MadeUpdate) else _values.get_value(x)


SESSION = Session()


def get_session() -> Session:
    """`K.get_session`, `tf.get_default_session`."""
    return SESSION


def start_variables(*args, **kwargs) -> None:
    """`tf.global_variables_initializer` and its kin: variables have their first values as soon as they are made."""


def placeholder(dtype, shape=None, name=None):
    """`tf.placeholder`."""
    return _values.placeholder(shape, dtype=getattr(dtype, "name", dtype), name=name)


# --- values that are printed


@operation
def tell_of(input_, data, message=None, first_n=None, summarize=3):
    """`tf.Print`: `input_` itself, with the first values of each of `data` printed whenever it is computed."""
    if first_n not in (None, -1):
        raise ValueError(f"tf.Print: `first_n` must be None, it prints at every run. Got {first_n!r}.")
    for x in data:
        graph_program.show(message or "", ops.reshape(x, (-1,))[: 3 if summarize is None else summarize])
    return input_


# --- variables by name


class _Named:
    def __init__(self):
        self.scopes: list[tuple[str, Any]] = []  # names of the open ones, and whether their variables are there already
        self.variables: dict[str, Variable] = {}


_named = _Named()
AUTO_REUSE = "auto"


@contextlib.contextmanager
def variable_scope(name_or_scope, default_name=None, values=None, reuse=None):
    """`tf.variable_scope`: a prefix for the names that `get_variable` takes."""
    name = default_name if name_or_scope is None else name_or_scope
    before = _named.scopes[-1][1] if _named.scopes else None
    _named.scopes.append((str(name), reuse or before))
    try:
        yield name
    finally:
        _named.scopes.pop()


def get_variable(name, shape=None, dtype="float32", initializer=None, regularizer=None, trainable=True):
    """`tf.get_variable`: a new variable, or that of the name in a scope with `reuse`."""
    if regularizer is not None:
        raise ValueError("tf.get_variable: `regularizer` must be None. Add the penalty to the loss of the model.")
    path = "/".join([*(scope for scope, _ in _named.scopes), name])
    reuse = _named.scopes[-1][1] if _named.scopes else None
    known = _named.variables.get(path)
    if known is not None and reuse:
        return known
    if known is not None or (reuse and reuse != AUTO_REUSE):
        state = "already exists: open its scope with reuse=True" if known is not None else "does not exist"
        raise ValueError(f"tf.get_variable: variable {path} {state}.")
    if initializer is None or isinstance(initializer, type):
        initializer = initializers.get(initializer or "glorot_uniform")
    dtype = getattr(dtype, "name", dtype)
    value = initializer(tuple(shape), dtype) if callable(initializer) else initializer
    _named.variables[path] = foreign_loops.variable(value, trainable, True, dtype, None, path)
    return _named.variables[path]
