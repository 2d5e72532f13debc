"""HDF5 files of whole models as Keras 3.15.1 writes them: state of the optimizer, entries without modules."""

import json

import h5py
import numpy as np

import keras
from keras import layers, ops


def test_the_optimizer_goes_on_where_it_stopped_and_its_state_stands_where_keras_3_looks_for_it(in_folder):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, name="last")])
    metrics = [keras.losses.mean_squared_error, keras.metrics.MeanAbsoluteError(name="far")]
    model.compile(keras.optimizers.Adam(0.05, name="adam"), "mse", metrics=metrics)
    x, y = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[1.0], [0.0]])
    model.train_on_batch(x, y)
    model.save("m.h5")
    with h5py.File("m.h5") as file:
        names = [name.decode() for name in file["optimizer_weights"].attrs["weight_names"]]
        described = json.loads(file.attrs["training_config"])["metrics"]
    assert names[:2] == ["adam/iteration", "adam/learning_rate"]
    assert [name.rpartition("_")[2] for name in names[2:]] == ["momentum", "velocity"] * 2
    # what Keras 3.15.1 reads: with modules it takes the function for a class and refuses the file
    assert described == [
        "mean_squared_error", {"class_name": "MeanAbsoluteError", "config": {"name": "far", "dtype": "float32"}},
    ]  # fmt: skip
    again = keras.models.load_model("m.h5")
    assert again.optimizer.iterations == 1
    np.testing.assert_allclose(again.train_on_batch(x, y), model.train_on_batch(x, y), rtol=1e-6)
    np.testing.assert_allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-6)


def test_operations_that_share_their_names_with_layers_are_told_from_them(in_folder):
    x = keras.Input((4,))
    model = keras.Model(x, ops.reshape(layers.Add(name="layer")([1 + x, x * 2]), (-1, 2, 2)))
    model.save("m.h5")
    with h5py.File("m.h5", "r+") as file:
        config = json.loads(file.attrs["model_config"])
        for entry in config["config"]["layers"]:
            for key in ("module", "registered_name", "build_config"):
                entry.pop(key, None)
        file.attrs["model_config"] = json.dumps(config)
    classes = [entry["class_name"] for entry in config["config"]["layers"]]
    assert sorted(classes) == ["Add", "Add", "InputLayer", "Multiply", "Reshape"]
    again = keras.models.load_model("m.h5")
    np.testing.assert_array_equal(again(np.array([[0.0, 1.0, 2.0, 3.0]])), [[[1.0, 4.0], [7.0, 10.0]]])
