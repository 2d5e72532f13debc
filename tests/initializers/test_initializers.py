"""Initializers: what every one promises, and the distributions they draw from."""

import json
import math

import jax
import numpy as np
import pytest

import keras
from keras import initializers
from keras._core.fingerprint import fingerprint

# arguments that differ from the defaults, and a shape
DRAWN = {
    "RandomNormal": ({"mean": 1.0, "stddev": 2.0}, (3, 4)),
    "TruncatedNormal": ({"mean": 1.0, "stddev": 2.0}, (3, 4)),
    "RandomUniform": ({"minval": -2.0, "maxval": 1.0}, (3, 4)),
    "VarianceScaling": ({"scale": 3.0, "mode": "fan_avg", "distribution": "uniform"}, (3, 4)),
    "GlorotUniform": ({}, (3, 4)),
    "GlorotNormal": ({"input_axes": (0, 1), "output_axes": -1}, (3, 2, 4)),
    "HeUniform": ({}, (3, 4)),
    "HeNormal": ({}, (3, 4)),
    "LecunUniform": ({}, (3, 4)),
    "LecunNormal": ({}, (3, 4)),
    "Orthogonal": ({"gain": 2.0}, (3, 4)),
}
FIXED = {
    "Zeros": ({}, (3, 4)),
    "Ones": ({}, (3, 4)),
    "Constant": ({"value": 0.5}, (3, 4)),
    "Identity": ({"gain": 2.0}, (3, 4)),
    "STFT": ({"side": "imag", "window": "hamming", "scaling": "spectrum", "periodic": True}, (6, 1, 4)),
}
CASES = {**{name: ({**kwargs, "seed": 7}, shape) for name, (kwargs, shape) in DRAWN.items()}, **FIXED}
ALIASES = {
    "zero": "Zeros", "one": "Ones", "normal": "RandomNormal", "uniform": "RandomUniform", "identity": "Identity",
    "IdentityInitializer": "Identity", "OrthogonalInitializer": "Orthogonal", "STFTInitializer": "STFT",
    "glorot_uniform": "GlorotUniform", "he_normal": "HeNormal", "lecun_uniform": "LecunUniform", "stft": "STFT",
    "variance_scaling": "VarianceScaling", "truncated_normal": "TruncatedNormal", "orthogonal": "Orthogonal",
    "HE_NORMAL": "HeNormal",
}  # fmt: skip


def make(name, **more):
    arguments, shape = CASES[name]
    return getattr(initializers, name)(**{**arguments, **more}), shape


def test_every_initializer_is_tested():
    classes = {c.__name__ for c in vars(initializers).values() if isinstance(c, type)}
    assert classes == set(CASES) | {"Initializer"}


# --- what every initializer promises


@pytest.mark.parametrize("name", CASES)
def test_get_finds_it_by_class_name_and_snake_case(name):
    cls = getattr(initializers, name)
    snake = next(n for n in initializers.__all__ if n == n.lower() and getattr(initializers, n) is cls)
    assert type(initializers.get(name)) is type(initializers.get(snake)) is type(initializers.get(cls)) is cls


@pytest.mark.parametrize("alias", ALIASES)
def test_get_finds_it_by_shorter_names(alias):
    assert type(initializers.get(alias)).__name__ == ALIASES[alias]


@pytest.mark.parametrize("name", CASES)
def test_the_config_makes_an_equal_one(name):
    one, shape = make(name)
    config = one.get_config()
    assert {k: v for k, v in config.items() if k in CASES[name][0]} == CASES[name][0]
    for other in (type(one).from_config(config), one.clone(), initializers.deserialize(initializers.serialize(one))):
        assert type(other) is type(one)
        assert other.get_config() == config
        np.testing.assert_array_equal(other(shape), one(shape))


