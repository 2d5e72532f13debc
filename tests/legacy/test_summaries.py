"""Tables of `summary()` as tf.keras printed them, line by line: values from tf_keras 2.21 and tf.keras of 2.1."""

import pytest

import keras
from keras import layers


@pytest.fixture
def of():
    before = keras.config.era()
    keras.utils.clear_session()
    yield keras.config.set_era
    keras.config.set_era(before)


def table(model, **kwargs):
    lines = []
    model.summary(print_fn=lines.append, **kwargs)
    return lines


def nested():
    z = keras.Input((8,), name="z")
    inner = keras.Model(z, layers.Dense(3, name="q")(z), name="inner")
    inner.trainable = False
    w = keras.Input((8,), name="w")
    return keras.Model(w, layers.Dense(2, name="e")(inner(w)), name="outer")


def test_rows_are_spaced_and_bytes_told_as_in_the_last_releases(of):
    of("tf2")
    line, space = "_" * 65, " " * 65
    assert table(nested()) == [
        'Model: "outer"', line, " Layer (type)                Output Shape              Param #   ", "=" * 65,
        " w (InputLayer)              [(None, 8)]               0         ", space,
        " inner (Functional)          (None, 3)                 27        ", space,
        " e (Dense)                   (None, 2)                 8         ", space, "=" * 65,
        "Total params: 35 (140.00 Byte)", "Trainable params: 8 (32.00 Byte)",
        "Non-trainable params: 27 (108.00 Byte)", line,
    ]  # fmt: skip


def test_models_inside_stand_in_frames(of):
    of("tf2")
    lines = table(nested(), expand_nested=True, show_trainable=True)
    assert lines[2] == " Layer (type)                Output Shape              Param #   Trainable  "
    assert lines[6:13] == [
        " inner (Functional)          (None, 3)                 27        N          ",
        "|" + "¯" * 74 + "|",
        "| z (InputLayer)             [(None, 8)]               0         N         |",
        "|" + " " * 74 + "|",
        "| q (Dense)                  (None, 3)                 27        N         |",
        "¯" * 76,
        " e (Dense)                   (None, 2)                 8         Y          ",
    ]


def test_long_names_and_connections_go_on_in_the_next_line(of):
    of("tf2")
    x, y = keras.Input((8,), name="x"), keras.Input((8,), name="y_with_a_very_long_name_that_needs_room_indeed")
    lines = table(keras.Model([x, y], layers.Concatenate(name="c")([x, y])))
    assert [line.rstrip() for line in lines[6:14]] == [
        " y_with_a_very_long_name_th  [(None, 8)]                  0         []",
        " at_needs_room_indeed (Inpu",
        " tLayer)",
        "",
        " c (Concatenate)             (None, 16)                   0         ['x[0][0]',",
        "                                                                     'y_with_a_very_long_name_that",
        "                                                                    _needs_room_indeed[0][0]']",
        "",
    ]
    assert {len(line) for line in lines[1:-4]} == {98}


def test_rows_are_ruled_as_in_earlier_releases(of):
    of("tf2.0")
    lines = table(nested())
    assert lines[2:6] == [
        "Layer (type)                 Output Shape              Param #   ", "=" * 65,
        "w (InputLayer)               [(None, 8)]               0         ", "_" * 65,
    ]  # fmt: skip
    assert lines[-4:] == ["Total params: 35", "Trainable params: 8", "Non-trainable params: 27", "_" * 65]


def test_a_layer_that_is_never_called_is_unused(of):
    class Own(keras.Model):
        def __init__(self):
            super().__init__(name="own")
            self.first, self.never = layers.Dense(2, name="first"), layers.Dense(2, name="never")

        def call(self, x):
            return self.first(x)

    of("tf2")
    model = Own()
    model(keras.ops.zeros((4, 3)))
    assert [line.split() for line in table(model)[4:8:2]] == [
        ["first", "(Dense)", "multiple", "8"], ["never", "(Dense)", "multiple", "0", "(unused)"],
    ]  # fmt: skip
