"""Subclasses of built-in layers that add arguments of their own to the config."""

import numpy as np
import pytest

import keras
from keras import layers

BASES = [
    (layers.Dense, (3,), {"units": 3, "activation": "linear", "use_bias": True}),
    (layers.Embedding, (4, 2), {"input_dim": 4, "output_dim": 2, "mask_zero": False}),
    (layers.Conv2D, (2, 3), {"filters": 2, "kernel_size": (3, 3), "padding": "valid"}),
    (layers.LSTM, (2,), {"units": 2, "return_sequences": False}),
    (layers.MultiHeadAttention, (2, 4), {"num_heads": 2, "key_dim": 4}),
    (layers.BatchNormalization, (), {"momentum": 0.99, "axis": -1}),
    (layers.Dropout, (0.5,), {"rate": 0.5}),
    (layers.RandomFlip, (), {"mode": "horizontal_and_vertical"}),
    (layers.MaxPooling2D, (), {"pool_size": (2, 2)}),
]


def adding(base):
    class Further(base):
        def __init__(self, *args, extra=1, **kwargs):
            super().__init__(*args, **kwargs)
            self.extra = extra

        def get_config(self):
            return {**super().get_config(), "extra": self.extra}

    return Further


@pytest.mark.parametrize(("base", "arguments", "expected"), BASES, ids=[base.__name__ for base, _, _ in BASES])
def test_super_get_config_has_the_arguments_of_the_layer_it_comes_from(base, arguments, expected):
    further = adding(base)
    config = further(*arguments, extra=5, name="mine").get_config()
    assert {name: config[name] for name in expected} == expected
    assert set(config) == set(base(*arguments).get_config()) | {"extra"}
    again = further.from_config(config)
    assert (again.name, again.extra) == ("mine", 5)
    assert again.get_config() == config


class Reduced(layers.Embedding):
    """Adds the rows up."""

    def __init__(self, input_dim, output_dim, factor=1.0, **kwargs):
        super().__init__(input_dim, output_dim, **kwargs)
        self.factor = factor

    def call(self, inputs):
        return keras.ops.sum(super().call(inputs), axis=1) * self.factor

    def get_config(self):
        config = super().get_config()
        config.update({"factor": self.factor})
        return config


def test_a_file_with_such_a_layer_opens_again(tmp_path):
    model = keras.Sequential([keras.Input((3,), dtype="int32"), Reduced(4, 2, factor=2.0)])
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras", custom_objects={"Reduced": Reduced})
    x = np.array([[0, 1, 3]])
    np.testing.assert_allclose(again(x), model(x))
    assert again.layers[-1].factor == 2.0


class Fixed(layers.Conv2D):
    """Takes less than the layer it comes from, and one thing more."""

    def __init__(self, filters, extra):
        super().__init__(filters, 3, padding="same")
        self.extra = extra


class Alone(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units
        self.inner = layers.Dense(units)

    def call(self, x):
        return self.inner(x)


def test_the_config_also_has_what_the_constructor_fills_in():
    config = Fixed(2, 5).get_config()
    assert config["extra"] == 5
    # as Keras 3.15.1
    assert (config["kernel_size"], config["padding"], config["activation"]) == ((3, 3), "same", "linear")


@pytest.mark.parametrize(("kind", "arguments"), [(Fixed, (2, 5)), (Alone, (2,))])
def test_layers_whose_constructors_take_no_name_save_and_load(kind, arguments, tmp_path):
    layer = kind(*arguments)
    layer.name, layer.trainable = "mine", False
    model = keras.Sequential([keras.Input((4, 4, 3)), layer])
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras", custom_objects={kind.__name__: kind})
    x = np.ones((1, 4, 4, 3), "float32")
    np.testing.assert_allclose(again(x), model(x), rtol=1e-6)
    found = again.layers[0]
    assert (found.name, found.trainable) == ("mine", False)
    assert found.get_config() == layer.get_config()
    assert kind.from_config({**layer.get_config(), "dtype": "float16"}).compute_dtype == "float16"


def test_what_neither_constructor_takes_is_refused():
    with pytest.raises(TypeError, match=r"Alone cannot be made from its config(?s:.*)'size'"):
        Alone.from_config({**Alone(2).get_config(), "size": 3})


def test_what_no_config_can_hold_is_refused_under_the_names_of_keras_3():
    class Keeps(keras.layers.Layer):
        def __init__(self, thing, **kwargs):
            super().__init__(**kwargs)
            self.thing = thing

    with pytest.raises(NotImplementedError, match="cannot be put into a config"):
        Keeps(object()).get_config()
    with pytest.raises(TypeError, match="cannot be put into a config"):
        keras.saving.serialize_keras_object(object())
