"""Metrics that are functions and return a dict of values."""

import numpy as np
import pytest

import keras
from keras import layers, ops

X = np.arange(10, dtype="float32").reshape(5, 2) / 4
Y = np.arange(5, dtype="float32")[:, None]


def errors(y_true, y_pred):
    return {"of_rows": ops.abs(y_true - y_pred)[:, 0], "largest": ops.max(ops.abs(y_true - y_pred))}


def a_model(outputs=1, **asked):
    x = layers.Input((2,))
    ends = [layers.Dense(1, kernel_initializer="ones", name=f"end{i}")(x) for i in range(outputs)]
    model = keras.Model(x, ends if outputs > 1 else ends[0])
    model.compile("sgd", "mse", **asked)
    return model


ROWS = np.abs(Y - X.sum(1, keepdims=True))[:, 0]


@pytest.mark.parametrize("eagerly", [False, True])
def test_each_value_is_a_mean_of_its_own(eagerly):
    model = a_model(metrics=[errors, "mae"], run_eagerly=eagerly)
    found = model.evaluate(X, Y, batch_size=3, verbose=0, return_dict=True)
    assert set(found) == {"loss", "of_rows", "largest", "mae"}
    np.testing.assert_allclose(found["of_rows"], ROWS.mean(), rtol=1e-6)
    np.testing.assert_allclose(found["largest"], (ROWS[:3].max() + ROWS[3:].max()) / 2, rtol=1e-6)
    assert len(model.fit(X, Y, epochs=2, validation_split=0.4, verbose=0).history["val_largest"]) == 2


def test_weights_of_rows_count():
    weights = np.array([1, 0, 2, 3, 0], "float32")

    def of_rows(y_true, y_pred):
        return {"of_rows": errors(y_true, y_pred)["of_rows"]}

    found = a_model(weighted_metrics=[of_rows]).evaluate(X, Y, sample_weight=weights, verbose=0, return_dict=True)
    np.testing.assert_allclose(found["of_rows"], np.average(ROWS, weights=weights), rtol=1e-6)


def test_of_several_outputs_each_value_is_named_after_its_output():
    found = a_model(outputs=2, metrics={"end1": errors}).evaluate(X, [Y, Y], verbose=0, return_dict=True)
    assert {"end1_of_rows", "end1_largest"} < set(found)
