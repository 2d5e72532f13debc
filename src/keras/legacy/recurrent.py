"""Base classes of recurrent layers and cells of 1.x, 2.x and tf.keras, and cells that are gone."""

from __future__ import annotations

import numpy as np

from keras import layers, ops, random
from keras._core import registry
from keras._core.checks import one_of, positive_integer
from keras._core.kinds import Kind
from keras._core.signature import takes
from keras._jax.variable import Variable
from keras.layers import InputSpec, Layer
from keras.layers._conv_lstm import ConvLSTM, ConvLSTMCell
from keras.legacy.backend._control import rnn
from keras.legacy.backend._nn import bias_add, conv2d
from keras.legacy.further_names import further_names

__all__ = [
    "AbstractRNNCell",
    "ConvLSTM2DCell",
    "ConvRNN2D",
    "ConvRecurrent2D",
    "PeepholeLSTMCell",
    "Recurrent",
    "time_distributed_dense",
]


_ABSTRACT = (
    "Recurrent is what SimpleRNN, GRU and LSTM have in common, and no layer by itself.\n"
    "  Use one of them, or derive a class that has a method `step(x, states)`."
)


class Recurrent(Layer, metaclass=Kind):
    """Base of recurrent layers of one's own in 0.x, 1.x and 2.0: a class says in `step` what happens at each step.

    A class defines `step(x, states)`, which returns an output and new states; makes its weights and sets
    `self.states = [None, ...]`, one for each state, in `build`; and has its size in `units` or `output_dim`. It may
    define `preprocess_input(x)`, done once for all steps, `get_constants(x)`, which come behind the states in `step`,
    and `get_initial_state(x)`, `get_initial_states(x)` in 1.x.

    Args:
        weights: what the weights start as.
        return_sequences, return_state, go_backwards, stateful, unroll: as for `RNN`.
        implementation, consume_less: how the products were arranged, 0 to 2, or 'cpu', 'mem' or 'gpu'; a class may
            look at them.
        input_dim, input_length: the inputs' shape, for a first layer.

    Shapes:
        x: (batch, time, features), y: (batch, time, units) or (batch, units).
    """

    def __init__(
        self,
        weights=None,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        unroll=False,
        implementation=0,
        consume_less="cpu",
        input_dim=None,
        input_length=None,
        **kwargs,
    ):
        if type(self) is Recurrent:
            raise TypeError(_ABSTRACT)
        if input_dim is not None and not {"input_shape", "batch_input_shape"} & kwargs.keys():
            kwargs["input_shape"] = (input_length, input_dim)
        super().__init__(weights=weights, **kwargs)
        self.initial_weights = weights  # for classes that set them at the end of `build`
        self.return_sequences = bool(return_sequences)
        self.return_state = bool(return_state)
        self.go_backwards = bool(go_backwards)
        self.stateful = bool(stateful)
        self.unroll = bool(unroll)
        self.implementation = one_of("implementation", implementation, (0, 1, 2), type(self).__name__)
        self.consume_less = one_of("consume_less", consume_less, ("cpu", "mem", "gpu"), type(self).__name__)
        self.input_dim = input_dim
        self.input_length = input_length
        self.supports_masking = True
        self.input_spec = InputSpec(ndim=3)
        self.states = [None]
        self.state_spec = None
        self.dropout = 0
        self.recurrent_dropout = 0

    _keras_hidden = frozenset(("states",))
    _not_in_config = frozenset(("weights", "input_dim", "input_length"))

    def _seed_variables(self):
        return [*super()._seed_variables(), *(s for s in self.states if isinstance(s, Variable))]

    def _size(self):
        size = getattr(self, "units", None) or getattr(self, "output_dim", None)
        if size is None:
            raise ValueError(f"{type(self).__name__} needs its size in `units` or `output_dim`.")
        return size

    # --- what a class may define

    @further_names("x")
    def step(self, inputs, states):
        """The output of a step and the new states. Every class has its own."""
        raise NotImplementedError(f"{type(self).__name__} needs a `step(x, states)`.")

    @further_names("x")
    def preprocess_input(self, inputs, training=None):
        """What is done to all steps at once: nothing, unless a class says more."""
        return inputs

    @further_names("x", "X")
    def get_constants(self, inputs, training=None):
        """What every step gets behind the states."""
        return []

    def get_initial_state(self, inputs):
        """States of zeros."""
        return [ops.zeros((inputs.shape[0], self._size()), inputs.dtype) for _ in self.states]

    @further_names("X")
    def get_initial_states(self, x):
        """`get_initial_state`, as 1.x called it."""
        return self.get_initial_state(x)

    # --- what it does

    def call(self, inputs, mask=None, training=None, initial_state=None):
        states = self._first_states(inputs, initial_state)
        more = {"training": training} if takes(self.preprocess_input, "training") else {}
        steps = self.preprocess_input(inputs, **more)
        more = {"training": training} if takes(self.get_constants, "training") else {}
        constants = self.get_constants(inputs, **more)
        last, outputs, states = rnn(
            self.step, steps, states, self.go_backwards, mask, constants, unroll=self.unroll,
            input_length=inputs.shape[1],
        )  # fmt: skip
        if self.stateful:
            for variable, value in zip(self.states, states):
                variable.assign(value)
        output = outputs if self.return_sequences else last
        return [output, *states] if self.return_state else output

    def _first_states(self, inputs, given):
        if given is not None:
            return list(given) if isinstance(given, (list, tuple)) else [given]
        if self.stateful:
            if any(s is None for s in self.states):
                self.reset_states()
            return [s.value for s in self.states]
        own = type(self).get_initial_states is not Recurrent.get_initial_states
        return list(self.get_initial_states(inputs) if own else self.get_initial_state(inputs))

    def reset_states(self, states=None):
        """Sets the states of a stateful layer to zeros, or to those given."""
        if not self.stateful:
            raise AttributeError(f"{self.name} is not stateful, so it keeps no states.")
        batch = (self._first_shape or self.batch_shape_seen or (None,))[0]
        if batch is None:
            raise ValueError(f"{self.name} is stateful, so it needs a fixed batch size: batch_input_shape=(...).")
        if any(s is None for s in self.states):
            shape = (batch, *self._state_shape())
            self.states = [
                Variable(np.zeros(shape), dtype=self.compute_dtype, trainable=False, name="rnn_state")
                for _ in self.states
            ]
        values = [ops.zeros(s.shape) for s in self.states] if states is None else states
        values = list(values) if isinstance(values, (list, tuple)) else [values]
        if len(values) != len(self.states):
            raise ValueError(f"{self.name} has {len(self.states)} states. reset_states() got {len(values)}.")
        for variable, value in zip(self.states, values):
            variable.assign(value)

    batch_shape_seen = None

    def _build_once(self, arguments):
        self.batch_shape_seen = tuple(next(iter(arguments.values())).shape)
        super()._build_once(arguments)

    def _state_shape(self):
        return (self._size(),)

    def compute_output_shape(self, input_shape):
        """(batch, time, units) if sequences are returned, else (batch, units)."""
        own = self._state_shape()
        shape = (*input_shape[:2], *own) if self.return_sequences else (input_shape[0], *own)
        return [shape, *((input_shape[0], *own) for _ in self.states)] if self.return_state else shape

    def compute_mask(self, inputs, mask=None):
        """The mask of the inputs if sequences are returned."""
        found = mask if self.return_sequences else None
        return [found, *(None for _ in self.states)] if self.return_state else found


