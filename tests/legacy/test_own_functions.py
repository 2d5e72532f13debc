"""Functions of the user's in the place of the programs, as tf.keras took them. Values: tf_keras 2.21."""

import numpy as np

import keras

R = np.random.RandomState(0)
X, Y = R.rand(10, 3).astype("float32"), R.rand(10, 1).astype("float32")
WEIGHTS = [R.rand(3, 1).astype("float32"), np.zeros(1, "float32")]


class Line(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)

    def call(self, x):
        return self.dense(x)


class ByData(Line):
    def make_train_function(self, force=False):
        if self.train_function is None or force:
            self.train_function = lambda iterator: self.train_step(next(iterator))
        return self.train_function


class Around(Line):
    def make_train_function(self, force=False):
        inner = super().make_train_function(force)
        return inner if getattr(inner, "adds", False) else self._around(inner)

    def _around(self, inner):
        def step(iterator):
            return {**inner(iterator), "extra": 3.0}

        step.adds = True
        self.train_function = step
        return step


def trained(cls):
    model = cls()
    model(X)
    model.set_weights(WEIGHTS)
    model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
    history = model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["loss"], [0.22132, 0.1551], atol=1e-5)
    np.testing.assert_allclose(history["mae"], [0.39664, 0.32962], atol=1e-5)
    np.testing.assert_allclose(model.get_weights()[0].ravel(), [0.27456, 0.35513, 0.58401], atol=1e-5)
    return history


def test_functions_of_an_iterator_train(in_era):
    in_era("tf2.11")
    trained(ByData)
    assert trained(Around)["extra"] == [3.0, 3.0]
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    step = model.make_train_function()
    assert set(step(iter([(X, Y)]))) == {"loss"}  # called by a loop of one's own
