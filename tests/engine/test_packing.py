"""Small variables that are kept joined behave as if they were not."""

import copy
import gc
import itertools
import threading
import weakref

import jax
import numpy as np

import keras
from keras import layers

X = np.linspace(-1, 1, 24, dtype="float32").reshape(8, 3)
Y = (X.sum(axis=1, keepdims=True) > 0).astype("float32")


def small_model(name=None):
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(1)], name=name)
    model.compile("adam", "mse", metrics=["mae"])
    return model


def weights(model):
    return [w.copy() for w in model.get_weights()]


def test_weights_read_between_steps_are_the_newest():
    model, seen = small_model(), []
    for _ in range(5):
        model.train_on_batch(X, Y)
        seen.append(model.get_weights()[0])
    assert all(not np.array_equal(a, b) for a, b in itertools.pairwise(seen))
    assert int(model.optimizer.iterations.numpy()) == 5


def test_reading_weights_changes_nothing():
    watched, alone = small_model(), small_model()
    for _ in range(4):
        watched.train_on_batch(X, Y)
        watched.get_weights()
        alone.train_on_batch(X, Y)
    for a, b in zip(watched.get_weights(), alone.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_an_assignment_between_steps_counts():
    model = small_model()
    model.train_on_batch(X, Y)
    model.layers[0].kernel.assign(np.zeros((3, 4)))
    model.layers[0].bias.assign(np.zeros(4))
    model.layers[1].bias.assign([7.0])
    np.testing.assert_array_equal(model.predict(X, verbose=0), np.full((8, 1), 7.0))


def test_an_assignment_by_a_callback_counts():
    class Zero(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            for v in self.model.trainable_variables:
                v.assign(np.zeros(v.shape))

    model = small_model()
    model.fit(X, Y, epochs=2, verbose=0, callbacks=[Zero()])
    assert not any(w.any() for w in model.get_weights())


def test_models_that_share_layers_see_each_others_steps():
    first = small_model("first")
    second = keras.Sequential([keras.Input((3,)), *first.layers, layers.Dense(1)], name="second")
    second.compile("sgd", "mse")
    for _ in range(3):
        first.train_on_batch(X, Y)
        a = weights(first)
        np.testing.assert_array_equal(second.get_weights()[0], a[0])
        second.train_on_batch(X, Y)
        assert not np.array_equal(first.get_weights()[0], a[0])
        np.testing.assert_array_equal(first.get_weights()[0], second.get_weights()[0])
        by_hand = np.tanh(X @ first.get_weights()[0] + first.get_weights()[1]) @ first.get_weights()[2]
        np.testing.assert_allclose(first.predict(X, verbose=0), by_hand + first.get_weights()[3], rtol=1e-5, atol=1e-6)


def test_freezing_layers_of_a_shared_part_leaves_them_alone():
    first = small_model("first")
    first.train_on_batch(X, Y)
    first.trainable = False
    second = keras.Sequential([keras.Input((3,)), first, layers.Dense(1)], name="second")
    second.compile("sgd", "mse")
    before = weights(first)
    second.fit(X, Y, epochs=3, verbose=0)
    for a, b in zip(before, first.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_a_copied_model_goes_its_own_way():
    model = small_model()
    model.train_on_batch(X, Y)
    copied = copy.deepcopy(model)
    before = weights(model)
    copied.train_on_batch(X, Y)
    for a, b in zip(before, model.get_weights()):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(copied.get_weights()[0], before[0])


def test_compiling_anew_keeps_the_weights():
    model = small_model()
    model.train_on_batch(X, Y)
    before = weights(model)
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    for a, b in zip(before, model.get_weights()):
        np.testing.assert_array_equal(a, b)
    model.train_on_batch(X, Y)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    assert not np.array_equal(model.get_weights()[2], before[2])


def test_layers_do_not_keep_a_model_alive():
    model = small_model()
    model.train_on_batch(X, Y)
    layer, gone = model.layers[0], weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None
    assert layer.kernel.numpy().shape == (3, 4)


def test_threads_may_predict_while_others_read():
    model = small_model()
    expected = model.predict(X, verbose=0)
    found = []

    def work():
        for _ in range(20):
            found.append(np.array_equal(model.predict(X, verbose=0), expected))
            model.get_weights()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80
    assert all(found)


def test_variables_that_a_program_meets_are_part_of_the_run():
    x = keras.Input(batch_shape=(4, 3))
    noise = layers.Lambda(lambda t: t + keras.random.normal((4, 3)))
    model = keras.Model(x, noise(layers.Dense(3)(x)))
    model.compile("sgd", "mse")
    model.fit(X, X, batch_size=4, verbose=0)
    first, second = (model.predict(X, batch_size=4, verbose=0) for _ in range(2))
    assert not np.array_equal(first, second)
    model.fit(X, X, batch_size=4, verbose=0, validation_data=(X, X))
    model.evaluate(X, X, batch_size=4, verbose=0)
    model.train_on_batch(X[:4], X[:4])
    assert not np.array_equal(model.predict_on_batch(X[:4]), model.predict_on_batch(X[:4]))


def test_reading_a_weight_in_a_traced_function_leaks_nothing():
    model = small_model()
    model.train_on_batch(X, Y)
    doubled = jax.jit(lambda x: x * model.layers[1].bias.value)(2.0)
    np.testing.assert_allclose(doubled, 2 * model.get_weights()[3])
    model.train_on_batch(X, Y)
