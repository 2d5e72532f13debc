"""Pooling over one, two or three spatial axes, in both axis orders.

Windows that do not overlap are strided slices put together: on a CPU the gradient of `reduce_window` takes seven times
as long. Where several elements of a window are equally large, that form gives each of a pair half of the gradient,
while `reduce_window` gives the first one all of it; both are subgradients of the maximum.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from keras._core.checks import integers, one_of
from keras._jax.dtypes import floats, lowest
from keras._jax.kernels.convolution import spatial_axes

# above so many elements per axis one reduction is better than that many slices
_MOST_SLICES = 8


def _plan(x, pool_size, strides, padding, channels_first, who):
    """Windows and steps for all axes, the spatial axes, and the zeros before and after each of them."""
    spatial = spatial_axes(x, who)
    window = integers("pool_size", pool_size, spatial, who)
    steps = window if strides is None else integers("strides", strides, spatial, who)
    padding = one_of("padding", padding.lower(), ("valid", "same"), owner=who)
    axes = tuple(range(2, x.ndim)) if channels_first else tuple(range(1, x.ndim - 1))
    sizes = [x.shape[a] for a in axes]
    zeros = lax.padtype_to_pads(sizes, window, steps, padding.upper())
    return axes, sizes, window, steps, zeros


def _over_all_axes(rank, axes, values, default):
    found = [default] * rank
    for axis, value in zip(axes, values):
        found[axis] = value
    return tuple(found)


def _without_overlap(x, axes, sizes, window, combine: Callable, reduce: Callable):
    """One axis after the other: the entries of each window combined."""
    for axis, size, width in zip(axes, sizes, window):
        count = size // width
        if width == 1:
            continue
        if width > _MOST_SLICES or count == 1:
            x = lax.slice_in_dim(x, 0, count * width, axis=axis)
            x = reduce(x.reshape(*x.shape[:axis], count, width, *x.shape[axis + 1 :]), axis=axis + 1)
        else:
            parts = [lax.slice_in_dim(x, i, i + (count - 1) * width + 1, width, axis) for i in range(width)]
            x = functools.reduce(combine, parts)
    return x


def _tiles(sizes, window, steps, zeros) -> bool:
    return tuple(window) == tuple(steps) and not any(map(sum, zeros)) and all(n >= w for n, w in zip(sizes, window))


def pool_max(x, pool_size, strides, padding: str, channels_first: bool) -> jax.Array:
    """The largest element of each window."""
    axes, sizes, window, steps, zeros = _plan(x, pool_size, strides, padding, channels_first, "max_pool")
    if _tiles(sizes, window, steps, zeros):
        return _without_overlap(x, axes, sizes, window, jnp.maximum, jnp.max)
    rank = x.ndim
    return lax.reduce_window(
        x, np.asarray(lowest(x.dtype), x.dtype), lax.max, _over_all_axes(rank, axes, window, 1),
        _over_all_axes(rank, axes, steps, 1), _over_all_axes(rank, axes, zeros, (0, 0)),
    )  # fmt: skip


def pool_average(x, pool_size, strides, padding: str, channels_first: bool) -> jax.Array:
    """The mean of each window; what padding adds does not count."""
    x = floats(x)
    axes, sizes, window, steps, zeros = _plan(x, pool_size, strides, padding, channels_first, "average_pool")
    if _tiles(sizes, window, steps, zeros):
        return _without_overlap(x, axes, sizes, window, jnp.add, jnp.sum) / np.prod(window).astype(x.dtype)
    rank = x.ndim
    windows, moves = _over_all_axes(rank, axes, window, 1), _over_all_axes(rank, axes, steps, 1)
    borders = _over_all_axes(rank, axes, zeros, (0, 0))
    total = lax.reduce_window(x, np.zeros((), x.dtype), lax.add, windows, moves, borders)
    if not any(map(sum, zeros)):
        return total / np.prod(window).astype(x.dtype)
    ones = jnp.ones([n if a in axes else 1 for a, n in enumerate(x.shape)], x.dtype)
    return total / lax.reduce_window(ones, np.zeros((), x.dtype), lax.add, windows, moves, borders)


# --- a given number of windows, as even as possible: window i of n reaches from floor(i * size / n) to
# ceil((i + 1) * size / n), so windows may overlap by one


def _borders(size: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    i = np.arange(count)
    return i * size // count, -((-(i + 1) * size) // count)


def _adaptive_plan(x, output_size, channels_first, who):
    spatial = spatial_axes(x, who)
    axes = tuple(range(2, x.ndim)) if channels_first else tuple(range(1, x.ndim - 1))
    counts = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * spatial
    if len(counts) != spatial:
        raise ValueError(f"{who}: `output_size` must be one size or {spatial}. Got {output_size}.")
    # None keeps the size of an axis
    return axes, integers("output_size", [x.shape[a] if c is None else c for a, c in zip(axes, counts)], spatial, who)


def pool_adaptive_average(x, output_size, channels_first: bool) -> jax.Array:
    """Means of as many windows as `output_size` says."""
    x = floats(x)
    axes, counts = _adaptive_plan(x, output_size, channels_first, "adaptive_average_pool")
    for axis, count in zip(axes, counts):
        size = x.shape[axis]
        if size % count == 0:
            x = jnp.mean(x.reshape(*x.shape[:axis], count, size // count, *x.shape[axis + 1 :]), axis=axis + 1)
            continue
        low, high = _borders(size, count)
        position = np.arange(size)[:, None]
        weights = ((position >= low) & (position < high)) / (high - low)
        x = jnp.moveaxis(jnp.tensordot(x, weights.astype(x.dtype), ((axis,), (0,))), -1, axis)
    return x


def pool_adaptive_max(x, output_size, channels_first: bool) -> jax.Array:
    """The largest elements of as many windows as `output_size` says."""
    axes, counts = _adaptive_plan(x, output_size, channels_first, "adaptive_max_pool")
    for axis, count in zip(axes, counts):
        low, high = _borders(x.shape[axis], count)
        # shorter windows hold their last element twice
        positions = np.minimum(low[:, None] + np.arange((high - low).max()), (high - 1)[:, None])
        x = jnp.max(jnp.take(x, positions, axis=axis), axis=axis + 1)
    return x
