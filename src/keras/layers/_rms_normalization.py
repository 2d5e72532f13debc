"""RMSNormalization: every sample gets a root mean square of 1, then a learned scale."""

from keras import ops
from keras._core.checks import axes_of, axis_or_axes, known_size, not_negative
from keras.layers._layer import Layer


class RMSNormalization(Layer):
    """`y = scale * x / sqrt(mean(x ** 2) + epsilon)`, from Zhang and Sennrich (2019).

    Args:
        axis: the axis, or axes, along which the mean is taken.
        epsilon: added to the mean of the squares.

    >>> RMSNormalization()([[3.0, -3.0]]).round(2)
    Array([[ 1., -1.]], dtype=float32)
    """

    def __init__(self, axis=-1, epsilon=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis_or_axes(axis, "RMSNormalization")
        self.epsilon = not_negative("epsilon", epsilon, "RMSNormalization")

    def build(self, input_shape):
        axes = axes_of(self.axis, input_shape, self.name)
        shape = tuple(known_size(input_shape, axis, self.name) for axis in axes)
        self.scale = self.add_weight(name="scale", shape=shape, initializer="ones", autocast=False)

    def call(self, inputs):
        axes = axes_of(self.axis, inputs.shape, self.name)  # counted from the end, they may be those of another rank
        return ops.rms_normalization(inputs, self.scale, axis=axes, epsilon=self.epsilon)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape
