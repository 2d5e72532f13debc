"""What built layers tell of themselves as Keras 3 does: demands on inputs, shapes they were built for, configs."""

import numpy as np
import pytest

import keras
from keras import layers

from .contract import assert_close


@pytest.mark.parametrize(
    ("layer", "axis", "size"),
    [
        (layers.Conv2D(2, 3), -1, 4),
        (layers.Conv2D(2, 3, data_format="channels_first"), 1, 8),
        (layers.Conv2DTranspose(2, 3), -1, 4),
        (layers.DepthwiseConv2D(3), -1, 4),
        (layers.SeparableConv2D(2, 3), -1, 4),
        (layers.BatchNormalization(), -1, 4),
        (layers.BatchNormalization(axis=1), 1, 8),
        (layers.GroupNormalization(2), -1, 4),
        (layers.Dense(2), -1, 4),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, layers.Layer) else str(value),
)
def test_the_demand_on_channels_is_found_under_the_axis_as_it_was_given(layer, axis, size):
    layer.build((None, 8, 9, 4))
    assert layer.input_spec.axes == {axis: size}


def test_convolutions_say_how_many_axes_they_take():
    assert layers.Conv1D(2, 3).input_spec.min_ndim == 3


@pytest.mark.parametrize("kind", [layers.LSTM, layers.GRU, layers.SimpleRNN])
def test_the_shape_a_layer_was_built_for_is_called_input_shape_whatever_build_calls_it(kind):
    layer = kind(2)
    layer.build((None, 3, 4))
    assert layer.get_build_config() == {"input_shape": (None, 3, 4)}
    again = kind(2)
    again.build_from_config(layer.get_build_config())
    assert [w.shape for w in again.weights] == [w.shape for w in layer.weights]


def test_several_shapes_of_build_keep_their_names():
    layer = layers.MultiHeadAttention(1, 2)
    layer.build((None, 3, 4), (None, 5, 4))
    assert layer.get_build_config() == {"shapes_dict": {"query_shape": (None, 3, 4), "value_shape": (None, 5, 4)}}


def test_demands_on_inputs_are_described_and_made_again():
    config = keras.saving.serialize_keras_object(layers.InputSpec(ndim=2, axes={-1: 3}))
    assert (config["module"], config["class_name"]) == ("keras", "InputSpec")
    again = keras.saving.deserialize_keras_object(config)
    assert (again.ndim, again.axes) == (2, {-1: 3})


def test_gru_takes_use_cudnn_as_keras_3_does_on_jax():
    x, plain, told = np.ones((1, 3, 2), "float32"), layers.GRU(2), layers.GRU(2, use_cudnn=True)
    plain.build(x.shape)
    told.build(x.shape)
    told.set_weights(plain.get_weights())
    assert_close(told(x), plain(x))


def test_configs_leave_out_how_a_layer_is_computed_unless_it_was_said():
    assert "use_cudnn" not in layers.LSTM(2).get_config()
    assert "flash_attention" not in layers.MultiHeadAttention(1, 2).get_config()
    assert layers.MultiHeadAttention(1, 2, flash_attention=False).get_config()["flash_attention"] is False


def test_discretization_of_one_number_without_a_batch():
    layer = layers.Discretization(bin_boundaries=[1.0, 2.0], output_mode="one_hot")
    assert layer.compute_output_shape(()) == (3,)  # as Keras 3.15.1
    assert layer(np.array(1.5)).shape == (1, 3)
