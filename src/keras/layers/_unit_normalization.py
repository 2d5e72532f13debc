"""UnitNormalization: every vector gets length 1."""

from keras import ops
from keras._core.checks import axes_of, axis_or_axes
from keras.layers._layer import Layer


class UnitNormalization(Layer):
    """Divides by the Euclidean norm: `y = x / sqrt(sum(x ** 2))`. Vectors of zeros stay as they are.

    Args:
        axis: the axis, or axes, along which the norm is taken.

    >>> UnitNormalization()([[3.0, 4.0]])
    Array([[0.6, 0.8]], dtype=float32)
    """

    _built_from_start = True

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis_or_axes(axis, "UnitNormalization")
        self.supports_masking = True

    def call(self, inputs):
        return ops.normalize(inputs, axis=self.axis, epsilon=1e-12)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        axes_of(self.axis, input_shape, self.name)
        return input_shape
