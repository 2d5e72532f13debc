"""Weights, masks and what was divided by them until 2.3; values of Keras 2.3.1 and 1.2.2."""

import numpy as np
import pytest

import keras
from keras import backend as K
from keras import config, layers, metrics, models, optimizers

STEPS = np.array([[[1.0], [2.0], [0.0], [0.0]], [[3.0], [0.0], [0.0], [0.0]]])
TARGETS = np.zeros((2, 4, 1))
TARGETS[0, 0] = 3
OF_STEPS = np.array([[1, 2, 1, 0], [3, 0, 0, 1.0]])
COLUMN = np.arange(6.0)[:, None]
OF_ROWS = np.array([0, 1, 0, 2, 0, 1.0])


@pytest.fixture
def in_era():
    before = config.era()
    yield config.set_era
    config.set_era(before)


def masked(mode="temporal", **settings):
    """A model that returns its steps, of which zeros are masked."""
    model = models.Sequential([layers.Masking(input_shape=(4, 1)), layers.TimeDistributed(layers.Dense(1))])
    model.set_weights([np.ones((1, 1)), np.zeros(1)])
    model.compile(optimizers.SGD(0.1), "mse", sample_weight_mode=mode, **settings)
    return model


def line(**settings):
    """A model that returns its input of one number."""
    model = models.Sequential([layers.Dense(1, input_shape=(1,))])
    model.set_weights([np.ones((1, 1)), np.zeros(1)])
    model.compile(optimizers.SGD(0.0), "mse", **settings)
    return model


@pytest.mark.parametrize(("era", "alone", "weighed"), [("2.3", 2.125, 4.875), ("1.2", 17 / 3, 20.8)])
def test_a_masked_loss_was_a_mean_over_all_steps_in_2_3(era, alone, weighed, in_era):
    in_era(era)
    np.testing.assert_allclose(masked().evaluate(STEPS, TARGETS, verbose=0), alone, rtol=1e-6)
    found = masked().evaluate(STEPS, TARGETS, sample_weight=OF_STEPS, verbose=0)
    np.testing.assert_allclose(found, weighed, rtol=1e-6)


def test_training_on_masked_steps_in_2_3(in_era):
    in_era("2.3")
    model = masked(weighted_metrics=["mse"])
    history = model.fit(STEPS, TARGETS, sample_weight=OF_STEPS, epochs=2, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["loss"], [4.875, 1.226094], rtol=1e-5)
    np.testing.assert_allclose(history["mse"], [6.5, 1.634791], rtol=1e-5)
    np.testing.assert_allclose(np.ravel(model.get_weights()[0]), 0.18875, rtol=1e-5)
    model = masked(None)
    history = model.fit(STEPS, TARGETS, batch_size=1, epochs=2, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["loss"], [1.91125, 1.274134], rtol=1e-5)


def test_a_sum_stays_a_sum_whatever_is_masked(in_era):
    in_era("2.3")
    model = masked(None)
    model.compile("sgd", keras.losses.MeanSquaredError(reduction="sum"))
    np.testing.assert_allclose(model.evaluate(STEPS, TARGETS, verbose=0), 17.0, rtol=1e-6)


@pytest.mark.parametrize(
    ("era", "names", "values"),
    [
        ("2.3", ["loss", "mae", "mse", "mae_1"], [22 / 3, 2.5, 11.0, 3.0]),
        (
            "2.2",
            ["loss", "mean_absolute_error", "weighted_mean_squared_error", "weighted_mean_absolute_error"],
            [44 / 3, 2.5, 44 / 3, 4.0],
        ),
    ],
)
@pytest.mark.parametrize("size", [4, 6])
def test_names_and_values_of_weighted_metrics(era, names, values, size, in_era):
    """2.3.1's values; 2.2 names them by a formula and divides them as it divides its loss."""
    in_era(era)
    model = line(metrics=["mae"], weighted_metrics=["mse", "mae"])
    assert model.metrics_names == names
    found = model.evaluate(COLUMN, 0 * COLUMN, sample_weight=OF_ROWS, batch_size=size, verbose=0)
    np.testing.assert_allclose(found, values, rtol=1e-6)
    assert model.metrics_names == names


