"""One image, moved, turned, flipped or tinted: functions of `keras.preprocessing.image` of Keras 0.x to 2.x.

Coordinates are rows and columns; SciPy does the interpolation. What is drawn comes from `numpy.random`.
"""

from __future__ import annotations

import importlib

import numpy as np
from scipy import ndimage

from keras._core.checks import one_of
from keras.legacy import era
from keras.legacy.preprocessing import manner as manners
from keras.legacy.preprocessing.manner import Manner
from keras.utils import array_to_img, img_to_array

FILL_MODES = ("constant", "nearest", "reflect", "wrap")
MOVEMENT = {"theta": 0, "tx": 0, "ty": 0, "shear": 0, "zx": 1, "zy": 1}  # arguments of `turning` that move nothing


def turning(theta=0.0, tx=0.0, ty=0.0, shear=0.0, zx=1.0, zy=1.0) -> np.ndarray:
    """The matrix that turns, then moves, shears and zooms, about the origin.

    `[cos t, -sin t; sin t, cos t] · ([1, -sin s; 0, cos s] · [zx, 0; 0, zy] + (tx, ty))`

    Args:
        theta, shear: t and s, in degrees.
        tx, ty: in pixels.
        zx, zy: factors.

    Shapes:
        result: (3, 3); (images, 3, 3) where the arguments are one number per image.
    """
    turn, lean = np.deg2rad(theta), np.deg2rad(shear)
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.zeros((*np.shape(turn), 3, 3))
    matrix[..., 0, 0] = cos * zx
    matrix[..., 0, 1] = -(cos * np.sin(lean) + sin * np.cos(lean)) * zy
    matrix[..., 0, 2] = cos * tx - sin * ty
    matrix[..., 1, 0] = sin * zx
    matrix[..., 1, 1] = (cos * np.cos(lean) - sin * np.sin(lean)) * zy
    matrix[..., 1, 2] = sin * tx + cos * ty
    matrix[..., 2, 2] = 1
    return matrix


def stays(theta=0, tx=0, ty=0, shear=0, zx=1, zy=1) -> bool:
    """Whether every pixel stays where it is; the arguments are those of `turning`."""
    return theta == tx == ty == shear == 0 and zx == zy == 1


def on_rows(matrix: np.ndarray, height: int, width: int, manner: Manner) -> np.ndarray:
    """A matrix of x and y, about the middle of an image, as a matrix of row and column; or several.

    Where x is the column, the middle is still that of x as the row, as in the releases that changed it: images that are
    not square are turned about a point beside their middle.
    """
    matrix = transform_matrix_offset_center(matrix, height, width, manner.centre)
    return matrix[..., [1, 0, 2], :][..., [1, 0, 2]] if manner.x_is_column else matrix


def transform_matrix_offset_center(matrix, x, y, centre=0.5):
    """A matrix about the middle of an image instead of its corner.

    Args:
        matrix: (3, 3).
        x, y: the height and the width of the image.
        centre: what is added to their halves.
    """
    there, back = np.eye(3), np.eye(3)
    there[:2, 2] = x / 2 + centre, y / 2 + centre
    back[:2, 2] = -there[:2, 2]
    return there @ matrix @ back


def apply_transform(x, transform_matrix, channel_axis=0, fill_mode="nearest", cval=0.0, order=1):
    """An image at the places that a matrix sends its rows and columns to.

    Args:
        x: an image with 3 axes.
        transform_matrix: (3, 3), of row and column.
        channel_axis: the axis of the channels.
        fill_mode: what is outside of the image: 'constant', 'nearest', 'reflect', 'wrap'.
        cval: the value outside for 'constant'.
        order: of the interpolation: 0 takes the nearest pixel, 1 is linear, up to 5.
    """
    one_of("fill_mode", fill_mode, FILL_MODES, owner="apply_transform")
    x = np.moveaxis(np.asarray(x), channel_axis, 0)
    moved = np.empty_like(x, order="C")
    for channel, target in zip(x, moved):
        ndimage.affine_transform(
            channel, transform_matrix[:2, :2], transform_matrix[:2, 2],
            output=target, order=order, mode=fill_mode, cval=cval,
        )  # fmt: skip
    return np.moveaxis(moved, 0, channel_axis)


def apply_affine_transform(
    x,
    theta=0,
    tx=0,
    ty=0,
    shear=0,
    zx=1,
    zy=1,
    row_axis=1,
    col_axis=2,
    channel_axis=0,
    fill_mode="nearest",
    cval=0.0,
    order=1,
):
    """An image turned about its middle, moved, sheared and zoomed.

    Args:
        x: an image with 3 axes.
        theta: degrees by which it is turned.
        tx, ty: pixels by which it is moved.
        shear: degrees.
        zx, zy: factors; 2 shows twice as much of the image, and repeats or fills its border.
        row_axis, col_axis, channel_axis: which axis is which.
        fill_mode, cval, order: see `apply_transform`.
    """
    if stays(theta, tx, ty, shear, zx, zy):
        return x
    matrix = on_rows(
        turning(theta, tx, ty, shear, zx, zy), np.shape(x)[row_axis], np.shape(x)[col_axis], manners.current()
    )
    return apply_transform(x, matrix, channel_axis, fill_mode, cval, order)


