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


def trained_again(model, x, y, path="m.h5"):
    """Losses of a model and of what its file holds."""
    model.train_on_batch(x, y)
    model.save(path)
    again = keras.models.load_model(path)
    return [[float(m.train_on_batch(x, y)) for _ in range(2)] for m in (model, again)]


def test_an_optimizer_inside_another_goes_on_where_it_stopped(in_folder):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile(
        keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.1, name="adam"), initial_scale=8.0), "mse"
    )
    was, found = trained_again(model, np.array([[1.0, 2.0]]), np.array([[1.0]]))
    np.testing.assert_allclose(found, was, rtol=1e-6)
    with h5py.File("m.h5") as file:
        names = [name.decode() for name in file["optimizer_weights"].attrs["weight_names"]]
    owners = [name.split("/")[0].rstrip("_0123456789") for name in names]  # as in Keras 3.15.1
    assert owners == ["loss_scale_optimizer"] * 4 + ["adam"] * 6


def test_models_in_models_whose_layers_share_a_name_come_back(in_folder):
    def around(inner):
        x = keras.Input((2,))
        return keras.Model(x, layers.Dense(2, activation="tanh", name="same")(x if inner is None else inner(x)))

    x = keras.Input((3, 2))
    body = keras.Model(x, layers.TimeDistributed(around(around(None)))(x))
    model = keras.Sequential([keras.Input((3, 2)), body, layers.Dense(1)])
    model.compile("sgd", "mse")
    was, found = trained_again(model, np.arange(12.0).reshape(2, 3, 2), np.ones((2, 3, 1)))
    np.testing.assert_allclose(found, was, rtol=1e-6)


@keras.saving.register_keras_serializable("hdf5_of_keras_3")
class WithoutGraph(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.last = layers.Dense(1)

    def call(self, x):
        return self.last(x)


def test_a_model_without_a_graph_comes_back(in_folder):
    model = WithoutGraph()
    model.compile("adam", "mse")
    was, found = trained_again(model, np.array([[1.0, 2.0]]), np.array([[1.0]]))
    np.testing.assert_allclose(found, was, rtol=1e-6)


def test_grouped_attention_is_found_by_the_name_of_its_class(in_folder):
    x = keras.Input((3, 4))
    model = keras.Model(x, layers.GroupQueryAttention(2, 2, 1)(x, x))
    model.save("m.h5")
    with h5py.File("m.h5", "r+") as file:
        text = file.attrs["model_config"]
        assert '"GroupQueryAttention"' in text
        file.attrs["model_config"] = text.replace('"GroupQueryAttention"', '"GroupedQueryAttention"')  # as 3.15.1 does
    assert keras.models.load_model("m.h5").count_params() == model.count_params()


def test_older_names_of_losses_are_written_as_each_reader_knows_them(in_folder):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, name="last")])
    model.compile("sgd", {"last": "logcosh"})
    assert model.get_compile_config()["loss"] == {"last": "log_cosh"}  # Keras 3.15.1 knows no "logcosh"
    for loss in ("logcosh", "log_cosh", keras.losses.log_cosh):
        model.compile("sgd", loss)
        model.save("m.h5", era="2")
        with h5py.File("m.h5") as file:
            assert json.loads(file.attrs["training_config"])["loss"] == "logcosh"  # nor 2.3.1 "log_cosh"


def test_a_file_whose_model_says_no_module_keeps_the_formulas_of_keras_3(in_folder):
    recurrent = layers.Bidirectional(layers.LSTM(2, return_sequences=True))
    model = keras.Sequential([keras.Input((3, 2)), recurrent, layers.Dense(2, activation="hard_sigmoid")])
    model.save("m.h5")
    with h5py.File("m.h5", "r+") as file:  # as 3.15.1 writes them
        config = json.loads(file.attrs["model_config"])
        file.attrs["model_config"] = json.dumps({key: config[key] for key in ("class_name", "config")})
    x = np.arange(6.0).reshape(1, 3, 2)
    found = keras.models.load_model("m.h5").predict(x, verbose=0)
    np.testing.assert_allclose(found, model.predict(x, verbose=0), rtol=1e-6)
