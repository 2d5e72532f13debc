"""RandomShear: images are slanted."""

from keras import ops, random
from keras.layers._image.factors import factor_range
from keras.layers._image.random_translation import shifted
from keras.layers._image.warped_layer import WarpedLayer, numbers_of


class RandomShear(WarpedLayer):
    """Slants images: rows are moved in proportion to how far down they are, columns to how far right.

    The pixel `(x, y)` of the result is looked up at `(x + a y, y + b x)`. The sizes of `a` and `b` are drawn from the
    factors for each image, their signs by a coin.

    Args:
        x_factor, y_factor: from 0 to 1; one number `f` means `(0, f)`.
        interpolation: 'nearest' or 'bilinear'.
        fill_mode: what lies beyond the borders: 'constant', 'nearest', 'wrap' or 'reflect'.
        fill_value: the constant of `fill_mode="constant"`.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        seed: an integer makes the same draws again in every run.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    def __init__(
        self, x_factor=0.0, y_factor=0.0, interpolation="bilinear", fill_mode="reflect", fill_value=0.0,
        data_format=None, seed=None, **kwargs,
    ):  # fmt: skip
        super().__init__(None, fill_mode, interpolation, seed, fill_value, data_format=data_format, **kwargs)
        self.x_factor = factor_range("x_factor", x_factor, (0, 1), "RandomShear", True)
        self.y_factor = factor_range("y_factor", y_factor, (0, 1), "RandomShear", True)

    def draw(self, shape, seed):
        count = (self.count(shape), 1)
        sides = [random.uniform(count, *factor, "float32", seed) for factor in (self.x_factor, self.y_factor)]
        coin = random.uniform((count[0], 1), dtype="float32", seed=seed)
        factors = ops.concatenate(sides, axis=1)
        return {"shear_factor": ops.where(coin < 0.5, -factors, factors), "input_shape": shape}

    def lookup(self, transformation, height, width):
        shear = ops.convert_to_tensor(transformation["shear_factor"])
        return numbers_of(1, shear[:, 0], 0, shear[:, 1], 1, 0, 0, 0)

    def move_boxes(self, corners, transformation):
        # as in Keras 3: both factors apply to shares of the image, so boxes fit best where images are square
        height, width = self.size_before(transformation)
        shear = ops.convert_to_tensor(transformation["shear_factor"])
        x = corners[..., (0, 2, 0, 2)] / width
        y = corners[..., (1, 1, 3, 3)] / height
        x = x - shear[:, 0, None, None] * y
        y = y - shear[:, 1, None, None] * x
        sides = (ops.min(x, -1) * width, ops.min(y, -1) * height, ops.max(x, -1) * width, ops.max(y, -1) * height)
        return ops.stack(sides, axis=-1)

    def get_shifted_bbox(self, bounding_boxes, w_shift_factor, h_shift_factor):
        """Relative corners moved to the left and up by shares of the image: (images, 1) or numbers."""
        return shifted(bounding_boxes, w_shift_factor, h_shift_factor)
