"""Computing again in the backward pass, instead of keeping everything from the forward pass in memory."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np

from keras._core.graph import any_symbolic
from keras._jax import pure
from keras._jax.variable import Variable


def remat(f: Callable) -> Callable:
    """`f`, which a gradient calls a second time instead of keeping what it computed: less memory, more time.

    Variables may be read and assigned inside. Where no gradient is taken, nothing changes.

    >>> keras.remat(lambda x: keras.ops.tanh(keras.ops.exp(x)))(0.0)
    Array(0.7615942, dtype=float32, weak_type=True)
    """
    return rematerialized(f, pure.add_loss)


def rematerialized(function: Callable, add_loss: Callable[[Any], Any]) -> Callable:
    """`remat` for functions that add losses, which go to `add_loss` one by one."""

    @functools.wraps(function)
    def run(*args, **kwargs):
        leaves, structure = jax.tree.flatten((args, kwargs))
        if any_symbolic(leaves) or not (pure.in_scope() or any(map(pure.is_traced, leaves))):
            return function(*args, **kwargs)
        places = [i for i, x in enumerate(leaves) if isinstance(x, (jax.Array, np.ndarray))]
        arrays = [leaves[i] for i in places]

        def call(arrays):
            given = list(leaves)
            for i, x in zip(places, arrays):
                given[i] = x
            args, kwargs = jax.tree.unflatten(structure, given)
            return function(*args, **kwargs)

        variables = _assigned(call, arrays)

        def body(values, arrays, masks):
            with pure.Scope(variables, values) as scope:
                scope.losses = []
                for x, mask in zip(arrays, masks):
                    if mask is not None:
                        pure.put_mask(x, mask)
                outputs = call(arrays)
                found = [pure.find_mask(x) for x in jax.tree.leaves(outputs)]
                return outputs, found, scope.losses, scope.values_of(variables)

        masks = [pure.find_mask(x) for x in arrays]
        outputs, masks, losses, values = jax.checkpoint(body)(_values_of(variables), arrays, masks)
        for variable, value in zip(variables, values):
            variable.assign(value)
        for loss in losses:
            add_loss(loss)
        for x, mask in zip(jax.tree.leaves(outputs), masks):
            if mask is not None:
                pure.put_mask(x, mask)
        return outputs

    return run


def largest_output(function: Callable, *args: Any, **kwargs: Any) -> int:
    """Elements of the largest tensor that a call returns, found without computing."""

    def quiet():
        with pure.Scope() as scope:
            scope.losses = []
            return function(*args, **kwargs)

    return max((math.prod(x.shape) for x in jax.tree.leaves(jax.eval_shape(quiet))), default=0)


def _assigned(call: Callable, arrays: Sequence[Any]) -> list[Variable]:
    found: dict[int, Variable] = {}

    def quiet(arrays):
        with pure.Scope() as scope:
            scope.losses = []
            result = call(arrays)
            found.update(scope.written)
            return result

    jax.eval_shape(quiet, arrays)
    return list(found.values())


def _values_of(variables: Sequence[Variable]) -> list[Any]:
    """The stored values, in the dtype that assignments keep."""
    scope = pure.current_scope()
    return [v.own_value() for v in variables] if scope is None else scope.values_of(variables)
