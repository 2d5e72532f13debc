"""Layers and models renamed as programs of tf.keras rename them."""

import pytest

import keras
from keras import layers


@pytest.fixture
def tf_keras():
    keras.config.set_era("tf2")
    yield
    keras.config.set_era("3")


def two_heads():
    x = keras.Input((2,))
    return [keras.Model(x, layers.Dense(2, name="head")(layers.Dense(2, name="body")(x))) for _ in range(2)]


def test_tf_keras_kept_the_name_where_programs_assign_it(tf_keras):
    one, other = two_heads()
    for layer in other.layers[1:]:
        layer._name = layer._name + "_2"
    other._name = "other"
    x = one.inputs[0]
    joined = keras.Model(x, [one.output, keras.Model(other.inputs, other.output)(x)])
    assert [layer.name for layer in other.layers[1:]] == ["body_2", "head_2"]
    assert other.name == other.get_config()["name"] == "other"
    assert other.get_layer("head_2") is other.layers[2]
    assert len(joined.outputs) == 2


def test_since_3_it_is_an_attribute_like_others():
    layer = layers.Dense(2, name="a")
    layer._name = "b"
    assert (layer.name, layer._name) == ("a", "b")
