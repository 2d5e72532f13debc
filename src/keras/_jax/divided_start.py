"""The first value of a variable that is divided over devices: made in its parts, so that no device holds it whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax

from keras._jax import placement, processes, pure


def divided_value(variable: Any, initializer: Callable, shape: tuple[int, ...], dtype: str) -> jax.Array | None:
    """The value where the distribution that is set divides the variable, else None.

    What an initializer makes on the host goes to each device in its part. What it computes on devices is one program
    whose result is divided, so that each device computes its part. One that turns what it computed into NumPy arrays
    gets None.
    """
    distribution = placement.current()
    if distribution is None:
        return None
    where = distribution.variable_sharding(variable)
    if where.is_fully_replicated:
        return None
    on_host = getattr(initializer, "values_on_host", None)
    if on_host is not None:
        value = on_host(shape, dtype)
        if value is not None:
            return processes.spread(value, where)
    try:
        return _computed(initializer, shape, dtype, where)
    except jax.errors.JAXTypeError:  # it wants to see its values
        return None


def _computed(initializer: Callable, shape: tuple[int, ...], dtype: str, where: jax.sharding.Sharding) -> jax.Array:
    assigned: list[Any] = []  # states of seed generators

    def draw():
        with pure.Scope() as scope:
            value = jax.numpy.asarray(initializer(shape, dtype=dtype), dtype)
            assigned[:] = scope.written.values()
            return value, scope.values_of(assigned)

    # compiled by hand, as `jit` would only be noted where something else is being traced
    value, states = jax.jit(draw, out_shardings=(where, None)).lower().compile()()
    for state, new in zip(assigned, states):
        state.assign(new)
    return value