@pytest.mark.parametrize(("era", "shape"), [("2.2", ()), ("2.3", (3,)), ("3", (3, 1))])
def test_the_share_among_the_first_classes_was_one_number_until_2_2(era, shape, in_era):
    in_era(era)
    predicted = np.array([[0.1, 0.2, 0.3, 0.4], [0.1, 0.4, 0.2, 0.3], [0.4, 0.3, 0.2, 0.1]])
    found = metrics.top_k_categorical_accuracy(np.eye(4)[:3], predicted, k=2)
    np.testing.assert_allclose(K.eval(found), 1 / 3 if era == "2.2" else [0, 1, 0], rtol=1e-6)
    assert metrics.sparse_top_k_categorical_accuracy(np.arange(3)[:, None], predicted, k=2).shape == shape


def test_cosine_proximity_of_1_x_was_divided_by_the_size_of_a_row(in_era):
    in_era("1.2")
    predicted = np.array([[0.1, 0.2, 0.3, 0.4], [0.1, 0.4, 0.2, 0.3], [0.4, 0.3, 0.2, 0.1]])
    np.testing.assert_allclose(K.eval(metrics.cosine_proximity(np.eye(4)[:3], predicted)), -0.1065016, rtol=1e-5)


def test_states_before_the_first_batch_were_none_each(in_era):
    in_era("2.3")
    for kind, count in ((layers.LSTM, 2), (layers.GRU, 1), (layers.SimpleRNN, 1)):
        assert kind(3, stateful=True).states == [None] * count
    layer = layers.LSTM(3, stateful=True, batch_input_shape=(2, 4, 1))
    model = models.Sequential([layer])
    model.reset_states()
    assert [tuple(s.shape) for s in layer.states] == [(2, 3), (2, 3)]
    in_era("3")
    assert layers.LSTM(3).states is None


@pytest.mark.parametrize(("era", "error"), [("2.3", ValueError), ("1.2", KeyError)])
def test_class_weights_that_leave_a_class_out(era, error, in_era):
    in_era(era)
    model = models.Sequential([layers.Dense(3, activation="softmax", input_shape=(2,))])
    model.compile("sgd", "categorical_crossentropy")
    x, y = np.zeros((6, 2)), np.eye(3)[[0, 1, 2, 0, 1, 2]]
    with pytest.raises(error, match="2"):
        model.train_on_batch(x, y, class_weight={0: 1.0, 1: 2.0})
    found = model.train_on_batch(x, y, class_weight={0: 1.0, 1: 2.0, 2: 1.0, 7: 2.0})
    np.testing.assert_allclose(found, 1.4648165, rtol=1e-5)


@pytest.mark.parametrize("era", ["1.2", "2.2", "2.3"])
def test_weights_that_are_not_of_the_mode(era, in_era):
    in_era(era)
    with pytest.raises(ValueError, match="2 axes"):
        masked("temporal").train_on_batch(STEPS, TARGETS, sample_weight=np.ones(2))
    with pytest.raises(ValueError, match="temporal"):
        masked(None).fit(STEPS, TARGETS, sample_weight=OF_STEPS, verbose=0)
    with pytest.raises(ValueError, match="temporal"):
        masked(None).evaluate(STEPS, TARGETS, sample_weight=OF_STEPS, verbose=0)
    with pytest.raises(ValueError, match="steps"):
        line(sample_weight_mode="temporal").train_on_batch(COLUMN, COLUMN)
    with pytest.raises(ValueError, match="2 axes at most"):
        masked(None).train_on_batch(STEPS, TARGETS, class_weight={0: 1.0})
    x = layers.Input((1,))
    model = models.Model(x, [layers.Dense(1)(x), layers.Dense(1)(x)])
    model.compile("sgd", "mse")
    with pytest.raises(TypeError, match="2 outputs"):
        model.train_on_batch(COLUMN, [COLUMN, COLUMN], sample_weight=(OF_ROWS, OF_ROWS))
