"""RandomRotation: images are turned around their middle."""

import math

from keras import ops, random
from keras.layers._image.box_moves import affine_transform
from keras.layers._image.warped_layer import WarpedLayer, numbers_of


class RandomRotation(WarpedLayer):
    """Turns images around their middle by random angles.

    Args:
        factor: the lowest and the highest angle as shares of a full turn, from -1 to 1, against the clock where they
            are positive; one number `f` means `(-f, f)`.
        fill_mode: what lies beyond the borders: 'constant', 'nearest', 'wrap' or 'reflect'.
        interpolation: 'nearest' or 'bilinear'.
        seed: an integer makes the same draws again in every run.
        fill_value: the constant of `fill_mode="constant"`.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    factor_bounds = (-1, 1)

    def __init__(
        self, factor, fill_mode="reflect", interpolation="bilinear", seed=None, fill_value=0.0, data_format=None,
        **kwargs,
    ):  # fmt: skip
        super().__init__(factor, fill_mode, interpolation, seed, fill_value, data_format=data_format, **kwargs)

    def draw(self, shape, seed):
        height, width = self.size_of(shape)
        angle = random.uniform((self.count(shape),), *self.factor, "float32", seed) * 360
        cos, sin = ops.cos(angle * (math.pi / 180)), ops.sin(angle * (math.pi / 180))
        x, y = (width - 1) / 2, (height - 1) / 2
        return {
            "angle": angle,
            "rotation_matrix": numbers_of(cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y, 0, 0),
            "image_height": height,
            "image_width": width,
            "batch_size": self.count(shape),
        }

    def lookup(self, transformation, height, width):
        return transformation["rotation_matrix"]

    def size_before(self, transformation):
        return transformation["image_height"], transformation["image_width"]

    def move_boxes(self, corners, transformation):
        height, width = self.size_before(transformation)
        zero = ops.zeros((1,))
        return affine_transform(corners, transformation["angle"], zero, zero, 1.0, zero, zero, height, width)
