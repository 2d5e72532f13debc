"""Recurrent layers with the settings that the kernels of cuDNN had."""

from __future__ import annotations

from keras import layers


class CuDNNLSTM(layers.LSTM):
    """An `LSTM` with the settings that the cuDNN kernel had; it runs anywhere.

    Args:
        units: the size of the output.
        kernel_initializer, recurrent_initializer, bias_initializer, unit_forget_bias: how the weights start.
        kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer: penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: applied to the weights after each update.
        return_sequences, return_state, stateful, go_backwards: as for `RNN`.
    """

    def __init__(
        self,
        units,
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
        return_sequences=False,
        return_state=False,
        stateful=False,
        **kwargs,
    ):
        super().__init__(
            units, activation="tanh", recurrent_activation="sigmoid", kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer, bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias, kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer, bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer, kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint, bias_constraint=bias_constraint,
            return_sequences=return_sequences, return_state=return_state, stateful=stateful, **kwargs,
        )  # fmt: skip

    _not_in_config = layers.LSTM._not_in_config | {
        "activation", "recurrent_activation", "use_bias", "dropout", "recurrent_dropout", "seed", "unroll",
    }  # fmt: skip


class CuDNNGRU(layers.GRU):
    """A `GRU` with the settings that the cuDNN kernel had, `reset_after` among them; it runs anywhere.

    Args:
        units: the size of the output.
        kernel_initializer, recurrent_initializer, bias_initializer: how the weights start.
        kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer: penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: applied to the weights after each update.
        return_sequences, return_state, stateful, go_backwards: as for `RNN`.
    """

    def __init__(
        self,
        units,
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
        return_sequences=False,
        return_state=False,
        stateful=False,
        **kwargs,
    ):
        super().__init__(
            units, activation="tanh", recurrent_activation="sigmoid", kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer, activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint, recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint, return_sequences=return_sequences, return_state=return_state,
            stateful=stateful, reset_after=True, **kwargs,
        )  # fmt: skip

    _not_in_config = layers.GRU._not_in_config | {
        "activation", "recurrent_activation", "use_bias", "dropout", "recurrent_dropout", "seed", "unroll",
        "reset_after",
    }  # fmt: skip