def random_rotation(
    x, rg, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest", cval=0.0, interpolation_order=1
):
    """An image turned by up to `rg` degrees; the other arguments are those of `apply_affine_transform`."""
    theta = np.random.uniform(-rg, rg)
    return apply_affine_transform(
        x, theta=theta, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
        fill_mode=fill_mode, cval=cval, order=interpolation_order,
    )  # fmt: skip


def random_shift(
    x, wrg, hrg, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest", cval=0.0, interpolation_order=1
):
    """An image moved by up to `wrg` of its width and `hrg` of its height; see `apply_affine_transform`."""
    tx = np.random.uniform(-hrg, hrg) * np.shape(x)[row_axis]
    ty = np.random.uniform(-wrg, wrg) * np.shape(x)[col_axis]
    return apply_affine_transform(
        x, tx=tx, ty=ty, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
        fill_mode=fill_mode, cval=cval, order=interpolation_order,
    )  # fmt: skip


def random_shear(
    x, intensity, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest", cval=0.0, interpolation_order=1
):
    """An image sheared by up to `intensity` degrees (radians before 2.2); see `apply_affine_transform`."""
    shear = np.random.uniform(-intensity, intensity)
    if not manners.current().shear_in_degrees:
        shear = np.rad2deg(shear)
    return apply_affine_transform(
        x, shear=shear, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
        fill_mode=fill_mode, cval=cval, order=interpolation_order,
    )  # fmt: skip


def random_zoom(
    x, zoom_range, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest", cval=0.0, interpolation_order=1
):
    """An image zoomed by factors between the two of `zoom_range`; see `apply_affine_transform`."""
    if np.shape(zoom_range) != (2,):
        raise ValueError(f"random_zoom: `zoom_range` must be two numbers. Got {zoom_range!r}.")
    zx, zy = (1, 1) if tuple(zoom_range) == (1, 1) else np.random.uniform(zoom_range[0], zoom_range[1], 2)
    return apply_affine_transform(
        x, zx=zx, zy=zy, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
        fill_mode=fill_mode, cval=cval, order=interpolation_order,
    )  # fmt: skip


def apply_channel_shift(x, intensity, channel_axis=0):
    """An image with `intensity` added, within the range of the values it had.

    Args:
        x: an image with 3 axes.
        intensity: what is added; several numbers are added to one channel each.
        channel_axis: the axis of the channels.
    """
    x = np.asarray(x)
    if np.ndim(intensity):
        intensity = np.expand_dims(intensity, [a for a in range(x.ndim) if a != channel_axis % x.ndim])
    return np.clip(x + np.asarray(intensity, dtype=np.result_type(x, 1.0)), np.min(x), np.max(x))


def random_channel_shift(x, intensity_range, channel_axis=0):
    """`apply_channel_shift` by up to `intensity_range`; before 2.2, by another number in each channel."""
    count = None if manners.current().one_channel_shift else np.shape(x)[channel_axis]
    return apply_channel_shift(x, np.random.uniform(-intensity_range, intensity_range, count), channel_axis)


def apply_brightness_shift(x, brightness, scale=True):
    """An image made darker or brighter, as Pillow does it, in whole numbers from 0 to 255.

    Args:
        x: an image with 3 axes.
        brightness: 0 is black, 1 leaves it as it is.
        scale: whether the values are stretched to 0..255 before. Without it, only those of an image that has others
            than 0..255 are, and put back after.
    """
    return brightened(x, brightness, scale, manners.current())


def brightened(x, brightness, scale, manner, data_format=None):
    """`apply_brightness_shift` in one year's manner and for one axis order."""
    low, high = np.min(x), np.max(x)
    outside = low < 0 or high > 255
    if scale and manner.brightness_stretches:
        image = array_to_img(stretched_from_zero(x), data_format, scale=False)
    else:
        image = array_to_img(x, data_format, scale=scale or outside)
    enhance = importlib.import_module("PIL.ImageEnhance")
    found = img_to_array(enhance.Brightness(image).enhance(brightness), data_format)
    return found / 255 * (high - low) + low if outside and not scale else found


def stretched_from_zero(x):
    """Values from 0 to 255, as Keras 1 and 2 made them for pictures: 0 stays 0 where nothing is below it."""
    x = np.asarray(x, dtype="float32")
    x = x + max(-np.min(x), 0)
    high = np.max(x)
    return x / high * 255 if high else x


def for_picture(x, scale):
    """An image, and whether it is still to be stretched: before tf.keras, 0 stayed black in one that has no 0."""
    return (stretched_from_zero(x), False) if scale and era.before("tf2.0") else (x, scale)


def random_brightness(x, brightness_range, scale=True):
    """`apply_brightness_shift` by a factor between the two of `brightness_range`."""
    if np.shape(brightness_range) != (2,):
        raise ValueError(f"random_brightness: `brightness_range` must be two numbers. Got {brightness_range!r}.")
    return apply_brightness_shift(x, np.random.uniform(*brightness_range), scale)


def flip_axis(x, axis):
    """An image the other way round along an axis."""
    return np.flip(np.asarray(x), axis)


def horizontal_flip(x):
    """Left and right of (channels, rows, columns) exchanged."""
    return flip_axis(x, 2)


def vertical_flip(x):
    """Top and bottom of (channels, rows, columns) exchanged."""
    return flip_axis(x, 1)


def random_barrel_transform(x, intensity):
    """A name that 0.x and 1.x had for something that no release did.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError("random_barrel_transform: no release of Keras had more of it than the name.")
