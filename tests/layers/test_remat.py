"""Layers that compute again in the backward pass give what they give without."""

import contextlib

import jax
import numpy as np
import pytest

import keras
from keras import layers

from .contract import assert_close

X = np.random.default_rng(0).normal(size=(8, 5, 4)).astype("float32")
Y = np.random.default_rng(1).normal(size=(8, 1)).astype("float32")
X[:, 3:] = 0


def times_again(layer, x=X):
    layer(x)
    values = [v.value for v in layer.trainable_variables]
    loss = jax.grad(lambda values, x: layer.stateless_call(values, [], x)[0].sum())
    return str(jax.make_jaxpr(loss)(values, x)).count(" remat")


@pytest.mark.parametrize(
    ("arguments", "times"),
    [
        ({"mode": "full"}, 1),
        ({"mode": "activations"}, 1),
        ({"mode": "larger_than", "output_size_threshold": 100}, 1),
        ({"mode": "larger_than", "output_size_threshold": 120}, 0),  # 8 * 5 * 3 elements
        ({"mode": "list_of_layers", "layer_names": ["this"]}, 1),
        ({"mode": "list_of_layers", "layer_names": ["other"]}, 0),
        ({"mode": None}, 0),
    ],
)
def test_the_scope_says_which_layers_compute_again(arguments, times):
    with keras.RematScope(**arguments):
        layer = layers.Dense(3, activation="relu", name="this")
    assert times_again(layer) == times


def test_the_innermost_scope_decides_for_layers_made_in_it():
    with keras.RematScope(), keras.RematScope(mode=None):
        inner = layers.Dense(3)
    assert times_again(inner) == times_again(layers.Dense(3)) == 0


def trained(mode):
    keras.utils.set_random_seed(1)
    with keras.RematScope(mode) if mode else contextlib.nullcontext():
        model = keras.Sequential(
            [
                keras.Input((5, 4)),
                layers.Masking(),
                layers.BatchNormalization(),
                layers.Dropout(0.3, seed=1),
                layers.ActivityRegularization(l2=0.1),
                layers.GlobalAveragePooling1D(),
                layers.Dense(1),
            ]
        )
    model.compile("sgd", "mse")
    logs = model.fit(X, Y, epochs=2, batch_size=4, shuffle=False, verbose=0).history
    return logs["loss"], model.get_weights()


def test_training_with_masks_seeds_statistics_and_losses_is_the_same():
    assert_close(trained("full"), trained(None))


def test_remat_is_the_function_with_its_gradient_and_its_assignments():
    counter = keras.Variable(0.0)

    @keras.remat
    def f(x, power):
        counter.assign(counter + 1)
        return keras.ops.sum(x**power)

    x = np.array([1.0, 3.0], "float32")
    assert float(f(x, power=2)) == 10
    assert float(counter.value) == 1
    assert_close(jax.grad(lambda x: f(x, power=2))(x), [2.0, 6.0])


def test_the_call_of_a_layer_is_made_one_that_computes_again():
    x = np.ones((1, 2), "float32")
    plain = layers.Dense(1, kernel_initializer="ones")
    assert plain.rematerialized_call(plain.call, x) == plain.call  # as in Keras 3.15.1
    with keras.RematScope("full"):
        layer = layers.Dense(1, kernel_initializer="ones")
    layer.build((1, 2))
    assert layer.rematerialized_call(layer.call, x)(x).tolist() == [[2.0]]


def test_a_wrong_mode_is_refused():
    with pytest.raises(ValueError, match=r"RematScope: `mode` must be one of 'full', .*Got 'some'"):
        keras.RematScope("some")
