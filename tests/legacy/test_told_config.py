"""What layers of 1.x said about themselves, and what is saved of functions that have another formula today."""

import json
import pickle

import numpy as np
import pytest

import keras
from keras import layers
from keras.config import set_era


@pytest.fixture
def era_1():
    set_era("1")
    yield
    set_era("3")


# values of Keras 1.2.2
CASES = [
    (lambda: layers.Dense(3, input_dim=4), {"output_dim": 3, "init": "glorot_uniform", "bias": True}),
    (
        lambda: layers.Convolution2D(3, 2, 5, border_mode="same", subsample=(2, 1)),
        {"nb_filter": 3, "nb_row": 2, "nb_col": 5, "subsample": (2, 1), "border_mode": "same", "dim_ordering": "tf"},
    ),
    (lambda: layers.Dropout(0.3), {"p": 0.3}),
    (
        lambda: layers.LSTM(4, forget_bias_init="zero"),
        {"output_dim": 4, "inner_activation": "hard_sigmoid", "inner_init": "orthogonal", "forget_bias_init": "zero"},
    ),
    (lambda: layers.Embedding(5, 3), {"input_dim": 5, "output_dim": 3, "init": "uniform"}),
    (lambda: layers.MaxPooling2D((2, 2)), {"pool_size": (2, 2), "border_mode": "valid"}),
]


@pytest.mark.usefixtures("era_1")
@pytest.mark.parametrize(
    ("make", "wanted"), CASES, ids=["dense", "convolution", "dropout", "lstm", "embedding", "pool"]
)
def test_a_config_answers_to_the_names_of_1_x(make, wanted):
    config = make().get_config()
    assert {name: config[name] for name in wanted} == wanted
    assert config.get("no such argument", 7) == 7
    with pytest.raises(KeyError):
        config["no such argument"]
    assert type(pickle.loads(pickle.dumps(config))) is dict
    json.dumps(config)


def test_today_configs_have_names_of_today_alone():
    with pytest.raises(KeyError):
        layers.Dense(3).get_config()["output_dim"]


@pytest.mark.usefixtures("era_1")
def test_gates_saved_in_1_x_are_the_same_when_today_loads_them(tmp_path):
    model = keras.Sequential([layers.LSTM(2, input_shape=(3, 2))])
    x = 4 * np.random.RandomState(0).rand(2, 3, 2)
    wanted = model.predict(x, verbose=0)
    model.save(tmp_path / "m.keras")
    model.save(tmp_path / "m.h5", era="1")
    set_era("3")
    for name in ("m.keras", "m.h5"):
        np.testing.assert_allclose(keras.models.load_model(tmp_path / name).predict(x, verbose=0), wanted, rtol=1e-6)


def dense(name, units, **more):
    return {"class_name": "Dense", "config": {"name": name, "units": units, "activation": "relu", **more}}


def test_models_are_made_from_the_configs_of_earlier_years_themselves():
    stack = [dense("a", 3, batch_input_shape=[None, 2]), dense("b", 4)]
    for config in (stack, {"name": "stack", "layers": stack}):  # in 1.x a list
        assert keras.Sequential.from_config(config).output_shape == (None, 4)
    start = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 2], "dtype": "float32", "name": "x"}}
    layers = [{"name": "x", "inbound_nodes": [], **start}]
    layers.append({"name": "a", "inbound_nodes": [[["x", 0, 0, {}]]], **dense("a", 3)})
    graph = {"name": "m", "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]]}
    model = keras.Model.from_config(graph)
    assert (model.name, model.output_shape) == ("m", (None, 3))
