"""Batches of a stream that come quickly are trained on several in a call, with the results of one at a time."""

import itertools
import time

import numpy as np
import pytest

import keras
from keras import layers
from keras._jax.compile import counting, programs
from keras._training import loop
from keras._training.plan import Program
from keras.callbacks import _resume

ROWS = 85  # ten batches of 8 and one of 5
X = np.random.default_rng(0).random((ROWS, 4)).astype("float32")
Y = (X.sum(1) > 2).astype("int64")


class Parts(keras.utils.PyDataset):
    def __len__(self):
        return 11

    def __getitem__(self, i):
        return X[i * 8 : (i + 1) * 8], Y[i * 8 : (i + 1) * 8]


def parts(sizes, wait=0.0):
    """Batches with so many rows, again and again."""
    while True:
        at = 0
        for size in sizes:
            time.sleep(wait)
            yield X[at : at + size], Y[at : at + size]
            at += size


def compiled():
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(6, "tanh"), layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy", "auc"])
    return model


@pytest.fixture
def calls(monkeypatch):
    """How often the program of a training step is called."""
    found, run = [], Program.run
    monkeypatch.setattr(Program, "run", lambda self, *args: found.append(self.at_once) or run(self, *args))
    return found


@pytest.fixture
def patient(monkeypatch):
    monkeypatch.setattr(loop, "PATIENCE", 60)


def test_results_are_those_of_arrays_and_one_program_serves_the_short_batch_too(calls, patient):
    expected = compiled()
    wanted = expected.fit(X, Y, batch_size=8, epochs=3, shuffle=False, verbose=0).history
    model = compiled()
    programs.clear()
    calls.clear()
    with counting() as count:
        history = model.fit(Parts(), epochs=3, shuffle=False, verbose=0).history
    assert count.compiles["train_chunk"] + count.compiles["train_step"] == 1
    assert len(calls) == 4  # the very first batch alone, to see what the source does
    for name, values in wanted.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-6)
    for ours, theirs in zip(model.get_weights(), expected.get_weights()):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    calls.clear()
    found = model.evaluate(Parts(), verbose=0)
    assert len(calls) == 2
    np.testing.assert_allclose(found, model.evaluate(X, Y, batch_size=8, verbose=0), rtol=1e-6)


def test_how_many_come_together_and_hooks_change_no_bit(calls, patient, monkeypatch):
    def trained(**options):
        calls.clear()
        model = compiled()
        model.fit(parts([8] * 10), steps_per_epoch=10, epochs=2, verbose=0, **options)
        return len(calls), np.concatenate([w.ravel() for w in model.get_weights()])

    seen = []
    together, expected = trained()
    hook = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(batch))
    asked, found = trained(callbacks=[hook])
    assert (together, asked, seen) == (3, 20, list(range(10)) * 2)
    np.testing.assert_array_equal(found, expected)
    monkeypatch.setattr(loop, "PATIENCE", 0)
    assert trained()[0] == 20
    np.testing.assert_array_equal(trained()[1], expected)


def test_what_comes_slowly_does_not_wait_for_more(calls):
    compiled().fit(parts([8] * 10, wait=0.01), steps_per_epoch=10, verbose=0)
    assert len(calls) == 10


def test_batches_unlike_the_others_keep_their_place(patient):
    sizes = [8, 8, 12, 8, 3, 12, 8, 8, 8, 10]
    model, expected = compiled(), compiled()
    model.fit(parts(sizes), steps_per_epoch=10, epochs=2, verbose=0)
    source = parts(sizes)
    for _ in range(20):
        expected.train_on_batch(*next(source))
    for ours, theirs in zip(model.get_weights(), expected.get_weights()):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)


def test_batches_come_together_also_where_the_first_is_short(calls, patient):
    compiled().fit(parts([5] + [8] * 10), steps_per_epoch=11, verbose=0)
    assert len(calls) == 2


def test_an_error_of_the_source_comes_after_the_batches_before_it(patient):
    def breaks():
        for i, batch in enumerate(parts([8] * 10)):
            if i == 5:
                raise OSError("the disk is gone")
            yield batch

    model = compiled()
    with pytest.raises(OSError, match="the disk is gone"):
        model.fit(breaks(), verbose=0)
    assert model.optimizer.iterations == 5


@pytest.mark.parametrize("look", [lambda model: model.predict(X[:1], verbose=0), lambda model: model.get_weights()[0]])
def test_a_source_that_looks_at_the_model_sees_it_after_each_step(look, patient):
    seen, model = [], compiled()

    def looking():
        for batch in parts([8] * 10):
            seen.append(look(model))
            yield batch

    model.fit(looking(), steps_per_epoch=10, epochs=2, verbose=0)
    assert len(seen) == 20
    assert all((one != other).any() for one, other in itertools.pairwise(seen))


def test_no_more_is_taken_from_a_generator_than_its_steps(patient):
    taken = []
    counted = (taken.append(1) or batch for batch in parts([8] * 10))
    compiled().fit(counted, steps_per_epoch=9, epochs=2, verbose=0)
    assert len(taken) == 18


def test_a_backup_does_not_count_a_batch_that_waits(tmp_path, patient, monkeypatch):
    """The third batch is unlike the first two, so it has come when they are trained on, and is not used up."""
    monkeypatch.setattr(_resume, "SECONDS", 0)

    class Gone(Exception):
        pass

    def fitted(**options):
        model = compiled()
        model.fit(parts([8, 8, 12, 8, 8, 8, 8, 8, 8, 8]), steps_per_epoch=10, verbose=0, **options)
        return model

    save = _resume.Resume.save

    def ends(self, epoch, step):
        save(self, epoch, step)
        if step > 1:
            assert step == 2
            raise Gone

    with monkeypatch.context() as patch:
        patch.setattr(_resume.Resume, "save", ends)
        with pytest.raises(Gone):
            fitted(resume=tmp_path)
    for ours, theirs in zip(fitted(resume=tmp_path).get_weights(), fitted().get_weights()):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_inputs_by_name_and_weights_come_together(calls, patient):
    a, b = keras.Input((4,), name="a"), keras.Input((2,), name="b")
    model = keras.Model({"a": a, "b": b}, layers.Dense(1)(layers.Concatenate()([a, b])))
    model.compile("sgd", "mse")

    def named():
        for x, y in parts([8] * 10):
            yield {"a": x, "b": x[:, :2].astype("float64")}, y, np.ones(len(y))

    model.fit(named(), steps_per_epoch=10, verbose=0)
    assert len(calls) == 2


def two_outputs():
    inputs = keras.Input((4,))
    hidden = layers.Dense(3, "tanh")(inputs)
    return keras.Model(inputs, {"a": layers.Dense(2)(hidden), "b": [hidden, layers.Reshape((3, 1))(hidden)]})


@pytest.mark.parametrize("rows", [80, ROWS, 33 * 8, 33 * 8 + 1])
def test_outputs_of_arrays_are_computed_in_few_calls(calls, rows):
    model, x = two_outputs(), np.resize(X, (rows, 4))
    found = model.predict(x, batch_size=8, verbose=0)
    assert len(calls) == -(-rows // (8 * 32))
    expected = model(x)
    np.testing.assert_allclose(found["a"], expected["a"], rtol=1e-5, atol=1e-6)
    for ours, theirs in zip(found["b"], expected["b"]):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_outputs_of_streams_are_computed_in_few_calls(calls, patient):
    model = two_outputs()
    expected = np.asarray(model(X)["a"])
    for data, steps, rows in ((Parts(), None, ROWS), (parts([8] * 10), 9, 72), (parts([8, 3, 9, 8] * 3), 8, 56)):
        calls.clear()
        found = model.predict(data, steps=steps, verbose=0)["a"]
        assert len(found) == rows
        assert len(calls) <= 5
        np.testing.assert_allclose(found, expected[:rows], rtol=1e-5, atol=1e-6)


def test_hooks_after_batches_of_a_prediction_get_the_outputs_of_each():
    model, shapes = two_outputs(), []
    hook = keras.callbacks.LambdaCallback(
        on_predict_batch_end=lambda batch, logs: shapes.append(logs["outputs"]["a"].shape)
    )
    model.predict(X, batch_size=8, callbacks=[hook], verbose=0)
    assert shapes == [(8, 2)] * 10 + [(5, 2)]


def test_states_go_on_from_batch_to_batch_of_a_prediction(calls):
    inputs = keras.Input(batch_shape=(2, 3, 1))
    model = keras.Model(inputs, layers.GRU(2, stateful=True)(inputs))
    x = np.random.default_rng(1).random((40, 3, 1)).astype("float32")
    found = model.predict(x, batch_size=2, verbose=0)
    assert len(calls) == 1
    model.reset_states()
    expected = np.concatenate([model.predict_on_batch(x[i : i + 2]) for i in range(0, 40, 2)])
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_step_of_ones_own_may_hand_out_anything(calls):
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)

        def call(self, x):
            return self.dense(x)

        def predict_step(self, data):
            return {"rows": self(data), "sum": keras.ops.sum(data, axis=0, keepdims=True)}

    model = Own()
    found = model.predict(X[:80], batch_size=8, verbose=0)
    assert len(calls) == 1
    np.testing.assert_allclose(found["rows"], model(X[:80]), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found["sum"], X[:80].reshape(10, 8, 4).sum(1), rtol=1e-5)


@pytest.mark.parametrize("verbose", [1, 2])
def test_steps_that_nobody_knew_are_told_at_the_end(verbose, capsys):
    def few(count):
        return itertools.islice(parts([8] * 10), count)

    model = compiled()
    model.fit(few(9), verbose=verbose)
    model.evaluate(few(4), verbose=verbose)
    model.predict(few(10), verbose=verbose)
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["9/9", "4/4", "10/10"]
