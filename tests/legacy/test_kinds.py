"""Layers that count as layers of an older class, what they are called in files, and what 2.x said of objects."""

import abc
import json
import os
import subprocess
import sys

import numpy as np
import pytest

import keras
from keras import layers
from keras.config import set_era


@pytest.fixture
def era(request):
    set_era(request.param)
    yield request.param
    set_era("3")


def in_era(*names):
    return pytest.mark.parametrize("era", names, indirect=True)


@in_era("1.2", "2.3", "tf2.15", "3")
def test_convolutions_of_today_are_those_of_1(era):
    assert isinstance(layers.Conv2D(3, 2), layers.Convolution2D)
    assert isinstance(layers.SeparableConv2D(3, 2), layers.SeparableConvolution2D)
    assert issubclass(layers.Conv1D, layers.Convolution1D)
    assert not isinstance(layers.Dense(3), layers.Convolution2D)
    assert isinstance(layers.Conv2DTranspose(3, 2), layers.Convolution2D) == (era != "3")
    assert isinstance(layers.DepthwiseConv2D(2), layers.Convolution2D) == (era in ("1.2", "2.3"))


@in_era("1.2", "2.3", "tf2.15", "3")
def test_what_counted_as_convolution_or_wrapper_as_in_1_2_2_and_2_3_1_and_tf_keras(era):
    older = era != "3"
    assert isinstance(layers.Conv1DTranspose(3, 2), layers.Conv1D) == older
    assert isinstance(layers.Conv2DTranspose(3, 2), layers.Conv2D) == older
    assert issubclass(layers.Conv3DTranspose, layers.Conv3D) == older
    assert isinstance(layers.DepthwiseConv2D(2), layers.Conv2D) == (era in ("1.2", "2.3"))
    assert isinstance(layers.Bidirectional(layers.LSTM(3)), layers.Wrapper) == older
    assert isinstance(layers.TimeDistributed(layers.Dense(3)), layers.Wrapper)
    assert not isinstance(layers.SeparableConv2D(3, 2), layers.Conv2D)
    assert not isinstance(layers.Conv2D(3, 2), layers.Conv2DTranspose)


def test_a_class_of_ones_own_has_only_its_own_layers():
    class Mine(layers.Convolution2D):
        """Nothing new."""

    assert isinstance(Mine(3, 2), layers.Conv2D)
    assert isinstance(Mine(3, 2), Mine)
    assert not isinstance(layers.Conv2D(3, 2), Mine)


@in_era("1.2", "2.3")
def test_recurrent_layers_are_recurrent_until_2_0(era):
    assert isinstance(layers.LSTM(3), layers.Recurrent) == (era == "1.2")


@in_era("1.2", "2.3")
def test_layers_of_files_of_1_have_the_class_of_then(era):
    inner = {
        "name": "c", "batch_input_shape": [None, 3, 8, 8], "nb_filter": 3, "nb_row": 2, "nb_col": 2,
        "border_mode": "valid", "subsample": [1, 1], "dim_ordering": "th", "activation": "linear",
    }  # fmt: skip
    found = {"class_name": "Convolution2D", "config": inner}
    text = json.dumps({"class_name": "Sequential", "config": [found], "keras_version": "1.2.2"})
    layer = keras.models.model_from_json(text).layers[0]
    assert type(layer).__name__ == ("Convolution2D" if era == "1.2" else "Conv2D")
    assert isinstance(layer, layers.Convolution2D)
    assert layer.kernel_size == (2, 2)


def test_models_with_convolutions_of_1_open_again(tmp_path):
    model = keras.Sequential([keras.Input((6, 6, 2)), layers.Convolution2D(3, 2), layers.SeparableConvolution2D(2, 2)])
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    x = np.linspace(-1, 1, 72, dtype="float32").reshape(1, 6, 6, 2)
    np.testing.assert_array_equal(again(x), model(x))
    assert type(again.layers[0]) is layers.Conv2D


