"""Random draws: seeds that advance, distributions, and fast masks."""

from __future__ import annotations

import random as python_random

import jax
import jax.numpy as jnp
import numpy as np

from keras import config
from keras._core.checks import no_more_arguments, sizes_of
from keras._core.draws import fresh_seed
from keras._core.dtype_policy import dtype_name, is_float_name
from keras._core.graph import any_symbolic
from keras._core.names import name_scope, unique_name_for
from keras._core.types import Tensor
from keras._jax.op import _wide_enough, add_call, op
from keras._jax.variable import Variable


def set_random_seed(seed: int) -> None:
    """Seeds Python, NumPy and this library: the same program gives the same bits again.

    Args:
        seed: an integer from 0 to 2**32 - 1.
    """
    if not isinstance(seed, (int, np.integer)) or isinstance(seed, bool) or not 0 <= seed < 2**32:
        raise ValueError(f"set_random_seed: `seed` must be an integer from 0 to 2**32 - 1. Got {seed!r}.")
    python_random.seed(int(seed))
    np.random.seed(int(seed))
    _shared.generator = None


class SeedGenerator:
    """Gives a new seed at each use; its state is a variable, so it works the same in compiled code.

    Args:
        seed: where to start; chosen with NumPy's generator if None.
        name: its name.

    >>> keras.random.normal((2,), seed=SeedGenerator(3))  # the same two numbers in every run
    """

    def __init__(self, seed=None, name=None, **kwargs):
        no_more_arguments("SeedGenerator", kwargs)
        if seed is None:
            seed = fresh_seed()
        if not isinstance(seed, (int, np.integer)) or isinstance(seed, bool):
            raise ValueError(f"SeedGenerator: `seed` must be an integer or None. Got {seed!r}.")
        if seed < 0:
            raise ValueError(f"SeedGenerator: `seed` must not be negative. Got {seed}.")
        self.name = name or unique_name_for(self)
        self._initial_seed = int(seed)
        with name_scope(self.name):
            self.state = Variable(
                np.array([seed % 2**32, 0], "uint32"), dtype="uint32", trainable=False, autocast=False,
                aggregation="none", name="seed_generator_state",
            )  # fmt: skip

    def next(self, ordered: bool = True):
        """The seed to draw with now: two uint32 numbers. The next call gives another."""
        now = self.state.value
        self.state.assign(now + np.array([0, 1], "uint32"))
        return now

    def get_config(self) -> dict:
        """The constructor's arguments."""
        return {"seed": self._initial_seed}

    @classmethod
    def from_config(cls, config: dict):
        """A generator from what `get_config` returned."""
        return cls(**config)

    def __fingerprint__(self, of):
        return ()  # the seed is a value that goes into programs, never a constant in them


class _Shared:
    generator: SeedGenerator | None = None


_shared = _Shared()


def global_seed_generator() -> SeedGenerator:
    """The generator behind every `seed=None`."""
    if _shared.generator is None:
        _shared.generator = SeedGenerator(name="global_seed_generator")
    return _shared.generator


def forget_global_seed() -> None:
    """Lets the next `seed=None` start again from NumPy's generator."""
    _shared.generator = None


def swap_global_seed(generator: SeedGenerator | None) -> SeedGenerator | None:
    """Puts another generator behind `seed=None`, None for one yet to be made, and returns the one that was there."""
    before, _shared.generator = _shared.generator, generator
    return before


def draw_seed(seed) -> jax.Array:
    """Two uint32 numbers from an integer, a SeedGenerator or None (the global generator)."""
    if seed is None:
        return global_seed_generator().next()
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if isinstance(seed, (int, np.integer)) and not isinstance(seed, bool):
        return jnp.asarray(np.array([seed % 2**32, 0], "uint32"))
    if getattr(seed, "shape", None) == (2,):
        return jnp.asarray(seed, "uint32")
    raise ValueError(f"`seed` must be an integer, a SeedGenerator or None. Got {seed!r}.")


def _key(seed) -> jax.Array:
    return jax.random.wrap_key_data(draw_seed(seed), impl="threefry2x32")


def _float(dtype):
    name = dtype_name(dtype or config.floatx())
    if not is_float_name(name):
        raise ValueError(f"`dtype` must be a float type. Got {name!r}.")
    return _wide_enough(name)


def normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Draws from a normal distribution with the given mean and standard deviation."""
    kind = _float(dtype)
    return jax.random.normal(_key(seed), sizes_of(shape), kind) * jnp.asarray(stddev, kind) + jnp.asarray(mean, kind)


def uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
    """Draws evenly from `minval` (included) to `maxval` (excluded)."""
    kind = _float(dtype)
    return jax.random.uniform(_key(seed), sizes_of(shape), kind, jnp.asarray(minval, kind), jnp.asarray(maxval, kind))


def randint(shape, minval, maxval, dtype="int32", seed=None):
    """Draws whole numbers from `minval` (included) to `maxval` (excluded)."""
    name = dtype_name(dtype)
    if is_float_name(name):
        raise ValueError(f"randint: `dtype` must be an integer type. Got {name!r}.")
    return jax.random.randint(_key(seed), sizes_of(shape), minval, maxval, _wide_enough(name))


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Draws from a normal distribution, without values more than two standard deviations from the mean."""
    kind = _float(dtype)
    drawn = jax.random.truncated_normal(_key(seed), -2.0, 2.0, sizes_of(shape), kind)
    return drawn * jnp.asarray(stddev, kind) + jnp.asarray(mean, kind)


