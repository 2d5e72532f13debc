"""What programs of 2.0 to 2.3 could write that a look at their own tests brought up."""

import numpy as np
import pytest

from keras import backend as K
from keras import callbacks, layers, models

X = np.linspace(-1, 1, 24, dtype="float32").reshape(2, 4, 3)


@pytest.fixture
def in_era_2(in_era):
    """The defaults of 2.3."""
    in_era("2.3")


@pytest.mark.parametrize("layer", [layers.SimpleRNN, layers.GRU, layers.LSTM])
def test_states_stand_behind_the_sequences_in_a_list(layer):
    layer = layer(2)
    states = [np.full((2, 2), 0.5, "float32")] * (2 if isinstance(layer, layers.LSTM) else 1)
    inputs = [layers.Input((4, 3)), *(layers.Input((2,)) for _ in states)]
    model = models.Model(inputs, layer(inputs))
    wanted = layer(X, initial_state=states)
    np.testing.assert_allclose(model.predict([X, *states], verbose=0), wanted, rtol=1e-5)


def test_states_of_both_ways_stand_behind_the_sequences_in_a_list():
    layer = layers.Bidirectional(layers.SimpleRNN(2))
    states = [np.full((2, 2), value, "float32") for value in (0.5, -0.5)]
    x = K.constant(X)
    found = layer([x, *(K.constant(state) for state in states)])
    np.testing.assert_allclose(found, layer(x, initial_state=states), rtol=1e-5)


@pytest.mark.parametrize("loss", [{"second": "mse"}, [None, "mse"]])
def test_targets_may_come_for_the_outputs_with_losses_alone(loss):
    inputs = layers.Input((3,))
    first = layers.Dense(2, name="first")(inputs)
    model = models.Model(inputs, [first, layers.Rescaling(0.0, 1.0, name="second")(first)])
    model.compile("sgd", loss)
    assert model.train_on_batch(X[0], np.full((4, 2), 3, "float32")) == pytest.approx(4.0)  # (1 - 3) ** 2
    assert model.evaluate(X[0], [np.full((4, 2), 3, "float32")], verbose=0) == pytest.approx(4.0)


def test_a_model_that_is_not_built_takes_its_only_input_in_a_list(in_era_2):
    model = models.Sequential([layers.Flatten(), layers.Dense(2)])
    assert model.predict([X], verbose=0).shape == (2, 2)


def test_nothing_is_better_that_does_not_beat_the_baseline(in_era_2):
    """2.3.1 stops after the second of these epochs, Keras 3 goes on."""
    callback = callbacks.EarlyStopping(monitor="val_acc", baseline=0.75, patience=2)
    callback.set_model(models.Sequential([layers.Input((1,)), layers.Dense(1)]))
    callback.model.stop_training = False
    callback.on_train_begin()
    told = []
    for epoch, value in enumerate([0.55, 0.74, 0.81]):
        callback.on_epoch_end(epoch, {"val_acc": value})
        told.append(callback.model.stop_training)
    assert told == [False, True, True]


@pytest.mark.parametrize("dropout", [False, True])
def test_callbacks_find_a_phase_in_the_data_of_models_that_have_phases(in_era_2, dropout):
    found = []
    model = models.Sequential([layers.Input((3,)), layers.Dense(2), *([layers.Dropout(0.5)] if dropout else [])])
    model.compile("sgd", "mse")
    x, y = X[0], np.ones((4, 2), "float32")
    callback = callbacks.LambdaCallback(on_train_end=lambda logs: found.extend(callback.validation_data))
    model.fit(x, y, validation_data=(x, y), callbacks=[callback], verbose=0)
    assert [np.shape(value) for value in found] == [(4, 3), (4, 2), (4,), *([()] if dropout else [])]


def test_updates_are_made_when_a_layer_is_called():
    inputs = layers.Input((3,))
    norm = layers.BatchNormalization(momentum=0.5)
    model = models.Model(inputs, norm(inputs))
    assert norm.updates == model.updates == model.state_updates == []
    K.function([inputs, K.learning_phase()], [model.output], updates=model.updates)([X[0] + 4, 1])
    np.testing.assert_allclose(norm.moving_mean, 0.5 * (X[0] + 4).mean(axis=0), rtol=1e-5)


def test_one_input_and_one_output_in_lists_are_the_tensors_themselves(in_era_2):
    """As 2.3.1 and tf.keras 2.15 return them."""
    inputs = layers.Input((3,))
    inner = models.Model(inputs=[inputs], outputs=[layers.Dense(2)(inputs)])
    assert inner.output_shape == (None, 2)
    assert inner.input_shape == (None, 3)
    model = models.Model([inputs], [layers.Dense(4)(inner(inputs))])
    model.compile("sgd", ["mse"])
    model.train_on_batch([X[0]], [np.ones((4, 4), "float32")])
    assert model.predict([X[0]], verbose=0).shape == (4, 4)
    assert models.Model.from_config(model.get_config()).predict(X[0], verbose=0).shape == (4, 4)
