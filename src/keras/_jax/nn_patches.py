"""Blocks of images as channels or columns, and back."""

from __future__ import annotations

import jax.numpy as jnp

from keras import config
from keras._core.checks import integers
from keras._core.types import Tensor
from keras._jax.dtypes import whole
from keras._jax.op import op


def _block(x, block_size, data_format, who: str) -> bool:
    if x.ndim != 4:
        raise ValueError(f"{who}: takes a batch of images, with 4 axes. Got shape {x.shape}.")
    if not isinstance(block_size, int) or block_size < 2:
        raise ValueError(f"{who}: `block_size` must be an integer of at least 2. Got {block_size!r}.")
    return config.standard_data_format(data_format, owner=who) == "channels_first"


@op
def depth_to_space(x: Tensor, block_size, data_format="channels_last") -> Tensor:
    """Groups of `block_size**2` channels laid out as blocks of pixels (Shi et al., 2016).

    Shapes:
        x: (samples, h, w, channels * block_size**2), result: (samples, h * block_size, w * block_size, channels).

    With channels last the channels of one pixel are neighbours in `x`; with channels first, as in Keras 3, the pixels
    of one channel are.
    """
    x, b = jnp.asarray(x), block_size
    first = _block(x, b, data_format, "depth_to_space")
    n, h, w, c = [x.shape[0], *x.shape[2:], x.shape[1]] if first else x.shape
    if c % b**2:
        raise ValueError(f"depth_to_space: the channels must be a multiple of {b**2}. Got {c}.")
    if first:
        return x.reshape(n, c // b**2, b, b, h, w).transpose(0, 1, 4, 2, 5, 3).reshape(n, c // b**2, h * b, w * b)
    return x.reshape(n, h, w, b, b, c // b**2).transpose(0, 1, 3, 2, 4, 5).reshape(n, h * b, w * b, c // b**2)


@op
def space_to_depth(x: Tensor, block_size, data_format="channels_last") -> Tensor:
    """Blocks of pixels laid out as channels: the way back from `depth_to_space`."""
    x, b = jnp.asarray(x), block_size
    first = _block(x, b, data_format, "space_to_depth")
    n, h, w, c = [x.shape[0], *x.shape[2:], x.shape[1]] if first else x.shape
    if h % b or w % b:
        raise ValueError(f"space_to_depth: height and width must be multiples of {b}. Got {h} and {w}.")
    h, w = h // b, w // b
    if first:
        return x.reshape(n, c, h, b, w, b).transpose(0, 1, 3, 5, 2, 4).reshape(n, c * b**2, h, w)
    return x.reshape(n, h, b, w, b, c).transpose(0, 1, 3, 2, 4, 5).reshape(n, h, w, c * b**2)


def _window(kernel_size, dilation, padding, stride, who: str):
    return (
        integers("kernel_size", kernel_size, 2, who),
        integers("dilation", dilation, 2, who),
        integers("padding", padding, 2, who, least=0),
        integers("stride", stride, 2, who),
    )


@op
def unfold(x: Tensor, kernel_size, dilation=1, padding=0, stride=1) -> Tensor:
    """Every window of an image as one column.

    Args:
        x: (samples, channels, height, width).
        kernel_size: the size of the window, for both axes or for each; so are the others.
        dilation: the distance of neighbours in a window.
        padding: how many zeros stand before and after the image.
        stride: how far the window moves.

    Shapes:
        result: (samples, channels * elements of a window, windows).
    """
    x = jnp.asarray(x)
    if x.ndim != 4:
        raise ValueError(f"unfold: takes images of shape (samples, channels, height, width). Got {x.shape}.")
    (kh, kw), (dh, dw), (ph, pw), (sh, sw) = _window(kernel_size, dilation, padding, stride, "unfold")
    x = jnp.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    n, c, h, w = x.shape
    rows, columns = (h - (kh - 1) * dh - 1) // sh + 1, (w - (kw - 1) * dw - 1) // sw + 1
    if rows < 1 or columns < 1:
        raise ValueError(f"unfold: the window is larger than the image. Got shape {x.shape} with padding.")
    down = [slice(i * dh, i * dh + (rows - 1) * sh + 1, sh) for i in range(kh)]
    across = [slice(j * dw, j * dw + (columns - 1) * sw + 1, sw) for j in range(kw)]
    parts = [x[:, :, a, b] for a in down for b in across]
    return jnp.stack(parts, axis=2).reshape(n, c * kh * kw, rows * columns)


@op
def fold(x: Tensor, output_size, kernel_size, dilation=1, padding=0, stride=1) -> Tensor:
    """The sum of windows laid back to their places: what `unfold` took apart, overlaps added up.

    Args:
        x: (samples, channels * elements of a window, windows).
        output_size: height and width of the image.
        kernel_size, dilation, padding, stride: as they were given to `unfold`.
    """
    x = whole(x)
    (kh, kw), (dh, dw), (ph, pw), (sh, sw) = _window(kernel_size, dilation, padding, stride, "fold")
    height, width = integers("output_size", output_size, 2, "fold")
    h, w = height + 2 * ph, width + 2 * pw
    rows, columns = (h - (kh - 1) * dh - 1) // sh + 1, (w - (kw - 1) * dw - 1) // sw + 1
    if x.ndim != 3 or x.shape[1] % (kh * kw) or x.shape[2] != rows * columns:
        raise ValueError(
            f"fold: an image of {height} x {width} has {rows * columns} windows of {kh * kw} elements, so `x` must "
            f"have shape (samples, channels * {kh * kw}, {rows * columns}). Got {x.shape}."
        )
    parts = x.reshape(x.shape[0], -1, kh, kw, rows, columns)
    image = jnp.zeros((*parts.shape[:2], h, w), x.dtype)
    for i in range(kh):
        for j in range(kw):
            down = slice(i * dh, i * dh + (rows - 1) * sh + 1, sh)
            across = slice(j * dw, j * dw + (columns - 1) * sw + 1, sw)
            image = image.at[:, :, down, across].add(parts[:, :, i, j])
    return image[:, :, ph : ph + height, pw : pw + width]
