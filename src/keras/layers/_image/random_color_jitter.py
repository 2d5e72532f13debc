"""RandomColorJitter: brightness, contrast, saturation and hue change together."""

from keras.layers._image.colour_layer import ColourLayer
from keras.layers._image.random_brightness import RandomBrightness
from keras.layers._image.random_contrast import RandomContrast
from keras.layers._image.random_hue import RandomHue
from keras.layers._image.random_saturation import RandomSaturation


class RandomColorJitter(ColourLayer):
    """Applies `RandomBrightness`, `RandomContrast`, `RandomSaturation` and `RandomHue`, in this order.

    Args:
        value_range: the lowest and the highest value that pixels have.
        brightness_factor, contrast_factor, saturation_factor, hue_factor: the factors of these layers; None leaves a
            layer out.
        seed: an integer makes the same draws again in every run.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    def __init__(
        self, value_range=(0, 255), brightness_factor=None, contrast_factor=None, saturation_factor=None,
        hue_factor=None, seed=None, data_format=None, **kwargs,
    ):  # fmt: skip
        super().__init__(value_range=value_range, seed=seed, data_format=data_format, **kwargs)
        self.brightness_factor, self.contrast_factor = brightness_factor, contrast_factor
        self.saturation_factor, self.hue_factor = saturation_factor, hue_factor
        options = {"value_range": value_range, "seed": seed, "dtype": self.dtype_policy, "data_format": "channels_last"}
        if brightness_factor is not None:
            self.random_brightness = RandomBrightness(brightness_factor, **options)
        if contrast_factor is not None:
            self.random_contrast = RandomContrast(contrast_factor, **options)
        if saturation_factor is not None:
            self.random_saturation = RandomSaturation(saturation_factor, **options)
        if hue_factor is not None:
            self.random_hue = RandomHue(hue_factor, **options)

    def _steps(self):
        names = ("random_brightness", "random_contrast", "random_saturation", "random_hue")
        return [(name, getattr(self, name)) for name in names if hasattr(self, name)]

    def draw(self, shape, seed):
        return {name: layer.draw(shape, seed) for name, layer in self._steps()}

    def change(self, images, transformation):
        for name, layer in self._steps():
            images = layer.change(images, transformation[name])
        return images
