"""Dropout: some elements are left out while training."""

from keras import random
from keras._core.checks import number_between
from keras.layers._layer import Layer


class Dropout(Layer):
    """Sets elements to zero with probability `rate` in training, and divides the others by `1 - rate`.

    From Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting" (2014).

    Args:
        rate: a number from 0 to 1.
        noise_shape: the shape of the mask; an axis of size 1 drops whole slices together, None takes the size of the
            inputs. For (batch, steps, features), `(None, 1, None)` drops a feature at all steps or at none.
        seed: an integer makes the same masks again in every run.

    Call arguments:
        training: without it, or with False, the inputs come out unchanged.

    >>> Dropout(0.5)([[1.0, 2.0]], training=False)
    Array([[1., 2.]], dtype=float32)
    """

    _built_from_start = True
    _keeps_dtype = True

    def __init__(self, rate, noise_shape=None, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate = number_between("rate", rate, 0, 1, type(self).__name__)
        self.noise_shape = _checked_noise_shape(noise_shape, type(self).__name__)
        self.seed = seed
        if rate > 0:
            self.seed_generator = random.SeedGenerator(seed)
        self.supports_masking = True

    def call(self, inputs, training=False):
        if not training or self.rate == 0:
            return inputs
        return random.dropout(inputs, self.rate, noise_shape=self.noise_shape, seed=self.seed_generator)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape


def _checked_noise_shape(shape, owner):
    if shape is None:
        return None
    if isinstance(shape, (list, tuple)) and all(n is None or (isinstance(n, int) and n > 0) for n in shape):
        return tuple(shape)
    raise ValueError(f"{owner}: `noise_shape` must be a tuple of positive integers and None, or None. Got {shape!r}.")
