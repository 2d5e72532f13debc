"""Images looked up at other places: moved, turned, distorted, and cut into patches."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from keras._core.checks import integers, one_of
from keras._core.errors import WrongTypeError
from keras._core.types import Tensor
from keras._jax import random
from keras._jax.casting import saturate_cast
from keras._jax.dtypes import floats, is_inexact
from keras._jax.image import blurred, gaussian, on_channels_last
from keras._jax.kernels.convolution import convolve
from keras._jax.op import op
from keras.config import standard_data_format

_FILL_MODES = ("constant", "nearest", "wrap", "mirror", "reflect")


def _look_up(array: Any, coordinates: Any, order: int, fill_mode: str, fill_value: Any) -> jax.Array:
    """Values at places between elements, in the dtype of the array; whole numbers are rounded."""
    values = floats(array)
    found = jax.scipy.ndimage.map_coordinates(values, coordinates, order, fill_mode, fill_value)
    return found.astype(array.dtype) if is_inexact(array.dtype) else saturate_cast(jnp.round(found), array.dtype.name)


@op
def map_coordinates(inputs: Tensor, coordinates: Tensor, order, fill_mode="constant", fill_value=0) -> Tensor:
    """The values of a tensor at places that may lie between its elements.

    Args:
        inputs: a tensor.
        coordinates: (axes of `inputs`, ...): one coordinate per axis for each place.
        order: 0 for the nearest element, 1 for the average of its neighbours weighted by distance.
        fill_mode: what lies beyond the borders: 'constant', or the tensor's continuation by 'nearest', 'wrap',
            'mirror' or 'reflect'.
        fill_value: the constant.
    """
    one_of("order", order, (0, 1), owner="map_coordinates")
    one_of("fill_mode", fill_mode, _FILL_MODES, owner="map_coordinates")
    inputs, coordinates = jnp.asarray(inputs), jnp.asarray(coordinates)
    if coordinates.ndim < 2 or coordinates.shape[0] != inputs.ndim:
        raise ValueError(
            f"map_coordinates: `coordinates` must have shape ({inputs.ndim}, ...): one coordinate for each axis of "
            f"`inputs`. Got {coordinates.shape}."
        )
    return _look_up(inputs, list(floats(coordinates)), order, fill_mode, fill_value)


def _at_pixels(batch: jax.Array, rows: jax.Array, columns: jax.Array, order, fill_mode, fill_value) -> jax.Array:
    """Each image of a batch at places of its own: rows and columns have shape (samples, height, width)."""

    def channel(plane, r, c):
        return _look_up(plane, [r, c], order, fill_mode, fill_value)

    one_image = jax.vmap(channel, in_axes=(-1, None, None), out_axes=-1)
    return jax.vmap(one_image)(batch, rows, columns)


def _interpolation(interpolation, who: str) -> int:
    return {"nearest": 0, "bilinear": 1}[one_of("interpolation", interpolation, ("nearest", "bilinear"), owner=who)]


def _pixel_positions(batch: jax.Array) -> tuple[jax.Array, jax.Array]:
    kind = jnp.promote_types(floats(batch).dtype, jnp.float32)
    rows, columns = (jnp.arange(n, dtype=kind) for n in batch.shape[1:3])
    return rows[:, None], columns[None, :]


@op
def affine_transform(
    images: Tensor, transform: Tensor, interpolation="bilinear", fill_mode="constant", fill_value=0, data_format=None
) -> Tensor:
    """Images moved, turned, scaled, sheared, or seen from another place.

    The pixel `(x, y)` of the result is looked up at `((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k)` with
    `k = c0 x + c1 y + 1`.

    Args:
        images: one image or a batch.
        transform: the 8 numbers `a0, a1, a2, b0, b1, b2, c0, c1`, for all images or for each.
        interpolation: 'nearest' or 'bilinear'.
        fill_mode: what lies beyond the borders: 'constant', 'nearest', 'wrap', 'mirror' or 'reflect'.
        fill_value: the constant.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
    """
    order = _interpolation(interpolation, "affine_transform")
    one_of("fill_mode", fill_mode, _FILL_MODES, owner="affine_transform")
    numbers = floats(transform)
    if numbers.ndim not in (1, 2) or numbers.shape[-1] != 8:
        raise ValueError(f"affine_transform: `transform` must have shape (8,) or (samples, 8). Got {numbers.shape}.")

    def run(batch):
        return _projected(batch, numbers, order, fill_mode, fill_value)

    return on_channels_last(run, images, data_format, "affine_transform")


def _projected(batch, numbers, order, fill_mode, fill_value) -> jax.Array:
    y, x = _pixel_positions(batch)
    numbers = jnp.broadcast_to(numbers, (batch.shape[0], 8)).astype(x.dtype)
    a0, a1, a2, b0, b1, b2, c0, c1 = (numbers[:, i, None, None] for i in range(8))
    k = c0 * x + c1 * y + 1
    return _at_pixels(batch, (b0 * x + b1 * y + b2) / k, (a0 * x + a1 * y + a2) / k, order, fill_mode, fill_value)


@op
def perspective_transform(
    images: Tensor, start_points: Tensor, end_points: Tensor, interpolation="bilinear", fill_value=0, data_format=None
) -> Tensor:
    """Images seen from another place: four points of each go to four others.

    Args:
        images: one image or a batch.
        start_points, end_points: (4, 2) for one image, (samples, 4, 2) for a batch: columns and rows of the points
            before and after.
        interpolation: 'nearest' or 'bilinear'.
        fill_value: what lies beyond the borders.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
    """
    order = _interpolation(interpolation, "perspective_transform")
    start, end = floats(start_points), floats(end_points)
    if start.shape[-2:] != (4, 2) or start.shape != end.shape or start.ndim not in (2, 3):
        raise ValueError(
            "perspective_transform: `start_points` and `end_points` must have shape (4, 2) or (samples, 4, 2). "
            f"Got {start.shape} and {end.shape}."
        )

    def run(batch):
        return _projected(batch, _projection(end, start), order, "constant", fill_value)

    return on_channels_last(run, images, data_format, "perspective_transform")


def _projection(points: jax.Array, images: jax.Array) -> jax.Array:
    """The 8 numbers of the projection that takes four points to four others."""
    kind = jnp.promote_types(points.dtype, jnp.float32)
    points, images = points.astype(kind), images.astype(kind)
    x, y, u, v = points[..., 0], points[..., 1], images[..., 0], images[..., 1]
    zero, one = jnp.zeros_like(x), jnp.ones_like(x)
    # u (c0 x + c1 y + 1) = a0 x + a1 y + a2, and the same for v
    first = jnp.stack([x, y, one, zero, zero, zero, -x * u, -y * u], axis=-1)
    second = jnp.stack([zero, zero, zero, x, y, one, -x * v, -y * v], axis=-1)
    matrix = jnp.concatenate([first, second], axis=-2)
    return jnp.linalg.solve(matrix, jnp.concatenate([u, v], axis=-1)[..., None])[..., 0]


@op
def elastic_transform(
    images: Tensor, alpha=20.0, sigma=5.0, interpolation="bilinear", fill_mode="reflect", fill_value=0.0, seed=None,
    data_format=None,
) -> Tensor:  # fmt: skip
    """Images distorted as if by ripples: every pixel looked up at a random place nearby (Simard et al., 2003).

    Args:
        images: one image or a batch; each image has ripples of its own.
        alpha: how far pixels move: the factor of smoothed normal noise.
        sigma: how smooth the ripples are: the standard deviation, in pixels, of the Gauss curve that blurs the noise.
        interpolation: 'nearest' or 'bilinear'.
        fill_mode: what lies beyond the borders: 'constant', 'nearest', 'wrap', 'mirror' or 'reflect'.
        fill_value: the constant.
        seed: an integer, a SeedGenerator or None.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
    """
    order = _interpolation(interpolation, "elastic_transform")
    one_of("fill_mode", fill_mode, _FILL_MODES, owner="elastic_transform")

    def run(batch):
        y, x = _pixel_positions(batch)
        noise = random.normal((batch.shape[0], *batch.shape[1:3], 2), dtype=x.dtype.name, seed=seed)
        reach = 2 * int(3 * sigma) + 1
        weights = gaussian(reach, sigma, x.dtype)
        moves = blurred(noise, jnp.outer(weights, weights)) * alpha
        return _at_pixels(batch, y + moves[..., 0], x + moves[..., 1], order, fill_mode, fill_value)

    return on_channels_last(run, images, data_format, "elastic_transform")


# --- patches


@op
def extract_patches(images: Tensor, size, strides=None, dilation_rate=1, padding="valid", data_format=None) -> Tensor:
    """Windows of images laid out as channels.

    Args:
        images: one image or a batch; volumes if `size` has three numbers.
        size: the size of the window, for both axes or for each; so are `strides` and `dilation_rate`.
        strides: how far it moves; by its size if None.
        dilation_rate: the distance of neighbours in a window.
        padding: 'valid' for windows inside the image only, 'same' for zeros around it.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.

    Shapes:
        images: (samples, height, width, channels), result: (samples, rows, columns, elements of a window).
    """
    if isinstance(size, (tuple, list)) and len(size) == 3:
        return extract_patches_3d(images, size, strides, dilation_rate, padding, data_format)
    if not isinstance(size, (tuple, list)) and not hasattr(size, "__index__"):
        raise WrongTypeError(f"extract_patches: `size` must be an integer or 2 or 3 of them. Got {size!r}.")
    images = jnp.asarray(images)
    window = integers("size", size, 2, "extract_patches")
    steps = window if strides is None else integers("strides", strides, 2, "extract_patches")

    def run(batch):
        return _windows(batch, window, steps, padding, dilation_rate, "extract_patches")

    return on_channels_last(run, images, data_format, "extract_patches")


@op
def extract_patches_3d(
    volumes: Tensor, size, strides=None, dilation_rate=1, padding="valid", data_format=None
) -> Tensor:
    """Windows of volumes laid out as channels; arguments as in `extract_patches`, with three axes.

    Shapes:
        volumes: (samples, depth, height, width, channels), or without samples.
    """
    who = "extract_patches_3d"
    volumes = jnp.asarray(volumes)
    if volumes.ndim not in (4, 5):
        raise ValueError(f"{who}: takes one volume, with 4 axes, or a batch, with 5. Got shape {volumes.shape}.")
    window = integers("size", size, 3, who)
    steps = window if strides is None else integers("strides", strides, 3, who)
    first = standard_data_format(data_format, owner=who) == "channels_first"
    batch = volumes if volumes.ndim == 5 else volumes[None]
    batch = jnp.moveaxis(batch, 1, -1) if first else batch
    patches = _windows(batch, window, steps, padding, dilation_rate, who)
    patches = jnp.moveaxis(patches, -1, 1) if first else patches
    return patches if volumes.ndim == 5 else patches[0]


def _windows(batch, window, steps, padding, dilation, who) -> jax.Array:
    """Windows by a convolution whose kernel picks one element per filter: (..., elements * channels)."""
    x = floats(batch)
    channels, elements = x.shape[-1], 1
    for n in window:
        elements *= n
    pick = jnp.eye(elements * channels, dtype=x.dtype).reshape(*window, channels, elements * channels)
    return convolve(x, pick, steps, padding, False, dilation, who).astype(batch.dtype)
