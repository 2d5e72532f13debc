"""Gated recurrent unit."""

from keras import activations, ops
from keras._jax.kernels import recurrent
from keras.layers._gated_rnn import GatedRNN
from keras.layers._rnn_cell import GatedCell


class GRUCell(GatedCell):
    """One step of a gated recurrent unit (Cho and others, 2014).

    `z, r = gate(x W + h U + b)`, `g = activation(x W + r (h U + b))`, `h = z h + (1 - z) g`

    Args:
        units: the size of the output.
        activation, recurrent_activation: of the candidate; of the gates.
        use_bias: whether there is a bias.
        dropout, recurrent_dropout: the share of inputs, and of outputs going back, left out in training.
        reset_after: whether the reset gate acts after the product with the recurrent kernel, as in cuDNN; before it,
            as first published and as in 1.x and early 2.x, if False.
        seed: seed of the dropout.
        **kwargs: initializers, regularizers, constraints for kernel, recurrent kernel and bias; and those of `Layer`.

    Shapes:
        inputs: (batch, features), state: (batch, units), output: (batch, units).
    """

    gates = 3

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
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
        reset_after=True,
        seed=None,
        **kwargs,
    ):
        super().__init__(
            units, activation, use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
            kernel_regularizer, recurrent_regularizer, bias_regularizer, kernel_constraint, recurrent_constraint,
            bias_constraint, dropout, recurrent_dropout, seed, **kwargs,
        )  # fmt: skip
        self.recurrent_activation = activations.get(recurrent_activation)
        self.reset_after = bool(reset_after)

    def bias_shape(self):
        width = 3 * self.units
        return (2, width) if self.reset_after else (width,)

    def _biases(self):
        """The bias of the inputs and that of the recurrent product."""
        if self.bias is None:
            return None, None
        return (self.bias[0], self.bias[1]) if self.reset_after else (self.bias, None)

    def call(self, inputs, states, training=False):
        h = states[0]
        back = self.dropped(h, self.recurrent_mask(inputs.shape[0], training))
        own, recurrent_bias = self._biases()
        x = ops.matmul(self.input_mask(inputs, training), self.kernel)
        x = x if own is None else x + own
        xz, xr, xg = ops.split(x, 3, axis=-1)
        u, units = ops.convert_to_tensor(self.recurrent_kernel), self.units
        if self.reset_after:
            product = ops.matmul(back, u)
            product = product if recurrent_bias is None else product + recurrent_bias
            hz, hr, hg = ops.split(product, 3, axis=-1)
            z, r = self.recurrent_activation(xz + hz), self.recurrent_activation(xr + hr)
            g = self.activation(xg + r * hg)
        else:
            z = self.recurrent_activation(xz + ops.matmul(back, u[:, :units]))
            r = self.recurrent_activation(xr + ops.matmul(back, u[:, units : 2 * units]))
            g = self.activation(xg + ops.matmul(r * back, u[:, 2 * units :]))
        h = z * h + (1 - z) * g
        return h, [h]

    def run(self, x, states, mask, training):
        """Outputs of all steps and the last state, for inputs with time first."""
        own, recurrent_bias = self._biases()
        z = ops.matmul(self.input_mask(x, training), self.kernel)
        z = z if own is None else z + own
        (h,) = states
        m, u = self.recurrent_mask(x.shape[1], training), ops.convert_to_tensor(self.recurrent_kernel)
        if not self.reset_after:
            outputs = recurrent.gru(self.recurrent_activation, self.activation, z, h, u, m, mask)
        elif self.activation is activations.tanh and self.recurrent_activation is activations.sigmoid:
            b = ops.zeros((3 * self.units,), z.dtype) if recurrent_bias is None else recurrent_bias
            outputs = recurrent.gru_reset_after(z, h, u, ops.convert_to_tensor(b), m, mask)
        else:
            outputs, _, _ = recurrent.any_cell(self._step(u, recurrent_bias, m), z, [h], mask)
        return outputs, [outputs[-1]]

    def _step(self, u, recurrent_bias, m):
        def step(x, states):
            product = ops.matmul(self.dropped(states[0], m), u)
            product = product if recurrent_bias is None else product + recurrent_bias
            (xz, xr, xg), (hz, hr, hg) = ops.split(x, 3, axis=-1), ops.split(product, 3, axis=-1)
            z, r = self.recurrent_activation(xz + hz), self.recurrent_activation(xr + hr)
            h = z * states[0] + (1 - z) * self.activation(xg + r * hg)
            return h, [h]

        return step


class GRU(GatedRNN):
    """Gated recurrent unit (Cho and others, 2014) over time steps.

    Args:
        units: the size of the output.
        activation, recurrent_activation: of the candidate; of the gates.
        use_bias: whether there is a bias.
        dropout, recurrent_dropout: the share of inputs, and of outputs going back, left out in training, the same
            at all time steps.
        seed: seed of the dropout.
        return_sequences, return_state, go_backwards, stateful, unroll: as for `RNN`.
        reset_after: whether the reset gate acts after the product with the recurrent kernel.
        use_cudnn: True demands the cuDNN kernel, which this engine does not use, and is an error; 'auto' and False
            are the same.
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
        reset_after=True,
        use_cudnn="auto",
        **kwargs,
    ):
        cell = GRUCell(
            units, activation=activation, recurrent_activation=recurrent_activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer, kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer, bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint, recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint, dropout=dropout, recurrent_dropout=recurrent_dropout,
            reset_after=reset_after, seed=seed, dtype=kwargs.get("dtype"), trainable=kwargs.get("trainable", True),
            name="gru_cell",
        )  # fmt: skip
        super().__init__(
            cell, return_sequences, return_state, go_backwards, stateful, unroll, use_cudnn,
            activity_regularizer=activity_regularizer, **kwargs,
        )  # fmt: skip

    recurrent_activation = GatedRNN.of_cell("recurrent_activation", "Activation of the gates.")
    reset_after = GatedRNN.of_cell("reset_after", "Whether the reset gate acts after the recurrent product.")
