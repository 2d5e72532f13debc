"""Which values logs hold, and in which order; compared with what Keras 3.15.1 returned for the same programs."""

import jax
import numpy as np
import pytest

import keras
from keras import layers, ops


class OwnModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1, kernel_initializer="ones")

    def call(self, x, training=None):
        return self.dense(x)


def sums(rows=10):
    x = np.random.default_rng(0).normal(size=(rows, 3)).astype("float32")
    return x, x.sum(axis=1, keepdims=True) + 1


def test_metrics_leave_out_what_a_mask_leaves_out_in_training_as_well():
    x = np.array([[1, 2, 0, 0], [3, 0, 0, 0], [1, 2, 3, 4]])
    y = np.zeros((3, 4, 1))
    model = keras.Sequential(
        [keras.Input((4,), dtype="int32"), layers.Embedding(9, 2, mask_zero=True), layers.Dense(1)]
    )
    model.compile(keras.optimizers.SGD(0.0), "mse", metrics=["mae"])
    expected = np.abs(model.predict(x, verbose=0)[..., 0])[x > 0].mean()
    history = model.fit(x, y, batch_size=3, verbose=0).history
    np.testing.assert_allclose(history["mae"], [expected], rtol=1e-5)
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0)[1], expected, rtol=1e-5)


def test_a_step_of_values_finds_the_compiled_metrics():
    class Own(OwnModel):
        def train_step(self, state, data):
            x, y = data
            trainable, others, optimizer, values = state

            def loss_of(trainable, others):
                y_pred, others = self.stateless_call(trainable, others, x, training=True)
                return self.compute_loss(x, y, y_pred), (y_pred, others)

            found, gradients = jax.value_and_grad(loss_of, has_aux=True)(trainable, others)
            loss, (y_pred, others) = found
            trainable, optimizer = self.optimizer.stateless_apply(optimizer, gradients, trainable)
            logs, after = {}, []
            for metric in self.metrics:
                own = values[len(after) : len(after) + len(metric.variables)]
                seen = (loss,) if metric.name == "loss" else (y, y_pred)
                own = metric.stateless_update_state(own, *seen)
                logs[metric.name] = metric.stateless_result(own)
                after += own
            return logs, (trainable, others, optimizer, after)

    x, y = sums()
    model = Own()
    model(x[:2])  # built, so that nothing else looks at the outputs before training
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit(x, y, batch_size=4, shuffle=False, epochs=2, verbose=0).history
    np.testing.assert_allclose(history["loss"], [0.96019477, 0.84534591], rtol=1e-5)
    np.testing.assert_allclose(history["mae"], [0.98401332, 0.92340100], rtol=1e-5)
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0), [0.77599466, 0.88069928], rtol=1e-5)


class CountsAll(keras.Model):
    """Hands every metric of `self.metrics` the whole batch."""

    def test_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)
        for metric in self.metrics:
            if not metric.name.endswith("loss"):
                metric.update_state(y, y_pred, sample_weight=sample_weight)
        return {m.name: m.result() for m in self.metrics}


def zeros(inputs, name):
    return layers.Dense(1, kernel_initializer="zeros", name=name)(inputs)


def test_metrics_ignore_the_weights_that_a_step_hands_to_all_and_weighted_metrics_do_not():
    x, y, weights = np.ones((3, 2)), np.array([[1.0], [2.0], [6.0]]), np.array([1.0, 1.0, 0.0])
    inputs = keras.Input((2,))
    model = CountsAll(inputs, zeros(inputs, "a"))
    model.compile(loss="mse", metrics=["mae"], weighted_metrics=["mse"])
    found = model.evaluate(x, y, sample_weight=weights, verbose=0, return_dict=True)
    assert (found["mae"], found["mse"]) == (3.0, 2.5)  # (1 + 2 + 6) / 3, (1 + 4) / 2
    mae = next(m for m in model.metrics[1].metrics if m.name == "mae")
    mae.reset_state()
    mae.update_state(y, 0 * y, sample_weight=weights)
    assert float(mae.result()) == 1.5  # outside of the step it counts as any metric does


def test_a_step_may_hand_the_batch_of_several_outputs_to_every_metric():
    x, y, weights = np.ones((3, 2)), np.array([[1.0], [2.0], [6.0]]), np.array([1.0, 1.0, 0.0])
    inputs = keras.Input((2,))
    model = CountsAll(inputs, {"a": zeros(inputs, "a"), "b": zeros(inputs, "b")})
    model.compile(loss="mse", metrics={"a": "mae"}, weighted_metrics={"b": "mse"})
    found = model.evaluate(
        x, {"a": y, "b": 2 * y}, sample_weight={"a": weights, "b": weights}, verbose=0, return_dict=True
    )
    assert (found["a_mae"], found["b_mse"]) == (3.0, 10.0)  # (1 + 2 + 6) / 3, (4 + 16) / 2


def test_a_list_of_metrics_of_ones_own_is_all_that_is_logged():
    class Own(OwnModel):
        def __init__(self):
            super().__init__()
            self.tracker = keras.metrics.Mean(name="tracker")

        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            loss = ops.mean((y - y_pred) ** 2)
            self.tracker.update_state(loss)
            return loss

        @property
        def metrics(self):
            return [self.tracker]

    x, y = sums()
    model = Own()
    model.compile("sgd")
    assert list(model.fit(x, y, verbose=0).history) == ["tracker"]
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0), np.mean((model.predict(x, verbose=0) - y) ** 2), 1e-5)


def test_values_that_compute_metrics_adds_come_last_in_lists():
    class Own(OwnModel):
        def compute_metrics(self, x, y, y_pred, sample_weight=None):
            found = super().compute_metrics(x, y, y_pred, sample_weight)
            return {**found, "extra": ops.mean(y_pred)}

    x, y = sums()
    model = Own()
    model.compile("sgd", "mse", metrics=["mae"])
    named = model.evaluate(x, y, verbose=0, return_dict=True)
    assert model.evaluate(x, y, verbose=0) == [named["loss"], named["mae"], named["extra"]]


def test_single_losses_come_in_the_order_of_outputs_and_of_the_losses_where_outputs_have_keys():
    x, y = sums()
    inputs = keras.Input((3,))
    outputs = {"a": layers.Dense(1, name="a")(inputs), "b": layers.Dense(1, name="b")(inputs)}
    for shape, expected in [(list(outputs.values()), "ab"), (outputs, "ba")]:
        model = keras.Model(inputs, shape)
        model.compile("sgd", loss={"b": "mse", "a": "mae"})
        named = model.evaluate(x, {"a": y, "b": y}, verbose=0, return_dict=True)
        found = model.evaluate(x, {"a": y, "b": y}, verbose=0)
        assert found == [named["loss"], *(named[f"{name}_loss"] for name in expected)]


def test_losses_weights_and_metrics_may_be_nested_like_the_outputs():
    x, y = sums()
    classes = (np.arange(10) % 2)[:, None]
    inputs = keras.Input((3,))
    a, b = (layers.Dense(1, name=name, kernel_initializer="ones")(inputs) for name in "ab")
    c = layers.Dense(1, name="c", kernel_initializer="ones", activation="sigmoid")(inputs)
    model = keras.Model(inputs, [a, {"u": b, "v": c}])
    model.compile(
        "sgd", ["mse", {"u": "mae", "v": "binary_crossentropy"}], loss_weights=[1.0, {"u": 0.5, "v": 2.0}],
        metrics=[["mae"], {"u": ["mse"], "v": ["accuracy"]}],
    )  # fmt: skip
    history = model.fit(x, [y, {"u": y, "v": classes}], batch_size=10, verbose=0).history
    expected = {
        "loss": 3.7886,
        "a_loss": 1,
        "1/u_loss": 1,
        "1/v_loss": 1.1443,
        "a_mae": 1,
        "b_mse": 1,
        "c_accuracy": 0.2,
    }
    assert {name: round(values[0], 4) for name, values in history.items()} == expected


class HalfMade(keras.metrics.Metric):
    """The mean of sums of outputs; makes one of its variables when it sees the first outputs."""

    def __init__(self, name="half_made", **kwargs):
        super().__init__(name=name, **kwargs)
        self.batches = self.add_variable((), "zeros", name="batches")
        self.sums = None

    def update_state(self, y_true, y_pred, sample_weight=None):
        if self.sums is None:
            self.sums = self.add_variable((y_pred.shape[-1],), "zeros", name="sums")
        self.sums.assign(self.sums + keras.ops.sum(y_pred, axis=0))
        self.batches.assign(self.batches + 1.0)

    def result(self):
        return keras.ops.sum(self.sums) / self.batches


def test_metrics_that_make_variables_for_the_first_shapes_begin_every_epoch_anew():
    x, y = np.arange(8, dtype="float32")[:, None], np.array([[0], [1], [2], [4], [4], [5], [5], [7]], "float32")
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.0), "mse", metrics=[keras.metrics.R2Score(), HalfMade()])
    found = model.fit(x, y, batch_size=4, epochs=2, validation_data=(x[:4], y[:4]), verbose=0).history
    for name, wanted in (("r2_score", 1 - 2 / 38), ("half_made", 14.0)):
        np.testing.assert_allclose(found[name], [wanted] * 2, rtol=1e-5)
    np.testing.assert_allclose(found["val_r2_score"], [1 - 1 / 8.75] * 2, rtol=1e-5)
    np.testing.assert_allclose(found["val_half_made"], [6.0] * 2, rtol=1e-5)


