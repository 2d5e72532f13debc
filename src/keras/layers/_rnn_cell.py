"""What the cells of SimpleRNN, GRU and LSTM share."""

from __future__ import annotations

from typing import Any

from keras import activations, constraints, initializers, ops, random, regularizers
from keras._core import registry
from keras._core.checks import number_between, one_of, positive_integer
from keras._jax.kernels import recurrent
from keras.layers._layer import Layer


class GatedCell(Layer):
    """A cell with one product with the input, one with its output of the step before, and a bias.

    Subclasses say how many `gates` they have, and compute in `step` (one of them) and `kernel_loop` (all of them).
    """

    gates = 1
    _not_in_config = frozenset(("implementation",))

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
        implementation=2,
        **kwargs,
    ):
        super().__init__(**kwargs)
        # how other engines arranged the products: the values are the same
        one_of("implementation", implementation, (0, 1, 2), type(self).__name__)
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

    def recurrent_start(self) -> Any:
        """How the recurrent kernel starts."""
        return self.recurrent_initializer

    def build(self, input_shape):
        width = self.gates * self.units
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], width), initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer, constraint=self.kernel_constraint,
        )  # fmt: skip
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel", shape=(self.units, width), initializer=self.recurrent_start(),
            regularizer=self.recurrent_regularizer, constraint=self.recurrent_constraint,
        )  # fmt: skip
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=self.bias_shape(), initializer=self.bias_start(),
                regularizer=self.bias_regularizer, constraint=self.bias_constraint,
            )  # fmt: skip

    # --- the computation

    def call(self, inputs, states, training=False):
        nested = isinstance(states, (list, tuple))
        m = self.recurrent_mask(inputs.shape[0], training)
        new = self.step(self.projected(inputs, training), states if nested else [states], m)
        return new[0], list(new) if nested else new[0]

    def step(self, x, states, m) -> tuple:
        """The new states, the output first, from projected inputs and the states before.

        Args:
            m: what the output of the step before is multiplied with on its way back in, or None.
        """
        raise NotImplementedError

    def kernel_loop(self, x, b, states, m, mask, unroll) -> tuple | None:
        """Outputs of all steps and the last states, from a kernel for them; None if there is none.

        Args:
            x: products of the inputs with the kernel, time first.
            b: the bias they still have to be given, or None.
        """
        raise NotImplementedError

    def joined_loop(self, x, w, u, b, states, m, mask, unroll) -> tuple:
        """Outputs of all steps and the last states, from a kernel that multiplies inputs and outputs at once."""
        return recurrent.joined_cell(self.joined_step, self._activations(), unroll, x, states, w, u, b, m, mask)

    whole = True
    joined_step: Any = None  # the step as a function of one product with inputs and output, where there is one

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "call" in vars(cls) and "whole" not in vars(cls):
            cls.whole = False

    @property
    def runs_whole(self) -> bool:
        """Whether `run` gives what `call` gives step by step: a subclass may have a `call` of its own."""
        return self.whole and self.activity_regularizer is None

    def run(self, x, states, mask, training, unroll):
        """Outputs of all steps and the last states, for inputs and mask with time first."""
        m = self.recurrent_mask(x.shape[1], training)
        found = None
        # a function of the user's may read variables, whose gradients kernels do not see
        built_in = all(map(registry.module_of, self._activations()))
        if built_in and self.joined_step is not None and recurrent.suits_joined(x.shape[1], self._size_of_weights()):
            w, u = ops.convert_to_tensor(self.kernel), ops.convert_to_tensor(self.recurrent_kernel)
            b = self.input_bias()
            b = None if b is None else ops.convert_to_tensor(b)
            outputs, states = self.joined_loop(self._with_dropout(x, training), w, u, b, tuple(states), m, mask, unroll)
            return outputs, list(states)
        z, b = ops.matmul(self._with_dropout(x, training), self.kernel), self.input_bias()
        if built_in:
            found = self.kernel_loop(z, None if b is None else ops.convert_to_tensor(b), states, m, mask, unroll)
        if found is None:
            z = with_bias(z, b)

            def cell(x, states):
                new = self.step(x, states, m)
                return new[0], new

            *found, losses = recurrent.any_cell(cell, z, tuple(states), mask, before=states[0], unroll=unroll)
            self.add_loss(losses)
        outputs, states = found
        return outputs, list(states)

    def _activations(self) -> tuple:
        return (self.activation,)

    def projected(self, x, training):
        """The part of a step that depends on inputs alone: (..., batch, features) -> (..., batch, gates * units)."""
        return with_bias(ops.matmul(self._with_dropout(x, training), self.kernel), self.input_bias())

    def _with_dropout(self, x, training):
        if not training or not self.dropout:
            return x
        return x * self._mask(self.dropout, x.shape[-2:])  # the same features at all time steps

    def _size_of_weights(self):
        return self.kernel.size + self.recurrent_kernel.size

    def input_bias(self):
        """The bias that is added to the product with the inputs, or None."""
        return self.bias

    def recurrent_mask(self, batch_size, training):
        """The factor (batch, units) of the output that goes back into the cell, or None."""
        if not training or not self.recurrent_dropout:
            return None
        return self._mask(self.recurrent_dropout, (batch_size, self.units))

    def _mask(self, rate, shape):
        return random.dropout(ops.ones(shape, dtype=self.compute_dtype), rate, seed=self.seed_generator)

    @property
    def mask_seed(self):
        """The variable with the state of the seed that dropout masks are drawn with, or None."""
        return None if self.seed_generator is None else self.seed_generator.state


def with_bias(z, b):
    """z plus the bias, if there is one."""
    return z if b is None else z + b


def dropped(h, m):
    """h times the mask, if there is one."""
    return h if m is None else h * m
