"""Names of the layers of a `Sequential`."""

import pytest

import keras
from keras import layers


@pytest.mark.parametrize("start", [[], [keras.Input((2,))]], ids=["unknown shape", "known shape"])
def test_two_layers_of_one_name_are_refused_however_they_come(start):
    def dense(name):
        return layers.Dense(2, name=name)

    with pytest.raises(ValueError, match="there is a layer called 'a' already"):
        keras.Sequential([*start, dense("a"), dense("b"), dense("a")])
    model = keras.Sequential([*start, dense("a"), dense("b")])
    with pytest.raises(ValueError, match="there is a layer called 'b' already"):
        model.add(dense("b"))
    model.pop()
    model.add(dense("b"))
    model.layers[0].name = "c"
    model.add(dense("a"))
    model.build((None, 2))
    assert [layer.name for layer in model.layers] == ["c", "b", "a"]
