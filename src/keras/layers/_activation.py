"""Activation: a function of every element."""

from keras._core.dtype_policy import is_float_name
from keras._core.graph import KerasTensor
from keras.layers._base.activated import ActivationAttribute
from keras.layers._layer import Layer


class Activation(Layer):
    """Applies an activation function.

    Args:
        activation: a name such as 'relu', or a function of a tensor.

    >>> Activation("relu")([-1.0, 2.0])
    Array([0., 2.], dtype=float32)
    """

    _built_from_start = True
    activation = ActivationAttribute()

    def __init__(self, activation, **kwargs):
        super().__init__(**kwargs)
        self.activation = activation
        self.supports_masking = True

    def call(self, inputs):
        return self.activation(inputs)

    def compute_output_spec(self, inputs):
        """A symbolic tensor like the inputs; what a function makes of integers is found by tracing it."""
        if not is_float_name(inputs.dtype):
            return self._traced_outputs((inputs,), {})
        return KerasTensor(inputs.shape, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape
