"""Methods of models from 0.x to tf.keras, weights in HDF5 groups, and utilities with their older arguments."""

import io

import numpy as np
import pytest

import keras
from keras import backend as K
from keras import layers, regularizers, utils
from keras.config import legacy_report
from keras.legacy import era

h5py = pytest.importorskip("h5py")
X = np.arange(12.0).reshape(4, 3).astype("float32") / 12


def made():
    x = keras.Input((3,), name="x")
    return keras.Model(x, layers.Dense(2, name="last")(layers.Dense(4, name="first")(x)))


@pytest.fixture(scope="module")
def model():
    found = made()
    found.compile("sgd", "mse")
    return found


def test_the_graph_of_a_model_runs_with_masks_and_shapes(model):
    outputs, masks, shapes = model.run_internal_graph([K.constant(X)])
    np.testing.assert_allclose(outputs[0], model.predict(X, verbose=0), rtol=1e-6)
    assert (masks, shapes) == ([None], [(4, 2)])
    np.testing.assert_allclose(model.call(input=K.constant(X)), outputs[0], rtol=1e-6)
    masked = keras.Sequential([layers.Masking(0.0, input_shape=(3, 2)), layers.LSTM(2, return_sequences=True)])
    data = np.ones((1, 3, 2), "float32")
    data[:, 1] = 0
    _, masks, _ = masked.run_internal_graph(K.constant(data))
    np.testing.assert_array_equal(masks[0], [[True, False, True]])


def test_steps_are_functions_of_iterators(model):
    before = model.get_weights()
    batches = iter([(X, np.zeros((4, 2)))] * 2)
    logs = model.make_train_function()(batches)
    assert set(logs) == {"loss"}
    assert np.abs(before[0] - model.get_weights()[0]).max() > 0
    assert model.make_train_function() is model.train_function is not model.make_train_function(force=True)
    assert model.make_test_function()(batches)["loss"] > 0
    assert model.make_predict_function()(iter([X])).shape == (4, 2)


def test_weights_have_places_and_inputs_are_described(model):
    assert list(model.get_weight_paths()) == ["first.kernel", "first.bias", "last.kernel", "last.bias"]
    assert model.get_weight_paths()["last.bias"] is model.layers[-1].bias
    ((spec,), keywords) = model.save_spec()
    assert (spec.shape, spec.dtype, keywords) == ((None, 3), "float32", {})
    assert keras.Sequential([layers.Dense(1)]).save_spec() is None


def test_weights_are_kept_in_groups_of_files_that_a_program_opened(model):
    from keras.engine import saving, topology

    with h5py.File(io.BytesIO(), "w") as file:
        model.save_weights_to_hdf5_group(file)
        assert [n.decode() for n in file.attrs["layer_names"]] == ["x", "first", "last"]
        other = made()
        other.load_weights_from_hdf5_group(file)
        np.testing.assert_array_equal(other.get_weights()[2], model.get_weights()[2])
        third = made()
        saving.load_weights_from_hdf5_group_by_name(file, third.layers[1:2])
        np.testing.assert_array_equal(third.get_weights()[0], model.get_weights()[0])
        assert np.abs(third.get_weights()[2] - model.get_weights()[2]).max() > 0
        third.load_weights_from_hdf5_group_by_name(file)
        np.testing.assert_array_equal(third.get_weights()[2], model.get_weights()[2])
        group = file.create_group("more")
        topology.save_weights_to_hdf5_group(group, model.layers)
        topology.load_weights_from_hdf5_group(group, made().layers)
        again = made()
        saving.load_weights_from_hdf5_group(group, again.layers, reshape=True)
        np.testing.assert_array_equal(again.get_weights()[2], model.get_weights()[2])


def test_arrays_of_an_older_release_become_todays():
    from keras.engine.saving import preprocess_weights_for_loading

    layer = layers.LSTM(2)
    layer.build((None, 3, 4))
    # 1.x kept W, U and b of the gates i, c, f, o
    arrays = [np.full(s, float(g), "float32") for g in range(4) for s in ((4, 2), (2, 2), (2,))]
    kernel, recurrent, bias = preprocess_weights_for_loading(layer, arrays, original_keras_version="1.2.2")
    np.testing.assert_array_equal(kernel[0], [0, 0, 2, 2, 1, 1, 3, 3])  # i, f, c, o
    np.testing.assert_array_equal(bias, [0, 0, 2, 2, 1, 1, 3, 3])
    assert recurrent.shape == (2, 8)


