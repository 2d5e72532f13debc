"""RandomSaturation: colours become stronger or weaker."""

from keras import config, ops, random
from keras.layers._image.colour_layer import ColourLayer
from keras.layers._image.image_layer import by_image


class RandomSaturation(ColourLayer):
    """Multiplies the saturation of images (the S of hue, saturation, value).

    `s' = clip(s * f / (1 - f), 0, 1)`, with `f` drawn from `factor` for each image

    Args:
        factor: the lowest and the highest `f`, from -1 to 1; one number `f` means `(-f, f)`. 0.5 changes nothing, 1 is
            full saturation, 0 and everything below it is grey.
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
        f = random.uniform((self.count(shape),), *self.factor, "float32", seed)
        return {"factor": f / (1 - f + config.epsilon())}

    def change(self, images, transformation):
        factor = ops.cast(by_image(transformation["factor"], 3), images.dtype)
        hsv = ops.image.rgb_to_hsv(self.to_unit(images), data_format="channels_last")
        saturation = ops.clip(hsv[..., 1] * factor, 0.0, 1.0)
        hsv = ops.stack([hsv[..., 0], saturation, hsv[..., 2]], axis=-1)
        return self.from_unit(ops.image.hsv_to_rgb(hsv, data_format="channels_last"))
