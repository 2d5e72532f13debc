"""`compile(debug="nan")`: the first value that is not finite is traced to where it comes from."""

import numpy as np
import pytest

import keras
from keras import layers, ops

X = np.random.default_rng(0).normal(size=(16, 2)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def fails(model, *data, match, **compiled):
    """The message of the error that training ends with; the weights are those from before the step."""
    model.compile(**{"optimizer": "sgd", "loss": "mse", **compiled}, debug="nan")
    before = model.get_weights()
    with pytest.raises(FloatingPointError, match=match) as caught:
        model.fit(*data, batch_size=16, shuffle=False, verbose=0)
    for a, b in zip(before, model.get_weights()):
        np.testing.assert_array_equal(a, b)
    return str(caught.value)


def through(function, **kwargs):
    return keras.Sequential([keras.Input((2,)), layers.Dense(3), layers.Lambda(function, **kwargs), layers.Dense(1)])


def test_the_layer_its_inputs_and_a_cause_are_named():
    text = fails(through(ops.log, name="culprit"), X, Y, match=r"culprit \(Lambda\) is the first layer whose output")
    assert "Its inputs lie in [-" in text
    assert "need inputs above 0" in text


def test_too_large_indices_of_an_embedding_are_named():
    model = keras.Sequential([keras.Input((2,), dtype="int32"), layers.Embedding(4, 3), layers.Dense(1)])
    text = fails(model, np.full((16, 2), 9), Y, match="Embedding")
    assert "The indices go up to 9, but there are 4 rows" in text


def test_very_large_inputs_are_the_likely_cause():
    assert "Its inputs are very large" in fails(through(lambda x: x**9), X * 1e7, Y, match="first layer")


def test_bad_inputs_are_named_with_their_place():
    x = X.copy()
    x[5, 1] = np.nan
    fails(through(ops.tanh), x, Y, match=r"the inputs hold 1 value that is not finite, the first at \(5, 1\)")


def test_outputs_that_have_grown_are_the_likely_cause_of_a_bad_loss():
    text = fails(through(lambda x: x * 1e25), X, Y, match="comes from the loss itself", loss="mse")
    assert "The outputs have grown very large: try a lower learning rate" in text


def test_a_loss_that_does_not_suit_its_targets_is_told_from_bad_layers():
    text = fails(through(ops.tanh), X, Y, match="comes from the loss itself", loss=lambda y, p: ops.log(p - p))
    assert "The gradient's norm is nan" in text


def test_a_bad_gradient_of_a_good_loss_is_named():
    model = through(lambda x: ops.sqrt(x * 0.0))  # 0, with a slope that is infinite times nothing
    text = fails(model, X, Y, match=r"the loss is .*, but the gradient of .*dense.*/bias holds")
    assert "no finite slope at 0" in text


def test_an_update_that_leaves_the_numbers_is_named():
    optimizer = keras.optimizers.SGD(1e38)
    text = fails(through(ops.tanh), X, Y * 1e4, match="so the update itself is not", optimizer=optimizer)
    assert "Try a lower learning rate" in text


def test_a_step_of_the_users_own_is_run_again_too():
    class Own(keras.Sequential):
        def train_step(self, data):
            x, y = data
            with keras.GradientTape() as tape:
                loss = ops.mean((self(x, training=True) - y) ** 2)
            self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
            return {"loss": loss}

    model = Own([keras.Input((2,)), layers.Lambda(ops.log, name="culprit"), layers.Dense(1)])
    fails(model, X, Y, match="culprit")
