"""Global pooling: one number per channel."""

from keras import config, ops
from keras.layers._layer import Layer
from keras.layers._spatial import SpatialSpec, spatial_axes


class GlobalPooling(Layer):
    """Base of the layers that leave one number per channel."""

    rank: int
    _built_from_start = True

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__(**kwargs)
        self.data_format = config.standard_data_format(data_format, type(self).__name__)
        self.keepdims = keepdims
        self.input_spec = SpatialSpec(self.rank, self.data_format)

    @property
    def _axes(self):
        return spatial_axes(self.rank, self.data_format)

    def compute_output_shape(self, input_shape):
        """Batch and channels, with axes of size 1 between them if `keepdims`."""
        gone = (1,) if self.keepdims else ()
        return sum((gone if i in self._axes else (size,) for i, size in enumerate(input_shape)), ())


class GlobalMaxPooling(GlobalPooling):
    """Base of the layers that keep the largest number of each channel."""

    _keeps_dtype = True

    def call(self, inputs):
        return ops.max(inputs, axis=self._axes, keepdims=self.keepdims)


class GlobalAveragePooling(GlobalPooling):
    """Base of the layers that take the mean of each channel."""

    def call(self, inputs):
        y = ops.mean(inputs, axis=self._axes, keepdims=self.keepdims)
        return ops.cast(y, self.compute_dtype)  # means of integers are floats


class GlobalMaxPooling1D(GlobalMaxPooling):
    """The largest number of each channel of a sequence.

    Args:
        data_format: 'channels_last' for (batch, steps, channels), 'channels_first' for (batch, channels, steps).
        keepdims: whether the steps stay as an axis of size 1.

    >>> GlobalMaxPooling1D()(ops.ones((2, 5, 3))).shape
    (2, 3)
    """

    rank = 1


class GlobalMaxPooling2D(GlobalMaxPooling):
    """The largest number of each channel of an image.

    Args:
        data_format: 'channels_last' for (batch, height, width, channels), 'channels_first' for (batch, channels,
            height, width).
        keepdims: whether height and width stay as axes of size 1.

    >>> GlobalMaxPooling2D()(ops.ones((2, 5, 5, 3))).shape
    (2, 3)
    """

    rank = 2


class GlobalMaxPooling3D(GlobalMaxPooling):
    """The largest number of each channel of a volume.

    Args:
        data_format: 'channels_last' for (batch, depth, height, width, channels), 'channels_first' for channels behind
            the batch.
        keepdims: whether the spatial axes stay as axes of size 1.

    >>> GlobalMaxPooling3D()(ops.ones((2, 4, 4, 4, 3))).shape
    (2, 3)
    """

    rank = 3


class GlobalAveragePooling1D(GlobalAveragePooling):
    """The mean over the steps of a sequence, for each channel. Masked steps do not count.

    Args:
        data_format: 'channels_last' for (batch, steps, channels), 'channels_first' for (batch, channels, steps).
        keepdims: whether the steps stay as an axis of size 1.

    >>> GlobalAveragePooling1D()(ops.ones((2, 5, 3))).shape
    (2, 3)
    """

    rank = 1

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__(data_format, keepdims, **kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is None:
            return super().call(inputs)
        kept = ops.expand_dims(ops.cast(mask, inputs.dtype), -1 if self.data_format == "channels_last" else 1)
        total = ops.sum(inputs * kept, axis=self._axes, keepdims=self.keepdims)
        return total / ops.sum(kept, axis=self._axes, keepdims=self.keepdims)

    def compute_mask(self, inputs, mask=None):
        """None: the steps are gone."""
        return


class GlobalAveragePooling2D(GlobalAveragePooling):
    """The mean of each channel of an image.

    Args:
        data_format: 'channels_last' for (batch, height, width, channels), 'channels_first' for (batch, channels,
            height, width).
        keepdims: whether height and width stay as axes of size 1.

    >>> GlobalAveragePooling2D()(ops.ones((2, 5, 5, 3))).shape
    (2, 3)
    """

    rank = 2


class GlobalAveragePooling3D(GlobalAveragePooling):
    """The mean of each channel of a volume.

    Args:
        data_format: 'channels_last' for (batch, depth, height, width, channels), 'channels_first' for channels behind
            the batch.
        keepdims: whether the spatial axes stay as axes of size 1.

    >>> GlobalAveragePooling3D()(ops.ones((2, 4, 4, 4, 3))).shape
    (2, 3)
    """

    rank = 3