def test_files_behave_like_dicts_of_arrays(tmp_path):
    path = str(tmp_path / "a.h5")
    with utils.H5Dict(path, "w") as data:
        data["x"] = np.arange(3)
        data["inner"]["name"] = "Ada"
        data["more"] = {"y": [1.5]}
        with pytest.raises(KeyError, match="there is a 'x' already"):
            data["x"] = 1
    with utils.H5Dict(path, "r") as data:
        np.testing.assert_array_equal(data["x"], [0, 1, 2])
        assert data["inner"]["name"] == "Ada"
        assert (sorted(data), len(data), "y" in data["more"], data.get("z", 7)) == (["inner", "more", "x"], 3, True, 7)
        with pytest.raises(KeyError, match="there is no 'z'"):
            data["z"]
        with pytest.raises(ValueError, match="reading alone"):
            data["z"] = 1
    plain = utils.H5Dict({})
    plain["a"]["b"] = 1
    assert plain.data == {"a": {"b": 1}}
    with pytest.raises(TypeError, match="takes a path"):
        utils.H5Dict(3)
    from keras.utils.io_utils import load_from_binary_h5py, save_to_binary_h5py

    stream = io.BytesIO()
    save_to_binary_h5py(lambda f: f.create_dataset("x", data=[1, 2]), stream)
    stream.seek(0)
    assert load_from_binary_h5py(lambda f: f["x"][1], stream) == 2


def test_files_of_models_take_the_arguments_of_their_years(model, tmp_path):
    path = str(tmp_path / "m.weights.h5")
    model.save_weights(path, save_format="h5", options=None)
    model.load_weights(path, reshape=False, options=None)
    model.load_weights(path, reshape=True)
    with pytest.raises(ValueError, match="`options` must be None"):
        model.save(str(tmp_path / "m.keras"), options=object())
    with pytest.raises(ValueError, match="`save_format` must be 'h5'"):
        model.save_weights(path, save_format="tf")
    with pytest.raises(ValueError, match="no parameter servers"):
        model.compile("sgd", "mse", pss_evaluation_shards=2)


@pytest.mark.parametrize("by_name", [False, True])
def test_arrays_of_another_shape_are_taken_in_their_order_where_that_is_asked_for(by_name, in_folder):
    def picture(kernel, filters=2):
        return keras.Sequential([keras.Input((4, 4, 3)), layers.Conv2D(filters, kernel, name="c")])

    model, again = picture((2, 1)), picture((1, 2))
    model.set_weights([np.arange(12.0).reshape(2, 1, 3, 2), [1.0, 2.0]])
    model.save("older.h5")
    with pytest.raises(ValueError, match="c "):
        again.load_weights("older.h5")
    again.load_weights("older.h5", by_name=by_name, reshape=True)
    np.testing.assert_array_equal(again.get_weights()[0].ravel(), np.arange(12.0))
    np.testing.assert_array_equal(again.get_weights()[1], [1.0, 2.0])
    with pytest.raises(ValueError, match=r"\(1, 2, 3, 4\)"):  # as many numbers there must be
        picture((1, 2), 4).load_weights("older.h5", by_name=by_name, reshape=True)


def test_a_sequence_is_a_list_of_layers_in_1x(capsys):
    model = keras.Sequential([layers.Dense(2, input_shape=(3,), name="a"), layers.Dense(1, name="b")])
    config = model.legacy_get_config()
    assert [c["class_name"] for c in config] == ["Dense", "Dense"]
    again = keras.Sequential.legacy_from_config(config)
    assert again.output_shape == (None, 1)
    known = layers.Dense(2, name="a")
    shared = keras.Sequential.from_config(model.get_config(), layer_cache={"a": known})
    assert shared.layers[0] is known
    np.testing.assert_array_equal(model.predict_classes(X=X), model.predict_classes(X))
    assert model.get_config(verbose=1)
    assert "'layers'" in capsys.readouterr().out


def test_nodes_connect_layers():
    from keras.engine.topology import Node

    x, first, second = keras.Input((3,), name="entry"), layers.Dense(2, name="one"), layers.Dense(1, name="two")
    first(x)
    node = Node.create_node(second, [first])
    assert second.output_shape == (None, 1)
    assert Node.get_config(node) == {
        "outbound_layer": "two", "inbound_layers": ["one"], "node_indices": [0], "tensor_indices": [0],
    }  # fmt: skip
    assert Node(second, [], input_tensors=[first.output]).outputs[0].shape == (None, 1)
    with pytest.raises(ValueError, match="outputs are what the layer computes"):
        Node(second, [first], output_tensors=[x])
    (found,) = utils.get_source_inputs(second.get_output_at(0), layer=first, node_index=0)
    assert found is x


def test_threads_and_their_queues_take_the_names_of_1x():
    queue = utils.GeneratorEnqueuer(generator=iter([1, 2, 3]), pickle_safe=True)
    queue.start(nb_worker=1, max_q_size=2, wait_time=0.01)
    assert list(queue.get()) == [1, 2, 3]
    queue.join_end_of_epoch()
    queue.stop()
    assert ("GeneratorEnqueuer", "use_multiprocessing=True", "workers=... (threads)") in legacy_report()
    with pytest.raises(ValueError, match="belonged to processes"):
        utils.GeneratorEnqueuer(iter([1]), seed=3)
    with pytest.raises(TypeError, match="takes a generator"):
        utils.GeneratorEnqueuer()


def test_utilities_take_the_arguments_of_their_years(capsys):
    from keras.utils import layer_utils, np_utils

    assert utils.to_categorical([0, 1], dtype="int32").dtype == "int32"
    assert utils.to_categorical(y=[0, 2], nb_classes=4).shape == (2, 4)
    kernel = np.arange(4.0).reshape(1, 1, 2, 2)
    np.testing.assert_array_equal(np_utils.convert_kernel(kernel, dim_ordering="th")[0, 0], [[3, 2], [1, 0]])
    np.testing.assert_array_equal(np_utils.convert_kernel(kernel.reshape(2, 2, 1, 1))[..., 0, 0], [[3, 2], [1, 0]])
    images = keras.Sequential([layers.Input((4, 4, 1)), layers.SeparableConv2D(1, 2), layers.Conv2D(1, 2)])
    before = images.get_weights()
    layer_utils.convert_all_kernels_in_model(images)
    before[3] = before[3][::-1, ::-1]
    for found, wanted in zip(images.get_weights(), before, strict=True):
        np.testing.assert_array_equal(found, wanted)
    np.testing.assert_allclose(np_utils.multiclass_logloss(P=np.array([[0.5, 0.5]]), Y=[1]), np.log(2))
    layer_utils.print_summary(layers=made().layers[1:])
    assert "first" in capsys.readouterr().out
    with pytest.raises(ValueError, match="`relevant_nodes` must be None"):
        layer_utils.print_summary(layers=[], relevant_nodes=[1])
    config = utils.serialize_keras_object(instance=layers.Dense(2))
    assert utils.deserialize_keras_object(identifier=config, module_objects={"Dense": layers.Dense}).units == 2
    bar = utils.Progbar(10, interval=100)
    drawn = []
    bar._drawn_at = float("inf")
    bar._show = lambda finished, now: drawn.append(bar._seen)
    bar.update(1)
    bar._drawn_at = 0.0
    bar.update(2, force=True)
    assert drawn == [2]
    assert bar.interval == 100
    penalty = regularizers.l2(0.5)
    penalty.set_param("p")
    penalty.set_layer("layer")
    assert (penalty.p, penalty.layer) == ("p", "layer")


def test_layers_are_tested_as_2x_tested_them():
    from keras.utils.layer_utils import container_from_config, get_layer
    from keras.utils.test_utils import layer_test

    found = layer_test(layers.ReLU, kwargs={"max_value": 2.0}, input_data=np.array([[-1.0, 1.0, 5.0]], "float32"),
                       expected_output=[[0, 1, 2]])  # fmt: skip
    assert found.shape == (1, 3)
    layer_test(layers.Dense, kwargs={"units": 2}, input_shape=(None, 3))
    with pytest.raises(AssertionError):
        layer_test(layers.ReLU, input_data=np.ones((1, 2), "float32"), expected_output=[[1, 2]])
    assert get_layer("Dense", {"output_dim": 3}).units == 3
    assert container_from_config({"class_name": "Dense", "config": {"units": 3}}).units == 3


