"""Convolutions of one, two or three spatial axes, in both axis orders."""

from __future__ import annotations

import contextlib
import functools
import itertools
import threading
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from keras._core.checks import integers, one_of
from keras._jax.devices import is_cpu

# products per output up to which a CPU adds them up in a loop: three channels under a window of 3 by 3
_FEW_PRODUCTS = 27
# filters up to which it is quicker to make the results of all phases at once, zeros in uneven windows included
_FEW_FILTERS = 32


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


def axis_names(spatial: int, channels_first: bool) -> str:
    """Letters for the axes of a batch: N for samples, C for channels, letters of its own for each spatial axis."""
    letters = "DHW"[3 - spatial :]
    return f"NC{letters}" if channels_first else f"N{letters}C"


def _dimensions(spatial: int, channels_first: bool) -> tuple[str, str, str]:
    names = axis_names(spatial, channels_first)
    return names, "DHW"[3 - spatial :] + "IO", names


def spatial_axes(x: jax.Array, who: str) -> int:
    """The number of spatial axes of a batch of signals, images or volumes."""
    spatial = x.ndim - 2
    if spatial not in (1, 2, 3):
        raise ValueError(
            f"{who}: `inputs` must have 1 to 3 axes beside those of samples and channels. Got shape {x.shape}."
        )
    return spatial


def _common(inputs: jax.Array, kernel: jax.Array) -> tuple[jax.Array, jax.Array]:
    kind = jnp.promote_types(inputs.dtype, kernel.dtype)
    return inputs.astype(kind), kernel.astype(kind)


