"""A last, shorter batch counts exactly as it would in a program of its own."""

import numpy as np
import pytest

import keras
from keras import layers, losses, metrics
from keras._jax.compile import counting, programs
from keras._training import plan

ROWS = 23  # batches of 10, 10 and 3


def apart(*args):
    return False


def outcome(make, x, y, **options):
    """What `fit` and `evaluate` find, the weights, and how many programs were compiled for training."""
    programs.clear()
    keras.utils.set_random_seed(3)
    model = make()
    with counting() as count:
        history = model.fit(x, y, batch_size=10, epochs=2, verbose=0, **options).history
        found = model.evaluate(x, y, batch_size=10, verbose=0)
    return [history[k] for k in sorted(history)] + [found], model.get_weights(), count.compiles


def both_ways(monkeypatch, make, x, y, filled=True, **options):
    """Compares with the same in programs of their own; `filled` is whether the short batch is to be filled up."""
    ours, weights, compiles = outcome(make, x, y, **options)
    with monkeypatch.context() as patch:
        patch.setattr(plan, "can_fill", apart)
        expected, expected_weights, _ = outcome(make, x, y, **options)
    for one, other in zip(ours + weights, expected + expected_weights):
        np.testing.assert_allclose(one, other, rtol=2e-6, atol=2e-7)
    assert compiles["train_chunk"] + compiles["train_step"] == (1 if filled else 2)


def data(*shape):
    return np.random.default_rng(len(shape)).random((ROWS, *shape)).astype("float32")


CLASSES = (np.arange(ROWS) % 3).astype("int32")
ONE_HOT = np.eye(3, dtype="float32")[CLASSES]


def test_losses_and_metrics_of_many_outputs(monkeypatch):
    kinds = ["categorical_crossentropy", "mse"]

    def make():
        inputs = keras.Input((4,))
        hidden = layers.Dense(5, activation="relu", kernel_regularizer="l2")(inputs)
        outputs = [layers.Dense(3, activation="softmax")(hidden) for _ in kinds]
        model = keras.Model(inputs, outputs)
        of_first = ["accuracy", metrics.AUC(num_thresholds=20, name="auc")]
        weighted = [[metrics.Recall(name="recall")]] + [[] for _ in kinds[1:]]
        model.compile(
            "adam", kinds, metrics=[of_first] + [[] for _ in kinds[1:]], weighted_metrics=weighted,
            loss_weights=[1.0 + i for i in range(len(kinds))],
        )  # fmt: skip
        return model

    both_ways(monkeypatch, make, data(4), [ONE_HOT] * len(kinds), sample_weight=[data()] * len(kinds))


@pytest.mark.parametrize("kind", ["images", "sequences", "masked_inside"])
def test_models_whose_rows_are_apart(monkeypatch, kind):
    stack, x, y, loss = {
        "images": (
            [keras.Input((6, 6, 1)), layers.Conv2D(2, 3), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(3)],
            data(6, 6, 1), CLASSES, losses.SparseCategoricalCrossentropy(from_logits=True),
        ),
        "sequences": (
            [keras.Input((5, 2)), layers.GRU(3, return_sequences=True), layers.TimeDistributed(layers.Dense(2))],
            data(5, 2), data(5, 2), "mse",
        ),
        "masked_inside": (
            [keras.Input((5,)), layers.Embedding(9, 3, mask_zero=True), layers.LSTM(2), layers.Dense(1)],
            (np.arange(ROWS * 5) % 7).reshape(ROWS, 5), data(1), "mae",
        ),
    }[kind]  # fmt: skip

    def make():
        model = keras.Sequential([stack[0], *(type(layer).from_config(layer.get_config()) for layer in stack[1:])])
        model.compile("sgd", loss, metrics=["accuracy" if kind == "images" else "mae"])
        return model

    both_ways(monkeypatch, make, x, y, class_weight={0: 1.0, 1: 2.0, 2: 0.5} if kind == "images" else None)


def centred(x):
    return x - keras.ops.mean(x, axis=0)


@pytest.mark.parametrize(
    "stack",
    [
        [lambda: layers.Lambda(centred)],
        [lambda: layers.Dense(4, activation=centred)],
        [lambda: layers.BatchNormalization()],
        [lambda: layers.Dense(4, activity_regularizer="l2")],
        [lambda: layers.Embedding(9, 3, mask_zero=True), lambda: layers.LSTM(4, return_sequences=True)],
        [lambda: layers.Softmax(axis=0)],
    ],
    ids=["lambda", "activation", "batch normalisation", "activity", "mask", "first axis"],
)
def test_what_looks_at_the_whole_batch_gets_a_program_for_the_short_one(monkeypatch, stack):
    def make():
        model = keras.Sequential([keras.Input((4,)), *(make_layer() for make_layer in stack)])
        model.compile("sgd", "mse")
        return model

    y = data(4, 4) if len(stack) > 1 else data(4)
    both_ways(monkeypatch, make, (data(4) * 8).astype("int32") if len(stack) > 1 else data(4), y, filled=False)


@pytest.mark.parametrize("what", ["loss", "metric", "sum"])
def test_losses_and_metrics_of_whole_batches_too(monkeypatch, what):
    def largest(y_true, y_pred):
        return keras.ops.max(keras.ops.abs(y_true - y_pred))

    def make():
        model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
        loss = {"loss": largest, "metric": "mse", "sum": losses.MeanSquaredError(reduction="sum")}[what]
        model.compile("sgd", loss, metrics=[largest] if what == "metric" else None)
        return model

    both_ways(monkeypatch, make, data(4), data(1), filled=False)


def test_batches_that_come_one_by_one(monkeypatch):
    x, y, weight = data(4), data(1), data()

    def batches():
        while True:
            for at in range(0, ROWS, 10):
                yield x[at : at + 10], y[at : at + 10], weight[at : at + 10]

    def make():
        inputs = keras.Input((4,))
        hidden = layers.Dense(3)(inputs)
        model = keras.Model(inputs, layers.Dense(1)(hidden + 2 * keras.ops.relu(hidden)))
        model.compile("sgd", "mse", weighted_metrics=["mae"])
        return model

    def run():
        programs.clear()
        keras.utils.set_random_seed(3)
        model = make()
        with counting() as count:
            history = model.fit(batches(), steps_per_epoch=3, epochs=2, verbose=0).history
        return [*history.values(), model.evaluate(batches(), steps=3, verbose=0)], model.get_weights(), count.compiles

    ours, weights, compiles = run()
    monkeypatch.setattr(plan, "can_fill", apart)
    expected, expected_weights, _ = run()
    for one, other in zip(ours + weights, expected + expected_weights):
        np.testing.assert_allclose(one, other, rtol=2e-6, atol=2e-7)
    assert compiles == {"train_step": 1}


def test_predict_compiles_one_program_and_returns_the_rows_there_are():
    model = keras.Sequential([keras.Input((4,)), layers.BatchNormalization(), layers.Dense(2)])
    x = data(4)
    seen = []

    class Watch(keras.callbacks.Callback):
        def on_predict_batch_end(self, batch, logs=None):
            seen.append(logs["outputs"].shape)

    programs.clear()
    with counting() as count:
        found = model.predict(x, batch_size=10, verbose=0, callbacks=[Watch()])
    assert count.compiles == {"predict_step": 1}
    assert seen == [(10, 2), (10, 2), (3, 2)]
    np.testing.assert_allclose(found, model(x), rtol=1e-6, atol=1e-6)
