"""Arrays in files, sparse matrices and tables: read by batches, never whole."""

import h5py
import jax
import numpy as np
import pytest
import scipy.sparse

import keras
from keras._data import arrays, sources
from keras._jax import compile as engine
from keras._training.plan import Program

ROWS = 20
X = np.random.default_rng(0).normal(size=(ROWS, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


class Watched:
    """An array in a file, as far as a reader can tell; notes how many rows are read at once."""

    def __init__(self, x):
        self.x, self.shape, self.dtype, self.largest = x, x.shape, x.dtype, 0

    def __getitem__(self, rows):
        found = self.x[rows]
        self.largest = max(self.largest, len(found))
        return found


Watched.__module__ = "h5py"


def model_of(seed=0):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def trained(x, y, **kwargs):
    model = model_of()
    history = model.fit(x, y, batch_size=4, epochs=2, verbose=0, **kwargs)
    return history.history, model.get_weights(), model.predict(x, batch_size=4, verbose=0)


@pytest.fixture
def small_limits(monkeypatch):
    monkeypatch.setattr(sources, "LARGEST_READ", 16)
    monkeypatch.setattr(arrays, "LARGEST_DENSE", 16)


@pytest.mark.parametrize("arguments", [{}, {"validation_split": 0.2}, {"steps_per_epoch": 2}], ids=str)
def test_training_on_a_file_is_training_on_its_rows(small_limits, tmp_path, arguments):
    in_memory = trained(X, Y, **arguments)
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"], file["y"] = X, Y
        from_file = trained(file["x"], file["y"], **arguments)
    np.save(tmp_path / "x.npy", X)
    mapped = trained(np.load(tmp_path / "x.npy", mmap_mode="r"), Y, **arguments)
    sparse = trained(scipy.sparse.coo_matrix(X), Y, **arguments)
    for found in (from_file, mapped, sparse):
        for name, values in in_memory[0].items():
            np.testing.assert_allclose(found[0][name], values, rtol=1e-5)
        for a, b in zip(found[1], in_memory[1]):
            np.testing.assert_allclose(a, b, rtol=1e-5)
        np.testing.assert_allclose(found[2], in_memory[2], rtol=1e-5)


def test_no_more_than_a_batch_is_read_at_once(small_limits):
    x = Watched(X)
    model = model_of()
    model.fit(x, Y, batch_size=4, validation_split=0.2, verbose=0)
    model.evaluate(x, Y, batch_size=4, verbose=0)
    model.predict(x, batch_size=4, verbose=0)
    assert x.largest == 4


def test_small_files_are_read_at_once_so_that_an_epoch_is_one_program():
    x = Watched(X)
    model_of().fit(x, Y, batch_size=4, verbose=0)
    assert x.largest == ROWS


def test_an_error_while_reading_reaches_the_user(small_limits):
    class Broken(Watched):
        def __getitem__(self, rows):
            raise OSError("the disk is gone")

    Broken.__module__ = "h5py"
    with pytest.raises(OSError, match="the disk is gone"):
        model_of().fit(Broken(X), Y, verbose=0)


class Table:
    """What Hugging Face's `datasets` looks like from outside."""

    def __init__(self, columns):
        self.columns = columns

    @property
    def column_names(self):
        return list(self.columns)

    def select_columns(self, names):
        return Table({name: self.columns[name] for name in names})

    def with_format(self, kind):
        assert kind == "numpy"
        return self

    def __len__(self):
        return len(next(iter(self.columns.values())))

    def __getitem__(self, rows):
        return {name: column[rows] for name, column in self.columns.items()}


def test_a_table_is_inputs_and_the_column_called_label():
    expected = trained(X, Y)
    assert trained(Table({"features": X, "label": Y}), None)[0] == expected[0]
    by_name = keras.Input((3,), name="features"), keras.Input((3,), name="more")
    model = keras.Model(by_name, keras.layers.Dense(1)(keras.layers.add(by_name)))
    model.compile("sgd", "mse")
    model.fit(Table({"features": X, "more": X, "labels": Y}), verbose=0)
    with pytest.raises(TypeError, match="holds text"):
        model.fit(Table({"features": np.array(["a", "b"]), "label": Y[:2]}), verbose=0)


@pytest.mark.parametrize("hooks", [False, True])
def test_a_call_of_a_program_makes_steps_on_many_batches_of_a_file_unless_hooks_ask_for_each(
    small_limits, tmp_path, monkeypatch, hooks
):
    class Counts(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(batch)

    seen, calls, run = [], [], Program.run
    monkeypatch.setattr(Program, "run", lambda self, *args: (calls.append(self), run(self, *args))[1])
    np.save(tmp_path / "x.npy", X[:18])
    model = model_of()
    x = np.load(tmp_path / "x.npy", mmap_mode="r")
    history = model.fit(x, Y[:18], batch_size=4, verbose=0, callbacks=[Counts()] if hooks else [])
    assert seen == (list(range(5)) if hooks else [])
    assert len(calls) == (5 if hooks else 2)  # four full batches, and the rest
    expected = model_of().fit(X[:18], Y[:18], batch_size=4, verbose=0)
    np.testing.assert_allclose(history.history["loss"], expected.history["loss"], rtol=1e-5)


@pytest.mark.skipif(jax.default_backend() != "cpu", reason="elsewhere convolutions are as fast inside loops")
def test_a_short_last_batch_of_a_file_compiles_nothing_more_where_steps_are_made_one_by_one(small_limits, tmp_path):
    keras.utils.set_random_seed(0)
    images = np.random.default_rng(0).normal(size=(18, 6, 6, 1)).astype("float32")
    np.save(tmp_path / "x.npy", images)
    layers = keras.layers
    model = keras.Sequential([keras.Input((6, 6, 1)), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    with engine.counting() as counted:
        model.fit(np.load(tmp_path / "x.npy", mmap_mode="r"), Y[:18], batch_size=4, verbose=0)
    assert sum(n for name, n in counted.compiles.items() if name.startswith("train")) == 1


def test_training_on_a_file_goes_on_with_the_optimizer_that_a_callback_gave(small_limits, tmp_path):
    class Another(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 0:
                self.model.optimizer = keras.optimizers.SGD(0.5)

    def losses(x):
        return model_of().fit(x, Y, batch_size=4, epochs=3, verbose=0, callbacks=[Another()]).history["loss"]

    np.save(tmp_path / "x.npy", X)
    expected = losses(X)
    np.testing.assert_allclose(losses(np.load(tmp_path / "x.npy", mmap_mode="r")), expected, rtol=1e-5)