class ConvRecurrent2D(Recurrent):
    """`Recurrent` on frames: states and outputs have the shape that a convolution of the frames gives.

    Args:
        filters: channels of the outputs.
        kernel_size, strides, padding, data_format, dilation_rate: of the convolution.
        return_sequences, return_state, go_backwards, stateful, unroll, implementation, weights: as for `Recurrent`.

    Shapes:
        x: (batch, time, height, width, channels), y: (batch, time, rows, columns, filters), or without time.
    """

    def __init__(
        self,
        filters=None,
        kernel_size=None,
        strides=(1, 1),
        padding="valid",
        data_format=None,
        dilation_rate=(1, 1),
        **kwargs,
    ):
        super().__init__(**kwargs)
        # the checks of the arguments, and the shape of a frame
        self._cell = ConvLSTMCell(
            2, filters, kernel_size, strides, padding, data_format, dilation_rate, owner=type(self).__name__
        )
        self.filters = self._cell.filters
        self.kernel_size = self._cell.kernel_size
        self.strides = self._cell.strides
        self.padding = self._cell.padding
        self.data_format = self._cell.data_format
        self.dilation_rate = self._cell.dilation_rate
        self.input_spec = InputSpec(ndim=5)

    _keras_hidden = Recurrent._keras_hidden | {"_cell"}

    def _frame(self, shape):
        return self._cell.frame_shape((shape[0], *shape[2:]))[1:]

    def _state_shape(self):
        return self._frame(self._first_shape or self.batch_shape_seen)

    def get_initial_state(self, inputs):
        """States of zeros."""
        return [ops.zeros((inputs.shape[0], *self._frame(inputs.shape)), inputs.dtype) for _ in self.states]

    def compute_output_shape(self, input_shape):
        """The shape of frames after the convolution, with time if sequences are returned."""
        own = self._frame(input_shape)
        shape = (*input_shape[:2], *own) if self.return_sequences else (input_shape[0], *own)
        return [shape, *((input_shape[0], *own) for _ in self.states)] if self.return_state else shape


