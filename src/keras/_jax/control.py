"""Branches and loops that run inside compiled code, and functions of functions.

What a branch or a loop's body assigns to variables, seeds included, lasts: assigned variables travel through the
compiled branch or loop as further values, and get their new value after it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from keras._core import tree
from keras._core.types import Tensor
from keras._jax import pure
from keras._jax.kernels.convolution_cpu import inside_loop
from keras._jax.op import as_array, convert_to_tensor, op
from keras._jax.variable import Variable


def _arrays(x: Any) -> Any:
    """Every leaf of a nested structure as an array; None stays."""
    return tree.map_leaves(lambda leaf: None if leaf is None else convert_to_tensor(leaf), x)


def _start(x: Any) -> Any:
    """What a loop begins with; a number in Python takes the dtype that the loop's body makes of it."""
    return tree.map_leaves(lambda leaf: jnp.asarray(leaf) if type(leaf) in (int, float) else _arrays(leaf), x)


def _assign(variables: Sequence[Variable], values: Sequence[Any]) -> None:
    for variable, value in zip(variables, values):
        variable.assign(value)


def _body(function: Callable) -> Callable:
    """`function` as the body of a compiled loop."""

    def run(*args):
        with inside_loop():
            return function(*args)

    return run


def _assigned_by_any(functions: Sequence[Callable], *args: Any) -> list[Variable]:
    found = {id(v): v for function in functions for v in pure.assigned_by(function, *args)}
    return list(found.values())


def _value_of(variables: Sequence[Variable]) -> list[Any]:
    """The stored values, in the dtype that assignments keep."""
    scope = pure.current_scope()
    return [v.own_value() for v in variables] if scope is None else scope.values_of(variables)


def _known(x: Any) -> bool:
    """Whether a branch can be chosen now."""
    return not isinstance(x, jax.core.Tracer)


# --- branches


@op
def cond(pred: Tensor, true_fn, false_fn):
    """`true_fn()` if `pred` is true, and `false_fn()` otherwise.

    Args:
        pred: one boolean.
        true_fn, false_fn: functions without arguments that return tensors of the same shapes and dtypes.

    Only the chosen function has effects on variables. Where `pred` is known, only that function is called.

    >>> cond(3 > 2, lambda: 1.0, lambda: 0.0)
    1.0
    """
    if _known(pred):
        return true_fn() if bool(pred) else false_fn()
    pred = jnp.asarray(pred).astype(bool)
    if pred.ndim:
        raise ValueError(f"cond: `pred` must be one boolean. Got shape {pred.shape}.")
    variables = _assigned_by_any((true_fn, false_fn))
    branches = [pure.lift(_returning_arrays(f), variables) for f in (true_fn, false_fn)]
    result, values = jax.lax.cond(pred, *branches, _value_of(variables))
    _assign(variables, values)
    return result


def _returning_arrays(function: Callable) -> Callable:
    return lambda *args: _arrays(function(*args))


@op
def switch(index: Tensor, branches, *operands):
    """The result of the branch with the given number, called with the operands.

    Args:
        index: which branch; numbers outside the range mean the first or the last one.
        branches: functions that return tensors of the same shapes and dtypes.
        *operands: what they are called with.
    """
    branches, operands = list(branches), _arrays(operands)
    if _known(index):
        return branches[min(max(int(index), 0), len(branches) - 1)](*operands)
    variables = _assigned_by_any(branches, *operands)
    lifted = [pure.lift(_returning_arrays(b), variables) for b in branches]
    result, values = jax.lax.switch(index, lifted, _value_of(variables), *operands)
    _assign(variables, values)
    return result


# --- loops


@op
def while_loop(cond, body, loop_vars, maximum_iterations=None):
    """Calls `body` on its own result as long as `cond` of it holds.

    Args:
        cond: a function of the loop's values that returns one boolean; it cannot assign variables.
        body: a function of the loop's values that returns new ones, of the same shapes and dtypes.
        loop_vars: the first values: a list or tuple of arguments, or one value.
        maximum_iterations: stop after so many calls, if given.

    >>> while_loop(lambda i: i < 10, lambda i: (i * 3,), (1,))
    (Array(27, dtype=int32, weak_type=True),)
    """
    several = isinstance(loop_vars, (list, tuple))
    start = tuple(_start(loop_vars)) if several else (_start(loop_vars),)

    def once(values):
        result = body(*values)
        return _arrays(tuple(result) if isinstance(result, (list, tuple)) and several else (result,))

    if pure.assigned_by(cond, *start):
        raise ValueError("while_loop: `cond` assigned a variable, or drew random numbers. Do that in `body`.")
    variables = pure.assigned_by(once, start)
    step = _body(pure.lift(once, variables))
    test = pure.lift(lambda values: cond(*values), variables)

    def goes_on(carry):
        count, state, values = carry
        more = jnp.asarray(test(state, values)[0], bool).reshape(())
        return more if maximum_iterations is None else more & (count < maximum_iterations)

    def advance(carry):
        count, state, values = carry
        values, state = step(state, values)
        return count + 1, state, values

    first = (jnp.int32(0), _value_of(variables), start)
    _, state, result = jax.lax.while_loop(goes_on, advance, first)
    _assign(variables, state)
    return result if several else result[0]


