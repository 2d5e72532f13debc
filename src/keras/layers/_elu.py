"""ELU: negative numbers approach a limit."""

from keras import activations
from keras._core.checks import number
from keras.layers._layer import Layer


class ELU(Layer):
    """`y = x` where `x > 0`, `alpha * (exp(x) - 1)` elsewhere. From Clevert et al. (2016).

    Args:
        alpha: minus the limit for large negative numbers.

    >>> ELU()([-100.0, 2.0])
    Array([-1.,  2.], dtype=float32)
    """

    _built_from_start = True

    def __init__(self, alpha=1.0, **kwargs):
        super().__init__(**kwargs)
        self.alpha = number("alpha", alpha, "ELU")
        self.supports_masking = True

    def call(self, inputs):
        return activations.elu(inputs, alpha=self.alpha)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape
