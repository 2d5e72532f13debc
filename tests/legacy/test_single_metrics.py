"""Before Keras 3, `model.metrics` lists each metric of `compile` by itself."""

import numpy as np

import keras
from keras import layers


class CountsAll(keras.Model):
    """Hands every metric of `self.metrics` the whole batch, as programs of tf.keras do."""

    def test_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)
        for metric in self.metrics:
            if not metric.name.endswith("loss"):
                metric.update_state(y, y_pred, sample_weight=sample_weight)
        return {m.name: m.result() for m in self.metrics if not m.name.endswith("loss")}


def zeros(inputs, name):
    return layers.Dense(1, kernel_initializer="zeros", name=name)(inputs)


def test_every_metric_finds_its_own_output_and_takes_the_weights_it_is_handed(in_era):
    in_era("tf2")
    x, y, weights = np.ones((3, 2)), np.array([[1.0], [2.0], [6.0]]), np.array([1.0, 1.0, 0.0])
    inputs = keras.Input((2,))
    model = CountsAll(inputs, {"a": zeros(inputs, "a"), "b": zeros(inputs, "b")})
    model.compile(loss="mse", metrics={"a": "mae"}, weighted_metrics={"b": "mse"})
    found = model.evaluate(
        x, {"a": y, "b": 2 * y}, sample_weight={"a": weights, "b": weights}, verbose=0, return_dict=True
    )
    assert (found["mae"], found["mse"]) == (1.5, 10.0)  # (1 + 2) / 2, (4 + 16) / 2
    mae = next(m for m in model.metrics if m.name == "mae")
    mae.reset_state()
    mae.update_state(y, 0 * y)
    assert float(mae.result()) == 3.0  # outside of the step it counts as any metric does


def test_the_list_has_single_metrics_and_those_of_models_inside_and_today_it_has_not(in_era):
    class Counting(keras.Model):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.own = keras.metrics.Mean(name="own")

    inputs = keras.Input((2,))
    model = Counting(inputs, Counting(inputs, zeros(inputs, "a"))(inputs))
    model.compile("sgd", "mse", metrics=["mae", "mse"])
    in_era("tf2")
    assert model.metrics_names == ["loss", "mae", "mse"]
    model.fit(np.ones((2, 2)), np.ones((2, 1)), verbose=0)
    assert [m.name for m in model.metrics] == ["loss", "mae", "mse", "own", "own"]
    in_era("3")
    assert [m.name for m in model.metrics] == model.metrics_names == ["loss", "compile_metrics", "own"]
