"""Rescaling: values of another range."""

import numpy as np

from keras import config, ops
from keras.layers._layer import Layer


class Rescaling(Layer):
    """Multiplies and adds: `y = x * scale + offset`, in training and otherwise.

    Args:
        scale, offset: numbers, or lists with one for each channel, which is the third axis from the end if the global
            setting is 'channels_first', and else the last.

    >>> Rescaling(1 / 255)([[0.0, 255.0]])
    Array([[0., 1.]], dtype=float32)
    """

    def __init__(self, scale, offset=0.0, **kwargs):
        super().__init__(**kwargs)
        self.scale = _numbers(scale)
        self.offset = _numbers(offset)
        self.supports_masking = True

    def call(self, inputs):
        dtype = self.compute_dtype
        x = ops.cast(inputs, dtype)
        scale, offset = (ops.cast(ops.convert_to_tensor(n), dtype) for n in (self.scale, self.offset))
        if config.image_data_format() == "channels_first" and len(x.shape) > 2:
            scale, offset = (ops.reshape(n, n.shape + (1,) * (3 - n.ndim)) for n in (scale, offset))
        return x * scale + offset

    def convert_weight(self, weight):
        """The value of a weight as a tensor."""
        return ops.convert_to_tensor(weight)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape


def _numbers(value):
    """A number, or a list of numbers as JSON has them."""
    return value if isinstance(value, (int, float)) else np.asarray(value).tolist()
