"""Solarization: light becomes dark from a threshold on."""

from keras import ops, random
from keras.layers._image.colour_layer import ColourLayer
from keras.layers._image.factors import factor_range
from keras.layers._image.image_layer import by_image


class Solarization(ColourLayer):
    """Adds a number to all values and turns those above a threshold around, as overexposed film does.

    `z = clip(x + a, 0, 255)`, `y = z where z < t, 255 - z elsewhere`, for values from 0 to 255, with `a / 255` and
    `t / 255` drawn from the factors for each image

    Args:
        addition_factor, threshold_factor: from 0 to 1; one number `f` means `(0, f)`.
        value_range: the lowest and the highest value that pixels have.
        seed: an integer makes the same draws again in every run.
        **kwargs: `bounding_box_format`, `data_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    def __init__(self, addition_factor=0.0, threshold_factor=0.0, value_range=(0, 255), seed=None, **kwargs):
        super().__init__(value_range=value_range, seed=seed, **kwargs)
        self.addition_factor = factor_range("addition_factor", addition_factor, (0, 1), "Solarization", True)
        self.threshold_factor = factor_range("threshold_factor", threshold_factor, (0, 1), "Solarization", True)

    def draw(self, shape, seed):
        each = self.per_image(shape)
        return {
            "additions": random.uniform(each, *self.addition_factor, "float32", seed) * 255,
            "thresholds": random.uniform(each, *self.threshold_factor, "float32", seed) * 255,
        }

    def change(self, images, transformation):
        additions, thresholds = (
            ops.cast(by_image(transformation[name]), images.dtype) for name in ("additions", "thresholds")
        )
        values = ops.clip(self.to_unit(images) * 255 + additions, 0, 255)
        return self.from_unit(ops.where(values < thresholds, values, 255 - values) / 255)
