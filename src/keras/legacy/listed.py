"""Weights of classes of one's own until 2.3: those made by `add_weight` or put into `trainable_weights`, and no others.

A variable that is an attribute alone, such as `self.strength = K.variable(0.5)`, was not trained and not saved.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from keras.legacy import era


def note(layer: Any, variable: Any) -> Any:
    """Remembers that a variable is a weight of a layer."""
    if not type(layer).__module__.startswith("keras."):
        vars(layer).setdefault("_listed_weights", []).append(variable)
    return variable


def assign(layer: Any, variables: list) -> None:
    """Remembers the list that a class of 1.x gave as its trained weights: layers inside have no others."""
    if not type(layer).__module__.startswith("keras.") and era.before("2.0"):
        vars(layer)["_assigned_weights"] = list(variables)


def weights(function: Callable) -> Callable:
    """`Layer.weights` with those of layers inside a class of 1.x as far as the class assigned them."""

    @functools.wraps(function)
    def listed_weights(self):
        if era.before("2.0") and any("_assigned_weights" in vars(layer) for layer in self._flatten_layers()):
            found: dict[int, Any] = {}
            _add_weights(self, found)
            return list(found.values())
        return function(self)

    return listed_weights


def _add_weights(layer: Any, found: dict[int, Any]) -> None:
    assigned = vars(layer).get("_assigned_weights", ())
    for variable in (*assigned, *layer._own_variables()):
        found.setdefault(id(variable), variable)
    if "_assigned_weights" not in vars(layer):
        for inner in layer._flatten_layers(include_self=False, recursive=False):
            _add_weights(inner, found)


def _lists(layer: Any) -> bool:
    return era.before("tf2.0") and not type(layer).__module__.startswith("keras.")


def _unlisted(layer: Any, variables: list) -> list:
    listed = {id(v) for v in vars(layer).get("_listed_weights", ())}
    return [v for v in variables if id(v) not in listed]


def own_variables(function: Callable) -> Callable:
    """`Layer._own_variables` without what is an attribute alone."""

    @functools.wraps(function)
    def _own_variables(self):
        found = function(self)
        if not _lists(self):
            return found
        others = {id(v) for v in _unlisted(self, found)}
        return [v for v in found if id(v) not in others]

    return _own_variables


def seed_variables(function: Callable, all_variables: Callable) -> Callable:
    """`Layer._seed_variables`, variables that programs keep up to date without saving them, with those attributes."""

    @functools.wraps(function)
    def _seed_variables(self):
        return [*function(self), *(_unlisted(self, all_variables(self)) if _lists(self) else ())]

    return _seed_variables
