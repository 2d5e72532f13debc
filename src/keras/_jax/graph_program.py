"""Programs and gradients of graphs that older programs make themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from keras._jax import pure
from keras._jax.variable import Variable


def compiled(function: Callable, *examples: Any) -> Callable:
    """`function` of arrays as one compiled program, with the variables that it reads and assigns as further inputs.

    Args:
        function: a function of arrays.
        examples: arrays of the shapes and dtypes that it will get.
    """
    found: dict[int, Variable] = {}
    written: dict[int, Variable] = {}

    def watched(*arrays):
        with pure.Scope(closed=True) as scope:
            result = function(*arrays)
            found.update(scope.foreign)
            written.update(scope.written)
            return result

    jax.eval_shape(watched, *examples)
    variables = [v for v in found.values() if id(v) not in written] + list(written.values())
    kept = len(variables) - len(written)

    def once(values, *arrays):
        with pure.Scope(variables, values) as scope:
            result = function(*arrays)
            return result, scope.values_of(variables[kept:])

    program = jax.jit(once)

    def run(*arrays):
        result, values = program([v.own_value() for v in variables], *arrays)
        for variable, value in zip(variables[kept:], values):
            variable.replace(value)
        return result

    return run


def gradients(function: Callable, *values: Any) -> tuple:
    """The gradients of the sum of what `function` returns with respect to each of its arguments."""

    def total(*arguments):
        return sum(jnp.sum(jnp.asarray(x)) for x in function(*arguments))

    return jax.grad(total, argnums=tuple(range(len(values))))(*(jnp.asarray(v) for v in values))


def transposed(function: Callable, shape: tuple, x: Any) -> jax.Array:
    """What the transpose of a linear function of arrays of that shape makes of `x`."""
    x = jnp.asarray(x)
    return jax.linear_transpose(function, jax.ShapeDtypeStruct(tuple(shape), x.dtype))(x)[0]


def show(message: str, x: Any) -> None:
    """Prints a message and a value, whenever compiled code comes to this place."""
    jax.debug.print(message.replace("{", "{{").replace("}", "}}") + "{x}", x=x)