class ConvLSTM2DCell(ConvLSTMCell):
    """One step of a `ConvLSTM2D`, for `ConvRNN2D`.

    Args:
        filters, kernel_size, strides, padding, data_format, dilation_rate, activation, recurrent_activation, use_bias,
            kernel_initializer, recurrent_initializer, bias_initializer, unit_forget_bias, kernel_regularizer,
            recurrent_regularizer, bias_regularizer, kernel_constraint, recurrent_constraint, bias_constraint, dropout,
            recurrent_dropout: as for `ConvLSTM2D`.
    """

    def __init__(self, filters, kernel_size, *args, recurrent_activation="hard_sigmoid", **kwargs):
        kwargs.pop("rank", None)
        super().__init__(
            2, filters, kernel_size, *args, owner="ConvLSTM2DCell", **kwargs,
            **({} if len(args) > 5 else {"recurrent_activation": recurrent_activation}),
        )  # fmt: skip

    _not_in_config = frozenset(("rank", "owner"))

    def input_conv(self, x, w, b=None, padding="valid"):
        """The convolution of the inputs of a step."""
        y = conv2d(x, w, self.strides, padding, self.data_format, self.dilation_rate)
        return y if b is None else bias_add(y, b, self.data_format)

    def recurrent_conv(self, x, w):
        """The convolution of the output of the step before."""
        return conv2d(x, w, (1, 1), "same", self.data_format)


class ConvRNN2D(layers.RNN):
    """`RNN` with a cell whose states are frames.

    Args:
        cell: a `ConvLSTM2DCell`, or a cell with `frame_shape(input_shape)`.
        **kwargs: those of `RNN`.
    """

    def __init__(self, cell, return_sequences=False, return_state=False, go_backwards=False, stateful=False,
                 unroll=False, **kwargs):  # fmt: skip
        if unroll:
            raise ValueError("ConvRNN2D: `unroll` must be False, as it had to be in 2.x.")
        super().__init__(cell, return_sequences, return_state, go_backwards, stateful, **kwargs)
        self.input_spec = InputSpec(ndim=5)

    _not_in_config = frozenset(("unroll",))
    compute_output_shape = ConvLSTM.compute_output_shape