@op
def fori_loop(lower: Tensor, upper: Tensor, body_fun, init_val):
    """Calls `value = body_fun(i, value)` for whole numbers `i` from `lower` up to, and without, `upper`.

    >>> fori_loop(0, 4, lambda i, total: total + i, 0)
    Array(6, dtype=int32)
    """
    start = _start(init_val)

    def once(i, value):
        return _arrays(body_fun(i, value))

    variables = pure.assigned_by(once, jnp.asarray(lower), start)
    step = _body(pure.lift(once, variables))

    def advance(i, carry):
        value, state = step(carry[1], i, carry[0])
        return value, state

    result, state = jax.lax.fori_loop(lower, upper, advance, (start, _value_of(variables)))
    _assign(variables, state)
    return result


@op
def scan(f, init, xs=None, length=None, reverse=False, unroll=1):
    """Calls `carry, y = f(carry, x)` for the entries of `xs` in turn.

    Args:
        f: a function of the carried value and of one entry, that returns the next carried value and a result.
        init: the first carried value.
        xs: a tensor, or a nested structure of tensors, with entries along the first axis; None for entries of None.
        length: the number of entries; needed where `xs` is None.
        reverse: whether to begin with the last entry. Results stand where their entries stand.
        unroll: how many calls make up one round of the compiled loop, or True for all of them.

    Returns:
        The last carried value, and the results stacked along a new first axis.

    >>> scan(lambda total, x: (total + x, total * x), 0, [1, 2, 3])
    (Array(6, dtype=int32), Array([0, 2, 9], dtype=int32))
    """
    if not callable(f):
        raise TypeError(f"scan: `f` must be a function. Got {f!r}.")
    if not isinstance(unroll, bool) and (not isinstance(unroll, int) or unroll < 1):
        raise ValueError(f"scan: `unroll` must be a positive integer or a boolean. Got {unroll!r}.")
    if xs is None and length is None:
        raise ValueError("scan: give `xs`, or the number of calls with `length`.")
    start, entries = _start(init), _entries(xs)
    return _scan_with_variables(f, start, entries, length, reverse, unroll)


def _entries(xs: Any) -> Any:
    # a list of numbers or of lists is one tensor; a list of tensors is a structure
    if isinstance(xs, (list, tuple)) and not any(hasattr(leaf, "dtype") for leaf in tree.leaves(xs)):
        return convert_to_tensor(xs)
    return _arrays(xs)


def _scan_with_variables(f, start, entries, length=None, reverse=False, unroll=1):
    def once(carry, x):
        return _arrays(f(carry, x))

    one = jax.tree.map(lambda a: jax.ShapeDtypeStruct(a.shape[1:], a.dtype), entries)
    variables = pure.assigned_by(once, start, one)
    step = _body(pure.lift(once, variables))

    def advance(carry, x):
        (value, y), state = step(carry[1], carry[0], x)
        return (value, state), y

    (result, state), ys = jax.lax.scan(
        advance, (start, _value_of(variables)), entries, length=length, reverse=reverse, unroll=unroll
    )
    _assign(variables, state)
    return result, ys


@op
def map(f, xs):
    """`f` of every entry along the first axis, one after the other, the results stacked.

    Args:
        f: a function of one entry.
        xs: a tensor, or a nested structure of tensors with first axes of the same size.

    >>> map(lambda x: x * x, [1, 2, 3])
    Array([1, 4, 9], dtype=int32)
    """
    return _scan_with_variables(lambda carry, x: (carry, f(x)), (), _entries(xs))[1]


