"""Activations: values worked by hand, slopes, names."""

import inspect
import json
import math

import jax
import numpy as np
import pytest

import keras
from keras import activations

# name -> arguments after x
ALL = {name: () for name in activations.__all__ if name not in ("get", "serialize", "deserialize")}
ALL["threshold"] = (1.0, -2.0)

SMOOTH_AT = np.array([-4.3, -2.2, -0.7, -0.2, 0.3, 0.9, 2.4, 7.1])


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


HAND = {
    "linear": [(-1.5, -1.5), (2.0, 2.0)],
    "relu": [(-2.0, 0.0), (0.0, 0.0), (3.0, 3.0)],
    "relu6": [(-2.0, 0.0), (3.0, 3.0), (9.0, 6.0)],
    "leaky_relu": [(-2.0, -0.4), (3.0, 3.0)],
    "elu": [(-1.0, math.exp(-1) - 1), (3.0, 3.0)],
    "celu": [(-1.0, math.exp(-1) - 1), (3.0, 3.0)],
    "selu": [(-1.0, 1.0507009873554805 * 1.6732632423543772 * (math.exp(-1) - 1)), (2.0, 2.101401974710961)],
    "exponential": [(0.0, 1.0), (1.0, math.e)],
    "sigmoid": [(0.0, 0.5), (2.0, sigmoid(2))],
    "hard_sigmoid": [(-3.0, 0.0), (0.0, 0.5), (1.5, 0.75), (4.0, 1.0)],
    "sparse_sigmoid": [(-1.0, 0.0), (0.0, 0.5), (0.5, 0.75), (2.0, 1.0)],
    "log_sigmoid": [(0.0, -math.log(2)), (-100.0, -100.0)],
    "tanh": [(0.0, 0.0), (1.0, math.tanh(1))],
    "hard_tanh": [(-2.0, -1.0), (0.5, 0.5), (2.0, 1.0)],
    "softsign": [(-1.0, -0.5), (3.0, 0.75)],
    "softplus": [(0.0, math.log(2)), (100.0, 100.0)],
    "squareplus": [(0.0, 1.0), (3.0, (3 + math.sqrt(13)) / 2)],
    "sparse_plus": [(-1.0, 0.0), (0.0, 0.25), (3.0, 3.0)],
    "silu": [(0.0, 0.0), (2.0, 2 * sigmoid(2))],
    "swish": [(2.0, 2 * sigmoid(2))],
    "hard_silu": [(-4.0, 0.0), (1.5, 1.125), (5.0, 5.0)],
    "hard_swish": [(1.5, 1.125)],
    "gelu": [(0.0, 0.0), (1.0, 0.5 * (1 + math.erf(1 / math.sqrt(2))))],
    "mish": [(0.0, 0.0), (1.0, math.tanh(math.log(1 + math.e)))],
    "hard_shrink": [(-1.0, -1.0), (0.4, 0.0)],
    "soft_shrink": [(-1.0, -0.5), (0.4, 0.0), (2.0, 1.5)],
    "tanh_shrink": [(1.0, 1 - math.tanh(1))],
    "threshold": [(0.5, -2.0), (1.0, -2.0), (3.0, 3.0)],
}
ALONG_AN_AXIS = ("softmax", "log_softmax", "sparsemax", "glu")


def call(name, x):
    return getattr(activations, name)(x, *ALL[name])


def test_every_activation_has_values_worked_by_hand():
    assert set(HAND) | set(ALONG_AN_AXIS) == set(ALL)


