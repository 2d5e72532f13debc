"""Steps of many models of one structure as one program, with the models on the last axis of everything."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental.xla_metadata import set_xla_metadata

from keras._jax.compile import chunk_loop, compile_program, step_number
from keras._jax.packing import Layout

# XLA for CPUs makes one function of a call that is marked so. Without, every operation of a step is a task of its own,
# and handing them to threads takes as long again as the steps of small models do. Elsewhere the marks mean nothing.
_ONE_KERNEL = {"inlineable": "false", "xla_cpu_small_call": "true"}


def compile_many(program: Callable, specs: Sequence[Any], often: bool) -> Any:
    """Compiles what `steps_of_many` made.

    Args:
        program: `program(one_kernel)` is the program, its loop marked or not.
        specs: shapes and dtypes of its arguments; it may take over the memory of the first.
        often: whether it runs often, which is worth more time of compiling.
    """
    if often:
        try:
            return compile_program("train_together", program(True), specs, donate=(0,), quickly="mostly")
        except jax.errors.JaxRuntimeError:  # an XLA that cannot
            pass
    return compile_program("train_together", program(False), specs, donate=(0,), quickly=None if often else "very")


def steps_of_many(
    shapes: Any, many: Callable, logs_of: Callable, layouts: list[Layout], count: int, one_kernel: bool
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
        one_kernel: whether the loop over the steps is marked to be one kernel, on a CPU.
    """
    structure = jax.tree.structure(shapes)

    def program(joined, numbers, data, order, active, steps, *counts):
        fields = type(joined)
        numbers = jnp.moveaxis(numbers, 0, -1)
        # (models, steps, rows, ...) -> (steps, rows, ..., models)
        batches = jax.tree.map(lambda x: jnp.moveaxis(jax.vmap(_rows)(x, order), 0, -1), data)
        batches = (*batches, *(jnp.moveaxis(x, 0, -1) for x in counts))

        def loop(steps, start, given):
            return chunk_loop(functools.partial(body, steps, *given), 0, steps, start)

        def body(steps, numbers, batches, i, carry):
            state = fields(*(layout.apart(part) for layout, part in zip(layouts, carry[0])))
            batch = jax.tree.map(lambda x: _item(x, i), batches)
            found = many(i < steps, *jax.tree.leaves((state, numbers, batch)))
            after, result = jax.tree.unflatten(structure, found)
            return fields(*(layout.join(part) for layout, part in zip(layouts, after))), result

        nothing = jax.tree.map(lambda s: jnp.zeros((*s.shape, count), s.dtype), shapes[1])
        with set_xla_metadata(**_ONE_KERNEL) if one_kernel else contextlib.nullcontext():
            after, result = jax.jit(loop)(steps, (joined, nothing), (numbers, batches))
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
