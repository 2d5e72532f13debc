"""Zero padding: zeros around sequences, images and volumes."""

from keras import config, ops
from keras._core.checks import pairs_of_integers
from keras.layers._layer import Layer
from keras.layers._spatial import SpatialSpec, spatial_axes


class ZeroPadding(Layer):
    """Base of the padding layers. Subclasses say how many spatial axes there are."""

    rank: int
    _keeps_dtype = True

    def __init__(self, padding=1, data_format=None, **kwargs):
        super().__init__(**kwargs)
        owner = type(self).__name__
        pairs = pairs_of_integers("padding", padding, self.rank, owner)
        self.padding = pairs[0] if self.rank == 1 else pairs
        self.data_format = config.standard_data_format(data_format, owner)
        self.input_spec = SpatialSpec(self.rank, self.data_format)

    @property
    def _pairs(self):
        """What is added before and after, for every axis."""
        pairs = (self.padding,) if self.rank == 1 else self.padding
        found = [(0, 0)] * (self.rank + 2)
        for axis, pair in zip(spatial_axes(self.rank, self.data_format), pairs):
            found[axis] = pair
        return found

    def call(self, inputs):
        return ops.pad(inputs, self._pairs)

    def compute_output_shape(self, input_shape):
        """The sizes with the padding."""
        return tuple(None if n is None else n + sum(pair) for n, pair in zip(input_shape, self._pairs))


class ZeroPadding1D(ZeroPadding):
    """Puts zeros before and after each sequence.

    Args:
        padding: how many: one number, or (before, after).
        data_format: 'channels_last' for (batch, steps, channels), 'channels_first' for (batch, channels, steps).

    >>> ZeroPadding1D(2)(ops.ones((1, 3, 4))).shape
    (1, 7, 4)
    """

    rank = 1


class ZeroPadding2D(ZeroPadding):
    """Puts zeros around each image.

    Args:
        padding: how many: one number, (for the height, for the width), or ((top, bottom), (left, right)).
        data_format: 'channels_last' for (batch, height, width, channels), 'channels_first' for (batch, channels,
            height, width).

    >>> ZeroPadding2D(1)(ops.ones((1, 3, 3, 4))).shape
    (1, 5, 5, 4)
    """

    rank = 2


class ZeroPadding3D(ZeroPadding):
    """Puts zeros around each volume.

    Args:
        padding: how many: one number, one per axis, or (before, after) per axis.
        data_format: 'channels_last' for (batch, depth, height, width, channels), 'channels_first' for channels behind
            the batch.

    >>> ZeroPadding3D(1)(ops.ones((1, 3, 3, 3, 4))).shape
    (1, 5, 5, 5, 4)
    """

    rank = 3
