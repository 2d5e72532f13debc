"""Up-sampling: sequences, images and volumes get more steps, pixels, elements."""

from keras import config, ops
from keras._core.checks import integers, one_of, positive_integer
from keras.layers._input_spec import InputSpec
from keras.layers._layer import Layer
from keras.layers._spatial import SpatialSpec, spatial_axes, spatial_sizes, with_spatial


class UpSampling1D(Layer):
    """Repeats each step of a sequence.

    Args:
        size: how often.

    Shapes:
        x: (batch, steps, channels), y: (batch, size * steps, channels).

    >>> UpSampling1D(2)(ops.ones((1, 3, 4))).shape
    (1, 6, 4)
    """

    _keeps_dtype = True

    def __init__(self, size=2, **kwargs):
        super().__init__(**kwargs)
        self.size = positive_integer("size", size, "UpSampling1D")
        self.input_spec = InputSpec(ndim=3)

    def call(self, inputs):
        return ops.repeat(inputs, self.size, axis=1)

    def compute_output_shape(self, input_shape):
        """More steps."""
        batch, steps, channels = input_shape
        return (batch, None if steps is None else steps * self.size, channels)


class UpSampling(Layer):
    """Base of the layers that enlarge images and volumes by repeating."""

    rank: int
    _keeps_dtype = True

    def __init__(self, size, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.size = integers("size", size, self.rank, type(self).__name__)
        self.data_format = config.standard_data_format(data_format, type(self).__name__)
        self.input_spec = SpatialSpec(self.rank, self.data_format)

    def call(self, inputs):
        for axis, times in zip(spatial_axes(self.rank, self.data_format), self.size):
            inputs = ops.repeat(inputs, times, axis=axis)
        return inputs

    def compute_output_shape(self, input_shape):
        """The spatial sizes times `size`."""
        sizes = spatial_sizes(input_shape, self.data_format)
        larger = [None if n is None else n * times for n, times in zip(sizes, self.size)]
        return with_spatial(input_shape, larger, self.data_format)


class UpSampling2D(UpSampling):
    """Enlarges images.

    Args:
        size: factors for height and width, one number or two.
        data_format: 'channels_last' for (batch, height, width, channels), 'channels_first' for (batch, channels,
            height, width).
        interpolation: 'nearest' repeats pixels; 'bilinear', 'bicubic', 'lanczos3' and 'lanczos5' blend them.

    >>> UpSampling2D(2)(ops.ones((1, 3, 3, 4))).shape
    (1, 6, 6, 4)
    """

    rank = 2

    def __init__(self, size=(2, 2), data_format=None, interpolation="nearest", **kwargs):
        super().__init__(size, data_format, **kwargs)
        known = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
        self.interpolation = one_of("interpolation", str(interpolation).lower(), known, "UpSampling2D")

    def call(self, inputs):
        if self.interpolation == "nearest":
            return super().call(inputs)
        size = spatial_sizes(self.compute_output_shape(inputs.shape), self.data_format)
        return ops.image.resize(inputs, size, interpolation=self.interpolation, data_format=self.data_format)


class UpSampling3D(UpSampling):
    """Enlarges volumes by repeating their elements.

    Args:
        size: factors for depth, height and width, one number or three.
        data_format: 'channels_last' for (batch, depth, height, width, channels), 'channels_first' for channels behind
            the batch.

    >>> UpSampling3D(2)(ops.ones((1, 3, 3, 3, 4))).shape
    (1, 6, 6, 6, 4)
    """

    rank = 3

    def __init__(self, size=(2, 2, 2), data_format=None, **kwargs):
        super().__init__(size, data_format, **kwargs)
