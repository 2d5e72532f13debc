"""Means, variances, and tensors brought to a common scale."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from keras import config
from keras._core.types import Tensor
from keras._jax.dtypes import floats
from keras._jax.numpy_reductions import axes_of
from keras._jax.op import op


def _wide(x: jax.Array) -> jax.Array:
    """`x` in at least 32 bits: sums of squares overflow in 16."""
    return x.astype(jnp.promote_types(x.dtype, jnp.float32))


@op
def moments(x: Tensor, axes, keepdims=False, synchronized=False) -> Tensor:
    """The mean and the variance along axes.

    Args:
        x: a tensor; 16-bit floats are computed with in 32 bits.
        axes: the axes.
        keepdims: whether they stay, with size 1.
        synchronized: whether a batch spread over several devices counts as one. Here it always does.

    >>> moments([1.0, 3.0], axes=0)
    (Array(2., dtype=float32), Array(1., dtype=float32))
    """
    x = floats(x)
    wide = _wide(x)
    mean = jnp.mean(wide, axis=axes_of(axes), keepdims=True)
    variance = jnp.mean(jnp.square(wide - mean), axis=axes_of(axes), keepdims=keepdims)
    if not keepdims:
        mean = jnp.squeeze(mean, axes_of(axes))
    if x.dtype != wide.dtype:
        limit = jnp.finfo(x.dtype).max
        mean, variance = (jnp.clip(v, -limit, limit).astype(x.dtype) for v in (mean, variance))
    return mean, variance


def along(vector, rank: int, axis) -> jax.Array:
    """A vector over `axis` (or a tensor over several axes), with axes of size 1 where `x` has others."""
    axes = [axis] if isinstance(axis, int) else list(axis)
    sizes = [1] * rank
    for a, size in zip(sorted(a % rank for a in axes), vector.shape):
        sizes[a] = size
    return vector.reshape(sizes)


def _broadcasting(factors, rank: int, axes) -> jax.Array:
    """`along`, where the factors do not broadcast by themselves, as those of each sample of a batch do."""
    factors = jnp.asarray(factors)
    last = axes in (-1, rank - 1, (-1,), (rank - 1,))
    return factors if last or factors.ndim in (0, rank) else along(factors, rank, axes)


@op
def batch_normalization(
    x: Tensor, mean: Tensor, variance: Tensor, axis, offset: Tensor = None, scale: Tensor = None, epsilon=1e-3
) -> Tensor:
    """`(x - mean) / sqrt(variance + epsilon) * scale + offset` (Ioffe and Szegedy, 2015).

    Args:
        x: a tensor.
        mean, variance, offset, scale: vectors with one number for each entry of the axis; the last two may be None.
        axis: that axis.
        epsilon: keeps the division finite.
    """
    x = floats(x)
    vectors = {"mean": mean, "variance": variance, "offset": offset, "scale": scale}
    for name, v in vectors.items():
        if v is not None and (v.ndim != 1 or v.shape[0] not in (1, x.shape[axis])):
            raise ValueError(
                f"batch_normalization: `{name}` must be a vector of {x.shape[axis]} numbers, one for each entry of "
                f"axis {axis}. Got shape {v.shape}."
            )
    mean, variance, offset, scale = (None if v is None else _wide(along(v, x.ndim, axis)) for v in vectors.values())
    factor = jax.lax.rsqrt(variance + epsilon)
    if scale is not None:
        factor = factor * scale
    # not `x * factor - mean * factor`, which loses digits where the mean is large
    y = (_wide(x) - mean) * factor
    if offset is not None:
        y = y + offset
    return y.astype(x.dtype)


@op
def layer_normalization(
    x: Tensor, gamma: Tensor = None, beta: Tensor = None, axis=-1, epsilon=None, rms_scaling=False
) -> Tensor:
    """`(x - mean) / sqrt(variance + epsilon) * gamma + beta`, mean and variance along axes (Ba et al., 2016).

    Args:
        x: a tensor; 16-bit floats are computed with in 32 bits.
        gamma, beta: factors and summands with the sizes of the axes, or with as many axes as `x`; may be None.
        axis: an axis or several.
        epsilon: keeps the division finite; `keras.config.epsilon()` if None.
        rms_scaling: True leaves out the subtraction of the mean and `beta`: `x / sqrt(variance + epsilon) * gamma`,
            what Keras 3 had before `rms_normalization`.
    """
    x = floats(x)
    wide, axes = _wide(x), axes_of(axis)
    mean = jnp.mean(wide, axis=axes, keepdims=True)
    centred = wide - mean
    variance = jnp.mean(jnp.square(centred), axis=axes, keepdims=True)
    y = (wide if rms_scaling else centred) * jax.lax.rsqrt(variance + _epsilon(epsilon))
    if gamma is not None:
        y = y * _broadcasting(gamma, x.ndim, axes).astype(y.dtype)
    if beta is not None and not rms_scaling:
        y = y + _broadcasting(beta, x.ndim, axes).astype(y.dtype)
    return y.astype(x.dtype)


@op
def rms_normalization(x: Tensor, scale: Tensor = None, axis=-1, epsilon=None) -> Tensor:
    """`x / sqrt(mean(x**2) + epsilon) * scale`, the mean along axes (Zhang and Sennrich, 2019).

    Args:
        x: a tensor; 16-bit floats are computed with in 32 bits.
        scale: factors with the sizes of the axes, or with as many axes as `x`; may be None.
        axis: an axis or several.
        epsilon: keeps the division finite; `keras.config.epsilon()` if None.
    """
    x = floats(x)
    wide, axes = _wide(x), axes_of(axis)
    y = wide * jax.lax.rsqrt(jnp.mean(jnp.square(wide), axis=axes, keepdims=True) + _epsilon(epsilon))
    if scale is not None:
        y = y * _broadcasting(scale, x.ndim, axes).astype(y.dtype)
    return y.astype(x.dtype)


@op
def normalize(x: Tensor, axis=-1, order=2, epsilon=None) -> Tensor:
    """`x` divided by its norm along axes, so that the norm becomes 1.

    Args:
        x: a tensor.
        axis: an axis or several; None for all.
        order: which norm: `sum(|x| ** order) ** (1 / order)`; positive, or infinity for the largest distance from 0.
        epsilon: the least number to divide by; `keras.config.epsilon()` if None.

    >>> normalize([3.0, 4.0])
    Array([0.6, 0.8], dtype=float32)
    """
    if not isinstance(order, (int, float)) or not order > 0:
        raise ValueError(f"normalize: `order` must be a positive number. Got {order!r}.")
    x = floats(x)
    epsilon, axes = _epsilon(epsilon), axes_of(axis)
    if order == 2:
        # squares are compared, so that no gradient of a root at 0 is taken
        squares = jnp.sum(jnp.square(x), axis=axes, keepdims=True)
        return x * jax.lax.rsqrt(jnp.maximum(squares, jnp.asarray(epsilon**2, x.dtype)))
    distance = jnp.abs(x)
    if order == float("inf"):
        norm = jnp.max(distance, axis=axes, keepdims=True)
    else:
        norm = jnp.sum(distance**order, axis=axes, keepdims=True) ** (1 / order)
    return x / jnp.maximum(norm, jnp.asarray(epsilon, x.dtype))


def _epsilon(epsilon) -> float:
    return config.epsilon() if epsilon is None else epsilon
