"""Masking: steps that hold nothing but a filler are skipped."""

from keras import ops
from keras._core.checks import number
from keras.layers._layer import Layer


class Masking(Layer):
    """Masks the steps whose features all equal `mask_value`: later layers skip them. Their values become zero.

    Args:
        mask_value: the filler.

    Shapes:
        x: (batch, steps, ..., features), y: the same, mask: (batch, steps, ...).

    >>> Masking().compute_mask(ops.array([[[0.0, 0.0], [0.0, 3.0]]]))
    Array([[False,  True]], dtype=bool)
    """

    _built_from_start = True
    _keeps_dtype = True

    def __init__(self, mask_value=0.0, **kwargs):
        super().__init__(**kwargs)
        self.mask_value = number("mask_value", mask_value, "Masking")
        self.supports_masking = True

    def compute_mask(self, inputs, mask=None):
        """True where a step is kept."""
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1)

    def call(self, inputs):
        kept = ops.any(ops.not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        return inputs * ops.cast(kept, inputs.dtype)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape
