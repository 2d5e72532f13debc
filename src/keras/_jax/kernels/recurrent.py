"""Recurrent loops with gradients of their own.

The products with the inputs are made before the loop, for all steps at once. The loop forwards does what depends on
the step before; the loop backwards carries only the gradient of the state, and the gradient of the recurrent weights
is one product after it, instead of a sum of small ones inside.

Shapes: time first, `x` (time, batch, gates * units), states (batch, units), `u` (units, gates * units),
`mask` (time, batch) or None. Where the mask is False the state stays as it was. `m` (batch, units) or None multiplies
the output that goes back into the cell, the same at all steps: recurrent dropout (Gal and Ghahramani, 2016).
`unroll` writes all steps out instead of looping. The functions are compiled, so that a call outside of compiled code
does not compile its loop again; functions among their arguments stay in that cache, so they must be built-in ones.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.custom_derivatives import SymbolicZero

from keras._jax import pure
from keras._jax.devices import is_cpu
from keras._jax.kernels.convolution_cpu import inside_loop
from keras._jax.variable import Variable

# steps: a loop this short costs more than its body, if states are rows and not images
_UNROLL_UP_TO = 8


def loop(
    step: Callable, carry: Any, xs: Any, unroll: bool = False, reverse: bool = False, ahead: bool = False
) -> tuple[Any, Any]:
    """`jax.lax.scan`, written out where it is short or `unroll` says so; `ahead` has `_ahead` loop on a CPU."""
    steps = jax.tree.leaves(xs)[0].shape[0]
    known = isinstance(steps, int)  # a symbol stands for it in an exported program
    written_out = unroll or (known and steps <= _UNROLL_UP_TO and all(jnp.ndim(c) < 3 for c in jax.tree.leaves(carry)))
    if ahead and known and not (written_out or reverse) and is_cpu():
        return _ahead(step, carry, xs, steps)
    return jax.lax.scan(step, carry, xs, reverse=reverse, unroll=steps if written_out else 1)


def _ahead(step: Callable, carry: Any, xs: Any, steps: Any) -> tuple[Any, Any]:
    """A loop in which every step takes the items of the next one out of `xs`.

    XLA joins taking the items with what is computed from them, and LLVM finds no vectors in a loop that begins at a
    place known at run time only: exponentials element by element, three times the time of a step. What comes through
    the carry is joined with nothing.
    """

    def items(t):
        return jax.tree.map(lambda x: jax.lax.dynamic_index_in_dim(x, t, keepdims=False), xs)

    def stepped(carry, t):
        carry, now = carry
        carry, out = step(carry, now)
        return (carry, items(jnp.minimum(t + 1, steps - 1))), out

    (carry, _), outs = jax.lax.scan(stepped, (carry, items(0)), jnp.arange(steps))
    return carry, outs


def _keep(mask: Any, new: jax.Array, old: jax.Array) -> jax.Array:
    return new if mask is None else jnp.where(mask[:, None], new, old)


def _masked(keep: Any, gradient: jax.Array) -> jax.Array:
    """The gradient that goes through the step; where the mask is False it goes around it."""
    return gradient if keep is None else jnp.where(keep[:, None], gradient, 0)


def _product(a: jax.Array, b: jax.Array) -> jax.Array:
    """Sum over time and batch of outer products: (time, batch, m), (time, batch, n) -> (m, n)."""
    return jnp.tensordot(a, b, axes=((0, 1), (0, 1)))


def _dropped(h: jax.Array, m: Any) -> jax.Array:
    return h if m is None else h * m


def _before(first: jax.Array, states: jax.Array) -> jax.Array:
    """The states that the steps started from."""
    return jnp.concatenate([first[None], states[:-1]], axis=0)


def _kernel(run: Callable, forward: Callable, backward: Callable, constants: int) -> Callable:
    """`run` with its gradient, compiled for each value of its first `constants` arguments.

    `backward` gets None in the place of the gradient of a result that nobody used.
    """
    places = tuple(range(constants))

    def forward_of_values(*args):
        given = jax.tree.map(lambda a: a.value, args[constants:], is_leaf=lambda a: hasattr(a, "perturbed"))
        return forward(*args[:constants], *given)

    def backward_of_used(*args):
        return backward(*args[:-1], jax.tree.map(lambda g: None if isinstance(g, SymbolicZero) else g, args[-1]))

    with_gradient = jax.custom_vjp(run, nondiff_argnums=places)
    with_gradient.defvjp(forward_of_values, backward_of_used, symbolic_zeros=True)
    return jax.jit(with_gradient, static_argnums=places, inline=True)


def _transposed(u: jax.Array) -> jax.Array:
    """The transposed weights as an array of their own.

    XLA would fold it into the products inside the loop, and transpose again in each step: half of a product's time.
    """
    return jax.lax.optimization_barrier(u.T)


def _plus(gradient: jax.Array, further: Any) -> jax.Array:
    return gradient if further is None else gradient + further


def _or_zeros(gradient: Any, like: jax.Array) -> jax.Array:
    return jnp.zeros_like(like) if gradient is None else gradient


# --- long short-term memory (Hochreiter and Schmidhuber, 1997), with tanh and the logistic function


def _lstm(unroll: bool, x: jax.Array, h: jax.Array, c: jax.Array, u: jax.Array, b: Any, m: Any, mask: Any) -> tuple:
    """All outputs, the last one and the last cell state; gates in the order input, forget, candidate, output.

    The bias `b` (4 * units,) or None is added inside the loop, where it costs nothing: over all steps at once it is
    a pass through memory of its own.
    """
    return _lstm_forward(unroll, x, h, c, u, b, m, mask)[0]


def _lstm_forward(unroll, x, h, c, u, b, m, mask):
    def step(carry, item):
        z, keep = item
        return _lstm_cell(_plus(z + _dropped(carry[0], m) @ u, b), carry, keep)

    last, (hs, cs, ts, gates) = loop(step, (h, c), (x, mask), unroll)
    return (hs, *last), (hs, cs, ts, gates, h, c, u, b, m, mask)


def _lstm_cell(z, states, keep):
    """The states after a step, and what its gradient needs."""
    h, c = states
    # the logistic function is (1 + tanh(z / 2)) / 2: so all gates are one function of z, made in one pass
    half = np.repeat(np.array([0.5, 0.5, 1, 0.5]), h.shape[-1]).astype(z.dtype)
    gates = half * jnp.tanh(half * z) + (1 - half)
    i, f, g, o = jnp.split(gates, 4, axis=-1)
    new_c = f * c + i * g
    t = jnp.tanh(new_c)
    h, c = _keep(keep, o * t, h), _keep(keep, new_c, c)
    return (h, c), (h, c, t, gates)


def _lstm_backward(unroll, saved, gradients):
    hs, cs, ts, gates, first_h, first_c, u, b, m, mask = saved
    dhs, dh, dc = gradients
    back = _transposed(u)

    def step(carry, item):
        dh, dc = carry
        d_out, before, t, gates, keep = item
        i, f, g, o = jnp.split(gates, 4, axis=-1)
        dh = _plus(dh, d_out)
        through_h, through_c = _masked(keep, dh), _masked(keep, dc)
        d = through_c + through_h * o * (1 - t * t)
        dz = jnp.concatenate(
            [d * g * i * (1 - i), d * before * f * (1 - f), d * i * (1 - g * g), through_h * t * o * (1 - o)], axis=-1
        )
        stay_h, stay_c = (0, 0) if keep is None else (dh - through_h, dc - through_c)
        return (_dropped(dz @ back, m) + stay_h, d * f + stay_c), dz

    items = (dhs, _before(first_c, cs), ts, gates, mask)
    last = (_or_zeros(dh, first_h), _or_zeros(dc, first_c))
    (dh, dc), dz = loop(step, last, items, unroll, reverse=True)
    db = None if b is None else dz.sum(axis=(0, 1))
    return dz, dh, dc, _product(_dropped(_before(first_h, hs), m), dz), db, None, None


lstm = _kernel(_lstm, _lstm_forward, _lstm_backward, constants=1)


# --- gated recurrent unit (Cho and others, 2014); `after` has the reset gate act after the product, as cuDNN does


def _gru_after(unroll: bool, x: jax.Array, h: jax.Array, u: jax.Array, b: jax.Array, m: Any, mask: Any) -> tuple:
    """All outputs and the last one; gates in the order update, reset, candidate; `b` is the recurrent bias."""
    return _gru_after_forward(unroll, x, h, u, b, m, mask, ahead=True)[0]


def _gru_after_forward(unroll, x, h, u, b, m, mask, ahead=False):
    def step(h, item):
        x, keep = item
        xz, xr, xg = jnp.split(x, 3, axis=-1)
        rz, rr, rg = jnp.split(_dropped(h, m) @ u + b, 3, axis=-1)
        z, r = jax.nn.sigmoid(xz + rz), jax.nn.sigmoid(xr + rr)
        g = jnp.tanh(xg + r * rg)
        new = _keep(keep, z * h + (1 - z) * g, h)
        return new, (new, jnp.concatenate([z, r, g, rg], axis=-1))

    last, (hs, gates) = loop(step, h, (x, mask), unroll, ahead=ahead)
    return (hs, last), (hs, gates, h, u, m, mask)


def _gru_after_backward(unroll, saved, gradients):
    hs, gates, first, u, m, mask = saved
    dhs, dh = gradients
    back = _transposed(u)

    def step(dh, item):
        d_out, before, gates, keep = item
        z, r, g, rg = jnp.split(gates, 4, axis=-1)
        dh = _plus(dh, d_out)
        through = _masked(keep, dh)
        dg = through * (1 - z) * (1 - g * g)
        dz = through * (before - g) * z * (1 - z)
        dr = dg * rg * r * (1 - r)
        d_recurrent = jnp.concatenate([dz, dr, dg * r], axis=-1)
        stay = 0 if keep is None else dh - through
        d_input = jnp.concatenate([dz, dr, dg], axis=-1)
        return _dropped(d_recurrent @ back, m) + through * z + stay, (d_input, d_recurrent)

    items = (dhs, _before(first, hs), gates, mask)
    dh, (dx, d_recurrent) = loop(step, _or_zeros(dh, first), items, unroll, reverse=True)
    du = _product(_dropped(_before(first, hs), m), d_recurrent)
    return dx, dh, du, d_recurrent.sum(axis=(0, 1)), None, None


gru_reset_after = _kernel(_gru_after, _gru_after_forward, _gru_after_backward, constants=1)


# --- any cell whose step is one product with the state and then a function of it


def _cell(
    cell: Callable, functions: tuple, unroll: bool, x: jax.Array, states: tuple, u: jax.Array, m: Any, mask: Any
) -> tuple:
    """All outputs and the last states.

    Args:
        cell: `(*functions, x_t + h @ u, states) -> new states`; the first state is the output.
    """
    return _cell_forward(cell, functions, unroll, x, states, u, m, mask, ahead=True)[0]


def _cell_forward(cell, functions, unroll, x, states, u, m, mask, ahead=False):
    def step(states, item):
        x, keep = item
        z = x + _dropped(states[0], m) @ u
        new = tuple(_keep(keep, n, s) for n, s in zip(cell(*functions, z, states), states))
        return new, (new, z)

    last, (all_states, zs) = loop(step, states, (x, mask), unroll, ahead=ahead)
    return (all_states[0], last), (all_states, zs, states, u, m, mask)


def _cell_backward(cell, functions, unroll, saved, gradients):
    all_states, zs, first, u, m, mask = saved
    d_outputs, d_last = gradients
    before = tuple(_before(f, s) for f, s in zip(first, all_states))
    back = _transposed(u)

    def step(carry, item):
        d_out, z, states, keep = item
        carry = (_plus(carry[0], d_out), *carry[1:])
        through = tuple(_masked(keep, d) for d in carry)
        _, pull = jax.vjp(functools.partial(cell, *functions), z, states)
        dz, d_states = pull(through)
        d_states = (d_states[0] + _dropped(dz @ back, m), *d_states[1:])
        if keep is not None:
            d_states = tuple(d + (c - t) for d, c, t in zip(d_states, carry, through))
        return d_states, dz

    d_last = tuple(_or_zeros(d, f) for d, f in zip(d_last, first))
    d_first, dz = loop(step, d_last, (d_outputs, zs, before, mask), unroll, reverse=True)
    return dz, d_first, _product(_dropped(before[0], m), dz), None, None


one_product_cell = _kernel(_cell, _cell_forward, _cell_backward, constants=3)


def lstm_step(gate: Callable, activation: Callable, z: jax.Array, states: Sequence[jax.Array]) -> tuple:
    """The step of an LSTM, for `one_product_cell`."""
    i, f, g, o = jnp.split(z, 4, axis=-1)
    c = gate(f) * states[1] + gate(i) * activation(g)
    return gate(o) * activation(c), c


def plain_step(activation: Callable, z: jax.Array, states: Sequence[jax.Array]) -> tuple:
    """The step of a plain recurrent layer, for `one_product_cell`."""
    return (activation(z),)


# --- the same cells where the weights are small: both products as one inside the loop

_SMALL_WEIGHTS = 1 << 14  # elements: such weights stay in the first cache from step to step
_FEWEST_ROWS = 16


def suits_joined(rows: int, weights: int) -> bool:
    """Whether `joined_cell` is faster: measured on a CPU, by a third for three layers of 32 units on 64 rows."""
    return is_cpu() and isinstance(rows, int) and rows >= _FEWEST_ROWS and weights <= _SMALL_WEIGHTS


def joined_cell(
    cell: Callable, functions: tuple, unroll: bool, x: jax.Array, states: tuple, w: jax.Array, u: jax.Array, b: Any,
    m: Any, mask: Any,
) -> tuple:  # fmt: skip
    """`one_product_cell` for inputs that are not yet multiplied: `x` (time, batch, features), `w`, bias `b` or None."""
    weights = jnp.concatenate([w, u], axis=0)

    def step(states, item):
        x, keep = item
        z = jnp.concatenate([x, _dropped(states[0], m)], axis=-1) @ weights
        z = z if b is None else z + b
        new = tuple(_keep(keep, n, s) for n, s in zip(cell(*functions, z, states), states))
        return new, new[0]

    last, outputs = jax.lax.scan(step, states, (x, mask), unroll=x.shape[0] if unroll else 1)
    return outputs, last


def _joined_lstm(
    unroll: bool, x: jax.Array, h: jax.Array, c: jax.Array, w: jax.Array, u: jax.Array, b: Any, m: Any, mask: Any
) -> tuple:
    """`_lstm` for inputs that are not yet multiplied: `x` (time, batch, features), `w`."""
    return _joined_lstm_forward(unroll, x, h, c, w, u, b, m, mask)[0]


def _joined_lstm_forward(unroll, x, h, c, w, u, b, m, mask):
    weights = jnp.concatenate([w, u], axis=0)

    def step(carry, item):
        x, keep = item
        return _lstm_cell(_plus(jnp.concatenate([x, _dropped(carry[0], m)], axis=-1) @ weights, b), carry, keep)

    last, (hs, cs, ts, gates) = loop(step, (h, c), (x, mask), unroll)
    return (hs, *last), (x, w, (hs, cs, ts, gates, h, c, u, b, m, mask))


def _joined_lstm_backward(unroll, saved, gradients):
    x, w, saved = saved
    dz, dh, dc, du, db, *_ = _lstm_backward(unroll, saved, gradients)
    return dz @ w.T, dh, dc, _product(x, dz), du, db, None, None


joined_lstm = _kernel(_joined_lstm, _joined_lstm_forward, _joined_lstm_backward, constants=1)


# --- gated recurrent unit as first published: the reset gate acts on the state before the product


def _gru(
    gate: Callable, activation: Callable, unroll: bool, x: jax.Array, h: jax.Array, u: jax.Array, m: Any, mask: Any
) -> tuple:
    """All outputs and the last one; gates in the order update, reset, candidate."""
    return _gru_forward(gate, activation, unroll, x, h, u, m, mask, ahead=True)[0]


def _gru_gates(gate, x, h, u, m):
    units = h.shape[-1]
    z, r = jnp.split(x[..., : 2 * units] + _dropped(h, m) @ u[:, : 2 * units], 2, axis=-1)
    return z, r


def _gru_forward(gate, activation, unroll, x, h, u, m, mask, ahead=False):
    units = h.shape[-1]

    def step(h, item):
        x, keep = item
        a, b = _gru_gates(gate, x, h, u, m)
        z, r = gate(a), gate(b)
        e = x[..., 2 * units :] + (r * _dropped(h, m)) @ u[:, 2 * units :]
        new = _keep(keep, z * h + (1 - z) * activation(e), h)
        return new, (new, a, b, e)

    last, (hs, a, b, e) = loop(step, h, (x, mask), unroll, ahead=ahead)
    return (hs, last), (hs, a, b, e, h, u, m, mask)


def _gru_backward(gate, activation, unroll, saved, gradients):
    hs, a, b, e, first, u, m, mask = saved
    dhs, dh = gradients
    units = first.shape[-1]
    before = _before(first, hs)
    back_gates, back_candidate = _transposed(u[:, : 2 * units]), _transposed(u[:, 2 * units :])

    def step(dh, item):
        d_out, h, a, b, e, keep = item
        dh = _plus(dh, d_out)
        through = _masked(keep, dh)
        z, pull_z = jax.vjp(gate, a)
        r, pull_r = jax.vjp(gate, b)
        g, pull_g = jax.vjp(activation, e)
        (de,) = pull_g(through * (1 - z))
        (da,) = pull_z(through * (h - g))
        d_reset = de @ back_candidate
        (db,) = pull_r(d_reset * _dropped(h, m))
        dz = jnp.concatenate([da, db], axis=-1)
        stay = 0 if keep is None else dh - through
        back = _dropped(dz @ back_gates + d_reset * r, m) + through * z + stay
        return back, (jnp.concatenate([dz, de], axis=-1), r)

    dh, (dx, r) = loop(step, _or_zeros(dh, first), (dhs, before, a, b, e, mask), unroll, reverse=True)
    dropped = _dropped(before, m)
    du = jnp.concatenate(
        [_product(dropped, dx[..., : 2 * units]), _product(r * dropped, dx[..., 2 * units :])], axis=-1
    )
    return dx, dh, du, None, None


gru = _kernel(_gru, _gru_forward, _gru_backward, constants=3)


# --- a cell that is a function of its own


def any_cell(
    cell: Callable,
    xs: Any,
    states: Any,
    mask: Any = None,
    before: Any = None,
    zero_output: bool = False,
    unroll: bool = False,
    repeated: Sequence[Variable] = (),
) -> tuple[Any, Any, list[jax.Array]]:
    """Outputs of all steps, the last states and the added losses of `cell(x_t, states) -> (output, states)`.

    The cell may read and assign variables, such as those of seed generators, and add losses, which are summed over
    the steps.

    Args:
        xs: inputs, or a structure of them, time first.
        mask: (time, batch) or None; where it is False, output and states stay as they were.
        before: what the output was before the first step; zeros if None or if outputs have another shape.
        zero_output: whether the output is zero instead where the mask is False.
        unroll: whether to write the steps out instead of looping.
        repeated: variables that every step finds as the first one did, so that all draw the same from their seeds.
    """
    first = jax.tree.map(lambda a: a[0], xs)
    (shape, _), variables = _one_step(cell, first, states)
    output = None if mask is None or zero_output else _start(shape, before)
    at_first = [_current(v) for v in variables]
    again = {id(v) for v in repeated}

    def with_losses(x, states):
        scope = pure.current_scope()
        scope.losses = []
        return *cell(x, states), scope.losses

    lifted = pure.lift(with_losses, variables)

    def step(carry, item):
        output, states, values = carry
        x, keep = item
        values = [a if id(v) in again else now for v, a, now in zip(variables, at_first, values)]
        (new, new_states, losses), values = lifted(values, x, states)
        new_states = jax.tree.map(lambda s, n: n.astype(s.dtype), states, _packed_like(states, new_states))
        if keep is not None:
            old = jax.tree.map(jnp.zeros_like, new) if zero_output else output
            new = jax.tree.map(functools.partial(_choose, keep), new, old)
            new_states = jax.tree.map(functools.partial(_choose, keep), new_states, states)
        return (None if output is None else new, new_states, values), (new, losses)

    carry, (outputs, losses) = _steps(step, (output, states, at_first), (xs, mask), unroll)
    for variable, value in zip(variables, carry[2]):
        variable.assign(value)
    return outputs, carry[1], [loss.sum(axis=0) for loss in losses]


def assigned_by_step(cell: Callable, x: Any, states: Any) -> list[Variable]:
    """Variables that a step of `any_cell` assigns, found by tracing it."""
    return _one_step(cell, x, states)[1]


def _one_step(cell: Callable, x: Any, states: Any) -> tuple[Any, list[Variable]]:
    """What a step returns, as shapes, and which variables it assigns."""
    assigned: dict[int, Variable] = {}

    def watched(*args):
        with pure.Scope() as scope:
            scope.losses = []
            result = cell(*args)
            assigned.update(scope.written)
            return result

    return jax.eval_shape(watched, x, states), list(assigned.values())


def _start(shape: Any, before: Any) -> Any:
    fits = getattr(shape, "shape", None) == getattr(before, "shape", ())
    return before.astype(shape.dtype) if fits else jax.tree.map(lambda s: jnp.zeros(s.shape, s.dtype), shape)


def _packed_like(states: Any, new: Any) -> Any:
    """`new`, which may hold lists where `states` holds tuples, with the structure of `states`."""
    return jax.tree.unflatten(jax.tree.structure(states), jax.tree.leaves(new))


def _steps(step: Callable, carry: Any, items: Any, unroll: bool) -> tuple[Any, Any]:
    """A loop in compiled code; otherwise one step after the other, since compiling this one loop would take longer."""
    if not unroll and (pure.in_scope() or any(map(pure.is_traced, jax.tree.leaves((carry, items))))):
        with inside_loop():
            return loop(step, carry, items)
    shown = []
    for t in range(jax.tree.leaves(items)[0].shape[0]):
        carry, out = step(carry, jax.tree.map(lambda a, t=t: a[t], items))
        shown.append(out)
    return carry, jax.tree.map(lambda *outs: jnp.stack(outs), *shown)


def _current(variable: Variable) -> jax.Array:
    """The stored value, in the dtype that assignments keep."""
    scope = pure.current_scope()
    return variable.own_value() if scope is None else scope.read(variable)


def _choose(keep: jax.Array, new: jax.Array, old: jax.Array) -> jax.Array:
    return jnp.where(keep.reshape(keep.shape + (1,) * (new.ndim - keep.ndim)), new, old)
