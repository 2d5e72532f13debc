"""The table of `summary()`: values that can be worked by hand, widths that Keras 3.15.1 gave in 80 columns."""

import pytest

import keras
from keras import layers
from keras.legacy import era


def table_of(model, **settings):
    lines = []
    model.summary(print_fn=lines.append, line_length=160, **settings)
    return lines


def cells_of(model, name, **settings):
    line = next(line for line in table_of(model, **settings) if name in line)
    return [cell.strip() for cell in line.replace("┃", "│").strip("│").split("│")]


def test_columns_say_what_they_are_asked_for():
    model = keras.Sequential([keras.Input((4, 4, 3)), layers.Conv2D(2, 3, name="c"), layers.Flatten(), layers.Dense(5)])
    model.layers[0].trainable = False
    columns = ["trainable", "dtype", "bytes", "flops"]
    # 4 places x 2 filters x (27 products, 26 sums, 1 bias); 56 numbers of 4 bytes
    assert cells_of(model, "c (Conv2D)", columns=columns)[-4:] == ["N", "float32", "224", "432"]
    assert cells_of(model, "(Dense)", columns=columns)[-1] == str(2 * 8 * 5 + 5)
    assert cells_of(model, "(Flatten)", columns=columns)[-4:] == ["-", "float32", "0", "0"]
    assert cells_of(model, "(Dense)", show_trainable=True)[-1] == "Y"
    assert len(cells_of(model, "(Dense)")) == 3
    with pytest.raises(ValueError, match="`columns` must be one of 'trainable', 'dtype', 'bytes', 'flops'"):
        model.summary(columns=["colour"])


def test_a_layer_that_is_called_twice_costs_twice_and_a_model_inside_what_its_layers_cost():
    a, b = keras.Input((3,)), keras.Input((3,))
    shared = layers.Dense(2, use_bias=False, name="shared")
    inner = keras.Sequential([keras.Input((2,)), layers.Dense(4, use_bias=False, name="deep")], name="inner")
    outputs = inner(layers.Concatenate(axis=0)([shared(a), shared(b)]))
    model = keras.Model([a, b], outputs)
    assert cells_of(model, "shared (Dense)", columns="flops")[-1] == "24"
    assert cells_of(model, "deep (Dense)", columns="flops", expand_nested=True)[-1] == "16"
    loop = keras.Sequential([keras.Input((5, 2)), layers.SimpleRNN(3, use_bias=False, activation=None, name="r")])
    assert int(cells_of(loop, "r (SimpleRNN)", columns="flops")[-1]) >= 5 * 2 * (2 * 3 + 3 * 3)


def test_subclassed_models_and_older_looks_have_the_columns():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.only = layers.Dense(2, name="only")

        def call(self, x):
            return self.only(x)

    model = Own()
    model.build((None, 3))
    assert cells_of(model, "only (Dense)", columns=["bytes", "trainable"])[-2:] == ["32", "Y"]
    for release in ("1.2", "2.3"):
        stack = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="d")])
        lines = []
        with era.during(release):
            stack.summary(print_fn=lines.append, columns=["bytes", "flops"])
        head = next(line for line in lines if "Layer (type)" in line)
        line = next(line for line in lines if "d (Dense)" in line)
        assert head.split()[-2:] == ["Bytes", "FLOPs"]
        assert line.split()[-2:] == ["32", "14"]


def widths(model, **options):
    lines = []
    model.summary(print_fn=lines.append, **options)
    head = next(line for line in lines if line.startswith("┏"))
    return [len(part) for part in head[1:-1].split("┳")]


