"""Names that layers got of themselves in other years, as Keras 1.2.2, 2.3.1 and 3 print them in summaries."""

import pytest

import keras
from keras import layers

NAMES = {
    "1": ["convolution2d_input_1", "convolution2d_1", "maxpooling2d_1", "flatten_1", "input_1", "dense_1"],
    "2": ["conv2d_1_input", "conv2d_1", "max_pooling2d_1", "flatten_1", "input_1", "dense_1"],
    "tf2": ["conv2d_input", "conv2d", "max_pooling2d", "flatten", "input_1", "dense"],
    "3": ["input_layer", "conv2d", "max_pooling2d", "flatten", "input_layer_1", "dense"],
}


@pytest.mark.parametrize("era", NAMES)
def test_layers_without_a_name_are_called_as_in_their_year(era):
    before = keras.config.era()
    keras.config.set_era(era)
    keras.backend.clear_session()
    try:
        stack = keras.Sequential([layers.Conv2D(1, 2, input_shape=(4, 4, 1)), layers.MaxPooling2D(), layers.Flatten()])
        x = layers.Input((3,))
        other = keras.Model(x, layers.Dense(1)(x))
    finally:
        keras.config.set_era(before)
    assert [one.name for one in (*stack._graph.operations, *other.layers)] == NAMES[era]
