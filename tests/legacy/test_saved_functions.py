"""Functions that only older releases had, given to `compile`, in files."""

import numpy as np
import pytest

import keras
from keras import layers


@pytest.mark.parametrize("name", ["m.keras", "m.h5"])
def test_losses_and_metrics_of_one_name_are_told_apart(in_folder, name):
    """The loss `cosine_proximity` has a minus, the metric of that name has none."""
    model = keras.Sequential([layers.Dense(2, input_dim=3)])
    model.compile("sgd", keras.losses.cosine_proximity, metrics=[keras.metrics.cosine_proximity, keras.metrics.recall])
    x, y = np.eye(3, dtype="float32"), np.ones((3, 2), "float32")
    before = model.evaluate(x, y, verbose=0)
    model.save(name)
    found = keras.models.load_model(name)
    after = found.evaluate(x, y, verbose=0)
    assert after == before
    assert after[1] == pytest.approx(-after[0])
