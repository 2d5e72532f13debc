"""Inputs given by name, and what else the dict holds."""

import numpy as np
import pytest

import keras
from keras import layers
from keras.legacy import era


@pytest.fixture
def model():
    a, b = keras.Input((2,), name="a"), keras.Input((2,), name="b")
    model = keras.Model([a, b], layers.Subtract()([a, b]))
    model.compile("sgd", "mae")
    yield model
    era.set_era(era.TODAY)


BATCH = {"words": ["one", "two"], "b": np.ones((2, 2)), "a": np.full((2, 2), 4.0), "unused": np.ones((5,))}


@pytest.mark.parametrize("release", ["1", "2.3", "tf2"])
def test_before_3_what_the_model_does_not_take_is_left_alone(model, release):
    era.set_era(release)
    batches = ((BATCH, np.ones((2, 2))) for _ in range(9))
    assert model.fit_generator(batches, steps_per_epoch=2, epochs=1, verbose=0).history["loss"] == [2.0]
    assert model.train_on_batch(BATCH, np.zeros((2, 2))) == 3.0
    np.testing.assert_array_equal(model.predict(BATCH, verbose=0), np.full((2, 2), 3.0))


def test_before_3_a_name_that_is_missing_is_told(model):
    era.set_era("2.3")
    with pytest.raises((KeyError, ValueError), match="a"):
        model.predict({"b": np.ones((2, 2)), "other": np.ones((2, 2))}, verbose=0)


def test_today_text_is_refused(model):
    with pytest.raises(TypeError, match="holds text"):
        model.predict(BATCH, verbose=0)


def test_before_3_a_list_stood_for_inputs_in_the_order_of_their_names():
    b, a = keras.Input((1,), name="b"), keras.Input((1,), name="a")
    model = keras.Model({"b": b, "a": a}, layers.Subtract()([a, b]))
    with pytest.raises(ValueError, match="inputs by name"):
        model([np.ones((1, 1)), np.zeros((1, 1))])
    era.set_era("tf2")
    try:
        assert model([np.ones((1, 1)), np.zeros((1, 1))]) == 1.0
    finally:
        era.set_era(era.TODAY)
