"""Names, shapes, clipping and averages as tf.keras had them; values of tf_keras 2.21."""

import subprocess
import sys

import numpy as np
import pytest

import keras
from keras import layers, losses, metrics, ops, optimizers
from keras.legacy import era

X = np.ones((4, 2), "float32")


@pytest.fixture(autouse=True)
def of_tf_keras():
    era.set_era("tf2")
    yield
    era.set_era("3")


def steps(optimizer, gradients, start=1.0):
    variable = keras.Variable([start])
    for g in gradients:
        optimizer.apply_gradients([(ops.convert_to_tensor([g]), variable)])
    return float(variable.numpy()[0])


def test_kl_divergence_is_called_by_its_longer_name_in_logs():
    assert metrics.KLDivergence().name == "kullback_leibler_divergence"
    assert metrics.KLDivergence("mine").name == "mine"
    era.set_era("3")
    assert metrics.KLDivergence().name == "kl_divergence"


def test_metrics_get_returns_functions_by_their_names():
    names = ["mse", "MAE", "logcosh", "kullback_leibler_divergence", "accuracy", "hinge", "binary_accuracy"]
    found = [metrics.get(name).__name__ for name in names]
    assert found == [
        "mean_squared_error", "mean_absolute_error", "log_cosh", "kl_divergence", "accuracy", "hinge",
        "binary_accuracy",
    ]  # fmt: skip
    assert isinstance(metrics.get("MeanSquaredError"), metrics.MeanSquaredError)
    era.set_era("3")
    assert isinstance(metrics.get("mse"), metrics.MeanSquaredError)


def test_logs_of_metrics_written_as_classes_have_the_names_of_metrics():
    model = keras.Sequential([layers.Dense(1, activation="sigmoid")])
    asked = ["AUC", "MeanSquaredError", "logcosh", "kullback_leibler_divergence", "mae"]
    model.compile("sgd", "mse", metrics=asked)
    logs = model.evaluate(X, X[:, :1], verbose=0, return_dict=True)
    assert set(logs) == {"loss", "auc", "mean_squared_error", "logcosh", "kullback_leibler_divergence", "mae"}


def test_legacy_nadam_keeps_the_older_formula():
    variable = keras.Variable([1.0])
    optimizer = keras.optimizers.legacy.Nadam(0.1)
    for _ in range(3):
        optimizer.apply_gradients([(2 * variable.value, variable)])
    assert float(variable.numpy()[0]) == pytest.approx(0.75273, abs=2e-5)
    assert isinstance(optimizer, optimizers.Nadam)
    assert float(keras.optimizers.legacy.Nadam().learning_rate) == pytest.approx(0.001)


def test_averages_begin_as_the_variables_were_before_the_first_update():
    def after(count):
        chosen = optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2)
        return steps(chosen, [1.0] * count)

    assert [after(n) for n in (1, 2, 3, 4)] == pytest.approx([0.9, 0.875, 0.775, 0.75])
    era.set_era("3")  # Keras 3.15: as they are after it
    assert [after(n) for n in (1, 2, 3, 4)] == pytest.approx([0.9, 0.85, 0.75, 0.725])


def test_averages_in_fit_begin_with_the_weights_of_then():
    model = keras.Sequential([layers.Dense(1, input_shape=(2,))])
    model.compile(optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5), "mse")
    model.set_weights([np.full((2, 1), 2.0), np.ones(1)])
    model.fit(X, X[:, :1], batch_size=2, epochs=2, shuffle=False, verbose=0)
    assert model.get_weights()[0].ravel() == pytest.approx([0.8484, 0.8484], abs=1e-5)


@pytest.mark.parametrize(("year", "expected"), [("tf2", [-0.3, -0.4]), ("tf2.0", [-0.1, -0.1]), ("2", [-0.1, -0.1])])
def test_clipvalue_may_stand_beside_clipnorm(year, expected):
    era.set_era(year)
    optimizer = optimizers.SGD(1.0, clipnorm=0.5, clipvalue=0.1)
    variable = keras.Variable([0.0, 0.0])
    optimizer.apply_gradients([(ops.convert_to_tensor([3.0, 4.0]), variable)])
    assert variable.numpy() == pytest.approx(expected, abs=1e-5)
    era.set_era("3")
    with pytest.raises(ValueError, match="only one way of clipping"):
        optimizers.SGD(clipnorm=1.0, clipvalue=1.0)


def test_compute_output_shape_returns_shapes_with_methods():
    assert layers.Dense(3).compute_output_shape((None, 10)).as_list() == [None, 3]
    assert layers.Conv2D(3, 3).compute_output_shape((None, 10, 10, 1)).as_list() == [None, 8, 8, 3]
    of_states = layers.LSTM(3, return_state=True).compute_output_shape((None, 4, 2))
    assert [shape.as_list() for shape in of_states] == [[None, 3]] * 3

    class Summed(layers.Layer):
        def call(self, x):
            return ops.sum(x, -1)

    assert Summed().compute_output_shape((None, 3)).as_list() == [None]
    era.set_era("3")
    assert type(layers.Dense(3).compute_output_shape((None, 10))) is tuple


def test_losses_of_ones_own_have_no_name_unless_given():
    class Own(losses.Loss):
        def call(self, y_true, y_pred):
            return ops.mean(ops.abs(y_true - y_pred), -1)

    assert (Own().name, Own(name="q").name) == (None, "q")
    assert losses.MeanSquaredError().name == "mean_squared_error"
    model = keras.Sequential([layers.Dense(1, kernel_initializer="ones")])
    model.compile("sgd", Own())
    assert model.evaluate(X, X[:, :1], verbose=0) == pytest.approx(1.0)


def test_a_variable_takes_the_place_of_the_weight_that_the_attribute_held():
    dense = layers.Dense(2)
    dense.build((None, 3))
    dense.bias = keras.Variable([5.0, 6.0])
    dense.kernel = keras.Variable(np.ones((3, 2), "float32"))
    assert [w.tolist() for w in dense.get_weights()] == [[[1, 1]] * 3, [5, 6]]
    assert len(dense.trainable_weights) == 2
    assert np.asarray(dense(np.ones((1, 3)))).tolist() == [[8, 9]]
    dense.trainable = False
    assert len(dense.non_trainable_weights) == 2


def test_state_that_is_as_large_as_one_row_may_take_batches_of_one():
    class Sums(layers.Layer):
        def build(self, input_shape):
            self.total = self.add_weight(name="total", shape=(1, 1), initializer="zeros", trainable=False)

        def call(self, x):
            self.total.assign_add(x)
            return x + self.total

    x = keras.Input((1,))
    model = keras.Model(x, Sums()(x))
    assert model.output_shape == (None, 1)
    assert np.asarray(model(np.ones((1, 1)))).tolist() == [[2]]
    assert model.predict(np.ones((2, 1)), batch_size=1, verbose=0).tolist() == [[3], [4]]
    with pytest.raises(ValueError, match="cannot take a value"):
        model(np.ones((2, 1)))


def test_metrics_may_be_the_first_module_that_is_imported():
    subprocess.run([sys.executable, "-c", "import keras.metrics"], check=True)


# values of tf_keras 2.21: three steps at rate 0.1 with an epsilon of 0.01
@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("RMSprop", {}, [0.45660, 0.51532]),
        ("RMSprop", {"centered": True}, [0.42027, 0.48670]),
        ("RMSprop", {"momentum": 0.5}, [0.54049, 0.71217]),
        ("Adagrad", {}, [0.89569, 0.93431]),
    ],
)
def test_optimizers_kept_their_formula_under_legacy(name, options, expected):
    optimizer = getattr(keras.optimizers.legacy, name)(0.1, epsilon=1e-2, **options)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.ones((2, 1))])
    model.compile(optimizer, "mse")
    model.fit(np.array([[0.1, 0.2], [0.3, 0.05]]), np.zeros((2, 1)), epochs=3, verbose=0)
    np.testing.assert_allclose(model.get_weights()[0].ravel(), expected, atol=1e-5)


def test_a_class_below_one_with_the_older_formula_is_itself():
    class Own(keras.optimizers.legacy.RMSprop):
        pass

    assert type(Own(0.5)) is Own
    assert float(Own(0.5).learning_rate) == 0.5
