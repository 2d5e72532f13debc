"""Adaptive pooling: as many windows as are asked for, whatever the size of the inputs."""

from keras import config, ops
from keras._core.checks import integers
from keras.layers._layer import Layer
from keras.layers._spatial import SpatialSpec, spatial_sizes, with_spatial


class AdaptivePooling(Layer):
    """Base of the adaptive pooling layers. Subclasses say how many spatial axes there are and what a window gives."""

    rank: int

    def __init__(self, output_size, data_format=None, **kwargs):
        super().__init__(**kwargs)
        owner = type(self).__name__
        sizes = output_size if isinstance(output_size, (list, tuple)) else (output_size,) * self.rank
        # None keeps an axis as it is
        integers("output_size", [1 if n is None else n for n in sizes], self.rank, owner)
        self.output_size = tuple(sizes)
        self.data_format = config.standard_data_format(data_format, owner)
        self.input_spec = SpatialSpec(self.rank, self.data_format)

    def compute_output_shape(self, input_shape):
        """`output_size` between batch and channels."""
        sizes = spatial_sizes(input_shape, self.data_format)
        wanted = [size if n is None else n for n, size in zip(self.output_size, sizes)]
        return with_spatial(input_shape, wanted, self.data_format)


class AdaptiveMaxPooling(AdaptivePooling):
    """Base of the layers that keep the largest number of each window."""

    _keeps_dtype = True

    def call(self, inputs):
        return ops.adaptive_max_pool(inputs, self.output_size, self.data_format)


class AdaptiveAveragePooling(AdaptivePooling):
    """Base of the layers that take the mean of each window."""

    def call(self, inputs):
        y = ops.adaptive_average_pool(inputs, self.output_size, self.data_format)
        return ops.cast(y, self.compute_dtype)  # means of integers are floats


class AdaptiveMaxPooling1D(AdaptiveMaxPooling):
    """The largest number in each of `output_size` windows of steps, for each channel.

    Window `i` of `n` reaches from `floor(i * steps / n)` to `ceil((i + 1) * steps / n)`.

    Args:
        output_size: how many windows; None for one for each step.
        data_format: 'channels_last' for (batch, steps, channels), 'channels_first' for (batch, channels, steps).

    >>> AdaptiveMaxPooling1D(2)(ops.ones((1, 7, 3))).shape
    (1, 2, 3)
    """

    rank = 1


class AdaptiveMaxPooling2D(AdaptiveMaxPooling):
    """The largest number in each of `output_size` windows of an image, for each channel.

    Window `i` of `n` along an axis reaches from `floor(i * size / n)` to `ceil((i + 1) * size / n)`.

    Args:
        output_size: how many windows along height and width, one number or two; None keeps an axis as it is.
        data_format: 'channels_last' for (batch, height, width, channels), 'channels_first' for (batch, channels,
            height, width).

    >>> AdaptiveMaxPooling2D((2, 3))(ops.ones((1, 7, 8, 3))).shape
    (1, 2, 3, 3)
    """

    rank = 2


class AdaptiveMaxPooling3D(AdaptiveMaxPooling):
    """The largest number in each of `output_size` windows of a volume, for each channel.

    Window `i` of `n` along an axis reaches from `floor(i * size / n)` to `ceil((i + 1) * size / n)`.

    Args:
        output_size: how many windows along depth, height and width, one number or three; None keeps an axis as it is.
        data_format: 'channels_last' for (batch, depth, height, width, channels), 'channels_first' for channels behind
            the batch.

    >>> AdaptiveMaxPooling3D(2)(ops.ones((1, 5, 5, 5, 3))).shape
    (1, 2, 2, 2, 3)
    """

    rank = 3


class AdaptiveAveragePooling1D(AdaptiveAveragePooling):
    """The mean of each of `output_size` windows of steps, for each channel.

    Window `i` of `n` reaches from `floor(i * steps / n)` to `ceil((i + 1) * steps / n)`.

    Args:
        output_size: how many windows; None for one for each step.
        data_format: 'channels_last' for (batch, steps, channels), 'channels_first' for (batch, channels, steps).

    >>> AdaptiveAveragePooling1D(2)(ops.ones((1, 7, 3))).shape
    (1, 2, 3)
    """

    rank = 1


class AdaptiveAveragePooling2D(AdaptiveAveragePooling):
    """The mean of each of `output_size` windows of an image, for each channel.

    Window `i` of `n` along an axis reaches from `floor(i * size / n)` to `ceil((i + 1) * size / n)`.

    Args:
        output_size: how many windows along height and width, one number or two; None keeps an axis as it is.
        data_format: 'channels_last' for (batch, height, width, channels), 'channels_first' for (batch, channels,
            height, width).

    >>> AdaptiveAveragePooling2D((2, 3))(ops.ones((1, 7, 8, 3))).shape
    (1, 2, 3, 3)
    """

    rank = 2


class AdaptiveAveragePooling3D(AdaptiveAveragePooling):
    """The mean of each of `output_size` windows of a volume, for each channel.

    Window `i` of `n` along an axis reaches from `floor(i * size / n)` to `ceil((i + 1) * size / n)`.

    Args:
        output_size: how many windows along depth, height and width, one number or three; None keeps an axis as it is.
        data_format: 'channels_last' for (batch, depth, height, width, channels), 'channels_first' for channels behind
            the batch.

    >>> AdaptiveAveragePooling3D(2)(ops.ones((1, 5, 5, 5, 3))).shape
    (1, 2, 2, 2, 3)
    """

    rank = 3
