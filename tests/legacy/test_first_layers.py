"""What a model's first layer, or a layer within another one, is told about its inputs and weights."""

import numpy as np
import pytest

import keras
from keras import layers


@pytest.fixture(autouse=True)
def the_era_afterwards_is_that_before():
    before = keras.config.era()
    yield
    keras.config.set_era(before)


@pytest.mark.parametrize("year", ["1", "2.3"])
@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
def test_input_dim_alone_means_sequences_of_any_length(year, name):
    keras.config.set_era(year)
    assert keras.Sequential([getattr(layers, name)(4, input_dim=3)]).input_shape == (None, None, 3)


@pytest.mark.parametrize("name", ["Convolution1D", "AtrousConvolution1D", "Conv1D", "LocallyConnected1D"])
def test_input_dim_of_a_convolution_is_the_last_size(name):
    keras.config.set_era("1")
    assert getattr(layers, name)(4, 3, input_dim=2)._first_shape == (None, None, 2)
    assert getattr(layers, name)(4, 3, input_dim=2, input_length=5)._first_shape == (None, 5, 2)


def test_input_dim_of_other_layers_is_that_of_vectors():
    assert layers.Dense(4, input_dim=3)._first_shape == (None, 3)


def test_a_layer_at_every_step_starts_with_the_weights_it_was_given():
    kernel, bias = np.arange(6.0).reshape(3, 2), np.ones(2)
    model = keras.Sequential([layers.TimeDistributed(layers.Dense(2, weights=[kernel, bias]), input_shape=(4, 3))])
    np.testing.assert_array_equal(model.get_weights()[0], kernel)
    dense = layers.Dense(2, weights=[kernel, bias])
    dense.build((None, 3))
    np.testing.assert_array_equal(dense.get_weights()[1], bias)


def test_weights_of_a_layer_in_both_directions_are_those_of_the_one_forwards():
    keras.config.set_era("1")  # as 1.2.2 has it
    given = [w + 1 for w in keras.Sequential([layers.SimpleRNN(2, input_shape=(4, 3))]).get_weights()]
    model = keras.Sequential([layers.Bidirectional(layers.SimpleRNN(2, weights=given), input_shape=(4, 3))])
    np.testing.assert_allclose(model.get_weights()[0], given[0])
    assert not np.allclose(model.get_weights()[3], given[0])
