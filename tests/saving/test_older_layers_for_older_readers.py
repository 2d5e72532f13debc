"""Layers that programs of 1.x make, in files for readers of 1.2.2, 2.3.1 and 3, and back.

With `KERATA_KERAS1` and `KERATA_KERAS2`, the interpreters of environments that hold these releases, they open the files
themselves.
"""

import json
import os
import subprocess

import h5py
import numpy as np
import pytest

import keras
from keras import layers
from keras.legacy import layers as older
from saving.test_for_older_readers import READERS, SCRIPT

SPACE = (5, 5, 2)


def image_layers(last):
    """Layers of images with channels in the last or the first place."""
    order = {"dim_ordering": "tf" if last else "th"}
    deconv = (None, 11, 11, 3) if last else (None, 3, 11, 11)
    return [
        older.Convolution2D(3, 2, 3, subsample=(1, 2), **order),
        older.AtrousConvolution2D(3, 2, 2, atrous_rate=(2, 2), **order),
        older.Deconvolution2D(3, 3, 3, output_shape=deconv, subsample=(2, 2), **order),
        older.SeparableConvolution2D(5, 2, 2, depth_multiplier=2, init="he_normal", **order),
        older.LocallyConnected2D(3, nb_row=2, nb_col=3, subsample=(2, 1), **order),
        layers.ConvLSTM2D(3, nb_row=2, nb_col=2, border_mode="same", inner_activation="sigmoid", **order),
    ]


def other_layers():
    """Further layers, each with the shape that it takes."""
    return [
        (older.Convolution1D(3, 2), (6, 2)),
        (older.AtrousConvolution1D(3, 2, atrous_rate=2), (6, 2)),
        (older.LocallyConnected1D(3, 2, subsample_length=2), (6, 2)),
        (older.Convolution3D(2, 2, 2, 2, dim_ordering="tf"), (3, 3, 3, 2)),
        (older.ParametricSoftplus(), (4, 3)),
        (older.SReLU(shared_axes=[1]), (4, 3)),
        (layers.BatchNormalization(mode=1, epsilon=0.01), (3,)),
        (layers.BatchNormalization(mode=2), (3,)),
        (layers.Embedding(9, 3, dropout=0.2), (5,)),
        (older.TimeDistributedDense(3), (4, 2)),
    ]


def cases():
    """Name, layer and shape of each; what 2.3.1 had not is not of the first kind."""
    for last in (True, False):
        shape = SPACE if last else (2, 5, 5)
        for layer in image_layers(last):
            own = (3, *shape) if isinstance(layer, layers.ConvLSTM2D) else shape
            yield f"{type(layer).__name__}_{'last' if last else 'first'}", layer, own
    for i, (layer, shape) in enumerate(other_layers()):
        yield f"{type(layer).__name__}_{i}", layer, shape


NOT_IN_2 = ("ParametricSoftplus", "SReLU", "Modal", "Dropped", "TimeDistributedDense")


def written(era):
    """Each case in a file for an era: its name, model, inputs."""
    draw = np.random.default_rng(4)
    for name, layer, shape in cases():
        if era == "2" and name.startswith(NOT_IN_2):
            continue
        words = name.startswith("Dropped")
        x = keras.Input(shape, dtype="int32" if words else "float32")
        model = keras.Model(x, layer(x))
        model.set_weights([draw.uniform(0.05, 0.4, w.shape) for w in model.get_weights()])
        inputs = draw.integers(0, 9, (2, *shape)) if words else draw.normal(size=(2, *shape)).astype("float32")
        model.save(f"{name}.h5", era=era, include_optimizer=False)
        yield name, model, inputs


@pytest.mark.parametrize("era", "12")
def test_layers_of_1_x_come_back_from_files_for_older_readers(era, in_folder):
    seen = 0
    for name, model, inputs in written(era):
        again = keras.models.load_model(f"{name}.h5")
        for a, b in zip(again.weights, model.weights, strict=True):
            np.testing.assert_array_equal(a, b, err_msg=name)
        assert again.layers[-1].output.shape == model.layers[-1].output.shape
        if name.startswith(("Modal", "Locally", "Dropped")):
            np.testing.assert_allclose(again(inputs), model(inputs), rtol=1e-6, err_msg=name)
        seen += 1
    assert seen == {"1": 22, "2": 16}[era]


