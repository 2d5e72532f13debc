"""AutoContrast: the darkest pixel becomes black, the lightest white."""

from keras import ops
from keras.layers._image.factors import two_numbers
from keras.layers._image.image_layer import ImageLayer


class AutoContrast(ImageLayer):
    """Stretches the values of each channel over the whole range, in training and otherwise.

    `y = (x - min) / (max - min) * (high - low) + low`; a channel with one value stays as it is

    Args:
        value_range: the lowest and the highest value that pixels have.
        **kwargs: `bounding_box_format`, `data_format` and those of `Layer`.
    """

    in_training_only = False

    def __init__(self, value_range=(0, 255), **kwargs):
        super().__init__(**kwargs)
        self.value_range = two_numbers("value_range", value_range, "AutoContrast")

    def change(self, images, transformation):
        low, high = self.value_range
        least, most = ops.min(images, axis=(1, 2), keepdims=True), ops.max(images, axis=(1, 2), keepdims=True)
        spread = ops.where(most > least, most - least, 1)
        stretched = (images - least) / spread * (high - low) + low
        return ops.where(most > least, stretched, images)