@pytest.mark.parametrize("name", CASES)
def test_the_config_survives_json(name):
    one, shape = make(name)
    again = initializers.deserialize(json.loads(json.dumps(initializers.serialize(one))))
    np.testing.assert_array_equal(again(shape), one(shape))
    assert initializers.serialize(one)["module"] == "keras.initializers"


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("name", CASES)
def test_shape_and_dtype_are_those_asked_for(name, dtype):
    one, shape = make(name)
    value = one(shape, dtype=dtype)
    assert isinstance(value, jax.Array)
    assert (value.shape, value.dtype.name) == (shape, dtype)
    np.testing.assert_allclose(np.asarray(value, "float32"), one(list(shape)), rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("name", CASES)
def test_double_precision_where_it_is_on(name):
    one, shape = make(name)
    with jax.enable_x64(True):
        assert one(shape, dtype="float64").dtype.name == "float64"


def test_the_dtype_is_the_default_float_type_unless_given():
    keras.config.set_floatx("bfloat16")
    assert initializers.HeNormal()((2, 2)).dtype.name == "bfloat16"


@pytest.mark.parametrize("name", CASES)
def test_a_variable_takes_its_first_value_from_it(name):
    one, shape = make(name)
    variable = keras.Variable(one, shape=shape, dtype="float16")
    np.testing.assert_array_equal(variable.numpy(), one(shape, dtype="float16"))


@pytest.mark.parametrize("name", CASES)
def test_making_values_compiles_nothing(name, caplog):
    one, shape = make(name)
    with jax.log_compiles():
        one((shape[0] + 14, *shape[1:]), dtype="bfloat16")  # a shape that nothing was compiled for
        assert not [r for r in caplog.records if "ompiling" in r.getMessage()]
        jax.jit(lambda x: x + 1)(np.ones(shape[0] + 14))  # the log would have told
        assert [r for r in caplog.records if "ompiling" in r.getMessage()]


@pytest.mark.parametrize("name", CASES)
def test_values_are_real_even_while_something_is_traced(name):
    one, shape = make(name)
    seen = []
    jax.eval_shape(lambda: seen.append(keras.Variable(one, shape=shape)) or jax.numpy.zeros(()))
    np.testing.assert_array_equal(seen[0].numpy(), one(shape))


# --- seeds


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_seed_gives_the_same_values_again(name):
    one, shape = make(name, seed=3)
    np.testing.assert_array_equal(one(shape), one(shape))
    np.testing.assert_array_equal(one(shape), make(name, seed=3)[0](shape))
    assert not np.array_equal(one(shape), make(name, seed=4)[0](shape))


@pytest.mark.parametrize("name", DRAWN)
def test_without_a_seed_one_is_chosen_once_and_left_out_of_the_config(name):
    one, shape = make(name, seed=None)
    np.testing.assert_array_equal(one(shape), one(shape))
    assert one.get_config()["seed"] is None
    assert not np.array_equal(one(shape), one.clone()(shape))


def test_numpys_seed_decides_where_none_is_given():
    np.random.seed(7)
    first = initializers.GlorotUniform()((3, 3))
    np.random.seed(7)
    np.testing.assert_array_equal(initializers.GlorotUniform()((3, 3)), first)


@pytest.mark.parametrize("name", DRAWN)
def test_a_seed_generator_advances_at_every_call(name):
    one, shape = make(name, seed=keras.random.SeedGenerator(5))
    first, second = np.asarray(one(shape)), np.asarray(one(shape))
    assert first.shape == shape
    assert not np.array_equal(first, second)
    again, _ = make(name, seed=keras.random.SeedGenerator(5))
    np.testing.assert_array_equal(again(shape), first)
    restored = initializers.deserialize(initializers.serialize(one))
    np.testing.assert_array_equal(restored(shape), first)


@pytest.mark.parametrize("seed", [-3, 0, 2**40, np.int64(9)])
def test_any_integer_is_a_seed(seed):
    assert np.isfinite(initializers.RandomNormal(seed=seed)((2, 2))).all()
    assert initializers.RandomNormal(seed=seed).get_config()["seed"] == seed


@pytest.mark.parametrize("seed", ["7", 3.0, True])
def test_other_seeds_are_refused(seed):
    with pytest.raises(ValueError, match=r"HeNormal: `seed` must be an integer, a keras.random.SeedGenerator or None"):
        initializers.HeNormal(seed=seed)


def test_seeds_do_not_keep_models_from_sharing_programs():
    assert fingerprint(initializers.HeNormal(seed=1)) == fingerprint(initializers.HeNormal())
    assert fingerprint(initializers.HeNormal()) != fingerprint(initializers.LecunNormal())
    assert fingerprint(initializers.Constant(1.0)) != fingerprint(initializers.Constant(2.0))


# --- distributions

SHAPE = (3, 3, 50, 80)  # fan_in 450, fan_out 720


def spread(initializer, shape=SHAPE):
    values = np.asarray(initializer(shape), "float64")
    assert abs(values.mean()) < 4 * values.std() / math.sqrt(values.size)
    return values.std(), abs(values).max()


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("GlorotUniform", 2 / (450 + 720)),
        ("GlorotNormal", 2 / (450 + 720)),
        ("HeUniform", 2 / 450),
        ("HeNormal", 2 / 450),
        ("LecunUniform", 1 / 450),
        ("LecunNormal", 1 / 450),
    ],
)
def test_the_variance_depends_on_inputs_and_outputs(name, variance):
    deviation, largest = spread(getattr(initializers, name)(seed=1))
    assert deviation == pytest.approx(math.sqrt(variance), rel=0.01)
    limit = math.sqrt(3 * variance) if name.endswith("Uniform") else 2 * math.sqrt(variance) / 0.8796
    assert 0.98 * limit < largest <= limit * 1.0001


