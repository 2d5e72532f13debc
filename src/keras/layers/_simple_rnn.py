"""The plain recurrent layer."""

from keras import ops
from keras._jax.kernels import recurrent
from keras.layers._gated_rnn import GatedRNN
from keras.layers._rnn_cell import GatedCell, dropped, with_bias


class SimpleRNNCell(GatedCell):
    """One step of a plain recurrent layer: `h = activation(x W + h U + b)`.

    Args:
        units: the size of the output.
        activation: the activation.
        use_bias: whether there is a bias.
        dropout, recurrent_dropout: the share of inputs, and of outputs going back, left out in training.
        seed: seed of the dropout.
        **kwargs: initializers, regularizers, constraints for kernel, recurrent kernel and bias; and those of `Layer`.

    Shapes:
        inputs: (batch, features), state: (batch, units), output: (batch, units).
    """

    whole = True

    def call(self, sequence, states, training=False):
        return super().call(sequence, states, training)

    def step(self, x, states, m):
        return (self.activation(x + ops.matmul(dropped(states[0], m), self.recurrent_kernel)),)

    joined_step = staticmethod(recurrent.plain_step)

    def kernel_loop(self, x, b, states, m, mask, unroll):
        u = ops.convert_to_tensor(self.recurrent_kernel)
        return recurrent.one_product_cell(
            recurrent.plain_step, (self.activation,), unroll, with_bias(x, b), tuple(states), u, m, mask
        )


class SimpleRNN(GatedRNN):
    """A plain recurrent layer over time steps: `h = activation(x W + h U + b)`.

    Args:
        units: the size of the output.
        activation: the activation.
        use_bias: whether there is a bias.
        dropout, recurrent_dropout: the share of inputs, and of outputs going back, left out in training, the same
            at all time steps.
        return_sequences, return_state, go_backwards, stateful, unroll: as for `RNN`.
        seed: seed of the dropout.
        **kwargs: initializers, regularizers, constraints for kernel, recurrent kernel and bias; and those of `Layer`.

    Shapes:
        x: (batch, time, features), y: (batch, time, units) or (batch, units).
    """

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
        activity_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        unroll=False,
        seed=None,
        **kwargs,
    ):
        cell = SimpleRNNCell(
            units, activation=activation, use_bias=use_bias, kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer, kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint, bias_constraint=bias_constraint, dropout=dropout,
            recurrent_dropout=recurrent_dropout, seed=seed, dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True), name="simple_rnn_cell",
        )  # fmt: skip
        super().__init__(
            cell, return_sequences, return_state, go_backwards, stateful, unroll,
            activity_regularizer=activity_regularizer, **kwargs,
        )  # fmt: skip
