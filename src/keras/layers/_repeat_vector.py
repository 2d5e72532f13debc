"""RepeatVector: one vector becomes a sequence."""

from keras import ops
from keras._core.checks import positive_integer
from keras.layers._input_spec import InputSpec
from keras.layers._layer import Layer


class RepeatVector(Layer):
    """Repeats each vector `n` times.

    Args:
        n: how many steps the sequences have.

    Shapes:
        x: (batch, features), y: (batch, n, features).

    >>> RepeatVector(3)(ops.ones((2, 4))).shape
    (2, 3, 4)
    """

    _keeps_dtype = True

    def __init__(self, n, **kwargs):
        super().__init__(**kwargs)
        self.n = positive_integer("n", n, "RepeatVector")
        self.input_spec = InputSpec(ndim=2)

    def call(self, inputs):
        return ops.repeat(ops.expand_dims(inputs, 1), self.n, axis=1)

    def compute_output_shape(self, input_shape):
        """Batch, steps, features."""
        return (input_shape[0], self.n, input_shape[1])
