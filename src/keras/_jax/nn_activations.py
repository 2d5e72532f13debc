"""Activation functions, all element by element except those that divide by a sum."""

from __future__ import annotations

import warnings

import jax
import jax.numpy as jnp

from keras._core.types import Tensor
from keras._jax import logits
from keras._jax.dtypes import floats, whole
from keras._jax.op import op

_ALWAYS_ONE = (
    "softmax over axis {axis} of a tensor of shape {shape}: the axis has size 1, so that the result is 1 whatever "
    "comes in. For two classes and one output, take a sigmoid."
)


# --- rectifiers


@op
def relu(x: Tensor) -> Tensor:
    """`max(x, 0)`.

    >>> relu([-1.0, 2.0])
    Array([0., 2.], dtype=float32)
    """
    return jax.nn.relu(jnp.asarray(x))


@op
def relu6(x: Tensor) -> Tensor:
    """`min(max(x, 0), 6)`."""
    return jax.nn.relu6(jnp.asarray(x))


@op
def leaky_relu(x: Tensor, negative_slope=0.2) -> Tensor:
    """`x` above 0, and `negative_slope * x` below."""
    return jax.nn.leaky_relu(floats(x), negative_slope)


@op
def elu(x: Tensor, alpha=1.0) -> Tensor:
    """`x` above 0, and `alpha * (exp(x) - 1)` below (Clevert et al., 2015)."""
    return jax.nn.elu(floats(x), alpha)


@op
def celu(x: Tensor, alpha=1.0) -> Tensor:
    """`x` above 0, and `alpha * (exp(x / alpha) - 1)` below (Barron, 2017)."""
    return jax.nn.celu(floats(x), alpha)


@op
def selu(x: Tensor) -> Tensor:
    """`1.0507 * x` above 0, and `1.0507 * 1.6733 * (exp(x) - 1)` below (Klambauer et al., 2017)."""
    return jax.nn.selu(floats(x))


@op
def threshold(x: Tensor, threshold, default_value) -> Tensor:
    """`x` where it is above `threshold`, and `default_value` elsewhere."""
    x = jnp.asarray(x)
    return jnp.where(x > threshold, x, jnp.asarray(default_value).astype(jnp.result_type(x, default_value)))


@op
def hard_shrink(x: Tensor, threshold=0.5) -> Tensor:
    """`x` where its distance from 0 is above `threshold`, and 0 elsewhere."""
    x = floats(x)
    return jnp.where(jnp.abs(x) > threshold, x, jnp.zeros((), x.dtype))


@op
def soft_shrink(x: Tensor, threshold=0.5) -> Tensor:
    """`x` moved towards 0 by `threshold`, and 0 where it would cross it."""
    x = floats(x)
    return jnp.where(jnp.abs(x) > threshold, x - jnp.sign(x) * threshold, jnp.zeros((), x.dtype))


# --- smooth steps


@op
def sigmoid(x: Tensor) -> Tensor:
    """`1 / (1 + exp(-x))`.

    >>> sigmoid(0.0)
    Array(0.5, dtype=float32)
    """
    x = floats(x)
    return logits.remember(jax.nn.sigmoid(x), "sigmoid", -1, x)


@op
def hard_sigmoid(x: Tensor) -> Tensor:
    """`min(max(x / 6 + 1/2, 0), 1)`."""
    return jax.nn.hard_sigmoid(floats(x))


@op
def log_sigmoid(x: Tensor) -> Tensor:
    """`log(sigmoid(x))`, without overflow on the way."""
    return jax.nn.log_sigmoid(floats(x))


@op
def sparse_sigmoid(x: Tensor) -> Tensor:
    """`(x + 1) / 2` from -1 to 1, 0 below and 1 above."""
    return jax.nn.sparse_sigmoid(floats(x))


@op
def softsign(x: Tensor) -> Tensor:
    """`x / (1 + |x|)`."""
    return jax.nn.soft_sign(floats(x))


@op
def hard_tanh(x: Tensor) -> Tensor:
    """`x` clipped to the range from -1 to 1."""
    return jax.nn.hard_tanh(whole(x))


