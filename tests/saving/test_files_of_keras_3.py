"""Whole models that Keras 3.15.1 wrote, in every format: read here, written again, read again."""

from pathlib import Path

import numpy as np
import pytest

import keras
from golden import file_models

FILES = Path(file_models.__file__).parent / "files"
WHOLE = sorted(p.name for p in FILES.iterdir() if p.suffix in (".keras", ".h5"))


def assert_predicts(model, name):
    expected = np.load((FILES / name).with_suffix(".npz"))
    close = 2e-2 if "half" in name else 1e-5
    for key, found in zip(expected.files, file_models.predictions(model), strict=True):
        np.testing.assert_allclose(found, expected[key], rtol=close, atol=close)


@pytest.mark.filterwarnings("ignore:The state of the optimizer")
@pytest.mark.parametrize("name", WHOLE)
def test_a_file_of_keras_3_predicts_as_it_did_there_and_so_does_the_file_written_here(name, in_folder):
    model = keras.models.load_model(FILES / name)
    assert_predicts(model, name)
    model.save(name)
    assert_predicts(keras.models.load_model(name), name)
    assert model.compiled == (Path(name).stem in file_models.COMPILED)


def test_what_a_model_was_compiled_with_comes_back():
    model = keras.models.load_model(FILES / "outputs.keras")
    assert isinstance(model.optimizer, keras.optimizers.AdamW)
    assert model.optimizer.weight_decay == 0.01
    config = model.get_compile_config()
    assert config["loss"]["one"]["config"]["label_smoothing"] == 0.1
    assert config["loss"]["two"] == "sparse_categorical_crossentropy"
    assert config["loss_weights"] == {"one": 1.0, "two": 0.5}
    assert config["optimizer"]["config"]["learning_rate"]["class_name"] == "CosineDecay"
    assert model.get_layer("one").kernel_constraint.get_config() == {}
    assert not keras.models.load_model(FILES / "outputs.keras", compile=False).compiled


def test_a_layer_that_two_inner_models_share_stays_one():
    model = keras.models.load_model(FILES / "shared.keras")
    assert model.get_layer("first").get_layer("common") is model.get_layer("second").get_layer("common")


def test_a_registered_loss_and_layer_come_back_as_they_are():
    model = keras.models.load_model(FILES / "custom.keras")
    assert model.loss is file_models.far
    assert type(model.layers[0]) is file_models.Scale
    assert model.layers[0].by == 2.0
