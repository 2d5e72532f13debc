"""Whole models written and read: what comes back, file objects, folders, pickle, the editor, and the command line."""

import contextlib
import copy
import io
import os
import pickle
from pathlib import Path

import numpy as np
import pytest

import keras
from keras import layers
from keras.__main__ import main

X = np.linspace(-1, 1, 20, dtype="float32").reshape(5, 4)
Y = np.ones((5, 2), "float32")


def small(**kwargs):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="first"), layers.Dense(2, name="last")])
    if kwargs:
        model.compile(**kwargs)
    return model


@pytest.fixture(scope="module")
def trained():
    """A model that has made two updates."""
    model = small(optimizer="adam", loss="mse", metrics=["mae"])
    model.fit(X, Y, epochs=2, batch_size=5, verbose=0)
    return model


def assert_same(model, other):
    np.testing.assert_array_equal(model(X), other(X))


@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.hdf5", "m.safetensors", "ä ö/모델.keras"])
def test_the_weights_the_optimizer_and_the_settings_come_back(trained, in_folder, name):
    path = in_folder / name
    path.parent.mkdir(exist_ok=True)
    trained.save(path)
    found = keras.models.load_model(path)
    assert_same(found, trained)
    assert int(found.optimizer.iterations) == 2
    for a, b in zip(found.optimizer.variables, trained.optimizer.variables, strict=True):
        np.testing.assert_allclose(np.array(a), np.array(b), rtol=1e-7)
    assert found.get_compile_config()["loss"] in ("mse", "mean_squared_error")
    assert not keras.saving.load_model(path, compile=False).compiled


def test_a_folder_an_open_file_and_bytes_hold_the_same(trained, in_folder):
    trained.save("folder", zipped=False)
    trained.save("folder", zipped=False)  # replaces its own
    assert sorted(os.listdir("folder")) == ["config.json", "metadata.json", "model.weights.h5"]
    assert os.listdir() == ["folder"]
    assert_same(keras.models.load_model("folder"), trained)
    with open("open.keras", "wb") as file:
        trained.save(file)
    assert_same(keras.models.load_model("open.keras"), trained)
    data = io.BytesIO()
    keras.saving.save_model(trained, data)
    assert_same(keras.models.load_model(io.BytesIO(data.getvalue())), trained)


def test_a_folder_of_something_else_is_not_replaced(trained, in_folder):
    os.mkdir("photos")
    Path("photos/one.jpg").write_text("x")
    with pytest.raises(FileExistsError, match="something else"):
        trained.save("photos", zipped=False)
    assert os.listdir("photos") == ["one.jpg"]


def test_an_existing_model_is_kept_where_the_caller_says_so(trained, in_folder):
    trained.save("m.keras")
    before = Path("m.keras").read_bytes()
    with pytest.raises(FileExistsError, match="`overwrite` is False"):
        trained.save("m.keras", overwrite=False)
    assert Path("m.keras").read_bytes() == before


@pytest.mark.parametrize("name", ["m", "m.txt", "m.weights.h5", "m.pb"])
def test_a_name_that_says_no_format_is_refused_with_one_that_does(trained, in_folder, name):
    with pytest.raises(ValueError, match=r"\.keras"):
        trained.save(name)
    assert os.listdir() == []


def test_an_argument_that_is_not_known_is_refused(trained, in_folder):
    with pytest.raises(TypeError, match="signatures"):
        trained.save("m.keras", signatures=None)


def test_pickle_and_copies_are_models_of_their_own(trained):
    for found in (pickle.loads(pickle.dumps(trained)), copy.deepcopy(trained)):
        assert_same(found, trained)
        assert int(found.optimizer.iterations) == 2
        found.set_weights([np.zeros_like(w) for w in found.get_weights()])
    assert np.abs(np.asarray(trained(X))).max() > 0


class Twice(layers.Layer):
    def call(self, x):
        return 2 * x


def test_a_class_that_is_not_registered_needs_to_be_passed_and_pickle_knows_it(in_folder):
    model = keras.Sequential([keras.Input((4,)), Twice()])
    model.save("m.keras")
    with pytest.raises(ValueError, match=r"custom_objects=\{'Twice': Twice\}"):
        keras.models.load_model("m.keras")
    assert_same(keras.models.load_model("m.keras", custom_objects={"Twice": Twice}), model)
    assert_same(pickle.loads(pickle.dumps(model)), model)


def test_weights_in_several_files_come_back_and_old_parts_go(trained, in_folder):
    for _ in range(2):
        trained.save_weights("m.weights.json", max_shard_size=1e-7)
    found = small(optimizer="adam", loss="mse")
    found.load_weights("m.weights.json")
    assert_same(found, trained)
    names = keras.saving._shards.Reader("m.weights.json").files
    assert len(names) > 2
    assert sorted(os.listdir()) == sorted([*names, "m.weights.json"])


@pytest.mark.parametrize("name", ["w.h5", "w.safetensors", "w.weights.h5"])
def test_weights_alone_come_back(trained, in_folder, name):
    trained.save_weights(name)
    found = small()
    found.load_weights(name)
    assert_same(found, trained)


def test_layers_are_found_by_name_where_that_is_asked_for(trained, in_folder):
    trained.save("m.h5")
    other = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="first"), layers.Dense(7, name="new")])
    other.load_weights("m.h5", by_name=True)
    np.testing.assert_array_equal(other.layers[0].get_weights()[0], trained.layers[0].get_weights()[0])
    with pytest.raises(ValueError, match=r"does not fit") as error:
        other.load_weights("m.h5")
    assert "by_name=True" in str(error.value)


def test_the_best_model_of_a_run_is_saved_whole(in_folder):
    model = small(optimizer="sgd", loss="mse")
    keep = keras.callbacks.ModelCheckpoint("best-{epoch}.keras", monitor="loss", save_best_only=True)
    model.fit(X, Y, epochs=2, batch_size=5, verbose=0, callbacks=[keep])
    assert_same(keras.models.load_model("best-2.keras"), model)


def test_the_editor_renames_removes_and_adds(trained, in_folder):
    trained.save("m.keras")
    editor = keras.saving.KerasFileEditor("m.keras")
    assert editor.metadata["keras_version"]
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        editor.summary()
        assert editor.compare(trained)["status"] == "success"
        editor.rename_object("dense_1", "head")
        editor.add_object("layers/more", {"0": np.ones((2, 2))})
        editor.add_weights("more", {"1": np.zeros(2)})
        editor.delete_weight("more", "0")
        editor.delete_object("layers/dense")
        editor.save("edited.weights.h5")
        again = keras.saving.KerasFileEditor("edited.weights.h5")
        assert again.compare(trained)["status"] == "error"
    assert "shape=(4, 3), dtype=float32" in shown.getvalue()
    assert list(again.weights_dict["layers"]) == ["head", "more"]
    assert again.weights_dict["layers"]["more"]["1"].tolist() == [0, 0]
    with pytest.raises(ValueError, match=r"no object 'heed'\. Did you mean 'head'"):
        again.delete_object("heed")


def test_info_tells_what_a_file_holds_without_building_it(trained, in_folder, capsys):
    trained.save("m.keras")
    Path("broken.keras").write_text("PK?")
    with pytest.raises(SystemExit) as end:
        main(["info", "m.keras", "broken.keras"])
    assert end.value.code == 1
    shown = capsys.readouterr()
    assert "m.keras: .keras archive" in shown.out
    assert "parameters 23" in shown.out
    assert "Dense                    15" in shown.out
    assert "broken.keras" in shown.err


@pytest.mark.parametrize("name", ["m.keras", "m.h5"])
def test_functions_given_as_losses_metrics_and_activations_come_back(in_folder, name):
    hidden = layers.Dense(3, activation=keras.activations.gelu, input_shape=(4,))
    model = keras.Sequential([hidden, layers.Dense(2, activation=keras.activations.softmax)])
    metrics = [keras.metrics.categorical_accuracy, keras.metrics.pearson_correlation, keras.metrics.mse]
    model.compile("sgd", keras.losses.categorical_crossentropy, metrics=metrics)
    y = np.eye(2, dtype="float32")[[0, 1, 1, 0, 1]]
    before = model.evaluate(X, y, verbose=0)
    model.save(name)
    found = keras.models.load_model(name)
    assert found.evaluate(X, y, verbose=0) == before
    assert found.metrics_names == model.metrics_names


def test_compare_counts_an_object_that_is_missing_once(tmp_path):
    def model(*sizes):
        return keras.Sequential([keras.Input((2,)), *(keras.layers.Dense(n) for n in sizes)])

    model(3).save(tmp_path / "m.keras")
    found = keras.saving.KerasFileEditor(tmp_path / "m.keras").compare(model(3, 4, 5))
    assert (found["error_count"], found["match_count"]) == (2, 2)


def test_folder_is_not_called_as_an_archive_is(tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match="must not end in"):
        model.save(tmp_path / "m.keras", zipped=False)
