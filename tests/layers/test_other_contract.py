"""Cells, layers around functions and layers for text keep the contract; every public layer has a row in a table."""

import inspect
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

import keras
from keras import layers

from . import test_data_contract, test_every_layer, test_image_contract, test_recurrent_contract
from .contract import (
    LAYER_CHECKS,
    Case,
    it_can_be_frozen_and_thawed,
    it_computes_in_the_dtype_of_its_policy,
    it_goes_through_json_and_back,
    it_is_traced_as_it_runs,
    its_config_makes_an_equal_layer,
    name_of,
)
from .test_recurrent_contract import Around, again

CELL = ("kernel", "recurrent_kernel", "bias")
WORDS = np.array([["oak", "ash fir"], ["fir", "elm"], ["oak", "oak"]])


class Cell(Case):
    """A cell, which is called on one step and on its states."""

    def on(self, function, inputs, **call):
        return function(inputs[0], list(inputs[1:]), **call)


class Cells(Cell):
    """Cells on top of each other, which compute in the dtype of the whole."""

    def make(self, **more):
        cells = [again(cell, more.get("dtype")) for cell in self.arguments["cells"]]
        return Cell.make(self._replace(arguments={"cells": cells}), **more)


class Texts(Case):
    """A layer that reads text."""

    def inputs(self, dtype=None):
        return WORDS[:, : self.shape[-1]]

    @property
    def is_float(self):
        return False


@keras.saving.register_keras_serializable()
class Scaled(layers.Layer):
    """A layer of one's own."""

    def __init__(self, by=2.0, **kwargs):
        super().__init__(**kwargs)
        self.by = by

    def build(self, input_shape):
        self.factor = self.add_weight(name="factor", shape=input_shape[-1:], initializer="ones")

    def call(self, x):
        return x * self.factor * self.by


@keras.saving.register_keras_serializable()
class Twice(layers.Wrapper):
    """A wrapper of one's own."""

    def call(self, x):
        return self.layer(self.layer(x))


def dense(params, inputs):
    return jnp.tanh(inputs @ params["w"] + params["b"])


def start(rng, inputs):
    return {"w": jnp.ones((inputs.shape[-1], 3)), "b": jnp.zeros(3)}


def squared(x, summand=0):
    return x * x + summand


CASES = [
    Cell(layers.SimpleRNNCell, {"units": 3}, [(2, 4), (2, 3)], CELL),
    Cell(layers.GRUCell, {"units": 3}, [(2, 4), (2, 3)], CELL),
    Cell(layers.LSTMCell, {"units": 3, "dropout": 0.3}, [(2, 4), (2, 3), (2, 3)], CELL, random=True),
    Cells(
        layers.StackedRNNCells, {"cells": [layers.GRUCell(3, name="a"), layers.SimpleRNNCell(3, name="b")]},
        [(2, 4), (2, 3), (2, 3)], CELL * 2,
    ),
    Case(layers.Lambda, {"function": squared, "arguments": {"summand": 2.0}}, (2, 3, 4)),
    Case(layers.JaxLayer, {"call_fn": dense, "init_fn": start}, (2, 4), ("variable", "variable")),
    Case(Scaled, {"by": 0.5}, (2, 3, 4), ("factor",)),
    Around(Twice, {"layer": layers.Dense(4, activation="tanh", name="inner")}, (2, 4), ("kernel", "bias")),
    Texts(layers.StringLookup, {"vocabulary": ["oak", "fir"]}, (3, 2), (), "string"),
    Texts(layers.StringLookup, {"vocabulary": ["oak", "fir"], "output_mode": "multi_hot"}, (3, 2), (), "string"),
    Texts(layers.TextVectorization, {"vocabulary": ["oak", "fir"], "output_mode": "count"}, (3, 1), (), "string"),
]  # fmt: skip


# a file holds no functions, and those of JaxLayer make arrays of their own dtype; compiled code knows no text
NOT_ASKED = {
    layers.Lambda: (it_goes_through_json_and_back,),
    layers.JaxLayer: (
        it_goes_through_json_and_back, its_config_makes_an_equal_layer, it_computes_in_the_dtype_of_its_policy,
        it_can_be_frozen_and_thawed,
    ),
    layers.StringLookup: (it_is_traced_as_it_runs,),
    layers.TextVectorization: (it_is_traced_as_it_runs,),
}  # fmt: skip
PAIRS = [(check, case) for case in CASES for check in LAYER_CHECKS if check not in NOT_ASKED.get(case.layer, ())]

# layers that only programs outside of this suite fill with something; what they do is tested by hand
ELSEWHERE = {
    "FlaxLayer": "test_foreign_layers.py", "TFSMLayer": "test_foreign_layers.py",
    "TorchModuleWrapper": "test_foreign_layers.py", "InputLayer": "test_input.py",
}  # fmt: skip


@pytest.mark.parametrize(("check", "case"), PAIRS, ids=[f"{name_of(c)}-{name_of(k)}" for k, c in PAIRS])
def test_other_layers_keep_the_contract(check, case):
    check(case)


def test_every_public_layer_has_a_row():
    tables = (test_every_layer.LAYER_CASES, test_recurrent_contract.LAYER_CASES, test_data_contract.CASES)
    rows = {case.layer for table in (*tables, test_image_contract.CASES, CASES) for case in table}
    rows = {layer.__base__ if layer in (Scaled, Twice) else layer for layer in rows}
    public = {getattr(layers, name) for name in layers.__all__ if inspect.isclass(getattr(layers, name))}
    public = {layer for layer in public if layer.__module__.startswith("keras.layers")}  # the others are of older years
    assert rows == public - {layers.InputSpec, *(getattr(layers, name) for name in ELSEWHERE)}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_layer_without_a_row_has_tests_of_its_own(name):
    assert f"layers.{name}(" in (Path(__file__).parent / ELSEWHERE[name]).read_text(encoding="utf-8")
