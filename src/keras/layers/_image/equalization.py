"""Equalization: all shades occur as often."""

from keras import ops
from keras._core.checks import positive_integer
from keras.layers._image.factors import two_numbers
from keras.layers._image.image_layer import ImageLayer


class Equalization(ImageLayer):
    """Spreads the values of each channel so that all parts of the range occur about equally often, in training.

    `y = round((n(x) - n(min)) / (n(max) - n(min)) * 255) / 255 * (high - low) + low`, where `n(x)` counts the values
    up to the part of the range that `x` is in, in all images of the batch together. A channel with all its values in
    one part stays as it is.

    Args:
        value_range: the lowest and the highest value that pixels have.
        bins: how many parts of the range are told apart.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        **kwargs: `bounding_box_format` and those of `Layer`.

    Call arguments:
        training: without training images stay as they are. True if left out.
    """

    def __init__(self, value_range=(0, 255), bins=256, data_format=None, **kwargs):
        super().__init__(data_format=data_format, **kwargs)
        self.value_range = two_numbers("value_range", value_range, "Equalization")
        self.bins = positive_integer("bins", bins, "Equalization")

    def change(self, images, transformation):
        low, high = self.value_range
        values = ops.cast((images - low) / (high - low) * (self.bins - 1), "int32")
        places = ops.clip(values, 0, self.bins - 1)
        counts = ops.sum(histograms(places, self.bins), axis=0, keepdims=True)  # (1, channels, bins)
        below = ops.cumsum(counts, axis=-1)
        first = ops.min(ops.where(counts > 0, below, below[..., -1:]), axis=-1, keepdims=True)
        total = below[..., -1:]
        table = (below - first) / ops.maximum(total - first, 1)
        table = ops.broadcast_to(ops.round(table * 255), (places.shape[0], *table.shape[1:]))
        # a factor of exactly 1 where the range is (0, 255) leaves whole numbers whole
        spread = looked_up(table, places) * ((high - low) / 255) + low
        several = ops.reshape(ops.sum(ops.cast(counts > 0, "int32"), axis=-1) > 1, (1, 1, 1, -1))
        return ops.where(several, ops.cast(spread, images.dtype), images)


def histograms(places, bins):
    """How often each of `bins` numbers occurs: (images, height, width, channels) -> (images, channels, bins)."""
    count, _, _, channels = places.shape
    flat = ops.reshape(ops.transpose(places, (0, 3, 1, 2)), (count * channels, -1))
    rows = ops.arange(count * channels, dtype="int32")[:, None] * bins
    found = ops.bincount(ops.reshape(flat + rows, (-1,)), minlength=count * channels * bins)
    return ops.reshape(ops.cast(found[: count * channels * bins], "float32"), (count, channels, bins))


def looked_up(table, places):
    """The entries of (images, channels, bins) that (images, height, width, channels) numbers name."""
    count, height, width, channels = places.shape
    flat = ops.reshape(ops.transpose(places, (0, 3, 1, 2)), (count, channels, -1))
    found = ops.take_along_axis(table, flat, axis=-1)
    return ops.transpose(ops.reshape(found, (count, channels, height, width)), (0, 2, 3, 1))
