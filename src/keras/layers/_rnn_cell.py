"""What the cells of SimpleRNN, GRU and LSTM share."""

from __future__ import annotations

from typing import Any

from keras import activations, constraints, initializers, ops, random, regularizers
from keras._core.checks import number_between, positive_integer
from keras.layers._layer import Layer


class GatedCell(Layer):
    """A cell with one product with the input, one with its output of the step before, and a bias.

    Subclasses say how many `gates` they have, and compute in `call` (one step) and `run` (all steps at once).
    """

    gates = 1

    def __init__(
        self,
        units,
        activation="tanh",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.units = positive_integer("units", units, type(self).__name__)
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = number_between("dropout", dropout, 0, 1, type(self).__name__)
        self.recurrent_dropout = number_between("recurrent_dropout", recurrent_dropout, 0, 1, type(self).__name__)
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed) if dropout or recurrent_dropout else None
        self._masks: dict[str, Any] = {}

    _hidden = frozenset(("_masks",))

    @property
    def state_size(self):
        """Sizes of the states: that of the output."""
        return self.units

    @property
    def output_size(self):
        """The size of the output."""
        return self.units

    def get_initial_state(self, batch_size=None):
        """States of zeros."""
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype)]

    def bias_shape(self) -> tuple[int, ...]:
        """The shape of the bias."""
        return (self.gates * self.units,)

    def bias_start(self) -> Any:
        """How the bias starts."""
        return self.bias_initializer

    def build(self, input_shape):
        width = self.gates * self.units
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], width), initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer, constraint=self.kernel_constraint,
        )  # fmt: skip
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel", shape=(self.units, width), initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer, constraint=self.recurrent_constraint,
        )  # fmt: skip
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=self.bias_shape(), initializer=self.bias_start(),
                regularizer=self.bias_regularizer, constraint=self.bias_constraint,
            )  # fmt: skip

    def input_mask(self, x, training) -> Any:
        """x without what dropout leaves out: (..., batch, features), the same features at all time steps."""
        if not training or not self.dropout:
            return x
        return x * self._mask("input", self.dropout, x.shape[-2:])

    def recurrent_mask(self, batch_size, training) -> Any:
        """The factor (batch, units) of the output that goes back into the cell, or None."""
        if not training or not self.recurrent_dropout:
            return None
        return self._mask("recurrent", self.recurrent_dropout, (batch_size, self.units))

    def _mask(self, name: str, rate: float, shape: tuple) -> Any:
        if name not in self._masks:
            ones = ops.ones(shape, dtype=self.compute_dtype)
            mask = random.dropout(ones, rate, seed=self.seed_generator)
            if not self._remembers:
                return mask
            self._masks[name] = mask
        return self._masks[name]

    _remembers = False

    def forget_masks(self) -> None:
        """Lets the next step draw new masks."""
        self._masks.clear()

    def dropped(self, h, mask):
        """h times the mask, if there is one."""
        return h if mask is None else h * mask
