"""Several losses of one output, and losses of several outputs as a whole; histories are those of Keras 3.15."""

import numpy as np
import pytest

import keras
from keras import layers

X = np.arange(24.0).reshape(8, 3) / 24
ONES, ZEROS = np.ones((8, 1)), np.zeros((8, 1))


def model_with(outputs):
    x = keras.Input((3,))
    first, second = (layers.Dense(1, name=name, kernel_initializer="ones")(x) for name in ("y1", "y2"))
    return keras.Model(x, outputs(first, second))


def as_list(a, b):
    return [a, b]


def as_tuple(a, b):
    return a, b


def as_dict(a, b):
    return {"a": a, "b": b}


def inside_of_others(a, b):
    return {"p": (a, b), "q": b}


def whole(y_true, y_pred):
    pairs = zip(keras.tree.flatten(y_true), keras.tree.flatten(y_pred))
    return sum(keras.losses.mean_absolute_error(t, p) for t, p in pairs)


@pytest.mark.parametrize(
    ("outputs", "loss", "weights", "expected"),
    [
        (as_list, ["mse", ["mse", "mae"]], None, {"loss": 4.9216, "y1_loss": 0.9202, "y2_loss": 1.3945}),
        (as_list, ["mse", ["mse", "mae"]], [1.0, [0.5, 2.0]], {"loss": 5.0146, "y1_loss": 0.9202, "y2_loss": 1.3945}),
        (as_list, {"y1": "mse", "y2": ["mae"]}, None, {"loss": 2.3433, "y1_loss": 0.9202, "y2_loss": 1.4232}),
        (as_dict, {"b": ["mae"]}, None, {"loss": 1.4232}),
        (
            as_dict,
            [whole, {"a": "mse", "b": "mae"}],
            [0.5, {"a": 1.0, "b": 2.0}],
            {"a_b_loss": 2.2148, "a_loss": 0.9193, "b_loss": 1.4017, "loss": 4.8301},
        ),
        (as_tuple, [whole, ("mse", None)], None, {"loss": 3.156, "y1_loss": 0.9185, "y1_y2_loss": 2.2374}),
        (lambda a, b: a, {"y1": ["mse"]}, None, {"loss": 0.9202}),
        (
            inside_of_others,
            {"p": [whole, (None, "mae")], "q": "mse"},
            None,
            {"loss": 6.1217, "p/y2_loss": 1.3803, "p_loss": 2.1952, "q_loss": 2.5461},
        ),
    ],
)
def test_losses_inside_of_lists_and_dicts(outputs, loss, weights, expected):
    model = model_with(outputs)
    model.compile("sgd", loss=loss, loss_weights=weights)
    targets = outputs(ONES, ZEROS)
    history = model.fit(X, targets, batch_size=3, shuffle=False, verbose=0).history
    assert {name: values[0] for name, values in history.items()} == pytest.approx(expected, abs=1e-4)
    assert list(history) == sorted(expected)


def test_targets_may_leave_out_outputs_without_a_loss():
    model = model_with(as_list)
    model.compile(loss=["mse", None])
    assert model.evaluate(X, ONES, verbose=0) == pytest.approx(0.9296875)


@pytest.mark.parametrize("loss", [{"a": "mse", "c": "mse"}, {"a": "mse", "c": ["mse"]}])
@pytest.mark.parametrize("kind", [KeyError, ValueError])
def test_a_loss_of_an_output_that_is_not_there(loss, kind):
    model = model_with(as_dict)
    model.compile("sgd", loss)
    with pytest.raises(kind, match=r"names the output .*'c'"):
        model.fit(X, as_dict(ONES, ZEROS), verbose=0)


def test_as_many_weights_as_losses():
    model = model_with(as_list)
    model.compile("sgd", ["mse", ["mse", "mae"]], loss_weights=[1.0, 2.0])
    with pytest.raises(ValueError, match="2 numbers for 3 losses"):
        model.fit(X, [ONES, ZEROS], verbose=0)
