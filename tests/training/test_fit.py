"""What fit, evaluate and predict do and return."""

import os
import signal
import threading

import numpy as np
import pytest

import keras
from keras import layers, ops


def line_data(rows=64):
    x = np.random.default_rng(0).uniform(-1, 1, (rows, 2)).astype("float32")
    return x, (x @ np.array([[2.0], [-1.0]], "float32") + 0.5)


def line_model(**options):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    options = {"optimizer": keras.optimizers.SGD(0.3), "loss": "mse", **options}
    model.compile(**options)
    return model


def test_fit_finds_a_line():
    model = line_model()
    history = model.fit(*line_data(), epochs=60, batch_size=16, verbose=0)
    assert history.history["loss"][-1] < 1e-6
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(kernel, [[2.0], [-1.0]], atol=1e-3)
    np.testing.assert_allclose(bias, [0.5], atol=1e-3)


def test_the_last_smaller_batch_counts_by_its_rows():
    x, y = line_data(10)
    model = line_model(optimizer=keras.optimizers.SGD(0.0))
    history = model.fit(x, y, batch_size=4, verbose=0)
    expected = np.mean((model.predict(x, verbose=0) - y) ** 2)
    np.testing.assert_allclose(history.history["loss"], [expected], rtol=1e-5)
    np.testing.assert_allclose(model.evaluate(x, y, batch_size=4, verbose=0), expected, rtol=1e-5)


def test_fit_again_goes_on():
    once, twice = line_model(), line_model()
    twice.set_weights(once.get_weights())
    x, y = line_data()
    once.fit(x, y, epochs=4, shuffle=False, verbose=0)
    twice.fit(x, y, epochs=2, shuffle=False, verbose=0)
    twice.fit(x, y, epochs=4, initial_epoch=2, shuffle=False, verbose=0)
    for a, b in zip(once.get_weights(), twice.get_weights()):
        np.testing.assert_allclose(a, b, rtol=1e-6)


@pytest.mark.parametrize("seed", [lambda: keras.utils.set_random_seed(7), lambda: np.random.seed(7)])
def test_a_seed_makes_a_run_repeatable_bit_for_bit(seed):
    def run():
        seed()
        model = keras.Sequential([keras.Input((2,)), layers.Dense(8), layers.Dropout(0.5), layers.Dense(1)])
        model.compile("adam", "mse")
        model.fit(*line_data(), epochs=3, verbose=0)
        return model.get_weights()

    for a, b in zip(run(), run()):
        np.testing.assert_array_equal(a, b)


def test_validation_split_takes_the_last_rows():
    x, y = line_data(20)
    model = line_model(optimizer=keras.optimizers.SGD(0.0))
    history = model.fit(x, y, validation_split=0.25, verbose=0)
    expected = np.mean((model.predict(x[15:], verbose=0) - y[15:]) ** 2)
    np.testing.assert_allclose(history.history["val_loss"], [expected], rtol=1e-5)


def test_weights_read_by_a_callback_are_the_newest():
    seen = []

    class Reader(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(self.model.get_weights()[0].copy())

    model = line_model()
    model.fit(*line_data(), epochs=3, verbose=0, callbacks=[Reader()])
    assert not np.allclose(seen[0], seen[1])
    np.testing.assert_array_equal(seen[-1], model.get_weights()[0])


def test_weights_assigned_by_a_callback_are_used():
    class Zero(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.set_weights([np.zeros((2, 1)), np.zeros((1,))])

    model = line_model(optimizer=keras.optimizers.SGD(0.0))
    x, y = line_data()
    history = model.fit(x, y, epochs=2, verbose=0, callbacks=[Zero()])
    np.testing.assert_allclose(history.history["loss"][1], np.mean(y**2), rtol=1e-5)


def test_per_batch_hooks_see_every_batch():
    steps = []
    hook = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: steps.append((batch, logs["loss"])))
    line_model().fit(*line_data(20), batch_size=8, epochs=2, verbose=0, callbacks=[hook])
    assert [b for b, _ in steps] == [0, 1, 2, 0, 1, 2]
    assert all(np.isfinite(loss) for _, loss in steps)


def test_ctrl_c_keeps_what_was_trained_and_a_second_fit_works():
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                os.kill(os.getpid(), signal.SIGINT)

    model = line_model()
    start = model.get_weights()[0]
    with pytest.raises(KeyboardInterrupt):
        model.fit(*line_data(), epochs=50, verbose=0, callbacks=[Interrupt()])
    stopped = model.get_weights()[0]
    assert not np.allclose(start, stopped)
    model.fit(*line_data(), epochs=60, verbose=0)
    assert model.evaluate(*line_data(), verbose=0) < 1e-4


def test_ctrl_c_within_a_program_waits_for_its_end():
    model = line_model()
    model.fit(*line_data(), epochs=1, verbose=0)
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        model.fit(*line_data(), epochs=100_000, verbose=0)
    assert np.isfinite(model.get_weights()[0]).all()
    model.predict(np.zeros((1, 2)), verbose=0)


def test_predicting_while_another_thread_trains_gives_finite_outputs():
    model = line_model(optimizer=keras.optimizers.SGD(0.01))
    x, y = line_data()
    model.fit(x, y, verbose=0)
    errors = []

    def predict():
        try:
            for _ in range(50):
                assert np.isfinite(model.predict(x, verbose=0)).all()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=predict) for _ in range(3)]
    for t in threads:
        t.start()
    model.fit(x, y, epochs=200, verbose=0)
    for t in threads:
        t.join()
    assert not errors


