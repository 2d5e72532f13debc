"""Gated recurrent unit."""

from keras import activations, ops
from keras._jax.kernels import recurrent
from keras.layers._gated_rnn import GatedRNN
from keras.layers._rnn_cell import GatedCell, dropped, with_bias


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

    def input_bias(self):
        return self.bias[0] if self.reset_after and self.bias is not None else self.bias

    def recurrent_bias(self):
        """The bias that is added to the product with the output of the step before, or None."""
        return self.bias[1] if self.reset_after and self.bias is not None else None

    def step(self, x, states, m):
        (h,), u = states, ops.convert_to_tensor(self.recurrent_kernel)
        back, (xz, xr, xg) = dropped(h, m), ops.split(x, 3, axis=-1)
        if self.reset_after:
            product, bias = ops.matmul(back, u), self.recurrent_bias()
            hz, hr, hg = ops.split(product if bias is None else product + bias, 3, axis=-1)
            z, r = self.recurrent_activation(xz + hz), self.recurrent_activation(xr + hr)
            g = self.activation(xg + r * hg)
        else:
            hz, hr = ops.split(ops.matmul(back, u[:, : 2 * self.units]), 2, axis=-1)
            z, r = self.recurrent_activation(xz + hz), self.recurrent_activation(xr + hr)
            g = self.activation(xg + ops.matmul(r * back, u[:, 2 * self.units :]))
        return (z * h + (1 - z) * g,)

    def kernel_loop(self, x, b, states, m, mask, unroll):
        x = with_bias(x, b)
        (h,), u, bias = states, ops.convert_to_tensor(self.recurrent_kernel), self.recurrent_bias()
        if not self.reset_after:
            outputs, last = recurrent.gru(*self._activations(), unroll, x, h, u, m, mask)
        elif self._activations() == (activations.sigmoid, activations.tanh):
            b = ops.zeros((3 * self.units,), dtype=x.dtype) if bias is None else bias
            outputs, last = recurrent.gru_reset_after(unroll, x, h, u, b, m, mask)
        else:
            return None
        return outputs, (last,)

    def _activations(self):
        return self.recurrent_activation, self.activation


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
        use_cudnn: 'auto', True or False, which are the same: as in Keras 3 on JAX, cuDNN's kernel is not used.
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
