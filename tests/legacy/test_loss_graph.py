"""The loss of a compiled model in `K.gradients` and `K.function`, as programs of 1.x and 2.x wrote it."""

import numpy as np
import pytest

import keras
from keras import backend as K
from keras import layers


def model_of(**compiled):
    inputs = keras.Input((3,))
    hidden = layers.Dense(4, activation="tanh", kernel_regularizer="l2", name="h")(inputs)
    first, second = layers.Dense(2, activation="softmax", name="a")(hidden), layers.Dense(1, name="b")(hidden)
    model = keras.Model(inputs, [first, second])
    model.compile("sgd", **compiled)
    return model


def test_gradients_of_the_total_loss_are_those_of_training():
    model = model_of(loss=["sparse_categorical_crossentropy", "mse"], loss_weights=[0.5, 2.0])
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(5, 3)).astype("float32"), [np.array([[0], [1], [1], [0], [1]]), draw.normal(size=(5, 1))]
    ones = [np.ones(5), np.ones(5)]
    gradients = K.function(
        [*model.inputs, *model.targets, *model.sample_weights], K.gradients(model.total_loss, model.trainable_weights)
    )([x, *y, *ones])
    loss = K.function(model._feed_inputs + model._feed_targets + model._feed_sample_weights, [model.total_loss])
    assert float(loss([x, *y, *ones])[0]) == pytest.approx(model.evaluate(x, y, verbose=0)[0], rel=1e-5)
    before = model.get_weights()
    model.train_on_batch(x, y)
    for found, old, new in zip(gradients, before, model.get_weights()):
        np.testing.assert_allclose(found, (old - new) / 0.01, rtol=1e-3, atol=1e-4)
    assert float(loss([x, *y, np.zeros(5), np.zeros(5)])[0]) == pytest.approx(float(sum(model.losses)), rel=1e-5)


def test_a_model_without_a_loss_has_no_such_tensor():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    assert not model._is_compiled
    assert model._is_graph_network
    assert not hasattr(model, "total_loss")
    with pytest.raises(AttributeError):
        _ = model.targets


def test_models_tell_what_they_are_fed_and_judged_by():
    """The values of 2.3.1."""
    model = model_of(loss=["sparse_categorical_crossentropy", "mse"], loss_weights={"a": 0.5})
    assert model._feed_input_names == [model.inputs[0].name]
    assert model._feed_input_shapes == [(None, 3)]
    assert model._feed_output_shapes == [(None, 2), (None, 1)]
    assert model.sample_weight_modes == model._feed_sample_weight_modes == [None, None]
    assert float(np.mean(model.loss_functions[0](np.array([[1]]), np.array([[0.5, 0.5]])))) == pytest.approx(0.693147)
    assert model.loss_weights_list == [0.5, 1.0]


def test_classes_of_today_may_have_attributes_by_these_names():
    class Judge(keras.Model):
        def __init__(self):
            super().__init__()
            self.loss_functions = ["mse"]
            self.sample_weight_modes = 3

    assert Judge().loss_functions == ["mse"]
    assert Judge().sample_weight_modes == 3
