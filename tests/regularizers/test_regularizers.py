"""Regularizers: penalties worked by hand, configs, names."""

import json

import numpy as np
import pytest

import keras
from keras import regularizers

X = np.array([[1.0, -2.0], [0.5, 0.0]], "float32")
CASES = {
    "L1": ({"l1": 0.1}, 0.35),
    "L2": ({"l2": 0.1}, 0.525),
    "L1L2": ({"l1": 0.1, "l2": 0.2}, 0.35 + 1.05),
    # cos of the angle between the rows (1, -2) and (0.5, 0) is 1 / sqrt(5)
    "OrthogonalRegularizer": ({"factor": 0.1, "mode": "rows"}, 0.1 / np.sqrt(5)),
}


def test_every_regularizer_has_a_row():
    public = {
        getattr(regularizers, name).__name__
        for name in regularizers.__all__
        if isinstance(getattr(regularizers, name), type)
    }
    assert public == set(CASES) | {"Regularizer"}


@pytest.mark.parametrize("name", CASES)
def test_the_penalty_is_that_of_the_formula(name):
    arguments, expected = CASES[name]
    np.testing.assert_allclose(getattr(regularizers, name)(**arguments)(X), expected, rtol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_lists_and_variables_are_as_good_as_arrays(name):
    arguments, expected = CASES[name]
    one = getattr(regularizers, name)(**arguments)
    np.testing.assert_allclose(one(X.tolist()), expected, rtol=1e-6)
    np.testing.assert_allclose(one(keras.Variable(X)), expected, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("name", CASES)
def test_the_dtype_stays(name, dtype):
    arguments, expected = CASES[name]
    penalty = getattr(regularizers, name)(**arguments)(keras.ops.cast(X, dtype))
    assert penalty.dtype.name == dtype
    np.testing.assert_allclose(np.asarray(penalty, "float32"), expected, rtol=2e-2)


@pytest.mark.parametrize("name", CASES)
def test_the_config_makes_an_equal_one(name):
    one = getattr(regularizers, name)(**CASES[name][0])
    assert one.get_config() == CASES[name][0]
    config = json.loads(json.dumps(regularizers.serialize(one)))
    assert config["module"] == "keras.regularizers"
    for other in (type(one).from_config(one.get_config()), regularizers.deserialize(config)):
        assert type(other) is type(one)
        assert other.get_config() == one.get_config()


@pytest.mark.parametrize(
    ("name", "cls"),
    [
        ("l1", "L1"), ("L1", "L1"), ("l2", "L2"), ("l1_l2", "L1L2"), ("l1l2", "L1L2"), ("L1L2", "L1L2"),
        ("orthogonal_regularizer", "OrthogonalRegularizer"), ("OrthogonalRegularizer", "OrthogonalRegularizer"),
    ],
)  # fmt: skip
def test_get_knows_every_name(name, cls):
    assert type(regularizers.get(name)) is getattr(regularizers, cls)
    assert type(regularizers.deserialize(name)) is getattr(regularizers, cls)


def test_defaults_are_those_of_keras_3():
    assert regularizers.get("l1").l1 == regularizers.get("l2").l2 == 0.01
    assert regularizers.L1L2().get_config() == {"l1": 0.0, "l2": 0.0}
    assert regularizers.L1(None).l1 == 0.01
    assert regularizers.L1L2(None, None).get_config() == {"l1": 0.0, "l2": 0.0}
    assert float(regularizers.L1L2()(X)) == 0.0


def test_columns_are_compared_when_asked():
    # columns (1, 0.5) and (-2, 0)
    penalty = regularizers.OrthogonalRegularizer(1.0, "columns")(X)
    np.testing.assert_allclose(penalty, 2 / (np.sqrt(1.25) * 2), rtol=1e-6)


def test_the_mean_goes_over_all_pairs_of_rows():
    rows = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], "float32")  # |cos|: 0, 1 / sqrt(2), 1 / sqrt(2)
    np.testing.assert_allclose(regularizers.OrthogonalRegularizer(1.0)(rows), np.sqrt(2) / 3, rtol=1e-6)


def test_a_single_row_has_nothing_to_be_orthogonal_to():
    assert float(regularizers.OrthogonalRegularizer(1.0)([[1.0, 2.0]])) == 0.0


@pytest.mark.parametrize("value", [-1, "a", float("nan"), float("inf"), [1.0], True])
@pytest.mark.parametrize(
    ("cls", "name"), [("L1", "l1"), ("L2", "l2"), ("L1L2", "l1"), ("OrthogonalRegularizer", "factor")]
)
def test_a_wrong_factor_is_named(cls, name, value):
    with pytest.raises(ValueError, match=rf"{cls}: `{name}` must be a number of at least 0. Got"):
        getattr(regularizers, cls)(**{name: value})


def test_what_is_wrong_is_said():
    with pytest.raises(ValueError, match=r"`mode` must be one of 'rows', 'columns'. Got 'row'. Did you mean 'rows'"):
        regularizers.OrthogonalRegularizer(mode="row")
    with pytest.raises(ValueError, match=r"takes a matrix, with 2 axes. Got shape \(1, 2, 2\)"):
        regularizers.OrthogonalRegularizer()(X[None])
    with pytest.raises(ValueError, match=r"Unknown regularizer: 'l3'"):
        regularizers.get("l3")


def test_none_stays_none_and_functions_are_taken_as_they_are():
    def twice(x):
        return 2 * x

    assert regularizers.get(None) is None
    assert regularizers.get(twice) is twice


def test_a_regularizer_of_ones_own_gets_its_config_from_its_arguments():
    class Scaled(keras.Regularizer):
        def __init__(self, by=2.0):
            self.by = by

        def __call__(self, x):
            return self.by * keras.ops.sum(x)

    assert Scaled(3.0).get_config() == {"by": 3.0}
    again = regularizers.deserialize(regularizers.serialize(Scaled(3.0)), custom_objects={"Scaled": Scaled})
    np.testing.assert_allclose(again(X), -1.5, rtol=1e-6)
    assert regularizers.Regularizer()(X) == 0.0
