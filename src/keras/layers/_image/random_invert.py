"""RandomInvert: negatives."""

from keras import ops
from keras.layers._image.chance import chosen
from keras.layers._image.colour_layer import ColourLayer
from keras.layers._image.image_layer import by_image


class RandomInvert(ColourLayer):
    """Turns some images into their negatives: `y = high - x`.

    Args:
        factor: the share of images, from 0 to 1, drawn from here for each; one number `f` means `(0, f)`.
        value_range: the lowest and the highest value that pixels have.
        seed: an integer makes the same draws again in every run.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    factor_bounds = (0, 1)

    def __init__(self, factor=1.0, value_range=(0, 255), seed=None, data_format=None, **kwargs):
        super().__init__(factor, value_range, seed, data_format=data_format, **kwargs)

    def draw(self, shape, seed):
        return {"apply_inversion": chosen(self.count(shape), self.factor, seed)}

    def change(self, images, transformation):
        return ops.where(by_image(transformation["apply_inversion"]), self.value_range[1] - images, images)
