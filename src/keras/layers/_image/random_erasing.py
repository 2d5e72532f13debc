"""RandomErasing: a part of the image is painted over."""

from keras import ops, random
from keras._core.checks import number
from keras.layers._image.chance import chosen
from keras.layers._image.colour_layer import ColourLayer
from keras.layers._image.factors import factor_range
from keras.layers._image.image_layer import by_image
from keras.layers._image.patches import patch_masks


class RandomErasing(ColourLayer):
    """Paints over a rectangle in some images (Zhong and others, 2017).

    Args:
        factor: the share of images, from 0 to 1, drawn from here for each; one number `f` means `(0, f)`.
        scale: the squares of height and of width of the rectangle, as shares of the image's, are drawn from here.
        fill_value: the value to paint with; None draws normally distributed noise.
        value_range: the lowest and the highest value that pixels have.
        seed: an integer makes the same draws again in every run.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    factor_bounds = (0, 1)

    def __init__(
        self, factor=1.0, scale=(0.02, 0.33), fill_value=None, value_range=(0, 255), seed=None, data_format=None,
        **kwargs,
    ):  # fmt: skip
        super().__init__(factor, value_range, seed, data_format=data_format, **kwargs)
        self.scale = factor_range("scale", scale, (0, 1), "RandomErasing")
        self.fill_value = fill_value if fill_value is None else number("fill_value", fill_value, "RandomErasing")

    def draw(self, shape, seed):
        count, (height, width) = self.count(shape), self.size_of(shape)
        sides = ops.sqrt(random.uniform((2, count), *self.scale, "float32", seed))
        return {
            "apply_erasing": chosen(count, self.factor, seed),
            "batch_masks": self._like_images(patch_masks(height, width, sides[0], sides[1], seed), shape),
            "fill_value": self._paint(shape, seed),
        }

    def _paint(self, shape, seed):
        """What is painted, in the shape of the images."""
        low, high = self.value_range
        if self.fill_value is not None:
            return ops.full(shape, self.fill_value, dtype="float32")
        noise = random.normal(shape, dtype="float32", seed=seed)
        return ops.clip(noise * (high - low) + low, low, high)

    def _like_images(self, masks, shape):
        """Masks of shape (images, height, width, 1) in the axis order and with the channels of the images."""
        masks = ops.moveaxis(masks, -1, 1) if self.data_format == "channels_first" else masks
        return ops.broadcast_to(masks, (masks.shape[0], *shape[-3:]))

    def change(self, images, transformation):
        masks, paint = (self._channels_last(transformation[name]) for name in ("batch_masks", "fill_value"))
        erased = by_image(transformation["apply_erasing"]) & masks
        return self.within_range(ops.where(erased, ops.cast(paint, images.dtype), images))

    def _channels_last(self, x):
        return ops.moveaxis(x, -3, -1) if self.data_format == "channels_first" else ops.convert_to_tensor(x)
