"""OrbaxCheckpoint: what is written while training goes on, and what comes back."""

import json
import shutil
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import keras

FOLDERS = Path(__file__).parents[1] / "golden" / "folders"


def test_without_orbax_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "orbax.checkpoint", None)
    with pytest.raises(ImportError, match=r"kerata\[checkpoint\]"):
        keras.callbacks.OrbaxCheckpoint(tmp_path)


X = np.random.default_rng(0).normal(size=(8, 2)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def model_of(seed=0):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="only")], name="m")
    model.compile("adam", "mse")
    return model


@pytest.mark.parametrize("in_background", [False, True])
def test_a_checkpoint_comes_back_into_another_model(tmp_path, in_background):
    pytest.importorskip("orbax.checkpoint")
    callback = keras.callbacks.OrbaxCheckpoint(tmp_path, max_to_keep=2, save_on_background=in_background)
    model = model_of()
    model.fit(X, Y, epochs=3, verbose=0, callbacks=[callback])
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.isdigit()) == ["1", "2"]
    other = model_of(1)
    other.optimizer.build(other.trainable_variables)
    assert callback.restore(other) == 2
    for a, b in zip([*model.weights, *model.optimizer.variables], [*other.weights, *other.optimizer.variables]):
        np.testing.assert_array_equal(a, b)
    assert callback.is_primary_host()
    assert not callback.is_multihost_enabled()
    with pytest.raises(ValueError, match="has no checkpoint 7"):
        callback.restore(other, 7)


def test_only_the_best_and_only_weights_after_batches(tmp_path):
    pytest.importorskip("orbax.checkpoint")
    callback = keras.callbacks.OrbaxCheckpoint(tmp_path, save_freq=3, max_to_keep=None, save_weights_only=True)
    model_of().fit(X, Y, batch_size=2, epochs=2, verbose=0, callbacks=[callback])
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.isdigit()) == ["3", "6"]
    other = model_of(1)
    before = [np.array(v) for v in other.optimizer.variables]
    callback.restore(other)
    for a, b in zip(before, other.optimizer.variables):
        np.testing.assert_array_equal(a, b)
    best = keras.callbacks.OrbaxCheckpoint(tmp_path / "best", monitor="loss", save_best_only=True, max_to_keep=None)
    best.set_model(other)
    for epoch, loss in enumerate([3.0, 4.0, 2.0]):
        best.on_epoch_end(epoch, {"loss": loss})
    best.on_train_end()
    assert sorted(p.name for p in (tmp_path / "best").iterdir() if p.name.isdigit()) == ["0", "2"]


def numbered_model():
    model = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(3), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
    )
    model.compile("adam", "mse", metrics=["mae"])
    return model


def test_models_and_weights_come_back_from_the_folder_of_checkpoints_and_from_that_of_one(tmp_path):
    pytest.importorskip("orbax.checkpoint")
    model = numbered_model()
    model.fit(X, Y, epochs=2, verbose=0, callbacks=[keras.callbacks.OrbaxCheckpoint(tmp_path, max_to_keep=None)])
    again = keras.models.load_model(tmp_path)
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    assert int(again.optimizer.iterations) == 2
    assert int(keras.models.load_model(tmp_path / "0").optimizer.iterations) == 1
    for folder, other in ((tmp_path, numbered_model()), (tmp_path / "1", again)):  # whose layers have other numbers
        other.load_weights(folder)
        for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
        model.train_on_batch(X, Y), other.train_on_batch(X, Y)  # so the optimizer and the seeds came back too
        np.testing.assert_array_equal(model.get_weights()[0], other.get_weights()[0])
        model.load_weights(tmp_path)
    with pytest.raises(FileExistsError, match="has a checkpoint 0 already"):
        model.fit(X, Y, verbose=0, callbacks=[keras.callbacks.OrbaxCheckpoint(tmp_path)])


def test_checkpoints_of_weights_alone_and_those_that_do_not_fit_say_so(tmp_path):
    pytest.importorskip("orbax.checkpoint")
    model = model_of()
    model.fit(X, Y, verbose=0, callbacks=[keras.callbacks.OrbaxCheckpoint(tmp_path, save_weights_only=True)])
    with pytest.raises(ValueError, match="holds weights only"):
        keras.models.load_model(tmp_path)
    other = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, name="only"), keras.layers.Dense(1)], name="m")
    before = other.get_weights()
    with pytest.raises(ValueError, match=r"m.only.kernel: \(3, 1\) in the model, \(2, 1\) in the checkpoint"):
        other.load_weights(tmp_path)
    np.testing.assert_array_equal(before[0], other.get_weights()[0])
    with pytest.warns(UserWarning, match="3 variables of m do not fit"):
        other.load_weights(tmp_path, skip_mismatch=True)
    np.testing.assert_array_equal(other.get_weights()[1], model.get_weights()[1])
    with pytest.raises(ValueError, match="leave out `by_name`"):
        other.load_weights(tmp_path, by_name=True)


@keras.saving.register_keras_serializable("golden_orbax")
class Noted(keras.layers.Layer):
    def __init__(self, text="", name="noted", **kwargs):
        super().__init__(name=name, **kwargs)
        self.text = text

    def call(self, x):
        return x

    def save_assets(self, folder):
        Path(folder, "notes.txt").write_text(self.text)

    def load_assets(self, folder):
        self.text = Path(folder, "notes.txt").read_text()


def test_a_checkpoint_of_keras_3_goes_on_here_and_ours_have_its_layout(tmp_path):
    """By `tools/golden/keras3_orbax.py`."""
    tensorstore = pytest.importorskip("tensorstore")
    pytest.importorskip("orbax.checkpoint")
    with zipfile.ZipFile(FOLDERS / "orbax.zip") as archive:
        archive.extractall(tmp_path / "theirs")
    golden = np.load(FOLDERS / "orbax.npz")
    model = keras.models.load_model(tmp_path / "theirs")
    np.testing.assert_allclose(model(golden["x"]), golden["out"], rtol=1e-5, atol=1e-6)
    assert model.get_layer("noted").text == "word word "
    model.train_on_batch(golden["x"], golden["y"])
    np.testing.assert_allclose(model(golden["x"]), golden["after"], rtol=1e-4, atol=1e-5)
    ours = keras.callbacks.OrbaxCheckpoint(tmp_path / "ours", save_on_background=False)
    model.fit(golden["x"], golden["y"], initial_epoch=1, epochs=2, verbose=0, callbacks=[ours])

    def layout(root):
        found = {}
        for part in ("pytree", "assets"):
            base = f"file://{root}/1/{part}/"
            keys = tensorstore.KvStore.open({"driver": "ocdbt", "base": base}).result().list().result()
            found[part] = sorted(key.decode().replace("variables.m.", "variables.") for key in keys)
            # slots' names have that of the model inside, which one made from a config leaves out, seeds' a number
            found[part] = [key for key in found[part] if "adam" not in key and "seed" not in key]
        (text,) = json.loads((root / "1" / "model_config" / "_strings.json").read_text()).values()
        return found, json.loads(text)["class_name"], sorted(p.name for p in (root / "1").iterdir())

    assert layout(tmp_path / "ours") == layout(tmp_path / "theirs")


def test_checkpoints_that_mean_harm_are_refused_and_nothing_changes(tmp_path):
    tensorstore = pytest.importorskip("tensorstore")
    pytest.importorskip("orbax.checkpoint")
    model = model_of()
    model.fit(X, Y, verbose=0, callbacks=[keras.callbacks.OrbaxCheckpoint(tmp_path / "good", save_on_background=False)])
    before = model.get_weights()
    key = "trainable_variables.m.only.kernel/zarr.json"
    vast = {"name": "regular", "configuration": {"chunk_shape": [2**40, 1]}}
    changes = {
        "pieces larger than the whole": {"chunk_grid": vast},
        "more pieces than devices make": {"shape": [2**40, 2**40]},
        "stored in a way": {"data_type": "complex64"},
        "no array has": {"shape": [-2, 1]},
        "far more than the size": {"shape": [2**40, 1], "chunk_grid": vast, "codecs": [{"name": "bytes"}]},
        "there is a link": None,
    }
    for reason, change in changes.items():
        bad = tmp_path / reason
        shutil.copytree(tmp_path / "good", bad)
        if change is None:
            (bad / "0" / "pytree" / "more").symlink_to(__file__)
        else:
            store = tensorstore.KvStore.open({"driver": "ocdbt", "base": f"file://{bad}/0/pytree/"}).result()
            about = json.loads(store.read(key).result().value)
            store.write(key, json.dumps(about | change).encode()).result()
        with pytest.raises(ValueError, match=reason):
            keras.models.load_model(bad)
        with pytest.raises(ValueError, match=reason):
            model.load_weights(bad)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