@pytest.mark.parametrize("era", "12")
def test_the_genuine_release_opens_layers_of_1_x(era, in_folder):
    if not READERS[era]:
        pytest.skip(f"needs KERATA_KERAS{era}, the interpreter of an environment with that release")
    expected = {}
    for name, model, inputs in written(era):
        np.savez(f"{name}.npz", x0=inputs)
        expected[name] = model.predict(inputs, verbose=0)
    surroundings = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": ""}
    surroundings.pop("KERAS_HOME", None)
    done = subprocess.run(
        [READERS[era], SCRIPT, ".", ".h5"], capture_output=True, text=True, env=surroundings, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for name, output in expected.items():
        found = np.load(f"{name}.out.npz")["out0"]
        np.testing.assert_allclose(found, output, rtol=1e-5, atol=1e-5, err_msg=name)


@pytest.mark.parametrize(
    ("layer", "shape", "names"),
    [
        (lambda: older.Convolution1D(3, 2), (6, 2), ("Conv1D", "Convolution1D", "Conv1D")),
        (
            lambda: older.AtrousConvolution2D(3, 2, 2, atrous_rate=(2, 2)),
            SPACE,
            ("Conv2D", "AtrousConvolution2D", "Conv2D"),
        ),
        (
            lambda: older.Deconvolution2D(3, 2, 2, output_shape=(None, 6, 6, 3)),
            SPACE,
            ("Conv2DTranspose", "Deconvolution2D", "Conv2DTranspose"),
        ),
        (
            lambda: older.SeparableConvolution2D(3, 2, 2),
            SPACE,
            ("SeparableConv2D", "SeparableConvolution2D", "SeparableConv2D"),
        ),
    ],
)  # fmt: skip
def test_files_of_each_year_have_the_name_of_then(layer, shape, names):
    model = keras.Sequential([keras.Input(shape), layer()])
    today, one, two = (json.loads(model.to_json(**k))["config"] for k in ({}, {"era": "1"}, {"era": "2"}))
    assert (today["layers"][1]["class_name"], one[0]["class_name"], two["layers"][0]["class_name"]) == names


def test_a_full_convolution_keeps_its_class_and_is_refused_where_there_was_none():
    model = keras.Sequential([keras.Input((6, 2)), older.Convolution1D(3, 2, border_mode="full", name="wide")])
    assert json.loads(model.to_json())["config"]["layers"][1]["class_name"] == "Convolution1D"
    assert keras.models.model_from_json(model.to_json()).output_shape == (None, 7, 3)
    assert json.loads(model.to_json(era="1"))["config"][0]["config"]["border_mode"] == "full"
    with pytest.raises(ValueError, match=r"wide \(Conv1D\): Keras 2\.3\.1 had no argument `padding='full'`"):
        model.to_json(era="2")


def test_weights_inside_bidirectional_have_their_direction_once(in_folder):
    inner = keras.Sequential(
        [keras.Input((3, 2)), layers.Bidirectional(layers.SimpleRNN(2, name="step"))], name="inner"
    )
    x = keras.Input((3, 2))
    model = keras.Model(x, inner(x))
    model.save("older.h5", era="1", include_optimizer=False)
    with h5py.File("older.h5") as file:
        names = [name.decode() for name in file["model_weights/inner"].attrs["weight_names"]]
    assert names == [f"{way}_step_{kind}:0" for way in ("forward", "backward") for kind in "WUb"]
    data = np.ones((1, 3, 2), "float32")
    np.testing.assert_allclose(keras.models.load_model("older.h5")(data), model(data), rtol=1e-6)


@pytest.mark.parametrize("era", "12")
def test_clipnorm_was_of_all_gradients_together(era, in_folder):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1, global_clipnorm=0.5), "mse")
    model.save("older.h5", era=era)
    with h5py.File("older.h5") as file:
        assert json.loads(file.attrs["training_config"])["optimizer_config"]["config"]["clipnorm"] == 0.5
    optimizer = keras.models.load_model("older.h5").optimizer
    assert (optimizer.global_clipnorm, optimizer.clipnorm) == (0.5, None)
    model.compile(keras.optimizers.SGD(0.1, clipnorm=0.5), "mse")
    with pytest.raises(ValueError, match=r"SGD had no `clipnorm=0\.5`"):
        model.save("older.h5", era=era)
