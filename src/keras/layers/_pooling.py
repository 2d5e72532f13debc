"""Pooling: one number per window of a sequence, image or volume."""

from keras import config, ops
from keras._core.checks import integers, one_of
from keras.layers._layer import Layer
from keras.layers._spatial import SpatialSpec, window_shape


class Pooling(Layer):
    """Base of the pooling layers. Subclasses say how many spatial axes there are and what is done with a window."""

    rank: int
    _built_from_start = True

    def __init__(self, pool_size, strides=None, padding="valid", data_format=None, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        owner = type(self).__name__
        self.pool_size = integers("pool_size", pool_size, self.rank, owner)
        self.strides = integers("strides", pool_size if strides is None else strides, self.rank, owner)
        self.padding = one_of("padding", str(padding).lower(), ("valid", "same"), owner)
        self.data_format = config.standard_data_format(data_format, owner)
        self.input_spec = SpatialSpec(self.rank, self.data_format)

    def compute_output_shape(self, input_shape):
        """The number of windows along each spatial axis, channels unchanged."""
        return window_shape(self.name, input_shape, self.pool_size, self.strides, self.padding, self.data_format)


class MaxPooling(Pooling):
    """Base of the layers that keep the largest number of each window."""

    _keeps_dtype = True

    def __init__(self, pool_size=2, strides=None, padding="valid", data_format=None, name=None, **kwargs):
        super().__init__(pool_size, strides, padding, data_format, name, **kwargs)

    def call(self, inputs):
        return ops.max_pool(inputs, self.pool_size, self.strides, self.padding, self.data_format)


class AveragePooling(Pooling):
    """Base of the layers that take the mean of each window; padding does not count."""

    def call(self, inputs):
        y = ops.average_pool(inputs, self.pool_size, self.strides, self.padding, self.data_format)
        return ops.cast(y, self.compute_dtype)  # means of integers are floats


class MaxPooling1D(MaxPooling):
    """The largest number in each window of steps, for each channel.

    Args:
        pool_size: steps in a window.
        strides: from one window to the next; `pool_size` if None.
        padding: 'valid' uses whole windows only; 'same' pads so that each step starts a window when `strides` is 1.
        data_format: 'channels_last' for (batch, steps, channels), 'channels_first' for (batch, channels, steps).

    >>> MaxPooling1D(2)(ops.ones((1, 6, 3))).shape
    (1, 3, 3)
    """

    rank = 1


class MaxPooling2D(MaxPooling):
    """The largest number in each window of an image, for each channel.

    Args:
        pool_size: height and width of a window, one number or two.
        strides: from one window to the next; `pool_size` if None.
        padding: 'valid' uses whole windows only; 'same' pads so that each pixel starts a window when `strides` is 1.
        data_format: 'channels_last' for (batch, height, width, channels), 'channels_first' for (batch, channels,
            height, width).

    >>> MaxPooling2D(2)(ops.ones((1, 6, 6, 3))).shape
    (1, 3, 3, 3)
    """

    rank = 2


class MaxPooling3D(MaxPooling):
    """The largest number in each window of a volume, for each channel.

    Args:
        pool_size: depth, height and width of a window, one number or three.
        strides: from one window to the next; `pool_size` if None.
        padding: 'valid' uses whole windows only; 'same' pads so that each element starts a window when `strides` is 1.
        data_format: 'channels_last' for (batch, depth, height, width, channels), 'channels_first' for channels behind
            the batch.

    >>> MaxPooling3D(2)(ops.ones((1, 4, 4, 4, 3))).shape
    (1, 2, 2, 2, 3)
    """

    rank = 3


class AveragePooling1D(AveragePooling):
    """The mean of each window of steps, for each channel.

    Args:
        pool_size: steps in a window.
        strides: from one window to the next; `pool_size` if None.
        padding: 'valid' uses whole windows only; 'same' pads, and the padding does not count in the means.
        data_format: 'channels_last' for (batch, steps, channels), 'channels_first' for (batch, channels, steps).

    >>> AveragePooling1D(2)(ops.ones((1, 6, 3))).shape
    (1, 3, 3)
    """

    rank = 1


class AveragePooling2D(AveragePooling):
    """The mean of each window of an image, for each channel.

    Args:
        pool_size: height and width of a window, one number or two.
        strides: from one window to the next; `pool_size` if None.
        padding: 'valid' uses whole windows only; 'same' pads, and the padding does not count in the means.
        data_format: 'channels_last' for (batch, height, width, channels), 'channels_first' for (batch, channels,
            height, width).

    >>> AveragePooling2D(2)(ops.ones((1, 6, 6, 3))).shape
    (1, 3, 3, 3)
    """

    rank = 2


class AveragePooling3D(AveragePooling):
    """The mean of each window of a volume, for each channel.

    Args:
        pool_size: depth, height and width of a window, one number or three.
        strides: from one window to the next; `pool_size` if None.
        padding: 'valid' uses whole windows only; 'same' pads, and the padding does not count in the means.
        data_format: 'channels_last' for (batch, depth, height, width, channels), 'channels_first' for channels behind
            the batch.

    >>> AveragePooling3D(2)(ops.ones((1, 4, 4, 4, 3))).shape
    (1, 2, 2, 2, 3)
    """

    rank = 3
