"""What of an optimizer its programs depend on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras._jax.number import declared
from keras._jax.variable import Variable
from keras.optimizers._base.variables import LISTS

_NOT_STRUCTURE = (*LISTS, "name", "_undecayed_names", "_places")


def structure_of(optimizer: Any, of: Callable) -> tuple:
    """What programs depend on: values of numbers, variables and steps are their inputs, and names change nothing."""
    own = {id(v): i for i, v in enumerate(optimizer.variables)}
    trained = {id(v): i for i, v in enumerate(optimizer._trainable_variables)}

    def describe(x):
        if isinstance(x, Variable) and id(x) in own:
            return ("own", own[id(x)])
        if isinstance(x, Variable) and id(x) in trained:
            return ("trained", trained[id(x)])
        if isinstance(x, (list, tuple)):
            return (type(x).__name__, tuple(describe(i) for i in x))
        if type(x) is dict:
            return ("dict", tuple((of(k), describe(v)) for k, v in x.items()))
        return of(x)

    described = {*declared(type(optimizer)), *_NOT_STRUCTURE}
    return (
        optimizer.number_kinds(),
        tuple((v.shape, v._dtype) for v in optimizer._variables),
        tuple(
            (v.shape, v._dtype, optimizer.decays(v), v.overwrite_with_gradient, of(v.constraint))
            for v in optimizer._trainable_variables
        ),
        tuple((k, describe(v)) for k, v in sorted(vars(optimizer).items()) if k not in described),
    )
