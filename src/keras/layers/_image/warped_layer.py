"""What layers share that look every pixel up at another place."""

from keras import ops
from keras._core.checks import number, one_of
from keras.layers._image.image_layer import RandomImageLayer

_FILL_MODES = ("constant", "nearest", "wrap", "reflect")


class WarpedLayer(RandomImageLayer):
    """A layer that moves, turns or shears images. Masks follow them with the nearest pixel's class.

    A subclass says with `lookup(transformation, height, width)` where pixels are looked up: the eight numbers of
    `ops.image.affine_transform` for each image.

    Args:
        interpolation: 'nearest' or 'bilinear'.
        fill_mode: what lies beyond the borders: 'constant', 'nearest', 'wrap' or 'reflect'.
        fill_value: the constant.
    """

    moves_pixels = True

    def __init__(self, factor=None, fill_mode="reflect", interpolation="bilinear", seed=None, fill_value=0.0, **kwargs):
        super().__init__(factor=factor, seed=seed, **kwargs)
        owner = type(self).__name__
        self.fill_mode = one_of("fill_mode", fill_mode, _FILL_MODES, owner)
        self.interpolation = one_of("interpolation", interpolation, ("nearest", "bilinear"), owner)
        self.fill_value = number("fill_value", fill_value, owner)

    def lookup(self, transformation, height, width):
        """The numbers of the transformation, (images, 8)."""
        raise NotImplementedError(f"{type(self).__name__} has no `lookup` method.")

    def change(self, images, transformation):
        return self._warped(images, transformation, self.interpolation)

    def change_masks(self, masks, transformation):
        return self._warped(masks, transformation, "nearest")

    def _warped(self, images, transformation, interpolation):
        matrix = ops.convert_to_tensor(self.lookup(transformation, *images.shape[1:3]), dtype="float32")
        return ops.image.affine_transform(
            images, ops.reshape(matrix, (-1, 8)), interpolation, self.fill_mode, self.fill_value, "channels_last"
        )

    def get_transformed_x_y(self, x, y, transform):
        """Where points go: columns and rows `x` and `y` by eight numbers, as `ops.image.affine_transform` reads them.

        Args:
            x, y: (images, points), or numbers.
            transform: (8,) or (images, 8).
        """
        numbers = ops.reshape(ops.convert_to_tensor(transform, dtype="float32"), (-1, 8))
        a0, a1, a2, b0, b1, b2, c0, c1 = (numbers[:, i : i + 1] for i in range(8))
        k = c0 * x + c1 * y + 1
        return (a0 * x + a1 * y + a2) / k, (b0 * x + b1 * y + b2) / k


def numbers_of(*columns):
    """The eight numbers for each image from eight columns; a plain number is meant for all images."""
    columns = [ops.reshape(ops.convert_to_tensor(c, dtype="float32"), (-1,)) for c in columns]
    count = max(c.shape[0] for c in columns)
    return ops.stack([ops.broadcast_to(c, (count,)) for c in columns], axis=-1)
