"""GaussianNoise: noise is added while training."""

from keras import ops, random
from keras._core.checks import not_negative
from keras.layers._layer import Layer


class GaussianNoise(Layer):
    """Adds normally distributed noise with mean 0 in training.

    Args:
        stddev: standard deviation of the noise.
        seed: an integer makes the same noise again in every run.

    Call arguments:
        training: without it, or with False, the inputs come out unchanged.

    >>> GaussianNoise(0.1)([[1.0, 2.0]], training=False)
    Array([[1., 2.]], dtype=float32)
    """

    _built_from_start = True
    _keeps_dtype = True

    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev = not_negative("stddev", stddev, "GaussianNoise")
        self.seed = seed
        if stddev > 0:
            self.seed_generator = random.SeedGenerator(seed)
        self.supports_masking = True

    def call(self, inputs, training=False):
        if not training or self.stddev == 0:
            return inputs
        noise = random.normal(inputs.shape, 0.0, self.stddev, dtype=self.compute_dtype, seed=self.seed_generator)
        return ops.cast(inputs + noise, inputs.dtype)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape
