"""A `.keras` archive that tf_keras on TensorFlow 2.21 wrote (`tools/golden/tf_keras_archives.py`)."""

import gzip
import json
from pathlib import Path

import h5py
import numpy as np

import keras
from keras import layers
from keras.legacy import era

FOLDER = Path(__file__).parents[1] / "golden" / "folders"


def test_an_archive_of_tf_keras_predicts_and_trains_on_as_it_did_there(in_folder):
    Path("model.keras").write_bytes(gzip.decompress((FOLDER / "archive.keras.gz").read_bytes()))
    with np.load(FOLDER / "archive.npz") as file:
        saved = dict(file)
    model = keras.models.load_model("model.keras")
    x, y = saved["x"], {"a": saved["y0"], "b": saved["y1"]}
    assert model.get_layer("bn").axis in (1, -1)
    assert not model.get_layer("fz").trainable
    for i, name in enumerate("ab"):
        np.testing.assert_allclose(model(x, training=False)[name], saved[f"out{i}"], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0), saved["ev"], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(np.ravel(model.train_on_batch(x, y))[:1], saved["st"], rtol=1e-5)
    for i, name in enumerate("ab"):
        np.testing.assert_allclose(model(x, training=False)[name], saved[f"after{i}"], rtol=1e-4, atol=1e-5)


def test_the_state_of_an_optimizer_of_tf_keras_has_no_rate():
    optimizer = keras.optimizers.SGD(0.5, momentum=0.9)
    optimizer.build([keras.Variable([1.0, 2.0])])
    optimizer.load_own_variables({"0": np.array(7), "1": np.array([3.0, 4.0])})
    assert int(optimizer.iterations) == 7
    assert float(optimizer.learning_rate) == 0.5
    np.testing.assert_array_equal(optimizer.variables[-1], [3.0, 4.0])


def test_attention_of_tf_keras_needs_no_shapes():
    config = {"name": "a", "num_heads": 2, "key_dim": 3, "query_shape": [None, 4, 6], "key_shape": [None, 4, 6],
              "value_shape": [None, 4, 6], "softmax_robust_masking": False}  # fmt: skip
    layer = {"class_name": "MultiHeadAttention", "config": config, "name": "a", "inbound_nodes": [[
        ["x", 0, 0, {"value": ["x", 0, 0]}]]]}  # fmt: skip
    first = {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],
             "config": {"name": "x", "batch_input_shape": [None, 4, 6], "dtype": "float32"}}  # fmt: skip
    whole = {"name": "m", "layers": [first, layer], "input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]]}
    text = json.dumps({"class_name": "Functional", "config": whole, "keras_version": "2.21.0", "backend": "tensorflow"})
    model = keras.models.model_from_json(text)
    assert isinstance(model.layers[-1], layers.MultiHeadAttention)
    assert model.output_shape == (None, 4, 6)


def test_kernels_in_theanos_order_are_turned_for_a_model_with_channels_last():
    from keras.legacy.arrays import weights

    layer = layers.Conv2D(4, (3, 2))
    layer.build((None, 5, 5, 2))
    kernel = np.arange(48.0).reshape(4, 2, 3, 2)  # (out, in, rows, columns)
    origin = {"keras_version": "1.2.2", "backend": "tensorflow"}
    found = weights(layer, ["conv_W", "conv_b"], [kernel, np.zeros(4)], origin)
    np.testing.assert_array_equal(found[0][1], kernel.transpose(2, 3, 1, 0))


def test_states_that_tf_keras_kept_with_the_weights_of_a_layer_are_left_out():
    from keras.legacy.arrays import weights

    layer = layers.SimpleRNN(2, stateful=True)
    layer.build((1, 4, 3))
    arrays = [np.zeros((3, 2)), np.ones((2, 2)), np.zeros(2), np.full((1, 2), 7.0)]
    found = weights(layer, ["k", "r", "b", "state"], arrays, {"keras_version": "2.21.0", "backend": "tensorflow"})
    assert [array.shape for _, array in found] == [(3, 2), (2, 2), (2,)]


def test_weights_of_locally_connected_layers_are_no_kernels_that_theano_turned(in_folder):
    values = np.arange(24, dtype="float32").reshape(4, 2, 3), np.zeros((4, 3), "float32")
    with h5py.File("theano.h5", "w") as file:
        file.attrs.update(layer_names=[b"local"], keras_version=b"1.2.2", backend=b"theano")
        group = file.create_group("local")
        group.attrs["weight_names"] = [b"local_W", b"local_b"]
        group["local_W"], group["local_b"] = values
    with era.during("1.2"):
        model = keras.Sequential([layers.LocallyConnected1D(3, 2, input_shape=(5, 1), name="local")])
        model.load_weights("theano.h5")
        for found, expected in zip(model.get_weights(), values, strict=True):
            np.testing.assert_array_equal(found, expected)
