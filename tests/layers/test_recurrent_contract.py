"""The recurrent layers and what wraps them keep the contract of every layer."""

import numpy as np
import pytest

from keras import layers

from .contract import LAYER_CHECKS, Case, name_of

SEQUENCE, IMAGES = (2, 5, 3), (2, 3, 6, 2)
CELL = ("kernel", "recurrent_kernel", "bias")
MASK = np.array([[True, False, True, True, False], [False, True, True, False, True]])
LONG_MASK = np.arange(24).reshape(2, 12) % 5 > 0
H, C = np.linspace(-1, 1, 12).reshape(2, 2, 3).astype("float32")


class Around(Case):
    """A case of a layer that holds others: they compute in its dtype too."""

    def make(self, **more):
        inner = {k: again(v, more.get("dtype")) for k, v in self.arguments.items() if isinstance(v, layers.Layer)}
        return Case.make(self._replace(arguments={**self.arguments, **inner}), **more)


def again(layer, dtype):
    config = layer.get_config()
    return type(layer).from_config(config if dtype is None else with_dtype(config, dtype))


def with_dtype(config, dtype):
    if isinstance(config, dict):
        return {k: dtype if k == "dtype" else with_dtype(v, dtype) for k, v in config.items()}
    return [with_dtype(v, dtype) for v in config] if isinstance(config, list) else config


def title(thing):
    """A test's name, without arrays in it."""
    if not isinstance(thing, Case):
        return name_of(thing)
    return "-".join([name_of(thing._replace(call={})), *thing.call])


LAYER_CASES = [
    Case(layers.SimpleRNN, {"units": 3}, SEQUENCE, CELL),
    Case(
        layers.SimpleRNN,
        {"units": 3, "activation": "softsign", "use_bias": False, "return_sequences": True, "go_backwards": True},
        SEQUENCE,
        CELL[:2],
        call={"mask": MASK},
    ),
    Case(layers.GRU, {"units": 3, "return_state": True}, SEQUENCE, CELL),
    Case(layers.GRU, {"units": 3, "return_sequences": True}, (2, 12, 3), CELL, call={"mask": LONG_MASK}),
    Case(layers.GRU, {"units": 3, "reset_after": False, "return_sequences": True}, SEQUENCE, CELL, call={"mask": MASK}),
    Case(layers.GRU, {"units": 3, "recurrent_activation": "softsign"}, SEQUENCE, CELL, call={"initial_state": [H]}),
    Case(layers.LSTM, {"units": 3}, SEQUENCE, CELL),
    Case(
        layers.LSTM,
        {"units": 3, "return_sequences": True, "return_state": True, "zero_output_for_mask": True},
        (2, 12, 3),
        CELL,
        call={"mask": LONG_MASK, "initial_state": [H, C]},
    ),
    Case(
        layers.LSTM,
        {"units": 3, "recurrent_activation": "softsign", "unroll": True, "unit_forget_bias": False, "use_bias": False},
        SEQUENCE,
        CELL[:2],
        call={"mask": MASK},
    ),
    Case(layers.LSTM, {"units": 3, "dropout": 0.3, "recurrent_dropout": 0.4}, SEQUENCE, CELL, random=True),
    Case(layers.GRU, {"units": 3, "recurrent_dropout": 0.4, "reset_after": False}, SEQUENCE, CELL, random=True),
    Case(
        layers.ConvLSTM1D,
        {"filters": 2, "kernel_size": 2, "dropout": 0.3, "recurrent_dropout": 0.4, "go_backwards": True},
        (2, 2, 4, 2),
        CELL,
        random=True,
        frames=True,
    ),
    Case(
        layers.ConvLSTM2D,
        {"filters": 2, "kernel_size": 2, "return_sequences": True, "zero_output_for_mask": True, "use_bias": False},
        (2, 5, 3, 2, 1),
        CELL[:2],
        call={"mask": MASK},
        frames=True,
    ),
    Case(
        layers.ConvLSTM3D,
        {"filters": 1, "kernel_size": 2, "strides": (1, 2, 1), "return_state": True},
        (2, 2, 3, 2, 2, 1),
        CELL,
        frames=True,
    ),
    Around(layers.RNN, {"cell": layers.LSTMCell(3), "return_sequences": True}, SEQUENCE, CELL, call={"mask": MASK}),
    Around(
        layers.RNN,
        {"cell": layers.StackedRNNCells([layers.GRUCell(2), layers.SimpleRNNCell(3)]), "go_backwards": True},
        (2, 12, 3),
        CELL * 2,
        call={"mask": LONG_MASK},
    ),
    Around(
        layers.Bidirectional,
        {"layer": layers.LSTM(3, return_sequences=True), "merge_mode": "concat"},
        SEQUENCE,
        CELL * 2,
        call={"mask": MASK},
    ),
    Around(layers.Bidirectional, {"layer": layers.GRU(3, return_state=True), "merge_mode": "mul"}, SEQUENCE, CELL * 2),
    Around(
        layers.Bidirectional,
        {"layer": layers.SimpleRNN(3), "backward_layer": layers.GRU(2, go_backwards=True)},
        SEQUENCE,
        CELL * 2,
    ),
    Around(layers.TimeDistributed, {"layer": layers.Dense(2, activation="tanh")}, SEQUENCE, ("kernel", "bias")),
    Around(layers.TimeDistributed, {"layer": layers.Conv1D(2, 3)}, IMAGES, ("kernel", "bias")),
    Around(layers.TimeDistributed, {"layer": layers.SimpleRNN(2)}, IMAGES, CELL),
    Around(
        layers.SpectralNormalization,
        {"layer": layers.Dense(2, activation="tanh"), "power_iterations": 2},
        SEQUENCE,
        ("kernel", "vector_u", "bias"),
        slope=False,
    ),
    Around(
        layers.TimeDistributed,
        {"layer": layers.BatchNormalization()},
        SEQUENCE,
        ("gamma", "beta", "moving_mean", "moving_variance"),
    ),
]


@pytest.mark.parametrize("check", LAYER_CHECKS, ids=title)
@pytest.mark.parametrize("case", LAYER_CASES, ids=title)
def test_every_recurrent_layer_keeps_the_contract(case, check):
    check(case)
