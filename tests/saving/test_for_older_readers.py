"""Files for readers of Keras 1.2 and 2.3: what is in them, and that the genuine releases predict the same.

The readers are found by `KERATA_KERAS1` and `KERATA_KERAS2`: the Python interpreters of environments that hold Keras
1.2.2 and 2.3.1 on TensorFlow.
"""

import json
import os
import subprocess
from pathlib import Path

import h5py
import numpy as np
import pytest

import keras
from keras import layers

READERS = {"1": os.environ.get("KERATA_KERAS1"), "2": os.environ.get("KERATA_KERAS2")}
SCRIPT = Path(__file__).parents[1] / "golden" / "older_readers.py"


def plain(era):
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(5, activation="tanh", kernel_regularizer="l2", kernel_constraint="max_norm"),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.3),
            layers.PReLU(),
            layers.Dense(3, activation="softmax", kernel_initializer="he_normal"),
        ],
        name="plain",
    )
    model.compile(keras.optimizers.SGD(0.01), "mse", metrics=["accuracy"])
    return model


def pictures(era):
    model = keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            layers.Conv2D(3, (3, 2), strides=(1, 2), activation="relu"),
            layers.ZeroPadding2D(((1, 1), (1, 1))),
            layers.MaxPooling2D(2),
            layers.SpatialDropout2D(0.2),
            layers.Flatten(),
            layers.Dense(2),
        ],
        name="pictures",
    )
    model.compile(keras.optimizers.RMSprop(0.01), "mae")
    return model


def words(era):
    old = {"recurrent_activation": "sigmoid"}
    model = keras.Sequential(
        [
            keras.Input((6,), dtype="int32"),
            layers.Embedding(9, 4, embeddings_initializer="uniform"),
            layers.Conv1D(4, 2, padding="same"),
            layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="sum"),
            layers.GRU(3, return_sequences=True, reset_after=False, **old),
            layers.TimeDistributed(layers.Dense(2, activation="tanh")),
            layers.SimpleRNN(3),
        ],
        name="words",
    )
    model.compile(keras.optimizers.Adam(0.01, epsilon=1e-8), "mse")
    return model


def graph(era):
    x, y = keras.Input((3,), name="x"), keras.Input((3,), name="y")
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="relu"), layers.Dense(2)], name="inner")
    h = layers.Concatenate()([inner(x), inner(y)])
    z = keras.Input((4,), name="z")
    norm = keras.Model(z, layers.BatchNormalization(name="norm")(layers.Dense(4)(z)), name="whole")
    h = layers.Add()([h, norm(h)])
    one = layers.Dense(1, name="one", activation="sigmoid")(h)
    model = keras.Model([x, y], [one, layers.Dense(2, name="two")(h)], name="graph")
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), ["mse", "mae"], loss_weights=[1.0, 0.5])
    return model


def wrapped(era):
    """A model inside, whose weights are called after layers that are themselves inside others."""
    old = {"recurrent_activation": "sigmoid"}
    inner = keras.Sequential(
        [
            keras.Input((5, 3)),
            layers.Bidirectional(layers.LSTM(2, return_sequences=True, go_backwards=True, **old)),
            layers.TimeDistributed(layers.Dense(3, activation="tanh")),
            layers.Bidirectional(layers.GRU(2, reset_after=False, **old), merge_mode="ave"),
        ],
        name="inner",
    )
    x = keras.Input((5, 3))
    model = keras.Model(x, layers.Dense(2, name="last")(inner(x)), name="wrapped")
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), "mse")
    return model


def later(era):
    """What Keras 2 had and Keras 1 had not."""
    x = keras.Input((6, 6, 2), name="x")
    h = layers.SeparableConv2D(3, 2, padding="same")(layers.DepthwiseConv2D(2, depth_multiplier=2)(x))
    h = layers.Conv2DTranspose(2, 3, strides=2, use_bias=False)(h)
    h = layers.Reshape((-1, 2))(h)
    h = layers.RNN(layers.StackedRNNCells([layers.LSTMCell(3), layers.GRUCell(2, reset_after=True)]))(h)
    h = layers.ReLU(max_value=2.0, negative_slope=0.1)(layers.RepeatVector(2)(h))
    h = layers.Softmax()(layers.GRU(3, kernel_initializer="lecun_normal")(h))
    return keras.Model(x, layers.Dense(1, bias_initializer="ones")(h), name="later")


