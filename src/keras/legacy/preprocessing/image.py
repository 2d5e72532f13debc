"""`keras.preprocessing.image` of Keras 0.x to 2.x, without what today's has too."""

from __future__ import annotations

import os
import re

from keras.legacy.preprocessing.affine import (
    apply_affine_transform,
    apply_brightness_shift,
    apply_channel_shift,
    apply_transform,
    flip_axis,
    horizontal_flip,
    random_barrel_transform,
    random_brightness,
    random_channel_shift,
    random_rotation,
    random_shear,
    random_shift,
    random_zoom,
    transform_matrix_offset_center,
    vertical_flip,
)
from keras.legacy.preprocessing.files import DataFrameIterator, DirectoryIterator
from keras.legacy.preprocessing.generator import GraphImageDataGenerator, ImageDataGenerator
from keras.legacy.preprocessing.iterators import Iterator, NumpyArrayIterator

__all__ = [
    "DataFrameIterator", "DirectoryIterator", "GraphImageDataGenerator", "ImageDataGenerator", "Iterator",
    "NumpyArrayIterator",
    "apply_affine_transform", "apply_brightness_shift", "apply_channel_shift", "apply_transform", "flip_axis",
    "horizontal_flip", "list_pictures", "random_barrel_transform", "random_brightness", "random_channel_shift",
    "random_rotation", "random_shear", "random_shift", "random_zoom", "transform_matrix_offset_center",
    "vertical_flip",
]  # fmt: skip


def list_pictures(directory, ext="jpg|jpeg|bmp|png|ppm"):
    """The paths of the images in a folder and in those below it.

    Args:
        directory: the folder.
        ext: endings, with | between them.
    """
    fits = re.compile(rf"\w+\.(?:{ext})")
    return [os.path.join(place, name) for place, _, names in os.walk(directory) for name in names if fits.match(name)]
