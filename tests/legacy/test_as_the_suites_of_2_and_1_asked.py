"""What the suites of 1.x and 2.x brought up when they ran on ours: weights, targets, early stopping, names."""

import numpy as np
import pytest

import keras
from keras import backend as K
from keras import callbacks, layers, models, optimizers
from keras.preprocessing.image import ImageDataGenerator


def line(*further):
    """A model that returns its input of one number."""
    model = models.Sequential([layers.Dense(1, input_shape=(1,), use_bias=False), *further])
    model.set_weights([np.ones((1, 1))])
    return model


COLUMN = np.arange(6.0)[:, None]


@pytest.mark.parametrize(
    ("era", "batches_of_4", "one_batch"), [("1.2", 44 / 3, 9.5), ("2.2", 44 / 3, 9.5), ("2.3", 22 / 3, 19 / 6)]
)
def test_until_2_2_rows_without_weight_were_not_counted(era, batches_of_4, one_batch, in_era):
    """As 1.2.2 and 2.3.1 evaluate; 2.2 divides like 1.x."""
    in_era(era)
    model = line()
    model.compile("sgd", "mse")
    weights = np.array([0, 1, 0, 2, 0, 1.0])
    found = model.evaluate(COLUMN, 0 * COLUMN, sample_weight=weights, batch_size=4, verbose=0)
    np.testing.assert_allclose(found, batches_of_4, rtol=1e-5)
    weights[5] = 0
    np.testing.assert_allclose(model.train_on_batch(COLUMN, 0 * COLUMN, sample_weight=weights), one_batch, rtol=1e-5)


@pytest.mark.parametrize("era", ["1.2", "2.0", "2.2", "2.3"])
@pytest.mark.parametrize(("shape", "units"), [((4, 3), 2), ((4, 1), 2), ((4,), 2), ((4, 2), 1), ((4, 2, 1), 2)])
def test_targets_of_another_shape_were_an_error(era, shape, units, in_era):
    in_era(era)
    model = models.Sequential([layers.Dense(units, input_shape=(3,))])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="same shape"):
        model.train_on_batch(np.ones((4, 3)), np.ones(shape))


def test_losses_of_ones_own_take_any_targets_and_columns_may_lie_flat(in_era):
    in_era("2.3")
    model = models.Sequential([layers.Dense(1, input_shape=(3,))])
    model.compile("sgd", lambda y_true, y_pred: K.mean(y_pred - y_true))
    assert np.isfinite(model.train_on_batch(np.ones((4, 3)), np.ones((4, 2))))
    model.compile("sgd", "mae")
    assert np.isfinite(model.train_on_batch(np.ones((4, 3)), np.ones(4)))
    model.compile("sgd", "categorical_crossentropy")
    with pytest.raises(ValueError, match="to_categorical"):
        model.train_on_batch(np.ones((4, 3)), np.ones((4, 1)))


@pytest.mark.parametrize(("era", "kept"), [("2.3", 4.0), ("tf2.0", 4.0), ("tf2.11", 2.0), ("3", 2.0)])
def test_a_run_that_was_not_stopped_kept_its_last_weights(era, kept, in_era):
    """2.3.1 keeps the weights of the last of these epochs; tf_keras 2.18 and Keras 3 give back those of the second."""
    in_era(era)

    class Model:
        stop_training, weights = False, None

        def get_weights(self):
            return self.weights

        def set_weights(self, weights):
            self.weights = weights

    def run(values, patience):
        callback = callbacks.EarlyStopping("v", patience=patience, restore_best_weights=True, mode="min")
        callback.set_model(Model())
        callback.on_train_begin()
        for epoch, value in enumerate(values):
            callback.model.weights = float(epoch + 1)
            callback.on_epoch_end(epoch, {"v": value})
            if callback.model.stop_training:
                break
        at_once = callback.model.weights
        callback.on_train_end()
        return at_once, callback.model.weights

    assert run([0.3, 0.2, 0.4, 0.5], patience=5) == (4.0, kept)
    assert run([0.3, 0.2, 0.4, 0.5], patience=1)[1] == 2.0


def test_class_weights_that_are_text_changed_nothing_and_sample_weights_won(in_era):
    in_era("1.2")
    model = line()
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="changes nothing"):
        model.fit(COLUMN, COLUMN, class_weight="auto", epochs=1, verbose=0)
    model = line()
    model.compile("sgd", "mse")
    wanted = model.test_on_batch(COLUMN, 0 * COLUMN)
    found = model.train_on_batch(COLUMN, 0 * COLUMN, sample_weight=np.ones(6), class_weight={0: 5.0})
    assert found == pytest.approx(wanted)


