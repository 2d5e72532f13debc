"""Long short-term memory whose products are convolutions."""

from __future__ import annotations

from keras import activations, config, constraints, initializers, ops, random, regularizers
from keras._core.checks import integers, known_size, number_between, one_of, positive_integer
from keras._jax.kernels import recurrent
from keras.layers._conv import along_channels, check_strides_or_dilation
from keras.layers._gated_rnn import GatedRNN
from keras.layers._input_spec import InputSpec
from keras.layers._layer import Layer
from keras.layers._rnn import RNN
from keras.layers._spatial import axis_names, channel_axis, spatial_sizes, window_shape, with_spatial


class ConvLSTMCell(Layer):
    """One step of a convolutional LSTM, on a batch of frames.

    `i, f, o = gate(x * W + h * U + b)`, `g = activation(x * W + h * U + b)`, `c = f c + i g`, `h = o activation(c)`,
    where `*` is a convolution.
    """

    def __init__(
        self,
        rank,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        dilation_rate=1,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        unit_forget_bias=True,
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        seed=None,
        owner="ConvLSTMCell",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.rank = rank
        self.owner = owner
        self.filters = positive_integer("filters", filters, owner)
        self.kernel_size = integers("kernel_size", kernel_size, rank, owner)
        self.strides = integers("strides", strides, rank, owner)
        self.padding = one_of("padding", str(padding).lower(), ("valid", "same"), owner)
        self.data_format = config.standard_data_format(data_format, owner)
        self.dilation_rate = integers("dilation_rate", dilation_rate, rank, owner)
        check_strides_or_dilation(self, owner)
        self.activation = activations.get(activation)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.unit_forget_bias = bool(unit_forget_bias)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = number_between("dropout", dropout, 0, 1, owner)
        self.recurrent_dropout = number_between("recurrent_dropout", recurrent_dropout, 0, 1, owner)
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed) if dropout or recurrent_dropout else None
        self.state_shape = None

    @property
    def state_size(self):
        """Channels of the states: output and memory."""
        return [self.filters, self.filters]

    def frame_shape(self, input_shape):
        """The shape of outputs and states for the inputs of one step."""
        shape = window_shape(
            self.owner, input_shape, self.kernel_size, self.strides, self.padding, self.data_format, self.dilation_rate
        )
        return with_spatial(shape, spatial_sizes(shape, self.data_format), self.data_format, self.filters)

    def get_initial_state(self, batch_size=None):
        """States of zeros."""
        if self.state_shape is None:
            raise ValueError(
                f"{self.owner}: the size of its states follows from that of the frames. "
                "Call it on data or call build() before asking for them."
            )
        return [ops.zeros((batch_size, *self.state_shape), dtype=self.compute_dtype) for _ in range(2)]

    def build(self, input_shape):
        channels = known_size(input_shape, channel_axis(self.data_format), self.owner)
        self.state_shape = self.frame_shape(input_shape)[1:]
        if None in self.state_shape:
            raise ValueError(
                f"{self.owner} needs frames of a known size, since its states have that size. "
                f"Got frames of shape {tuple(input_shape[1:])}."
            )
        width = 4 * self.filters
        self.kernel = self.add_weight(
            name="kernel", shape=(*self.kernel_size, channels, width), initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer, constraint=self.kernel_constraint,
        )  # fmt: skip
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel", shape=(*self.kernel_size, self.filters, width),
            initializer=self.recurrent_initializer, regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )  # fmt: skip
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=(width,), initializer=self._bias_start(), regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )  # fmt: skip

    def _bias_start(self):
        start, ones, filters = self.bias_initializer, initializers.get("ones"), self.filters
        if not self.unit_forget_bias:
            return start

        def gates(shape, dtype=None):
            parts = [start((filters,), dtype=dtype), ones((filters,), dtype=dtype), start((2 * filters,), dtype=dtype)]
            return ops.concatenate(parts)

        return gates

    # --- the computation

    runs_whole = True

    def call(self, inputs, states, training=False):
        m = self._recurrent_masks(inputs.shape[0], training)
        h, c = self._step(self._projected(inputs, self._input_masks(inputs.shape, training)), states, m)
        return h, [h, c]

    def run(self, x, states, mask, training, unroll):
        """Outputs of all steps and the last states, for inputs and mask with time first."""
        m = self._recurrent_masks(x.shape[1], training)
        masks = self._input_masks(x.shape[1:], training)
        folded = ops.reshape(x, (-1, *x.shape[2:]))  # (time, batch, ...) -> (time * batch, ...)
        if masks is not None:
            masks = [ops.tile(one, (x.shape[0],) + (1,) * (x.ndim - 2)) for one in masks]
        z = self._projected(folded, masks)
        z = ops.reshape(z, (*x.shape[:2], *z.shape[1:]))

        def cell(x, states):
            h, c = self._step(x, states, m)
            return h, (h, c)

        outputs, states, losses = recurrent.any_cell(
            cell, z, tuple(states), mask, before=states[0], unroll=unroll
        )  # fmt: skip
        self.add_loss(losses)
        return outputs, list(states)

    def _projected(self, x, masks):
        """The part of a step that depends on inputs alone, for all gates."""
        z = self._convolved(x, self.kernel, masks, self.strides, self.padding, self.dilation_rate)
        return z if self.bias is None else z + along_channels(self.bias, self.rank, self.data_format)

    def _step(self, z, states, masks):
        h, c = states
        z = z + self._convolved(h, self.recurrent_kernel, masks, 1, "same", 1)
        i, f, g, o = ops.split(z, 4, axis=channel_axis(self.data_format))
        gate = self.recurrent_activation
        c = gate(f) * c + gate(i) * self.activation(g)
        return gate(o) * self.activation(c), c

    def _convolved(self, x, kernel, masks, strides, padding, dilation):
        def conv(x, kernel):
            return ops.conv(x, kernel, strides, padding, self.data_format, dilation)

        if masks is None:
            return conv(x, kernel)
        # every gate leaves out other elements
        parts = [conv(x * m, k) for m, k in zip(masks, ops.split(ops.convert_to_tensor(kernel), 4, axis=-1))]
        return ops.concatenate(parts, axis=channel_axis(self.data_format))

    def _input_masks(self, shape, training):
        return self._masks(self.dropout, shape) if training and self.dropout else None

    def _recurrent_masks(self, batch_size, training):
        if not training or not self.recurrent_dropout:
            return None
        return self._masks(self.recurrent_dropout, (batch_size, *self.state_shape))

    def _masks(self, rate, shape):
        ones = ops.ones((4, *shape), dtype=self.compute_dtype)
        return list(random.dropout(ones, rate, seed=self.seed_generator))