@pytest.mark.parametrize("name", HAND)
def test_values_are_those_of_the_formula(name):
    points = np.array(HAND[name], "float32")
    np.testing.assert_allclose(call(name, points[:, 0]), points[:, 1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", sorted(set(ALL) - {"linear"}))
def test_lists_and_variables_are_as_good_as_arrays(name):
    values = [[-1.0, 0.25, 2.0, 3.0]]
    expected = np.asarray(call(name, np.array(values, "float32")))
    np.testing.assert_array_equal(call(name, values), expected)
    np.testing.assert_array_equal(call(name, keras.Variable(values)), expected)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("name", ALL)
def test_the_dtype_stays(name, dtype):
    x = keras.ops.cast(np.array([[-1.0, 0.25, 2.0, 3.0]]), dtype)
    y = call(name, x)
    assert y.dtype.name == dtype
    wide = call(name, np.array([[-1.0, 0.25, 2.0, 3.0]], "float32"))
    np.testing.assert_allclose(np.asarray(y, "float32"), wide, rtol=2e-2, atol=1e-2)


@pytest.mark.parametrize("name", ALL)
def test_slopes_are_those_of_finite_differences(name):
    with jax.enable_x64(True):
        x = SMOOTH_AT
        towards = np.linspace(1.0, 2.0, np.size(call(name, x)))

        def total(x):
            return (call(name, x) * towards).sum()

        slope = jax.jit(jax.grad(total))(x)
        step = 1e-6
        moves, totals = step * np.eye(x.size), jax.jit(jax.vmap(total))
        differences = (totals(x + moves) - totals(x - moves)) / (2 * step)
        np.testing.assert_allclose(slope, differences, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", ALL)
def test_a_symbolic_tensor_gets_the_shape_of_the_result(name):
    y = call(name, keras.KerasTensor((None, 6)))
    assert y.shape == ((None, 3) if name == "glu" else (None, 6))
    assert y.dtype == "float32"


@pytest.mark.parametrize(
    "name", ["sigmoid", "log_sigmoid", "softplus", "tanh", "softmax", "log_softmax", "selu", "mish"]
)
def test_large_values_do_not_overflow(name):
    x = np.array([-1e4, 0.0, 1e4], "float32")
    assert np.isfinite(call(name, x)).all()
    assert np.isfinite(jax.grad(lambda x: call(name, x).sum())(x)).all()


def test_softmax_sums_to_one_along_its_axis():
    x = np.array([[0.0, 1.0], [2.0, 1.0]], "float32")
    e = np.exp(x)
    np.testing.assert_allclose(activations.softmax(x), e / e.sum(1, keepdims=True), rtol=1e-6)
    np.testing.assert_allclose(activations.softmax(x, axis=0), e / e.sum(0, keepdims=True), rtol=1e-6)
    np.testing.assert_allclose(activations.softmax(x, axis=(0, 1)), e / e.sum(), rtol=1e-6)
    np.testing.assert_allclose(activations.log_softmax(x), np.log(e / e.sum(1, keepdims=True)), rtol=1e-5)


def test_sparsemax_gives_zeros_and_sums_to_one():
    np.testing.assert_allclose(activations.sparsemax([0.0, 0.5, 3.0]), [0, 0, 1], atol=1e-6)
    # the two largest share: 0.8 - t and 0.6 - t with t = 0.2
    np.testing.assert_allclose(activations.sparsemax([[0.8, 0.6, -0.5]]), [[0.6, 0.4, 0.0]], atol=1e-6)
    np.testing.assert_allclose(activations.sparsemax([[0.8], [0.6], [-0.5]], axis=0), [[0.6], [0.4], [0]], atol=1e-6)


def test_glu_multiplies_one_half_with_a_gate_from_the_other():
    np.testing.assert_allclose(activations.glu([[3.0, 4.0, 0.0, 100.0]]), [[1.5, 4.0]], rtol=1e-6)
    np.testing.assert_allclose(activations.glu([[3.0], [0.0]], axis=0), [[1.5]], rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"negative_slope": 0.1}, [-0.3, 0.0, 0.5, 8.0]),
        ({"max_value": 6.0}, [0.0, 0.0, 0.5, 6.0]),
        ({"max_value": 2.0}, [0.0, 0.0, 0.5, 2.0]),
        ({"threshold": 1.0}, [0.0, 0.0, 0.0, 8.0]),
        ({"negative_slope": 0.1, "max_value": 2.0, "threshold": 1.0}, [-0.4, -0.1, -0.05, 2.0]),
        ({"threshold": -4.0}, [-3.0, 0.0, 0.5, 8.0]),
        ({"max_value": 0.0}, [0.0, 0.0, 0.0, 0.0]),
    ],
)
def test_relu_has_a_slope_a_ceiling_and_a_threshold(arguments, expected):
    np.testing.assert_allclose(activations.relu([-3.0, 0.0, 0.5, 8.0], **arguments), expected, atol=1e-6)


def test_relu_says_what_is_wrong_with_max_value():
    with pytest.raises(ValueError, match=r"`max_value` must be a number of at least 0, or None. Got -1"):
        activations.relu([1.0], max_value=-1.0)


def test_gelu_approximates_with_tanh_when_asked():
    x = 1.5
    expected = 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    np.testing.assert_allclose(activations.gelu([x], approximate=True), [expected], rtol=1e-6)


