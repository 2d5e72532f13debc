"""RandomElasticTransform: images ripple."""

from keras import ops, random
from keras.layers._image.chance import chosen
from keras.layers._image.factors import factor_range, two_numbers
from keras.layers._image.image_layer import by_image
from keras.layers._image.warped_layer import WarpedLayer


class RandomElasticTransform(WarpedLayer):
    """Looks every pixel of some images up at a random place nearby (Simard and others, 2003).

    The places are normal noise, smoothed by a Gauss curve with the standard deviation `sigma`, times `alpha`; both
    follow from the size of the images and a strength drawn once for a batch (see `get_elastic_transform_params`).
    Boxes stay where they are.

    Args:
        factor: the share of images, from 0 to 1, drawn from here for each; one number `f` means `(0, f)`.
        scale: the strength is drawn from here, from 0 to 1; one number `s` means `(0, s)`.
        interpolation: 'nearest' or 'bilinear'.
        fill_mode: what lies beyond the borders: 'constant', 'nearest', 'wrap' or 'reflect'.
        fill_value: the constant of `fill_mode="constant"`.
        value_range: the lowest and the highest value that pixels have.
        seed: an integer makes the same draws again in every run.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    factor_bounds = (0, 1)

    def __init__(
        self, factor=1.0, scale=1.0, interpolation="bilinear", fill_mode="reflect", fill_value=0.0,
        value_range=(0, 255), seed=None, data_format=None, **kwargs,
    ):  # fmt: skip
        super().__init__(factor, fill_mode, interpolation, seed, fill_value, data_format=data_format, **kwargs)
        self.scale = factor_range("scale", scale, (0, 1), "RandomElasticTransform")
        self.value_range = two_numbers("value_range", value_range, "RandomElasticTransform")

    def get_elastic_transform_params(self, height, width, factor):
        """`alpha` and `sigma` for images of a size at a strength: 0.2 and 0.05 of the shorter side, times it."""
        side = min(height, width) * factor
        return 0.2 * side, 0.05 * side

    def draw(self, shape, seed):
        return {
            "apply_transform": chosen(self.count(shape), self.factor, seed),
            "distortion_factor": random.uniform((), *self.scale, "float32", seed),
            "seed": seed.next(),
        }

    def change(self, images, transformation):
        low, high = self.value_range
        return ops.clip(self._rippled(images, transformation, self.interpolation), low, high)

    def change_masks(self, masks, transformation):
        return self._rippled(masks, transformation, "nearest")

    def _rippled(self, images, transformation, interpolation):
        count, height, width, channels = images.shape
        alpha, sigma = self.get_elastic_transform_params(height, width, transformation["distortion_factor"])
        # the window is as wide as the strongest ripples need, because its size cannot depend on a draw
        reach = 2 * int(3 * self.get_elastic_transform_params(height, width, self.scale[1])[1]) + 1
        noise = random.normal((count, height, width, 2), dtype="float32", seed=transformation["seed"])
        sigma = ops.maximum(ops.cast(sigma, "float32"), 1e-3)
        moves = ops.image.gaussian_blur(noise, (reach, reach), (sigma, sigma), data_format="channels_last") * alpha
        rows = ops.arange(height, dtype="float32")[:, None] + moves[..., 0]
        columns = ops.arange(width, dtype="float32")[None, :] + moves[..., 1]
        shape = (count, height, width, channels)
        places = ops.stack([
            ops.broadcast_to(ops.arange(count, dtype="float32")[:, None, None, None], shape),
            ops.broadcast_to(rows[..., None], shape),
            ops.broadcast_to(columns[..., None], shape),
            ops.broadcast_to(ops.arange(channels, dtype="float32"), shape),
        ])  # fmt: skip
        order = 0 if interpolation == "nearest" else 1
        rippled = ops.image.map_coordinates(images, places, order, self.fill_mode, self.fill_value)
        return ops.where(by_image(transformation["apply_transform"]), rippled, images)

    def transform_bounding_boxes(self, bounding_boxes, transformation=None, training=True):
        """The boxes as they are: ripples are small beside boxes."""
        return bounding_boxes
