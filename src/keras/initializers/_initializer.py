"""What every initializer is, and what the built-in ones share."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras import config, ops, random
from keras._core import draws, registry
from keras._core.checks import sizes_of
from keras._core.configurable import Configurable
from keras._core.dtype_policy import dtype_name

registry.register_built_ins("keras.random", {"SeedGenerator": random.SeedGenerator})  # configs hold them as seeds


class Initializer(Configurable):
    """A recipe for the first value of a weight.

    Subclasses write `__call__(self, shape, dtype=None)`, which returns an array of that shape and dtype. Constructor
    arguments kept in attributes of the same name make up the config.

    >>> class Ramp(Initializer):
    ...     def __call__(self, shape, dtype=None):
    ...         return ops.reshape(ops.arange(math.prod(shape), dtype=dtype), shape)
    >>> Dense(3, kernel_initializer=Ramp())
    """

    def __call__(self, shape, dtype=None):
        """The first value of a weight of that shape and dtype."""
        raise NotImplementedError(f"{type(self).__name__}: an initializer needs a `__call__(self, shape, dtype=None)`.")

    def clone(self):
        """Another initializer with the same config."""
        return type(self).from_config(self.get_config())

    def __fingerprint__(self, of):
        # seeds decide values, not what a program computes
        return tuple((k, of(v)) for k, v in sorted(vars(self).items()) if k not in ("seed", "_given_seed"))


class BuiltInInitializer(Initializer):
    """An initializer that makes its values on the host, so that building a model compiles nothing."""

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "__call__" in vars(cls):  # a user's own, which may do more than `values`
            cls.values_on_host = _no_values_on_host  # type: ignore[method-assign]

    def __call__(self, shape, dtype=None):
        """A tensor of that shape and dtype; the dtype is the default float type if None."""
        shape = tuple(int(size) for size in sizes_of(shape))
        name = dtype_name(dtype or config.floatx())
        # naming the dtype makes it a plain transfer; without, jax compiles a copy for every new shape
        return ops.convert_to_tensor(self.values(shape, name), dtype=name)

    def values_on_host(self, shape: tuple[int, ...], dtype: str) -> np.ndarray | None:
        """The values before they go to a device; None if a SeedGenerator draws them there."""
        return self.values(shape, dtype)

    def values(self, shape: tuple[int, ...], dtype: str) -> Any:
        """The values as a NumPy array; as a tensor if they come from a SeedGenerator."""
        raise NotImplementedError


def _no_values_on_host(self: Any, shape: tuple[int, ...], dtype: str) -> None:
    """Stands for `values_on_host` where only a call makes the values."""


class SeededInitializer(BuiltInInitializer):
    """An initializer that draws: the same values at every call, unless its seed is a SeedGenerator."""

    def __init__(self, seed=None):
        self._given_seed = seed
        self.seed = draws.fresh_seed() if seed is None else self._checked(seed)

    def _checked(self, seed: Any) -> Any:
        if isinstance(seed, (int, np.integer)) and not isinstance(seed, bool):
            return int(seed)
        if isinstance(seed, random.SeedGenerator):
            return seed
        raise ValueError(
            f"{type(self).__name__}: `seed` must be an integer, a keras.random.SeedGenerator or None. Got {seed!r}."
        )

    def values_on_host(self, shape, dtype):
        return self.values(shape, dtype) if isinstance(self.seed, int) else None

    @property
    def _source(self) -> Any:
        """Where the draws come from: `normal`, `uniform` and `truncated_normal` of the same signature."""
        return draws if isinstance(self.seed, int) else random
