"""Long short-term memory."""

from keras import activations, initializers, ops
from keras._jax.kernels import recurrent
from keras.layers._gated_rnn import GatedRNN
from keras.layers._rnn_cell import GatedCell, dropped, with_bias


class LSTMCell(GatedCell):
    """One step of a long short-term memory (Hochreiter and Schmidhuber, 1997).

    `i, f, o = gate(x W + h U + b)`, `g = activation(x W + h U + b)`, `c = f c + i g`, `h = o activation(c)`

    Args:
        units: the size of the output.
        activation, recurrent_activation: of candidate and output; of the gates.
        use_bias: whether there is a bias.
        unit_forget_bias: whether the bias of the forget gate starts at one (Jozefowicz and others, 2015).
        dropout, recurrent_dropout: the share of inputs, and of outputs going back, left out in training.
        seed: seed of the dropout.
        **kwargs: initializers, regularizers, constraints for kernel, recurrent kernel and bias; and those of `Layer`.

    Shapes:
        inputs: (batch, features), states: two of (batch, units), output: (batch, units).
    """

    gates = 4

    def __init__(
        self,
        units,
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
        **kwargs,
    ):
        super().__init__(
            units, activation, use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
            kernel_regularizer, recurrent_regularizer, bias_regularizer, kernel_constraint, recurrent_constraint,
            bias_constraint, dropout, recurrent_dropout, seed, **kwargs,
        )  # fmt: skip
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = bool(unit_forget_bias)

    @property
    def state_size(self):
        """Sizes of the states: output and memory."""
        return [self.units, self.units]

    def get_initial_state(self, batch_size=None):
        """States of zeros."""
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype) for _ in range(2)]

    def bias_start(self):
        if not self.unit_forget_bias:
            return self.bias_initializer
        start, ones, units = self.bias_initializer, initializers.get("ones"), self.units

        def gates(shape, dtype=None):
            parts = [start((units,), dtype=dtype), ones((units,), dtype=dtype), start((2 * units,), dtype=dtype)]
            return ops.concatenate(parts)

        return gates

    def step(self, x, states, m):
        z = x + ops.matmul(dropped(states[0], m), self.recurrent_kernel)
        return recurrent.lstm_step(self.recurrent_activation, self.activation, z, states)

    joined_step = staticmethod(recurrent.lstm_step)

    def joined_loop(self, x, w, u, b, states, m, mask, unroll):
        if self._of_the_kernel():
            outputs, *states = recurrent.joined_lstm(unroll, x, *states, w, u, b, m, mask)
            return outputs, states
        return super().joined_loop(x, w, u, b, states, m, mask, unroll)

    def kernel_loop(self, x, b, states, m, mask, unroll):
        (h, c), u = states, ops.convert_to_tensor(self.recurrent_kernel)
        if self._of_the_kernel():
            outputs, h, c = recurrent.lstm(unroll, x, h, c, u, b, m, mask)
            return outputs, (h, c)
        x = with_bias(x, b)
        return recurrent.one_product_cell(recurrent.lstm_step, self._activations(), unroll, x, (h, c), u, m, mask)

    def _of_the_kernel(self):
        return self._activations() == (activations.sigmoid, activations.tanh)

    def _activations(self):
        return self.recurrent_activation, self.activation


class LSTM(GatedRNN):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997) over time steps.

    Args:
        units: the size of the output.
        activation, recurrent_activation: of candidate and output; of the gates.
        use_bias: whether there is a bias.
        unit_forget_bias: whether the bias of the forget gate starts at one.
        dropout, recurrent_dropout: the share of inputs, and of outputs going back, left out in training, the same
            at all time steps.
        seed: seed of the dropout.
        return_sequences, return_state, go_backwards, stateful, unroll: as for `RNN`.
        use_cudnn: True demands the cuDNN kernel, which this engine does not use, and is an error
            when the layer is first called; 'auto' and False are the same.
        **kwargs: initializers, regularizers, constraints for kernel, recurrent kernel and bias; and those of `Layer`.

    Shapes:
        x: (batch, time, features), y: (batch, time, units) or (batch, units).
    """

    def __init__(
        self,
        units,
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
        unroll=False,
        use_cudnn="auto",
        **kwargs,
    ):
        cell = LSTMCell(
            units, activation=activation, recurrent_activation=recurrent_activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer, unit_forget_bias=unit_forget_bias,
            kernel_regularizer=kernel_regularizer, recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer, kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint, bias_constraint=bias_constraint, dropout=dropout,
            recurrent_dropout=recurrent_dropout, seed=seed, dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True), name="lstm_cell",
        )  # fmt: skip
        super().__init__(
            cell, return_sequences, return_state, go_backwards, stateful, unroll, use_cudnn,
            activity_regularizer=activity_regularizer, **kwargs,
        )  # fmt: skip

    def build(self, sequences_shape, initial_state_shape=None):
        if self.use_cudnn is True:
            raise ValueError(
                f"{self.name}: `use_cudnn=True` demands cuDNN's kernel, which this engine does not use.\n"
                "  Leave it at 'auto'."
            )
        super().build(sequences_shape, initial_state_shape)

    recurrent_activation = GatedRNN.of_cell("recurrent_activation", "Activation of the gates.")
    unit_forget_bias = GatedRNN.of_cell("unit_forget_bias", "Whether the bias of the forget gate starts at one.")
