"""Meshes and layouts; and training on several devices, which gives what one device gives."""

import json
import os
import subprocess
import sys

import jax
import numpy as np
import pytest

from keras import distribution

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
):
    d.set_distribution(value)
    model, result[name] = trained()
    result[name + " specs"] = specs(model)
d.set_distribution(None)
model.fit(x, y, verbose=0)  # goes on with what was divided
result["after"] = model.predict(x, verbose=0).shape
print(json.dumps(result))
"""


@pytest.fixture(scope="module")
def on_four_devices():
    flags = os.environ.get("XLA_FLAGS", "") + " --xla_force_host_platform_device_count=4"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("kind", ["data", "model"])
def test_training_on_several_devices_gives_what_one_device_gives(on_four_devices, kind):
    assert on_four_devices["devices"] == ["cpu:0", "cpu:1", "cpu:2", "cpu:3"]
    for found, expected in zip(on_four_devices[kind], on_four_devices["one"], strict=True):
        np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-6)


def test_weights_and_their_optimizer_state_are_divided_as_the_map_says(on_four_devices):
    specs = on_four_devices["model specs"]
    divided = {path for path, spec in specs.items() if "model" in spec}
    assert "net/dense_a/kernel" in divided
    assert len(divided) == 3  # the kernel and its two moments
    assert not any("batch" in spec for spec in on_four_devices["data specs"].values())


def test_what_was_divided_goes_on_on_one_device(on_four_devices):
    assert on_four_devices["after"] == [21, 1]


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


def test_a_tensor_is_distributed_eagerly_and_while_tracing():
    layout = distribution.TensorLayout(("batch",), one_device())
    assert distribution.distribute_tensor(np.ones(4), layout).sharding == layout.backend_layout
    found = jax.jit(lambda a: distribution.distribute_tensor(a, layout) + 1)(np.ones(4, "float32"))
    np.testing.assert_array_equal(found, np.full(4, 2))
