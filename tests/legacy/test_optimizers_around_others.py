"""Optimizers of 1.x and 2.x that change what others do: their gradients, their rates, their updates."""

import numpy as np
import pytest

import keras
from keras import backend as K
from keras.optimizers import SGD, Adam, Optimizer

DRAW = np.random.RandomState(0)
X, Y = DRAW.randn(8, 3), DRAW.randn(8, 2)


@pytest.fixture(autouse=True)
def _in_2(in_era):
    in_era("2")


def after(optimizer, steps=3):
    """The weights after steps on the same rows."""
    model = keras.models.Sequential([keras.layers.Dense(2, input_shape=(3,), name="Dense")])
    model.set_weights([np.full(v.shape, 0.1) for v in model.get_weights()])
    model.compile(optimizer, "mse")
    for _ in range(steps):
        model.train_on_batch(X, Y)
    return [np.ravel(w) for w in model.get_weights()]


def test_gradients_of_a_class_or_of_one_optimizer_are_followed():
    """Values of 2.3.1."""

    class Centered(SGD):
        def get_gradients(self, loss, params):
            grads = super().get_gradients(loss, params)
            return [g - K.mean(g, axis=0, keepdims=True) if K.ndim(g) > 1 else g for g in grads]

    kernel, bias = after(Centered(0.1))
    np.testing.assert_allclose(kernel, [0.21469, 0.09873, 0.01532, 0.12666, 0.06999, 0.07461], atol=1e-5)
    np.testing.assert_allclose(bias, [0.15487, 0.01452], atol=1e-5)
    optimizer = SGD(0.1)
    known = optimizer.get_gradients
    optimizer.get_gradients = lambda loss, params: [0.5 * g for g in known(loss, params)]
    kernel, bias = after(optimizer)
    np.testing.assert_allclose(kernel, [0.14778, 0.01679, 0.04491, 0.03083, 0.06915, 0.00353], atol=1e-5)
    np.testing.assert_allclose(bias, [0.13168, 0.06061], atol=1e-5)


class Decayed(SGD):
    def get_updates(self, loss, params):
        self.updates = super().get_updates(loss, params)
        self.updates += [K.update_sub(p, 0.01 * p) for p in params]
        return self.updates


def test_what_is_added_to_a_variable_leaves_its_step_alone():
    kernel, bias = after(Decayed(lr=0.1), steps=1)
    for found, plain in zip((kernel, bias), after(SGD(0.1), steps=1)):
        np.testing.assert_allclose(found, plain - 0.001, atol=1e-6)


class Grouped(Optimizer):
    """Groups of weights with rates of their own."""

    def __init__(self, optimizer, factors):
        super().__init__()
        self.optimizer, self.factors = optimizer, factors

    def get_updates(self, loss, params):
        rate = self.optimizer.learning_rate
        for end, factor in self.factors.items():
            self.optimizer.learning_rate = rate * (factor(self.optimizer.iterations) if callable(factor) else factor)
            self.updates += self.optimizer.get_updates(loss, [p for p in params if end in p.name])
        self.optimizer.learning_rate = rate
        return self.updates


def test_groups_of_weights_have_rates_of_their_own_at_every_step():
    inner = SGD(0.1)
    kernel, bias = after(Grouped(inner, {"kernel": 0.5, "bias": 0.0}))
    assert K.get_value(inner.lr) == pytest.approx(0.1)
    np.testing.assert_array_equal(bias, np.float32([0.1, 0.1]))
    assert after(Grouped(SGD(0.1), {"kernel": 0.0, "bias": lambda t: K.cast(t, "float32")}), 1)[1][0] == np.float32(0.1)
    assert np.abs(after(Grouped(SGD(0.1), {"kernel": 1.0, "bias": 1.0}))[0] - after(SGD(0.1))[0]).max() < 1e-6
    assert np.abs(kernel - 0.1).max() > 0.01


class Summed(Optimizer):
    """Steps with the sum of the gradients of several batches, written as for 2.2."""

    def __init__(self, optimizer, count):
        super().__init__()
        self.optimizer, self.count = optimizer, count
        self.iterations = K.variable(0, dtype="int64")
        self.last = K.equal(self.iterations % count, count - 1)
        self.lr = optimizer.lr
        optimizer.lr = K.switch(self.last, optimizer.lr, 0.0)
        for name in ("beta_1", "beta_2"):
            if hasattr(optimizer, name):
                setattr(optimizer, name, K.switch(self.last, getattr(optimizer, name), 1 - 1e-7))
        optimizer.get_gradients = lambda loss, params: [s / count for s in self.sums]

    def get_updates(self, loss, params):
        self.kept = [K.zeros(K.int_shape(p)) for p in params]
        self.sums = [k + g for k, g in zip(self.kept, self.get_gradients(loss, params))]
        self.updates = [
            K.update_add(self.iterations, 1),
            K.update_add(self.optimizer.iterations, K.cast(self.last, "int64")),
            *(K.update(k, K.switch(self.last, 0 * s, s)) for k, s in zip(self.kept, self.sums)),
        ]
        self.updates.extend(self.optimizer.get_updates(loss, params)[1:])  # the first one counts steps
        return self.updates


@pytest.mark.parametrize("made", [lambda: SGD(0.1), lambda: Adam(0.1)])
def test_gradients_of_several_batches_make_one_step(made):
    optimizer = Summed(made(), 2)
    for found, wanted in zip(after(optimizer, 6), after(made(), 3)):
        np.testing.assert_allclose(found, wanted, atol=2e-5)
    assert K.get_value(optimizer.optimizer.iterations) == 3
    K.set_value(optimizer.lr, 0.0)  # one rate for both
    assert K.get_value(optimizer.optimizer.lr) == 0


def test_an_optimizer_inside_of_two_is_asked_for_updates_of_now():
    class Around(Optimizer):
        def __init__(self, optimizer):
            super().__init__()
            self.optimizer = optimizer

        def get_updates(self, loss, params):
            if not self.updates:
                self.updates = self.optimizer.get_updates(loss, params)
            return self.updates

    for found, wanted in zip(after(Around(Around(SGD(0.1)))), after(SGD(0.1))):
        np.testing.assert_allclose(found, wanted, atol=1e-6)
