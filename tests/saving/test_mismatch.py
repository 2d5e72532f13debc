"""Weights that do not fit: what is told of them, in every format, and what is loaded all the same."""

import re

import numpy as np
import pytest

import keras
from keras import layers

PLAIN = {"kernel_initializer": "zeros"}


def model(units=3, inputs=4, kernel=2, use_bias=True, middle=True, more=False, first="first"):
    """Layers whose weights have three, two and one axes."""
    made = [keras.Input((6, inputs)), layers.Conv1D(2, kernel, name="conv", **PLAIN)]
    made += [layers.Dense(units, use_bias=use_bias, name=first, **PLAIN)] if middle else []
    made += [layers.Dense(units, name="more", **PLAIN)] if more else []
    made += [layers.BatchNormalization(scale=use_bias, name="norm")]
    return keras.Sequential(made, name="tried")


def of_1(saved):
    saved.save("weights.h5", era="1")
    return "weights.h5"


def of_2(saved):
    saved.save_weights("weights.hdf5")
    return "weights.hdf5"


def of_3(saved):
    saved.save_weights("a.weights.h5")
    return "a.weights.h5"


def safetensors(saved):
    saved.save_weights("a.safetensors")
    return "a.safetensors"


def in_parts(saved):
    keras.saving.save_weights(saved, "a.weights.json", max_shard_size=1e-7)
    return "a.weights.json"


def filled(made):
    made.set_weights([np.full(w.shape, 2.0, "float32") for w in made.weights])
    return made


OLDER = {"1": of_1, "2": of_2}
TODAYS = {"3": of_3, "safetensors": safetensors, "parts": in_parts}
# arguments of the model -> layer, what both have, and why
KINDS = [
    ({"units": 5}, r"first.*\(2, 5\).*\(2, 3\)", "units, filters or channels (5 in the model, 3 in the file)"),
    ({"inputs": 7}, r"conv.*\(2, 7, 2\).*\(2, 4, 2\)", "inputs of another size (7 in the model, 4 in the file)"),
    ({"kernel": 3}, r"conv.*\(3, 4, 2\).*\(2, 4, 2\)", "another `kernel_size`"),
    ({"use_bias": False}, r"first.* 1 (weights|variables).* 2", "another `use_bias`, `center` or `scale`"),
]


@pytest.mark.filterwarnings("ignore:.*does not fit tried everywhere", "ignore:.* parts of the model do not fit")
@pytest.mark.parametrize("kind", OLDER | TODAYS)
def test_what_differs_is_told_by_layer_with_both_shapes_and_the_likely_cause(kind, in_folder):
    path = (OLDER | TODAYS)[kind](filled(model()))
    for arguments, what, cause in KINDS:
        other = model(**arguments)
        before = other.get_weights()
        with pytest.raises(ValueError, match=what) as error:
            other.load_weights(path)
        assert re.search(what + r".*Likely cause: [^\n]*" + re.escape(cause), str(error.value)), str(error.value)
        assert path in str(error.value)
        assert "skip_mismatch=True" in str(error.value)
        for now, then in zip(other.get_weights(), before, strict=True):
            np.testing.assert_array_equal(now, then)
        other.load_weights(path, skip_mismatch=True)
        for layer in other.layers:
            name = layer.name
            same = [w.shape for w in layer.weights] == [w.shape for w in model().get_layer(name).weights]
            assert all((np.asarray(w) == 2.0).all() == same for w in layer.weights), (name, arguments)


@pytest.mark.parametrize("kind", OLDER)
def test_layers_that_only_one_has_are_told_with_the_nearest_name(kind, in_folder):
    path = OLDER[kind](filled(model(more=True)))
    with pytest.raises(ValueError, match="The model has 3 layers with weights, the file has 4") as error:
        model(first="firts").load_weights(path)
    assert "firts: the file has no layer of that name. Did you mean 'first'?" in str(error.value)
    assert "first: only the file has it. Did you mean 'firts'?" in str(error.value)
    assert "more: only the file has it." in str(error.value)
    assert "pass by_name=True" in str(error.value)


@pytest.mark.parametrize("kind", OLDER)
def test_by_name_takes_what_is_called_the_same_and_says_when_nothing_is(kind, in_folder):
    path = OLDER[kind](filled(model(more=True)))
    other = model(first="another")
    other.load_weights(path, by_name=True)
    assert [float(np.mean(layer.weights[0])) for layer in other.layers] == [2.0, 0.0, 2.0]
    with pytest.raises(ValueError, match=r"first/kernel has shape \(2, 5\).*Likely cause: another number of units"):
        model(units=5).load_weights(path, by_name=True)
    stranger = keras.Sequential([keras.Input((2,)), layers.Dense(1, name="stranger", **PLAIN)])
    with pytest.warns(
        UserWarning, match=r"nothing was loaded[^$]*In the model: stranger[^$]*In the file:  conv, first"
    ):
        stranger.load_weights(path, by_name=True)


@pytest.mark.parametrize("kind", TODAYS)
def test_a_layer_that_todays_files_have_not_is_told_with_what_is_near_its_place(kind, in_folder):
    path = TODAYS[kind](filled(model()))
    other = model(more=True)
    with pytest.raises(ValueError, match=r"layers/dense_1: .*'more' has 2 variables.*holds 0") as error:
        other.load_weights(path)
    assert "Likely cause: the layer is new in the model" in str(error.value)
    assert "Near it 'layers/dense' is in the file." in str(error.value)
    with pytest.warns(UserWarning, match="1 of 5 parts of the model do not fit"):
        other.load_weights(path, skip_mismatch=True)
    assert float(np.mean(other.get_layer("first").weights[0])) == 2.0
    with pytest.raises(ValueError, match="no weights are found `by_name`"):
        other.load_weights(path, by_name=True)


@pytest.mark.parametrize("kind", OLDER | TODAYS)
def test_axes_in_another_order_and_another_class_of_layer_are_told(kind, in_folder):
    def single(layer, *shape):
        return keras.Sequential([keras.Input(shape), layer], name="single")

    path = (OLDER | TODAYS)[kind](single(layers.Dense(3, name="one", use_bias=False, **PLAIN), 4))
    with pytest.raises(ValueError, match=r"one/kernel.*\(3, 4\).*\(4, 3\).*Likely cause: .*axes in another order"):
        single(layers.Dense(4, name="one", use_bias=False, **PLAIN), 3).load_weights(path)
    # today's formats name places by the class
    wanted = (
        "Near it 'layers/dense'" if kind in TODAYS else r"\(2, 3, 1\).*\(4, 3\).*Likely cause: a layer of another class"
    )
    with pytest.raises(ValueError, match=wanted):
        single(layers.Conv1D(1, 2, name="one", use_bias=False, **PLAIN), 5, 3).load_weights(path)
