"""Images in another size, on the host: every axis is one product with a matrix of weights."""

import functools

import numpy as np

from keras._core.checks import one_of


def resize(image, size, interpolation="bilinear"):
    """An image in another size; pixels are weighted around the middle of the new one, as TensorFlow 2 does it.

    Args:
        image: (height, width, channels).
        size: (height, width).
        interpolation: 'nearest', 'bilinear', 'bicubic', 'area', 'lanczos3', 'lanczos5', 'gaussian', 'mitchellcubic'.
    """
    one_of("interpolation", interpolation, INTERPOLATIONS, owner="resize")
    height, width = size
    rows = _weights(image.shape[0], int(height), interpolation)
    columns = _weights(image.shape[1], int(width), interpolation)
    if interpolation == "nearest":
        return image[rows][:, columns]
    image = image.astype("float32", copy=False)
    return np.einsum("ow,hwc->hoc", columns, np.einsum("oh,hwc->owc", rows, image))


@functools.lru_cache(256)
def _weights(old: int, new: int, interpolation: str) -> np.ndarray:
    """(new, old) weights whose rows sum to one; for 'nearest' the numbers of the old pixels."""
    scale = old / new
    centers = (np.arange(new) + 0.5) * scale - 0.5
    if interpolation == "nearest":
        return np.clip(np.floor((np.arange(new) + 0.5) * scale).astype(int), 0, old - 1)
    pixels = np.arange(old)
    if interpolation == "area":  # the share of each old pixel in the new one
        starts, ends = np.arange(new)[:, None] * scale, (np.arange(new)[:, None] + 1) * scale
        found = np.clip(np.minimum(ends, pixels + 1) - np.maximum(starts, pixels), 0, None)
    elif interpolation == "bilinear":  # outside there is the border's pixel again
        found = np.clip(1 - np.abs(np.clip(centers, 0, old - 1)[:, None] - pixels), 0, None)
    else:
        found = _KERNELS[interpolation](np.abs(centers[:, None] - pixels))
    return (found / found.sum(axis=1, keepdims=True)).astype("float32")


def _cubic(b: float, c: float):
    """The cubic kernels of Mitchell and Netravali, 1988."""

    def kernel(x):
        near = (12 - 9 * b - 6 * c) * x**3 + (-18 + 12 * b + 6 * c) * x**2 + (6 - 2 * b)
        far = (-b - 6 * c) * x**3 + (6 * b + 30 * c) * x**2 + (-12 * b - 48 * c) * x + (8 * b + 24 * c)
        return np.where(x < 1, near, np.where(x < 2, far, 0.0)) / 6

    return kernel


def _lanczos(radius: int):
    return lambda x: np.where(x < radius, np.sinc(x) * np.sinc(x / radius), 0.0)


def _gaussian(x):
    sigma = 0.5
    return np.where(x < 1.5, np.exp(-(x**2) / (2 * sigma**2)), 0.0)


_KERNELS = {
    "bicubic": _cubic(0.0, 0.5),
    "mitchellcubic": _cubic(1 / 3, 1 / 3),
    "lanczos3": _lanczos(3),
    "lanczos5": _lanczos(5),
    "gaussian": _gaussian,
}
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")


def cropped_to_ratio(image, size):
    """The largest middle part of an image with the proportions of `size`; axes (..., height, width, channels)."""
    height, width = image.shape[-3:-1]
    wanted_height = min(height, int(float(width * size[0]) / size[1]))
    wanted_width = min(width, int(float(height * size[1]) / size[0]))
    top, left = int((height - wanted_height) / 2), int((width - wanted_width) / 2)
    return image[..., top : top + max(wanted_height, 1), left : left + max(wanted_width, 1), :]


def resize_with_border(image, size, interpolation="bilinear"):
    """An image as large as fits into `size` without distortion, with zeros around it."""
    height, width = image.shape[:2]
    exact = min(size[0], height * size[1] / width), min(size[1], width * size[0] / height)
    fitted = max(1, int(exact[0])), max(1, int(exact[1]))
    top, left = int((size[0] - exact[0]) / 2), int((size[1] - exact[1]) / 2)
    inside = resize(image, fitted, interpolation)
    found = np.zeros((*size, image.shape[2]), inside.dtype)
    found[top : top + fitted[0], left : left + fitted[1]] = inside
    return found