def test_parameters_of_the_formulas_are_used():
    np.testing.assert_allclose(activations.elu([-1.0], alpha=2.0), [2 * (math.exp(-1) - 1)], rtol=1e-6)
    np.testing.assert_allclose(activations.celu([-1.0], alpha=2.0), [2 * (math.exp(-0.5) - 1)], rtol=1e-6)
    np.testing.assert_allclose(activations.leaky_relu([-1.0], negative_slope=0.5), [-0.5], rtol=1e-6)
    np.testing.assert_allclose(activations.squareplus([0.0], b=9), [1.5], rtol=1e-6)
    np.testing.assert_allclose(activations.hard_shrink([0.6, 0.8], threshold=0.7), [0.0, 0.8], rtol=1e-6)
    np.testing.assert_allclose(activations.soft_shrink([0.6, 0.8], threshold=0.7), [0.0, 0.1], rtol=1e-5)


# --- names


@pytest.mark.parametrize("name", ALL)
def test_get_finds_every_activation_by_its_name(name):
    assert activations.get(name) is getattr(activations, name)
    assert activations.get(name.upper()) is getattr(activations, name)


@pytest.mark.parametrize("name", ALL)
def test_a_name_comes_back_as_the_function(name):
    function = getattr(activations, name)
    assert activations.serialize(function) == function.__name__
    assert activations.deserialize(activations.serialize(function)) is function


def test_swish_is_silu():
    assert activations.swish is activations.silu
    assert activations.serialize(activations.swish) == "silu"


def test_none_means_linear():
    assert activations.get(None) is activations.linear


def test_what_is_callable_is_taken_as_it_is():
    def cube(x):
        return x**3

    assert activations.get(cube) is cube


def test_the_form_keras_3_writes_for_functions_is_understood():
    config = {"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "function"}
    assert activations.deserialize(config) is activations.relu


def test_a_function_of_ones_own_needs_custom_objects_to_come_back():
    def cube(x):
        return x**3

    config = json.loads(json.dumps(activations.serialize(cube)))
    assert config["config"] == "cube"
    assert activations.deserialize(config, custom_objects={"cube": cube}) is cube
    assert activations.deserialize("cube", custom_objects={"cube": cube}) is cube
    with pytest.raises(ValueError, match=r"cube"):
        activations.deserialize(config)


@pytest.mark.parametrize(("wrong", "right"), [("rel", "relu"), ("sofmax", "softmax"), ("Sigmoit", "sigmoid")])
def test_an_unknown_name_is_answered_with_the_nearest_one(wrong, right):
    with pytest.raises(ValueError, match=rf"Unknown activation: '{wrong}'. Did you mean '{right}'"):
        activations.get(wrong)


def test_a_number_is_no_activation():
    with pytest.raises(ValueError, match=r"`activation` must be a name, a function, an object or a config. Got 5"):
        activations.get(5)


def test_signatures_take_what_keras_3_takes():
    first, second = "x, negative_slope=0.0, max_value=None, threshold=0.0", "alpha=None"  # the older name at the end
    assert str(inspect.signature(activations.relu)) == f"({first}, {second})"
    assert str(inspect.signature(activations.gelu)) == "(x, approximate=False)"
    assert str(inspect.signature(activations.squareplus)) == "(x, b=4)"


def test_softmax_over_one_value_warns_as_it_says_nothing():
    dense = keras.layers.Dense(1, activation="softmax")
    for call in (activations.softmax, keras.ops.softmax, keras.layers.Softmax(), dense):
        with pytest.warns(UserWarning, match="the axis has size 1"):
            assert np.array(call(np.ones((2, 1)))).tolist() == [[1.0], [1.0]]
    with pytest.warns(UserWarning, match="the axis has size 1"):
        keras.ops.softmax(np.ones((1, 3)), axis=0)
    with pytest.warns(UserWarning, match="the axis has size 1"):  # all attention goes to the only source
        keras.layers.Attention()([np.ones((1, 2, 3)), np.ones((1, 1, 3))])
    keras.ops.softmax(np.ones((2, 1)), axis=None)
    activations.softmax(np.ones((1, 2)))
    activations.softmax(np.ones((2, 1, 1)), axis=(1, 2))
    keras.layers.Dense(1, activation="softmax")(keras.Input((3,)))
