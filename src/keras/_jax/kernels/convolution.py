"""Convolutions of one, two or three spatial axes, in both axis orders."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from keras._core.checks import integers, one_of
from keras._jax.devices import is_cpu
from keras._jax.kernels import convolution_cpu
from keras._jax.kernels.convolution_shapes import spread, transposed_geometry, whole


def spatial_axes(x: jax.Array, who: str) -> int:
    """The number of spatial axes of a batch of signals, images or volumes."""
    spatial = x.ndim - 2
    if spatial not in (1, 2, 3):
        raise ValueError(
            f"{who}: `inputs` must have 1 to 3 axes beside those of samples and channels. Got shape {x.shape}."
        )
    return spatial


def _suits_cpu(inputs: jax.Array) -> bool:
    """Whether the forms for CPUs compute it: these need to know the sizes, which in an export may be symbols."""
    return is_cpu() and all(isinstance(n, int) for n in inputs.shape[1:])


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
    if kernel.ndim != inputs.ndim:
        raise ValueError(f"{who}: `kernel` must have {inputs.ndim} axes, as `inputs` has. Got shape {kernel.shape}.")
    channels, per_group = inputs.shape[1 if channels_first else -1], kernel.shape[-2]
    if not per_group or channels % per_group or kernel.shape[-1] % (channels // per_group):
        raise ValueError(
            f"{who}: the channels of `inputs` must be a multiple of the kernel's, and the filters a multiple of the "
            f"groups that makes. Got {channels} channels and a kernel of shape {kernel.shape}."
        )
    inputs, kernel = _common(inputs, kernel)
    form = convolution_cpu.convolve if _suits_cpu(inputs) else whole
    return form(inputs, kernel, strides, padding, channels_first, dilation)


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
    before, sizes = transposed_geometry(inputs, kernel, strides, padding, extra, channels_first, dilation)
    form = convolution_cpu.convolve_transposed if _suits_cpu(inputs) else spread
    return form(inputs, kernel, strides, dilation, before, sizes, channels_first)
