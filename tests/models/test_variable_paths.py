"""Variables have the paths of Keras 3.15.1; state trees, optimizers and histograms are called after them."""

import numpy as np
import pytest

import keras
from keras import layers


@pytest.fixture(autouse=True)
def names_start_again():
    keras.utils.clear_session()


class Twice(layers.Layer):
    """Weights made in the constructor and in `build`; layers in an attribute, a list, and made in `build`."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.a = layers.Dense(2, name="a")
        self.rest = [layers.Dense(2, name="first"), layers.Dense(2)]
        self.add_weight((1,), name="early")

    def build(self, input_shape):
        self.add_weight((1,), name="late")
        self.b = layers.Dense(3, name="b")
        self.b.build(input_shape)

    def call(self, x):
        x = self.a(self.b(x))
        for layer in self.rest:
            x = layer(x)
        return x


class Stack(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.a = layers.Dense(2, name="a")
        self.b = keras.Sequential([layers.Dense(2, name="x")], name="inner")

    def call(self, x):
        return self.b(self.a(x))


def paths(thing):
    return [v.path for v in thing.variables]


def weights_of(*places):
    return [f"{place}/{name}" for place in places for name in ("kernel", "bias")]


TWICE = ["early", "late", *weights_of("a", "first", "dense", "b")]


def sequential(*members, name="s"):
    return keras.Sequential([layers.Input((3,)), *members], name=name)


def test_a_stack_puts_its_name_before_those_of_its_layers_whenever_it_is_built():
    made = []
    for build in ("at once", "added", "by shape", "by data"):
        keras.utils.clear_session()
        members = [layers.Dense(2, name="d"), layers.BatchNormalization()]
        if build == "at once":
            model = sequential(*members)
        else:
            model = keras.Sequential([] if build == "added" else members, name="s")
        if build == "added":
            for member in (layers.Input((3,)), *members):
                model.add(member)
        elif build == "by shape":
            model.build((None, 3))
        elif build == "by data":
            model(np.ones((1, 3)))
        made.append(paths(model))
    state = [f"s/batch_normalization/{n}" for n in ("gamma", "beta", "moving_mean", "moving_variance")]
    assert made == [["s/d/kernel", "s/d/bias", *state]] * 4


def test_a_functional_model_does_not():
    x = layers.Input((3,))
    model = keras.Model(x, Twice(name="t")(layers.Dense(3, name="d")(x)), name="f")
    assert paths(model) == [*weights_of("d"), *(f"t/{path}" for path in TWICE)]


def test_models_in_models():
    built, open_ = sequential(layers.Dense(3, name="d")), keras.Sequential([layers.Dense(3, name="e")], name="t")
    x = layers.Input((3,))
    model = keras.Model(x, layers.Dense(1, name="o")(open_(built(x))), name="f")
    assert paths(model) == weights_of("s/d", "t/e", "o")
    outer = keras.Sequential([model, layers.Dense(1, name="last")], name="outer")
    outer.build((None, 3))
    assert paths(outer) == [*paths(model), *weights_of("outer/last")]
    inner = keras.Sequential([layers.Dense(3, name="e")], name="t")
    assert paths(sequential(inner, layers.Dense(1, name="o"))) == weights_of("s/t/e", "s/o")


def test_a_shared_layer_keeps_the_path_of_where_it_was_built():
    shared = layers.Dense(3, name="d")
    sequential(shared)
    assert paths(sequential(shared, layers.Dense(1, name="e"), name="t")) == weights_of("s/d", "t/e")


def test_derived_models_and_layers():
    model = Stack(name="m")
    model(np.ones((1, 3)))
    assert paths(model) == weights_of("m/a", "m/inner/x")
    parts = (model, model.a, model.b, model.b.layers[0])
    assert [part.path for part in parts] == ["m", "m/a", "m/inner", "m/inner/x"]
    x = layers.Input((3,))
    assert paths(keras.Model(x, layers.Dense(1, name="o")(Stack(name="m")(x)))) == weights_of("m/a", "m/inner/x", "o")
    keras.utils.clear_session()
    early, *others = TWICE  # made in the constructor, where the model is not known
    assert paths(sequential(Twice(name="t"))) == [f"t/{early}", *(f"s/t/{path}" for path in others)]


def test_layers_that_hold_others():
    made = [
        sequential(layers.Reshape((1, 3)), layers.Bidirectional(layers.LSTM(2, name="l"), name="b")),
        sequential(layers.Reshape((1, 3)), layers.RNN([layers.GRUCell(2), layers.LSTMCell(2, name="c")], name="r")),
    ]
    cell = ("kernel", "recurrent_kernel", "bias")
    assert [v.path for v in made[0].weights] == [
        f"s/b/{way}_l/lstm_cell/{name}" for way in ("forward", "backward") for name in cell
    ]
    assert [v.path for v in made[1].weights] == [
        f"s/r/stacked_rnn_cells/{one}/{name}" for one in ("gru_cell", "c") for name in cell
    ]


def test_seed_generators_optimizers_and_metrics():
    assert paths(layers.Dropout(0.5)) == ["seed_generator/seed_generator_state"]
    model = sequential(layers.Dense(2, name="d"))
    model.compile("nadam", "mse", metrics=["mae"])
    model.fit(np.ones((2, 3)), np.ones((2, 2)), verbose=0)
    slots = [f"nadam/s_d_{weight}_{slot}" for weight in ("kernel", "bias") for slot in ("momentum", "velocity")]
    assert paths(model.optimizer) == ["nadam/iteration", "nadam/learning_rate", *slots, "variable"]
    assert [v.path for v in model.metrics_variables] == [
        "loss/total", "loss/count", "mean_absolute_error/total", "mean_absolute_error/count",
    ]  # fmt: skip
    assert model.get_state_tree()["trainable_variables"].keys() == {"s"}
