"""Convolutions in the forms that suit a CPU.

XLA hands dense convolutions of one or two axes to a library. What it has no library for, such as groups, volumes and
the gradients of transposed convolutions, it does number by number, which takes 10 to 100 times as long.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import threading
from collections.abc import Callable, Iterator

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from keras._jax import placement
from keras._jax.kernels import onednn
from keras._jax.kernels.convolution_shapes import by_phases, spread, whole

# Products per output up to which they are added up in a loop: three channels under a window of 3 by 3; and up to which
# that is quicker than oneDNN, for XLA adds them up once more where what follows is differentiated.
_FEW_PRODUCTS, _FEWEST_PRODUCTS = 27, 9
# filters up to which it is quicker to make the results of all phases at once, zeros in uneven windows included
_FEW_FILTERS = 32
# channels from which one convolution is worth its call, and how many of them stand for many groups
_ENOUGH_CHANNELS, _MOST_PARTS = 16, 8


class _Loops(threading.local):
    depth = 0


_loops = _Loops()


@contextlib.contextmanager
def inside_loop():
    """While open, the body of a compiled loop is being traced.

    XLA's convolution on the CPU takes 30 times as long inside a loop as outside, so there it is a matrix product.
    """
    _loops.depth += 1
    try:
        yield
    finally:
        _loops.depth -= 1


def convolve(inputs, kernel, strides, padding: str, channels_first: bool, dilation) -> jax.Array:
    """`convolution.convolve`, its arguments checked."""
    window, per_group = kernel.shape[:-2], kernel.shape[-2]
    groups = inputs.shape[1 if channels_first else -1] // per_group
    form: Callable = whole
    if groups > 1 and per_group == 1 and len(window) < 3:
        form = _channel_by_channel
    elif _loops.depth:
        form = _by_matrix_product
    elif groups > 1:
        form = _by_groups
    elif np.prod(window) * per_group <= _FEW_PRODUCTS and not channels_first:
        form = _of_few_products
    elif max(window) == 1:
        form = _pointwise
    elif len(window) == 3:
        form = _by_planes
    if form is whole:
        form = _dense
    if not channels_first:
        return form(inputs, kernel, strides, padding, channels_first, dilation)
    y = form(jnp.moveaxis(inputs, 1, -1), kernel, strides, padding, False, dilation)
    return jnp.moveaxis(y, -1, 1)


# --- all that follow up to transposed convolutions take channels last


def _of_few_products(inputs, kernel, strides, padding, channels_first: bool, dilation) -> jax.Array:
    """An image's first convolution."""
    zeros = _zeros(inputs, kernel.shape[:-2], strides, padding, dilation)
    more = np.prod(kernel.shape[:-1]) > _FEWEST_PRODUCTS
    if more and onednn.suits(inputs, kernel, strides, zeros, dilation):
        return onednn.convolve(inputs, kernel, strides, zeros, dilation)
    return _by_places(inputs, kernel, strides, padding, channels_first, dilation)


@functools.partial(jax.custom_jvp, nondiff_argnums=(2, 3, 4, 5))
def _by_places(inputs, kernel, strides, padding, channels_first: bool, dilation) -> jax.Array:
    """Place by place of the kernel, as one loop over the outputs that also holds what follows.

    That takes a fifth of the time of XLA's own.
    """
    products = (
        part[..., channel, None] * kernel[(*place, channel)]
        for place, part in _shifted(inputs, kernel.shape[:-2], strides, padding, dilation)
        for channel in range(kernel.shape[-2])
    )
    return functools.reduce(jnp.add, products)


@_by_places.defjvp
def _by_places_jvp(strides, padding, channels_first, dilation, primals, tangents):
    (x, kernel), (dx, dkernel) = primals, tangents
    settings = (strides, padding, channels_first, dilation)
    linear = _by_matrix_product if _loops.depth else _pointwise if max(kernel.shape[:-2]) == 1 else _dense
    return _by_places(*primals, *settings), linear(dx, kernel, *settings) + linear(x, dkernel, *settings)


