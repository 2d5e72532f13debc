"""Data and objects of unusual shapes and signatures in training."""

import numpy as np
import pytest

import keras
from keras import layers, ops
from keras._training import plan

X = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def test_a_notice_says_when_every_batch_has_another_length(monkeypatch):
    monkeypatch.setattr(plan, "SHAPES_NOTICED", 3)
    model = keras.Sequential([keras.Input((None, 1)), layers.GlobalMaxPooling1D(), layers.Dense(1)])
    model.compile("sgd", "mse")

    def batches(lengths):
        for n in lengths:
            yield np.ones((2, n, 1)), np.ones((2, 1))

    model.fit(batches([4, 5, 4, 5]), verbose=0)
    words = r"fit: batches of 3 different shapes(?s:.*)\(2, 5, 1\), then \(2, 6, 1\)"
    with pytest.warns(UserWarning, match=words) as seen:
        model.fit(batches([6, 5, 7]), verbose=0)
    assert len(seen) == 1  # once is enough
    assert "keras.utils.LengthBuckets" in str(seen[0].message)


def test_both_spellings_of_a_metric_find_it_and_it_is_listed_once():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    stopping = keras.callbacks.EarlyStopping("val_acc", patience=9)
    labels = (Y > 0).astype("float32")
    history = model.fit(X, labels, validation_data=(X, labels), epochs=2, verbose=0, callbacks=[stopping]).history
    assert list(history) == ["accuracy", "loss", "val_accuracy", "val_loss"]
    assert history["acc"] is history["accuracy"]
    assert history.get("val_acc") == history["val_accuracy"]
    assert "acc" in history
    assert "auc" not in history
    assert history.get("auc") is None
    assert stopping.best == max(history["val_acc"])
    with pytest.raises(KeyError, match="auc"):
        history["auc"]


def test_metrics_may_return_dicts_and_losses_may_be_any_callable():
    class Extremes(keras.metrics.Metric):
        def __init__(self):
            super().__init__(name="extremes")
            self.low, self.high = self.add_weight(name="low"), self.add_weight(name="high")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.low.assign(ops.min(y_pred))
            self.high.assign(ops.max(y_pred))

        def result(self):
            return {"low": self.low.value, "high": self.high.value}

    class Scaled:
        def __call__(self, target, output, sample_weight=None):
            return 3.0 * ops.mean((target - output) ** 2)

    def half(target, output, factor=0.5):
        return factor * ops.mean((target - output) ** 2, axis=-1)

    found = []
    for loss in (half, Scaled(), keras.losses.MeanSquaredError(reduction="sum")):
        model = keras.Sequential([keras.Input((3,)), layers.Dense(1, kernel_initializer="zeros")])
        model.compile("sgd", loss, metrics=[Extremes(), lambda t, p: ops.max(p)])
        found.append(model.evaluate(X, Y, verbose=0, return_dict=True))
    mean = float((Y**2).mean())
    np.testing.assert_allclose([f["loss"] for f in found], [0.5 * mean, 3.0 * mean, 8 * mean], rtol=1e-5)
    assert set(found[0]) == {"loss", "low", "high", "lambda"}


def test_a_loss_that_is_none_leaves_its_output_alone():
    inputs = keras.Input((3,))
    outputs = [layers.Dense(1, name=name, kernel_initializer="ones")(inputs) for name in "ab"]
    model = keras.Model(inputs, outputs)
    for loss, targets in ((["mse", None], [Y, None]), ({"a": "mse", "b": None}, {"a": Y}), ({"a": "mse"}, {"a": Y})):
        model.compile("sgd", loss, metrics={"a": ["mae"]})
        before = model.get_layer("b").get_weights()
        logs = model.fit(X, targets, batch_size=8, epochs=1, verbose=0).history
        assert "b_loss" not in logs
        assert set(logs) == {"loss", "a_mae"}
        for w, v in zip(before, model.get_layer("b").get_weights()):
            np.testing.assert_array_equal(w, v)


def test_weights_of_time_steps_weigh_each_step():
    x = np.ones((2, 3, 1), "float32")
    y = np.array([[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]]], "float32")
    weight = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 2.0]], "float32")
    model = keras.Sequential([keras.Input((3, 1)), layers.Dense(1, kernel_initializer="zeros")])
    model.compile("sgd", "mse", weighted_metrics=["mae"])
    logs = model.evaluate(x, y, sample_weight=weight, verbose=0, return_dict=True)
    np.testing.assert_allclose(logs["loss"], (1 + 2 * 36) / 6, rtol=1e-6)  # as Keras 3: over all values
    np.testing.assert_allclose(logs["mae"], (1 + 2 * 6) / 3, rtol=1e-6)  # over the weights


def test_class_weights_of_time_steps_and_of_several_outputs_reach_the_loss():
    x = np.ones((2, 2, 1), "float32")
    labels = np.array([[0, 1], [1, 1]])
    model = keras.Sequential([keras.Input((2, 1)), layers.Dense(2, "softmax", kernel_initializer="zeros")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    loss = model.fit(x, labels, class_weight={0: 7.0, 1: 1.0}, verbose=0).history["loss"][0]
    np.testing.assert_allclose(loss, np.log(2) * (7 + 3) / 4, rtol=1e-5)
    inputs = keras.Input((3,))
    outputs = {n: layers.Dense(2, "softmax", kernel_initializer="zeros", name=n)(inputs) for n in "ab"}
    model = keras.Model(inputs, outputs)
    model.compile("sgd", {"a": "sparse_categorical_crossentropy", "b": "categorical_crossentropy"})
    targets = {"a": np.array([0, 1] * 4), "b": np.eye(2, dtype="float32")[[0, 1] * 4]}
    logs = model.fit(X, targets, batch_size=8, class_weight={"a": {1: 3.0}}, verbose=0).history
    np.testing.assert_allclose([logs["a_loss"][0], logs["b_loss"][0]], [2 * np.log(2), np.log(2)], rtol=1e-5)


class SevenRowsAtATime(layers.Layer):
    """Stands for a kernel that works in blocks: sums of seven rows each, spread over them again."""

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones")

    def call(self, x):
        if x.shape[0] % 7:
            raise ValueError("seven rows at a time")
        sums = ops.sum(ops.reshape(x, (-1, 7, x.shape[-1])), axis=1, keepdims=True)
        return ops.reshape(ops.broadcast_to(sums, (x.shape[0] // 7, 7, x.shape[-1])), x.shape) * self.scale


def test_a_layer_that_takes_some_batch_sizes_only_is_built_by_the_batch_that_came():
    model = keras.Sequential([SevenRowsAtATime()])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    x = np.ones((28, 2), "float32")
    assert model.fit(x, x, batch_size=14, verbose=0).history["loss"] == [36.0]  # (7 - 1) ** 2
    np.testing.assert_array_equal(model.predict(x, batch_size=7, verbose=0), 7 * x)
    with pytest.raises(ValueError, match="seven rows at a time"):
        keras.Sequential([SevenRowsAtATime()])(x[:6])
