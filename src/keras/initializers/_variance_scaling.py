"""Initializers whose spread depends on how many inputs and outputs a weight connects."""

from __future__ import annotations

import copy
import math

from keras._core.checks import one_of
from keras.initializers._initializer import SeededInitializer

# standard deviation of a standard normal distribution cut off at -2 and 2
_TRUNCATED_DEVIATION = 0.87962566103423978


class VarianceScaling(SeededInitializer):
    """Values with mean 0 and variance `scale / fan`, so that signals keep their size from layer to layer.

    `fan` is the number of inputs of a unit (`fan_in`), of outputs (`fan_out`) or their mean (`fan_avg`). The last axis
    of a weight counts outputs, the one before it inputs; axes before these are a window and multiply both.

    Args:
        scale: a positive number.
        mode: 'fan_in', 'fan_out' or 'fan_avg'.
        distribution: 'truncated_normal' (or 'normal'), 'untruncated_normal' or 'uniform'.
        seed: an integer for the same values in every run, a SeedGenerator, or None.
        input_axes, output_axes: axes whose sizes multiply to the number of inputs and of outputs, for weights with
            another order of axes; both or neither.

    >>> VarianceScaling(2.0, "fan_in", "uniform", seed=7)((100, 10)).shape  # between -sqrt(6 / 100) and sqrt(6 / 100)
    (100, 10)
    """

    def __init__(
        self,
        scale=1.0,
        mode="fan_in",
        distribution="truncated_normal",
        seed=None,
        input_axes=None,
        output_axes=None,
    ):
        super().__init__(seed)
        owner = type(self).__name__
        if not scale > 0:
            raise ValueError(f"{owner}: `scale` must be a positive number. Got {scale!r}.")
        if (input_axes is None) != (output_axes is None):
            raise ValueError(f"{owner}: `input_axes` and `output_axes` are given together or not at all.")
        self.scale = scale
        self.mode = one_of("mode", mode, ("fan_in", "fan_out", "fan_avg"), owner)
        known = ("truncated_normal", "untruncated_normal", "uniform", "normal")
        distribution = one_of("distribution", distribution, known, owner)
        self.distribution = "truncated_normal" if distribution == "normal" else distribution
        self.input_axes = input_axes
        self.output_axes = output_axes

    def values(self, shape, dtype):
        fan_in, fan_out = self._fans(shape)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, fan)
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return self._source.uniform(shape, -limit, limit, dtype, self.seed)
        if self.distribution == "untruncated_normal":
            return self._source.normal(shape, 0.0, math.sqrt(variance), dtype, self.seed)
        stddev = math.sqrt(variance) / _TRUNCATED_DEVIATION
        return self._source.truncated_normal(shape, 0.0, stddev, dtype, self.seed)

    def along(self, input_axes, output_axes) -> VarianceScaling:
        """This initializer for a weight with those axes; itself if it was given axes."""
        if self.input_axes is not None:
            return self
        same = copy.copy(self)
        same.input_axes, same.output_axes = input_axes, output_axes
        return same

    def _fans(self, shape: tuple[int, ...]) -> tuple[int, int]:
        if self.input_axes is None:
            return fans(shape)
        return self._product(shape, self.input_axes), self._product(shape, self.output_axes)

    def _product(self, shape: tuple[int, ...], axes) -> int:
        axes = (axes,) if isinstance(axes, int) else tuple(axes)
        if not all(-len(shape) <= axis < len(shape) for axis in axes):
            raise ValueError(f"{type(self).__name__}: the weight of shape {shape} has no axes {axes}.")
        return math.prod(shape[axis] for axis in axes)


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many inputs and outputs a unit of a weight of that shape has.

    >>> fans((3, 3, 16, 32))
    (144, 288)
    """
    if not shape:
        return 1, 1
    if len(shape) == 1:
        return shape[0], shape[0]
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window


class GlorotUniform(VarianceScaling):
    """Values spread evenly from `-limit` to `limit`, with `limit = sqrt(6 / (fan_in + fan_out))`.

    Glorot and Bengio, 2010: Understanding the difficulty of training deep feedforward neural networks.

    Args:
        seed, input_axes, output_axes: as for `VarianceScaling`.

    >>> GlorotUniform(seed=7)((4, 2)).shape  # between -1 and 1
    (4, 2)
    """

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(1.0, "fan_avg", "uniform", seed, input_axes, output_axes)


class GlorotNormal(VarianceScaling):
    """Values from a truncated normal distribution with variance `2 / (fan_in + fan_out)`.

    Glorot and Bengio, 2010: Understanding the difficulty of training deep feedforward neural networks.

    Args:
        seed, input_axes, output_axes: as for `VarianceScaling`.

    >>> GlorotNormal(seed=7)((4, 2)).shape
    (4, 2)
    """

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, input_axes, output_axes)


class HeUniform(VarianceScaling):
    """Values spread evenly from `-limit` to `limit`, with `limit = sqrt(6 / fan_in)`.

    He et al., 2015: Delving deep into rectifiers.

    Args:
        seed, input_axes, output_axes: as for `VarianceScaling`.

    >>> HeUniform(seed=7)((6, 2)).shape  # between -1 and 1
    (6, 2)
    """

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(2.0, "fan_in", "uniform", seed, input_axes, output_axes)


class HeNormal(VarianceScaling):
    """Values from a truncated normal distribution with variance `2 / fan_in`.

    He et al., 2015: Delving deep into rectifiers.

    Args:
        seed, input_axes, output_axes: as for `VarianceScaling`.

    >>> HeNormal(seed=7)((4, 2)).shape
    (4, 2)
    """

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(2.0, "fan_in", "truncated_normal", seed, input_axes, output_axes)


class LecunUniform(VarianceScaling):
    """Values spread evenly from `-limit` to `limit`, with `limit = sqrt(3 / fan_in)`.

    LeCun et al., 1998: Efficient backprop.

    Args:
        seed, input_axes, output_axes: as for `VarianceScaling`.

    >>> LecunUniform(seed=7)((3, 2)).shape  # between -1 and 1
    (3, 2)
    """

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(1.0, "fan_in", "uniform", seed, input_axes, output_axes)


class LecunNormal(VarianceScaling):
    """Values from a truncated normal distribution with variance `1 / fan_in`.

    LeCun et al., 1998: Efficient backprop. Goes with `selu` (Klambauer et al., 2017).

    Args:
        seed, input_axes, output_axes: as for `VarianceScaling`.

    >>> LecunNormal(seed=7)((4, 2)).shape
    (4, 2)
    """

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(1.0, "fan_in", "truncated_normal", seed, input_axes, output_axes)
