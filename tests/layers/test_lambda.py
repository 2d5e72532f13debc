"""Lambda: any function as a layer, and no code in configs."""

import copy
import json
import pickle

import numpy as np
import pytest

from keras import layers, models, ops

from .contract import assert_close

X = np.array([[1.0, 2.0]])


def scaled(x, by=1.0, training=None):
    return x * by * (10 if training else 1)


def test_lambda_calls_its_function_with_arguments_and_training():
    layer = layers.Lambda(scaled, arguments={"by": 3.0})
    assert_close(layer(X), X * 3)
    assert_close(layer(X, training=True), X * 30)


def test_lambda_finds_the_shape_and_dtype_by_tracing():
    y = layers.Lambda(lambda x: ops.argmax(ops.concatenate([x, x]), axis=-1))(layers.Input((3,)))
    assert (y.shape, y.dtype) == ((None,), "int32")
    a, b = layers.Lambda(lambda xs: [xs[0] + xs[1], xs[0]])([layers.Input((3,)), layers.Input((3,))])
    assert a.shape == b.shape == (None, 3)


def test_lambda_takes_the_shape_it_is_told():
    assert layers.Lambda(lambda x: x, output_shape=(7,))(layers.Input((3,))).shape == (None, 7)
    assert layers.Lambda(lambda x: x, output_shape=lambda s: (s[0], 9))(layers.Input((3,))).shape == (None, 9)


def test_lambda_takes_and_gives_masks():
    x = layers.Masking()(np.array([[[0.0], [2.0]]]))
    with pytest.warns(UserWarning, match="does not support masking"):
        seen = layers.Lambda(lambda x, mask=None: ops.cast(mask, "float32"))(x)
    assert_close(seen, [[0.0, 1.0]])
    given = layers.Lambda(lambda x: x + 1, mask=lambda x, mask: ops.logical_not(mask))(x)
    np.testing.assert_array_equal(given._keras_mask, [[True, False]])


def test_a_lambda_stays_the_same_through_its_config():
    layer = layers.Lambda(lambda x: x * 3, name="triple")
    assert_close(layers.Lambda.from_config(layer.get_config())(X), X * 3)


def as_in_a_file(config):
    return json.loads(json.dumps(config))


@pytest.mark.parametrize("function", [lambda x: x * 3, scaled], ids=["lambda", "named"])
@pytest.mark.parametrize("copied", [dict, copy.copy, copy.deepcopy])
def test_a_config_remembers_its_function_as_long_as_it_is_not_written(function, copied):
    x = layers.Input((2,))
    model = models.Model(x, layers.Lambda(function, arguments={}, name="mine")(x))
    config = model.get_config()
    assert_close(models.Model.from_config(copied(config))(X), model(X))
    chain = models.Sequential([layers.Input((2,)), layers.Lambda(function)])
    assert_close(models.Sequential.from_config(copied(chain.get_config()))(X), chain(X))
    for written in (as_in_a_file(config), pickle.loads(pickle.dumps(config))):
        with pytest.raises(ValueError, match=r"custom_objects=\{'(mine|scaled)'"):
            models.Model.from_config(written)


def test_a_function_that_is_passed_goes_before_the_remembered_one():
    for function, name in ((lambda x: x * 3, "mine"), (scaled, "scaled")):
        config = layers.serialize(layers.Lambda(function, name="mine"))
        assert_close(layers.deserialize(config, custom_objects={name: lambda x: x * 4})(X), X * 4)
        config["config"]["function"]["config"] = "other"
    with pytest.raises(ValueError, match="'other'"):
        layers.deserialize(config)


def test_a_config_holds_no_code_so_the_function_must_be_passed():
    config = as_in_a_file(layers.serialize(layers.Lambda(lambda x: x * 3, name="triple")))
    with pytest.raises(ValueError, match="'triple': its function is a lambda, and configs hold no code"):
        layers.deserialize(config)
    layer = layers.deserialize(config, custom_objects={"triple": lambda x: x * 4})
    assert_close(layer(X), X * 4)


def test_code_in_a_config_is_never_run():
    config = {
        "name": "evil",
        "function": {"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None}},
    }
    with pytest.raises(ValueError, match="configs hold no code"):
        layers.Lambda.from_config(config)
    named = {"name": "evil", "function": {"module": "os", "class_name": "function", "config": "system"}}
    with pytest.raises(ValueError, match="'system'"):
        layers.Lambda.from_config(named)


def test_a_named_function_is_found_by_its_name():
    config = as_in_a_file(layers.serialize(layers.Lambda(scaled, arguments={"by": 2.0})))
    with pytest.raises(ValueError, match="'scaled'"):
        layers.deserialize(config)
    assert_close(layers.deserialize(config, custom_objects={"scaled": scaled})(X), X * 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"function": 3}, "`function` must be a function. Got 3"),
        ({"function": abs, "output_shape": 3}, "`output_shape` must be a shape, a function or None. Got 3"),
    ],
)
def test_lambda_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=f"Lambda: {message}"):
        layers.Lambda(**arguments)
