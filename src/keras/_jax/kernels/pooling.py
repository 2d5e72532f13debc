"""Pooling over one, two or three spatial axes, in both axis orders.

Windows that do not overlap are strided slices put together, and their gradient is the windows' spread over them: on a
CPU the gradient of `reduce_window` takes seven times as long. Where several elements of a window are equally large, the
first one gets all of the gradient.
"""

from __future__ import annotations

import functools
import itertools
import math
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


def _without_overlap(x, axes, window, combine: Callable, reduce: Callable):
    """One axis after the other: the entries of each window combined."""
    for axis, width in zip(axes, window):
        count = x.shape[axis] // width
        if width == 1:
            continue
        if width > _MOST_SLICES or count == 1:
            x = reduce(x.reshape(*x.shape[:axis], count, width, *x.shape[axis + 1 :]), axis=axis + 1)
        else:
            x = functools.reduce(combine, (_entries(x, axis, i, width) for i in range(width)))
    return x


def _entries(x, axis: int, first: int, width: int):
    """Entry `first` of every window of an axis."""
    return lax.slice_in_dim(x, first, x.shape[axis] - width + first + 1, width, axis)


def _whole_windows(x, axes, window):
    """Without the rest that fills no window."""
    for axis, width in zip(axes, window):
        x = lax.slice_in_dim(x, 0, x.shape[axis] // width * width, axis=axis)
    return x


def _with_windows(x, axes, window):
    """Each pooled axis as two, its windows and the places inside one; and where the places are."""
    shape, places = [], []
    widths = dict(zip(axes, window))
    for axis, size in enumerate(x.shape):
        if axis in widths:
            shape += [size // widths[axis], widths[axis]]
            places.append(len(shape) - 1)
        else:
            shape.append(size)
    return x.reshape(shape), tuple(places)


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2))
def _largest(x, axes, window):
    return _without_overlap(x, axes, window, jnp.maximum, jnp.max)


@_largest.defjvp
def _largest_jvp(axes, window, primals, tangents):
    (x,), (dx,) = primals, tangents
    changes, places = _with_windows(dx, axes, window)
    here = lax.expand_dims(_place_of_largest(x, axes, window), places)
    numbers = np.arange(np.prod(window), dtype=here.dtype).reshape(window)
    numbers = lax.expand_dims(numbers, [a for a in range(changes.ndim) if a not in places])
    return _largest(x, axes, window), jnp.where(here == numbers, changes, 0).sum(places)


def _place_of_largest(x, axes, window):
    """The number of the first largest element of each window, counted with the last axis fastest."""
    if np.prod(window) > _MOST_SLICES**2:
        parts, places = _with_windows(x, axes, window)
        last = tuple(range(parts.ndim - len(places), parts.ndim))
        parts = jnp.moveaxis(parts, places, last)
        return jnp.argmax(parts.reshape(*parts.shape[: last[0]], -1), axis=-1)
    best, place = None, None
    for number, firsts in enumerate(itertools.product(*map(range, window))):
        part = functools.reduce(lambda y, a: _entries(y, *a), zip(axes, firsts, window), x)
        if best is None:
            best, place = part, jnp.zeros(part.shape, np.int16)
        else:
            larger = part > best
            best, place = jnp.where(larger, part, best), jnp.where(larger, np.int16(number), place)
    return place


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2))
def _total(x, axes, window):
    return _without_overlap(x, axes, window, jnp.add, jnp.sum)


@_total.defjvp
def _total_jvp(axes, window, primals, tangents):
    changes, places = _with_windows(*tangents, axes, window)
    return _total(*primals, axes, window), changes.sum(places)


def _tiles(sizes, window, steps, zeros) -> bool:
    return tuple(window) == tuple(steps) and not any(map(sum, zeros)) and all(n >= w for n, w in zip(sizes, window))


def pool_max(x, pool_size, strides, padding: str, channels_first: bool) -> jax.Array:
    """The largest element of each window."""
    axes, sizes, window, steps, zeros = _plan(x, pool_size, strides, padding, channels_first, "max_pool")
    if _tiles(sizes, window, steps, zeros):
        x = _whole_windows(x, axes, window)
        return _largest(x, axes, tuple(window))
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
        return _total(_whole_windows(x, axes, window), axes, tuple(window)) / np.prod(window).astype(x.dtype)
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


_MOST_WINDOWS = 8  # along an axis: so many means are computed sooner than a product with a matrix of the windows


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
        if count <= _MOST_WINDOWS:
            windows = (jax.lax.slice_in_dim(x, a, b, axis=axis) for a, b in zip(low.tolist(), high.tolist()))
            x = jnp.concatenate([jnp.mean(window, axis, keepdims=True) for window in windows], axis)
            continue
        position = np.arange(size)
        weights = ((position >= low[:, None]) & (position < high[:, None])) / (high - low)[:, None]
        before, after = x.shape[:axis], x.shape[axis + 1 :]
        x = weights.astype(x.dtype) @ x.reshape(math.prod(before), size, math.prod(after))
        x = x.reshape(*before, count, *after)
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
