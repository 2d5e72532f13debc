"""Sizes of pictures, colours apart from brightness, and likeness: more of `tf.image`, under `python -m keras`."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from keras import ops
from keras.legacy.foreign_arrays import sized_by_values, values_of

ResizeMethod = SimpleNamespace(BILINEAR="bilinear", NEAREST_NEIGHBOR="nearest", BICUBIC="bicubic", AREA="area")
_NUMBERED = ("bilinear", "nearest", "bicubic", "area")  # what `tf.compat.v1` took numbers for


def resize(images, size, method="bilinear", preserve_aspect_ratio=False, antialias=False, align_corners=False):
    """`tf.image.resize`: floats, whatever came in, but for 'nearest'. Aligned corners are of `tf.compat.v1`."""
    images = ops.convert_to_tensor(images)
    kind = images.dtype
    method = _NUMBERED[method] if isinstance(method, int) else method
    size = tuple(int(n) for n in np.asarray(size))
    if preserve_aspect_ratio:
        size = _within(size, images.shape[-3:-1])
    images = ops.cast(images, "float32")
    if align_corners:
        return _with_corners(images, size, method)
    if method == "area":
        return _by_area(images, size)
    found = ops.image.resize(images, size, method, antialias, data_format="channels_last")
    return ops.cast(found, kind) if method == "nearest" else found


def _within(size: tuple, old: Any) -> tuple[int, ...]:
    """The largest size of the proportions of `old` that fits into `size`."""
    scale = np.float32(min(np.float32(new) / np.float32(n) for new, n in zip(size, old)))
    return tuple(int(np.rint(scale * np.float32(n))) for n in old)


def _by_area(images, size):
    """Each new pixel the mean of what it covers of the old ones."""
    for axis, new in zip((-3, -2), size):
        shares = _shares(images.shape[axis], new)
        images = ops.moveaxis(ops.tensordot(images, shares, axes=[[axis], [1]]), -1, axis)
    return images


def _shares(old: int, new: int) -> np.ndarray:
    """(new, old): which part of each new pixel each old one is."""
    ends = np.arange(new + 1) * (old / new)
    low, high = ends[:-1, None], ends[1:, None]
    pixels = np.arange(old)
    covered = np.clip(np.minimum(high, pixels + 1) - np.maximum(low, pixels), 0, None)
    return (covered * (new / old)).astype("float32")


def _with_corners(images, size, method):
    """Bilinear, the pixels in the corners of both pictures at the same places."""
    if method != "bilinear":
        raise ValueError(f"tf.image.resize: `align_corners` needs method='bilinear' here. Got {method!r}.")
    for axis, new in zip((1, 2), size):
        old = images.shape[axis]
        places = np.linspace(0, old - 1, new) if new > 1 else np.zeros(1)
        low = np.minimum(places.astype("int32"), max(old - 2, 0))
        share = (places - low).astype("float32").reshape((-1, *(1,) * (3 - axis)))
        after = ops.take(images, np.minimum(low + 1, old - 1), axis=axis)
        images = ops.take(images, low, axis=axis) * (1 - share) + after * share
    return images


def _resize_as(method: str) -> Callable:
    def call(images, size, align_corners=False, half_pixel_centers=False):
        return resize(images, size, method, align_corners=align_corners)

    return call


resize_bilinear, resize_nearest_neighbor, resize_bicubic = map(_resize_as, ("bilinear", "nearest", "bicubic"))


def resize_with_pad(image, target_height, target_width, method="bilinear", antialias=False):
    """`tf.image.resize_with_pad`: all of the picture in its proportions, in the middle, zeros around it."""
    wanted = (int(target_height), int(target_width))
    found = resize(image, wanted, method, preserve_aspect_ratio=True, antialias=antialias)
    free = [new - n for new, n in zip(wanted, found.shape[-3:-1])]
    around = [(n // 2, n - n // 2) for n in free]
    return ops.pad(found, [(0, 0)] * (len(found.shape) - 3) + [*around, (0, 0)])


@sized_by_values(lambda *args, **kwargs: ((None,), "int32"))
def non_max_suppression(boxes, scores, max_output_size, iou_threshold=0.5, score_threshold=-np.inf):
    """`tf.image.non_max_suppression`: places of the boxes of the highest scores that overlap none of a higher one."""
    who = "tf.image.non_max_suppression"
    boxes, scores, limit = (values_of(x, who) for x in (boxes, scores, max_output_size))
    low, high = np.minimum(boxes[:, :2], boxes[:, 2:]), np.maximum(boxes[:, :2], boxes[:, 2:])
    area = np.prod(high - low, axis=1)
    chosen: list[int] = []
    for i in np.argsort(-scores, kind="stable"):
        if len(chosen) >= int(limit) or not scores[i] > score_threshold:
            break
        common = np.prod(np.maximum(np.minimum(high[chosen], high[i]) - np.maximum(low[chosen], low[i]), 0), axis=1)
        if not np.any(common > iou_threshold * (area[chosen] + area[i] - common)):
            chosen.append(int(i))
    return ops.convert_to_tensor(np.array(chosen, "int32"))


# brightness and two differences of colours, of red, green and blue: one column each
_YUV = np.array(
    [[0.299, -0.14714119, 0.61497538], [0.587, -0.28886916, -0.51496512], [0.114, 0.43601035, -0.10001026]], "float32"
)
_RGB = np.array([[1.0, 1.0, 1.0], [0.0, -0.394642334, 2.03206185], [1.13988303, -0.58062185, 0.0]], "float32")


def rgb_to_yuv(images):
    """`tf.image.rgb_to_yuv`."""
    return ops.matmul(images, _YUV)


def yuv_to_rgb(images):
    """`tf.image.yuv_to_rgb`."""
    return ops.matmul(images, _RGB)


def ssim(img1, img2, max_val, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03):
    """`tf.image.ssim`: how alike pictures are, by means and variances under a Gaussian window.

    `mean((2 a b + c1) / (a² + b² + c1) * (2 cov + c2) / (var_a + var_b + c2))`; Wang et al., 2004.
    """
    a, b = ops.cast(img1, "float32"), ops.cast(img2, "float32")
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    mean = _under_window(filter_size, filter_sigma)
    products = 2 * mean(a) * mean(b)
    squares = mean(a) ** 2 + mean(b) ** 2
    bright = (products + c1) / (squares + c1)
    shape = (2 * mean(a * b) - products + c2) / (mean(a * a + b * b) - squares + c2)
    return ops.mean(bright * shape, axis=(-3, -2, -1))


def _under_window(size: int, sigma: float) -> Callable:
    """Means of each channel under a Gaussian window that lies within the picture."""
    places = np.arange(size) - (size - 1) / 2
    line = np.exp(-(places**2) / (2 * sigma**2))
    window = np.outer(line, line) / line.sum() ** 2

    def mean(x):
        batch = ops.reshape(x, (-1, *x.shape[-3:]))
        kernel = np.repeat(window[..., None, None], x.shape[-1], axis=2).astype("float32")
        found = ops.depthwise_conv(batch, kernel, padding="valid", data_format="channels_last")
        return ops.reshape(found, (*x.shape[:-3], *found.shape[1:]))

    return mean