@op
def categorical(logits: Tensor, num_samples, dtype="int32", seed=None) -> Tensor:
    """Draws `num_samples` class numbers per row of unnormalised log-probabilities of shape (batch, classes)."""
    if len(logits.shape) != 2:
        raise ValueError(f"categorical: `logits` must have the shape (batch, classes). Got {tuple(logits.shape)}.")
    drawn = jax.random.categorical(_key(seed), logits, axis=-1, shape=(num_samples, logits.shape[0]))
    return drawn.T.astype(_wide_enough(dtype_name(dtype)))


@op
def gamma(shape, alpha: Tensor, dtype=None, seed=None) -> Tensor:
    """Draws from gamma distributions with shape parameter `alpha` and scale 1."""
    kind = _float(dtype)
    return jax.random.gamma(_key(seed), jnp.asarray(alpha, kind), sizes_of(shape), kind)


@op
def binomial(shape, counts: Tensor, probabilities: Tensor, dtype=None, seed=None) -> Tensor:
    """Draws how many of `counts` trials succeed, each with the given probability."""
    kind = _float(dtype)
    drawn = jax.random.binomial(
        _key(seed), jnp.asarray(counts, kind), jnp.asarray(probabilities, kind), sizes_of(shape)
    )
    return drawn.astype(kind)


@op
def beta(shape, alpha: Tensor, beta: Tensor, dtype=None, seed=None) -> Tensor:
    """Draws from beta distributions with the parameters `alpha` and `beta`."""
    kind = _float(dtype)
    return jax.random.beta(_key(seed), jnp.asarray(alpha, kind), jnp.asarray(beta, kind), sizes_of(shape), kind)


@op
def shuffle(x: Tensor, axis=0, seed=None) -> Tensor:
    """`x` with its entries along `axis` in random order."""
    return jax.random.permutation(_key(seed), x, axis, independent=False)


def fast_bits(seed, shape: tuple[int, ...]) -> jax.Array:
    """32 random bits per element, from a few integer operations that compilers fuse into their use.

    Each element's position, mixed with the seed, goes twice through a 32-bit finaliser with full avalanche (constants
    by T. Mueller, found by search). Meant for masks and noise, not for cryptography. The same on every device.
    """
    low, high = draw_seed(seed)
    size = int(np.prod(shape))
    position = jax.lax.iota(jnp.uint32, size) if size else jnp.zeros((0,), jnp.uint32)
    x = _mix(position * jnp.uint32(0x9E3779B9) ^ _mix(low ^ jnp.uint32(0x5BD1E995)))
    return _mix(x + _mix(high * jnp.uint32(0x85EBCA6B) ^ low)).reshape(shape)


def _mix(x: jax.Array) -> jax.Array:
    x = (x ^ (x >> 16)) * jnp.uint32(0x21F0AAAD)
    x = (x ^ (x >> 15)) * jnp.uint32(0x735A2D97)
    return x ^ (x >> 15)


def keep_mask(seed, shape: tuple[int, ...], rate) -> jax.Array:
    """True with probability `1 - rate`, for each element by itself."""
    bits = fast_bits(seed, shape)
    limit = jnp.asarray(jnp.clip(jnp.float32(rate), 0, 1) * jnp.float32(2**24), jnp.uint32)
    return (bits >> 8) >= limit


@op
def _dropout(inputs: Tensor, rate, noise_shape=None, seed=None) -> Tensor:
    inputs = jnp.asarray(inputs)
    shape = inputs.shape
    if noise_shape is not None:
        noise_shape = tuple(inputs.shape[i] if d is None else int(d) for i, d in enumerate(noise_shape))
        shape = noise_shape
    keep = keep_mask(seed, shape, rate)
    scale = 1.0 / (1.0 - jnp.asarray(rate, inputs.dtype))
    return jnp.where(
        keep, inputs * jnp.where(jnp.isfinite(scale), scale, 0).astype(inputs.dtype), jnp.zeros((), inputs.dtype)
    )


def dropout(inputs, rate, noise_shape=None, seed=None):
    """Sets elements to zero with probability `rate` and divides the others by `1 - rate`.

    Args:
        inputs: a tensor.
        rate: a number from 0 to 1.
        noise_shape: the shape of the mask; an axis of size 1 drops whole slices together. That of `inputs` if None.
        seed: an integer, a SeedGenerator or None.
    """
    if any_symbolic((inputs,)):
        return add_call(dropout, (inputs, rate), {"noise_shape": noise_shape, "seed": seed})
    return _dropout(inputs, rate, noise_shape=noise_shape, seed=seed)