def _dense(inputs, kernel, strides, padding, channels_first: bool, dilation) -> jax.Array:
    """The convolution by the quickest library that takes it."""
    zeros = _zeros(inputs, kernel.shape[:-2], strides, padding, dilation)
    if onednn.suits(inputs, kernel, strides, zeros, dilation):
        return onednn.convolve(inputs, kernel, strides, zeros, dilation)
    return whole(inputs, kernel, strides, zeros, False, dilation)


def _shifted(x, window, strides, padding, dilation) -> Iterator[tuple[tuple[int, ...], jax.Array]]:
    """For each place of the window: the inputs that all outputs meet there."""
    reach = [(k - 1) * d + 1 for k, d in zip(window, dilation)]
    x = jnp.pad(x, [(0, 0), *_zeros(x, window, strides, padding, dilation), (0, 0)])
    counts = [max((n - r) // s + 1, 0) for n, r, s in zip(x.shape[1:-1], reach, strides)]
    for place in itertools.product(*map(range, window)):
        starts = [i * d for i, d in zip(place, dilation)]
        yield place, x[(slice(None), *(slice(b, b + (n - 1) * s + 1, s) for b, n, s in zip(starts, counts, strides)))]


def _zeros(x, window, strides, padding, dilation) -> list[tuple[int, int]]:
    """Zeros before and after each spatial axis."""
    if not isinstance(padding, str):
        return list(padding)
    reach = [(k - 1) * d + 1 for k, d in zip(window, dilation)]
    return lax.padtype_to_pads(x.shape[1:-1], reach, strides, padding.upper())


def _by_matrix_product(inputs, kernel, strides, padding, channels_first: bool, dilation) -> jax.Array:
    """One product of a matrix of patches with the kernel."""
    window, (per_group, filters) = kernel.shape[:-2], kernel.shape[-2:]
    groups = inputs.shape[-1] // per_group
    parts = [part for _, part in _shifted(inputs, window, strides, padding, dilation)]
    counts = parts[0].shape[1:-1]
    # (samples, places, window, groups, channels) times (window, channels, groups, filters)
    patches = jnp.stack(parts, axis=-2).reshape(inputs.shape[0], -1, len(parts), groups, per_group)
    weights = kernel.reshape(len(parts), per_group, groups, filters // groups)
    return jnp.einsum("npkgc,kcgf->npgf", patches, weights).reshape(inputs.shape[0], *counts, filters)


def _pointwise(inputs, kernel, strides, padding, channels_first: bool, dilation) -> jax.Array:
    """Windows of size 1: one product of a matrix with the kernel."""
    x = inputs[(slice(None), *(slice(None, None, s) for s in strides))]
    y = x.reshape(-1, x.shape[-1]) @ kernel.reshape(kernel.shape[-2:])
    return y.reshape(*x.shape[:-1], kernel.shape[-1])


def _by_groups(inputs, kernel, strides, padding, channels_first: bool, dilation) -> jax.Array:
    """A convolution for each group, or for several small groups with zeros between them."""
    per_group, filters = kernel.shape[-2:]
    groups = inputs.shape[-1] // per_group
    least = max(-(-_ENOUGH_CHANNELS // per_group), -(-groups // _MOST_PARTS))
    joined = next(n for n in range(min(least, groups), groups + 1) if groups % n == 0)
    apart = np.kron(np.eye(joined), np.ones((per_group, filters // groups))).astype(kernel.dtype)
    weights = (
        part if joined == 1 else jnp.concatenate([part] * joined, -2) * apart
        for part in jnp.split(kernel, groups // joined, -1)
    )
    parts = zip(jnp.split(inputs, groups // joined, -1), weights)
    return jnp.concatenate([convolve(x, w, strides, padding, False, dilation) for x, w in parts], -1)


def _by_planes(inputs, kernel, strides, padding, channels_first: bool, dilation) -> jax.Array:
    """A convolution of volumes as one of planes, whose channels are those of all planes that a window meets."""
    depth, flat = kernel.shape[0], kernel.shape[1:-2]
    along, *zeros = _zeros(inputs, kernel.shape[:-2], strides, padding, dilation)
    ones, none = [1] * len(flat), [(0, 0)] * len(flat)
    planes = [x for _, x in _shifted(inputs, (depth, *ones), (strides[0], *ones), [along, *none], dilation)]
    x = jnp.concatenate(planes, -1)
    weights = jnp.moveaxis(kernel, 0, -3).reshape(*flat, x.shape[-1], kernel.shape[-1])
    y = whole(x.reshape(x.shape[0] * x.shape[1], *x.shape[2:]), weights, strides[1:], zeros, False, dilation[1:])
    return y.reshape(*x.shape[:2], *y.shape[1:])


# --- channel by channel


def _channel_by_channel(inputs, kernel, strides, padding, channels_first: bool, dilation) -> jax.Array:
    """Groups of one channel: sums of the inputs, shifted by each place and times what the kernel has there."""
    zeros = tuple(map(tuple, _zeros(inputs, kernel.shape[:-2], strides, padding, dilation)))
    if len(strides) == 2:
        return _depthwise(inputs, kernel, strides, zeros, dilation)
    y = _depthwise(inputs[:, None], kernel[None], (1, *strides), ((0, 0), *zeros), (1, *dilation))
    return y[:, 0]


def _depthwise_plain(inputs, kernel, strides, zeros, dilation) -> jax.Array:
    channels = inputs.shape[-1]
    weights = kernel.reshape(*kernel.shape[:-2], channels, kernel.shape[-1] // channels)
    several = weights.shape[-1] > 1
    products = (
        part[..., None] * weights[place] if several else part * weights[(*place, slice(None), 0)]
        for place, part in _shifted(inputs, kernel.shape[:-2], strides, zeros, dilation)
    )
    y = functools.reduce(jnp.add, products)
    return y.reshape(*y.shape[:3], kernel.shape[-1])


@functools.partial(jax.custom_vjp, nondiff_argnums=(2, 3, 4))
def _depthwise(inputs, kernel, strides, zeros, dilation) -> jax.Array:
    """Images, each channel by itself.

    Shapes:
        inputs: (samples, height, width, channels); kernel: (*window, 1, channels * multiplier).
    """
    return _depthwise_plain(inputs, kernel, strides, zeros, dilation)


def _depthwise_forward(inputs, kernel, strides, zeros, dilation):
    return _depthwise_plain(inputs, kernel, strides, zeros, dilation), (inputs, kernel)


def _depthwise_backward(strides, zeros, dilation, kept, gradient):
    inputs, kernel = kept
    reach = [(k - 1) * d for k, d in zip(kernel.shape, dilation)]
    back = tuple((r - before, r - after) for r, (before, after) in zip(reach, zeros))
    if max(strides) == 1 and kernel.shape[-1] == inputs.shape[-1] and min(min(pair) for pair in back) >= 0:
        dinputs = _depthwise(gradient, jnp.flip(kernel, (0, 1)), strides, back, dilation)
    else:
        dinputs = jax.vjp(lambda x: _depthwise_plain(x, kernel, strides, zeros, dilation), inputs)[1](gradient)[0]
    if placement.current() is not None:  # rows in a loop would travel between the devices
        plain = functools.partial(_depthwise_plain, inputs, strides=strides, zeros=zeros, dilation=dilation)
        return dinputs, jax.vjp(plain, kernel)[1](gradient)[0]
    return dinputs, _depthwise_kernel(inputs, kernel.shape, strides, zeros, dilation, gradient)


_depthwise.defvjp(_depthwise_forward, _depthwise_backward)


def _depthwise_kernel(inputs, shape, strides, zeros, dilation, gradient) -> jax.Array:
    """The kernel's gradient, row by row of the results: sums over whole images would read them once per place."""
    (high, wide), (samples, rows, columns, _) = shape[:2], gradient.shape
    kind = jnp.promote_types(inputs.dtype, "float32")
    x = jnp.pad(inputs, [(0, 0), *zeros, (0, 0)])[..., None]
    g = gradient.reshape(samples, rows, 1, columns, inputs.shape[-1], shape[-1] // inputs.shape[-1])
    step, reach = strides[1], (columns - 1) * strides[1] + 1

    def add_row(i, sums):
        at, row = i // rows, i % rows
        met = lax.dynamic_slice_in_dim(
            lax.dynamic_index_in_dim(x, at, keepdims=False), row * strides[0], (high - 1) * dilation[0] + 1
        )[:: dilation[0]]
        slope = lax.dynamic_index_in_dim(lax.dynamic_index_in_dim(g, at, keepdims=False), row, keepdims=False)
        met, slope = met.astype(kind), slope.astype(kind)
        starts = (j * dilation[1] for j in range(wide))
        return [total + met[:, a : a + reach : step] * slope for a, total in zip(starts, sums)]

    sums = [jnp.zeros((high, *g.shape[3:]), kind) for _ in range(wide)]
    sums = lax.fori_loop(0, samples * rows, add_row, sums)
    return jnp.stack([total.sum(1) for total in sums], 1).reshape(shape).astype(inputs.dtype)


# --- transposed


def convolve_transposed(inputs, kernel, strides, dilation, before, sizes, channels_first: bool) -> jax.Array:
    """`convolution_shapes.spread`."""
    x = jnp.moveaxis(inputs, 1, -1) if channels_first else inputs
    zeros = _zeros_of_convolution(x, kernel, strides, dilation, before, sizes)
    results = jax.ShapeDtypeStruct((x.shape[0], *sizes, kernel.shape[-2]), x.dtype)
    if _loops.depth:
        y = by_phases(_by_matrix_product, x, kernel, strides, dilation, before, sizes)
    elif onednn.suits(results, kernel, strides, zeros, dilation):
        y = onednn.spread(x, kernel, strides, dilation, zeros, sizes)
    else:
        y = _spread(x, kernel, strides, dilation, before, sizes)
    return jnp.moveaxis(y, -1, 1) if channels_first else y


def _zeros_of_convolution(x, kernel, strides, dilation, before, sizes) -> list[tuple[int, int]]:
    """Before and after each axis, in the convolution from `sizes` whose transpose is asked for."""
    axes = zip(before, x.shape[1:], strides, kernel.shape, dilation, sizes)
    return [(b, max((n - 1) * s + (k - 1) * d + 1 - size - b, 0)) for b, n, s, k, d, size in axes]


@functools.partial(jax.custom_jvp, nondiff_argnums=(2, 3, 4, 5))
def _spread(inputs, kernel, strides, dilation, before, sizes) -> jax.Array:
    if len(sizes) == 3:
        return by_phases(_by_planes, inputs, kernel, strides, dilation, before, sizes)
    even = all(k % s == 0 for k, s in zip(kernel.shape, strides))
    if max(strides) > 1 and max(dilation) == 1 and (even or kernel.shape[-2] <= _FEW_FILTERS):
        return by_phases(whole, inputs, kernel, strides, dilation, before, sizes)
    return spread(inputs, kernel, strides, dilation, before, sizes, False)


@_spread.defjvp
def _spread_jvp(strides, dilation, before, sizes, primals, tangents):
    (x, kernel), (dx, dkernel) = primals, tangents
    zeros = _zeros_of_convolution(x, kernel, strides, dilation, before, sizes)

    def kernel_slope(gradient):
        """The way back to the kernel, as for the convolution that this one is the transpose of.

        The way that XLA finds is a convolution whose window is larger than its images: 30 to 50 times as long.
        """
        form = _by_planes if len(sizes) == 3 else whole
        return jax.vjp(lambda k: form(gradient, k, strides, zeros, False, dilation), jnp.zeros_like(kernel))[1](x)[0]

    settings = (strides, dilation, before, sizes)
    y = _spread(x, kernel, *settings)
    back = jax.linear_transpose(kernel_slope, jax.ShapeDtypeStruct(y.shape, y.dtype))
    return y, _spread(dx, kernel, *settings) + back(dkernel)[0]
