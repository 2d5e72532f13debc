"""RandomPosterization: fewer different values."""

from keras import ops, random
from keras.layers._image.colour_layer import ColourLayer
from keras.layers._image.image_layer import by_image


class RandomPosterization(ColourLayer):
    """Keeps only the first bits of each value and sets the others to 0.

    `y = x - x mod 2**shift`, for values from 0 to 255, with `8 - shift` drawn from `factor` for each image

    Args:
        factor: how many of 8 bits are kept, from 1 to 8; one number `n` means `(1, n)`. The number drawn is below the
            highest, except where both are equal.
        value_range: the lowest and the highest value that pixels have.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        seed: an integer makes the same draws again in every run.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    factor_bounds = (1, 8)

    def __init__(self, factor, value_range=(0, 255), data_format=None, seed=None, **kwargs):
        super().__init__(factor, value_range, seed, data_format=data_format, **kwargs)

    def draw(self, shape, seed):
        least, most = (int(f) for f in self.factor)
        bits = random.randint((self.count(shape),), least, max(most, least + 1), seed=seed)
        return {"shift_factor": ops.cast(8 - bits, "uint8")}

    def change(self, images, transformation):
        shift = ops.cast(by_image(transformation["shift_factor"]), "int32")
        values = ops.cast(self.to_unit(images) * 255, "int32")
        kept = ops.left_shift(ops.right_shift(values, shift), shift)
        return self.from_unit(ops.cast(kept, images.dtype) / 255)