@pytest.mark.parametrize(("mode", "fan"), [("fan_in", 450), ("fan_out", 720), ("fan_avg", 585)])
@pytest.mark.parametrize("distribution", ["truncated_normal", "untruncated_normal", "uniform"])
def test_variance_scaling_has_the_variance_scale_over_fan(mode, fan, distribution):
    deviation, largest = spread(initializers.VarianceScaling(3.0, mode, distribution, seed=2))
    assert deviation == pytest.approx(math.sqrt(3 / fan), rel=0.01)
    assert (largest > 3 * deviation) == (distribution == "untruncated_normal")


@pytest.mark.parametrize(("shape", "fan"), [((), 1), ((400,), 400), ((400, 3), 400), ((20, 20, 3), 400)])
def test_the_number_of_inputs_of_other_shapes(shape, fan):
    scalings = [initializers.VarianceScaling(1.0, "fan_in", "uniform", seed=seed) for seed in range(60)]
    drawn = [np.ravel(one(shape))[0] for one in scalings]
    assert 0.8 * math.sqrt(3 / fan) < max(map(abs, drawn)) <= math.sqrt(3 / fan)


def test_axes_of_inputs_and_outputs_can_be_named():
    # (batch of heads, inputs, heads, size): 50 inputs, 8 * 10 outputs
    one = initializers.GlorotUniform(seed=1, input_axes=(0,), output_axes=(1, 2))
    assert spread(one, (50, 8, 10))[0] == pytest.approx(math.sqrt(2 / 130), rel=0.02)


def test_normal_means_truncated_normal_as_in_keras_2():
    assert initializers.VarianceScaling(distribution="normal").get_config()["distribution"] == "truncated_normal"


def test_draws_have_the_moments_asked_for():
    normal = np.asarray(initializers.RandomNormal(2.0, 0.5, seed=1)((200, 200)))
    assert (normal.mean(), normal.std()) == (pytest.approx(2, abs=0.01), pytest.approx(0.5, rel=0.02))
    even = np.asarray(initializers.RandomUniform(1.0, 3.0, seed=1)((200, 200)))
    assert (even.mean(), even.std()) == (pytest.approx(2, abs=0.02), pytest.approx(2 / math.sqrt(12), rel=0.02))
    assert even.min() >= 1
    assert even.max() <= 3
    cut = np.asarray(initializers.TruncatedNormal(2.0, 0.5, seed=1)((200, 200)))
    assert (cut.mean(), cut.std()) == (pytest.approx(2, abs=0.01), pytest.approx(0.5 * 0.8796, rel=0.02))
    assert 1.0 <= cut.min() < 1.01
    assert 2.99 < cut.max() <= 3.0


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (2, 3, 4)])
def test_orthogonal_rows_or_columns_have_length_gain_and_right_angles(shape):
    matrix = np.asarray(initializers.Orthogonal(gain=2.0, seed=3)(shape)).reshape(-1, shape[-1])
    if matrix.shape[0] < matrix.shape[1]:
        matrix = matrix.T
    np.testing.assert_allclose(matrix.T @ matrix, 4 * np.eye(matrix.shape[1]), atol=1e-5)


def test_orthogonal_prefers_no_sign():
    signs = [np.sign(np.asarray(initializers.Orthogonal(seed=s)((1, 1)))).item() for s in range(40)]
    assert 8 < signs.count(1.0) < 32


# --- without drawing


def test_zeros_ones_and_constants():
    np.testing.assert_array_equal(initializers.Zeros()((2,)), [0, 0])
    np.testing.assert_array_equal(initializers.Ones()((2,), dtype="int32"), [1, 1])
    np.testing.assert_array_equal(initializers.Ones()((2,), dtype="bool"), [True, True])
    np.testing.assert_array_equal(initializers.Constant(0.5)((2,)), [0.5, 0.5])
    np.testing.assert_array_equal(initializers.Constant([1, 2])((3, 2)), [[1, 2]] * 3)
    np.testing.assert_array_equal(initializers.Identity(2.0)((2, 3)), [[2, 0, 0], [0, 2, 0]])


