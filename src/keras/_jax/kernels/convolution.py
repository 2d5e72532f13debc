"""Convolutions of one, two or three spatial axes, in both axis orders."""

from __future__ import annotations

import contextlib
import itertools
import threading

import jax
import jax.numpy as jnp
from jax import lax

from keras._core.checks import integers, one_of
from keras._jax.devices import is_cpu


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
    if _loops.depth and is_cpu():
        return _by_matrix_product(inputs, kernel, strides, padding, channels_first, dilation)
    return lax.conv_general_dilated(
        inputs, kernel, strides, padding.upper(), rhs_dilation=dilation,
        dimension_numbers=_dimensions(spatial, channels_first), feature_group_count=channels // per_group,
    )  # fmt: skip


def _by_matrix_product(inputs, kernel, strides, padding: str, channels_first: bool, dilation) -> jax.Array:
    """The same as one product of a matrix of patches with the kernel."""
    x = jnp.moveaxis(inputs, 1, -1) if channels_first else inputs
    window, (per_group, filters) = kernel.shape[:-2], kernel.shape[-2:]
    groups = x.shape[-1] // per_group
    reach = [(k - 1) * d + 1 for k, d in zip(window, dilation)]
    zeros = lax.padtype_to_pads(x.shape[1:-1], reach, strides, padding.upper())
    x = jnp.pad(x, [(0, 0), *zeros, (0, 0)])
    counts = [(n - r) // s + 1 for n, r, s in zip(x.shape[1:-1], reach, strides)]
    parts = []
    for place in itertools.product(*map(range, window)):
        starts = [i * d for i, d in zip(place, dilation)]
        cut = (slice(b, b + (n - 1) * s + 1, s) for b, n, s in zip(starts, counts, strides))
        parts.append(x[(slice(None), *cut)])
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
    sizes = inputs.shape[2:] if channels_first else inputs.shape[1:-1]
    zeros = [
        transposed_padding(n, k, s, d, padding, e)
        for n, k, s, d, e in zip(sizes, kernel.shape, strides, dilation, extra)
    ]
    flipped = jnp.flip(kernel, tuple(range(spatial))).swapaxes(-1, -2)
    return lax.conv_general_dilated(
        inputs, flipped, (1,) * spatial, zeros, lhs_dilation=strides, rhs_dilation=dilation,
        dimension_numbers=_dimensions(spatial, channels_first),
    )  # fmt: skip
