"""RandomTranslation: images are moved."""

from keras import ops, random
from keras.layers._image.factors import factor_range
from keras.layers._image.warped_layer import WarpedLayer, numbers_of


class RandomTranslation(WarpedLayer):
    """Moves images down or up, right or left, by random distances.

    Args:
        height_factor, width_factor: the lowest and the highest distance as shares of height and width, from -1 to 1;
            positive ones move down and to the right. One number `f` means `(-f, f)`.
        fill_mode: what lies beyond the borders: 'constant', 'nearest', 'wrap' or 'reflect'.
        interpolation: 'nearest' or 'bilinear'.
        seed: an integer makes the same draws again in every run.
        fill_value: the constant of `fill_mode="constant"`.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    def __init__(
        self, height_factor, width_factor, fill_mode="reflect", interpolation="bilinear", seed=None, fill_value=0.0,
        data_format=None, **kwargs,
    ):  # fmt: skip
        super().__init__(None, fill_mode, interpolation, seed, fill_value, data_format=data_format, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        owner = "RandomTranslation"
        self.height_lower, self.height_upper = factor_range("height_factor", height_factor, (-1, 1), owner, True)
        self.width_lower, self.width_upper = factor_range("width_factor", width_factor, (-1, 1), owner, True)

    def draw(self, shape, seed):
        height, width = self.size_of(shape)
        count = (self.count(shape), 1)
        down = random.uniform(count, self.height_lower, self.height_upper, "float32", seed) * height
        right = random.uniform(count, self.width_lower, self.width_upper, "float32", seed) * width
        return {"translations": ops.concatenate([right, down], axis=1), "input_shape": shape}

    def lookup(self, transformation, height, width):
        moves = ops.convert_to_tensor(transformation["translations"])
        return numbers_of(1, 0, -moves[:, 0], 0, 1, -moves[:, 1], 0, 0)

    def move_boxes(self, corners, transformation):
        moves = ops.convert_to_tensor(transformation["translations"])
        return corners + ops.concatenate([moves, moves], axis=1)[:, None]

    def get_shifted_bbox(self, bounding_boxes, w_shift_factor, h_shift_factor):
        """Relative corners moved to the left and up by shares of the image: (images, 1) or numbers."""
        return shifted(bounding_boxes, w_shift_factor, h_shift_factor)


def shifted(bounding_boxes, right_to_left, down_to_up):
    """A dict of boxes whose corners are moved to the left and up."""
    left, top, right, bottom = ops.unstack(ops.convert_to_tensor(bounding_boxes["boxes"]), 4, axis=-1)
    sides = (left - right_to_left, top - down_to_up, right - right_to_left, bottom - down_to_up)
    return {**bounding_boxes, "boxes": ops.stack(sides, axis=-1)}
