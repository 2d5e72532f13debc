"""Which hooks are called where several steps are one call, and the limit of steps that the settings give."""

import numpy as np
import pytest

import keras
from keras import layers

X, Y = np.linspace(0, 1, 200).reshape(50, 4), np.ones((50, 1))


class Calls(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.found = []

    def on_train_batch_begin(self, batch, logs=None):
        self.found.append(batch)

    def on_train_batch_end(self, batch, logs=None):
        self.found.append(batch)
        assert "loss" in logs

    on_test_batch_begin = on_train_batch_begin
    on_test_batch_end = on_train_batch_end
    on_predict_batch_begin = on_train_batch_begin

    def on_predict_batch_end(self, batch, logs=None):
        self.found.append(batch)
        assert "outputs" in logs


def compiled(**arguments):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    model.compile("sgd", "mse", **arguments)
    return model


def batches():
    for i in range(0, 50, 8):
        yield X[i : i + 8], Y[i : i + 8]


@pytest.mark.parametrize("eager", [False, True])
@pytest.mark.parametrize("phase", ["fit", "evaluate", "predict"])
@pytest.mark.parametrize("kind", ["arrays", "generator"])
@pytest.mark.parametrize(("together", "expected"), [(3, [0, 2, 3, 5, 6, 8]), (100, [0, 99])])  # as in 3.15.1
def test_hooks_of_batches_are_called_once_for_the_steps_that_are_one_call(eager, phase, kind, together, expected):
    model, calls = compiled(steps_per_execution=together, run_eagerly=eager), Calls()
    data = (X, Y)[: 1 if phase == "predict" else 2] if kind == "arrays" else (batches(),)
    size = {"batch_size": 8} if kind == "arrays" else {}
    getattr(model, phase)(*data, **size, callbacks=[calls], verbose=0)
    assert calls.found == expected


# of 3.15.1, and of tf_keras 2.21, whose epochs end in the middle of a call
@pytest.mark.parametrize(
    ("era", "trained", "tested", "rows"),
    [("3", [0, 1, 2, 3, 4, 5] * 2, [0, 1, 2, 3], 48), ("tf2.15", [0, 1, 2, 3, 4, 4] * 2, [0, 1, 2, 2], 40)],
)
def test_steps_that_are_no_multiple_of_those_in_a_call_are_rounded_up(era, trained, tested, rows):
    def for_ever():
        while True:
            yield X[:8], Y[:8]

    before = keras.config.era()
    keras.config.set_era(era)
    try:
        model, calls = compiled(steps_per_execution=2), Calls()
        model.fit(for_ever(), steps_per_epoch=5, epochs=2, callbacks=[calls], verbose=0)
        assert calls.found == trained
        assert int(model.optimizer.iterations) == 2 * (rows // 8)
        calls.found.clear()
        model.evaluate(X, Y, batch_size=8, steps=3, callbacks=[calls], verbose=0)
        assert calls.found == tested
        assert len(model.predict(((x,) for x, _ in for_ever()), steps=5, verbose=0)) == rows
        assert len(model.predict(X[:40], batch_size=8, steps=5, verbose=0)) == 40  # there are no more
    finally:
        keras.config.set_era(before)


@pytest.mark.parametrize("eager", [False, True])
@pytest.mark.parametrize("kind", ["arrays", "generator"])
@pytest.mark.parametrize("own", [False, True])
def test_a_hook_after_several_steps_gets_the_outputs_of_all_of_them(eager, kind, own):
    class Own(keras.Sequential):
        def predict_step(self, data):
            return super().predict_step(data)

    model = (Own if own else keras.Sequential)([keras.Input((4,)), layers.Dense(1)])
    model.compile("sgd", "mse", steps_per_execution=3, run_eagerly=eager)
    found = []
    keep = keras.callbacks.LambdaCallback()
    keep.on_predict_batch_end = lambda batch, logs: found.append(logs["outputs"])
    data, size = (X, {"batch_size": 8}) if kind == "arrays" else (((x,) for x, _ in batches()), {})
    whole = model.predict(data, **size, callbacks=[keep], verbose=0)
    assert [x.shape for x in found] == [(24, 1), (24, 1), (2, 1)]
    np.testing.assert_array_equal(np.concatenate(found), whole)


@pytest.mark.parametrize("kind", ["arrays", "generator", "arrays with steps"])
def test_no_epoch_has_more_steps_than_the_settings_allow(kind):
    calls = Calls()
    data = (batches(),) if kind == "generator" else (X, Y)
    arguments = {} if kind == "generator" else {"batch_size": 8, "epochs": 2}
    if kind == "arrays with steps":
        arguments["steps_per_epoch"] = 2
    keras.config.set_max_steps_per_epoch(3)
    try:
        compiled().fit(*data, **arguments, callbacks=[calls], verbose=0)
    finally:
        keras.config.set_max_steps_per_epoch(None)
    once = [0, 0, 1, 1] if kind == "arrays with steps" else [0, 0, 1, 1, 2, 2]
    assert calls.found == once * arguments.get("epochs", 1)


def test_a_limit_above_the_batches_there_are_changes_nothing():
    keras.config.set_max_steps_per_epoch(100)
    try:
        assert compiled().predict(X, verbose=0).shape == (50, 1)
        compiled().fit(X, Y, verbose=0)
    finally:
        keras.config.set_max_steps_per_epoch(None)