def test_hooks_of_batches_get_the_logs_in_the_order_of_the_alphabet():
    class Seen(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            found.append(list(logs))

        on_test_batch_end = on_train_batch_end

    found, (x, y) = [], sums(4)
    model = OwnModel()
    model.compile("sgd", "mse", metrics=["mae", "cosine_similarity"])
    model.fit(x, y, validation_data=(x, y), verbose=0, callbacks=[Seen()])
    assert found == [["cosine_similarity", "loss", "mae"]] * 2


class Calls(keras.metrics.Metric):
    """Counts batches and, by the hundred, resets, of which it forgets nothing."""

    def __init__(self, name="calls", **kwargs):
        super().__init__(name=name, **kwargs)
        self.batches = self.add_weight(name="batches")
        self.resets = self.add_weight(name="resets")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.batches.assign_add(1.0)

    def result(self):
        return self.batches + 100 * self.resets

    def reset_state(self):
        self.resets.assign_add(1.0)


def test_what_a_reset_of_ones_own_leaves_alone_is_kept():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=[Calls()])
    x, y = np.ones((8, 4), "float32"), np.ones((8, 1), "float32")
    history = model.fit(x, y, batch_size=4, epochs=3, verbose=0).history
    assert history["calls"] == [102, 204, 306]  # two batches and one reset an epoch, as in Keras 3
    assert model.evaluate(x, y, batch_size=4, verbose=0)[1] == 408


class OutputsWithoutNames(keras.Model):
    def __init__(self):
        super().__init__()
        self.one, self.two = keras.layers.Dense(1), keras.layers.Dense(1)

    def call(self, x):
        return [self.one(x), self.two(x)]


def logs_of_two_outputs(**given):
    model = OutputsWithoutNames()
    model.compile("sgd", **given)
    x, y = np.ones((4, 3), "float32"), np.ones((4, 1), "float32")
    logs = model.fit(x, [y, y], verbose=0).history
    assert set(model.evaluate(x, [y, y], verbose=0, return_dict=True)) == set(logs)
    return set(logs)


def test_outputs_that_nothing_names_are_told_apart_by_their_losses_and_metrics():  # as in Keras 3.15
    assert logs_of_two_outputs(loss=["mse", "mae"]) == {"loss", "mse_loss", "mae_loss"}
    assert logs_of_two_outputs(loss=[keras.losses.Huber(name="h"), "mse"]) == {"loss", "h_loss", "mse_loss"}
    found = logs_of_two_outputs(loss="mse", metrics=[["mse"], ["mae", "mse"]])
    assert found == {"loss", "mse_loss", "mse", "mae", "mse_1"}


def test_outputs_that_nothing_names_had_numbers_in_tf_keras():
    keras.config.set_era("tf2")
    try:
        found = logs_of_two_outputs(loss=["mse", "mae"], metrics=[["mse"], ["mae"]])
    finally:
        keras.config.set_era("3")
    assert found == {"loss", "output_1_loss", "output_2_loss", "output_1_mse", "output_2_mae"}


def test_a_loss_of_ones_own_may_make_two_outputs_of_one():
    class Twice(keras.Model):
        def compute_loss(self, x, y, y_pred, sample_weight=None, **others):
            return super().compute_loss(x=x, y=y, y_pred=[y_pred, y_pred], sample_weight=sample_weight, **others)

    x = keras.Input((3,))
    model = Twice(x, keras.layers.Dense(1)(x))
    model.compile("sgd", ["mse", "mae"])
    y = np.ones((4, 1), "float32")
    logs = model.fit(np.ones((4, 3), "float32"), (y, y), verbose=0).history
    assert set(logs) == {"loss", "mse_loss", "mae_loss"}


def test_a_list_of_one_output_may_have_a_dict_with_a_list_of_losses():
    x = keras.Input((3,))
    model = keras.Model(x, [keras.layers.Dense(1, name="a")(x)])
    model.compile("sgd", {"a": ["mse"]})
    assert set(model.fit(np.ones((4, 3)), np.ones((4, 1)), verbose=0).history) == {"loss"}


NAMES = {  # as in Keras 3.15.1, of models that have no names for their outputs
    "nested": {"a_loss", "b/0/c_loss", "b/mse_loss", "mse", "mse_1", "mae", "weighted_mse", "weighted_mse_1"},
    "list": {"mse_loss", "mse", "mse_1", "mae", "weighted_mse", "weighted_mse_1"},
}


@pytest.mark.parametrize("kind", list(NAMES))
def test_outputs_without_names_are_told_apart_by_numbers_in_logs(kind):
    def packed(a, b, c):
        return {"a": a, "b": [{"c": b}, c]} if kind == "nested" else [a, b, c]

    class Several(keras.Model):
        def __init__(self):
            super().__init__()
            self.parts = [keras.layers.Dense(1) for _ in range(3)]

        def call(self, x):
            return packed(*(part(x) for part in self.parts))

    model = Several()
    asked = packed(["mse"], ["mse"], ["mae"]), packed(["mse"], [], ["mse"])
    model.compile("sgd", "mse", metrics=asked[0], weighted_metrics=asked[1])
    y = np.zeros((4, 1))
    logs = model.train_on_batch(np.ones((4, 2)), packed(y, y, y), return_dict=True)
    assert set(logs) == NAMES[kind] | {"loss"}
