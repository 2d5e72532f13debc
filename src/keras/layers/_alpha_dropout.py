"""AlphaDropout: dropout that keeps mean and variance."""

import math

from keras import ops, random
from keras.layers._dropout import Dropout

# minus the product of SELU's two constants: what SELU returns for large negative numbers
_LOWEST = -1.0507009873554804934193349852946 * 1.6732632423543772848170429916717


class AlphaDropout(Dropout):
    """Sets elements to SELU's lowest value with probability `rate` in training, then scales and shifts all.

    `y = a * where(kept, x, lowest) + b` with `a = ((1 - rate) * (1 + rate * lowest ** 2)) ** -0.5` and
    `b = -a * lowest * rate`, so that inputs with mean 0 and variance 1 keep them. From Klambauer et al. (2017).

    Args:
        rate: a number from 0 to 1.
        noise_shape: the shape of the mask; an axis of size 1 drops whole slices together.
        seed: an integer makes the same masks again in every run.

    >>> AlphaDropout(0.5)([[1.0, 2.0]], training=False)
    Array([[1., 2.]], dtype=float32)
    """

    def call(self, inputs, training=False):
        if not training or self.rate == 0:
            return inputs
        if self.rate == 1:
            return ops.zeros_like(inputs)
        sizes = inputs.shape if self.noise_shape is None else self.noise_shape
        sizes = [n if size is None else size for n, size in zip(inputs.shape, sizes)]
        kept = random.dropout(ops.ones(sizes, inputs.dtype), self.rate, seed=self.seed_generator) > 0
        a = 1 / math.sqrt((1 - self.rate) * (1 + self.rate * _LOWEST**2))
        b = -a * _LOWEST * self.rate
        return a * ops.where(kept, inputs, _LOWEST) + b
