"""Where a program of another year means something else by the same words, and a wrong answer would be silent."""

import types

import numpy as np
import pytest

import keras
from keras import backend as K
from keras import layers, losses, metrics, optimizers
from keras.legacy import era


@pytest.fixture
def in_era():
    yield era.set_era
    era.set_era("3")


def test_samples_per_epoch_are_divided_by_the_rows_of_the_generators_batches():
    model = keras.Sequential([layers.Dense(1, input_dim=2)])
    model.compile("sgd", "mse")
    seen = []

    def batches():
        while True:
            seen.append(1)
            yield np.ones((5, 2), "float32"), np.ones((5, 1), "float32")

    counts = []
    count = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: counts.append(batch))
    model.fit_generator(batches(), samples_per_epoch=20, nb_epoch=2, verbose=0, callbacks=[count], nb_worker=1)
    assert counts == [0, 1, 2, 3] * 2


def test_merge_is_a_function_and_a_module():
    from keras.layers import merge
    from keras.layers.merge import add, concatenate

    x, y = keras.Input((2,)), keras.Input((2,))
    assert isinstance(merge, types.ModuleType)
    assert merge([x, y], mode="concat").shape == (None, 4)
    assert add is layers.add
    assert concatenate is layers.concatenate is merge.concatenate


def test_the_cosine_is_positive_as_a_metric_and_negative_as_a_loss():
    a, b = K.constant([[1.0, 0.0]]), K.constant([[3.0, 4.0]])  # values of Keras 2.3.1
    np.testing.assert_allclose(K.eval(metrics.cosine_similarity(a, b)), [0.6], rtol=1e-6)
    np.testing.assert_allclose(K.eval(metrics.cosine_proximity(a, b)), [0.6], rtol=1e-6)
    np.testing.assert_allclose(K.eval(losses.cosine_proximity(a, b)), [-0.6], rtol=1e-6)
    np.testing.assert_allclose(K.eval(losses.cosine_similarity(a, b)), [-0.6], rtol=1e-6)


def test_gates_reset_before_or_after_need_biases_of_another_shape(in_era):
    x = np.ones((1, 2, 3), "float32")
    shapes = {}
    for year in ("2", "tf2", "3"):
        in_era(year)
        layer = layers.GRU(4)
        layer(x)
        shapes[year] = [tuple(w.shape) for w in layer.weights]
    assert shapes["2"] == [(3, 12), (4, 12), (12,)]
    assert shapes["tf2"] == shapes["3"] == [(3, 12), (4, 12), (2, 12)]


@pytest.mark.parametrize(("release", "epsilon"), [("2.3", 1e-7), ("tf2.0", 1e-7), ("tf2.11", 1e-7), ("3", 1e-7)])
def test_plain_adam_of_each_year_takes_its_rate_under_both_names(in_era, release, epsilon):
    in_era(release)
    for name in ("lr", "learning_rate"):
        optimizer = optimizers.Adam(**{name: 0.25})
        assert float(optimizer.lr) == float(optimizer.learning_rate) == 0.25
        assert optimizer.epsilon == pytest.approx(epsilon)
    v = keras.Variable([1.0])
    # before tf.keras 2.11 `decay` was an argument of every optimizer; it acts in any year
    optimizer = optimizers.Adam(lr=0.5, decay=1.0)
    for _ in range(2):
        optimizer.apply([np.array([1.0], "float32")], [v])
    np.testing.assert_allclose(v.numpy(), [1 - 0.5 - 0.25], rtol=1e-4)


def test_one_layer_of_1x_by_position_is_never_a_stride():
    assert layers.Convolution2D(32, 3, 3).kernel_size == (3, 3)
    assert layers.Convolution2D(32, 3, 3).strides == (1, 1)
    assert layers.Convolution3D(8, 3, 3, 3).kernel_size == (3, 3, 3)
    assert layers.AtrousConvolution2D(8, 3, 3, atrous_rate=(2, 2)).dilation_rate == (2, 2)
    assert layers.BatchNormalization(1e-3).epsilon == 1e-3
    assert layers.BatchNormalization(1).axis == 1
    assert layers.LSTM(3, 5).units == 5
    assert layers.Dense(64, "uniform").kernel_initializer.__class__.__name__ == "RandomUniform"


def test_predictions_say_nothing_in_1x_and_2x_and_are_shown_today(in_era, capsys):
    model = keras.Sequential([layers.Dense(1, input_dim=2)])
    x = np.ones((4, 2), "float32")
    shown = {}
    for year in ("1", "2", "3"):
        in_era(year)
        model.predict(x)
        shown[year] = bool(capsys.readouterr().out.strip())
    assert shown == {"1": False, "2": False, "3": True}


@pytest.mark.parametrize("year", ["1.2", "2.3", "3"])
def test_accuracy_of_a_binary_loss_counts_entries_until_tf_keras(in_era, year):
    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(3, activation="sigmoid")(inputs))
    draw = np.random.RandomState(0)
    x = draw.randn(8, 4)
    model.set_weights([draw.uniform(-1, 1, w.shape) for w in model.get_weights()])
    draw.uniform(-1, 1, 15)  # for a second output, which 2.3.1 was asked with
    in_era(year)
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    y = draw.randint(2, size=(8, 3))
    largest = (model.predict(x, verbose=0).argmax(axis=-1) == y.argmax(axis=-1)).mean()
    share = largest if year == "3" else 0.4167  # as Keras 2.3.1 found
    assert abs(model.evaluate(x, y, verbose=0)[1] - share) < 1e-4


def test_batch_dot_says_what_it_meant_until_2_2(in_era):
    x, y = np.ones((2, 3, 4), "float32"), np.ones((2, 3, 5, 4), "float32")
    in_era("2.2")
    assert keras.backend.batch_dot(x, y, [2, 3]).shape == (2, 3, 5)
    in_era("2.3")
    assert keras.backend.batch_dot(x, y, [2, 3]).shape == (2, 3, 3, 5)
    with pytest.raises(ValueError, match=r"do not fit along axes \(1, 3\)\.\n  Until 2\.2 .* KERAS_ERA=2\.2\."):
        keras.backend.batch_dot(x, y, [1, 3])
    with pytest.raises(ValueError, match=r"do not fit along axes \(1, 1\)\.$"):
        keras.backend.batch_dot(x, np.ones((2, 4, 3)), [1, 1])
