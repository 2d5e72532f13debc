"""ActivityRegularization: a penalty on the outputs of the layer before."""

from keras import regularizers
from keras.layers._layer import Layer


class ActivityRegularization(Layer):
    """Returns its inputs and adds `l1 * sum(abs(x)) + l2 * sum(x ** 2)`, divided by the batch size, to the loss.

    Args:
        l1, l2: the factors.

    >>> layer = ActivityRegularization(l1=0.1)
    >>> y = layer([[1.0, -2.0]])
    >>> layer.losses
    [Array(0.3, dtype=float32)]
    """

    _built_from_start = True
    _keeps_dtype = True
    _not_in_config = frozenset(("activity_regularizer",))

    def __init__(self, l1=0.0, l2=0.0, **kwargs):
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.l1 = l1
        self.l2 = l2
        self.supports_masking = True

    def call(self, inputs):
        return inputs

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape
