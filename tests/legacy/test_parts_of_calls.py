"""Losses and updates that layers in a graph have before any data came. Numbers of them: Keras 1.2.2 and 2.3.1."""

import numpy as np
import pytest

from keras import backend as K
from keras import layers, models

X = np.ones((2, 3), "float32")


def penalised(**kwargs):
    layer = layers.Dense(2, kernel_initializer="ones", kernel_regularizer="l2", activity_regularizer="l2", **kwargs)
    x = layers.Input((3,))
    return x, layer, models.Model(x, layer(x))


@pytest.mark.parametrize("year", ["1.2", "2.3"])
def test_penalties_on_outputs_are_among_the_losses_of_a_graph(in_era, year):
    in_era(year)
    x, layer, model = penalised()
    assert [len(model.losses), len(layer.losses)] == [2, 2]
    assert [len(layer.get_losses_for(x)), len(layer.get_losses_for(None))] == [1, 1]
    on_outputs, on_weights = K.function([x], model.losses)([X])
    np.testing.assert_allclose(on_outputs, 0.01 * 4 * 3.0**2, rtol=1e-6)  # a sum over the batch
    np.testing.assert_allclose(on_weights, 0.01 * 6, rtol=1e-6)


def test_the_whole_loss_of_a_compiled_model_holds_them(in_era):
    in_era("2.3")
    x, _, model = penalised()
    model.compile("sgd", "mse")
    inputs = [x, *model.targets, *model.sample_weights]
    [total] = K.function(inputs, [model.total_loss])([X, np.zeros((2, 2)), np.ones(2)])
    np.testing.assert_allclose(total, model.test_on_batch(X, np.zeros((2, 2))), rtol=1e-6)


def test_updates_are_counted_by_call(in_era):
    in_era("2.3")
    x, layer = layers.Input((3,)), layers.BatchNormalization()
    model = models.Model(x, layer(x))
    layer(layers.Input((3,)))
    assert [len(layer.updates), len(layer.get_updates_for(x)), len(layer.get_updates_for(None))] == [4, 2, 0]
    around = layers.TimeDistributed(layers.BatchNormalization())
    around(layers.Input((4, 3)))
    assert len(around.updates) == 2
    layer.trainable = False
    assert model.updates == []


def test_updates_of_layers_may_be_handed_to_functions(in_era):
    in_era("2.3")
    x = layers.Input((3,))
    layer = layers.BatchNormalization(momentum=0.5)
    model = models.Model(x, layer(x))
    step = K.function([x, K.learning_phase()], [model.output], updates=model.updates)
    step([2 * X, 1])
    np.testing.assert_allclose(layer.get_weights()[2], [1.0, 1.0, 1.0])
    step([2 * X, 0])
    np.testing.assert_allclose(layer.get_weights()[2], [1.0, 1.0, 1.0])


def test_penalties_of_a_layer_at_every_step_are_counted(in_era):
    in_era("2.3")
    inside = layers.Dense(2, kernel_initializer="ones", activity_regularizer="l1")
    model = models.Sequential([layers.TimeDistributed(inside, input_shape=(3, 4)), layers.Activation("relu")])
    assert len(model.losses) == 1
    [found] = K.function([model.input], model.losses)([np.ones((1, 3, 4))])
    np.testing.assert_allclose(found, 0.01 * 3 * 2 * 4.0, rtol=1e-6)


def test_today_losses_are_those_of_the_last_call():
    assert len(penalised()[2].losses) == 1