def test_freezing_takes_effect_at_compile():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    x, y = line_data()
    model.fit(x, y, verbose=0)
    model.layers[0].trainable = False
    model.compile(keras.optimizers.SGD(0.1), "mse")
    before = model.get_weights()
    model.fit(x, y, verbose=0)
    after = model.get_weights()
    np.testing.assert_array_equal(before[0], after[0])
    assert not np.allclose(before[2], after[2])
    model.predict(x, verbose=0)
    model.evaluate(x, y, verbose=0)


def test_everything_frozen_still_evaluates_and_predicts():
    model = line_model()
    x, y = line_data()
    model.fit(x, y, verbose=0)
    model.trainable = False
    model.compile(keras.optimizers.SGD(0.1), "mse")
    model.evaluate(x, y, verbose=0)
    assert model.predict(x, verbose=0).shape == (64, 1)


def test_two_outputs_log_the_loss_and_the_metrics_of_each():
    inputs = keras.Input((2,))
    a, b = layers.Dense(1, name="a")(inputs), layers.Dense(1, name="b")(inputs)
    model = keras.Model(inputs, [a, b])
    model.compile("sgd", ["mse", "mae"], loss_weights=[1.0, 0.5], metrics=[["mae"], ["mse"]])
    x, y = line_data()
    history = model.fit(x, [y, y], verbose=0)
    assert set(history.history) == {"loss", "a_loss", "b_loss", "a_mae", "b_mse"}
    values = model.evaluate(x, [y, y], verbose=0, return_dict=True)
    np.testing.assert_allclose(values["loss"], values["a_loss"] + 0.5 * values["b_loss"], rtol=1e-5)
    names = ["loss", "a_loss", "b_loss", "a_mae", "b_mse"]
    assert model.evaluate(x, [y, y], verbose=0) == [values[n] for n in names]


def test_targets_and_inputs_by_name():
    left, right = keras.Input((2,), name="left"), keras.Input((1,), name="right")
    out = layers.Dense(1, name="out")(layers.concatenate([left, right]))
    model = keras.Model([left, right], out)
    model.compile("sgd", {"out": "mse"})
    x, y = line_data()
    model.fit({"left": x, "right": y}, {"out": y}, verbose=0)
    assert model.predict({"left": x, "right": y}, verbose=0).shape == (64, 1)


class Plain(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(4, activation="tanh")
        self.out = layers.Dense(1)

    def call(self, x):
        return self.out(self.hidden(x))


def test_a_subclassed_model_trains_and_predicts():
    model = Plain()
    model.compile(keras.optimizers.Adam(0.05), "mse", metrics=["mae"])
    history = model.fit(*line_data(), epochs=30, verbose=0)
    assert history.history["loss"][-1] < 0.1 * history.history["loss"][0]
    assert len(model.weights) == 4


def test_an_own_train_step_of_values_runs():
    class Doubled(Plain):
        def train_step(self, state, data):
            logs, state = super().train_step(state, data)
            return {**logs, "double": 2 * logs["loss"]}, state

    model = Doubled()
    model.compile("sgd", "mse")
    history = model.fit(*line_data(), epochs=2, verbose=0)
    np.testing.assert_allclose(history.history["double"], 2 * np.array(history.history["loss"]), rtol=1e-6)


def test_an_own_step_of_data_alone_gets_tuples_where_lists_were_given():
    seen = []

    class Model(keras.Model):
        def train_step(self, data):
            seen.append(data)
            return {"loss": 0.0}

    model = Model()
    model.compile("sgd")
    rows = np.ones((4, 2), "float32")
    for x, y in (([rows, rows], None), ({"a": [rows, {"b": rows}]}, [rows])):
        model.fit(x, y, batch_size=4, verbose=0)
    (two,), (named, target) = seen
    assert [type(given) for given in (two, named["a"], target)] == [tuple] * 3
    assert (len(two), named["a"][1]["b"].shape) == (2, (4, 2))


def test_an_own_train_step_of_data_alone_may_call_the_one_it_replaces():
    class Doubled(Plain):
        def train_step(model, data):  # the first argument may have any name
            logs = super().train_step(data)
            return {**logs, "double": 2 * logs["loss"]}

        def test_step(self, *arguments):  # as today: state and data
            logs, state = super().test_step(*arguments)
            return {**logs, "one": 1.0}, state

        def predict_step(self, data):
            return -super().predict_step(data)

    x, y = line_data(16)
    logs = []
    for kind in (Plain, Doubled):
        keras.utils.set_random_seed(0)
        model = kind()
        model.compile(keras.optimizers.Adam(0.05), "mse", metrics=["mae"])
        logs.append(model.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0).history)
        logs[-1] |= model.evaluate(x, y, return_dict=True, verbose=0)
        logs[-1]["out"] = model.predict(x, verbose=0)
    expected, found = logs
    np.testing.assert_allclose(found.pop("out"), -expected.pop("out"), rtol=1e-5)
    assert (found.pop("one"), len(found.pop("double"))) == (1.0, 2)
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-5)


