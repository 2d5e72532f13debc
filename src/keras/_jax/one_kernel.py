"""Loops over small steps as one kernel, on a CPU.

XLA makes a task of every operation and hands the tasks to threads, which for steps of a few microseconds takes longer
than the steps. A call that is marked it compiles as one function instead, with loops and products of its own; so it
suits what is small and without convolutions or other work of libraries. Loops of recurrent layers are held too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.experimental.xla_metadata import set_xla_metadata
from jax.extend.core import Literal

from keras._jax import placement
from keras._jax.cost import operations_in
from keras._jax.devices import is_cpu
from keras._jax.lanes import ELEMENTWISE, inner_of

# Arithmetic operations of a step, and of one round of a loop in it, which does not count then: from about there on the
# products of libraries are faster.
LARGEST, LARGEST_ROUND = 1e5, 3e3
# operations as they stand in the program; LLVM takes the square of the time for functions of twice the length
LONGEST = 600

_OTHERS = frozenset(
    {
        "argmax", "argmin", "bitcast_convert_type", "broadcast_in_dim", "clamp", "concatenate", "dot_general",
        "dynamic_slice", "erfc", "expand_dims", "gather", "iota", "one_minus_square", "optimization_barrier", "pad",
        "polynomial", "random_bits", "random_fold_in", "random_seed", "random_split", "random_unwrap", "random_wrap",
        "reduce_and", "reduce_max", "reduce_min", "reduce_or", "reduce_prod", "reduce_sum", "reshape", "rev", "slice",
        "split", "squeeze", "threefry2x32", "transpose", "unstack",
    }
)  # fmt: skip
_MARKS = {"inlineable": "false", "xla_cpu_small_call": "true"}


def suits(closed: Any, operations: int) -> bool:
    """Whether a loop over this step, a closed jaxpr of so many arithmetic operations, is faster as one kernel."""
    if not is_cpu() or placement.current() is not None:
        return False
    if operations >= LARGEST:
        operations -= _in_small_loops(closed.jaxpr)
    return operations < LARGEST and _holds_known_alone(closed.jaxpr) and _length(closed.jaxpr) <= LONGEST


def _length(jaxpr: Any) -> int:
    bodies = (_body(equation) for equation in jaxpr.eqns)
    return sum(1 if body is None else _length(body.jaxpr) for body in bodies)


def _body(equation: Any) -> Any:
    return equation.params["jaxpr"] if equation.primitive.name == "scan" else inner_of(equation)


def _in_small_loops(jaxpr: Any) -> int:
    found = 0
    for equation in jaxpr.eqns:
        inner = inner_of(equation)
        if equation.primitive.name == "scan":
            rounds, each = equation.params["length"], operations_in(equation.params["jaxpr"])
            found += rounds * each if each < LARGEST_ROUND else 0
        elif inner is not None:
            found += _in_small_loops(inner.jaxpr)
    return found


def _holds_known_alone(jaxpr: Any) -> bool:
    for equation in jaxpr.eqns:
        inner = _body(equation)
        if inner is None:
            if equation.primitive.name not in ELEMENTWISE and equation.primitive.name not in _OTHERS:
                return False
        elif not _holds_known_alone(inner.jaxpr):
            return False
    return True


def replay(closed: Any, shapes: Any) -> Callable:
    """What was traced, as a function for use in `loop`: products of matrices are sums there."""
    structure = jax.tree.structure(shapes)

    def call(*args):
        return jax.tree.unflatten(structure, _results(closed.jaxpr, closed.consts, jax.tree.leaves(args)))

    return call


def _results(jaxpr: Any, constants: list, given: list) -> list:
    values: dict[Any, Any] = dict(zip((*jaxpr.constvars, *jaxpr.invars), (*constants, *given)))

    def value(atom):
        return atom.val if isinstance(atom, Literal) else values[atom]

    for equation in jaxpr.eqns:
        operands = [value(atom) for atom in equation.invars]
        inner = inner_of(equation)
        if inner is not None:
            made = _results(inner.jaxpr, inner.consts, operands)
        elif equation.primitive.name == "scan":
            made = _scanned(equation, operands)
        elif equation.primitive.name == "dot_general":
            made = [_product(*operands, **equation.params)]
        else:
            made = equation.primitive.bind(*operands, **equation.params)
            made = made if equation.primitive.multiple_results else [made]
        values.update(zip(equation.outvars, made))
    return [value(atom) for atom in jaxpr.outvars]


def _scanned(equation: Any, operands: list) -> list:
    """A loop of a recurrent layer. It costs nothing here, so it is not written out even where the layer says so."""
    body, length = equation.params["jaxpr"], equation.params["length"]
    # what is taken item by item has an axis less inside; how parameters say it differs between releases of JAX
    items = _with_an_axis_more(equation.invars, body.jaxpr.invars)
    carried = len(equation.outvars) - _with_an_axis_more(equation.outvars, body.jaxpr.outvars)
    first, given = len(operands) - items - carried, len(operands) - items

    def step(carry: list, items: list) -> tuple[list, list]:
        found = _results(body.jaxpr, body.consts, [*operands[:first], *carry, *items])
        return found[:carried], found[carried:]

    last, made = lax.scan(step, operands[first:given], operands[given:], length, equation.params["reverse"])
    return [*last, *made]


def _with_an_axis_more(outside: list, inside: list) -> int:
    return sum(a.aval.ndim == b.aval.ndim + 1 for a, b in zip(outside, inside))


def _product(x: Any, y: Any, dimension_numbers: Any, preferred_element_type: Any, **_: Any) -> Any:
    (cx, cy), (bx, by) = dimension_numbers
    dtype = preferred_element_type or jnp.result_type(x, y)
    wide = jnp.promote_types(dtype, jnp.float32) if jnp.issubdtype(dtype, jnp.floating) else dtype
    free_x = [i for i in range(jnp.ndim(x)) if i not in (*cx, *bx)]
    free_y = [i for i in range(jnp.ndim(y)) if i not in (*cy, *by)]
    left = lax.transpose(jnp.asarray(x, wide), (*bx, *free_x, *cx))
    right = lax.transpose(jnp.asarray(y, wide), (*by, *free_y, *cy))
    here = len(bx) + len(free_x)
    left = lax.expand_dims(left, tuple(range(here, here + len(free_y))))
    right = lax.expand_dims(right, tuple(range(len(by), here)))
    first = here + len(free_y)
    return (left * right).sum(tuple(range(first, first + len(cx)))).astype(dtype)


def loop(step: Callable, first: Any, last: Any, state: Any) -> Any:
    """`state = step(i, state)` for i from `first` to `last`, marked to be one kernel."""
    leaves, structure = jax.tree.flatten(state)
    first = jnp.asarray(first, jnp.result_type(last))

    def flat(i, *leaves):
        return jax.tree.leaves(step(i, jax.tree.unflatten(structure, leaves)))

    closed = jax.make_jaxpr(flat)(first, *leaves)

    def steps(given):
        first, last, start, constants = given

        def body(i, values):
            return _results(closed.jaxpr, constants, [i, *values])

        return lax.fori_loop(first, last, body, start), given

    # XLA ends the process where a kernel is given what nothing in it reads. So it hands out all that it was given, and
    # the barrier keeps JAX from finding out that nobody wants that.
    with set_xla_metadata(**_MARKS):
        handed_out = jax.jit(steps)((first, last, leaves, closed.consts))
    found, _ = lax.optimization_barrier(handed_out)
    return jax.tree.unflatten(structure, found)


def made(compile_it: Callable[[bool], Any], as_one: bool) -> Any:
    """What `compile_it(as_one)` compiles, or `compile_it(False)` where this XLA cannot make one kernel of it."""
    if as_one:
        try:
            return compile_it(True)
        except (jax.errors.JaxRuntimeError, TypeError, ValueError):
            pass  # what is wrong with the program itself is found without a kernel as well
    return compile_it(False)