@op
def tanh_shrink(x: Tensor) -> Tensor:
    """`x - tanh(x)`."""
    x = floats(x)
    return x - jnp.tanh(x)


# --- smooth rectifiers


@op
def softplus(x: Tensor) -> Tensor:
    """`log(1 + exp(x))`, without overflow on the way."""
    return jax.nn.softplus(floats(x))


@op
def sparse_plus(x: Tensor) -> Tensor:
    """0 up to -1, `(x + 1)**2 / 4` from -1 to 1, and `x` above."""
    return jax.nn.sparse_plus(floats(x))


@op
def squareplus(x: Tensor, b=4) -> Tensor:
    """`(x + sqrt(x**2 + b)) / 2` (Barron, 2021)."""
    return jax.nn.squareplus(floats(x), b)


@op
def silu(x: Tensor) -> Tensor:
    """`x * sigmoid(x)` (Elfwing et al., 2017), also called swish."""
    return jax.nn.silu(floats(x))


swish = silu


@op
def hard_silu(x: Tensor) -> Tensor:
    """`x * hard_sigmoid(x)` (Howard et al., 2019), also called hard swish."""
    return jax.nn.hard_silu(floats(x))


hard_swish = hard_silu


@op
def gelu(x: Tensor, approximate=True) -> Tensor:
    """`x * P(z <= x)` for a standard normal `z` (Hendrycks and Gimpel, 2016).

    Args:
        x: a tensor.
        approximate: whether to compute the probability with `tanh` instead of the error function.
    """
    return jax.nn.gelu(floats(x), approximate)


# --- gates and shares


@op
def glu(x: Tensor, axis=-1) -> Tensor:
    """The first half of an axis times the sigmoid of the second half (Dauphin et al., 2016)."""
    x = floats(x)
    if x.shape[axis] % 2:
        raise ValueError(f"glu: axis {axis} must have an even size. Got shape {x.shape}.")
    return jax.nn.glu(x, axis)


def _without_warnings(trace, *args, **kwargs):
    """A graph that is only built says nothing; the warning comes when it computes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return trace(*args, **kwargs)


@op(shapes=_without_warnings)
def softmax(x: Tensor, axis=-1) -> Tensor:
    """`exp(x) / sum(exp(x))`, the sum along an axis, along several, or over all elements if None.

    Along one axis of size 1 that is 1 whatever `x` is, and a warning says so.

    >>> softmax([0.0, 0.0])
    Array([0.5, 0.5], dtype=float32)
    """
    x = floats(x)
    if isinstance(axis, int) and -x.ndim <= axis < x.ndim and x.shape[axis] == 1:
        warnings.warn(_ALWAYS_ONE.format(axis=axis, shape=x.shape), stacklevel=3)
    found = jax.nn.softmax(x, tuple(axis) if isinstance(axis, list) else axis)
    return logits.remember(found, "softmax", axis, x) if isinstance(axis, int) else found


@op
def log_softmax(x: Tensor, axis=-1) -> Tensor:
    """`x - log(sum(exp(x)))`, the sum along an axis, along several, or over all elements if None."""
    return jax.nn.log_softmax(floats(x), tuple(axis) if isinstance(axis, list) else axis)


@op
def sparsemax(x: Tensor, axis=-1) -> Tensor:
    """The nearest point to `x` whose elements along an axis are not negative and sum to 1 (Martins, Astudillo, 2016).

    Unlike softmax it gives exact zeros to elements far below the largest.
    """
    x = floats(x)
    rows = jnp.moveaxis(x, axis, -1)
    falling = -jnp.sort(-rows, axis=-1)
    count = jnp.arange(1, rows.shape[-1] + 1, dtype=x.dtype)
    total = jnp.cumsum(falling, axis=-1)
    # the elements that stay above 0 are those whose value covers what their predecessors exceed the sum by
    kept = jnp.sum(1 + count * falling > total, axis=-1, keepdims=True)
    excess = (jnp.take_along_axis(total, kept - 1, axis=-1) - 1) / kept.astype(x.dtype)
    return jnp.moveaxis(jnp.maximum(rows - excess, 0), -1, axis)
