"""Discretization: numbers become the number of the interval they fall into."""

import numpy as np

from keras import ops
from keras._core.checks import number_between, one_of, positive_integer
from keras._core.dtype_policy import is_float_name, wide_float
from keras._core.graph import KerasTensor
from keras.layers._encoding import MODES, encode, encoded_shape
from keras.layers._layer import Layer
from keras.layers._text import batches_of, host_array, numbers

NO_BOUNDARIES = (
    "{name} (Discretization) has no boundaries yet.\n"
    "  Call {name}.adapt(data), or pass `bin_boundaries` to the constructor."
)


class Discretization(Layer):
    """Gives every number that of the interval it falls into: 0 below the first boundary, 1 from there on.

    Args:
        bin_boundaries: where intervals begin, in rising order.
        num_bins: how many intervals `adapt` makes, each with about as many values.
        epsilon: how coarse the summary is from which `adapt` makes them: it keeps `1 / epsilon` values.
        output_mode: 'int' for numbers of intervals; 'one_hot' for a vector per number; 'multi_hot' and 'count' for one
            per sample, over axis 1.
        sparse: must be False: tensors are dense here.
        dtype, name: as for every layer.

    NaN falls into the last interval.

    >>> Discretization(bin_boundaries=[0.0, 1.0])([-1.0, 0.0, 3.0])
    Array([0, 1, 2], dtype=int32)
    """

    _keras_hidden = frozenset(("summary",))

    def __init__(
        self, bin_boundaries=None, num_bins=None, epsilon=0.01, output_mode="int", sparse=False, dtype=None, name=None
    ):
        super().__init__(name=name, dtype=dtype)
        if (bin_boundaries is None) == (num_bins is None):
            raise ValueError(
                f"Discretization: pass either `bin_boundaries` or `num_bins`. Got {bin_boundaries!r} and {num_bins!r}."
            )
        self.bin_boundaries = None if bin_boundaries is None else _rising(bin_boundaries)
        self.num_bins = None if num_bins is None else positive_integer("num_bins", num_bins, "Discretization")
        self.epsilon = number_between("epsilon", epsilon, 1e-9, 1.0, "Discretization")
        self.output_mode = one_of("output_mode", output_mode, MODES, "Discretization")
        if sparse:
            raise ValueError("Discretization: `sparse` must be False: tensors are dense here.")
        self.sparse = False
        self.autocast = False  # boundaries are compared in 32 bits
        self.reset_state()

    def adapt(self, data, steps=None):
        """Learns boundaries between which about as many values lie.

        Args:
            data: arrays, lists, frames, or what yields batches: a generator, a loader, a dataset.
            steps: how many batches to look at; all if None.
        """
        self.reset_state()
        for batch in batches_of(data, f"{self.name}.adapt", steps=steps):
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data):
        """Adds the values of a batch to the summary."""
        if self.num_bins is None:
            raise ValueError(
                f"{self.name} was given its boundaries, so adapt() cannot learn others.\n"
                "  Pass `num_bins` instead of `bin_boundaries` to learn them from data."
            )
        data = numbers(host_array(data, self.name), f"{self.name} (Discretization)")
        self.summary = _merged(self.summary, _summary_of(data, self.epsilon), self.epsilon)

    def finalize_state(self):
        """Makes the boundaries out of the summary."""
        if self.num_bins is None or not self.summary.shape[1]:
            return
        self.bin_boundaries = _compressed(self.summary, 1.0 / self.num_bins)[0, :-1].tolist()

    def reset_state(self):
        """Forgets the values that were added; the boundaries stay until new ones are made."""
        self.summary = np.zeros((2, 0), "float32")  # values in rising order, and how many each of them stands for

    def call(self, inputs):
        if self.bin_boundaries is None:
            raise ValueError(NO_BOUNDARIES.format(name=self.name))
        inputs = ops.convert_to_tensor(inputs)
        dtype = wide_float(inputs.dtype.name)
        boundaries = np.array(self.bin_boundaries, dtype)
        found = ops.digitize(ops.cast(inputs, dtype), boundaries)
        return encode(found, self.output_mode, self._depth(), self.output_dtype)

    def _depth(self):
        return self.num_bins if self.bin_boundaries is None else len(self.bin_boundaries) + 1

    @property
    def output_dtype(self):
        """Integers for 'int', else what the layer computes in."""
        return "int32" if self.output_mode == "int" else self.compute_dtype

    def convert_weight(self, weight):
        """`weight` as an array of the dtype that the layer computes in."""
        return ops.convert_to_tensor(weight, self.compute_dtype if is_float_name(self.compute_dtype) else None)

    def compute_output_shape(self, input_shape):
        """The shape of the inputs, or of vectors, as `output_mode` says."""
        if not input_shape and self.output_mode == "one_hot":
            return (self._depth(),)  # of one number without a batch, as Keras 3 says, although a call makes a batch
        return encoded_shape(input_shape, self.output_mode, self._depth())

    def compute_output_spec(self, inputs):
        """A symbolic tensor of the shape that a call returns."""
        return KerasTensor(encoded_shape(inputs.shape, self.output_mode, self._depth()), self.output_dtype)

    def get_config(self):
        """The constructor's arguments, and the boundaries if they were learned."""
        config = super().get_config()
        return {k: v for k, v in config.items() if k != "trainable"}

    @classmethod
    def from_config(cls, config):
        """A layer from what `get_config` returned, the boundaries that were learned included."""
        config = dict(config)
        learned = config.pop("bin_boundaries", None) if config.get("num_bins") is not None else None
        layer = super().from_config(config)
        if learned is not None:
            layer.bin_boundaries = _rising(learned)
        return layer


def _rising(boundaries):
    try:
        found = [float(b) for b in np.asarray(boundaries).reshape(-1)]
    except (TypeError, ValueError):
        found = [np.nan]
    if any(not a <= b for a, b in zip(found, [*found[1:], np.inf])):
        raise ValueError(f"Discretization: `bin_boundaries` must be numbers in rising order. Got {boundaries!r}.")
    return found


# A summary is a sketch of how values are distributed: some of them, each with the number of values it stands for.


def _summary_of(values, epsilon):
    """At most `1 / epsilon` of the values, evenly spaced in their order."""
    values = np.sort(values.reshape(-1).astype("float32"))
    step = max(values.size / (1.0 / epsilon), 1.0)
    kept = values[int(step - 1) :: int(step)]
    return np.stack([kept, np.full(kept.shape, step, "float32")])


def _merged(first, second, epsilon):
    both = np.concatenate([first, second], axis=1)
    return _compressed(both[:, np.argsort(both[0], kind="stable")], epsilon)


def _compressed(summary, epsilon):
    """A summary of `1 / epsilon` values that stand for equally many, read off the line between those of `summary`."""
    if summary.shape[1] * epsilon < 1:
        return summary
    shares = epsilon + np.arange(0.0, 1.0, epsilon)
    passed = summary[1].cumsum()
    reached = passed / passed[-1]
    values = np.interp(shares, reached, summary[0])
    counts = np.diff(np.interp(shares, reached, passed), prepend=0.0)
    return np.stack([values, counts]).astype("float32")
