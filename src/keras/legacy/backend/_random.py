"""Random numbers; outside of layers every run of the graph draws again."""

from __future__ import annotations

from keras import config, ops, random
from keras.legacy.backend._arguments import spelled_as_before
from keras.legacy.backend._graph import operation
from keras.legacy.backend._values import variable


@spelled_as_before
@operation(always=True)
def random_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Draws from a normal distribution."""
    return random.normal(tuple(shape), mean, stddev, dtype, seed)


@spelled_as_before
@operation(always=True)
def random_uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
    """Draws evenly from `minval` to below `maxval`."""
    if str(dtype).startswith(("int", "uint")):
        return random.randint(tuple(shape), int(minval), int(maxval), dtype, seed)
    return random.uniform(tuple(shape), minval, maxval, dtype, seed)


@operation(always=True)
def random_binomial(shape, p=0.0, dtype=None, seed=None):
    """Ones with probability `p`, else zeros."""
    drawn = random.uniform(tuple(shape), 0.0, 1.0, None, seed)
    return ops.cast(ops.less_equal(drawn, p), dtype or config.floatx())


random_bernoulli = random_binomial


@operation(always=True)
def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Draws from a normal distribution, none of them further than two deviations from the mean."""
    return random.truncated_normal(tuple(shape), mean, stddev, dtype, seed)


def random_normal_variable(shape, mean, scale, dtype=None, name=None, seed=None):
    """A variable with normal first values."""
    return variable(random.normal(tuple(shape), mean, scale, dtype, seed), dtype, name)


def random_uniform_variable(shape, low, high, dtype=None, name=None, seed=None):
    """A variable with even first values."""
    return variable(random.uniform(tuple(shape), low, high, dtype, seed), dtype, name)


@operation(always=True)
def dropout(x, level, noise_shape=None, seed=None):
    """Zeros in the place of a part `level` of the values; the others are divided by what is left."""
    return random.dropout(ops.convert_to_tensor(x), level, noise_shape, seed)
