"""What goes wrong during a run: nothing that was trained is lost, and the model can be used afterwards."""

import os
import signal
import threading

import numpy as np
import pytest

import keras
from keras._training.interrupts import Interrupts
from keras._training.state import RunningState

X = np.random.default_rng(0).normal(size=(16, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def model_of(**compiled):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(**{"optimizer": keras.optimizers.SGD(0.05), "loss": "mse", **compiled})
    return model


def works(model):
    """Whether a model can be trained, asked and assigned; variables belong to no run any more."""
    assert all(np.isfinite(w).all() for w in model.get_weights())
    assert all(v._lease is None or not hasattr(v._lease, "planner") for v in model.variables)
    model.set_weights(model.get_weights())
    before = model.evaluate(X, Y, verbose=0)
    model.fit(X, Y, batch_size=4, epochs=2, verbose=0)
    return model.evaluate(X, Y, verbose=0) < before


HOOKS = [
    "on_train_begin", "on_train_end", "on_epoch_begin", "on_epoch_end", "on_train_batch_begin", "on_train_batch_end",
    "on_test_begin", "on_test_end", "on_test_batch_begin", "on_test_batch_end",
]  # fmt: skip


@pytest.mark.parametrize("hook", HOOKS)
def test_an_exception_in_any_hook_is_the_users_own_and_loses_nothing(hook):
    def fails(*args, **kwargs):
        raise ZeroDivisionError(hook)

    callback = keras.callbacks.Callback()
    setattr(callback, hook, fails)
    model = model_of()
    with pytest.raises(ZeroDivisionError, match=hook):
        model.fit(X, Y, batch_size=8, validation_data=(X, Y), verbose=0, callbacks=[callback])
    steps = {"on_train_begin": 0, "on_epoch_begin": 0, "on_train_batch_begin": 0, "on_train_batch_end": 1}.get(hook, 2)
    assert int(model.optimizer.iterations) == steps
    assert works(model)


@pytest.mark.parametrize("hook", ["on_predict_begin", "on_predict_batch_end", "on_predict_end"])
def test_an_exception_while_predicting_leaves_the_model_as_it_was(hook):
    def fails(*args, **kwargs):
        raise ZeroDivisionError(hook)

    callback = keras.callbacks.Callback()
    setattr(callback, hook, fails)
    model = model_of()
    weights = model.get_weights()
    with pytest.raises(ZeroDivisionError):
        model.predict(X, verbose=0, callbacks=[callback])
    for a, b in zip(weights, model.get_weights()):
        np.testing.assert_array_equal(a, b)
    model.fit(X, Y, verbose=0)
    assert not np.array_equal(model.get_weights()[0], weights[0])


@pytest.mark.skipif(os.name != "posix", reason="signals to oneself")
@pytest.mark.parametrize(("presses", "ends"), [(1, True), (2, False)])
def test_ctrl_c_lets_the_program_under_way_end_and_a_second_one_does_not(presses, ends):
    ended = []

    def program():
        for _ in range(presses):
            os.kill(os.getpid(), signal.SIGINT)
        ended.append(True)

    with pytest.raises(KeyboardInterrupt), Interrupts() as interrupts:
        interrupts.run(program)
    assert ended == [True] * ends
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_exception_in_a_generator_keeps_the_steps_before_it():
    def batches():
        for i in range(3):
            yield X[i * 4 : i * 4 + 4], Y[i * 4 : i * 4 + 4]
        raise LookupError("no more")

    model = model_of()
    with pytest.raises(LookupError, match="no more") as caught:
        model.fit(batches(), steps_per_epoch=5, verbose=0)
    assert "batches" in [entry.name for entry in caught.traceback]
    expected = model_of()
    expected.fit(X[:12], Y[:12], batch_size=4, shuffle=False, verbose=0)
    for a, b in zip(model.get_weights(), expected.get_weights()):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    assert works(model)


def test_an_array_that_is_changed_between_epochs_harms_nobody():
    class Changes(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            x[:] = 1.0
            y[:] = 2.0

    x, y = X.copy(), Y.copy()
    model = model_of()
    assert len(model.fit(x, y, epochs=3, batch_size=4, verbose=0, callbacks=[Changes()]).epoch) == 3
    assert works(model)


@pytest.mark.parametrize("rows", [4, 2048])
def test_a_generator_may_use_its_arrays_again(rows):
    def batches(again):
        raw = np.empty(rows * 16 * 4 + 64, "uint8")
        start = -raw.ctypes.data % 64  # aligned, so that the engine could use the memory as it is
        x = raw[start : start + rows * 64].view("float32").reshape(rows, 16)
        numbers = np.random.default_rng(0)
        for _ in range(6):
            x[:] = numbers.normal(size=x.shape)
            yield (x if again else x.copy()), x[:, :1].copy()
            x[:] = 1e3

    def trained(again):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(batches(again), verbose=0)
        return model.get_weights()

    for a, b in zip(trained(True), trained(False)):
        np.testing.assert_array_equal(a, b)


def test_a_loss_that_is_no_number_ends_the_run_if_asked_to():
    x = X.copy()
    x[5] = np.nan
    model = model_of()
    history = model.fit(
        x, Y, batch_size=4, epochs=3, shuffle=False, verbose=0, callbacks=[keras.callbacks.TerminateOnNaN()]
    )
    assert len(history.epoch) == 1
    assert int(model.optimizer.iterations) == 2


def test_a_callback_may_stop_slow_down_and_assign_in_the_middle():
    class Acts(keras.callbacks.Callback):
        def __init__(self):
            self.kernels = []

        def on_train_batch_end(self, batch, logs=None):
            self.kernels.append(np.array(self.model.layers[0].kernel))
            if batch == 0:
                self.model.optimizer.learning_rate = 0.0
            if batch == 1:
                self.model.set_weights([np.ones((3, 1)), np.zeros((1,))])
            if batch == 2:
                self.model.stop_training = True

    acts = Acts()
    model = model_of()
    history = model.fit(X, Y, batch_size=2, epochs=5, verbose=0, callbacks=[acts])
    assert len(history.epoch) == 1
    assert len(acts.kernels) == 3
    np.testing.assert_array_equal(acts.kernels[1], acts.kernels[0])  # a rate of 0
    np.testing.assert_array_equal(acts.kernels[2], np.ones((3, 1)))


def test_freezing_in_the_middle_takes_effect_at_the_next_compile():
    class Freezes(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.trainable = False

    model = model_of()
    losses = model.fit(X, Y, batch_size=4, epochs=3, verbose=0, callbacks=[Freezes()]).history["loss"]
    assert losses[2] < losses[1] < losses[0]


def test_eight_threads_may_predict_at_once():
    model = model_of()
    expected = model.predict(X, verbose=0)
    found, errors = [], []

    def ask():
        try:
            for _ in range(5):
                found.append(model.predict(X, verbose=0))
        except Exception as error:  # shown below
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len(found) == 40
    for outputs in found:
        np.testing.assert_array_equal(outputs, expected)


def test_values_in_a_scope_are_those_of_its_thread_alone():
    variable = keras.Variable(1.0)
    found = []
    with keras.StatelessScope(state_mapping=[(variable, keras.ops.convert_to_tensor(2.0))]):
        assert float(variable.value) == 2.0
        thread = threading.Thread(target=lambda: found.append(float(variable.value)))
        thread.start()
        thread.join()
    assert found == [1.0]


def test_a_large_model_keeps_its_weights_where_a_program_fails_that_was_given_their_memory(monkeypatch):
    advance = RunningState.advance

    def fails(self, program):
        def lost(values):
            program(values)
            raise RuntimeError("the result is lost")

        advance(self, lost)

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1100), keras.layers.Dense(1000)])
    model.compile("sgd", "mse")
    weights = model.get_weights()
    monkeypatch.setattr(RunningState, "advance", fails)
    with pytest.raises(RuntimeError, match="the result is lost"):
        model.fit(X, Y, verbose=0)
    monkeypatch.undo()
    for a, b in zip(weights, model.get_weights()):
        np.testing.assert_array_equal(a, b)
    assert works(model)


@pytest.mark.parametrize("call", ["fit", "evaluate", "predict"])
def test_too_little_memory_on_the_device_says_what_to_try(monkeypatch, call):
    from keras._training.plan import Program

    def fails(self, *args):
        raise RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 12345 bytes.")

    model = model_of()
    monkeypatch.setattr(Program, "run", fails)
    arguments = (X,) if call == "predict" else (X, Y)
    with pytest.raises(RuntimeError, match="Out of memory") as caught:
        getattr(model, call)(*arguments, batch_size=8, verbose=0)
    assert "batch_size=8" in caught.value.__notes__[0]
    monkeypatch.undo()
    assert works(model)


def test_a_resumed_run_says_nothing_where_nothing_is_left():
    model = model_of()

    class Skips(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.model.continue_at(3)

    assert model.fit(X, Y, epochs=3, verbose=0, callbacks=[Skips()]).history == {}
    assert model.fit(X, Y, epochs=5, verbose=0, callbacks=[Skips()]).epoch == [3, 4]


class At(keras.callbacks.Callback):
    def __init__(self, epoch, change):
        super().__init__()
        self.epoch, self.change = epoch, change

    def on_epoch_end(self, epoch, logs=None):
        if epoch == self.epoch:
            self.change(self.model)


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize(
    "change",
    [
        lambda model: setattr(model, "optimizer", keras.optimizers.Adam(0.1)),
        lambda model: model.compile(keras.optimizers.Adam(0.1), "mae", metrics=["mse"]),
    ],
    ids=["another optimizer", "compiled anew"],
)
def test_the_next_epoch_goes_on_with_what_a_callback_gave_the_model(change, streams):
    def data():
        return iter([(X[:8], Y[:8]), (X[8:], Y[8:])] * 3) if streams else X

    steps = {"steps_per_epoch": 2} if streams else {"y": Y, "batch_size": 8, "shuffle": False}
    model, other = model_of(), model_of()
    history = model.fit(data(), epochs=3, validation_data=(X, Y), callbacks=[At(0, change)], verbose=0, **steps).history
    other.fit(data(), epochs=1, verbose=0, **steps)
    change(other)
    expected = other.fit(data(), epochs=2, validation_data=(X, Y), verbose=0, **steps).history
    for name, values in expected.items():
        np.testing.assert_allclose(history[name][-2:], values, rtol=1e-5)
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)
    assert int(model.optimizer.iterations) == 4
    assert works(model)


def test_another_optimizer_after_the_last_batch_there_is_harms_nobody():
    model = model_of(optimizer=keras.optimizers.SGD(0.05, use_ema=True))
    change = At(0, lambda model: setattr(model, "optimizer", keras.optimizers.SGD(0.1, use_ema=True)))
    model.fit(X, Y, verbose=0, callbacks=[change])
    with pytest.warns(UserWarning, match="has ended and yields no more batches"):
        model.fit(iter([(X, Y)]), steps_per_epoch=1, epochs=2, verbose=0, callbacks=[change])
    assert works(model)


def test_a_batch_that_does_not_fit_is_told_by_its_place():
    with pytest.raises(ValueError, match="Got shape") as error:
        model_of().fit(iter([(X, Y), (X[:, :2], Y)]), steps_per_epoch=2, verbose=0)
    assert "This is batch 2 of the epoch, (shape (16, 2)" in error.value.__notes__[-1]
