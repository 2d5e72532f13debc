"""What every loss promises: names, configs, dtypes, gradients, weights."""

import json

import jax
import numpy as np
import pytest

import keras
from keras import losses
from keras._core.fingerprint import fingerprint

R = np.random.RandomState(3)
REAL = R.randn(4, 3)
POSITIVE = R.rand(4, 3) + 0.2
YES_NO = np.array([[0.0, 1, 1], [1, 0, 0], [1, 1, 1], [0, 0, 1]])
ONE_HOT = np.eye(3)[[0, 2, 1, 1]]
NUMBERS = np.array([0, 2, 1, 1])
CHANCES = 0.1 + 0.8 * R.rand(4, 3)
SHARES = POSITIVE / POSITIVE.sum(1, keepdims=True)
OTHER_SHARES = CHANCES / CHANCES.sum(1, keepdims=True)
UNIT = REAL / np.linalg.norm(REAL, axis=1, keepdims=True)

# class -> arguments that differ from the defaults, labels, predictions
CASES = {
    "MeanSquaredError": ({}, REAL, REAL[::-1]),
    "MeanAbsoluteError": ({}, REAL, REAL[::-1]),
    "MeanAbsolutePercentageError": ({}, POSITIVE, POSITIVE[::-1]),
    "MeanSquaredLogarithmicError": ({}, POSITIVE, POSITIVE[::-1]),
    "LogCosh": ({}, REAL, REAL[::-1]),
    "Huber": ({"delta": 0.7}, REAL, REAL[::-1]),
    "CosineSimilarity": ({"axis": 1}, REAL, REAL[::-1]),
    "BinaryCrossentropy": ({"label_smoothing": 0.1, "axis": 1}, YES_NO, CHANCES),
    "CategoricalCrossentropy": ({"from_logits": True, "label_smoothing": 0.1}, ONE_HOT, REAL),
    "SparseCategoricalCrossentropy": ({"ignore_class": 2, "from_logits": True}, NUMBERS, REAL),
    "BinaryFocalCrossentropy": (
        {"apply_class_balancing": True, "alpha": 0.4, "gamma": 1.5, "from_logits": True},
        YES_NO,
        REAL,
    ),
    "CategoricalFocalCrossentropy": ({"alpha": [0.2, 0.3, 0.5], "gamma": 1.5}, ONE_HOT, OTHER_SHARES),
    "CategoricalGeneralizedCrossEntropy": ({"q": 0.7}, NUMBERS, OTHER_SHARES),
    "KLDivergence": ({}, SHARES, OTHER_SHARES),
    "Poisson": ({}, POSITIVE, CHANCES),
    "Hinge": ({}, YES_NO, REAL),
    "SquaredHinge": ({}, YES_NO, REAL),
    "CategoricalHinge": ({}, ONE_HOT, REAL),
    "Dice": ({"axis": (0, 1)}, YES_NO, CHANCES),
    "Tversky": ({"alpha": 0.3, "beta": 0.6, "axis": 1}, YES_NO, CHANCES),
    "Circle": ({"gamma": 3.0, "margin": 0.3, "remove_diagonal": False}, np.array([0, 1, 0, 1]), UNIT),
    "CTC": ({}, np.array([[1, 2], [1, 0]]), R.randn(2, 5, 3)),
}
FUNCTIONS = {
    "MeanSquaredError": "mean_squared_error", "MeanAbsoluteError": "mean_absolute_error",
    "MeanAbsolutePercentageError": "mean_absolute_percentage_error",
    "MeanSquaredLogarithmicError": "mean_squared_logarithmic_error", "LogCosh": "log_cosh", "Huber": "huber",
    "CosineSimilarity": "cosine_similarity", "BinaryCrossentropy": "binary_crossentropy",
    "CategoricalCrossentropy": "categorical_crossentropy",
    "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
    "BinaryFocalCrossentropy": "binary_focal_crossentropy",
    "CategoricalFocalCrossentropy": "categorical_focal_crossentropy",
    "CategoricalGeneralizedCrossEntropy": "categorical_generalized_cross_entropy", "KLDivergence": "kl_divergence",
    "Poisson": "poisson", "Hinge": "hinge", "SquaredHinge": "squared_hinge", "CategoricalHinge": "categorical_hinge",
    "Dice": "dice", "Tversky": "tversky", "Circle": "circle", "CTC": "ctc",
}  # fmt: skip
SHORT = {
    "mse": "mean_squared_error", "MSE": "mean_squared_error", "mae": "mean_absolute_error",
    "MAE": "mean_absolute_error", "mape": "mean_absolute_percentage_error", "MAPE": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error", "MSLE": "mean_squared_logarithmic_error", "bce": "binary_crossentropy",
    "BCE": "binary_crossentropy", "kld": "kl_divergence", "KLD": "kl_divergence",
}  # fmt: skip


def make(name, /, **more):
    return getattr(losses, name)(**{**CASES[name][0], **more})


def data(name, dtype="float32"):
    _, labels, predictions = CASES[name]
    return labels if labels.dtype.kind == "i" else labels.astype(dtype), predictions.astype(dtype)