class ConvLSTM(RNN):
    """Base of the convolutional LSTMs. Subclasses say how many spatial axes there are."""

    rank: int
    _not_in_config = frozenset(("cell",))

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        dilation_rate=1,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        unit_forget_bias=True,
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        seed=None,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        **kwargs,
    ):
        cell = ConvLSTMCell(
            self.rank, filters, kernel_size, strides, padding, data_format, dilation_rate, activation,
            recurrent_activation, use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
            unit_forget_bias, kernel_regularizer, recurrent_regularizer, bias_regularizer, kernel_constraint,
            recurrent_constraint, bias_constraint, dropout, recurrent_dropout, seed, owner=type(self).__name__,
            dtype=kwargs.get("dtype"), trainable=kwargs.get("trainable", True), name="conv_lstm_cell",
        )  # fmt: skip
        super().__init__(
            cell, return_sequences, return_state, go_backwards, stateful, activity_regularizer=activity_regularizer,
            **kwargs,
        )  # fmt: skip
        self.input_spec = _Frames(self.rank, self.data_format)

    def build(self, sequences_shape, initial_state_shape=None):
        super().build(sequences_shape, initial_state_shape)
        channels = sequences_shape[-1 if self.data_format == "channels_last" else 2]
        self.input_spec = _Frames(self.rank, self.data_format, channels)

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        """The shape of frames after the convolution, with time if sequences are returned, and those of the states."""
        batch, steps = sequences_shape[:2]
        frame = self.cell.frame_shape((batch, *sequences_shape[2:]))
        shape = (batch, steps, *frame[1:]) if self.return_sequences else frame
        return (shape, frame, frame) if self.return_state else shape

    filters = GatedRNN.of_cell("filters", "Channels of the outputs.")
    kernel_size = GatedRNN.of_cell("kernel_size", "What an output sees of a frame.")
    strides = GatedRNN.of_cell("strides", "From one output to the next.")
    padding = GatedRNN.of_cell("padding", "How frames are padded.")
    data_format = GatedRNN.of_cell("data_format", "The axis order.")
    dilation_rate = GatedRNN.of_cell("dilation_rate", "Distance between what an output sees.")
    activation = GatedRNN.of_cell("activation", "Activation of candidate and output.")
    recurrent_activation = GatedRNN.of_cell("recurrent_activation", "Activation of the gates.")
    use_bias = GatedRNN.of_cell("use_bias", "Whether there is a bias.")
    kernel_initializer = GatedRNN.of_cell("kernel_initializer", "How the kernel starts.")
    recurrent_initializer = GatedRNN.of_cell("recurrent_initializer", "How the recurrent kernel starts.")
    bias_initializer = GatedRNN.of_cell("bias_initializer", "How the bias starts.")
    unit_forget_bias = GatedRNN.of_cell("unit_forget_bias", "Whether the bias of the forget gate starts at one.")
    kernel_regularizer = GatedRNN.of_cell("kernel_regularizer", "Regularizer of the kernel.")
    recurrent_regularizer = GatedRNN.of_cell("recurrent_regularizer", "Regularizer of the recurrent kernel.")
    bias_regularizer = GatedRNN.of_cell("bias_regularizer", "Regularizer of the bias.")
    kernel_constraint = GatedRNN.of_cell("kernel_constraint", "Constraint of the kernel.")
    recurrent_constraint = GatedRNN.of_cell("recurrent_constraint", "Constraint of the recurrent kernel.")
    bias_constraint = GatedRNN.of_cell("bias_constraint", "Constraint of the bias.")
    dropout = GatedRNN.of_cell("dropout", "The share of inputs left out in training.")
    recurrent_dropout = GatedRNN.of_cell("recurrent_dropout", "The share of outputs going back left out in training.")
    seed = GatedRNN.of_cell("seed", "Seed of the dropout.")


