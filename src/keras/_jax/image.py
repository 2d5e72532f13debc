"""Images resized, cut, padded, blurred, recoloured and compared.

Every function takes one image (height, width, channels) or a batch of them; channels may come before the sizes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from keras import config
from keras._core.checks import integers, one_of
from keras._core.types import Tensor
from keras._jax.casting import saturate_cast
from keras._jax.dtypes import common_floats, floats, is_inexact
from keras._jax.op import op, symbol_of, with_shape


def on_channels_last(function: Callable, images: Any, data_format: Any, who: str, channels_move: bool = True) -> Any:
    """`function` of a batch of images with channels last, the result put back in the order and rank that came."""
    images = jnp.asarray(images)
    if images.ndim not in (3, 4):
        raise ValueError(f"{who}: takes one image, with 3 axes, or a batch, with 4. Got shape {images.shape}.")
    first = config.standard_data_format(data_format, owner=who) == "channels_first"
    batch = images if images.ndim == 4 else images[None]
    batch = jnp.moveaxis(batch, 1, -1) if first else batch
    result = function(batch)
    if first and channels_move:
        result = jnp.moveaxis(result, 3, 1)
    return result if images.ndim == 4 else result[0]


# --- sizes

_METHODS = {
    "nearest": "nearest",
    "bilinear": "linear",
    "bicubic": "cubic",
    "lanczos3": "lanczos3",
    "lanczos5": "lanczos5",
}


@op
def resize(
    images: Tensor, size, interpolation="bilinear", antialias=False, crop_to_aspect_ratio=False,
    pad_to_aspect_ratio=False, fill_mode="constant", fill_value=0.0, data_format=None,
) -> Tensor:  # fmt: skip
    """Images of another height and width.

    Args:
        images: one image or a batch.
        size: the new height and width.
        interpolation: 'nearest', 'bilinear', 'bicubic', 'lanczos3' or 'lanczos5'.
        antialias: whether every pixel of the original counts where images shrink.
        crop_to_aspect_ratio: whether to cut what does not fit the shape of the result, around the centre.
        pad_to_aspect_ratio: whether to add borders until the shape fits.
        fill_mode: how borders are filled: 'constant' only.
        fill_value: with which number.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.

    Whole numbers are rounded and kept within the range of their dtype.
    """
    method = _METHODS[one_of("interpolation", interpolation, _METHODS, owner="resize")]
    one_of("fill_mode", fill_mode, ("constant",), owner="resize")
    height, width = integers("size", size, 2, "resize")
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError("resize: only one of `crop_to_aspect_ratio` and `pad_to_aspect_ratio` can be True.")

    def run(batch):
        h, w = batch.shape[1:3]
        if crop_to_aspect_ratio:
            # at least a row and a column stay, however flat the result is
            new_h, new_w = min(h, max(1, int(w * height / width))), min(w, max(1, int(h * width / height)))
            top, left = (h - new_h) // 2, (w - new_w) // 2
            batch = batch[:, top : top + new_h, left : left + new_w]
        elif pad_to_aspect_ratio:
            new_h, new_w = max(h, int(w * height / width)), max(w, int(h * width / height))
            # as much on both sides, as in Keras 3, even where one more row or column would fit better
            top, left = (new_h - h) // 2, (new_w - w) // 2
            borders = ((0, 0), (top, top), (left, left), (0, 0))
            batch = jnp.pad(batch, borders, constant_values=fill_value)
        shape = (batch.shape[0], height, width, batch.shape[3])
        if method == "nearest" or is_inexact(batch.dtype):
            return jax.image.resize(batch, shape, method, antialias=antialias)
        return _rounded(jax.image.resize(floats(batch), shape, method, antialias=antialias), batch.dtype)

    return on_channels_last(run, images, data_format, "resize")


def _rounded(x: jax.Array, dtype: Any) -> jax.Array:
    return x.astype(dtype) if is_inexact(dtype) else saturate_cast(jnp.round(x), dtype.name)


def _to_output_shape(trace, images, output_shape, *args, **kwargs):
    return with_shape(trace(images, output_shape, *args, **kwargs), output_shape)


@op(shapes=_to_output_shape)
def scale_and_translate(
    images: Tensor, output_shape, scale: Tensor, translation: Tensor, spatial_dims, method, antialias=True
) -> Tensor:
    """Images scaled and then moved, along chosen axes.

    Args:
        images: a tensor.
        output_shape: the shape of the result; None along an axis leaves its size as it is.
        scale, translation: one factor and one shift for each of the axes.
        spatial_dims: these axes.
        method: 'linear' (or 'bilinear'), 'cubic' (or 'bicubic'), 'lanczos3' or 'lanczos5'.
        antialias: whether every element of the original counts where it shrinks.
    """
    names = {"linear": "linear", "cubic": "cubic", **{k: v for k, v in _METHODS.items() if k != "nearest"}}
    method = names[one_of("method", method, names, owner="scale_and_translate")]
    shape = tuple(now if wanted is None else wanted for now, wanted in zip(images.shape, output_shape, strict=True))
    return jax.image.scale_and_translate(
        floats(images), shape, tuple(spatial_dims), jnp.asarray(scale, jnp.float32),
        jnp.asarray(translation, jnp.float32), method, antialias=antialias,
    )  # fmt: skip


def _two_of_three(before, after, smaller, larger, target, names: str, who: str) -> tuple[int, int]:
    """How much comes off (or onto) both ends of an axis; the end that was not given follows from the target size."""
    given = sum(v is not None for v in (before, after, target))
    if given != 2:
        raise ValueError(f"{who}: give exactly two of {names}. Got {given}.")
    if before is None:
        before = larger - smaller - after
    if after is None:
        after = larger - smaller - before
    if before < 0 or after < 0 or (target is not None and target < 0):
        raise ValueError(f"{who}: {names} do not fit an axis of size {larger if target == smaller else smaller}.")
    return before, after


def _to_target_sizes(kind: str, sign: int) -> Callable:
    """Shape rule of what makes images of target sizes: a size they leave open is taken to be one that fits."""
    ends = (f"top_{kind}", f"left_{kind}", f"bottom_{kind}", f"right_{kind}")
    names = (*ends, "target_height", "target_width", "data_format")

    def shapes(trace, images, *args, **kwargs):
        given = {**dict.fromkeys(names), **dict(zip(names, args)), **kwargs}
        shape = list(symbol_of(images).shape)
        last = 2 if config.standard_data_format(given["data_format"]) == "channels_last" else 1
        if len(shape) in (3, 4):
            for axis, before, after, target in (
                (-last - 1, *ends[0::2], "target_height"), (-last, *ends[1::2], "target_width"),
            ):  # fmt: skip
                if shape[axis] is None and given[target] is not None:
                    shape[axis] = max(0, given[target] - sign * (given[before] or given[after] or 0))
        return trace(with_shape(symbol_of(images), shape), **given)

    return shapes


@op(shapes=_to_target_sizes("cropping", -1))
def crop_images(
    images: Tensor, top_cropping=None, left_cropping=None, bottom_cropping=None, right_cropping=None,
    target_height=None, target_width=None, data_format=None,
) -> Tensor:  # fmt: skip
    """Images without borders.

    Args:
        images: one image or a batch.
        top_cropping, bottom_cropping, target_height: rows taken off, and rows left; give two of the three.
        left_cropping, right_cropping, target_width: columns taken off, and columns left; give two of the three.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
    """

    def run(batch):
        h, w = batch.shape[1:3]
        rows = "top_cropping, bottom_cropping and target_height"
        columns = "left_cropping, right_cropping and target_width"
        top, bottom = _two_of_three(top_cropping, bottom_cropping, target_height, h, target_height, rows, "crop_images")
        left, right = _two_of_three(
            left_cropping, right_cropping, target_width, w, target_width, columns, "crop_images"
        )
        if top + bottom >= h or left + right >= w:
            raise ValueError(f"crop_images: nothing is left of {h} rows and {w} columns.")
        return batch[:, top : h - bottom, left : w - right]

    return on_channels_last(run, images, data_format, "crop_images")


@op(shapes=_to_target_sizes("padding", 1))
def pad_images(
    images: Tensor, top_padding=None, left_padding=None, bottom_padding=None, right_padding=None, target_height=None,
    target_width=None, data_format=None,
) -> Tensor:  # fmt: skip
    """Images with borders of zeros.

    Args:
        images: one image or a batch.
        top_padding, bottom_padding, target_height: rows added, and rows afterwards; give two of the three.
        left_padding, right_padding, target_width: columns added, and columns afterwards; give two of the three.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
    """

    def run(batch):
        h, w = batch.shape[1:3]
        rows = "top_padding, bottom_padding and target_height"
        columns = "left_padding, right_padding and target_width"
        top, bottom = _two_of_three(top_padding, bottom_padding, h, target_height, target_height, rows, "pad_images")
        left, right = _two_of_three(left_padding, right_padding, w, target_width, target_width, columns, "pad_images")
        return jnp.pad(batch, ((0, 0), (top, bottom), (left, right), (0, 0)))

    return on_channels_last(run, images, data_format, "pad_images")


# --- colours


def _float_image(images: Any, who: str) -> jax.Array:
    images = jnp.asarray(images)
    if not is_inexact(images.dtype):
        raise ValueError(f"{who}: takes floats from 0 to 1. Got dtype {images.dtype}.")
    return images


def _three_channels(batch: jax.Array, who: str) -> list[jax.Array]:
    if batch.shape[-1] != 3:
        raise ValueError(f"{who}: takes images with 3 channels. Got {batch.shape[-1]}.")
    return [batch[..., i] for i in range(3)]


@op
def rgb_to_grayscale(images: Tensor, data_format=None) -> Tensor:
    """Brightness in one channel: `0.2989 red + 0.587 green + 0.114 blue`."""

    def run(batch):
        if batch.shape[-1] == 1:
            return batch
        red, green, blue = _three_channels(floats(batch), "rgb_to_grayscale")
        return (0.2989 * red + 0.587 * green + 0.114 * blue)[..., None].astype(batch.dtype)

    return on_channels_last(run, images, data_format, "rgb_to_grayscale")


@op
def rgb_to_hsv(images: Tensor, data_format=None) -> Tensor:
    """Red, green and blue from 0 to 1 as hue, saturation and value from 0 to 1."""

    def run(batch):
        red, green, blue = _three_channels(batch, "rgb_to_hsv")
        value = jnp.max(batch, axis=-1)
        spread = value - jnp.min(batch, axis=-1)
        safe = jnp.where(spread > 0, spread, 1)
        sixths = jnp.select(
            [red == value, green == value],
            [(green - blue) / safe, (blue - red) / safe + 2],
            (red - green) / safe + 4,
        )
        hue = jnp.where(spread > 0, (sixths / 6) % 1, 0)
        saturation = jnp.where(value > 0, spread / jnp.where(value > 0, value, 1), 0)
        return jnp.stack([hue, saturation, value], axis=-1).astype(batch.dtype)

    return on_channels_last(run, _float_image(images, "rgb_to_hsv"), data_format, "rgb_to_hsv")


@op
def hsv_to_rgb(images: Tensor, data_format=None) -> Tensor:
    """Hue, saturation and value from 0 to 1 as red, green and blue from 0 to 1."""

    def run(batch):
        hue, saturation, value = _three_channels(batch, "hsv_to_rgb")

        def channel(shift):
            sixth = (hue * 6 + shift) % 6
            return value - value * saturation * jnp.clip(jnp.minimum(sixth, 4 - sixth), 0, 1)

        return jnp.stack([channel(5), channel(3), channel(1)], axis=-1).astype(batch.dtype)

    return on_channels_last(run, _float_image(images, "hsv_to_rgb"), data_format, "hsv_to_rgb")


# --- filters


def blurred(batch: jax.Array, kernel: jax.Array) -> jax.Array:
    """Every channel convolved with one kernel of shape (height, width), zeros around the image."""
    channels = batch.shape[-1]
    kernel = jnp.broadcast_to(kernel[:, :, None, None], (*kernel.shape, 1, channels)).astype(batch.dtype)
    return lax.conv_general_dilated(
        batch, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"), feature_group_count=channels
    )


def gaussian(size: int, sigma: Any, dtype: Any) -> jax.Array:
    """Weights of a Gauss curve at the middle points of `size` pixels, with the sum 1."""
    distance = jnp.arange(size, dtype=dtype) - (size - 1) / 2
    weights = jnp.exp(-(distance**2) / (2 * jnp.asarray(sigma, dtype) ** 2))
    return weights / jnp.sum(weights)


@op
def gaussian_blur(images: Tensor, kernel_size=(3, 3), sigma=(1.0, 1.0), data_format=None) -> Tensor:
    """Every pixel as an average of its neighbourhood, weighted by a Gauss curve.

    Args:
        images: one image or a batch.
        kernel_size: width and height of the neighbourhood, in this order.
        sigma: the curve's standard deviation, in pixels, for width and height.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
    """
    # Keras 3.15.1 takes the width first, whatever its documentation says
    width, height = integers("kernel_size", np.asarray(kernel_size).tolist(), 2, "gaussian_blur")
    one = getattr(sigma, "ndim", 0) == 0 and not isinstance(sigma, (tuple, list))
    across, down = (sigma, sigma) if one else sigma

    def run(batch):
        x = floats(batch)
        kernel = jnp.outer(gaussian(height, down, x.dtype), gaussian(width, across, x.dtype))
        return blurred(x, kernel).astype(batch.dtype)

    return on_channels_last(run, images, data_format, "gaussian_blur")


@op
def sobel_edges(images: Tensor, data_format=None) -> Tensor:
    """How fast brightness changes downwards and to the right (Sobel and Feldman, 1968).

    Shapes:
        images: (samples, height, width, channels), result: (samples, height, width, channels, 2), or with channels
        first (samples, channels, height, width, 2). Beyond the borders the image counts as 0.
    """
    down = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])

    def run(batch):
        x = floats(batch)
        edges = [blurred(x, jnp.asarray(k, x.dtype)) for k in (down, down.T)]
        return jnp.stack(edges, axis=-1)

    return on_channels_last(run, images, data_format, "sobel_edges")


# --- likeness


@op
def ssim(
    image1: Tensor, image2: Tensor, max_val=1.0, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03, data_format=None
) -> Tensor:
    """The structural similarity of images: 1 for equal ones (Wang et al., 2004).

    `mean of (2 m1 m2 + c1) (2 v12 + c2) / ((m1**2 + m2**2 + c1) (v1 + v2 + c2))`, where means `m`, variances `v` and
    the covariance are taken in a window weighted by a Gauss curve, `c1 = (k1 max_val)**2` and `c2 = (k2 max_val)**2`.

    Args:
        image1, image2: one image or a batch each, of the same shape.
        max_val: the largest value there can be.
        filter_size, filter_sigma: the size of the window in pixels, and the curve's standard deviation.
        k1, k2: keep the division finite.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.

    Returns:
        One number per image.
    """
    a, b = common_floats(image1, image2)
    if a.shape != b.shape or a.ndim not in (3, 4):
        raise ValueError(f"ssim: takes two images, or two batches, of one shape. Got {a.shape} and {b.shape}.")
    first = config.standard_data_format(data_format, owner="ssim") == "channels_first"
    single = a.ndim == 3
    a, b = (x[None] if single else x for x in (a, b))
    a, b = (jnp.moveaxis(x, 1, -1) if first else x for x in (a, b))
    if min(a.shape[1:3]) < filter_size:
        raise ValueError(f"ssim: images must have at least {filter_size} rows and columns. Got shape {a.shape}.")
    weights = gaussian(filter_size, filter_sigma, a.dtype)
    kernel = jnp.outer(weights, weights)[:, :, None, None]
    average = functools.partial(_window_averages, kernel=kernel)
    m1, m2 = average(a), average(b)
    v1, v2, v12 = average(a * a) - m1 * m1, average(b * b) - m2 * m2, average(a * b) - m1 * m2
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    likeness = (2 * m1 * m2 + c1) * (2 * v12 + c2) / ((m1**2 + m2**2 + c1) * (v1 + v2 + c2))
    result = jnp.mean(likeness, axis=(1, 2, 3))
    return result[0] if single else result


def _window_averages(x: jax.Array, kernel: jax.Array) -> jax.Array:
    channels = x.shape[-1]
    kernel = jnp.broadcast_to(kernel, (*kernel.shape[:3], channels))
    return lax.conv_general_dilated(
        x, kernel, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"), feature_group_count=channels
    )


@op
def psnr(x1: Tensor, x2: Tensor, max_val) -> Tensor:
    """The peak signal-to-noise ratio in decibels: `10 log10(max_val**2 / mean((x1 - x2)**2))`.

    Args:
        x1, x2: tensors of the same shape.
        max_val: the largest value there can be.
    """
    x1, x2 = common_floats(x1, x2)
    if x1.shape != x2.shape:
        raise ValueError(f"psnr: both tensors must have one shape. Got {x1.shape} and {x2.shape}.")
    return 20 * jnp.log10(jnp.asarray(max_val, x1.dtype)) - 10 * jnp.log10(jnp.mean(jnp.square(x1 - x2)))