def test_an_own_test_step_of_data_alone_runs():
    class Own(Plain):
        def test_step(self, data):
            x, y = data
            return {"error": ops.max(ops.abs(self(x, training=False) - y))}

    model = Own()
    model.compile("sgd", "mse")
    x, y = line_data(32)
    logs = model.evaluate(x, y, verbose=0, return_dict=True)
    np.testing.assert_allclose(logs["error"], np.abs(model.predict(x, verbose=0) - y).max(), rtol=1e-5)


def test_a_variable_outside_the_model_is_an_input_and_not_a_constant():
    weight = keras.Variable(1.0)

    def loss(y_true, y_pred):
        return weight * ops.mean(ops.square(y_true - y_pred), axis=-1)

    model = line_model(loss=loss, optimizer=keras.optimizers.SGD(0.0))
    x, y = line_data()
    one = model.evaluate(x, y, verbose=0)
    weight.assign(5.0)
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0), 5 * one, rtol=1e-5)


def test_a_variable_assigned_in_call_keeps_its_value():
    class Counter(layers.Layer):
        def build(self, input_shape):
            self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

        def call(self, x):
            self.calls.assign_add(1.0)
            return x

    counter = Counter()
    model = keras.Sequential([keras.Input((2,)), counter, layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(*line_data(40), batch_size=10, epochs=2, verbose=0)
    assert float(counter.calls) == 8


def test_losses_added_in_call_are_trained_for():
    class Penalty(layers.Layer):
        def call(self, x):
            self.add_loss(3.0 * ops.mean(ops.square(x)))
            return x

    model = keras.Sequential([keras.Input((2,)), Penalty(), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    x, y = line_data(32)
    expected = np.mean((model.predict(x, verbose=0) - y) ** 2) + 3 * np.mean(x**2)
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0), expected, rtol=1e-5)


def test_a_generator_trains_for_steps():
    x, y = line_data()

    def batches():
        while True:
            yield x[:16], y[:16]

    history = line_model().fit(batches(), steps_per_epoch=5, epochs=3, verbose=0)
    assert len(history.history["loss"]) == 3


def test_a_generator_that_is_used_up_ends_training_and_says_so():
    x, y = line_data()
    with pytest.warns(UserWarning, match="training ends after 1 of 3 epochs"):
        history = line_model().fit(((x[i : i + 16], y[i : i + 16]) for i in (0, 16)), epochs=3, verbose=0)
    assert history.epoch == [0]


def test_run_eagerly_gives_the_same_numbers():
    x, y = line_data(20)
    compiled, eager = line_model(metrics=["mae"]), line_model(metrics=["mae"], run_eagerly=True)
    eager.set_weights(compiled.get_weights())
    a = compiled.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0).history
    b = eager.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0).history
    assert a.keys() == b.keys()
    for key in a:
        np.testing.assert_allclose(a[key], b[key], rtol=1e-5)
    np.testing.assert_allclose(compiled.predict(x, verbose=0), eager.predict(x, verbose=0), rtol=1e-5)


def test_train_and_test_on_batch_return_loss_and_metrics():
    model = line_model(metrics=["mae"])
    x, y = line_data(8)
    loss, mae = model.test_on_batch(x, y)
    again = model.train_on_batch(x, y, return_dict=True)
    np.testing.assert_allclose([again["loss"], again["mae"]], [loss, mae], rtol=1e-5)
    assert model.test_on_batch(x, y)[0] < loss
    assert model.predict_on_batch(x).shape == (8, 1)


