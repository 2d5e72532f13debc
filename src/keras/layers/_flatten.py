"""Flatten: all axes but the batch become one."""

import math

from keras import config, ops
from keras.layers._input_spec import InputSpec
from keras.layers._layer import Layer


class Flatten(Layer):
    """Puts all axes behind the first into one.

    Args:
        data_format: 'channels_first' moves axis 1 to the end before, so that the order of the elements is the same
            for both axis orders.

    Shapes:
        x: (batch, ...), y: (batch, product of the others).

    >>> Flatten()(ops.ones((2, 3, 4))).shape
    (2, 12)
    """

    _keeps_dtype = True

    def __init__(self, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.data_format = config.standard_data_format(data_format, "Flatten")
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs):
        if self.data_format == "channels_first" and inputs.ndim > 2:
            inputs = ops.moveaxis(inputs, 1, -1)
        # the sizes are multiplied here because -1 cannot be found for an empty batch
        return ops.reshape(inputs, (inputs.shape[0], math.prod(inputs.shape[1:])))

    def compute_output_shape(self, input_shape):
        """Batch and the product of the other sizes."""
        rest = input_shape[1:]
        return (input_shape[0], None if None in rest else math.prod(rest))
