"""GaussianDropout: elements are multiplied by noise while training."""

import math

from keras import ops, random
from keras._core.checks import number_between
from keras.layers._layer import Layer


class GaussianDropout(Layer):
    """Multiplies by normally distributed numbers with mean 1 and standard deviation `sqrt(rate / (1 - rate))`.

    Does so in training only. From Srivastava et al. (2014).

    Args:
        rate: a number from 0 to less than 1; the noise is as strong as that of dropout with that rate.
        seed: an integer makes the same noise again in every run.

    Call arguments:
        training: without it, or with False, the inputs come out unchanged.

    >>> GaussianDropout(0.5)([[1.0, 2.0]], training=False)
    Array([[1., 2.]], dtype=float32)
    """

    _built_from_start = True
    _keeps_dtype = True

    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate = number_between("rate", rate, 0, 1, "GaussianDropout")
        if rate == 1:
            raise ValueError("GaussianDropout: `rate` must be less than 1: the noise of rate 1 is infinite.")
        self.seed = seed
        if rate > 0:
            self.seed_generator = random.SeedGenerator(seed)
        self.supports_masking = True

    def call(self, inputs, training=False):
        if not training or self.rate == 0:
            return inputs
        stddev = math.sqrt(self.rate / (1 - self.rate))
        noise = random.normal(inputs.shape, 1.0, stddev, dtype=self.compute_dtype, seed=self.seed_generator)
        return ops.cast(inputs * noise, inputs.dtype)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape
