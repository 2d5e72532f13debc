"""What a user does by mistake: what is told, and what helps."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest

import keras
from keras import layers


class Own(layers.Layer):
    def call(self, x):
        return x * 2


def twice(x):
    return x * 2


def distance_told(y_true, y_pred):
    return keras.ops.mean(keras.ops.abs(y_true - y_pred))


def score(y_true, y_pred):
    return keras.ops.mean(y_pred)


def model(*more):
    return keras.Sequential([keras.Input((2,)), layers.Dense(2, kernel_initializer="ones"), *more])


@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.safetensors"])
def test_what_a_file_needs_of_the_program_is_named_with_how_to_pass_it(name, in_folder):
    model(Own()).save(name)
    with pytest.raises(ValueError, match=rf"{name}[^$]*'Own'[^$]*custom_objects=\{{'Own': Own\}}"):
        keras.models.load_model(name)
    assert type(keras.models.load_model(name, custom_objects={"Own": Own}).layers[-1]) is Own
    compiled = model(layers.Activation(twice))
    compiled.compile("sgd", distance_told, metrics=[score])
    compiled.save(name)
    known = {"twice": twice, "distance_told": distance_told, "score": score}
    for missing in known:
        with pytest.raises(ValueError, match=f"Unknown[^$]*'{missing}'"):
            keras.models.load_model(name, custom_objects={k: v for k, v in known.items() if k != missing})
    again = keras.models.load_model(name, custom_objects=known)
    assert again.evaluate(np.ones((1, 2)), np.ones((1, 2)), verbose=0) == [3.0, 4.0]
    if name != "m.safetensors":
        assert not keras.models.load_model(name, {"twice": twice}, compile=False).compiled


def test_a_path_where_nothing_is_is_told_with_what_is_near(in_folder):
    model().save("digits.keras")
    with pytest.raises(FileNotFoundError, match=r"no file 'digit\.keras'\. Did you mean 'digits\.keras'\?"):
        keras.models.load_model("digit.keras")
    with pytest.raises(FileNotFoundError, match=r"no file 'none/m\.keras'\. There is no folder 'none' either"):
        keras.models.load_model(Path("none") / "m.keras")
    for wrong in (None, 3):
        with pytest.raises(TypeError, match="PathLike"):
            keras.models.load_model(wrong)


def test_what_is_no_model_is_said_to_be_what_it_is(in_folder):
    model().save("m.keras")
    model().save("m.h5")
    model().save_weights("w.weights.h5")
    os.mkdir("empty")
    Path("text.keras").write_text('{"class_name": "Sequential"}')
    for name, reason in {
        "empty": "a folder without config.json",
        "text.keras": "neither a '.keras' archive nor HDF5 nor safetensors",
        "w.weights.h5": r"weights alone[^$]*model\.load_weights",
    }.items():
        with pytest.raises(ValueError, match=f"{name}[^$]*{reason}"):
            keras.models.load_model(name)
    for name in ("m.keras", "m.h5"):
        whole = Path(name).read_bytes()
        Path(f"cut.{name}").write_bytes(whole[: len(whole) * 2 // 3])
        with pytest.raises(ValueError, match=rf"cut\.{name}.*cut short.*not written to its end"):
            keras.models.load_model(f"cut.{name}")


@pytest.mark.parametrize("name", ["m.keras", "m.safetensors", "m.weights.h5", "folder"])
def test_saving_to_a_folder_that_is_not_there_names_the_folder(name, in_folder):
    made = model()
    write = made.save_weights if "weights" in name else made.save
    with pytest.raises(FileNotFoundError, match=r"there is no folder '.*none/deep'") as error:
        write(f"none/deep/{name}", **({"zipped": False} if name == "folder" else {}))
    assert error.value.errno == errno.ENOENT
    assert os.listdir() == []


def test_a_whole_model_in_h5_makes_its_folder_as_in_tf_keras_and_keras_3(in_folder):
    model().save("none/deep/m.h5")
    assert keras.models.load_model("none/deep/m.h5").built


def test_a_model_that_is_not_built_is_saved_and_built_later(in_folder):
    made = keras.Sequential([layers.Dense(2)])
    for name in ("m.keras", "m.h5"):
        made.save(name)
        again = keras.models.load_model(name)
        assert not again.built
        assert again(np.ones((1, 3))).shape == (1, 2)
    with pytest.raises(ValueError, match="is not built yet, so it has no weights"):
        made.save_weights("w.weights.h5")
    assert sorted(os.listdir()) == ["m.h5", "m.keras"]


@pytest.mark.parametrize("kind", [FileNotFoundError, ValueError])
@pytest.mark.parametrize("name", ["m.keras", "m.h5", "folder"])
def test_a_file_that_is_not_there_is_what_earlier_releases_and_keras_3_call_it(kind, name, in_folder):
    with pytest.raises(kind, match=f"no file '{name}'"):
        keras.models.load_model(name)


@pytest.mark.parametrize("kind", [TypeError, ValueError])
@pytest.mark.parametrize(
    "call",
    [
        lambda: model().save("m.keras", no_such=1),
        lambda: model().load_weights("m.weights.h5", no_such=1),
        lambda: model().evaluate(np.ones((2, 2)), no_such=1),
        lambda: model().export("m", no_such=1),
        lambda: keras.models.clone_model(model(), no_such=1),
        lambda: keras.utils.model_to_dot(model(), no_such=1),
        lambda: keras.random.SeedGenerator(1, no_such=1),
        lambda: layers.Dense(2, no_such=1),
    ],
)
def test_an_unknown_argument_is_what_earlier_releases_and_keras_3_call_it(kind, call, in_folder):
    with pytest.raises(kind, match=r"unknown argument.* '?no_such"):
        call()


@pytest.mark.parametrize("operation", ["softmax", "mean", "logsumexp"])
def test_an_axis_that_is_a_word_is_refused_like_everything_else(operation):
    x = keras.Input((3,))
    text = keras.Model(x, getattr(keras.ops, operation)(x, axis=-1)).to_json()
    with pytest.raises(ValueError, match=r"the JSON is refused: at its text, .*unbound axis name: b"):
        keras.models.model_from_json(text.replace('"axis": -1', '"axis": "b"'))