def test_every_loss_is_tested():
    classes = {n for n in losses.__all__ if isinstance(getattr(losses, n), type)}
    assert classes == set(CASES) | {"Loss", "LossFunctionWrapper"}
    functions = set(losses.__all__) - classes - {"get", "serialize", "deserialize"}
    assert functions == set(FUNCTIONS.values())


# --- names


@pytest.mark.parametrize("name", CASES)
def test_a_class_name_means_an_instance_and_a_function_name_the_function(name):
    function = getattr(losses, FUNCTIONS[name])
    assert type(losses.get(name)) is type(losses.get(getattr(losses, name))) is getattr(losses, name)
    assert losses.get(FUNCTIONS[name]) is losses.get(function) is losses.deserialize(FUNCTIONS[name]) is function


@pytest.mark.parametrize("short", SHORT)
def test_short_names_mean_functions(short):
    assert losses.get(short) is getattr(losses, SHORT[short])


@pytest.mark.parametrize("name", CASES)
def test_names_are_those_of_keras_3(name):
    expected = {"Huber": "huber_loss"}.get(name, FUNCTIONS[name])
    assert getattr(losses, name)().name == expected


def test_unknown_names_are_answered_with_the_nearest_one():
    with pytest.raises(ValueError, match=r"Unknown loss: 'mean_square_error'. Did you mean 'mean_squared_error'"):
        losses.get("mean_square_error")
    with pytest.raises(ValueError, match=r"`loss` must be a name, a function, an object or a config. Got 3"):
        losses.get(3)
    assert losses.get(None) is None


# --- configs


@pytest.mark.parametrize("name", CASES)
def test_the_config_makes_an_equal_one(name):
    one = make(name, reduction="sum", name="mine")
    config = one.get_config()
    assert config == {**config, **CASES[name][0], "reduction": "sum", "name": "mine"}
    assert "dtype" not in config
    serialized = json.loads(json.dumps(losses.serialize(one)))
    assert (serialized["module"], serialized["class_name"]) == ("keras.losses", name)
    for other in (type(one).from_config(config), losses.deserialize(serialized)):
        assert type(other) is type(one)
        np.testing.assert_array_equal(other(*data(name)), one(*data(name)))
        assert other.name == "mine"


@pytest.mark.parametrize("name", CASES)
def test_a_given_dtype_is_part_of_the_config(name):
    one = make(name, dtype="bfloat16")
    assert one.dtype == "bfloat16"
    assert type(one).from_config(one.get_config()).dtype == "bfloat16"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_written_as_keras_3_writes_it_and_comes_back(name):
    function = getattr(losses, FUNCTIONS[name])
    config = losses.serialize(function)
    assert config == {
        "module": "builtins", "class_name": "function", "config": FUNCTIONS[name], "registered_name": "function",
    }  # fmt: skip
    assert losses.deserialize(config) is losses.get(config) is function


# --- values


@pytest.mark.parametrize("name", CASES)
def test_the_object_reduces_what_the_function_returns(name):
    arguments = CASES[name][0]
    values = np.asarray(getattr(losses, FUNCTIONS[name])(*data(name), **arguments))
    counted = values if "ignore_class" not in arguments else values[data(name)[0] != arguments["ignore_class"]]
    np.testing.assert_allclose(make(name, reduction=None)(*data(name)), values, rtol=1e-5)
    np.testing.assert_allclose(make(name, reduction="sum")(*data(name)), values.sum(), rtol=1e-5)
    np.testing.assert_allclose(make(name)(*data(name)), counted.mean(), rtol=1e-5)


@pytest.mark.parametrize("name", sorted(set(CASES) - {"Dice", "Circle"}))  # these have no losses per example
def test_a_weight_of_two_counts_an_example_twice(name):
    labels, predictions = data(name)
    twice = np.concatenate([np.arange(len(labels)), [1]])
    weights = np.ones(len(labels))
    weights[1] = 2
    one = make(name, reduction="sum")
    np.testing.assert_allclose(
        one(labels, predictions, sample_weight=weights), one(labels[twice], predictions[twice]), rtol=1e-5
    )


