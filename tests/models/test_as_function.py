"""A model as a tree of weights and a pure function."""

import jax
import numpy as np
import pytest

import keras
from keras import Input, layers


def small():
    return keras.Sequential(
        [Input((3,)), layers.Dense(2, kernel_initializer="ones", name="d"), layers.BatchNormalization(name="bn")]
    )


def test_the_function_of_a_model_computes_with_the_weights_it_is_given():
    model, x = small(), np.ones((4, 3), "float32")
    weights, function = model.as_function()
    before = model.get_weights()
    np.testing.assert_allclose(jax.jit(function)(weights, x), model(x), rtol=1e-6)
    doubled = jax.tree.map(lambda w: 2 * w, weights["trainable"])
    gradient = jax.grad(lambda t: function({**weights, "trainable": t}, x).sum())(doubled)
    assert jax.tree.structure(gradient) == jax.tree.structure(weights["trainable"])
    scale = np.sqrt(1 + 1e-3)
    np.testing.assert_allclose(function({**weights, "trainable": doubled}, x), np.full((4, 2), 12 / scale), rtol=1e-5)
    for was, now in zip(before, model.get_weights()):
        np.testing.assert_array_equal(was, now)


def test_the_function_of_training_returns_the_new_running_statistics_and_assigns_nothing():
    model, x = small(), np.array([[1, 1, 1], [3, 3, 3]], "float32")
    weights, function = model.as_function(training=True)
    outputs, changed = jax.jit(function)(weights, x)
    np.testing.assert_allclose(outputs, [[-1, -1], [1, 1]], atol=1e-3)
    (name,) = changed
    assert jax.tree.structure(changed) == jax.tree.structure(weights["non_trainable"])
    assert any(np.allclose(leaf, 0.06) for leaf in jax.tree.leaves(changed[name]))  # 0.99 * 0 + 0.01 * 6
    assert all(np.allclose(leaf, 0) or np.allclose(leaf, 1) for leaf in jax.tree.leaves(weights["non_trainable"]))
    np.testing.assert_array_equal(model.get_layer("bn").moving_mean, [0, 0])


def test_a_model_without_weights_yet_has_no_function():
    with pytest.raises(ValueError, match="is not built"):
        keras.Sequential([layers.Dense(1)]).as_function()