@pytest.mark.parametrize(
    ("options", "stack", "graph"),
    [
        ({}, [33, 24, 15], [21, 19, 12, 19]),
        ({"line_length": 60}, [26, 19, 11], [17, 14, 9, 15]),
        ({"line_length": 80}, [35, 26, 15], [23, 19, 13, 20]),
        ({"show_trainable": True}, [29, 23, 12, 7], [19, 17, 11, 16, 7]),
    ],
)
def test_columns_are_as_wide_as_those_of_keras_3(options, stack, graph, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    inputs = keras.Input((4,))
    outputs = layers.Add()([layers.Dense(2)(inputs), layers.Dense(2)(inputs)])
    assert widths(keras.Sequential([keras.Input((4,)), layers.Dense(2)]), **options) == stack
    assert widths(keras.Model(inputs, outputs), **options) == graph


def test_headings_fit_their_columns_and_truth_values_stand_in_the_middle(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    model = keras.Sequential([keras.Input((4,)), layers.Dense(2, name="d")])
    lines = []
    model.summary(print_fn=lines.append, show_trainable=True)
    assert lines[2].endswith("┃ Trai… ┃")
    assert lines[4].endswith("│   Y   │")
    assert len({len(line) for line in lines[1:6]}) == 1
    lines.clear()
    model.summary(print_fn=lines.append, line_length=40)
    assert [line.split("┃")[2:4] for line in lines[2:4]] == [[" Output     ", " Param "], [" Shape      ", "     # "]]


def test_letters_of_east_asia_take_the_room_of_two(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = []
    model = keras.Sequential([keras.Input((4,)), layers.Dense(2, name="日本"), layers.Flatten(name="層" * 20)])
    model.summary(print_fn=lines.append)
    assert lines[4].startswith("│ 日本 (Dense)" + " " * 20 + "│ (None, 2)")
    assert lines[6].startswith("│ " + "層" * 15 + "… │ (None, 2)")


def test_a_range_of_layers_may_be_told_by_patterns():
    names = ["a1", "b1", "a2", "b2", "c1", "a3"]
    model = keras.Sequential([keras.Input((1,)), *(layers.Dense(1, name=name) for name in names)])

    def listed(*wanted):
        lines = table_of(model, layer_range=wanted)
        return [name for name in names if any(f" {name} (" in line for line in lines)]

    assert listed("a2", "c1") == ["a2", "b2", "c1"]
    assert listed("a.*", "b.*") == ["a1", "b1", "a2", "b2"]
    assert listed("c.*", "a.*") == ["c1", "a3"]
    with pytest.raises(ValueError, match=r"names 'x.*', which the model does not have"):
        listed("x.*", "a1")
    with pytest.raises(ValueError, match="which is no name and no pattern"):
        listed("a[", "a1")


def test_a_name_that_is_too_long_is_cut_and_sources_share_a_line_that_has_room(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    inputs = keras.Input((4,), name="inputs_with_a_very_long_name")
    outputs = layers.Add(name="sum")([layers.Dense(2, name="a")(inputs), layers.Dense(2, name="b")(inputs)])
    lines = []
    keras.Model(inputs, outputs).summary(print_fn=lines.append)
    assert any(line.startswith("│ inputs_with_a_very… │ (None, 4)") for line in lines)
    assert [line[-20:-2].strip() for line in lines if "[0][0]" in line] == ["a[0][0], b[0][0]"]


def test_layers_called_on_values_only_are_shown_with_their_shapes():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.first, self.drop, self.last = (
                layers.Dense(4, name="a"),
                layers.Dropout(0.5, name="b"),
                layers.Flatten(),
            )

        def call(self, x):
            return self.last(self.drop(self.first(x)))

    model = Own()
    assert cells_of(model, "a (Dense)") == ["a (Dense)", "?", "0 (unbuilt)"]
    assert cells_of(model, "b (Dropout)") == ["b (Dropout)", "?", "0"]
    model(keras.ops.ones((2, 5, 3)))
    assert cells_of(model, "a (Dense)") == ["a (Dense)", "(2, 5, 4)", "16"]
    assert cells_of(model, "(Flatten)")[1:] == ["(2, 20)", "0"]
    model = Own()
    model.build((None, 5, 3))
    assert cells_of(model, "(Flatten)")[1:] == ["(None, 20)", "0"]