class AbstractRNNCell(Layer):
    """Base of cells of one's own: a class defines `call(inputs, states)`, `state_size` and `output_size`."""

    @property
    def state_size(self):
        """Sizes of the states. Every class has its own."""
        raise NotImplementedError(f"{type(self).__name__} needs a `state_size`.")

    @property
    def output_size(self):
        """The size of the output. Every class has its own."""
        raise NotImplementedError(f"{type(self).__name__} needs an `output_size`.")

    def call(self, inputs, states):
        """The output of a step and the new states. Every class has its own."""
        raise NotImplementedError(f"{type(self).__name__} needs a `call(inputs, states)`.")

    def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
        """States of zeros, for a batch as large as that of `inputs`, or of `batch_size`."""
        if inputs is not None:
            batch_size, dtype = inputs.shape[0], dtype or inputs.dtype
        sizes = self.state_size if isinstance(self.state_size, (list, tuple)) else [self.state_size]
        found = [
            ops.zeros(
                (batch_size, *(size if isinstance(size, (list, tuple)) else (size,))), dtype or self.compute_dtype
            )
            for size in sizes
        ]
        return found if isinstance(self.state_size, (list, tuple)) else found[0]


class PeepholeLSTMCell(layers.LSTMCell):
    """An `LSTMCell` whose gates see the memory (Gers, Schraudolph and Schmidhuber, 2002).

    `i, f = gate(z + w c)`, `c' = f c + i activation(z)`, `o = gate(z + w c')`, with a weight per unit and gate.

    Args:
        units, ...: as for `LSTMCell`; the activation of the gates is 'hard_sigmoid'.
    """

    whole = False

    def __init__(self, units, activation="tanh", recurrent_activation="hard_sigmoid", **kwargs):
        super().__init__(units, activation, recurrent_activation, **kwargs)

    def build(self, input_shape):
        super().build(input_shape)
        self.peepholes = [
            self.add_weight((self.units,), self.kernel_initializer, name=f"{gate}_gate_peephole_weights")
            for gate in ("input", "forget", "output")
        ]

    def step(self, x, states, m):
        h, c = states
        z = x + ops.matmul(h if m is None else h * m, self.recurrent_kernel)
        i, f, g, o = ops.split(z, 4, axis=-1)
        seen_i, seen_f, seen_o = self.peepholes
        gate = self.recurrent_activation
        new = gate(f + seen_f * c) * c + gate(i + seen_i * c) * self.activation(g)
        return gate(o + seen_o * new) * self.activation(new), new


def time_distributed_dense(x, w, b=None, dropout=None, input_dim=None, output_dim=None, timesteps=None):
    """`x @ w + b` at every step.

    Args:
        x: (batch, time, features).
        w, b: kernel and bias.
        dropout: the share of the inputs left out, the same at all steps.
        input_dim, output_dim, timesteps: sizes, which `x` and `w` must have if given.

    Raises:
        ValueError: a size is another one.
    """
    sizes = {"input_dim": (input_dim, x.shape[2]), "output_dim": (output_dim, w.shape[1]),
             "timesteps": (timesteps, x.shape[1])}  # fmt: skip
    for name, (given, found) in sizes.items():
        if given is not None and found is not None and positive_integer(name, given) != found:
            raise ValueError(f"time_distributed_dense: `{name}` is {given}, but it is {found} here.")
    if dropout is not None and 0.0 < dropout < 1.0:
        ones = ops.ones((x.shape[0], x.shape[2]), x.dtype)
        x = x * ops.expand_dims(random.dropout(ones, dropout), 1)
    y = ops.matmul(x, w)
    return y if b is None else y + b


registry.register_built_ins(
    "keras.layers",
    {c.__name__: c for c in (ConvLSTM2DCell, ConvRNN2D, ConvRecurrent2D, PeepholeLSTMCell, Recurrent)},
)
