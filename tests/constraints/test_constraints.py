"""Constraints: projections worked by hand, configs, names."""

import json

import numpy as np
import pytest

import keras
from keras import constraints

W = np.array([[3.0, 0.3, 0.0], [4.0, 0.4, 0.0]], "float32")  # columns of length 5, 0.5 and 0
CASES = {
    "MaxNorm": ({"max_value": 1.0, "axis": 0}, [[0.6, 0.3, 0], [0.8, 0.4, 0]]),
    "MinMaxNorm": (
        {"min_value": 1.0, "max_value": 2.0, "rate": 0.5, "axis": 0},  # lengths 5 -> 3.5, 0.5 -> 0.75
        [[2.1, 0.45, 0], [2.8, 0.6, 0]],
    ),
    "NonNeg": ({}, W),
    "UnitNorm": ({"axis": 0}, [[0.6, 0.6, 0], [0.8, 0.8, 0]]),
}


def test_every_constraint_has_a_row():
    public = {
        getattr(constraints, name).__name__
        for name in constraints.__all__
        if isinstance(getattr(constraints, name), type)
    }
    assert public == set(CASES) | {"Constraint"}


@pytest.mark.parametrize("name", CASES)
def test_the_projection_is_that_of_the_formula(name):
    arguments, expected = CASES[name]
    one = getattr(constraints, name)(**arguments)
    for w in (W, W.tolist(), keras.Variable(W)):
        np.testing.assert_allclose(one(w), expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("name", CASES)
def test_the_dtype_stays(name, dtype):
    arguments, expected = CASES[name]
    projected = getattr(constraints, name)(**arguments)(keras.ops.cast(W, dtype))
    assert projected.dtype.name == dtype
    if dtype != "float16" or name == "NonNeg":  # epsilon is nearly nothing in float16, where 0 / 0 is at stake
        np.testing.assert_allclose(np.asarray(projected, "float32"), expected, rtol=2e-2, atol=1e-2)


@pytest.mark.parametrize("name", CASES)
def test_the_config_makes_an_equal_one(name):
    one = getattr(constraints, name)(**CASES[name][0])
    assert one.get_config() == CASES[name][0]
    config = json.loads(json.dumps(constraints.serialize(one)))
    assert config["module"] == "keras.constraints"
    for other in (type(one).from_config(one.get_config()), constraints.deserialize(config)):
        assert type(other) is type(one)
        np.testing.assert_array_equal(other(W), one(W))


@pytest.mark.parametrize(
    "name", ["max_norm", "MaxNorm", "min_max_norm", "MinMaxNorm", "non_neg", "NonNeg", "unit_norm"]
)
def test_get_knows_every_name(name):
    cls = getattr(constraints, name)
    assert type(constraints.get(name)) is type(constraints.deserialize(name)) is type(constraints.get(cls)) is cls


def test_negative_values_become_zero():
    np.testing.assert_array_equal(constraints.NonNeg()([[-1.0, 0.0, 2.0]]), [[0, 0, 2]])


def test_norms_go_along_the_axes_named():
    w = np.ones((2, 3, 4), "float32")
    np.testing.assert_allclose(constraints.UnitNorm(axis=2)(w), w / 2, rtol=1e-5)
    np.testing.assert_allclose(constraints.UnitNorm(axis=[0, 1])(w), w / np.sqrt(6), rtol=1e-5)
    np.testing.assert_allclose(constraints.MaxNorm(1.0, axis=(0, 1, 2))(w), w / np.sqrt(24), rtol=1e-5)


def test_vectors_of_no_length_stay():
    for one in (constraints.MaxNorm(), constraints.UnitNorm(), constraints.MinMaxNorm(1.0, 2.0)):
        np.testing.assert_array_equal(one(np.zeros((2, 2), "float32")), np.zeros((2, 2)))


def test_defaults_are_those_of_keras_3():
    assert constraints.MaxNorm().get_config() == {"max_value": 2, "axis": 0}
    assert constraints.MinMaxNorm().get_config() == {"min_value": 0.0, "max_value": 1.0, "rate": 1.0, "axis": 0}
    assert constraints.UnitNorm().get_config() == {"axis": 0}


def test_what_is_wrong_is_said():
    with pytest.raises(ValueError, match=r"MinMaxNorm: `rate` must be a number from 0 to 1. Got 2"):
        constraints.MinMaxNorm(rate=2)
    with pytest.raises(ValueError, match=r"Unknown constraint: 'maxnrom'. Did you mean"):
        constraints.get("maxnrom")


def test_a_constraint_of_ones_own_gets_its_config_from_its_arguments():
    class Clipped(constraints.Constraint):
        def __init__(self, limit):
            self.limit = limit

        def __call__(self, w):
            return keras.ops.clip(w, -self.limit, self.limit)

    config = constraints.serialize(Clipped(0.35))
    again = constraints.deserialize(config, custom_objects={"Clipped": Clipped})
    np.testing.assert_allclose(again(W), np.minimum(W, 0.35), rtol=1e-6)
    assert constraints.get(None) is None
    np.testing.assert_array_equal(constraints.Constraint()(W), W)