@pytest.mark.parametrize("name", CASES)
def test_slopes_are_those_of_finite_differences(name):
    with jax.enable_x64(True):
        labels, predictions = data(name, "float64")
        function, arguments = getattr(losses, FUNCTIONS[name]), CASES[name][0]
        towards = np.linspace(1.0, 2.0, np.size(function(labels, predictions, **arguments)))

        def total(p):
            return (function(labels, p, **arguments).reshape(-1) * towards).sum()

        slope = np.asarray(jax.jit(jax.grad(total))(predictions)).reshape(-1)
        step = 1e-6
        moves = step * np.eye(predictions.size).reshape(-1, *predictions.shape)
        totals = jax.jit(jax.vmap(total))
        differences = (totals(predictions + moves) - totals(predictions - moves)) / (2 * step)
        np.testing.assert_allclose(slope, differences, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", sorted(set(CASES) - {"CTC"}))
def test_a_perfect_or_hopeless_prediction_has_a_finite_loss_and_slope(name):
    labels, predictions = data(name)
    extremes = np.zeros_like(predictions)
    extremes[:, 1] = 1
    for one in (make(name), make(name, **({"from_logits": False} if "from_logits" in CASES[name][0] else {}))):
        assert np.isfinite(one(labels, extremes))
        assert np.isfinite(jax.grad(lambda p, one=one: one(labels, p))(extremes)).all()


# --- dtypes


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("name", CASES)
def test_it_computes_in_the_dtype_asked_for(name, dtype):
    labels, predictions = data(name)
    value = make(name, dtype=dtype)(labels, predictions)
    assert value.dtype.name == dtype
    np.testing.assert_allclose(np.asarray(value, "float32"), make(name)(labels, predictions), rtol=3e-2, atol=2e-2)


@pytest.mark.parametrize("reduction", ["sum", None])
def test_a_dtype_asked_for_is_that_of_the_result_of_class_numbers_too(reduction):
    one = losses.SparseCategoricalCrossentropy(dtype="bfloat16", reduction=reduction)
    assert one([1, 0], [[0.5, 0.5], [0.25, 0.75]]).dtype.name == "bfloat16"


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "CTC"])  # which sums in 32 bits, as in Keras 3
def test_a_function_keeps_the_dtype_of_the_predictions(name, dtype):
    labels, predictions = data(name)
    values = getattr(losses, FUNCTIONS[name])(labels, keras.ops.cast(predictions, dtype), **CASES[name][0])
    assert values.dtype.name == dtype


@pytest.mark.parametrize("name", CASES)
def test_double_precision_where_it_is_on(name):
    with jax.enable_x64(True):
        labels, predictions = data(name, "float64")
        assert make(name, dtype="float64")(labels, predictions).dtype.name == "float64"


def test_the_default_float_type_is_that_of_the_settings():
    keras.config.set_floatx("float16")
    assert losses.MeanSquaredError()([[0.0]], [[1.0]]).dtype.name == "float16"
    assert losses.MeanSquaredError(dtype="mixed_bfloat16").dtype == "bfloat16"


@pytest.mark.parametrize("name", CASES)
def test_labels_may_be_whole_numbers_and_predictions_lists(name):
    labels, predictions = data(name)
    whole = labels if labels.dtype.kind == "i" else np.round(labels).astype("int64")
    np.testing.assert_allclose(
        make(name)(whole, predictions.tolist()), make(name)(whole.astype("float32"), predictions), rtol=1e-6
    )


# --- inside programs and graphs


@pytest.mark.parametrize("name", CASES)
def test_compiled_code_gives_the_same_value(name):
    one = make(name)
    np.testing.assert_allclose(jax.jit(one)(*data(name)), one(*data(name)), rtol=1e-5)


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - {"Circle"}))
def test_a_function_of_symbolic_tensors_has_the_shape_of_its_values(name):
    labels, predictions = data(name)
    symbols = [keras.KerasTensor((None, *x.shape[1:]), x.dtype.name) for x in (labels.astype("float32"), predictions)]
    values = getattr(losses, FUNCTIONS[name])(*symbols, **CASES[name][0])
    assert values.shape == (() if name == "Dice" else (None,))


@pytest.mark.parametrize("name", CASES)
def test_equal_losses_share_programs_whatever_they_are_called(name):
    assert fingerprint(make(name)) == fingerprint(make(name, name="another"))
    assert fingerprint(make(name)) != fingerprint(make(name, reduction="sum"))


# --- what is refused


@pytest.mark.parametrize("name", CASES)
def test_an_unknown_reduction_is_named(name):
    with pytest.raises(
        ValueError, match=f"{name}: `reduction` must be one of 'sum_over_batch_size', 'sum'.* Got 'avg'"
    ):
        getattr(losses, name)(reduction="avg")


@pytest.mark.parametrize(
    ("cls", "arguments", "message"),
    [
        ("Huber", {"delta": 0}, "Huber: `delta` must be a positive number. Got 0"),
        ("BinaryCrossentropy", {"label_smoothing": 1.5}, "`label_smoothing` must be a number from 0 to 1. Got 1.5"),
        ("CategoricalCrossentropy", {"label_smoothing": -1}, "`label_smoothing` must be a number from 0 to 1. Got -1"),
        ("BinaryFocalCrossentropy", {"gamma": -1}, "`gamma` must be a number of at least 0. Got -1"),
        ("BinaryFocalCrossentropy", {"alpha": 2}, "`alpha` must be a number from 0 to 1. Got 2"),
        ("CategoricalFocalCrossentropy", {"gamma": -1}, "`gamma` must be a number of at least 0. Got -1"),
        ("CategoricalGeneralizedCrossEntropy", {"q": 1}, "`q` must be a number between 0 and 1, both excluded. Got 1"),
    ],
)
def test_a_wrong_argument_is_named(cls, arguments, message):
    with pytest.raises(ValueError, match=message):
        getattr(losses, cls)(**arguments)
