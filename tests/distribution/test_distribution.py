"""Meshes and layouts; and training on several devices, which gives what one device gives."""

import jax
import numpy as np
import pytest

import keras
from distribution.virtual_devices import result_on
from keras import distribution
from keras._core import processes

PROGRAM = """
import json, sys
import numpy as np
import keras
from keras import distribution as d

rng = np.random.default_rng(0)
x = rng.normal(size=(21, 6)).astype("float32")  # the last batch has 5 rows, which 4 devices cannot share evenly
y = (x[:, :1] > 0).astype("float32")
weights = rng.uniform(size=21)


def trained():
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(8, "relu", name="dense_a"),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(1, "sigmoid", name="out"),
        ],
        name="net",
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, batch_size=8, epochs=2, verbose=0, sample_weight=weights, validation_data=(x, y))
    found = [history.history[k] for k in sorted(history.history)]
    found += [model.predict(x, verbose=0), model.train_on_batch(x[:8], y[:8]), *model.get_weights()]
    return model, [np.ravel(f).astype(float).tolist() for f in found]


def specs(model):
    return {v.path: list(v.value.sharding.spec) for v in [*model.variables, *model.optimizer.variables]}


mesh = d.DeviceMesh((2, 2), ["batch", "model"])
layouts = d.LayoutMap(mesh)
layouts["net/dense.*/kernel"] = (None, "model")
result = {"devices": d.list_devices(), "one": trained()[1]}
for name, value in (
    ("data", d.DataParallel()),
    ("model", d.ModelParallel(layout_map=layouts, batch_dim_name="batch")),
    ("sharded", d.DataParallel(shard_weights=True)),
):
    d.set_distribution(value)
    model, result[name] = trained()
    result[name + " specs"] = specs(model)
    model.set_weights(model.get_weights())
    result[name + " set"] = specs(model)
late = keras.Sequential([keras.layers.Dense(2, name="late"), keras.layers.Dropout(0.5)])
late.compile("adam", "mse")  # has no shapes yet: its variables are made while a step is traced
late.fit(x, np.repeat(y, 2, 1), verbose=0)
result["late"] = [len(late.weights[0].value.devices()), specs(late)["sequential/late/kernel"]]
d.set_distribution(None)
model.fit(x, y, verbose=0)  # goes on with what was divided
result["after"] = model.predict(x, verbose=0).shape
model.fit(x, y, verbose=0, distribution="auto")
result["auto"] = [len(model.weights[0].value.devices()), d.distribution() is None]
with d.DataParallel(device_statistics=True).scope():
    layer, alike = keras.layers.BatchNormalization(momentum=0.0), keras.layers.BatchNormalization(synchronized=True)
    result["statistics"] = [np.asarray(each(x[:8], training=True)).tolist() for each in (layer, alike)]
    result["moving"] = layer.moving_variance.numpy().tolist()
from keras.legacy.strategies import MirroredStrategy
from keras.legacy.foreign_data import Dataset

strategy = MirroredStrategy()
batches = strategy.experimental_distribute_dataset(Dataset.from_tensor_slices((x, y)).batch(4 * 4))
rows = [strategy.run(lambda x, y: (x, strategy.num_replicas_in_sync), batch) for batch in batches]
result["rows"] = [[len(x.addressable_shards[0].data), *x.shape, count] for x, count in rows]
result["replicas"] = strategy.num_replicas_in_sync
d.set_distribution(None)
whole = keras.Sequential([keras.Input((6,)), keras.layers.Dense(2), keras.layers.Dense(1, name="out")], name="whole")
start = whole.get_weights()
result["parallel"] = []
for model in (whole, keras.utils.multi_gpu_model(whole, gpus=4)):
    whole.set_weights(start)
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit(x, y, batch_size=8, shuffle=False, verbose=0, validation_split=0.3).history
    result["parallel"].append([history, model.predict(x, verbose=0).tolist(), whole.get_weights()[0].tolist()])
result["inside"] = [model.layers[-2] is whole, model.output_names, len(whole.weights[0].value.devices())]
print(json.dumps(result))
"""


@pytest.fixture(scope="module")
def on_four_devices():
    return result_on(4, PROGRAM)


@pytest.mark.parametrize("kind", ["data", "model", "sharded"])
def test_training_on_several_devices_gives_what_one_device_gives(on_four_devices, kind):
    assert on_four_devices["devices"] == ["cpu:0", "cpu:1", "cpu:2", "cpu:3"]
    for found, expected in zip(on_four_devices[kind], on_four_devices["one"], strict=True):
        np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-6)


def test_a_model_for_several_gpus_learns_what_it_holds_learns_alone(on_four_devices):
    assert on_four_devices["inside"] == [True, ["out"], 4]
    (history, *alone), (of_four, *parallel) = on_four_devices["parallel"]
    assert list(history) == list(of_four)
    for a, b in zip([*history.values(), *alone], [*of_four.values(), *parallel], strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-6)


def test_weights_and_their_optimizer_state_are_divided_as_the_map_says(on_four_devices):
    specs = on_four_devices["model specs"]
    divided = {path for path, spec in specs.items() if "model" in spec}
    assert "net/dense_a/kernel" in divided
    assert len(divided) == 3  # the kernel and its two moments
    assert not any("batch" in spec for spec in on_four_devices["data specs"].values())
    for kind in ("data", "model", "sharded"):  # what lies on a single device has no spec
        assert on_four_devices[f"{kind} set"].keys() == on_four_devices[f"{kind} specs"].keys()
    specs = {path.removeprefix("net/"): spec for path, spec in on_four_devices["sharded specs"].items()}
    assert specs["dense_a/kernel"] == [None, "batch"]
    assert specs["out/kernel"][0] == "batch"
    assert specs["out/bias"] == []  # one number
    assert [specs[path] for path in specs if "dense_a_kernel_" in path] == [[None, "batch"]] * 2


def test_what_was_divided_goes_on_on_one_device(on_four_devices):
    assert on_four_devices["after"] == [21, 1]


def test_a_model_without_shapes_is_built_on_all_devices(on_four_devices):
    assert on_four_devices["late"] == [4, [None, None]]


def test_auto_is_all_devices_for_one_call(on_four_devices):
    assert on_four_devices["auto"] == [4, True]


def test_each_device_normalises_its_rows_where_that_is_asked_for(on_four_devices):
    x = np.random.default_rng(0).normal(size=(21, 6)).astype("float32")[:8]
    parts = x.reshape(4, 2, 6)

    def normal(rows):
        return (rows - rows.mean(-2, keepdims=True)) / np.sqrt(rows.var(-2, keepdims=True) + 1e-3)

    found, together = on_four_devices["statistics"]
    np.testing.assert_allclose(found, normal(parts).reshape(8, 6), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(together, normal(x), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(on_four_devices["moving"], parts.var(1).mean(0), rtol=1e-4)


def test_a_loop_of_ones_own_gets_rows_that_are_divided(on_four_devices):
    assert on_four_devices["rows"] == [[4, 16, 6, 1], [5, 5, 6, 1]]  # the last batch cannot be divided evenly
    assert on_four_devices["replicas"] == 4


def test_a_word_that_is_no_distribution_says_which_there_are():
    with pytest.raises(ValueError, match=r"'auto', 'sharded', a distribution or None\. Got 'all'"):
        keras.Sequential([keras.layers.Dense(1)]).predict(np.ones((2, 2)), distribution="all")
    assert keras.Sequential([keras.layers.Dense(1)]).predict(np.ones((2, 2)), distribution="auto").shape == (2, 1)


def one_device(names=("batch",)):
    return distribution.DeviceMesh((1,) * len(names), list(names), devices=[distribution.list_devices()[0]])


def test_a_layout_map_finds_the_one_key_that_matches_a_whole_path():
    mesh = one_device(("batch", "model"))
    layouts = distribution.LayoutMap(mesh)
    layouts["dense.*kernel"] = (None, "model")
    layouts["dense.*bias"] = distribution.TensorLayout(("model",))
    assert layouts["dense_1/kernel"].axes == (None, "model")
    assert layouts["dense_1/bias"].device_mesh is mesh
    assert layouts["net/dense_1/kernel"] is None
    layouts["dense_1.*"] = ("model",)
    with pytest.raises(ValueError, match=r"several keys.*dense\.\*kernel, dense_1\.\*"):
        layouts["dense_1/kernel"]
    with pytest.raises(ValueError, match="has a layout already"):
        layouts["dense_1.*"] = (None,)
    with pytest.raises(ValueError, match="must be a TensorLayout"):
        layouts["other"] = 3
    del layouts["dense_1.*"]
    assert list(layouts) == ["dense.*kernel", "dense.*bias"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((2,), ["batch", "model"]), "same length"),
        (((1000,), ["batch"]), "needs 1000 devices"),
        (((1, 1), ["batch", "batch"]), "differ"),
        (((), []), "are needed"),
        (((1,), ["batch"], ["cpu:999"]), "no device 'cpu:999'"),
    ],
    ids=["names", "devices", "twice", "empty", "unknown"],
)
def test_a_mesh_that_does_not_fit_says_why(arguments, message):
    with pytest.raises(ValueError, match=message):
        distribution.DeviceMesh(*arguments)


def test_arguments_that_cannot_be_honoured_are_errors():
    mesh = one_device()
    with pytest.raises(ValueError, match="no axis 'model'"):
        distribution.TensorLayout(("model",), mesh)
    with pytest.raises(ValueError, match="must be a LayoutMap"):
        distribution.ModelParallel(batch_dim_name="batch")
    with pytest.raises(ValueError, match="must be a distribution"):
        distribution.set_distribution("all")
    with pytest.raises(ValueError, match="no device of type 'abacus'"):
        distribution.list_devices("abacus")


def test_a_scope_sets_a_distribution_and_takes_it_back():
    parallel = distribution.DataParallel(one_device())
    with parallel.scope():
        assert distribution.distribution() is parallel
    assert distribution.distribution() is None
    assert parallel.get_data_layout((8, 3)).axes == ("batch", None)


def test_a_dataset_stays_as_it_is_in_one_process_and_several_are_told_who_divides_it(monkeypatch):
    data, parallel = [1, 2], distribution.DataParallel(one_device())
    assert parallel.distribute_dataset(data) is data
    assert parallel.distribute_tf_dataset(data) is data
    monkeypatch.setattr(processes._Here, "count", 2)
    with pytest.raises(NotImplementedError, match="Give the data to fit, which divides it"):
        parallel.distribute_dataset(data)
    own_parts = distribution.DataParallel(one_device(), auto_shard_dataset=False)
    assert own_parts.distribute_dataset(data) is data


def test_a_tensor_is_distributed_eagerly_and_while_tracing():
    layout = distribution.TensorLayout(("batch",), one_device())
    assert distribution.distribute_tensor(np.ones(4), layout).sharding == layout.backend_layout
    found = jax.jit(lambda a: distribution.distribute_tensor(a, layout) + 1)(np.ones(4, "float32"))
    np.testing.assert_array_equal(found, np.full(4, 2))
