"""ReLU: negative numbers become zero."""

from keras import activations
from keras._core.checks import not_negative
from keras.layers._layer import Layer


class ReLU(Layer):
    """Lets positive numbers through.

    `y = max_value` where `x >= max_value`, `x` where `threshold <= x < max_value`, `negative_slope * (x - threshold)`
    elsewhere.

    Args:
        max_value: the largest output; None is any.
        negative_slope: the slope below the threshold.
        threshold: below it numbers are damped; at least 0.

    >>> ReLU()([-1.0, 2.0])
    Array([0., 2.], dtype=float32)
    """

    _built_from_start = True
    _keeps_dtype = True

    def __init__(self, max_value=None, negative_slope=0.0, threshold=0.0, **kwargs):
        super().__init__(**kwargs)
        self.max_value = None if max_value is None else not_negative("max_value", max_value, "ReLU")
        self.negative_slope = not_negative("negative_slope", negative_slope, "ReLU")
        self.threshold = not_negative("threshold", threshold, "ReLU")
        self.supports_masking = True

    def call(self, inputs):
        return activations.relu(
            inputs, negative_slope=self.negative_slope, max_value=self.max_value, threshold=self.threshold
        )

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape
