"""Classes derived from the base classes of 0.x, which differed from those of all later releases.

A layer computed in `get_output(train)`, from `get_input(train)`; `build()` had no arguments and looked at
`input_shape`. A regularizer was told its variable by `set_param` and given the loss, and layers listed what they had of
them, until 1.1; an optimizer was given a list of constraints.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

from keras import Variable, ops
from keras._core.signature import parameters


def adapt_layer(cls: type) -> None:
    """Lets a class of 0.x be one of today."""
    own: Any = vars(cls)
    if "get_output" in own and "call" not in own:
        cls.call = _call_by_output  # type: ignore[attr-defined]
    if "build" in own and not parameters(own["build"])[0] and own["build"].__code__.co_argcount == 1:
        cls.build = _build_by_shape(own["build"])  # type: ignore[attr-defined]


def _call_by_output(self, inputs, training=None):
    outside = vars(self).get("_input_now")
    vars(self)["_input_now"] = inputs
    try:
        return self.get_output(bool(training))
    finally:
        vars(self)["_input_now"] = outside


def _build_by_shape(build: Callable) -> Callable:
    @functools.wraps(build)
    def build_by_shape(self, input_shape=None):
        vars(self)["_shape_now"] = None if input_shape is None else tuple(input_shape)
        build(self)

    # not the signature of what it wraps: the engine has to see the argument
    del build_by_shape.__wrapped__
    return build_by_shape


def input_shape_of(found: Callable) -> property:
    """`Layer.input_shape` for a layer whose `build` is at work."""

    def input_shape(self):
        known = vars(self).get("_shape_now")
        return found(self) if known is None else known

    return property(input_shape, doc="The shape of the input, batch included.")


def input_of(found: Callable) -> property:
    """`Layer.input`, which a constructor could set to a placeholder that stood there until the layer was connected."""

    def get_input(self):
        placeholder = vars(self).get("_placeholder")
        return found(self) if self._inbound_nodes or placeholder is None else placeholder

    def set_input(self, placeholder):
        vars(self)["_placeholder"] = placeholder
        for known in (self._variables, self._to_train):  # a variable as input is no weight
            known[:] = [v for v in known if v is not placeholder]

    return property(get_input, set_input, doc="Input tensor, or list of them, of the only call.")


def get_input_of(found: Callable) -> Callable:
    """`Layer.get_input` for a layer whose `get_output` is at work."""

    @functools.wraps(found)
    def get_input(self, train=False):
        now = vars(self).get("_input_now")
        return found(self, train) if now is None else now

    return get_input


class Constraints:
    """The constraints of variables: in 0.x a list, from 1.0 on a dict that has those which have one.

    They are applied by the engine in any case, so that these here change nothing a second time.
    """

    def __init__(self, variables: list):
        self._variables = list(variables)

    def __iter__(self):
        return (v.constraint or (lambda p: p) for v in self._variables)

    def __len__(self) -> int:
        return len(self._variables)

    def __contains__(self, variable: Any) -> bool:
        return any(v is variable and v.constraint is not None for v in self._variables)

    def __getitem__(self, variable: Any) -> Callable:
        return next(v.constraint for v in self._variables if v is variable)

    def get(self, variable: Any, default: Any = None) -> Any:
        """The constraint of a variable."""
        return next((v.constraint for v in self.keys() if v is variable), default)

    def keys(self) -> list:
        """The variables that have one."""
        return [v for v in self._variables if v.constraint is not None]


def adapt_regularizer(cls: type) -> None:
    """Lets a regularizer whose `__call__(loss)` returns the loss with its penalty be called with a variable."""
    given = vars(cls).get("__call__")
    if given is None or parameters(given)[0][:1] != ("loss",):
        return

    @functools.wraps(given)
    def __call__(self, loss):
        if not isinstance(loss, Variable):
            return given(self, loss)
        self.set_param(loss)
        context = importlib.import_module("keras.layers._call").context
        before, context.training = context.training, context.training is not False
        try:  # it asks for the phase; penalties are added up outside of layers, where none is known
            return given(self, ops.zeros(()))
        finally:
            context.training = before

    cls.__call__ = __call__  # type: ignore[method-assign]


def attach_listed(layer: Any) -> None:
    """Gives variables the regularizers and constraints that a layer listed in `build`, as layers did until 1.1."""
    for regularizer in vars(layer).get("regularizers") or ():
        variable = getattr(regularizer, "p", None)
        if isinstance(variable, Variable):
            variable.regularizer = regularizer
        elif getattr(regularizer, "layer", None) is layer:
            layer.activity_regularizer = regularizer
    constraints = vars(layer).get("constraints") or {}
    pairs = constraints.items() if isinstance(constraints, dict) else zip(layer.trainable_weights, constraints)
    for variable, constraint in pairs:
        if constraint is not None:
            variable.constraint = constraint
