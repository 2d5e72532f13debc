"""Generators that draw from what a callback prepares when training begins."""

import numpy as np
import pytest

import keras
from keras import layers
from keras.legacy import era


@pytest.fixture
def set_era():
    """Sets an era for one test."""
    yield era.set_era
    era.set_era(era.TODAY)


class Words(keras.callbacks.Callback):
    """Makes its data, and batches of them, as generators of optical character recognition did."""

    def __init__(self):
        super().__init__()
        self.told = []

    def on_train_begin(self, logs=None):
        self.told.append({k: self.params.get(k) for k in ("steps", "epochs", "do_validation")})
        self.data = np.ones((4, 3))

    def batches(self):
        while True:
            yield self.data, self.data[:, :1]


def model_of_one_layer():
    model = keras.Sequential([layers.Dense(1, input_dim=3)])
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("release", ["1", "2.2", "2.3"])
def test_training_begins_before_the_first_batch_is_drawn(set_era, release):
    set_era(release)
    model, words = model_of_one_layer(), Words()
    sizes = {"samples_per_epoch": 8, "nb_epoch": 2} if release == "1" else {"steps_per_epoch": 2, "epochs": 2}
    checked = {"nb_val_samples": 4} if release == "1" else {"validation_steps": 1}
    history = model.fit_generator(
        words.batches(), callbacks=[words], validation_data=words.batches(), verbose=0, **sizes, **checked
    )
    steps = None if release == "1" else 2  # 1.x counted rows
    assert words.told == [{"steps": steps, "epochs": 2, "do_validation": True}]
    assert words.params["steps"] == 2
    assert (history.epoch, set(history.history)) == ([0, 1], {"loss", "val_loss"})
    assert model.optimizer.iterations == 4


def test_fit_of_2_3_takes_such_generators_too(set_era):
    set_era("2.3")
    model, words = model_of_one_layer(), Words()
    model.fit(words.batches(), steps_per_epoch=2, epochs=1, callbacks=[words], verbose=0)
    assert words.told == [{"steps": 2, "epochs": 1, "do_validation": False}]
    assert model.history.history.keys() == {"loss"}


def test_today_the_first_batch_says_what_shapes_there_are_before_training_begins():
    words = Words()
    with pytest.raises(AttributeError, match="data"):
        model_of_one_layer().fit(words.batches(), steps_per_epoch=2, callbacks=[words], verbose=0)
    assert words.told == []
