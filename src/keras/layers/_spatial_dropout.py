"""Spatial dropout: whole channels are left out while training."""

from keras import config, random
from keras.layers._dropout import Dropout
from keras.layers._spatial import SpatialSpec, spatial_axes


class SpatialDropout1D(Dropout):
    """Sets whole channels of a sequence to zero with probability `rate` in training. From Tompson et al. (2014).

    Args:
        rate: a number from 0 to 1.
        seed: an integer makes the same masks again in every run.

    Shapes:
        x: (batch, steps, channels), y: the same.

    >>> SpatialDropout1D(0.5)(ops.ones((1, 3, 4)), training=False).shape
    (1, 3, 4)
    """

    _not_in_config = frozenset(("trainable", "noise_shape"))  # Keras 3 does not take it here

    def __init__(self, rate, seed=None, name=None, dtype=None, **kwargs):
        super().__init__(rate, seed=seed, name=name, dtype=dtype, **kwargs)
        self.input_spec = SpatialSpec(1, "channels_last")

    def call(self, inputs, training=False):
        return _drop_channels(self, inputs, training, (1,))


def _drop_channels(layer, inputs, training, axes):
    if not training or layer.rate == 0:
        return inputs
    noise_shape = tuple(1 if axis in axes else size for axis, size in enumerate(inputs.shape))
    return random.dropout(inputs, layer.rate, noise_shape=noise_shape, seed=layer.seed_generator)


class SpatialDropout(Dropout):
    """Base of the layers that drop channels of images and volumes. Subclasses say how many spatial axes there are."""

    rank: int
    _not_in_config = frozenset(("trainable", "noise_shape"))  # Keras 3 does not take it here

    def __init__(self, rate, data_format=None, seed=None, name=None, dtype=None, **kwargs):
        super().__init__(rate, seed=seed, name=name, dtype=dtype, **kwargs)
        self.data_format = config.standard_data_format(data_format, type(self).__name__)
        self.input_spec = SpatialSpec(self.rank, self.data_format)

    def call(self, inputs, training=False):
        return _drop_channels(self, inputs, training, spatial_axes(self.rank, self.data_format))


class SpatialDropout2D(SpatialDropout):
    """Sets whole channels of an image to zero with probability `rate` in training. From Tompson et al. (2014).

    Args:
        rate: a number from 0 to 1.
        data_format: 'channels_last' for (batch, height, width, channels), 'channels_first' for (batch, channels,
            height, width).
        seed: an integer makes the same masks again in every run.

    >>> SpatialDropout2D(0.5)(ops.ones((1, 3, 3, 4)), training=False).shape
    (1, 3, 3, 4)
    """

    rank = 2


class SpatialDropout3D(SpatialDropout):
    """Sets whole channels of a volume to zero with probability `rate` in training. From Tompson et al. (2014).

    Args:
        rate: a number from 0 to 1.
        data_format: 'channels_last' for (batch, depth, height, width, channels), 'channels_first' for channels behind
            the batch.
        seed: an integer makes the same masks again in every run.

    >>> SpatialDropout3D(0.5)(ops.ones((1, 3, 3, 3, 4)), training=False).shape
    (1, 3, 3, 3, 4)
    """

    rank = 3
