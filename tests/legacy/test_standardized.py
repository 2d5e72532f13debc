"""Helpers that `keras.engine.training` had in 1.x and 2.x. Values: Keras 1.2.2."""

import numpy as np
import pytest

from keras.legacy.standardized import (
    check_array_lengths,
    check_loss_and_target_compatibility,
    collect_metrics,
    standardize_input_data,
    standardize_sample_weights,
    standardize_weights,
)
from keras.losses import categorical_crossentropy, mean_squared_error

X, Y = np.ones((3, 2)), np.ones(3)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("keras.engine.training", "standardize_input_data"),
        ("keras.engine.training", "_standardize_input_data"),
        ("keras.engine.training", "_standardize_weights"),
        ("keras.engine.training_utils", "standardize_weights"),
        ("keras.engine.training_utils", "check_array_length_consistency"),
        ("keras.engine.training", "weighted_objective"),
    ],
)
def test_they_are_imported_from_where_they_were(path, name):
    exec(f"from {path} import {name}")


def test_data_come_in_the_order_of_the_names():
    found = standardize_input_data({"b": Y, "a": X}, ["a", "b"], [(None, 2), (None, 1)])
    assert [x.shape for x in found] == [(3, 2), (3, 1)]
    assert [x.shape for x in standardize_input_data([X], ["a"])] == [(3, 2)]
    assert standardize_input_data(None, ["a", "b"]) == [None, None]


@pytest.mark.parametrize(
    ("data", "names", "shapes", "said"),
    [
        (X, ["a"], [(None, 4)], r"The input 'a' must have shape \(None, 4\)\. Got shape \(3, 2\)"),
        ([X, X], ["a"], None, "takes 1 arrays"),
        ({"a": X}, ["a", "b"], None, "nothing for 'b'"),
        (X, [], None, "takes none"),
    ],
)
def test_data_that_do_not_fit_are_an_error(data, names, shapes, said):
    with pytest.raises(ValueError, match=said):
        standardize_input_data(data, names, shapes, exception_prefix="input")


def test_weights_of_classes_become_weights_of_rows():
    classes = {0: 1.0, 1: 2.0, 2: 3.0}
    assert standardize_weights(np.eye(3)[[2, 0]], class_weight=classes).tolist() == [3.0, 1.0]
    assert standardize_weights(np.array([[1], [0]]), class_weight=classes).tolist() == [2.0, 1.0]
    assert standardize_weights(np.ones((2, 3, 4)), sample_weight_mode="temporal").shape == (2, 3)
    with pytest.raises(ValueError, match=r"nothing for \[3\]"):
        standardize_weights(np.array([[3]]), class_weight=classes)
    with pytest.raises(ValueError, match="must have shape"):
        standardize_weights(X, sample_weight=np.ones(4))


def test_weights_and_metrics_come_by_output():
    assert standardize_sample_weights({"b": Y}, ["a", "b"]) == [None, Y]
    assert collect_metrics({"a": "acc"}, ["a", "b"]) == [["acc"], []]
    assert collect_metrics(["acc"], ["a", "b"]) == [["acc"], ["acc"]]
    with pytest.raises(TypeError, match="list or a dict"):
        standardize_sample_weights(Y, ["a", "b"])


def test_lengths_and_shapes_are_compared():
    check_array_lengths([X], [Y], [Y])
    check_loss_and_target_compatibility([X], [mean_squared_error], [(None, 2)])
    with pytest.raises(ValueError, match="same number of rows"):
        check_array_lengths([X], [Y[:2]], [Y])
    with pytest.raises(ValueError, match="column for each class"):
        check_loss_and_target_compatibility([Y[:, None]], [categorical_crossentropy], [(None, 1)])
    with pytest.raises(ValueError, match="must have shape"):
        check_loss_and_target_compatibility([X], [mean_squared_error], [(None, 3)])