@pytest.mark.parametrize("value", [[1.0, 2.0], np.array([1.0, 2.0]), keras.ops.array([1.0, 2.0])], ids=type)
def test_a_constant_array_comes_back_from_its_config(value):
    config = json.loads(json.dumps(initializers.serialize(initializers.Constant(value))))
    np.testing.assert_array_equal(initializers.deserialize(config)((2,)), [1, 2])


def test_an_array_means_itself():
    np.testing.assert_array_equal(initializers.get(np.array([1.0, 2.0]))((2,)), [1, 2])
    with pytest.raises(ValueError, match=r"a value of shape \(2,\) cannot fill a weight of shape \(3,\)"):
        initializers.get(np.array([1.0, 2.0]))((3,))


@pytest.mark.parametrize("side", ["real", "imag"])
@pytest.mark.parametrize("scaling", ["density", "spectrum", None])
@pytest.mark.parametrize("window", ["hann", "hamming", None, "array"])
def test_stft_kernels_compute_a_windowed_fourier_transform(side, scaling, window):
    frame = 8
    signal = np.random.RandomState(0).randn(frame)
    windows = {
        "hann": np.hanning(frame),
        "hamming": np.hamming(frame),
        None: np.ones(frame),
        "array": np.arange(1.0, 9),
    }
    w = windows[window]
    given = w if window == "array" else window
    kernel = np.asarray(initializers.STFT(side, given, scaling)((frame, 1, frame // 2 + 1)))[:, 0]
    spectrum = np.fft.rfft(signal * w)
    scale = {"density": np.sqrt(np.sum(w**2)), "spectrum": np.sum(w), None: 1.0}[scaling if window else None]
    expected = (spectrum.real if side == "real" else spectrum.imag) / scale
    np.testing.assert_allclose(signal @ kernel, expected, atol=1e-5)


def test_a_periodic_window_has_one_more_point_than_it_shows():
    symmetric = initializers.STFT(scaling=None)((5, 1, 3))[:, 0, 0]
    periodic = initializers.STFT(scaling=None, periodic=True)((4, 1, 3))[:, 0, 0]
    np.testing.assert_allclose(periodic, symmetric[:4], atol=1e-6)


def test_every_channel_gets_the_same_waves():
    kernel = np.asarray(initializers.STFT()((6, 2, 4)))
    np.testing.assert_array_equal(kernel[:, 0], kernel[:, 1])


# --- what is refused


@pytest.mark.parametrize(
    ("make_it", "message"),
    [
        (
            lambda: initializers.VarianceScaling(scale=0.0),
            "VarianceScaling: `scale` must be a positive number. Got 0.0",
        ),
        (
            lambda: initializers.VarianceScaling(mode="fanin"),
            "`mode` must be one of 'fan_in', 'fan_out', 'fan_avg'. Got",
        ),
        (lambda: initializers.VarianceScaling(distribution="flat"), "`distribution` must be one of"),
        (lambda: initializers.HeNormal(input_axes=0), "HeNormal: `input_axes` and `output_axes` are given together"),
        (
            lambda: initializers.HeNormal(input_axes=0, output_axes=4)((2, 3)),
            r"the weight of shape \(2, 3\) has no axes",
        ),
        (lambda: initializers.Identity()((2, 2, 2)), r"Identity: the weight must be a matrix.* Got shape \(2, 2, 2\)"),
        (
            lambda: initializers.Orthogonal()((3,)),
            r"Orthogonal: the weight must have at least 2 axes. Got shape \(3,\)",
        ),
        (lambda: initializers.STFT("both"), "STFT: `side` must be one of 'real', 'imag'"),
        (lambda: initializers.STFT(window="hun"), "STFT: `window` must be a name that scipy.signal.get_window knows"),
        (lambda: initializers.STFT(scaling="loud"), "STFT: `scaling` must be one of"),
        (lambda: initializers.STFT()((4, 3)), r"STFT: the kernel must have the shape \(frame, channels, bins\)"),
        (lambda: initializers.STFT(window=np.ones(3))((4, 1, 3)), r"the window must have shape \(4,\)"),
        (
            lambda: initializers.RandomNormal()((2,), dtype="int32"),
            "Random initial values need a float dtype. Got 'int32'",
        ),
        (
            lambda: initializers.get("glorot_unifrom"),
            "Unknown initializer: 'glorot_unifrom'. Did you mean 'GlorotUniform'",
        ),
        (lambda: initializers.get(3.0), "`initializer` must be a name, a function, an object or a config. Got 3.0"),
    ],
)
def test_a_wrong_argument_is_named(make_it, message):
    with pytest.raises(ValueError, match=message):
        make_it()


def test_none_stays_none():
    assert initializers.get(None) is None
