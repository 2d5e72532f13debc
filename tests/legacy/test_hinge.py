"""Hinge losses of labels 0 and 1, as Keras 1.2.2 and 2.3.1 have them."""

import numpy as np
import pytest

import keras


@pytest.mark.parametrize(("year", "hinge", "squared"), [("1.2", 0.5, 0.5), ("2.2", 0.5, 0.5), ("2.3", 0.75, 1.125)])
def test_labels_are_made_into_signs_since_2_3(year, hinge, squared):
    before = keras.config.era()
    keras.config.set_era(year)
    try:
        model = keras.Sequential([keras.layers.Dense(2, input_dim=2, weights=[np.eye(2), np.zeros(2)])])
        model.compile("sgd", "hinge", metrics=["squared_hinge"])
        found = model.evaluate(np.array([[0.5, 2.0]]), np.array([[0.0, 1.0]]), verbose=0)
        assert found == pytest.approx([hinge, squared])
        signs = np.array([[-1.0, 1.0]])
        assert float(keras.losses.hinge(signs, np.array([[0.5, 2.0]]))[0]) == pytest.approx(0.75)
    finally:
        keras.config.set_era(before)
