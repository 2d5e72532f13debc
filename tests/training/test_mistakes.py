"""What strangers to Keras write at first is answered with what to write instead."""

import numpy as np
import pytest

import keras
from keras import layers, ops

X = np.ones((4, 3), "float32")


class Forgetful(keras.Model):
    def __init__(self):
        self.dense = layers.Dense(1)

    def call(self, x):
        return self.dense(x)


class Silent(layers.Layer):
    def call(self, x):
        ops.exp(x)


class ByNumPy(layers.Layer):
    def call(self, x):
        return np.asarray(x) * 2


class Deciding(layers.Layer):
    def call(self, x):
        return x if ops.max(x) > 1 else 2 * x


class WithoutState(keras.Sequential):
    def train_step(self, state, data):
        return {}


def fitted(model, loss="mse", y=X[:, :1]):
    model.compile("sgd", loss)
    model.fit(X, y, verbose=0)


def one():
    return [keras.Input((3,)), layers.Dense(1)]


def two():
    inputs = keras.Input((3,))
    return keras.Model(inputs, {"left": layers.Dense(1)(inputs), "right": layers.Dense(1)(inputs)})


MISTAKES = {
    "no super().__init__(), called": (lambda: Forgetful()(X), "Forgetful: its __init__ did not call super"),
    "no super().__init__(), compiled": (lambda: fitted(Forgetful()), "Forgetful: its __init__ did not call super"),
    "no return in call": (lambda: layers.Dense(1)(Silent()(keras.Input((3,)))), "lack its `return`"),
    "no return in a loss": (lambda: fitted(keras.Sequential(one()), lambda a, b: None), "lack its `return`"),
    "NumPy in call": (lambda: ByNumPy()(keras.Input((3,))), "(?s)by_num_py.*keras.ops functions in place of NumPy"),
    "if in call": (lambda: Deciding()(keras.Input((3,))), "(?s)deciding.*keras.ops.cond in place of `if`"),
    "targets of another name": (lambda: fitted(two(), y={"left": X, "rigth": X}), "loss for the output 'right'"),
    "a target left out": (lambda: fitted(two(), y={"left": X}), "loss for the output 'right'.*name only 'left'"),
    "no state from train_step": (lambda: fitted(WithoutState(one())), "train_step.*must return its logs and the new"),
    "attention without values": (lambda: layers.MultiHeadAttention(2, 2)(X[None]), "without its argument 'value'"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_common_mistake_is_told_with_what_to_write(name):
    make, words = MISTAKES[name]
    with pytest.raises((ValueError, TypeError, RuntimeError), match=words):
        make()


def test_numpy_in_a_loss_is_told_beside_what_jax_says():
    with pytest.raises(Exception, match="traced array") as found:
        fitted(keras.Sequential(one()), lambda a, b: np.mean(np.square(a - b)))
    assert any("keras.ops functions in place of NumPy" in note for note in found.value.__notes__)
