"""Which hooks reach whom, and when a run has to stop for every batch."""

import numpy as np
import pytest

from keras.callbacks import (
    Callback,
    CallbackList,
    CSVLogger,
    EarlyStopping,
    History,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ProgbarLogger,
    ReduceLROnPlateau,
    TerminateOnNaN,
)

HOOKS = [name for name in vars(Callback) if name.startswith("on_")]


class Model:
    stop_training = False


class Recorder(Callback):
    """Writes down every call."""

    def __init__(self):
        self.calls = []


def _recording(hook):
    def record(self, *args):
        self.calls.append((hook, *args))

    return record


for _hook in HOOKS:
    setattr(Recorder, _hook, _recording(_hook))


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_reaches_every_callback_with_its_logs(hook):
    first, second = Recorder(), Recorder()
    number = (
        ()
        if hook.endswith(("train_begin", "train_end", "test_begin", "test_end", "predict_begin", "predict_end"))
        else (3,)
    )
    getattr(CallbackList([first, second]), hook)(*number, {"loss": 0.5})
    assert first.calls == second.calls == [(hook, *number, {"loss": 0.5})]


@pytest.mark.parametrize("hook", HOOKS)
def test_without_logs_hooks_get_an_empty_dict(hook):
    recorder = Recorder()
    number = (
        ()
        if hook.endswith(("train_begin", "train_end", "test_begin", "test_end", "predict_begin", "predict_end"))
        else (0,)
    )
    getattr(CallbackList([recorder]), hook)(*number)
    assert recorder.calls[0][-1] == {}


def test_the_short_names_of_batch_hooks_are_called_for_training_batches():
    class Short(Callback):
        def on_batch_begin(self, batch, logs=None):
            seen.append(("begin", batch))

        def on_batch_end(self, batch, logs=None):
            seen.append(("end", batch, logs))

    seen = []
    callbacks = CallbackList([Short()])
    callbacks.on_train_batch_begin(4)
    callbacks.on_train_batch_end(4, {"loss": 1.0})
    assert seen == [("begin", 4), ("end", 4, {"loss": 1.0})]


def test_callbacks_may_be_one_or_nested_and_keep_their_order():
    a, b, c = Callback(), Callback(), Callback()
    assert CallbackList([a, [b, (c,)]]).callbacks == [a, b, c]
    assert CallbackList(a).callbacks == [a]
    assert CallbackList().callbacks == []


