"""A gradient transformation of Optax given to `compile`."""

import numpy as np
import pytest

import keras

optax = pytest.importorskip("optax")


def test_optax_trains_as_the_same_optimizer_here_does():
    weights, logs = [], []
    for optimizer in (optax.sgd(0.05, momentum=0.9), keras.optimizers.SGD(0.05, momentum=0.9)):
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
        model.compile(optimizer, "mse")
        x = np.arange(12, dtype="float32").reshape(6, 2) / 10
        logs.append(model.fit(x, x[:, :1], batch_size=2, epochs=2, shuffle=False, verbose=0).history["loss"])
        weights.append(model.get_weights())
    np.testing.assert_allclose(logs[0], logs[1], rtol=1e-5)
    np.testing.assert_allclose(weights[0][0], weights[1][0], rtol=1e-5)


def test_the_learning_rate_of_a_transformation_is_not_known():
    optimizer = keras.optimizers.get(optax.adam(1e-3))
    with pytest.raises(AttributeError, match="part of the gradient transformation"):
        _ = optimizer.learning_rate
    with pytest.raises(ValueError, match="a config cannot hold"):
        optimizer.get_config()