def test_sample_weight_and_class_weight_multiply_the_loss():
    x, _ = line_data(12)
    y = np.arange(12) % 2
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.SGD(0.0), "binary_crossentropy")
    p = model.predict(x, verbose=0)[:, 0]
    each = -np.where(y == 1, np.log(p), np.log(1 - p))
    weights = np.where(y == 1, 3.0, 1.0)
    history = model.fit(x, y, class_weight={0: 1.0, 1: 3.0}, verbose=0)
    np.testing.assert_allclose(history.history["loss"][0], np.mean(each * weights), rtol=1e-4)
    np.testing.assert_allclose(
        model.evaluate(x, y, sample_weight=weights, verbose=0), np.mean(each * weights), rtol=1e-4
    )


def test_large_models_give_their_memory_to_the_program_and_keep_their_values():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(2000), layers.Dense(1000), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1e-4), "mse")
    x, y = line_data(32)
    seen = []
    hook = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(model.get_weights()[2].sum()))
    model.fit(x, y, epochs=3, verbose=0, callbacks=[hook])
    assert len(set(seen)) == 3
    assert np.isfinite(model.predict(x, verbose=0)).all()


def test_predictions_and_weights_belong_to_the_caller():
    model = line_model()
    x, _ = line_data()
    outputs = model.predict(x, verbose=0)
    outputs[:] = 0
    weights = model.get_weights()
    weights[0][:] = 7
    model.set_weights(weights)
    weights[0][:] = 9
    assert model.get_weights()[0].max() == 7


def test_values_of_evaluate_stand_in_the_order_of_their_names_whatever_their_shapes():
    x = np.array([[0.0], [1.0], [1.0], [1.0]], "float32")
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    each = keras.metrics.F1Score(threshold=0.5, name="each")  # one value per class
    model.compile("sgd", "mse", metrics=[["mae", each, "accuracy"]])
    found = model.evaluate(x, x, verbose=0)
    assert (found[0], found[1], found[2].tolist(), found[3]) == (0.0, 0.0, [1.0], 1.0)
    assert model.test_on_batch(x, 1 - x)[:2] == [1.0, 1.0]


def test_a_compute_loss_of_ones_own_may_leave_training_out():
    class Doubled(keras.Model):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
            return 2 * ops.mean((y - y_pred) ** 2)

    x, y = line_data(8)
    inputs = keras.Input((2,))
    model = Doubled(inputs, layers.Dense(1)(inputs))
    model.compile(keras.optimizers.SGD(0.1))
    expected = 2 * np.mean((model.predict(x, verbose=0) - y) ** 2)
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0), expected, rtol=1e-5)
    np.testing.assert_allclose(model.fit(x, y, batch_size=8, verbose=0).history["loss"], [expected], rtol=1e-5)


class Counting(keras.layers.Layer):
    def build(self, shape):
        self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, x):
        self.calls.assign_add(1.0)
        return x


class Judge(keras.metrics.Metric):
    """Means of what a network makes of outputs; the network is no part of the model that is judged."""

    def __init__(self):
        super().__init__(name="judged")
        self.mean = keras.metrics.Mean()
        self.network = keras.Sequential([Counting(), layers.Dense(1, kernel_initializer="ones")])
        self.network.build((None, 1))
        self.network.layers[0].calls.assign(0.0)

    def update_state(self, outputs):
        self.mean.update_state(self.network(outputs))

    def result(self):
        return self.mean.result()

    def reset_state(self):
        self.mean.reset_state()


class Judged(Plain):
    def compile(self, **settings):
        super().compile(**settings)
        self.judge = Judge()

    def test_step(self, data):
        self.judge.update_state(self(data[0]))
        return {"judged": self.judge.result()}


def test_validation_may_use_variables_that_training_does_not():
    x, y = line_data(16)
    weights = []
    for given in ({}, {"validation_data": (x, y)}):
        keras.utils.set_random_seed(0)
        model = Judged()
        model.compile(optimizer="adam", loss="mse")
        history = model.fit(x, y, epochs=3, batch_size=8, verbose=0, **given).history
        weights.append(model.get_weights()[:2])
    np.testing.assert_allclose(weights[1][0], weights[0][0], rtol=1e-6)
    assert len(set(history["val_judged"])) == 3
    np.testing.assert_allclose(history["val_judged"][-1], np.mean(model.predict(x, verbose=0)), rtol=1e-5)
    assert float(model.judge.network.layers[0].calls) == 6.0