def test_files_are_checked_and_tables_printed(tmp_path, capsys):
    from keras.utils.data_utils import validate_file
    from keras.utils.generic_utils import display_table

    path = tmp_path / "a"
    path.write_bytes(b"abc")
    assert validate_file(path, md5_hash="900150983cd24fb0d6963f7d28e17f72")
    assert validate_file(path, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    assert not validate_file(path, "0" * 32)
    display_table([["ab", "c"]], [1, 4])
    assert capsys.readouterr().out == "ac  \n"


def test_data_sets_are_kept_where_a_program_says(tmp_path, monkeypatch):
    folder = tmp_path / "datasets"
    folder.mkdir()
    monkeypatch.setenv("KERAS_HOME", "elsewhere")
    seen = []
    from keras.datasets import _files, mnist

    def watched(*args, **kwargs):
        import os

        seen.append(os.environ["KERAS_HOME"])
        raise OSError("not here")

    monkeypatch.setattr(_files, "get_file", watched)
    with pytest.raises(OSError, match="not here"):
        mnist.load_data("mnist.npz", cache_dir=tmp_path)
    assert seen == [str(tmp_path)]
    with pytest.raises(ValueError, match="come as two halves"):
        keras.datasets.imdb.load_data(test_split=0.1)
    found = keras.applications.vgg16.preprocess_input(np.full((1, 1, 1, 3), 255.0), mode="tf")
    np.testing.assert_allclose(found, 1)


def test_a_list_of_callbacks_names_what_a_step_gave():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    callbacks = keras.callbacks.CallbackList([], model=model)
    with era.during("tf2.11"):
        model.compile("sgd", "mse", metrics=["mae"])
        model.evaluate(np.zeros((1, 2)), np.zeros((1, 1)), verbose=0)
        found = callbacks.make_logs(model, {"x": 1}, [0.5, 3.0], "test", "val_")
    assert found == {"x": 1, "val_loss": 0.5, "val_mae": 3.0}
    assert callbacks.make_logs(model, {}, [4.0], "predict") == {"outputs": [4.0]}
    with pytest.raises(ValueError, match="`mode` must be one of"):
        callbacks.make_logs(model, {}, [], "fit")


class Counted(keras.Model):
    """A step that leaves counting the loss to `compute_loss`, with a value of its own before the metric."""

    def build(self, shape):
        self.last = layers.Dense(1, kernel_initializer="ones")
        self.last.build(shape)

    def call(self, x):
        return self.last(x)

    def test_step(self, data):
        x, y = data
        y_pred = self(x)
        self.compute_loss(x, y, y_pred)
        self.compiled_metrics.update_state(y, y_pred)
        return {"loss": -1.0, "half": 0.5, **{m.name: m.result() for m in self.metrics}}


def test_compute_loss_counted_the_loss_in_tf_keras():
    x = np.float32([[1], [2], [3], [4]])
    with era.during("tf2.11"):
        model = Counted()
        model.compile("sgd", "mse", metrics=["mae"])
        found = model.evaluate(x, 0 * x, batch_size=2, verbose=0, return_dict=True)
        assert (found["loss"], found["half"]) == (7.5, 0.5)
        assert model.evaluate(x, 0 * x, batch_size=2, verbose=0) == [7.5, 2.5, 0.5]


def test_checkpoints_of_tf_keras_hold_parts_of_one_name(tmp_path):
    class Twice(keras.Model):
        def __init__(self):
            super().__init__()
            self.first, self.second = made(), made()
            self.second._name = self.first.name

        def call(self, x):
            return self.second(x) + self.first(x)

    def build():
        model = Twice()
        model(X)
        return model

    model, other, path = build(), build(), str(tmp_path / "runs" / "best")
    with era.during("tf2.11"):
        model.save_weights(path)
        other.load_weights(path)
    np.testing.assert_array_equal(other(X), model(X))
    assert sorted(file.name for file in (tmp_path / "runs").iterdir()) == ["best", "checkpoint"]
