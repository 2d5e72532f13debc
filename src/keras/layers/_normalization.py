"""Normalization: features with mean 0 and variance 1."""

import math

import numpy as np

from keras import config, ops
from keras._core.checks import axis_or_axes
from keras._core.dtype_policy import is_float_name, wide_float
from keras._core.errors import WrongTypeError
from keras.layers._layer import Layer
from keras.layers._text import batches_of, host_array, numbers, yields_batches

GIVEN = (
    "{name} was given `mean` and `variance`, so adapt() cannot learn others.\n"
    "  Leave them out of the constructor to learn them from data."
)


class Normalization(Layer):
    """Subtracts the mean of each feature and divides by its standard deviation, as they were in the data of `adapt`.

    `y = (x - mean) / max(sqrt(variance), epsilon)`

    Args:
        axis: the axis, or axes, of the features: each place along it has a mean and a variance of its own. None for one
            mean and variance of everything.
        mean, variance: numbers or arrays to use instead of what `adapt` learns; both or neither.
        invert: whether to undo it instead: `y = x * max(sqrt(variance), epsilon) + mean`.

    Until `adapt` is called the mean is 0 and the variance 1.

    >>> layer = Normalization()
    >>> layer.adapt(np.array([[0.0, 5.0], [2.0, 9.0]]))
    >>> layer([[2.0, 7.0]])
    Array([[1., 0.]], dtype=float32)
    """

    _keras_hidden = frozenset(("_sums",))

    def __init__(self, axis=-1, mean=None, variance=None, invert=False, **kwargs):
        super().__init__(**kwargs)
        axes = () if axis is None or axis in ((), []) else axis_or_axes(axis, "Normalization")
        self.axis = (axes,) if isinstance(axes, int) else tuple(axes)
        if (mean is None) != (variance is None):
            raise ValueError(f"Normalization: pass both `mean` and `variance`, or neither. Got {mean!r}, {variance!r}.")
        wide = wide_float(self.compute_dtype)
        self.input_mean = None if mean is None else np.array(ops.convert_to_numpy(mean), wide)
        self.input_variance = None if variance is None else np.array(ops.convert_to_numpy(variance), wide)
        self.invert = bool(invert)
        self.supports_masking = True
        self.autocast = False  # 16 bits would lose digits of what has a large mean
        self._sums = None

    def build(self, input_shape):
        rank = len(input_shape)
        if any(not -rank <= a < rank for a in self.axis):
            raise ValueError(f"{self.name}: `axis` is {self.axis}, but the inputs have {rank} axes.")
        kept = sorted(a % rank for a in self.axis)
        sizes = tuple(input_shape[a] for a in kept)
        if any(n is None for n in sizes):
            raise ValueError(
                f"{self.name}: the sizes of the axes {self.axis} must be known. Got shape {tuple(input_shape)}."
            )
        self._kept = tuple(kept)
        self._broadcast_shape = tuple(input_shape[i] if i in kept else 1 for i in range(rank))
        if self.input_mean is not None:
            for name, value in (("mean", self.input_mean), ("variance", self.input_variance)):
                if value.ndim > len(sizes):
                    raise ValueError(
                        f"{self.name}: `{name}` has shape {value.shape}, but one axis per item of `axis` {self.axis}."
                    )
                np.broadcast_to(value, sizes)
            return
        dtype = self.variable_dtype if is_float_name(self.variable_dtype) else config.floatx()
        more = {"shape": sizes, "trainable": False, "dtype": wide_float(dtype)}
        self.adapt_mean = self.add_weight(name="mean", initializer="zeros", autocast=False, **more)
        self.adapt_variance = self.add_weight(name="variance", initializer="ones", autocast=False, **more)
        # no release uses it any more, but files have it
        self.count = self.add_weight(name="count", shape=(), dtype="int32", initializer="zeros", trainable=False)

    @property
    def mean(self):
        """What is subtracted, in a shape that broadcasts to the inputs; None before the layer is built."""
        return self._spread(self.input_mean, "adapt_mean")

    @property
    def variance(self):
        """The square of what is divided by, in a shape that broadcasts to the inputs; None before it is built."""
        return self._spread(self.input_variance, "adapt_variance")

    def _spread(self, given, name):
        if not self.built and not self._building:
            return None
        sizes = tuple(self._broadcast_shape[a] for a in self._kept)
        value = getattr(self, name) if given is None else ops.broadcast_to(given, sizes)
        return ops.reshape(value, self._broadcast_shape)

    def adapt(self, data):
        """Learns the mean and the variance of every feature, from nothing.

        Args:
            data: arrays, lists, frames, or what yields batches: a generator, a loader, a dataset, a list of arrays. Of
                batches `(x, y)` only x counts.
        """
        self.reset_state()
        found = False
        for batch in batches_of(iter(data) if self._holds_batches(data) else data, f"{self.name}.adapt"):
            if not batch.ndim and yields_batches(data):
                raise WrongTypeError(f"{self.name}.adapt: batches must be arrays with axes. Got {batch!r}.")
            self.update_state(batch)
            found = True
        if not found:
            raise ValueError(f"{self.name}.adapt: `data` holds no batch, so there is nothing to learn from.")
        self.finalize_state()

    def _holds_batches(self, data):
        """Whether a list holds arrays that are batches, or pairs that begin with one; vectors are rows of a table."""
        least = 1 if not self.axis else 2

        def is_batch(x):
            x = x[0] if isinstance(x, tuple) and x else x
            return len(getattr(x, "shape", ())) >= least

        return isinstance(data, (list, tuple)) and len(data) > 0 and all(map(is_batch, data))

    def reset_state(self):
        """Forgets batches that were added; mean and variance stay until new ones are taken over."""
        self._sums = None

    def update_state(self, data):
        """Joins the mean and the variance of a batch with those of the batches before it."""
        if self.input_mean is not None:
            raise ValueError(GIVEN.format(name=self.name))
        batch = numbers(host_array(data, self.name), f"{self.name} (Normalization)")
        if not self.built:
            first = batch.shape[:1] if self._keeps_first(batch.ndim) else (None,) * (batch.ndim > 0)
            self.build((*first, *batch.shape[1:]))
        values = batch.astype("float64")
        reduced = tuple(i for i in range(batch.ndim) if i not in self._kept)
        if values.ndim != len(self._broadcast_shape) or any(
            values.shape[a] != self._broadcast_shape[a] for a in self._kept
        ):
            raise ValueError(f"{self.name}: batches must fit shape {self._broadcast_shape}. Got {batch.shape}.")
        count = math.prod(batch.shape[i] for i in reduced)
        if not count:
            return
        mean, variance = values.mean(reduced), values.var(reduced)
        if self._sums is not None:
            before, old_mean, old_variance = self._sums
            total = before + count
            joined = old_mean + (mean - old_mean) * (count / total)
            apart = (mean - old_mean) ** 2 * (before * count / total**2)
            variance = (old_variance * before + variance * count) / total + apart
            mean, count = joined, total
        self._sums = (count, mean, variance)

    def _keeps_first(self, rank):
        return any(rank and a % rank == 0 for a in self.axis if -rank <= a < rank)

    def finalize_state(self):
        """Takes over the mean and the variance of the batches."""
        if self._sums is not None:
            _, mean, variance = self._sums
            self.adapt_mean.assign(mean)
            self.adapt_variance.assign(variance)
            self._sums = None

    def call(self, inputs):
        dtype = wide_float(self.compute_dtype)  # 16 bits do not hold epsilon
        x, mean, variance = (ops.cast(t, dtype) for t in (inputs, self.mean, self.variance))
        deviation = ops.maximum(ops.sqrt(variance), config.epsilon())
        return ops.cast(x * deviation + mean if self.invert else (x - mean) / deviation, self.compute_dtype)

    def convert_weight(self, weight):
        """`weight` as an array of the dtype that the layer computes in."""
        return ops.convert_to_tensor(weight, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs."""
        return input_shape

    def get_config(self):
        """The constructor's arguments."""
        given = {"mean": self.input_mean, "variance": self.input_variance}
        return {**super().get_config(), **{k: None if v is None else v.tolist() for k, v in given.items()}}
