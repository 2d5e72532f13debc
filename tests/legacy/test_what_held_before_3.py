"""What graphs and losses before Keras 3 went by: the phase of a call, the logits of probabilities, gates' starts."""

import numpy as np
import pytest

from keras import backend as K
from keras import layers, losses, models
from keras.legacy import era
from keras.utils import clear_session

ONE = np.ones((2, 100), "float32")


@pytest.fixture
def in_era():
    """Sets an era, until the test ends."""
    yield era.set_era
    era.set_era(era.TODAY)
    clear_session()


def zeros_of(**told):
    x = layers.Input((100,))
    return int((models.Model(x, layers.Dropout(0.5)(x, **told)).predict(ONE, verbose=0) == 0).sum())


@pytest.mark.parametrize("year", ["2.3", "tf2.11"])
def test_layers_of_a_graph_keep_the_training_they_were_called_with(in_era, year):
    in_era(year)
    assert 60 < zeros_of(training=True) < 140
    x = layers.Input((100,))
    model = models.Model(x, layers.Dropout(0.5)(x, training=False))
    model.compile("sgd", "mse")
    assert model.train_on_batch(ONE, ONE) == 0.0


def test_keras_3_tells_layers_of_a_graph_what_the_model_is_told():
    assert zeros_of(training=True) == 0


def test_a_fixed_learning_phase_holds_for_layers_called_then(in_era):
    in_era("2.3")
    K.set_learning_phase(1)
    assert 60 < zeros_of() < 140
    K.set_learning_phase(0)
    x = layers.Input((100,))
    model = models.Model(x, layers.Dropout(0.5)(x))
    model.compile("sgd", "mse")
    assert model.train_on_batch(ONE, ONE) == 0.0
    K.set_learning_phase(1)
    K.clear_session()
    assert zeros_of() == 0


# `evaluate` of one row for the class that has logit -20 against 20, or -20 alone: 20 in Keras 2.3.1 for all three
@pytest.mark.parametrize(
    ("squash", "loss", "x", "y"),
    [
        ("sigmoid", "binary_crossentropy", [[-20.0]], [[1.0]]),
        ("softmax", "categorical_crossentropy", [[0.0, 20.0]], [[1.0, 0.0]]),
        ("softmax", "sparse_categorical_crossentropy", [[0.0, 20.0]], [[0]]),
    ],
)
def test_crossentropies_are_taken_from_logits_in_2_3(in_era, squash, loss, x, y):
    in_era("2.3")
    model = models.Sequential([layers.Dense(len(x[0]), kernel_initializer="identity"), layers.Activation(squash)])
    model.compile("sgd", loss)
    assert model.evaluate(np.array(x), np.array(y), verbose=0) == pytest.approx(20.0)
    start = np.array(model.get_weights()[0])
    model.train_on_batch(np.array(x), np.array(y))
    assert np.abs(model.get_weights()[0] - start).max() > 0.1  # 20 times a rate of 0.01
    in_era("2.2")
    assert model.evaluate(np.array(x), np.array(y), verbose=0) < 17


# values of Keras 2.3.1 and of tf.keras 2: the means of 15.333, 15.425 and two zeros
@pytest.mark.parametrize("year", ["2.3", "tf2.11"])
def test_binary_crossentropy_of_0_and_1_without_logits(in_era, year):
    in_era(year)
    found = losses.binary_crossentropy(np.array([[0.0, 1.0, 1.0, 0.0]]), np.array([[1.0, 0.0, 1.0, 0.0]]))
    np.testing.assert_allclose(found, [7.6895466], rtol=1e-5)


@pytest.mark.parametrize(("layer", "gates"), [(layers.LSTM, 4), (layers.GRU, 3)])
def test_the_identity_starts_every_gate_before_tf_keras(in_era, layer, gates):
    in_era("2.3")
    made = layer(2, recurrent_initializer="identity")
    made.build((None, 3, 2))
    np.testing.assert_array_equal(made.get_weights()[1], np.tile(np.eye(2), (1, gates)))
    in_era("tf2.11")
    made = layer(2, recurrent_initializer="identity")
    made.build((None, 3, 2))
    np.testing.assert_array_equal(made.get_weights()[1], np.eye(2, 2 * gates))


def test_time_distributed_says_its_mask_by_either_name(in_era):
    in_era("2.3")
    x = layers.Input((3, 4))
    layer = layers.TimeDistributed(layers.Dense(2))
    layer(x)
    assert layer.compute_mask(x) is None
    assert layer.compute_mask(x, mask=None) is None