def test_a_program_may_begin_with_keras_legacy():
    program = "from keras.legacy import layers, interfaces; print(layers.Convolution2D(3, 2, 2).kernel_size)"
    environment = {**os.environ, "KERAS_ERA": "1.2"}
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    assert found.stdout.strip() == "(2, 2)", found.stderr


# --- what 2.3.1 said


@in_era("2.3")
def test_serialize_says_what_2_3_said(era):
    assert keras.optimizers.serialize(keras.optimizers.Adam(0.5)) == {
        "class_name": "Adam",
        "config": {
            "learning_rate": 0.5, "beta_1": 0.9, "beta_2": 0.999, "decay": 0.0, "epsilon": 1e-7, "amsgrad": False,
        },
    }  # fmt: skip
    found = keras.optimizers.serialize(keras.optimizers.SGD(0.5, decay=0.25, nesterov=True))["config"]
    assert found == {"learning_rate": 0.5, "momentum": 0.0, "decay": 0.25, "nesterov": True}
    assert keras.regularizers.serialize(keras.regularizers.l2(0.5)) == {
        "class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.5},
    }  # fmt: skip
    again = keras.optimizers.deserialize(keras.optimizers.serialize(keras.optimizers.SGD(0.5, decay=0.25)))
    assert again.get_config()["decay"] == 0.25


@in_era("2.3")
def test_updates_of_an_optimizer_are_a_list_to_add_to(era):
    class Plain(keras.optimizers.Optimizer):
        """Adds to the list that the base class made."""

        def get_updates(self, loss, params):
            """One step of a half."""
            for p, g in zip(params, self.get_gradients(loss, params)):
                self.updates.append((p, p - 0.5 * g))
            return self.updates

    model = keras.Sequential([layers.Dense(1, use_bias=False, kernel_initializer="ones", input_shape=(1,))])
    model.compile(Plain(), "mse")
    for _ in range(2):
        model.train_on_batch(np.ones((1, 1)), np.zeros((1, 1)))
    np.testing.assert_allclose(model.get_weights()[0], [[0.0]], atol=1e-6)
    assert keras.optimizers.SGD().updates == []


@in_era("2.3", "tf2.15")
def test_specificity_was_that_of_the_nearest_threshold(era):
    y = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    p = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.1, 0.45, 0.5, 0.8, 0.9], "float32")
    found = float(keras.metrics.SpecificityAtSensitivity(0.8)(y, p))
    assert found == pytest.approx(0.4 if era == "2.3" else 1.0)  # values of 2.3.1 and of tf.keras


@in_era("tf2.9", "tf2.15")
def test_setting_all_variables_of_an_optimizer_to_zero_keeps_its_rate(era):
    optimizer = keras.optimizers.Adam(0.25)
    optimizer.build([keras.Variable(np.ones(3, "float32"))])
    for variable in optimizer.variables():
        variable.assign(np.zeros(variable.shape))
    assert float(optimizer.learning_rate) == 0.25
    assert len(optimizer.variables()) == 3


@pytest.mark.parametrize("given", [1, 3])
def test_bidirectional_takes_states_for_both_directions(given):
    states = [keras.Input((5,)) for _ in range(given)]
    with pytest.raises(ValueError, match="1 each"):
        layers.Bidirectional(layers.GRU(5))(keras.Input((4, 3)), initial_state=states)


def test_layers_may_have_abstract_bases():
    class Described(abc.ABC):
        @abc.abstractmethod
        def describe(self): ...

    class Own(Described, keras.layers.Conv2D):
        def describe(self):
            return self.filters

    layer = Own(3, 2)
    assert layer.describe() == 3
    assert isinstance(layer, keras.layers.Conv2D)
    assert layer(np.zeros((1, 4, 4, 1), "float32")).shape == (1, 3, 3, 3)
    assert not isinstance(keras.layers.Dense(1), keras.layers.Conv2D)
