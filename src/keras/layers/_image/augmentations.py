"""The layers that `RandAugment` and `AugMix` choose from."""

from keras.layers._image.auto_contrast import AutoContrast
from keras.layers._image.equalization import Equalization
from keras.layers._image.factors import factor_range
from keras.layers._image.image_layer import RandomImageLayer
from keras.layers._image.random_brightness import RandomBrightness
from keras.layers._image.random_color_degeneration import RandomColorDegeneration
from keras.layers._image.random_contrast import RandomContrast
from keras.layers._image.random_posterization import RandomPosterization
from keras.layers._image.random_rotation import RandomRotation
from keras.layers._image.random_sharpness import RandomSharpness
from keras.layers._image.random_shear import RandomShear
from keras.layers._image.random_translation import RandomTranslation
from keras.layers._image.solarization import Solarization

MOVING = ("random_shear", "random_translation", "random_rotation")
COLOURS = ("random_brightness", "random_color_degeneration", "random_contrast", "random_sharpness")
TONES = ("random_posterization", "solarization", "auto_contrast", "equalization")
EVERY = (*MOVING, *COLOURS, *TONES)


class Augmentations(RandomImageLayer):
    """A layer with eleven others inside, of which it applies some by chance.

    Args:
        value_range: the lowest and the highest value that pixels have.
        factor: how strongly they act, from 0 to 1; one number `f` means `(0, f)`.
        interpolation: 'nearest' or 'bilinear'.
    """

    factor_bounds = (0, 1)
    moves_pixels = True

    def __init__(self, value_range, factor, interpolation, seed, data_format, bounding_box_format=None, **kwargs):
        super().__init__(
            factor=factor, seed=seed, data_format=data_format, bounding_box_format=bounding_box_format, **kwargs
        )
        self.value_range = value_range
        self.interpolation = interpolation
        factor_range("factor", self.factor[0], (0, 1), type(self).__name__)
        factor_range("factor", self.factor[1], (0, 1), type(self).__name__)
        share = self.factor
        options = {
            "seed": seed, "data_format": self.data_format, "bounding_box_format": bounding_box_format,
            "dtype": self.dtype_policy,
        }  # fmt: skip
        still = {k: v for k, v in options.items() if k != "seed"}
        moves = {**options, "interpolation": interpolation}
        colours = {**options, "value_range": value_range}
        self.random_shear = RandomShear(x_factor=share, y_factor=share, **moves)
        self.random_translation = RandomTranslation(height_factor=share, width_factor=share, **moves)
        self.random_rotation = RandomRotation(factor=share, **moves)
        self.random_brightness = RandomBrightness(factor=share, **colours)
        self.random_color_degeneration = RandomColorDegeneration(factor=share, **colours)
        self.random_contrast = RandomContrast(factor=share, **colours)
        self.random_sharpness = RandomSharpness(factor=share, **colours)
        self.random_posterization = RandomPosterization(factor=(1, max(int(share[1] * 8), 1)), **colours)
        self.solarization = Solarization(addition_factor=share, threshold_factor=share, **colours)
        self.auto_contrast = AutoContrast(value_range=value_range, **still)
        self.equalization = Equalization(value_range=value_range, **still)

    def draw_each(self, names, shape, seed):
        """Name -> transformation."""
        layers = {name: getattr(self, name) for name in names}
        return {n: x.draw(shape, seed) if isinstance(x, RandomImageLayer) else None for n, x in layers.items()}