def test_values_of_methods_and_attributes_of_models(in_era):
    in_era("2.3")
    model = line()
    assert model.predict(np.ones((0, 1))) == []
    assert not model.stateful
    assert model.model is model
    assert layers.Conv1D(2, 3).compute_mask([layers.Input((4, 3))], [None]) is None
    with pytest.raises(ValueError, match="no layer 'other'"):
        model.get_layer("other")
    model.compile("adam", "mse", sample_weight_mode=None)
    assert model.sample_weight_mode is None
    model._make_train_function()
    values = [np.ones_like(w) for w in model.optimizer.get_weights()]
    model.optimizer.set_weights(values)
    np.testing.assert_allclose(model.optimizer.get_weights()[-1], values[-1])
    for one in (layers.Add(), layers.Concatenate(), layers.Maximum()):
        with pytest.raises(ValueError, match="at least two"):
            one([layers.Input((3,))])
    in_era("1.2")
    assert model.get_layer("other") is None


def test_a_sequence_that_begins_with_merge_comes_back_from_its_config(in_era):
    in_era("1.2")
    left = models.Sequential([layers.Dense(2, input_dim=3)])
    for parts in ([left, models.Sequential([layers.Dense(2, input_dim=3)])], [left, left]):
        model = models.Sequential()
        model.add(layers.Merge(parts, mode="sum"))
        model.add(layers.Dense(1))
        again = models.Sequential.from_config(model.get_config())
        again.set_weights(model.get_weights())
        x = [np.ones((2, 3), "float32")] * len(model.inputs)
        x = x if len(x) > 1 else x[0]
        np.testing.assert_allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-5)


def test_slopes_below_zero_and_channels_nobody_has(in_era):
    in_era("2.3")
    layer = layers.LeakyReLU(alpha=-1.0)
    np.testing.assert_allclose(layer(np.array([-1.0, 2.0])), [1.0, 2.0])
    np.testing.assert_allclose(layers.LeakyReLU.from_config(layer.get_config())(np.array([-3.0])), [3.0])
    images = np.random.default_rng(0).random((4, 6, 6, 5))
    with pytest.warns(UserWarning, match="1, 3 or 4 channels"):
        ImageDataGenerator(featurewise_center=True).fit(images)
    in_era("1.2")
    with pytest.raises(ValueError, match="1, 3 or 4 channels"):
        ImageDataGenerator(featurewise_center=True).fit(images)
    in_era("3")
    with pytest.raises(ValueError, match="at least 0"):
        layers.LeakyReLU(-1.0)


def test_things_were_described_by_class_and_config_alone(in_era):
    in_era("2.3")
    for module, thing in (
        (optimizers, optimizers.SGD(0.5)),
        (layers, layers.Dense(2)),
        (keras.regularizers, keras.regularizers.L1L2(0.5, 0.25)),
        (keras.metrics, keras.metrics.Mean(name="m")),
    ):
        described = module.serialize(thing)
        assert set(described) == {"class_name", "config"}
        assert type(module.deserialize(described)) is type(thing)
    assert keras.losses.serialize(keras.losses.mean_squared_error) == "mean_squared_error"


def test_both_ways_of_bidirectional_get_constants(in_era):
    in_era("2.3")

    class Cell(layers.Layer):
        units = state_size = output_size = 2

        def build(self, shapes):
            self.inputs = self.add_weight(name="i", shape=(shapes[0][-1], 2), initializer="ones")
            self.constant = self.add_weight(name="c", shape=(shapes[1][-1], 2), initializer="ones")

        def call(self, inputs, states, constants):
            state = K.dot(inputs, self.inputs) + states[0] + K.dot(constants[0], self.constant)
            return state, [state]

    x, c = layers.Input((None, 3)), layers.Input((1,))
    y = layers.Bidirectional(layers.RNN(Cell()))(x, constants=c)
    model = models.Model([x, c], y)
    found = model.predict([np.ones((2, 4, 3)), np.full((2, 1), 0.5)], verbose=0)
    np.testing.assert_allclose(found, np.full((2, 4), 4 * (3 + 0.5)))


def test_updates_take_the_loss_by_name_behind_parameters_and_constraints(in_era):
    in_era("1.2")
    x, w = K.placeholder((2, 1)), K.variable([[1.0]])
    updates = optimizers.SGD(lr=0.5).get_updates([w], {}, loss=K.sum(K.dot(x, w)))
    K.function([x], [], updates=updates)([np.ones((2, 1))])
    np.testing.assert_allclose(K.get_value(w), [[0.0]])
    with pytest.raises(TypeError, match="each once"):
        optimizers.SGD(lr=0.5).get_updates(K.sum(w), loss=K.sum(w))
