"""Initializers that draw every value from one distribution."""

from keras.initializers._initializer import SeededInitializer


class RandomNormal(SeededInitializer):
    """Values from a normal distribution.

    Args:
        mean: the mean.
        stddev: the standard deviation.
        seed: an integer for the same values in every run, a SeedGenerator, or None.

    >>> RandomNormal(stddev=0.01, seed=7)((2, 3)).shape
    (2, 3)
    """

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def values(self, shape, dtype):
        return self._source.normal(shape, self.mean, self.stddev, dtype, self.seed)


class TruncatedNormal(SeededInitializer):
    """Values from a normal distribution; those more than two standard deviations from the mean are drawn again.

    Args:
        mean: the mean.
        stddev: the standard deviation before truncation.
        seed: an integer for the same values in every run, a SeedGenerator, or None.

    >>> TruncatedNormal(stddev=0.01, seed=7)((2, 3)).shape
    (2, 3)
    """

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def values(self, shape, dtype):
        return self._source.truncated_normal(shape, self.mean, self.stddev, dtype, self.seed)


class RandomUniform(SeededInitializer):
    """Values spread evenly over an interval.

    Args:
        minval: the lower end.
        maxval: the upper end.
        seed: an integer for the same values in every run, a SeedGenerator, or None.

    >>> RandomUniform(-1.0, 1.0, seed=7)((2, 3)).shape
    (2, 3)
    """

    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        super().__init__(seed)
        self.minval = minval
        self.maxval = maxval

    def values(self, shape, dtype):
        return self._source.uniform(shape, self.minval, self.maxval, dtype, self.seed)
