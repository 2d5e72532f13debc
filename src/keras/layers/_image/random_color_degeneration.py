"""RandomColorDegeneration: colours fade towards grey, or become stronger."""

from keras import ops, random
from keras.layers._image.colour_layer import ColourLayer, blend
from keras.layers._image.image_layer import by_image


class RandomColorDegeneration(ColourLayer):
    """Mixes images with their grey versions.

    `y = clip(x + f * (grey(x) - x), low, high)`, with `f` drawn from `factor` for each image

    Args:
        factor: the lowest and the highest `f`, from -1 to 1; one number `f` means `(-f, f)`. 1 is grey.
        value_range: the lowest and the highest value that pixels have.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        seed: an integer makes the same draws again in every run.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    factor_bounds = (-1, 1)

    def __init__(self, factor, value_range=(0, 255), data_format=None, seed=None, **kwargs):
        super().__init__(factor, value_range, seed, data_format=data_format, **kwargs)

    def draw(self, shape, seed):
        return {"factor": random.uniform((self.count(shape), 1, 1, 1), *self.factor, "float32", seed)}

    def change(self, images, transformation):
        grey = ops.image.rgb_to_grayscale(images, data_format="channels_last")
        factor = ops.cast(by_image(transformation["factor"]), images.dtype)
        return self.within_range(blend(images, grey, factor))