def convolve(inputs, kernel, strides, padding: str, channels_first: bool, dilation, who: str = "conv") -> jax.Array:
    """Each output is a weighted sum of the inputs under the kernel.

    `y[n, i, o] = sum over k, c of x[n, i * stride + k * dilation, c] * kernel[k, c, o]`

    Shapes:
        inputs: (samples, *sizes, channels), or channels before sizes; kernel: (*window, channels / groups, filters).
        A kernel with fewer input channels than the inputs have makes groups, each with filters of its own.
    """
    spatial = spatial_axes(inputs, who)
    padding = one_of("padding", padding.lower(), ("valid", "same"), owner=who)
    strides, dilation = integers("strides", strides, spatial, who), integers("dilation_rate", dilation, spatial, who)
    if max(strides) > 1 and max(dilation) > 1:
        raise ValueError(f"{who}: `strides` and `dilation_rate` cannot both be above 1. Got {strides} and {dilation}.")
    if kernel.ndim != inputs.ndim:
        raise ValueError(f"{who}: `kernel` must have {inputs.ndim} axes, as `inputs` has. Got shape {kernel.shape}.")
    channels, per_group = inputs.shape[1 if channels_first else -1], kernel.shape[-2]
    if not per_group or channels % per_group or kernel.shape[-1] % (channels // per_group):
        raise ValueError(
            f"{who}: the channels of `inputs` must be a multiple of the kernel's, and the filters a multiple of the "
            f"groups that makes. Got {channels} channels and a kernel of shape {kernel.shape}."
        )
    inputs, kernel = _common(inputs, kernel)
    if is_cpu() and channels == per_group and np.prod(kernel.shape[:-1]) <= _FEW_PRODUCTS and not channels_first:
        return _by_places(inputs, kernel, strides, padding, dilation)
    if _loops.depth and is_cpu():
        return _by_matrix_product(inputs, kernel, strides, padding, channels_first, dilation)
    return _whole(inputs, kernel, strides, padding, channels_first, dilation)


def _whole(inputs, kernel, strides, padding, channels_first: bool, dilation) -> jax.Array:
    """The convolution as XLA knows it."""
    channels = inputs.shape[1 if channels_first else -1]
    return lax.conv_general_dilated(
        inputs, kernel, strides, padding.upper(), rhs_dilation=dilation,
        dimension_numbers=_dimensions(inputs.ndim - 2, channels_first),
        feature_group_count=channels // kernel.shape[-2],
    )  # fmt: skip


@functools.partial(jax.custom_jvp, nondiff_argnums=(2, 3, 4))
def _by_places(inputs, kernel, strides, padding: str, dilation) -> jax.Array:
    """The same place by place of the kernel, as one loop over the outputs that also holds what follows.

    For the few products of an image's first convolution that takes a CPU a fifth of the time.
    """
    products = (
        part[..., channel, None] * kernel[(*place, channel)]
        for place, part in _shifted(inputs, kernel.shape[:-2], strides, padding, dilation)
        for channel in range(kernel.shape[-2])
    )
    return functools.reduce(jnp.add, products)


@_by_places.defjvp
def _by_places_jvp(strides, padding, dilation, primals, tangents):
    (x, kernel), (dx, dkernel) = primals, tangents
    linear = _by_matrix_product if _loops.depth else _whole
    change = linear(dx, kernel, strides, padding, False, dilation)
    return _by_places(*primals, strides, padding, dilation), change + linear(
        x, dkernel, strides, padding, False, dilation
    )


def _shifted(x, window, strides, padding: str, dilation):
    """For each place of the window: the inputs that all outputs meet there."""
    reach = [(k - 1) * d + 1 for k, d in zip(window, dilation)]
    zeros = lax.padtype_to_pads(x.shape[1:-1], reach, strides, padding.upper())
    x = jnp.pad(x, [(0, 0), *zeros, (0, 0)])
    counts = [max((n - r) // s + 1, 0) for n, r, s in zip(x.shape[1:-1], reach, strides)]
    for place in itertools.product(*map(range, window)):
        starts = [i * d for i, d in zip(place, dilation)]
        cut = (slice(b, b + (n - 1) * s + 1, s) for b, n, s in zip(starts, counts, strides))
        yield place, x[(slice(None), *cut)]


def _by_matrix_product(inputs, kernel, strides, padding: str, channels_first: bool, dilation) -> jax.Array:
    """The same as one product of a matrix of patches with the kernel."""
    x = jnp.moveaxis(inputs, 1, -1) if channels_first else inputs
    window, (per_group, filters) = kernel.shape[:-2], kernel.shape[-2:]
    groups = x.shape[-1] // per_group
    parts = [part for _, part in _shifted(x, window, strides, padding, dilation)]
    counts = parts[0].shape[1:-1]
    # (samples, places, window, groups, channels) times (window, channels, groups, filters)
    patches = jnp.stack(parts, axis=-2).reshape(x.shape[0], -1, len(parts), groups, per_group)
    weights = kernel.reshape(len(parts), per_group, groups, filters // groups)
    y = jnp.einsum("npkgc,kcgf->npgf", patches, weights).reshape(x.shape[0], *counts, filters)
    return jnp.moveaxis(y, -1, 1) if channels_first else y


def convolve_depthwise(inputs, kernel, strides, padding: str, channels_first: bool, dilation) -> jax.Array:
    """Each channel by itself, with as many filters as the kernel's last axis has.

    Shapes:
        inputs: (samples, *sizes, channels); kernel: (*window, channels, multiplier);
        result: (samples, *new sizes, channels * multiplier).
    """
    who = "depthwise_conv"
    spatial = spatial_axes(inputs, who)
    channels = inputs.shape[1 if channels_first else -1]
    if kernel.ndim != inputs.ndim or kernel.shape[-2] != channels:
        raise ValueError(
            f"{who}: `kernel` must have the shape (*window, channels, multiplier) with {channels} channels and "
            f"{spatial} sizes of the window. Got shape {kernel.shape}."
        )
    kernel = kernel.reshape(*kernel.shape[:-2], 1, channels * kernel.shape[-1])
    return convolve(inputs, kernel, strides, padding, channels_first, dilation, who)


def convolve_separable(inputs, depthwise, pointwise, strides, padding, channels_first: bool, dilation) -> jax.Array:
    """A depthwise convolution, then one with windows of size 1."""
    between = convolve_depthwise(inputs, depthwise, strides, padding, channels_first, dilation)
    return convolve(between, pointwise, 1, "valid", channels_first, 1, "separable_conv")


def transposed_padding(
    size: int, window: int, stride: int, dilation: int, padding: str, extra: int | None
) -> tuple[int, int]:
    """How many zeros a transposed convolution puts before and after one axis, once `stride - 1` lie between inputs.

    It is the gradient of the convolution that turns the output size into `size`, so the zeros mirror those of that
    convolution. `extra` is Keras's `output_padding`: how many positions longer the output is than its shortest.
    """
    reach = (window - 1) * dilation
    length = transposed_size(size, window, stride, dilation, padding, extra)
    before = reach - _zeros_before(window, stride, dilation, padding, extra)
    return before, length - ((size - 1) * stride + 1) + reach - before


def _zeros_before(window: int, stride: int, dilation: int, padding: str, extra: int | None) -> int:
    """Zeros before the axis in the convolution whose gradient is taken."""
    if padding == "valid":
        return 0
    covered = (window - 1) * dilation + 1
    zeros = covered - stride if extra is None else 2 * (covered // 2) - extra
    return max(zeros, 0) // 2


def transposed_size(size: int, window: int, stride: int, dilation: int, padding: str, extra: int | None) -> int:
    """The size of one axis after a transposed convolution."""
    covered = (window - 1) * dilation + 1
    if extra is None:
        return size * stride if padding == "same" else size * stride + max(covered - stride, 0)
    zeros = 2 * (covered // 2) if padding == "same" else 0
    return (size - 1) * stride + covered - zeros + extra


def convolve_transposed(
    inputs, kernel, strides, padding: str, output_padding, channels_first: bool, dilation
) -> jax.Array:
    """The gradient of a convolution with respect to its input: each input is spread over the kernel's window.

    Shapes:
        inputs: (samples, *sizes, channels); kernel: (*window, filters, channels).
    """
    who = "conv_transpose"
    spatial = spatial_axes(inputs, who)
    padding = one_of("padding", padding.lower(), ("valid", "same"), owner=who)
    strides, dilation = integers("strides", strides, spatial, who), integers("dilation_rate", dilation, spatial, who)
    extra: tuple = (None,) * spatial
    if output_padding is not None:
        given = (output_padding,) * spatial if isinstance(output_padding, int) else tuple(output_padding)
        extra = tuple(None if e is None else integers("output_padding", e, 1, who, least=0)[0] for e in given)
        if len(extra) != spatial or any(e is not None and e >= s for e, s in zip(extra, strides)):
            raise ValueError(f"{who}: `output_padding` must be below `strides`. Got {output_padding} and {strides}.")
    channels = inputs.shape[1 if channels_first else -1]
    if kernel.ndim != inputs.ndim or kernel.shape[-1] != channels:
        raise ValueError(
            f"{who}: `kernel` must have the shape (*window, filters, channels) with {channels} channels. "
            f"Got shape {kernel.shape}."
        )
    inputs, kernel = _common(inputs, kernel)
    if not is_cpu():
        return _spread(inputs, kernel, strides, padding, extra, channels_first, dilation)
    if _loops.depth:
        return _by_phases(_by_matrix_product, inputs, kernel, strides, padding, extra, channels_first, dilation)
    return _spread_on_cpu(inputs, kernel, strides, padding, extra, channels_first, dilation)


def _spread(inputs, kernel, strides, padding: str, extra: tuple, channels_first: bool, dilation) -> jax.Array:
    """The transposed convolution as XLA knows it: one whose inputs lie `stride` apart."""
    spatial = len(strides)
    zeros = [
        transposed_padding(n, k, s, d, padding, e)
        for n, k, s, d, e in zip(_sizes(inputs, channels_first), kernel.shape, strides, dilation, extra)
    ]
    flipped = jnp.flip(kernel, tuple(range(spatial))).swapaxes(-1, -2)
    return lax.conv_general_dilated(
        inputs, flipped, (1,) * spatial, zeros, lhs_dilation=strides, rhs_dilation=dilation,
        dimension_numbers=_dimensions(spatial, channels_first),
    )  # fmt: skip


@functools.partial(jax.custom_jvp, nondiff_argnums=(2, 3, 4, 5, 6))
def _spread_on_cpu(inputs, kernel, strides, padding: str, extra: tuple, channels_first: bool, dilation) -> jax.Array:
    """The same, with a gradient that takes a CPU a thirtieth of the time."""
    even = all(k % s == 0 for k, s in zip(kernel.shape, strides))
    if max(strides) > 1 and max(dilation) == 1 and (even or kernel.shape[-2] <= _FEW_FILTERS):
        return _by_phases(_whole, inputs, kernel, strides, padding, extra, channels_first, dilation)
    return _spread(inputs, kernel, strides, padding, extra, channels_first, dilation)


@_spread_on_cpu.defjvp
def _spread_on_cpu_jvp(strides, padding, extra, channels_first, dilation, primals, tangents):
    (x, kernel), (dx, dkernel) = primals, tangents
    settings = (strides, padding, extra, channels_first, dilation)
    change = _spread_on_cpu(dx, kernel, *settings) + _kernel_spread(x, dkernel, *settings)
    return _spread_on_cpu(x, kernel, *settings), change


def _by_phases(product: Callable, inputs, kernel, strides, padding, extra, channels_first, dilation) -> jax.Array:
    """The same without zeros between the inputs: results `stride` apart meet the same places of the window.

    Args:
        product: what convolves with stride 1; its filters are those of all places in a stride.
    """
    x = jnp.moveaxis(inputs, 1, -1) if channels_first else inputs
    spatial, (filters, channels) = len(strides), kernel.shape[-2:]
    dilated = lax.pad(kernel, jnp.zeros((), kernel.dtype), [*((0, 0, d - 1) for d in dilation), (0, 0, 0), (0, 0, 0)])
    counts = [-(-k // s) for k, s in zip(dilated.shape, strides)]  # places of the window that one result meets
    rest = [(0, c * s - k) for c, s, k in zip(counts, strides, dilated.shape)]
    pairs = [n for pair in zip(counts, strides) for n in pair]
    by_place = jnp.pad(dilated, [*rest, (0, 0), (0, 0)]).reshape(*pairs, filters, channels)
    by_place = jnp.flip(by_place, range(0, 2 * spatial, 2))
    places, phases = range(0, 2 * spatial, 2), range(1, 2 * spatial, 2)
    weights = by_place.transpose(*places, 2 * spatial + 1, *phases, 2 * spatial).reshape(*counts, channels, -1)
    zeros, cuts = [], []
    for n, k, s, d, e, count in zip(x.shape[1:], kernel.shape, strides, dilation, extra, counts):
        before, length = _zeros_before(k, s, d, padding, e), transposed_size(n, k, s, d, padding, e)
        first, last = before // s, (before + length - 1) // s
        zeros.append((count - 1 - first, last - (n - 1), 0))
        cuts.append(slice(before - first * s, before - first * s + length))
    x = lax.pad(x, jnp.zeros((), x.dtype), [(0, 0, 0), *zeros, (0, 0, 0)])
    y = product(x, weights, (1,) * spatial, "valid", False, (1,) * spatial)
    wide = y.reshape(*y.shape[:-1], *strides, filters)
    order = [axis for i in range(spatial) for axis in (1 + i, 1 + spatial + i)]
    wide = wide.transpose(0, *order, 1 + 2 * spatial)
    y = wide.reshape(len(x), *(n * s for n, s in zip(y.shape[1:], strides)), filters)[(slice(None), *cuts)]
    return jnp.moveaxis(y, -1, 1) if channels_first else y


def _kernel_spread(inputs, kernel, strides, padding: str, extra: tuple, channels_first: bool, dilation) -> jax.Array:
    """The same with the roles changed: the kernel as the images, and the inputs as the window that goes over them.

    What counts is the way back to the kernel. From here it is the convolution of the gradient with the inputs, as for
    the kernel of any convolution; from `_spread` it is one whose window is larger than its images, which XLA does on
    the CPU without its library.
    """
    spatial = len(strides)
    zeros = []
    for n, k, s, d, e in zip(_sizes(inputs, channels_first), kernel.shape, strides, dilation, extra):
        before = _zeros_before(k, s, d, padding, e)
        length, reach = transposed_size(n, k, s, d, padding, e), (k - 1) * d + 1
        zeros.append(((n - 1) * s - before, length - reach + before))
    letters = "DHW"[3 - spatial :]
    names = axis_names(spatial, channels_first)
    # the filters are the samples of this convolution, and the samples its filters
    results = names.translate(str.maketrans("NC", "CN"))
    flipped = jnp.flip(inputs, [names.index(letter) for letter in letters])
    return lax.conv_general_dilated(
        kernel, flipped, (1,) * spatial, zeros, lhs_dilation=dilation, rhs_dilation=strides,
        dimension_numbers=(f"{letters}NC", names.translate(str.maketrans("NC", "OI")), results),
    )  # fmt: skip


def _sizes(inputs, channels_first: bool) -> tuple[int, ...]:
    return inputs.shape[2:] if channels_first else inputs.shape[1:-1]
