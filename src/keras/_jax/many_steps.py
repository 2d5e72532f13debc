"""Steps of many models of one structure as one program, with the models on the last axis of everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from keras._jax import one_kernel
from keras._jax.compile import chunk_loop, step_number
from keras._jax.packing import Layout


def steps_of_many(
    shapes: Any, many: Callable, logs_of: Callable, layouts: list[Layout], count: int, as_one: bool
) -> Callable:
    """`(state, numbers, data, order, active, steps, *counts) -> (state, logs)`: as many steps of each model.

    Steps whose batches may be filled up take, last, how many rows count in each.

    The state has the models on the last axis, the others on the first; models that are not active stay as they are.

    Args:
        shapes: what a step returns, `(state, result)`.
        many: the step of all models, as `lanes.for_many` makes it.
        logs_of: `(state, result) -> logs` of one model.
        layouts: how the values of each field of the state are joined.
        count: how many models there are.
        as_one: whether the loop over the steps is one kernel.
    """
    structure = jax.tree.structure(shapes)

    def program(joined, numbers, data, order, active, steps, *counts):
        fields = type(joined)
        numbers = jnp.moveaxis(numbers, 0, -1)
        # (models, steps, rows, ...) -> (steps, rows, ..., models)
        batches = jax.tree.map(lambda x: jnp.moveaxis(jax.vmap(_rows)(x, order), 0, -1), data)
        batches = (*batches, *(jnp.moveaxis(x, 0, -1) for x in counts))

        def body(i, carry):
            state = fields(*(layout.apart(part) for layout, part in zip(layouts, carry[0])))
            batch = jax.tree.map(lambda x: _item(x, i), batches)
            found = many(i < steps, *jax.tree.leaves((state, numbers, batch)))
            after, result = jax.tree.unflatten(structure, found)
            return fields(*(layout.join(part) for layout, part in zip(layouts, after))), result

        nothing = jax.tree.map(lambda s: jnp.zeros((*s.shape, count), s.dtype), shapes[1])
        over = one_kernel.loop if as_one else chunk_loop
        after, result = over(body, 0, steps, (joined, nothing))
        after = jax.tree.map(lambda new, old: jnp.where(active, new, old), after, joined)
        moving = fields(*(layout.apart(part) for layout, part in zip(layouts, after)))
        return after, jax.vmap(logs_of, in_axes=-1)(moving, result)

    return program


def specs_of_many(numbers: Any, data: Any, count: int, steps: int, rows: int, fills: bool) -> list[Any]:
    """Shapes of what the program takes after the state: `numbers` and `data` are those of one model."""

    def of_all(specs: Any) -> Any:
        return jax.tree.map(lambda s: jax.ShapeDtypeStruct((count, *s.shape), s.dtype), specs)

    order = jax.ShapeDtypeStruct((count, steps, rows), np.int32)
    counts = [jax.ShapeDtypeStruct((count, steps), np.int32)] if fills else []
    return [of_all(numbers), of_all(data), order, jax.ShapeDtypeStruct((count,), np.bool_), step_number(0), *counts]


def put(arrays: list[np.ndarray]) -> list[jax.Array]:
    """All arrays on the device, in one transfer."""
    return jax.device_put(arrays)


@jax.jit  # computed once: each product would otherwise do it for every one of its terms
def _item(x: jax.Array, i: jax.Array) -> jax.Array:
    return jax.lax.dynamic_index_in_dim(x, i, 0, False)


def _rows(x: jax.Array, order: jax.Array) -> jax.Array:
    return x.at[order].get(mode="promise_in_bounds")
