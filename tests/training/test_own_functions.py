"""`make_train_function` and its kin: functions of the user's in the place of the programs. Values: Keras 3.15."""

import jax
import numpy as np
import pytest

import keras

R = np.random.RandomState(0)
X, Y = R.rand(10, 3).astype("float32"), R.rand(10, 1).astype("float32")
WEIGHTS = [R.rand(3, 1).astype("float32"), np.zeros(1, "float32")]
LOSSES, VAL_LOSSES = [0.22132, 0.1551], [0.15453, 0.13695]


class Line(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)

    def call(self, x):
        return self.dense(x)


class BySteps(Line):
    """Compiles its step itself."""

    def make_train_function(self, force=False):
        if self.train_function is not None and not force:
            return

        @jax.jit
        def one(state, data):
            return self.train_step(state, data)

        self.train_function = lambda state, iterator: one(state, next(iterator))


def around(phase):
    """`make_..._function` that adds something to what the function of the base class hands out."""

    def make(self, force=False):
        getattr(keras.Model, f"make_{phase}_function")(self, force)
        inner = getattr(self, f"{phase}_function")
        if getattr(inner, "adds", False):
            return

        def step(state, iterator):
            found, state = inner(state, iterator)
            return (2 * found if phase == "predict" else {**found, "extra": 3.0}), state

        step.adds = True
        setattr(self, f"{phase}_function", step)

    return make


class Around(Line):
    make_train_function = around("train")
    make_test_function = around("test")
    make_predict_function = around("predict")


def compiled(cls):
    model = cls()
    model(X)
    model.set_weights(WEIGHTS)
    model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
    return model


def test_a_function_that_compiles_the_step_itself_trains():
    model = compiled(BySteps)
    history = model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["loss"], LOSSES, atol=1e-5)
    np.testing.assert_allclose(model.get_weights()[1], [-0.03693], atol=1e-5)
    np.testing.assert_allclose(model.train_on_batch(X, Y), [0.13695, 0.30927], atol=1e-5)


def test_functions_around_those_of_the_base_class_are_called_for_every_batch():
    model = compiled(Around)
    history = model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0, validation_data=(X, Y)).history
    np.testing.assert_allclose(history["loss"], LOSSES, atol=1e-5)
    np.testing.assert_allclose(history["val_loss"], VAL_LOSSES, atol=1e-5)
    assert history["extra"] == history["val_extra"] == [3.0, 3.0]
    assert model.evaluate(X, Y, verbose=0, return_dict=True)["extra"] == 3.0
    assert model.test_on_batch(X, Y)[2] == 3.0
    expected = 2 * np.array(model(X))
    np.testing.assert_allclose(model.predict(X, batch_size=4, verbose=0), expected, atol=1e-6)
    np.testing.assert_allclose(model.predict_on_batch(X), expected, atol=1e-6)


def test_a_function_given_to_the_model_counts_until_it_is_compiled_again():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.train_function = lambda state, iterator: ({"loss": next(iterator)[0].sum()}, state)
    before = model.get_weights()
    np.testing.assert_allclose(
        model.fit(X, Y, batch_size=4, shuffle=False, verbose=0).history["loss"], [X[8:].sum()], rtol=1e-6
    )
    np.testing.assert_array_equal(before[0], model.get_weights()[0])
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    assert (before[0] != model.get_weights()[0]).any()


def test_a_function_that_takes_several_batches_ends_the_epoch_where_the_data_ends():
    seen = []

    def function(state, iterator):
        for _ in range(2):
            seen.append(len(next(iterator)[0]))
        return {"loss": 0.0}, state

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.train_function = function
    model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    assert seen == [4, 4, 2] * 2


def test_a_function_of_values_that_returns_something_else_is_told_so():
    model = compiled(Line)
    model.train_function = lambda state, iterator: {"loss": 0.0}
    with pytest.raises(ValueError, match=r"Line.train_function\(state, iterator\) must return"):
        model.fit(X, Y, verbose=0)
