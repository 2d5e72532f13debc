"""Recurrent loops with gradients of their own.

The products with the inputs are made before the loop, for all steps at once. The loop forwards does what depends on
the step before; the loop backwards carries only the gradient of the state, and the gradient of the recurrent weights
is one product after it, instead of a sum of small ones inside.

Shapes: time first, `x` (time, batch, gates * units), states (batch, units), `u` (units, gates * units),
`mask` (time, batch) or None. Where the mask is False the state stays as it was. `m` (batch, units) or None multiplies
the output that goes back into the cell, the same at all steps: recurrent dropout (Gal and Ghahramani, 2016).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from keras._jax import pure

_UNROLL_UP_TO = 8  # steps: a loop this short costs more than its body


def loop(step: Callable, carry: Any, xs: Any, reverse: bool = False) -> tuple[Any, Any]:
    """`jax.lax.scan`, without the loop where there are few steps."""
    steps = jax.tree.leaves(xs)[0].shape[0]
    return jax.lax.scan(step, carry, xs, reverse=reverse, unroll=steps if 0 < steps <= _UNROLL_UP_TO else 1)


def _keep(mask: Any, new: jax.Array, old: jax.Array) -> jax.Array:
    return new if mask is None else jnp.where(mask[:, None], new, old)


def _product(a: jax.Array, b: jax.Array) -> jax.Array:
    """Sum over time and batch of outer products: (time, batch, m), (time, batch, n) -> (m, n)."""
    return jnp.tensordot(a, b, axes=((0, 1), (0, 1)))


def _dropped(h: jax.Array, m: Any) -> jax.Array:
    return h if m is None else h * m


def _before(first: jax.Array, states: jax.Array) -> jax.Array:
    """The states that the steps started from."""
    return jnp.concatenate([first[None], states[:-1]], axis=0)


# --- long short-term memory (Hochreiter and Schmidhuber, 1997), with tanh and the logistic function


@jax.custom_vjp
def lstm(x: jax.Array, h: jax.Array, c: jax.Array, u: jax.Array, m: Any, mask: Any) -> tuple[jax.Array, jax.Array]:
    """All outputs and the last cell state; gates in the order input, forget, candidate, output."""
    return _lstm_forward(x, h, c, u, m, mask)[0]


def _lstm_forward(x, h, c, u, m, mask):
    def step(carry, item):
        h, c = carry
        z, keep = item
        i, f, g, o = jnp.split(z + _dropped(h, m) @ u, 4, axis=-1)
        i, f, g, o = jax.nn.sigmoid(i), jax.nn.sigmoid(f), jnp.tanh(g), jax.nn.sigmoid(o)
        new_c = f * c + i * g
        new_h = o * jnp.tanh(new_c)
        h, c = _keep(keep, new_h, h), _keep(keep, new_c, c)
        return (h, c), (h, c, jnp.concatenate([i, f, g, o], axis=-1))

    (_, last), (hs, cs, gates) = loop(step, (h, c), (x, mask))
    return (hs, last), (hs, cs, gates, h, c, u, m, mask)


def _lstm_backward(saved, gradients):
    hs, cs, gates, first_h, first_c, u, m, mask = saved
    dhs, dc = gradients

    def step(carry, item):
        dh, dc = carry
        d_out, before, gates, keep = item
        i, f, g, o = jnp.split(gates, 4, axis=-1)
        dh = dh + d_out
        through_h, through_c = (dh, dc) if keep is None else (jnp.where(keep[:, None], dh, 0), jnp.where(keep[:, None], dc, 0))
        t = jnp.tanh(f * before + i * g)
        d = through_c + through_h * o * (1 - t * t)
        dz = jnp.concatenate(
            [d * g * i * (1 - i), d * before * f * (1 - f), d * i * (1 - g * g), through_h * t * o * (1 - o)], axis=-1
        )
        stay_h, stay_c = (0, 0) if keep is None else (dh - through_h, dc - through_c)
        return (_dropped(dz @ u.T, m) + stay_h, d * f + stay_c), dz

    items = (dhs, _before(first_c, cs), gates, mask)
    (dh, dc), dz = loop(step, (jnp.zeros_like(first_h), dc), items, reverse=True)
    return dz, dh, dc, _product(_dropped(_before(first_h, hs), m), dz), None, None


lstm.defvjp(_lstm_forward, _lstm_backward)


# --- gated recurrent unit (Cho and others, 2014); `after` has the reset gate act after the product, as cuDNN does


@jax.custom_vjp
def gru_reset_after(x: jax.Array, h: jax.Array, u: jax.Array, b: jax.Array, m: Any, mask: Any) -> jax.Array:
    """All outputs; gates in the order update, reset, candidate; `b` (3 * units,) is the recurrent bias."""
    return _gru_after_forward(x, h, u, b, m, mask)[0]


def _gru_after_forward(x, h, u, b, m, mask):
    def step(h, item):
        x, keep = item
        xz, xr, xg = jnp.split(x, 3, axis=-1)
        rz, rr, rg = jnp.split(_dropped(h, m) @ u + b, 3, axis=-1)
        z, r = jax.nn.sigmoid(xz + rz), jax.nn.sigmoid(xr + rr)
        g = jnp.tanh(xg + r * rg)
        new = _keep(keep, z * h + (1 - z) * g, h)
        return new, (new, jnp.concatenate([z, r, g, rg], axis=-1))

    _, (hs, gates) = loop(step, h, (x, mask))
    return hs, (hs, gates, h, u, m, mask)


def _gru_after_backward(saved, dhs):
    hs, gates, first, u, m, mask = saved

    def step(dh, item):
        d_out, before, gates, keep = item
        z, r, g, rg = jnp.split(gates, 4, axis=-1)
        dh = dh + d_out
        through = dh if keep is None else jnp.where(keep[:, None], dh, 0)
        dg = through * (1 - z) * (1 - g * g)
        dz = through * (before - g) * z * (1 - z)
        dr = dg * rg * r * (1 - r)
        d_recurrent = jnp.concatenate([dz, dr, dg * r], axis=-1)
        stay = 0 if keep is None else dh - through
        return _dropped(d_recurrent @ u.T, m) + through * z + stay, (jnp.concatenate([dz, dr, dg], axis=-1), d_recurrent)

    dh, (dx, d_recurrent) = loop(step, jnp.zeros_like(first), (dhs, _before(first, hs), gates, mask), reverse=True)
    du = _product(_dropped(_before(first, hs), m), d_recurrent)
    return dx, dh, du, d_recurrent.sum(axis=(0, 1)), None, None


gru_reset_after.defvjp(_gru_after_forward, _gru_after_backward)


# --- any cell whose step is one product with the state and then works on each element by itself


@functools.partial(jax.custom_vjp, nondiff_argnums=(0,))
def elementwise_cell(
    cell: Callable, x: jax.Array, states: tuple, u: jax.Array, m: Any, mask: Any
) -> tuple[jax.Array, tuple]:
    """All outputs and the last states.

    Args:
        cell: `(x_t + h @ u, states) -> new states`, element by element; the first state is the output.
    """
    return _cell_forward(cell, x, states, u, m, mask)[0]


def _cell_forward(cell, x, states, u, m, mask):
    def step(states, item):
        x, keep = item
        z = x + _dropped(states[0], m) @ u
        new = tuple(_keep(keep, n, s) for n, s in zip(cell(z, states), states))
        return new, (new, z)

    last, (all_states, zs) = loop(step, states, (x, mask))
    return (all_states[0], last), (all_states, zs, states, u, m, mask)


def _cell_backward(cell, saved, gradients):
    all_states, zs, first, u, m, mask = saved
    d_outputs, d_last = gradients
    before = tuple(_before(f, s) for f, s in zip(first, all_states))

    def step(carry, item):
        d_out, z, states, keep = item
        carry = (carry[0] + d_out, *carry[1:])
        through = carry if keep is None else tuple(jnp.where(keep[:, None], d, 0) for d in carry)
        _, pull = jax.vjp(cell, z, states)
        dz, d_states = pull(through)
        d_states = (d_states[0] + _dropped(dz @ u.T, m), *d_states[1:])
        if keep is not None:
            d_states = tuple(d + (c - t) for d, c, t in zip(d_states, carry, through))
        return d_states, dz

    d_first, dz = loop(step, d_last, (d_outputs, zs, before, mask), reverse=True)
    return dz, d_first, _product(_dropped(before[0], m), dz), None, None


elementwise_cell.defvjp(_cell_forward, _cell_backward)


# --- gated recurrent unit as first published: the reset gate acts on the state before the product


@functools.partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def gru(gate: Callable, activation: Callable, x: jax.Array, h: jax.Array, u: jax.Array, m: Any, mask: Any) -> jax.Array:
    """All outputs; `gate` and `activation` work on each element by itself."""
    return _gru_forward(gate, activation, x, h, u, m, mask)[0]


def _gru_gates(gate, x, h, u, m):
    units = h.shape[-1]
    z, r = jnp.split(x[..., : 2 * units] + _dropped(h, m) @ u[:, : 2 * units], 2, axis=-1)
    return z, r


def _gru_forward(gate, activation, x, h, u, m, mask):
    units = h.shape[-1]

    def step(h, item):
        x, keep = item
        a, b = _gru_gates(gate, x, h, u, m)
        z, r = gate(a), gate(b)
        e = x[..., 2 * units :] + (r * _dropped(h, m)) @ u[:, 2 * units :]
        new = _keep(keep, z * h + (1 - z) * activation(e), h)
        return new, (new, a, b, e)

    _, (hs, a, b, e) = loop(step, h, (x, mask))
    return hs, (hs, a, b, e, h, u, m, mask)


def _gru_backward(gate, activation, saved, dhs):
    hs, a, b, e, first, u, m, mask = saved
    units = first.shape[-1]
    before = _before(first, hs)

    def step(dh, item):
        d_out, h, a, b, e, keep = item
        dh = dh + d_out
        through = dh if keep is None else jnp.where(keep[:, None], dh, 0)
        z, pull_z = jax.vjp(gate, a)
        r, pull_r = jax.vjp(gate, b)
        g, pull_g = jax.vjp(activation, e)
        (de,) = pull_g(through * (1 - z))
        (da,) = pull_z(through * (h - g))
        d_reset = de @ u[:, 2 * units :].T
        (db,) = pull_r(d_reset * _dropped(h, m))
        dz = jnp.concatenate([da, db], axis=-1)
        stay = 0 if keep is None else dh - through
        back = _dropped(dz @ u[:, : 2 * units].T + d_reset * r, m) + through * z + stay
        return back, (jnp.concatenate([dz, de], axis=-1), r)

    dh, (dx, r) = loop(step, jnp.zeros_like(first), (dhs, before, a, b, e, mask), reverse=True)
    dropped = _dropped(before, m)
    du = jnp.concatenate(
        [_product(dropped, dx[..., : 2 * units]), _product(r * dropped, dx[..., 2 * units :])], axis=-1
    )
    return dx, dh, du, None, None


gru.defvjp(_gru_forward, _gru_backward)


# --- a cell that is a function of its own


def any_cell(cell: Callable, xs: Any, states: Any, mask: Any, zero_output: bool = False, unroll: bool = False) -> tuple:
    """Outputs of all steps, the last output and the last states of `cell(x_t, states) -> (output, states)`.

    The cell may read and assign variables, such as those of seed generators.

    Args:
        xs: inputs, or a structure of them, time first.
        mask: (time, batch) or None; where it is False, output and states stay as they were, the output at first zero.
        zero_output: whether the output is zero instead where the mask is False.
        unroll: whether to write the steps out instead of looping.
    """
    first = jax.tree.map(lambda a: a[0], xs)
    shape = jax.eval_shape(lambda x, s: _quietly(cell, x, s)[0], first, states)
    start = jax.tree.map(lambda s: jnp.zeros(s.shape, s.dtype), shape)
    variables = pure.assigned_by(cell, first, states)
    lifted = pure.lift(cell, variables)

    def step(carry, item):
        output, states, values = carry
        x, keep = item
        (new_output, new_states), values = lifted(values, x, states)
        new_states = jax.tree.map(lambda n, s: n.astype(s.dtype), new_states, states)
        shown = new_output
        if keep is not None:
            choose = functools.partial(_choose, keep)
            new_output = jax.tree.map(choose, new_output, output)
            new_states = jax.tree.map(choose, new_states, states)
            shown = jax.tree.map(lambda o: choose(o, jnp.zeros_like(o)), shown) if zero_output else new_output
        return (new_output, new_states, values), shown

    steps = jax.tree.leaves(xs)[0].shape[0]
    short = 0 < steps <= _UNROLL_UP_TO or unroll
    carry = (start, states, [_current(v) for v in variables])
    (last, states, values), outputs = jax.lax.scan(step, carry, (xs, mask), unroll=max(steps, 1) if short else 1)
    for variable, value in zip(variables, values):
        variable.assign(value)
    return outputs, last, states


def _quietly(cell: Callable, x: Any, states: Any) -> Any:
    with pure.Scope():
        return cell(x, states)


def _current(variable: Any) -> jax.Array:
    scope = pure.current_scope()
    return variable.own_value() if scope is None else scope.read(variable)


def _choose(keep: jax.Array, new: jax.Array, old: jax.Array) -> jax.Array:
    return jnp.where(keep.reshape(keep.shape + (1,) * (new.ndim - keep.ndim)), new, old)
