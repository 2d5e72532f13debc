"""RandomZoom: images grow or shrink."""

from keras import ops, random
from keras.layers._image.factors import factor_range
from keras.layers._image.warped_layer import WarpedLayer, numbers_of


class RandomZoom(WarpedLayer):
    """Scales images around their middle; the size of the result stays.

    Args:
        height_factor: how much more of the image is seen, from -1 to 1: -0.2 shows 0.8 of its height, larger; 0.2
            shows all of it and more, smaller. One number `f` means `(-f, f)`.
        width_factor: the same for the width; None takes the draw for the height, so that shapes stay.
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
        self, height_factor, width_factor=None, fill_mode="reflect", interpolation="bilinear", seed=None,
        fill_value=0.0, data_format=None, **kwargs,
    ):  # fmt: skip
        super().__init__(None, fill_mode, interpolation, seed, fill_value, data_format=data_format, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self.height_lower, self.height_upper = _zoom_range("height_factor", height_factor)
        if width_factor is not None:
            self.width_lower, self.width_upper = _zoom_range("width_factor", width_factor)

    def draw(self, shape, seed):
        count = (self.count(shape), 1)
        down = across = random.uniform(count, 1 + self.height_lower, 1 + self.height_upper, "float32", seed)
        if self.width_factor is not None:
            across = random.uniform(count, 1 + self.width_lower, 1 + self.width_upper, "float32", seed)
        return {"height_zoom": down, "width_zoom": across, "input_shape": shape}

    def lookup(self, transformation, height, width):
        zx, zy = (ops.convert_to_tensor(transformation[name]) for name in ("width_zoom", "height_zoom"))
        return numbers_of(zx, 0, (width - 1) / 2 * (1 - zx), 0, zy, (height - 1) / 2 * (1 - zy), 0, 0)

    def move_boxes(self, corners, transformation):
        height, width = self.size_before(transformation)
        zx, zy = (ops.convert_to_tensor(transformation[name]) for name in ("width_zoom", "height_zoom"))
        zoom = ops.concatenate([zx, zy, zx, zy], axis=1)[:, None]
        middle = ops.convert_to_tensor([(width - 1) / 2, (height - 1) / 2] * 2, dtype=corners.dtype)
        return (corners - middle) / zoom + middle

    def get_clipped_bbox(self, bounding_boxes, h_end, h_start, w_end, w_start):
        """Corners clipped to a part of the image and counted from its beginning."""
        left, top, right, bottom = ops.unstack(ops.convert_to_tensor(bounding_boxes["boxes"]), 4, axis=-1)
        left, right = (ops.clip(x, w_start, w_end) - w_start for x in (left, right))
        top, bottom = (ops.clip(y, h_start, h_end) - h_start for y in (top, bottom))
        return {**bounding_boxes, "boxes": ops.stack([left, top, right, bottom], axis=-1)}


def _zoom_range(name, factor):
    lower, upper = factor_range(name, factor, (-1, 1), "RandomZoom")
    if lower < -1:
        raise ValueError(f"RandomZoom: `{name}` must not begin below -1, where nothing is seen. Got {factor!r}.")
    return lower, upper
