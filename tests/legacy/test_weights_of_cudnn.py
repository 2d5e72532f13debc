"""Weights that `CuDNNLSTM` and `CuDNNGRU` wrote, in the order of cuDNN, and what reads them."""

import h5py
import numpy as np
import pytest

from keras import layers
from keras.models import Sequential

# what tf_keras 2.21 predicts by the plain layers, which read such files too
FOUND = {"LSTM": [-0.0292088, 0.5290679], "GRU": [-0.0897115, 0.6246405]}


@pytest.mark.parametrize("name", ["LSTM", "GRU", "CuDNNLSTM", "CuDNNGRU"])
def test_plain_layers_read_weights_of_cudnn(name, tmp_path):
    plain = name.removeprefix("CuDNN")
    count = 4 * {"LSTM": 4, "GRU": 3}[plain]
    numbers = (np.arange(count) / count - 0.4).astype("float32")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs.update(layer_names=[b"r"], keras_version=b"2.2.4", backend=b"tensorflow")
        names = ("kernel:0", "recurrent_kernel:0", "bias:0")
        file.create_group("r").attrs["weight_names"] = [f"r/{one}".encode() for one in names]
        for one in names:
            file[f"r/r/{one}"] = numbers.reshape((2, -1) if one != "bias:0" else -1)
    model = Sequential([getattr(layers, name)(2, name="r", input_shape=(2, 2))])
    for by_name in (False, True):
        model.load_weights(tmp_path / "a.h5", by_name=by_name)
        found = model.predict(np.array([[[1.0, 2.0], [3.0, -1.0]]]), verbose=0)
        np.testing.assert_allclose(found[0], FOUND[plain], atol=1e-6)


def test_layers_for_cudnn_read_weights_of_plain_ones(tmp_path):
    shapes = {"kernel:0": (2, 8), "recurrent_kernel:0": (2, 8), "bias:0": (8,)}
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs.update(layer_names=[b"r"], keras_version=b"2.2.4", backend=b"tensorflow")
        file.create_group("r").attrs["weight_names"] = [f"r/{one}".encode() for one in shapes]
        for one, shape in shapes.items():
            file[f"r/r/{one}"] = np.arange(np.prod(shape), dtype="float32").reshape(shape)
    model = Sequential([layers.CuDNNLSTM(2, name="r", input_shape=(2, 2))])
    model.load_weights(tmp_path / "a.h5")
    np.testing.assert_array_equal(model.get_weights()[0], np.arange(16).reshape(2, 8))
