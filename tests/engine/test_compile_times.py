"""What keeps programs of common networks quick to compile, counted in the programs and not in seconds."""

import jax
import numpy as np
import pytest

import keras
from keras._jax import packing
from keras._jax.variable import Variable


def deep(blocks):
    model = keras.Sequential([keras.Input((3,))])
    for _ in range(blocks):
        model.add(keras.layers.Dense(3))
    return model


def test_many_weights_are_not_joined():
    variables = [Variable(np.zeros(2, "float32")) for _ in range(packing.MOST + 1)]
    assert packing.pack_for(variables, deep(1)) is None
    assert packing.pack_for(variables[1:], deep(1)) is not None


@pytest.mark.slow
def test_deep_networks_learn_as_when_joined(monkeypatch):
    x, y = np.linspace(-1, 1, 60, dtype="float32").reshape(20, 3), np.ones((20, 3), "float32")
    learned = []
    for most in (packing.MOST, 1000):
        monkeypatch.setattr(packing, "MOST", most)
        keras.backend.clear_session()
        keras.utils.set_random_seed(3)
        model = deep(34)
        model.compile("adam", "mse")
        model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0)
        learned.append(model.predict(x, verbose=0))
    np.testing.assert_allclose(learned[0], learned[1], rtol=1e-4, atol=1e-6)


def test_short_sequences_of_images_are_a_loop():
    def text(layer, shape):
        layer.build((2, *shape))
        return str(jax.make_jaxpr(lambda x: layer(x))(np.zeros((2, *shape), "float32")))

    images = text(keras.layers.ConvLSTM2D(2, 3), (4, 6, 6, 1))
    rows = text(keras.layers.SimpleRNN(2), (4, 3))
    assert "scan" in images
    assert "unroll=4" in rows or "scan" not in rows
    assert "unroll=4" not in images
