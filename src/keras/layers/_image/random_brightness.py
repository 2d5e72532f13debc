"""RandomBrightness: images become lighter or darker."""

from keras import ops, random
from keras.layers._image.colour_layer import ColourLayer
from keras.layers._image.image_layer import by_image


class RandomBrightness(ColourLayer):
    """Adds a random number to all values of an image, and clips to the range.

    `y = clip(x + d * (high - low), low, high)`, with `d` drawn from `factor` for each image

    Args:
        factor: the lowest and the highest `d`, from -1 to 1; one number `f` means `(-f, f)`.
        value_range: the lowest and the highest value that pixels have.
        seed: an integer makes the same draws again in every run.
        **kwargs: `bounding_box_format`, `data_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.

    >>> RandomBrightness(0.2)(images)  # each lighter or darker by up to 51
    """

    factor_bounds = (-1, 1)

    def __init__(self, factor, value_range=(0, 255), seed=None, **kwargs):
        super().__init__(factor, value_range, seed, **kwargs)

    def draw(self, shape, seed):
        low, high = self.value_range
        delta = random.uniform(self.per_image(shape), *self.factor, dtype="float32", seed=seed)
        return {"rgb_delta": delta * (high - low)}

    def change(self, images, transformation):
        delta = by_image(transformation["rgb_delta"])
        return self.within_range(images + ops.cast(delta, images.dtype))
