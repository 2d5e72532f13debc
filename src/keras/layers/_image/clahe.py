"""ContrastLimitedAdaptiveHistogramEqualization: more contrast in every part of the image."""

from keras import ops
from keras._core.checks import integers, positive_number
from keras.layers._image.equalization import histograms
from keras.layers._image.factors import two_numbers
from keras.layers._image.image_layer import ImageLayer

_BINS = 256


class ContrastLimitedAdaptiveHistogramEqualization(ImageLayer):
    """Equalizes the tiles of an image, without making noise stand out (Zuiderveld, 1994).

    Every tile gets a table of new values from the histogram of its own; what a bin holds beyond the limit is shared
    out among all bins. A pixel takes the average of what the tables of the four nearest tiles say.

    Args:
        value_range: the lowest and the highest value that pixels have.
        clip_limit: how many times its even share a bin may hold.
        tile_grid_size: how many tiles there are, down and across.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        **kwargs: `bounding_box_format` and those of `Layer`.
    """

    in_training_only = False

    def __init__(self, value_range=(0, 255), clip_limit=4.0, tile_grid_size=(8, 8), data_format=None, **kwargs):
        super().__init__(data_format=data_format, **kwargs)
        owner = "ContrastLimitedAdaptiveHistogramEqualization"
        self.value_range = two_numbers("value_range", value_range, owner)
        self.clip_limit = positive_number("clip_limit", clip_limit, owner)
        self.tile_grid_size = integers("tile_grid_size", tile_grid_size, 2, owner)

    def change(self, images, transformation):
        low, high = self.value_range
        values = ops.clip((images - low) / (high - low) * (_BINS - 1), 0, _BINS - 1)
        places = ops.cast(values, "int32")
        (down, across), (height, width) = self.tile_grid_size, images.shape[1:3]
        tile = -(-height // down), -(-width // across)  # the last tiles reach beyond the image, which continues there
        missing = tile[0] * down - height, tile[1] * across - width
        whole = ops.pad(places, ((0, 0), (0, missing[0]), (0, missing[1]), (0, 0)), mode="symmetric")
        tables = self._tables(whole, tile)
        rows, columns = _neighbours(height, tile[0], down), _neighbours(width, tile[1], across)
        found = 0.0
        for row, row_weight in rows:
            for column, column_weight in columns:
                weight = row_weight[:, None] * column_weight[None, :]
                found = found + _by_tile(tables, row, column, places) * weight[None, :, :, None]
        return ops.cast(found * (high - low) + low, images.dtype)

    def _tables(self, places, tile):
        """The share of the range that each bin becomes: (images, down, across, channels, bins)."""
        down, across = self.tile_grid_size
        count, channels = places.shape[0], places.shape[3]
        tiles = ops.reshape(places, (count, down, tile[0], across, tile[1], channels))
        tiles = ops.reshape(ops.transpose(tiles, (0, 1, 3, 2, 4, 5)), (count * down * across, *tile, channels))
        counts, pixels = histograms(tiles, _BINS), tile[0] * tile[1]
        kept = ops.minimum(counts, self.clip_limit * pixels / _BINS)
        kept = kept + (pixels - ops.sum(kept, axis=-1, keepdims=True)) / _BINS
        below = ops.cumsum(kept, axis=-1)
        first = below[..., :1]
        table = (below - first) / ops.maximum(pixels - first, 1e-6)
        return ops.reshape(table, (count, down, across, channels, _BINS))


def _neighbours(size, tile, tiles):
    """The nearest two tiles of each row (or column), and how much each counts."""
    place = ops.clip(ops.arange(size, dtype="float32") / tile - 0.5, 0, tiles - 1)
    first = ops.floor(place)
    share = place - first
    first = ops.cast(first, "int32")
    return (first, 1 - share), (ops.minimum(first + 1, tiles - 1), share)


def _by_tile(tables, rows, columns, places):
    """What the table of a pixel's tile says: tables of (images, down, across, channels, bins)."""
    count, _, across, channels, bins = tables.shape
    flat = ops.reshape(tables, (count, -1))
    tile = (rows[:, None] * across + columns[None, :])[None, :, :, None]
    entry = (tile * channels + ops.arange(channels, dtype="int32")) * bins
    entry = ops.reshape(entry + places, (count, -1))
    return ops.reshape(ops.take_along_axis(flat, entry, axis=-1), places.shape)
