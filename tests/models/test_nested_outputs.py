"""Outputs of models inside a model, asked for from outside."""

import numpy as np
import pytest

import keras
from keras import layers, ops


def stack(name="inner"):
    return keras.Sequential(
        [keras.Input((2,)), layers.Dense(2, kernel_initializer="ones", name=f"{name}_dense")], name=name
    )


def graph(name="inner"):
    x = keras.Input((2,))
    return keras.Model(x, layers.Dense(2, kernel_initializer="ones", name=f"{name}_dense")(x), name=name)


def around(inner):
    x = keras.Input((2,))
    return keras.Model(x, ops.negative(inner(layers.Rescaling(10.0)(x))))


ROW = np.array([[1.0, 2.0]], "float32")


@pytest.mark.parametrize("make", [stack, graph])
def test_the_output_of_a_nested_model_is_that_of_its_call(make):
    inner = make()
    outer = around(inner)
    part = keras.Model(outer.input, inner.output)
    assert part(ROW).tolist() == [[30.0, 30.0]]
    again = keras.models.clone_model(part)
    again.set_weights(part.get_weights())
    assert again(ROW).tolist() == [[30.0, 30.0]]


@pytest.mark.parametrize("make", [stack, graph])
def test_outputs_of_all_layers_are_reached_through_nested_models(make):
    outer = keras.Sequential([keras.Input((2,)), layers.Rescaling(10.0), make("first"), make("second")])
    every = keras.Model(outer.inputs, [layer.output for layer in outer.layers])
    assert [y.tolist() for y in every(ROW)] == [[[10.0, 20.0]], [[30.0, 30.0]], [[60.0, 60.0]]]


def test_a_nested_model_called_twice_gives_the_output_of_the_first_call_that_can_be_reached():
    inner = stack()
    x, z = keras.Input((2,)), keras.Input((2,))
    inner(z)
    inner(inner(x))
    assert keras.Model(x, inner.output)(ROW).tolist() == [[3.0, 3.0]]
    assert keras.Model(z, inner.output)(ROW).tolist() == [[3.0, 3.0]]


def test_a_nested_model_s_own_output_is_taken_where_its_own_input_is_given():
    inner = stack()
    outer = around(inner)
    both = keras.Model([outer.input, inner.input], [outer.output, inner.output])
    assert [y.tolist() for y in both([ROW, ROW])] == [[[-30.0, -30.0]], [[3.0, 3.0]]]


def test_a_layer_inside_a_nested_model_is_out_of_reach():
    inner = stack()
    outer = around(inner)
    with pytest.raises(ValueError, match="The graph is not connected"):
        keras.Model(outer.input, inner.layers[0].input)
