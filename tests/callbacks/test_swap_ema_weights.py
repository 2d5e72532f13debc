"""SwapEMAWeights: who sees the averages of the weights, and who the weights."""

import numpy as np
import pytest

import keras

X = np.random.default_rng(0).normal(size=(16, 2)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def model_with(optimizer="sgd"):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer, "mse")
    return model


def averages(model):
    """What the exponential moving average says, by hand."""
    return [np.array(v) for v in model.optimizer._averages]


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_validation_sees_the_averages_and_training_does_not(swap_on_epoch):
    class Looks(keras.callbacks.Callback):
        def __init__(self):
            self.seen = []

        def on_test_batch_end(self, batch, logs=None):
            same = all(np.array_equal(a, w) for a, w in zip(averages(self.model), self.model.get_weights()))
            self.seen.append(("test", same))

        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                same = all(np.array_equal(a, w) for a, w in zip(averages(self.model), self.model.get_weights()))
                self.seen.append(("train", same))

        def on_epoch_end(self, epoch, logs=None):
            same = all(np.array_equal(a, w) for a, w in zip(averages(self.model), self.model.get_weights()))
            self.seen.append(("epoch", same))

    looks = Looks()
    model = model_with(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9))
    swap = keras.callbacks.SwapEMAWeights(swap_on_epoch)
    model.fit(X, Y, batch_size=8, epochs=2, validation_data=(X, Y), verbose=0, callbacks=[swap, looks])
    assert looks.seen == [("train", False), ("test", True), ("test", True), ("epoch", swap_on_epoch)] * 2
    plain = model_with(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9))
    plain.fit(X, Y, batch_size=8, epochs=2, verbose=0)
    for a, b in zip(model.get_weights(), plain.get_weights()):  # the averages, as `fit` leaves them
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_evaluate_and_predict_see_the_averages():
    model = model_with(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9))
    for i in range(2):
        model.train_on_batch(X[i * 8 : i * 8 + 8], Y[i * 8 : i * 8 + 8])
    swap = keras.callbacks.SwapEMAWeights()
    weights = model.get_weights()
    kernel, bias = averages(model)
    outputs = model.predict(X, verbose=0, callbacks=[swap])
    np.testing.assert_allclose(outputs, X @ kernel + bias, rtol=1e-5)
    loss = model.evaluate(X, Y, verbose=0, callbacks=[swap])
    assert loss == pytest.approx(float(np.mean((X @ kernel + bias - Y) ** 2)), rel=1e-5)
    for a, b in zip(weights, model.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_without_averages_it_says_how_to_get_them():
    with pytest.raises(ValueError, match="use_ema=True"):
        model_with().fit(X, Y, verbose=0, callbacks=[keras.callbacks.SwapEMAWeights()])