BUILDS = (plain, pictures, words, graph, wrapped, later)
CASES = [(era, build) for era in "12" for build in BUILDS if (era, build) != ("1", later)]


def inputs_of(model):
    draw = np.random.default_rng(5)
    return [
        draw.integers(0, 9, (4, *x.shape[1:])).astype("int32") if x.dtype == "int32" else
        draw.normal(size=(4, *x.shape[1:])).astype("float32")
        for x in model.inputs
    ]  # fmt: skip


def one(values):
    return values[0] if len(values) == 1 else values


def trained(build, era):
    """A model after a step, so that no weight, mean or slot is what it was made with."""
    keras.utils.set_random_seed(3)
    model = build(era)
    inputs = inputs_of(model)
    if model.compiled:
        model.train_on_batch(one(inputs), [0 * x for x in listed(model.predict(one(inputs), verbose=0))])
    return model, inputs


def listed(x):
    return list(x) if isinstance(x, (list, tuple)) else [x]


@pytest.mark.parametrize("era", "12")
def test_the_genuine_release_opens_the_file_and_predicts_the_same(era, in_folder):
    if not READERS[era]:
        pytest.skip(f"needs KERATA_KERAS{era}, the interpreter of an environment with that release")
    expected = {}
    for wanted, build in CASES:
        if wanted != era:
            continue
        model, inputs = trained(build, era)
        model.save(f"{build.__name__}.h5", era=era)
        Path(f"{build.__name__}.json").write_text(model.to_json(era=era))
        np.savez(f"{build.__name__}.npz", **{f"x{i}": x for i, x in enumerate(inputs)})
        expected[build.__name__] = listed(model.predict(one(inputs), verbose=0)), model, inputs
    surroundings = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": ""}
    surroundings.pop("KERAS_HOME", None)
    done = subprocess.run([READERS[era], SCRIPT, "."], capture_output=True, text=True, env=surroundings, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for name, (outputs, model, inputs) in expected.items():
        found = np.load(f"{name}.out.npz")
        for i, output in enumerate(outputs):
            np.testing.assert_allclose(found[f"out{i}"], output, rtol=1e-5, atol=1e-5, err_msg=name)
        if era == "2" and name == "graph":  # a step more, with the state of the optimizer
            model.train_on_batch(one(inputs), [0 * x for x in outputs])
            after = listed(model.predict(one(inputs), verbose=0))[0]
            np.testing.assert_allclose(found["after"], after, rtol=1e-4, atol=1e-5, err_msg=name)


@pytest.mark.parametrize(("era", "build"), CASES)
def test_what_is_written_for_an_older_reader_is_read_here(era, build, in_folder):
    model, inputs = trained(build, era)
    model.save("older.h5", era=era)
    again = keras.models.load_model("older.h5")
    for a, b in zip(listed(model(one(inputs))), listed(again(one(inputs))), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    assert again.compiled == model.compiled
    if model.compiled:  # 1.x wrote no number of steps for RMSprop
        states = [
            [v for v in m.optimizer.variables if v.name not in ("learning_rate", "iteration")] for m in (model, again)
        ]
        assert len(states[0]) == len(states[1])
        for a, b in zip(*states, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6, err_msg=a.path)


def test_a_file_for_1_x_has_the_names_and_the_gates_of_then(in_folder):
    model, _ = trained(words, "1")
    model.save("older.h5", era="1")
    with h5py.File("older.h5") as file:
        assert file.attrs["keras_version"] == "1.2.2"
        config = json.loads(file.attrs["model_config"])
        names = list(file[f"model_weights/{model.layers[2].name}"].attrs["weight_names"])
        kernels = file[f"model_weights/{model.layers[1].name}/{model.layers[1].name}_W:0"].shape
    assert [entry["class_name"] for entry in config["config"][:2]] == ["Embedding", "Convolution1D"]
    assert config["config"][0]["config"]["batch_input_shape"] == [None, 6]
    assert config["config"][1]["config"]["filter_length"] == 2
    assert [name[-5:] for name in names[:4]] == [b"W_i:0", b"U_i:0", b"b_i:0", b"W_c:0"]
    assert kernels == (2, 1, 4, 4)


@pytest.mark.parametrize(
    ("era", "layer", "reason"),
    [
        (
            "2",
            lambda: layers.LayerNormalization(name="norm"),
            r"norm \(LayerNormalization\): Keras 2\.3\.1 had no such",
        ),
        ("1", lambda: layers.Softmax(name="soft"), r"soft \(Softmax\): Keras 1\.2\.2 had no such layers"),
        ("2", lambda: layers.Dense(2, activation="gelu", name="d"), r"d \(Dense\).*activation 'gelu'"),
        ("2", lambda: layers.Dense(2, activation="hard_sigmoid", name="d"), "'hard_sigmoid' as it is today"),
        ("1", lambda: layers.Dense(2, bias_initializer="ones", name="d"), r"d \(Dense\).*`bias_initializer=Ones`"),
        ("2", lambda: layers.Dense(2, kernel_regularizer="orthogonal_regularizer", name="d"), "OrthogonalRegularizer"),
        ("1", lambda: layers.Dense(2, dtype="mixed_bfloat16", name="d"), "dtype policy 'mixed_bfloat16'"),
        ("2", lambda: layers.Dense(2, kernel_initializer="identity", name="d"), "`kernel_initializer` is, Identity"),
    ],
)
def test_what_the_release_did_not_have_is_refused_by_name(in_folder, era, layer, reason):
    model = keras.Sequential([keras.Input((2,)), layer()])
    Path("older.h5").write_text("the earlier file")
    with pytest.raises(ValueError, match=reason):
        model.save("older.h5", era=era)
    assert Path("older.h5").read_text() == "the earlier file"


def test_what_was_compiled_is_refused_with_a_way_out(in_folder):
    model = plain("2")
    model.compile(keras.optimizers.AdamW(), "mse")
    with pytest.raises(ValueError, match=r"had no optimizer AdamW\.\n.*include_optimizer=False"):
        model.save("older.h5", era="2")
    model.save("older.h5", era="2", include_optimizer=False)
    assert not keras.models.load_model("older.h5").compiled
    with pytest.raises(ValueError, match="`era` must be '1' or '2'"):
        model.save("older.h5", era="4")
    with pytest.raises(ValueError, match=r"reads names in '\.h5'"):
        model.save("older.keras", era="2", include_optimizer=False)


def test_texts_for_older_readers_are_read_here():
    pytest.importorskip("yaml")
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
    assert json.loads(model.to_json(era="1"))["config"][0]["config"]["output_dim"] == 3
    assert keras.models.model_from_json(model.to_json(era="1")).layers[0].units == 3
    assert keras.models.model_from_yaml(model.to_yaml(era="2")).layers[0].units == 3


def test_operations_between_layers_are_written_as_layers_or_refused_by_name(in_folder):
    a, b = keras.Input((2,)), keras.Input((2,))
    same = keras.layers.Dense(2)
    model = keras.Model([a, b], keras.ops.maximum(same(a) - same(b), same(a)))
    model.save("m.h5", era="2")
    again = keras.models.load_model("m.h5")
    assert [type(layer).__name__ for layer in again.layers[-2:]] == ["Subtract", "Maximum"]
    x = [np.array([[1.0, 2.0]]), np.array([[3.0, -1.0]])]
    np.testing.assert_allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-6)
    for era in ("1", "2"):
        with pytest.raises(ValueError, match=r"absolute\w* \(Abs\): Keras \S+ had no functions"):
            keras.Model(a, keras.ops.abs(a), name="of_one").save("m.h5", era=era)
