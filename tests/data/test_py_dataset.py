"""Batches made by several workers, and what goes wrong with workers."""

import multiprocessing
import os
import threading
import time

import numpy as np
import pytest

import keras
from data.numbered import Numbered

KINDS = {
    "none": {},
    "threads": {"workers": 2},
    "processes": {"workers": 1, "use_multiprocessing": True},
}


@pytest.fixture(scope="module")
def model():
    made = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    made.compile("sgd", "mse")
    return made


def workers():
    """Threads and processes that make batches; they get a moment to end."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        threads = [t.name for t in threading.enumerate() if t.name.startswith("keras-")]
        processes = multiprocessing.active_children()
        if not threads and not processes:
            break
        time.sleep(0.01)
    return threads + processes


@pytest.mark.parametrize("kind", KINDS)
def test_batches_come_in_order_whoever_makes_them(model, kind):
    data = Numbered(**KINDS[kind])
    np.testing.assert_allclose(
        model.predict(data, verbose=0)[::2], model.predict(np.arange(6.0)[:, None], verbose=0), rtol=1e-6
    )
    history = model.fit(data, epochs=2, verbose=0, shuffle=False)
    assert len(history.epoch) == 2
    assert data.epochs_ended == 2
    assert not workers()


@pytest.mark.parametrize("kind", KINDS)
def test_an_exception_of_a_worker_reaches_the_user_with_its_traceback(model, kind):
    with pytest.raises(KeyError, match="batch three") as caught:
        model.fit(Numbered("raises", **KINDS[kind]), verbose=0, shuffle=False)
    place = "__getitem__"
    if kind == "processes":
        assert place in str(caught.value.__cause__)
    else:
        assert place in [entry.name for entry in caught.traceback]
    assert not workers()
    assert np.isfinite(model.predict(np.ones((1, 1)), verbose=0)).all()


def test_a_process_that_dies_is_noticed(model):
    with pytest.raises(RuntimeError, match="batch 3 ended with exit code 7"):
        model.fit(Numbered("dies", **KINDS["processes"]), verbose=0, shuffle=False)
    assert not workers()


def test_a_process_that_hangs_is_named_and_ended(model):
    with pytest.raises(RuntimeError, match="batch 3 was not ready after"):
        model.fit(Numbered("hangs", timeout=0.5, **KINDS["processes"]), verbose=0, shuffle=False)
    assert not workers()


def test_what_cannot_be_sent_to_a_process_is_said(model):
    data = Numbered(**KINDS["processes"])
    data.open_file = open(os.devnull)  # noqa: SIM115  it is the point
    try:
        with pytest.raises(RuntimeError, match="cannot be pickled"):
            model.fit(data, verbose=0)
    finally:
        data.open_file.close()
    assert not workers()


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_an_interrupted_run_leaves_no_worker(model, kind):
    class Interrupts(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.fit(Numbered(**KINDS[kind]), verbose=0, callbacks=[Interrupts()])
    assert not workers()


def test_without_length_the_number_of_steps_is_needed(model):
    class Endless(keras.utils.PyDataset):
        num_batches = None

        def __getitem__(self, i):
            return np.ones((2, 1)), np.ones((2, 1))

    assert len(model.fit(Endless(workers=2), steps_per_epoch=3, epochs=2, verbose=0).epoch) == 2
    with pytest.raises(ValueError, match="never ends"):
        model.fit(Endless(), verbose=0)
    with pytest.raises(TypeError, match="has no length"):
        len(Endless())
    assert not workers()


def test_what_a_subclass_leaves_out_is_said():
    with pytest.raises(NotImplementedError, match="__getitem__"):
        keras.utils.PyDataset()[0]
    with pytest.raises(NotImplementedError, match="__len__"):
        _ = keras.utils.PyDataset().num_batches
    assert keras.utils.Sequence is keras.utils.PyDataset


def test_a_subclass_need_not_call_the_constructor(model):
    class Old(keras.utils.Sequence):
        def __init__(self):
            self.batches = 2

        def __len__(self):
            return self.batches

        def __getitem__(self, i):
            return np.ones((2, 1)), np.ones((2, 1))

    assert len(model.fit(Old(), verbose=0).epoch) == 1


@pytest.mark.parametrize(
    ("arguments", "name"),
    [({"workers": -1}, "workers"), ({"max_queue_size": -1}, "max_queue_size"), ({"timeout": 0}, "timeout")],
)
def test_wrong_numbers_are_refused(arguments, name):
    with pytest.raises(ValueError, match=f"`{name}`"):
        keras.utils.PyDataset(**arguments)
