"""Sessions and graphs of TensorFlow 1, as programs of Keras 1 and 2 used them beside their models.

There is one graph here and nothing to open: a session computes what `K.function` computes.
"""

from __future__ import annotations

import contextlib
import importlib
from typing import Any

from keras._core import tree
from keras._core.graph import KerasTensor
from keras.legacy.backend import _function, _values


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
