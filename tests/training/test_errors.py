"""Bad input gets a clear error before anything is trained."""

import numpy as np
import pytest

import keras
from keras import layers


def classifier(loss="sparse_categorical_crossentropy"):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("sgd", loss)
    return model


X = np.zeros((6, 4), "float32")
Y = np.zeros((6,), "int32")

BAD = {
    "wrong rank": (classifier, np.zeros((6, 4, 2)), Y, "4"),
    "wrong last axis": (classifier, X[:, :3], Y, "3"),
    "one-hot for sparse": (classifier, X, np.eye(3)[Y], "one-hot|class numbers|integer"),
    "integers for categorical": (lambda: classifier("categorical_crossentropy"), X, Y, "one-hot|to_categorical|sparse"),
    "lengths": (classifier, X, Y[:5], "5"),
    "empty": (classifier, X[:0], Y[:0], "empty|no rows|0 rows"),
    "strings": (classifier, np.array([["a"] * 4] * 6), Y, "text|string"),
    "no targets": (classifier, X, None, "targets|`y`"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_data_is_refused_and_changes_nothing(name):
    make, x, y, words = BAD[name]
    model = make()
    before = model.get_weights()
    with pytest.raises((ValueError, TypeError), match=f"(?i){words}"):
        model.fit(x, y, verbose=0)
    for a, b in zip(before, model.get_weights()):
        np.testing.assert_array_equal(a, b)
    model.fit(X, Y if model.loss.startswith("sparse") else np.eye(3)[Y], verbose=0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"optimizer": "adamm", "loss": "mse"}, "Did you mean 'Adam'"),
        ({"optimizer": "adam", "loss": "mean_squared_eror"}, "Did you mean 'mean_squared_error'"),
        ({"optimizer": "adam", "loss": "mse", "metrics": ["acuracy"]}, "(?i)did you mean|unknown"),
        ({"optimizer": "adam", "loss": "mse", "loss_weights": ["accuracy"]}, "metrics="),
        ({"optimizer": "adam", "loss": "mse", "steps_per_execution": 0}, "steps_per_execution"),
        ({"optimizer": "adam", "loss": "mse", "debug": "yes"}, "debug"),
    ],
)
def test_compile_names_what_is_wrong(arguments, words):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    with pytest.raises(ValueError, match=words):
        model.compile(**arguments)


@pytest.mark.parametrize("call", [lambda m: m.fit(X, Y), lambda m: m.evaluate(X, Y), lambda m: m.train_on_batch(X, Y)])
def test_training_needs_compile(call):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    with pytest.raises(ValueError, match=r"Call model\.compile"):
        call(model)


def test_a_dict_of_losses_with_an_unknown_output_names_the_known_ones():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, [layers.Dense(1, name="left")(inputs), layers.Dense(1, name="right")(inputs)])
    model.compile("sgd", {"left": "mse", "rigth": "mse"})
    with pytest.raises(ValueError, match=r"'rigth'.*Did you mean 'right'"):
        model.fit(X, [Y, Y], verbose=0)


def test_too_few_targets_for_two_outputs():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="2 outputs"):
        model.fit(X, Y, verbose=0)


@pytest.mark.parametrize("epochs", [-1, 1.5, "3"])
def test_epochs_must_be_a_whole_number(epochs):
    with pytest.raises(ValueError, match="`epochs` must be"):
        classifier().fit(X, Y, epochs=epochs, verbose=0)


def test_class_numbers_that_are_too_large_are_named():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    x = np.ones((5, 3), "float32")
    with pytest.raises(ValueError, match=r"labels go up to 4, but the model tells 4 classes apart.*0 to 3"):
        model.fit(x, np.array([0, 1, 2, 3, 4]), verbose=0)
    model.fit(x, np.array([0, 1, 2, 3, 4]), sample_weight=np.array([1, 1, 1, 1, 0.0]), verbose=0)
    with pytest.raises(ValueError, match="subtract 1"):
        model.evaluate(x, np.full((5, 1), 4), verbose=0)


@pytest.mark.parametrize("shape", [(3,), (2, 3, 3)])
def test_inputs_of_another_rank_are_named(shape):
    model = keras.Sequential([keras.Input((3,), name="rows"), keras.layers.Dense(4)])
    with pytest.raises(ValueError, match=r"input 'rows' has 2 axes: \(None, 3\). Got shape"):
        model.predict(np.ones(shape), verbose=0)


def test_one_of_several_inputs_with_another_size_is_named():
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    model = keras.Model([a, b], keras.layers.Concatenate()([a, b]))
    with pytest.raises(ValueError, match=r"input 'b' has shape \(None, 2\). Got shape \(2, 3\)"):
        model([np.ones((2, 3)), np.ones((2, 3))])


class WeightAnew(layers.Layer):
    def call(self, x):
        return x @ self.add_weight(shape=(x.shape[-1], 2), name="w")


class LayerAnew(layers.Layer):
    def call(self, x):
        return layers.Dense(2)(x)


class OnceInCall(layers.Layer):
    def call(self, x):
        if not hasattr(self, "w"):
            self.w = self.add_weight(shape=(x.shape[-1], 2), name="w")
        return x @ self.w


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (WeightAnew, r"WeightAnew: call\(\) makes the weight 'w' anew.*\n.*build\(input_shape\)"),
        (LayerAnew, r"A step makes new variables each time.*kernel.*\n.*in __init__ or build\(\)"),
        (OnceInCall, None),
    ],
)
def test_weights_that_would_be_new_at_every_step_are_refused(layer, message):
    def trained():
        model = keras.Sequential([keras.Input((4,)), layer()])
        model.compile("sgd", "mse")
        return model.fit(X + 1.0, np.ones((6, 2)), epochs=3, verbose=0).history["loss"]

    if message is None:
        losses = trained()
        assert losses[2] < losses[0]
    else:
        with pytest.raises(ValueError, match=message):
            trained()