class _Frames(InputSpec):
    """Demands sequences of frames."""

    def __init__(self, rank, data_format, channels=None):
        axis = 2 if data_format == "channels_first" else rank + 2
        super().__init__(ndim=rank + 3, axes={axis: channels} if channels else None)
        batch, *others = axis_names(rank, data_format)
        self.names = ", ".join((batch, "time", *others))

    def wrong_ndim(self, owner, shape):
        """The message when the number of axes is wrong."""
        return (
            f"{owner} takes sequences of frames with {self.ndim} axes: ({self.names}).\n"
            f"  Got shape {shape}, which has {len(shape)}."
        )


class ConvLSTM1D(ConvLSTM):
    """Long short-term memory over sequences of signals, with convolutions for products (Shi et al., 2015).

    `i, f, o = gate(x * W + h * U + b)`, `g = activation(x * W + h * U + b)`, `c = f c + i g`, `h = o activation(c)`

    Args:
        filters: channels of the outputs.
        kernel_size: steps of a signal that an output sees.
        strides, padding, dilation_rate: of the convolution of the inputs; padding is 'valid' or 'same'.
        data_format: 'channels_last' for (batch, time, steps, channels), 'channels_first' for channels before steps.
        activation, recurrent_activation: of candidate and output; of the gates.
        use_bias, unit_forget_bias: whether there is a bias; whether that of the forget gate starts at one.
        kernel_initializer, recurrent_initializer, bias_initializer: how the weights start.
        kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer: penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: applied to the weights after each update.
        dropout, recurrent_dropout: the share of inputs, and of outputs going back, left out in training, the same
            at all time steps, another for each gate.
        seed: seed of the dropout.
        return_sequences, return_state, go_backwards, stateful: as for `RNN`.

    >>> ConvLSTM1D(4, 3)(ops.ones((2, 5, 10, 3))).shape
    (2, 8, 4)
    """

    rank = 1


class ConvLSTM2D(ConvLSTM):
    """Long short-term memory over sequences of images, with convolutions for products (Shi et al., 2015).

    `i, f, o = gate(x * W + h * U + b)`, `g = activation(x * W + h * U + b)`, `c = f c + i g`, `h = o activation(c)`

    Args:
        filters: channels of the outputs.
        kernel_size: height and width of what an output sees, one number or two.
        strides, padding, dilation_rate: of the convolution of the inputs; padding is 'valid' or 'same'.
        data_format: 'channels_last' for (batch, time, height, width, channels), 'channels_first' for channels before
            height.
        activation, recurrent_activation: of candidate and output; of the gates.
        use_bias, unit_forget_bias: whether there is a bias; whether that of the forget gate starts at one.
        kernel_initializer, recurrent_initializer, bias_initializer: how the weights start.
        kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer: penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: applied to the weights after each update.
        dropout, recurrent_dropout: the share of inputs, and of outputs going back, left out in training, the same
            at all time steps, another for each gate.
        seed: seed of the dropout.
        return_sequences, return_state, go_backwards, stateful: as for `RNN`.

    >>> ConvLSTM2D(4, 3)(ops.ones((2, 5, 8, 8, 3))).shape
    (2, 6, 6, 4)
    """

    rank = 2


class ConvLSTM3D(ConvLSTM):
    """Long short-term memory over sequences of volumes, with convolutions for products (Shi et al., 2015).

    `i, f, o = gate(x * W + h * U + b)`, `g = activation(x * W + h * U + b)`, `c = f c + i g`, `h = o activation(c)`

    Args:
        filters: channels of the outputs.
        kernel_size: depth, height and width of what an output sees, one number or three.
        strides, padding, dilation_rate: of the convolution of the inputs; padding is 'valid' or 'same'.
        data_format: 'channels_last' for (batch, time, depth, height, width, channels), 'channels_first' for channels
            before depth.
        activation, recurrent_activation: of candidate and output; of the gates.
        use_bias, unit_forget_bias: whether there is a bias; whether that of the forget gate starts at one.
        kernel_initializer, recurrent_initializer, bias_initializer: how the weights start.
        kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer: penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: applied to the weights after each update.
        dropout, recurrent_dropout: the share of inputs, and of outputs going back, left out in training, the same
            at all time steps, another for each gate.
        seed: seed of the dropout.
        return_sequences, return_state, go_backwards, stateful: as for `RNN`.

    >>> ConvLSTM3D(4, 3)(ops.ones((2, 5, 4, 4, 4, 3))).shape
    (2, 2, 2, 2, 4)
    """

    rank = 3
