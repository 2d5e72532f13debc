"""RandomContrast: differences within images grow or shrink."""

from keras import ops, random
from keras.layers._image.colour_layer import ColourLayer
from keras.layers._image.image_layer import by_image


class RandomContrast(ColourLayer):
    """Moves all values of each channel away from their mean, or towards it.

    `y = clip((x - mean) * c + mean, low, high)`, with `c` drawn from `1 - factor[0]` to `1 + factor[1]` for each image

    Args:
        factor: how much contrast is lost and gained at most; one number `f` means `(0, f)`: it is never lost.
        value_range: the lowest and the highest value that pixels have.
        seed: an integer makes the same draws again in every run.
        **kwargs: `bounding_box_format`, `data_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    factor_bounds = (0, 1)

    def __init__(self, factor, value_range=(0, 255), seed=None, **kwargs):
        super().__init__(factor, value_range, seed, **kwargs)

    def draw(self, shape, seed):
        less, more = self.factor
        return {"contrast_factor": random.uniform(self.per_image(shape), 1 - less, 1 + more, "float32", seed)}

    def change(self, images, transformation):
        factor = ops.cast(by_image(transformation["contrast_factor"]), images.dtype)
        mean = ops.mean(images, axis=(1, 2), keepdims=True)
        return self.within_range((images - mean) * factor + mean)
