"""Data in HDF5 files, devices, updates and inputs as programs of 1.x and 2.x had them."""

import numpy as np
import pytest

import keras
from keras import backend as K
from keras import layers, utils

h5py = pytest.importorskip("h5py")


@pytest.fixture
def path(tmp_path):
    path = str(tmp_path / "data.h5")
    with h5py.File(path, "w") as file:
        file["x"] = np.arange(20.0).reshape(10, 2).astype("float32")
        file["y"] = np.arange(10.0).astype("float32")
    return path


def test_a_model_trains_on_rows_of_a_file(path):
    x = utils.HDF5Matrix(path, "x", start=2, end=8, normalizer=lambda rows: rows / 20)
    y = utils.HDF5Matrix(path, "y", start=2, end=8)
    assert (len(x), x.shape, x.dtype, x.ndim, x.size) == (6, (6, 2), "float32", 2, 12)
    np.testing.assert_allclose(x[0], [0.2, 0.25])
    np.testing.assert_allclose(x[-1:], [[0.7, 0.75]])
    np.testing.assert_allclose(x[[3, 0, 3]], x[:][[3, 0, 3]])
    with pytest.raises(IndexError, match="has 6 rows"):
        x[6]
    model = keras.Sequential([layers.Dense(1, input_dim=2, kernel_initializer="zeros")])
    model.compile("sgd", "mse")
    history = model.fit(x, y, epochs=2, batch_size=3, shuffle="batch", verbose=0).history["loss"]
    assert history[1] < history[0]
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0), model.evaluate(x[:], y[:], verbose=0), rtol=1e-5)
    assert model.predict(x, verbose=0).shape == (6, 1)


def test_one_device_is_what_a_model_is_on_already():
    model = keras.Sequential([layers.Dense(1, input_dim=2)])
    assert utils.multi_gpu_model(model, gpus=1) is model
    with pytest.raises(ValueError, match=r"`gpus` is .*, and the devices are: cpu:0"):
        utils.multi_gpu_model(model, gpus=[0, 1])


def test_updates_are_made_where_layers_are_called():
    model = keras.Sequential([layers.BatchNormalization(input_shape=(2,), momentum=0.5)])
    assert model.get_updates_for(None) == model.layers[0].get_updates_for(model.input) == []
    model.layers[0](np.full((4, 2), 6.0, "float32"), training=True)
    np.testing.assert_allclose(model.layers[0].moving_mean.numpy(), 3.0)


def test_a_tensor_that_is_computed_may_be_an_input():
    values = K.variable([[1.0, 2.0]])
    x = layers.Input(tensor=values * 2)
    model = keras.Model(x, layers.Dense(1, kernel_initializer="ones")(x))
    np.testing.assert_allclose(K.eval(model.output), [[6.0]])


def test_which_implementation_tensorflow_took_is_noted():
    model = keras.Sequential([layers.Dense(1, input_dim=2)])
    model.compile("sgd", "mse", experimental_run_tf_function=False)
    assert ("Model.compile", "experimental_run_tf_function", "(left out)") in keras.config.legacy_report()
    with pytest.raises(ValueError, match="must be a boolean"):
        model.compile("sgd", "mse", experimental_run_tf_function="maybe")
    model.fit(np.ones((2, 2)), np.ones(2), verbose=0, use_multiprocessing=True, workers=1)
    assert ("Model.fit", "use_multiprocessing=True", "workers=... (threads)") in keras.config.legacy_report()


def test_programs_before_3_are_told_an_engine_that_they_know():
    assert K.backend() == "jax"
    keras.config.set_era("2")
    try:
        assert K.backend() == "tensorflow"  # whose functions they then call
        assert keras.config.backend() == "jax"  # Keras 3's own name
    finally:
        keras.config.set_era("3")
