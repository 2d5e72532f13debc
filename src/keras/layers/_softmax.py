"""Softmax: numbers become probabilities."""

from keras import activations, ops
from keras._core.checks import axis_or_axes
from keras.layers._layer import Layer


class Softmax(Layer):
    """`y = exp(x) / sum(exp(x))` along one or several axes.

    Args:
        axis: an axis, or several.

    Call arguments:
        mask: false where an element takes no part; its result is 0. One with fewer axes, such as a mask of steps, holds
            for all elements of a step.

    >>> Softmax()([[0.0, 0.0]])
    Array([[0.5, 0.5]], dtype=float32)
    """

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis_or_axes(axis, "Softmax")
        self.supports_masking = True

    def call(self, inputs, mask=None):
        axis = self.axis if isinstance(self.axis, int) else tuple(self.axis)
        if mask is None:
            return activations.softmax(inputs, axis=axis)
        mask = ops.reshape(mask, mask.shape + (1,) * (inputs.ndim - mask.ndim))
        # the result is exactly 0 where masked, also where all elements are
        lowest = -3e4 if self.compute_dtype == "float16" else -1e9
        probabilities = activations.softmax(ops.where(mask, inputs, lowest), axis=axis)
        return ops.where(mask, probabilities, ops.zeros_like(probabilities))

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape
