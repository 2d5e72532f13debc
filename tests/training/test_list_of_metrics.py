"""`model.metrics` as Keras 3.15.1 lists it: all that `compile` was given is one metric there."""

import numpy as np
import pytest

import keras
from keras import layers

X, Y = np.ones((4, 3), "float32"), np.ones((4, 1), "float32")


def names(model):
    return [m.name for m in model.metrics]


class Counting(keras.Model):
    """Has a metric in an attribute."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.own = keras.metrics.Mean(name="own")


def test_the_list_before_and_after_compile_and_fit():
    inputs = keras.Input((3,))
    model = Counting(inputs, [layers.Dense(1, name="a")(inputs), layers.Dense(1, name="b")(inputs)])
    assert names(model) == model.metrics_names == ["own"]
    model.compile("sgd", "mse", metrics=[["mae"], ["mse"]], weighted_metrics=[["mape"], []])
    assert model.metrics_names == ["loss", "compile_metrics", "own"]
    assert len(model.metrics_variables) == 4
    model.fit(X, [Y, Y], verbose=0)
    assert model.metrics_names == names(model) == ["loss", "compile_metrics", "a_loss", "b_loss", "own"]
    assert [m.name for m in model.metrics[1].metrics] == ["mae", "mse", "mape"]
    assert len(model.metrics_variables) == 14
    assert sorted(model.metrics[1].result()) == ["a_mae", "a_mape", "b_mse"]


def test_compile_without_metrics_lists_the_loss_alone_and_with_an_empty_list_both():
    model = keras.Sequential([layers.Dense(1)])
    assert model.metrics == []
    model.compile("sgd", "mse")
    assert names(model) == ["loss"]
    model.compile("sgd", "mse", metrics=[])
    assert names(model) == ["loss", "compile_metrics"]
    assert list(model.fit(X, Y, verbose=0).history) == ["loss"]


def test_metrics_of_compile_have_no_result_before_the_first_batch_and_no_config():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    together = model.metrics[1]
    assert isinstance(together, keras.metrics.Metric)
    assert not together.built
    assert together.variables == []
    for result in (together.result, model.get_metrics_result):
        with pytest.raises(ValueError, match="before the first batch"):
            result()
    together.update_state(Y, 3 * Y)
    assert together.built
    assert {k: float(v) for k, v in together.result().items()} == {"mae": 2.0}
    model.reset_metrics()
    assert float(together.result()["mae"]) == 0
    for describe in (together.get_config, lambda: keras.metrics.serialize(together)):
        with pytest.raises(NotImplementedError, match="compile_metrics"):
            describe()


def test_metrics_of_a_model_inside_are_not_listed_and_those_of_its_layers_are():
    class Noted(layers.Layer):
        def __init__(self):
            super().__init__()
            self.seen = keras.metrics.Mean(name="seen")

        def call(self, x):
            return x

    inputs = keras.Input((3,))
    inner = Counting(inputs, layers.Dense(1)(Noted()(inputs)))
    inner.compile("sgd", "mse", metrics=["mae"])
    model = keras.Sequential([keras.Input((3,)), inner])
    model.compile("sgd", "mse")
    assert names(model) == ["loss", "seen"]
    assert names(inner) == ["loss", "compile_metrics", "own", "seen"]


def test_a_step_that_updates_every_metric_logs_each_value_by_its_name():
    class Own(keras.Model):
        def test_step(self, data):
            x, y = data
            y_pred = self(x, training=False)
            for metric in self.metrics:
                if metric.name == "loss":
                    metric.update_state(self.compute_loss(x, y, y_pred))
                else:
                    metric.update_state(y, y_pred)
            return {m.name: m.result() for m in self.metrics}

    inputs = keras.Input((3,))
    model = Own(inputs, layers.Dense(1, kernel_initializer="zeros")(inputs))
    model.compile("sgd", "mse", metrics=["mae", "mse"])
    assert model.evaluate(X, 2 * Y, verbose=0) == [4.0, 2.0, 4.0]
    assert model.evaluate(X, 2 * Y, verbose=0, return_dict=True) == {"loss": 4.0, "mae": 2.0, "mse": 4.0}
    assert model.test_on_batch(X, 2 * Y, return_dict=True) == {"loss": 4.0, "mae": 2.0, "mse": 4.0}


def test_a_metric_counted_with_and_without_weights_stands_twice_in_the_list_of_values():
    inputs = keras.Input((3,))
    model = keras.Model(inputs, layers.Dense(1, kernel_initializer="zeros")(inputs))
    model.compile("sgd", "mse", metrics=["mae"], weighted_metrics=["mae"])
    y, weights = np.array([[1.0], [3.0], [1.0], [3.0]]), np.array([1.0, 0.0, 1.0, 0.0])
    assert model.evaluate(X, y, sample_weight=weights, verbose=0) == [0.5, 2.0, 2.0, 1.0]
    found = model.evaluate(X, y, sample_weight=weights, verbose=0, return_dict=True)
    assert found == {"loss": 0.5, "mae": 2.0, "weighted_mae": 1.0}


def test_a_model_that_is_only_measured_needs_no_loss():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(metrics=["mae"])
    x, y = np.ones((4, 2)), np.ones((4, 1))
    assert model.evaluate(x, y, verbose=0, return_dict=True) == {"loss": 0.0, "mae": 1.0}
    assert model.test_on_batch(x, y) == [0.0, 1.0]
    with pytest.raises(ValueError, match="There is no loss"):
        model.fit(x, y, verbose=0)
