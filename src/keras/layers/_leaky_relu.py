"""LeakyReLU: negative numbers are damped."""

from keras import ops
from keras._core.checks import not_negative
from keras.layers._layer import Layer


class LeakyReLU(Layer):
    """`y = x` where `x >= 0`, `negative_slope * x` elsewhere. From Maas et al. (2013).

    Args:
        negative_slope: the slope below zero.

    >>> LeakyReLU(0.5)([-1.0, 2.0])
    Array([-0.5,  2. ], dtype=float32)
    """

    _built_from_start = True

    def __init__(self, negative_slope=0.3, **kwargs):
        super().__init__(**kwargs)
        self.negative_slope = not_negative("negative_slope", negative_slope, "LeakyReLU")
        self.supports_masking = True

    def call(self, inputs):
        return ops.leaky_relu(inputs, negative_slope=self.negative_slope)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape
