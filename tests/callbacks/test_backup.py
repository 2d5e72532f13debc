"""A run that was stopped at any moment and started again ends as one that was never stopped."""

import os

import numpy as np
import pytest

import keras
from keras.callbacks import BackupAndRestore

X = np.random.default_rng(0).normal(size=(20, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


class Stops(keras.callbacks.Callback):
    """Ends a run like a kill would: in the middle, with an exception."""

    def __init__(self, epoch, batch=None):
        self.when = (epoch, batch)
        self.epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == self.when:
            raise KeyboardInterrupt

    def on_epoch_end(self, epoch, logs=None):
        if (epoch, None) == self.when:
            raise KeyboardInterrupt


class Numbers(keras.utils.PyDataset):
    def __len__(self):
        return 5

    def __getitem__(self, i):
        return X[i * 4 : i * 4 + 4], Y[i * 4 : i * 4 + 4]


def run(data, *callbacks, seed=0):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dropout(0.3, seed=1), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.1), "mse", metrics=["mae"])
    arguments = {"batch_size": 4} if len(data) == 2 else {}
    history = model.fit(*data, epochs=4, verbose=0, callbacks=list(callbacks), **arguments)
    return model, history.history


@pytest.mark.parametrize("save_freq", ["epoch", 1, 3])
@pytest.mark.parametrize("data", [(X, Y), (Numbers(),)], ids=["arrays", "dataset"])
def test_stopping_changes_nothing(tmp_path, data, save_freq):
    whole, logs = run(data)
    for stop in (Stops(1), Stops(2, 1), Stops(2, 4)) if len(data) == 2 else (Stops(2, 1),):
        with pytest.raises(KeyboardInterrupt):
            run(data, BackupAndRestore(tmp_path, save_freq), stop)
        assert os.listdir(tmp_path) == ["backup.npz"]
        # another seed: everything that decides comes from the backup
        again, found = run(data, BackupAndRestore(tmp_path, save_freq), seed=99)
        for a, b in zip(whole.get_weights(), again.get_weights()):
            np.testing.assert_array_equal(a, b)
        assert found["loss"] == logs["loss"][-len(found["loss"]) :]
        assert found["mae"] == logs["mae"][-len(found["mae"]) :]
        assert not os.path.exists(tmp_path)  # as in Keras 3


def test_the_backup_stays_if_it_is_to_and_nothing_is_left_to_do(tmp_path):
    whole, _ = run((X, Y), BackupAndRestore(tmp_path, delete_checkpoint=False))
    assert os.listdir(tmp_path) == ["backup.npz"]
    again, found = run((X, Y), BackupAndRestore(tmp_path, delete_checkpoint=False), seed=5)
    assert found == {}
    for a, b in zip(whole.get_weights(), again.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_a_backup_that_cannot_be_read_is_said_or_the_one_before_is_used(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run((X, Y), BackupAndRestore(tmp_path, double_checkpoint=True), Stops(2))
    assert sorted(os.listdir(tmp_path)) == ["backup.npz", "previous.npz"]
    (tmp_path / "backup.npz").write_bytes(b"broken")
    with pytest.raises(ValueError, match=r"backup\.npz cannot be read"):
        run((X, Y), BackupAndRestore(tmp_path))
    whole, _ = run((X, Y))
    again, _ = run((X, Y), BackupAndRestore(tmp_path, double_checkpoint=True), seed=9)
    for a, b in zip(whole.get_weights(), again.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_a_backup_of_another_model_is_refused(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run((X, Y), BackupAndRestore(tmp_path), Stops(1))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"another model: it holds \d+ variables"):
        model.fit(X, Y, verbose=0, callbacks=[BackupAndRestore(tmp_path)])
    with pytest.raises(ValueError, match="`save_freq`"):
        BackupAndRestore(tmp_path, save_freq=0)
    for nothing in ("", None):
        with pytest.raises(ValueError, match="`backup_dir`"):
            BackupAndRestore(nothing)


def test_files_of_the_users_stay_in_the_folder_of_the_backups(tmp_path):
    (tmp_path / "a" / "notes").mkdir(parents=True)
    (tmp_path / "a" / "notes" / "mine.txt").write_text("kept")
    for folder in ("a", "b"):
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(X, Y, verbose=0, callbacks=[BackupAndRestore(str(tmp_path / folder))])
    assert (sorted(os.listdir(tmp_path)), os.listdir(tmp_path / "a")) == (["a"], ["notes"])
    assert (tmp_path / "a" / "notes" / "mine.txt").read_text() == "kept"
