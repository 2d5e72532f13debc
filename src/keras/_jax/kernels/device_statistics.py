"""Batch normalisation by the statistics of each device's rows, where the distribution that is set asks for it."""

from __future__ import annotations

from typing import Any

import jax

from keras._jax import placement
from keras._jax.kernels.normalization import batch_normalized


def parts_counted_alone(x: jax.Array, axis: int) -> int:
    """Into how many parts the rows of `x` fall that are normalised each by its own statistics.

    Args:
        x: (batch, ...).
        axis: the axis of the channels.
    """
    distribution = placement.current()
    if distribution is None or not distribution.device_statistics or axis % x.ndim == 0:
        return 1
    return 1 if x.shape[0] % distribution.rows_divide_by else distribution.rows_divide_by


def normalized_in_parts(parts: int, x: jax.Array, scale: Any, offset: Any, axis: int, epsilon: float) -> tuple:
    """`batch_normalized` of each part, with the mean of their means and variances."""

    def of_part(part):
        return batch_normalized(part, scale, offset, axis, epsilon)

    y, mean, variance = jax.vmap(of_part)(x.reshape(parts, -1, *x.shape[1:]))
    return y.reshape(x.shape), mean.mean(axis=0), variance.mean(axis=0)
