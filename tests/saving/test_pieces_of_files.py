"""What files of Keras 3.15.1 showed: orders of weights in `.h5`, losses and metrics with names of their own."""

import json

import h5py
import numpy as np
import pytest

import keras
from keras import layers


@keras.saving.register_keras_serializable("pieces")
class Far(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return keras.ops.mean(abs(y_true - y_pred), axis=-1)


@keras.saving.register_keras_serializable("pieces")
def off(y_true, y_pred):
    return keras.ops.mean(y_true - y_pred, axis=-1)


def test_hdf5_lists_trained_weights_first_as_keras_3_and_2_do(in_folder):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="low"), layers.Dense(2, name="eight")])
    model.layers[0].enable_lora(1)
    model.layers[0].lora_kernel_b.assign([[1.0, 2.0]])
    model.layers[1].quantize("float8")
    model.save("model.h5")
    with h5py.File("model.h5") as file:
        names = [n.decode() for n in file["model_weights/low"].attrs["weight_names"]]
        scaled = [n.decode() for n in file["model_weights/eight"].attrs["weight_names"]]
    assert [n.split("/")[-1] for n in names] == ["bias", "lora_kernel_a", "lora_kernel_b", "kernel"]
    trained = [v.path for v in model.layers[1].trainable_weights]
    assert scaled[: len(trained)] == trained
    again = keras.models.load_model("model.h5")
    for found, expected in zip(again.layers[0].weights, model.layers[0].weights, strict=True):
        assert found.name == expected.name
        np.testing.assert_array_equal(found, expected)


def test_a_metric_keeps_the_name_it_was_given_around_a_function(in_folder):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    model.compile("sgd", Far(), metrics=[off, keras.metrics.MeanMetricWrapper(off, name="mean_off"), "accuracy"])
    x, y = np.ones((4, 3)), np.ones((4, 2))
    expected = model.evaluate(x, y, verbose=0, return_dict=True)
    assert set(expected) == {"loss", "off", "mean_off", "accuracy"}
    for name in ("model.keras", "model.h5"):
        model.save(name)
        again = keras.models.load_model(name)
        assert type(again.loss) is Far
        assert again.evaluate(x, y, verbose=0, return_dict=True) == pytest.approx(expected)
    with h5py.File("model.h5") as file:
        assert json.loads(file.attrs["training_config"])["loss"]["class_name"] == "pieces>Far"


def test_a_relu_of_keras_2_has_a_threshold():
    config = {
        "name": "m",
        "layers": [
            {
                "class_name": "ReLU",
                "config": {
                    "name": "r",
                    "batch_input_shape": [None, 3],
                    "max_value": None,
                    "negative_slope": 0.5,
                    "threshold": 1.0,
                },
            }
        ],
    }
    text = json.dumps({"class_name": "Sequential", "config": config, "keras_version": "2.3.1"})
    found = keras.models.model_from_json(text)(np.array([[0.0, 0.5, 2.0]]))
    np.testing.assert_allclose(found, [[-0.5, -0.25, 2.0]])


def test_a_prelu_of_1_2_shares_its_factors_as_its_weights_show(in_folder):
    inner = keras.Sequential([keras.Input((4, 3, 2)), layers.PReLU(shared_axes=[1, 2], alpha_initializer="ones")])
    model = keras.Sequential([keras.Input((4, 3, 2)), layers.PReLU(shared_axes=[2]), inner, layers.Flatten()])
    model.compile("adam", "mse")
    x = np.arange(-12.0, 12.0).reshape(1, 4, 3, 2)
    model.train_on_batch(x, np.zeros((1, 24)))
    model.save("model.h5", era="1")
    with h5py.File("model.h5", "r+") as file:  # 1.2.2 wrote no `shared_axes`, and could not open its own files again
        text = file.attrs["model_config"]
        file.attrs["model_config"] = text.replace(', "shared_axes": [2]', "").replace(', "shared_axes": [1, 2]', "")
        assert "shared_axes" in text
        assert "shared_axes" not in file.attrs["model_config"]
    again = keras.models.load_model("model.h5")
    assert [tuple(w.shape) for w in again.weights] == [(4, 1, 2), (1, 1, 2)]
    np.testing.assert_allclose(again.predict(x), model.predict(x))
    assert again.train_on_batch(x, np.zeros((1, 24))) == pytest.approx(model.train_on_batch(x, np.zeros((1, 24))))


@keras.saving.register_keras_serializable("pieces")
def doubled_piece(x):
    return 2 * x


@pytest.mark.parametrize("name", ["doubled_piece", "pieces>doubled_piece"])
def test_registered_functions_are_found_by_the_plain_names_that_files_until_3_6_have(name):
    config = {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}
    assert keras.saving.deserialize_keras_object(config) is doubled_piece
    dense = keras.layers.Dense.from_config({**keras.layers.Dense(2).get_config(), "activation": config})
    assert dense.activation is doubled_piece
    model = keras.Sequential([keras.Input((2,)), dense])
    model.compile_from_config({"optimizer": "sgd", "loss": config})
    assert model.loss is doubled_piece


def test_functions_of_one_name_in_two_packages_are_not_guessed():
    config = {"module": "builtins", "class_name": "function", "config": "halved", "registered_name": "function"}
    both = {f"{package}>halved": lambda x: x / 2 for package in ("one", "other")}
    assert keras.saving.deserialize_keras_object(config, custom_objects={"one>halved": both["one>halved"]})(4) == 2
    with pytest.raises(ValueError, match=r"Unknown .*'halved'"):
        keras.saving.deserialize_keras_object(config, custom_objects=both)


def test_a_plain_name_finds_no_registered_function_of_a_longer_name():
    config = {"module": "builtins", "class_name": "function", "config": "piece", "registered_name": "function"}
    with pytest.raises(ValueError, match="'piece'"):
        keras.saving.deserialize_keras_object(config)


@keras.saving.register_keras_serializable("pieces")
class Outer(layers.Layer):
    """Its constructor makes its parts of their configs, which `from_config` does too."""

    def __init__(self, inner=None, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.inner = layers.Dense(1) if inner is None else keras.saving.deserialize_keras_object(inner)
        self.again = None if inner is None else layers.deserialize(inner)
        self.activation = keras.saving.deserialize_keras_object(activation)

    def call(self, x):
        return self.activation(self.inner(x))

    def get_config(self):
        return {**super().get_config(), "inner": self.inner, "activation": self.activation}


def test_a_constructor_may_make_parts_of_configs_that_were_made_already(in_folder):
    model = keras.Sequential([keras.Input((3,)), Outer(activation=keras.saving.serialize_keras_object(doubled_piece))])
    model.save("model.keras")
    x = np.ones((2, 3))
    np.testing.assert_array_equal(keras.saving.load_model("model.keras")(x), model(x))
    with pytest.raises(ValueError, match="Got a Dense"):
        keras.saving.deserialize_keras_object(layers.Dense(1))
