"""Symbolic tensors used by name in losses and layers, losses added to models, and more that whole programs need."""

import glob

import numpy as np
import pytest

import keras
from keras import backend as K
from keras import layers
from keras.legacy import era, interfaces
from keras.models import Model, Sequential

X = np.linspace(-1, 1, 12).reshape(4, 3).astype("float32")


@pytest.fixture
def release(request):
    """A release whose defaults hold during the test."""
    era.set_era(request.param)
    yield request.param
    era.set_era(era.TODAY)


def test_a_loss_may_use_any_tensor_of_the_model_and_what_was_computed_from_it():
    x = layers.Input((3,))
    h = layers.Dense(2, kernel_initializer="ones")(x)
    spread = 1 + K.square(h)
    model = Model(x, layers.Dense(1)(h))
    hidden = X.sum(axis=1)[:, None].repeat(2, axis=1)

    def loss(y_true, y_pred):
        return K.mean(spread, axis=-1) + K.sum(h) + 0 * K.sum(y_pred)

    model.compile("sgd", loss)
    expected = (1 + hidden**2).mean() + hidden.sum()
    assert model.evaluate(X, np.zeros((4, 1)), verbose=0) == pytest.approx(expected, rel=1e-5)


def test_losses_that_name_different_tensors_share_no_program():
    found = []
    for which in range(2):
        x = layers.Input((3,))
        tensors = [layers.Dense(2, kernel_initializer=start)(x) for start in ("ones", "zeros")]
        model = Model(x, layers.Dense(1, kernel_initializer="zeros")(tensors[0]))
        one = tensors[which]
        model.compile("sgd", lambda t, p, one=one: K.sum(K.square(one)) + K.sum(p))
        found.append(model.evaluate(X, np.zeros((4, 1)), verbose=0))
    assert found == [pytest.approx(2 * (X.sum(axis=1) ** 2).sum(), rel=1e-5), 0.0]


def test_losses_added_to_a_model_are_learned_with_and_without_another_one():
    x = layers.Input((3,))
    h = layers.Dense(2, kernel_initializer="ones")(x)
    model = Model(x, layers.Dense(1, kernel_initializer="zeros")(h))
    model.add_loss(0.5 * K.mean(K.square(h)))
    model.compile("sgd")
    expected = 0.5 * (X.sum(axis=1) ** 2).mean()
    assert model.evaluate(X, verbose=0) == pytest.approx(expected, rel=1e-5)
    assert model.output_shape == (None, 1)
    model.compile("sgd", "mse")
    assert model.evaluate(X, np.ones((4, 1)), verbose=0) == pytest.approx(expected + 1, rel=1e-5)
    with pytest.raises(ValueError, match="Add it to the model"):
        model.layers[1].add_loss(K.sum(h))


def test_gradients_within_a_loss_are_those_of_the_models_output():
    x = layers.Input((3,))
    model = Model(x, Sequential([layers.Dense(1, input_shape=(3,), kernel_initializer="ones")])(x * x))

    def loss(y_true, y_pred):
        return K.sum(K.square(K.gradients(y_pred, x)[0]), axis=-1)

    model.compile("sgd", loss)
    assert model.evaluate(X, np.zeros((4, 1)), verbose=0) == pytest.approx((4 * X**2).sum(axis=1).mean(), rel=1e-5)


def test_a_variable_made_in_a_loss_is_a_constant_of_it():
    model = Sequential([layers.Dense(2, input_shape=(3,), kernel_initializer="zeros")])
    model.compile("sgd", lambda t, p: K.sum(K.square(t - p) * K.variable([1.0, 3.0]) + 0 * K.sum(K.eye(2)), axis=-1))
    assert model.evaluate(X, np.ones((4, 2)), verbose=0) == 4.0


def test_a_function_returns_the_values_before_its_updates():
    n = K.variable(0.0)
    count = K.function([], [n], updates=[K.update_add(n, 1.0)])
    assert [float(count([])[0]) for _ in range(3)] == [0.0, 1.0, 2.0]


def test_a_metric_may_return_its_variable():
    class Count(keras.metrics.Metric):
        def __init__(self):
            super().__init__(name="count")
            self.total = self.add_weight(name="total", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            return K.update_add(self.total, K.sum(K.cast(y_pred > y_true, "float32")))

        def result(self):
            return self.total

    model = Sequential([layers.Dense(1, input_shape=(3,), kernel_initializer="ones")])
    model.compile("sgd", "mse", metrics=[Count()])
    for _ in range(2):
        assert model.evaluate(X, np.zeros((4, 1)), verbose=0)[1] == 2.0


def test_outputs_of_one_layer_have_names_of_their_own():
    a, b = layers.Input((3,)), layers.Input((3,))
    critic = layers.Dense(1, name="critic")
    model = Model([a, b], [critic(a), critic(b)])
    assert model.output_names == ["critic", "critic_1"]
    model.compile("sgd", ["mse", "mae"])
    total, first, second = model.evaluate([X, X], [np.ones((4, 1))] * 2, verbose=0)
    assert total == pytest.approx(first + second)


@pytest.mark.parametrize(("release", "first"), [("1", 0), ("2", 1)], indirect=["release"])
def test_callbacks_are_told_sizes_and_files_are_numbered_as_in_their_year(release, first, in_folder):
    seen = []

    class Watch(keras.callbacks.Callback):
        def on_batch_end(self, batch, logs=None):
            seen.append((logs["batch"], logs["size"]))

    model = Sequential([layers.Dense(1, input_dim=3)])
    model.compile("sgd", "mse")
    watch = Watch()
    checkpoint = keras.callbacks.ModelCheckpoint("w{epoch}.h5", save_weights_only=True)
    model.fit(X, np.ones(4), batch_size=3, epochs=1, verbose=0, callbacks=[watch, checkpoint])
    assert seen == [(0, 3), (1, 1)]
    assert (watch.params["samples"], watch.params["batch_size"], watch.params["do_validation"]) == (4, 3, False)
    assert ("nb_epoch" in watch.params) == (release == "1")
    assert glob.glob("w*.h5") == [f"w{first}.h5"]


@pytest.mark.parametrize("release", ["1"], indirect=True)
def test_a_star_gives_the_names_of_the_year(release):
    names = {}
    exec("from keras.layers import *", names)
    assert {"Merge", "Highway", "Dense", "merge"} - names.keys() <= {"merge"}


def test_decorators_of_2_let_functions_take_arguments_of_1():
    class Mine(layers.Layer):
        @interfaces.legacy_dense_support
        def __init__(self, units, kernel_initializer="zeros", **kwargs):
            super().__init__(**kwargs)
            self.units, self.kernel_initializer = units, kernel_initializer

    made = Mine(output_dim=3, init="ones")
    assert (made.units, made.kernel_initializer) == (3, "ones")
    with pytest.raises(AttributeError, match="legacy_nothing_support"):
        interfaces.legacy_nothing_support  # noqa: B018
