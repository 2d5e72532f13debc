"""RandomHue: colours turn into their neighbours on the colour wheel."""

from keras import ops, random
from keras.layers._image.colour_layer import ColourLayer
from keras.layers._image.image_layer import by_image


class RandomHue(ColourLayer):
    """Turns the hue of images (the H of hue, saturation, value) one way or the other.

    `h' = (h + d) mod 1`, where `2 |d|` is drawn from `factor` for each image, and its sign by a coin

    Args:
        factor: from 0 to 1; one number `f` means `(0, f)`. 1 is half of the wheel at most.
        value_range: the lowest and the highest value that pixels have.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        seed: an integer makes the same draws again in every run.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    factor_bounds = (0, 1)

    def __init__(self, factor, value_range=(0, 255), data_format=None, seed=None, **kwargs):
        super().__init__(factor, value_range, seed, data_format=data_format, **kwargs)

    def draw(self, shape, seed):
        count = (self.count(shape),)
        turn = random.uniform(count, *self.factor, "float32", seed) / 2
        coin = random.uniform(count, dtype="float32", seed=seed)
        return {"factor": ops.where(coin > 0.5, -turn, turn)}

    def change(self, images, transformation):
        factor = ops.cast(by_image(transformation["factor"], 3), images.dtype)
        hsv = ops.image.rgb_to_hsv(self.to_unit(images), data_format="channels_last")
        hue = (hsv[..., 0] + factor) % 1.0
        hsv = ops.stack([hue, hsv[..., 1], hsv[..., 2]], axis=-1)
        return self.within_range(self.from_unit(ops.image.hsv_to_rgb(hsv, data_format="channels_last")))