@op
def vectorized_map(function, elements):
    """`function` of every entry along the first axis, all at once, the results stacked.

    Args:
        function: a function of one entry. It can assign variables, seeds included, if what it assigns does not depend
            on the entry; random draws are then the same for all entries.
        elements: a tensor, or a nested structure of tensors with first axes of the same size.
    """
    entries = _entries(elements)
    one = jax.tree.map(lambda a: jax.ShapeDtypeStruct(a.shape[1:], a.dtype), entries)
    variables = pure.assigned_by(function, one)
    lifted = pure.lift(_returning_arrays(function), variables)
    try:
        result, values = jax.vmap(lifted, in_axes=(None, 0), out_axes=(0, None))(_value_of(variables), entries)
    except ValueError as error:
        if variables and "out_axes" in str(error):
            names = ", ".join(v.path for v in variables)
            raise ValueError(
                f"vectorized_map: what the function assigns must not depend on the entry. It assigns {names}.\n"
                "  write:  keras.ops.map(function, elements), which calls it for one entry after the other"
            ) from error
        raise
    _assign(variables, values)
    return result


@op
def associative_scan(f, elems, reverse=False, axis=0):
    """Running results of combining all entries up to each one, in about `log2(n)` rounds.

    Args:
        f: a function that combines two tensors (or structures), for which `f(f(a, b), c) == f(a, f(b, c))`. It is
            called for many pairs at once, about twice per round.
        elems: a tensor, or a nested structure of tensors.
        reverse: whether to begin with the last entry.
        axis: the axis of the entries.

    >>> associative_scan(lambda a, b: a + b, array([1, 2, 3]))
    Array([1, 3, 6], dtype=int32)
    """
    if not callable(f):
        raise TypeError(f"associative_scan: `f` must be a function. Got {f!r}.")
    return jax.lax.associative_scan(f, _entries(elems), reverse, axis)


# --- functions of functions


def vectorize(pyfunc, *, excluded=None, signature=None):
    """A function of single elements as one of tensors that broadcast.

    Args:
        pyfunc: the function.
        excluded: positions and names of arguments that are passed on as they are.
        signature: axes that the function itself works on, such as '(m,n),(n)->(m)'.

    >>> vectorize(lambda a, b: a * b)([1, 2], 10)
    Array([10, 20], dtype=int32)
    """
    if not callable(pyfunc):
        raise TypeError(f"vectorize: `pyfunc` must be a function. Got {pyfunc!r}.")
    excluded = frozenset(excluded or ())
    vectorized = jnp.vectorize(pyfunc, excluded=excluded, signature=signature)

    @functools.wraps(pyfunc)
    def run(*args: Tensor, **kwargs):
        return vectorized(*args, **kwargs)

    # the wrapped function's annotations say nothing about these arguments
    run.__annotations__ = {"args": "Tensor"}
    del run.__wrapped__
    return op(run)


def custom_gradient(f):
    """A function with a gradient of its own.

    Args:
        f: a function that returns its result and a function: from the gradient with respect to the result to those with
            respect to the arguments.

    >>> @custom_gradient
    ... def identity_with_small_gradient(x):
    ...     return x, lambda upstream: 0.1 * upstream
    """

    def run(*args, **kwargs):
        args, kwargs = _values(args), _values(kwargs)
        changed: list[Variable] = []

        def compute(*inner):
            with pure.Scope() as scope:
                result, gradient = f(*inner, **kwargs)
                changed[:] = scope.written.values()
                return (result, scope.values_of(changed)), lambda upstream: _arrays(gradient(upstream[0]))

        result, values = jax.custom_gradient(compute)(*args)
        _assign(changed, values)
        return result

    functools.update_wrapper(run, f)
    del run.__wrapped__
    run.__annotations__ = {}
    return op(run)


def _values(x: Any) -> Any:
    return tree.map_leaves(lambda leaf: as_array(leaf) if hasattr(leaf, "dtype") else leaf, x)


@op
def jvp(fun, primals, tangents, has_aux=False):
    """The result of a function, and how fast it changes when its arguments move along the tangents.

    Args:
        fun: a function of tensors; with `has_aux` it returns its result and anything else.
        primals: where to look: a list or tuple of arguments.
        tangents: directions, one for each argument.
        has_aux: whether `fun` returns something that is passed on as it is.

    Returns:
        The result and its derivative, and what `fun` passes on.

    >>> jvp(lambda x: x * x, (3.0,), (1.0,))
    (Array(9., dtype=float32, weak_type=True), Array(6., dtype=float32, weak_type=True))
    """
    return jax.jvp(fun, tuple(_arrays(primals)), tuple(_arrays(tangents)), has_aux=has_aux)


@op
def stop_gradient(variable: Tensor) -> Tensor:
    """The same value, taken for a constant by gradients."""
    return jax.lax.stop_gradient(jnp.asarray(variable))
