"""Tables of `summary()` as Keras 3.15 and 2.3 print them."""

import numpy as np
import pytest

import keras
from keras import layers


def table(model, **kwargs):
    lines = []
    model.summary(print_fn=lines.append, **kwargs)
    return lines


@pytest.fixture(autouse=True)
def room(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    keras.utils.clear_session()


def test_a_chain_with_several_outputs_needs_no_connections():
    x = keras.Input((4,))
    first = layers.Dense(3)(x)
    lines = table(keras.Model(x, [first, layers.Dense(2)(first)]))
    assert "Connected to" not in lines[2]
    assert len(lines[2]) == 88
    assert "Connected to" in table(keras.Model(x, layers.add([x, x])))[2]


def test_inputs_stand_in_one_line_where_there_is_room_and_layers_inside_have_none():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(4)], name="inner")
    lines = table(keras.Model([a, b], layers.Concatenate(name="c")([inner(a), b])), expand_nested=True)
    rows = {line.split()[1]: line.split("│")[-2].strip() for line in lines if line.startswith("│")}
    assert rows == {"a": "-", "inner": "a[0][0]", "└": "-", "b": "-", "c": "inner[0][0], b[0][0]"}
    assert len(table(keras.Model(a, inner(a)), show_trainable=True)[2]) == 100


def test_operations_are_named_by_the_class_that_keras_3_has_for_them():
    x = keras.Input((4,))
    lines = table(keras.Model(x, keras.ops.log_softmax(x * 2.0)))
    assert any("multiply (Multiply)" in line for line in lines)
    assert any("log_softmax (LogSoftmax)" in line for line in lines)


def test_models_inside_are_counted_and_called_as_in_2_3(in_era):
    in_era("2")
    x, y = keras.Input((4,)), keras.Input((4,))
    z = keras.Input((4,))
    inner = keras.Model(z, layers.Dense(6, name="d")(z), name="inner")
    lines = table(keras.Model([x, y], layers.add([inner(x), inner(y)])))
    assert any(line.startswith("inner (Model)  ") for line in lines)
    assert [line.split()[-1] for line in lines if "inner[" in line] == ["inner[1][0]", "inner[2][0]"]


def test_a_subclassed_model_is_as_wide_as_a_stack_in_2_3(in_era):
    in_era("2")

    class Net(keras.Model):
        def __init__(self):
            super().__init__(name="net")
            self.dense = layers.Dense(4, name="dense")

        def call(self, x):
            return self.dense(x)

    model = Net()
    model(np.zeros((2, 3), "float32"))
    assert table(model)[1:5] == [
        "_" * 65,
        "Layer (type)                 Output Shape              Param #   ",
        "=" * 65,
        "dense (Dense)                (None, 4)                 16        ",
    ]


def test_a_trained_model_counts_its_optimizer_among_all_numbers(capsys):
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(3)])
    model.compile("adam", "mse")
    model.train_on_batch(np.ones((2, 8)), np.ones((2, 3)))
    model.summary()
    assert capsys.readouterr().out.splitlines()[-4:] == [
        " Total params: 83 (332.00 B)",
        " Trainable params: 27 (108.00 B)",
        " Non-trainable params: 0 (0.00 B)",
        " Optimizer params: 56 (224.00 B)",
    ]


def test_models_inside_open_also_where_they_are_no_graphs_and_layers_that_list_layers():
    class Inner(keras.Model):
        def __init__(self):
            super().__init__(name="inner")
            self.a = layers.Dense(3, name="a")

        def call(self, x):
            return self.a(x)

    class Block(layers.Layer):
        def __init__(self):
            super().__init__(name="block")
            self.layers = [layers.Dense(2, name="b"), layers.Dense(1, name="c")]

        def call(self, x):
            return self.layers[1](self.layers[0](x))

    class Outer(keras.Model):
        def __init__(self):
            super().__init__(name="outer")
            self.inner, self.block = Inner(), Block()

        def call(self, x):
            return self.block(self.inner(x))

    model = Outer()
    model(np.zeros((5, 4)))
    rows = [line.split("│")[1].rstrip() for line in table(model, expand_nested=True) if line.startswith("│")]
    assert rows == [
        " inner (Inner)", "    └ a (Dense)", " block (Block)", "    └ b (Dense)", "    └ c (Dense)",
    ]  # fmt: skip
    assert len([line for line in table(model) if line.startswith("│")]) == 2
