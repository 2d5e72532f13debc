"""The cosine of targets and outputs as a loss and as a metric, as Keras 1.2.2, 2.2.4 and 2.3.1 have it."""

import numpy as np
import pytest

import keras


@pytest.mark.parametrize(
    ("year", "name", "loss", "metric"),
    [
        ("1.2", "cosine_proximity", -0.46078, -0.46078),
        ("2.2", "cosine_proximity", -0.92156, -0.92156),
        ("2.3", "cosine", -0.92156, 0.92156),
    ],
)
def test_cosines_are_those_of_the_year(year, name, loss, metric):
    before = keras.config.era()
    keras.config.set_era(year)
    try:
        model = keras.Sequential([keras.layers.Dense(2, input_dim=3, weights=[np.ones((3, 2)), np.zeros(2)])])
        model.compile("sgd", "cosine_proximity", metrics=["cosine"])
        found = model.evaluate(np.ones((2, 3)), np.array([[1.0, 2.0], [3.0, 1.0]]), verbose=0)
        assert model.metrics_names == ["loss", name]
        assert found == pytest.approx([loss, metric], abs=1e-4)
    finally:
        keras.config.set_era(before)
