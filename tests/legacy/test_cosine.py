"""`metrics=["cosine"]`, as Keras 2.3.1 and 2.2.4 have it."""

import numpy as np
import pytest

import keras


@pytest.mark.parametrize(("year", "name"), [("2.2", "cosine_proximity"), ("2.3", "cosine")])
def test_cosine_is_a_metric_by_its_short_name(year, name):
    before = keras.config.era()
    keras.config.set_era(year)
    try:
        model = keras.Sequential([keras.layers.Dense(2, input_dim=3, weights=[np.ones((3, 2)), np.zeros(2)])])
        model.compile("sgd", "mse", metrics=["cosine"])
        found = model.evaluate(np.ones((2, 3)), np.array([[1.0, 2.0], [3.0, 1.0]]), verbose=0)
        assert model.metrics_names == ["loss", name]
        assert found == pytest.approx([2.25, 0.92156], abs=1e-4)
    finally:
        keras.config.set_era(before)