def test_what_one_callback_adds_to_the_logs_the_next_ones_and_the_history_see():
    class Adds(Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["extra"] = 7.0

    callbacks = CallbackList([Adds()], add_history=True, model=Model())
    callbacks.on_train_begin()
    callbacks.on_epoch_end(0, {"loss": 0.5})
    assert callbacks.history.history == {"loss": [0.5], "extra": [7.0]}


def test_the_bar_and_the_history_come_last_and_only_where_there_are_none():
    mine = Callback()
    kinds = [type(c) for c in CallbackList([mine], add_history=True, add_progbar=True).callbacks]
    assert kinds == [Callback, ProgbarLogger, History]
    history, bar = History(), ProgbarLogger()
    callbacks = CallbackList([history, bar], add_history=True, add_progbar=True)
    assert callbacks.callbacks == [history, bar]
    assert callbacks.history is history
    assert callbacks.progbar is bar


def test_model_and_params_are_handed_to_all_and_the_model_gets_the_history():
    callback, model = Callback(), Model()
    callbacks = CallbackList([callback], add_history=True, model=model, epochs=3, steps=5)
    assert callback.model is callbacks.model is model
    assert callback.params == callbacks.params == {"epochs": 3, "steps": 5}
    assert model.history is callbacks.history


def test_a_subclass_need_not_call_the_constructor():
    class Mine(Callback):
        def __init__(self, what):
            self.what = what

    mine = Mine(1)
    assert mine.model is None
    assert mine.params is None
    CallbackList([mine], model=Model(), epochs=1)
    assert mine.params == {"epochs": 1}


def test_appended_callbacks_are_called_too():
    recorder = Recorder()
    callbacks = CallbackList([])
    assert not callbacks.needs_train_batches
    callbacks.on_train_batch_end(0)
    callbacks.append(recorder)
    callbacks.on_train_batch_end(1)
    assert callbacks.needs_train_batches
    assert recorder.calls == [("on_train_batch_end", 1, {})]


def test_an_exception_in_a_hook_passes_through_untouched():
    error = ZeroDivisionError("mine")

    def fail(epoch, logs):
        raise error

    callbacks = CallbackList([LambdaCallback(on_epoch_end=fail)])
    with pytest.raises(ZeroDivisionError) as caught:
        callbacks.on_epoch_end(0)
    assert caught.value is error


def test_a_class_in_place_of_an_object_is_named():
    with pytest.raises(ValueError, match=r"Got the class History.\n  Write: callbacks=\[History\(...\)\]"):
        CallbackList([History])


@pytest.mark.parametrize("thing", [None, 3, "early stopping"])
def test_what_is_no_callback_is_an_error_before_anything_runs(thing):
    with pytest.raises(ValueError, match="which has no method `set_model`"):
        CallbackList([thing])


def test_an_object_with_all_methods_is_a_callback():
    class Own:
        def __init__(self):
            self.seen = []

        def __getattr__(self, name):
            if name.startswith(("on_", "set_")):
                return lambda *args: self.seen.append(name)
            raise AttributeError(name)

    own = Own()
    CallbackList([own], model=Model()).on_epoch_end(0)
    assert own.seen == ["set_model", "on_epoch_end"]


def needs(*callbacks, **kwargs):
    made = CallbackList(list(callbacks), **kwargs)
    return made.needs_train_batches, made.needs_test_batches, made.needs_predict_batches


def test_runs_without_hooks_of_batches_need_not_stop_for_batches():
    callbacks = [
        Callback(), CSVLogger("log.csv"), EarlyStopping(), LearningRateScheduler(lambda e: 0.1), ReduceLROnPlateau(),
        ModelCheckpoint("w.weights.h5", save_weights_only=True), LambdaCallback(on_epoch_end=print),
    ]  # fmt: skip
    assert needs(*callbacks, add_history=True, add_progbar=True) == (False, False, False)


@pytest.mark.parametrize(
    ("hook", "wanted"),
    [
        ("on_batch_begin", (True, False, False)),
        ("on_batch_end", (True, False, False)),
        ("on_train_batch_begin", (True, False, False)),
        ("on_train_batch_end", (True, False, False)),
        ("on_test_batch_begin", (False, True, False)),
        ("on_test_batch_end", (False, True, False)),
        ("on_predict_batch_begin", (False, False, True)),
        ("on_predict_batch_end", (False, False, True)),
        ("on_epoch_end", (False, False, False)),
    ],
)
def test_a_hook_of_batches_stops_its_own_phase_for_batches(hook, wanted):
    derived = type("Derived", (Callback,), {hook: lambda self, batch, logs=None: None})
    assert needs(derived()) == wanted
    assert needs(LambdaCallback(**{hook: lambda batch, logs: None})) == wanted
    assert needs(type("More", (ProgbarLogger,), {hook: lambda self, batch, logs=None: None})()) == wanted
    later = Callback()
    callbacks = CallbackList([later])
    setattr(later, hook, lambda batch, logs=None: None)
    assert callbacks.needs_train_batches == wanted[0]


def test_callbacks_that_act_at_batches_stop_the_run_for_them():
    assert needs(TerminateOnNaN()) == (True, False, False)
    assert needs(ModelCheckpoint("w.weights.h5", save_weights_only=True, save_freq=10)) == (True, False, False)


def test_a_subclass_of_a_checkpoint_with_its_own_hook_is_called_at_batches():
    class Mine(ModelCheckpoint):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(batch)

    seen = []
    callbacks = CallbackList([Mine("w.keras")])
    assert callbacks.needs_train_batches
    callbacks.on_train_batch_end(2)
    assert seen == [2]


def test_a_hook_set_when_training_begins_is_called():
    class Late(Callback):
        def on_train_begin(self, logs=None):
            self.on_train_batch_end = lambda batch, logs=None: seen.append(batch)

    seen = []
    callbacks = CallbackList([Late()])
    callbacks.on_train_batch_end(0)
    callbacks.on_train_begin()
    callbacks.on_train_batch_end(1)
    assert seen == [1]


def test_a_run_of_two_epochs_is_recorded_and_the_next_run_starts_anew():
    model = Model()
    callbacks = CallbackList(add_history=True, model=model)
    for epochs in (2, 1):
        callbacks.on_train_begin()
        for epoch in range(epochs):
            callbacks.on_epoch_end(epoch, {"loss": 1.0 - epoch / 4, "accuracy": 0.5})
    assert model.history.history == {"loss": [1.0], "accuracy": [0.5]}
    assert model.history.epoch == [0]


def test_history_keeps_values_that_only_some_epochs_have():
    history = History()
    history.on_train_begin()
    history.on_epoch_end(0, {"loss": 3.0})
    history.on_epoch_end(1, {"loss": 2.0, "val_loss": 5.0})
    assert history.history == {"loss": [3.0, 2.0], "val_loss": [5.0]}
    assert history.epoch == [0, 1]


def test_lambda_callback_calls_each_function_and_names_unknown_hooks():
    seen = []
    callback = LambdaCallback(
        on_train_begin=lambda logs: seen.append("begin"),
        on_epoch_end=lambda epoch, logs: seen.append((epoch, logs["loss"])),
        on_predict_end=lambda logs: seen.append("predicted"),
    )
    callbacks = CallbackList([callback])
    callbacks.on_train_begin()
    callbacks.on_epoch_begin(0)
    callbacks.on_epoch_end(0, {"loss": np.float32(0.5)})
    callbacks.on_predict_end()
    assert seen == ["begin", (0, 0.5), "predicted"]
    with pytest.raises(ValueError, match=r"no hook 'on_epoch_ends'\. Did you mean 'on_epoch_end'\?"):
        LambdaCallback(on_epoch_ends=print)
    with pytest.raises(ValueError, match=r"`on_epoch_end` must be a function or None. Got 3"):
        LambdaCallback(on_epoch_end=3)


def test_what_is_no_hook_is_an_attribute_of_a_callback_of_functions():
    callback = LambdaCallback(on_epoch_end=lambda epoch, logs: None, restart=lambda: 5, times=3)
    assert (callback.restart(), callback.times) == (5, 3)
