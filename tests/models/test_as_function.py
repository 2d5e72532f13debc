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


def test_the_function_is_one_of_jax_for_samples_and_for_stacked_weights():
    model, x = small(), np.arange(12, dtype="float32").reshape(4, 3)
    weights, function = model.as_function()
    wanted = model(x)
    each = jax.vmap(lambda row: function(weights, row[None])[0])(x)
    np.testing.assert_allclose(each, wanted, rtol=1e-6)
    twice = jax.tree.map(lambda w: np.stack([w, w]), weights)
    np.testing.assert_allclose(jax.jit(jax.vmap(function, (0, None)))(twice, x)[1], wanted, rtol=1e-6)


def test_optax_trains_the_weights_that_the_function_takes():
    optax = pytest.importorskip("optax")
    model, x = small(), np.array([[1, 1, 1], [3, 3, 3]], "float32")
    weights, function = model.as_function(training=True)
    optimizer = optax.sgd(0.5)

    def loss(trainable, rest):
        outputs, rest = function({"trainable": trainable, "non_trainable": rest}, x)
        return ((outputs - 2) ** 2).mean(), rest

    @jax.jit
    def step(trainable, rest, state):
        (value, rest), gradient = jax.value_and_grad(loss, has_aux=True)(trainable, rest)
        updates, state = optimizer.update(gradient, state)
        return value, optax.apply_updates(trainable, updates), rest, state

    trainable, rest = weights["trainable"], weights["non_trainable"]
    state, values = optimizer.init(trainable), []
    for _ in range(3):
        value, trainable, rest, state = step(trainable, rest, state)
        values.append(float(value))
    np.testing.assert_allclose(values[0], 5, rtol=1e-3)  # outputs are -1 and 1: (9 + 1) / 2
    assert values[0] > values[1] > values[2]
    model.set_state_tree({"trainable_variables": trainable, "non_trainable_variables": rest})
    np.testing.assert_allclose(model(x, training=True), function({"trainable": trainable, "non_trainable": rest}, x)[0])


def test_a_model_without_weights_yet_has_no_function():
    with pytest.raises(ValueError, match="is not built"):
        keras.Sequential([layers.Dense(1)]).as_function()
