"""Programs of 0.1 and 0.2, whose layers were told the sizes of their inputs."""

import numpy as np
import pytest

import keras
from keras import config, layers
from keras.legacy import detect
from keras.models import Sequential


@pytest.fixture
def in_0():
    before = keras.config.era()
    keras.config.set_era("0")
    config.set_image_data_format("channels_first")  # as it is in a program of then that says nothing
    yield
    keras.config.set_era(before)


def test_convolutions_are_told_the_channels_of_their_inputs(in_0):
    model = Sequential()
    model.add(layers.Convolution2D(6, 3, 5, 5, border_mode="full"))  # filters, channels, rows, columns
    model.add(layers.MaxPooling2D(poolsize=(2, 2), ignore_border=True))
    model.add(layers.Convolution2D(4, 6, 3, 1))
    model.add(layers.Flatten())
    model.add(layers.Dense(4 * 4 * 6, 2))
    assert model.layers[0].kernel.shape == (5, 5, 3, 6)
    assert model.predict(np.ones((2, 3, 8, 8))).shape == (2, 2)
    assert model.layers[2].output_shape == (None, 4, None, None)


def test_normalization_and_factors_are_told_a_shape(in_0):
    model = Sequential([layers.Dense(3, 4), layers.PReLU((4,)), layers.BatchNormalization((4,), 0.5)])
    assert model.layers[1].alpha.shape == (4,)
    assert (model.layers[2].axis, model.layers[2].epsilon) == (-1, 0.5)


def test_an_input_of_a_graph_may_have_a_rank_alone(in_0):
    graph = keras.models.Graph()
    graph.add_input(name="x", ndim=2)
    graph.add_node(layers.Dense(3, 4), name="a", input="x")
    graph.add_node(layers.Dense(3, 2), name="b", input="x")
    graph.add_node(layers.Dense(4, 2), name="c", input="a")
    graph.add_output(name="y", inputs=["b", "c"], merge_mode="sum")
    graph.compile("sgd", {"y": "mse"})
    assert graph.predict({"x": np.ones((5, 3))})["y"].shape == (5, 2)


@pytest.mark.parametrize(("year", "order"), [("0", "first"), ("1.0", "first"), ("1", "last"), ("2", "last")])
def test_images_had_their_channels_first_until_1_0(year, order, in_0, monkeypatch):
    monkeypatch.setattr(config, "_settings", config._Settings())  # nobody has set anything
    keras.config.set_era(year)
    assert keras.backend.image_data_format() == f"channels_{order}"


def test_four_numbers_of_a_convolution_say_the_year():
    source = "from keras.layers.convolutional import Convolution2D\nConvolution2D(32, 3, 3, 3, border_mode='full')\n"
    assert detect.detect(source).era == "0"
    assert detect.detect(source.replace("3, 3, 3", "3, 3, 'uniform'")).era == "1"


@pytest.mark.parametrize(("year", "order"), [("1", [0, 1, 2, 3]), ("2.0", [0, 1, 2, 3]), ("2.2", [0, 2, 1, 3])])
def test_images_with_channels_first_were_flattened_as_they_lay_until_2_2(year, order, in_0):
    keras.config.set_era(year)
    found = layers.Flatten()(np.arange(4.0).reshape(1, 2, 1, 2))
    np.testing.assert_array_equal(found[0], order)  # 1.2.2 and 2.3.1
