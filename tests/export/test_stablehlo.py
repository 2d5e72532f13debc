"""StableHLO programs: written, read and called without the model."""

import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import keras
from keras import Input, layers
from keras._jax import exported, reader_process
from keras.export import ExportArchive, load

pytest.importorskip("flatbuffers")

ROOT = Path(__file__).parents[2]


def both_ways():
    a, b = Input((None, 3), name="a"), Input((2,), name="b")
    x = layers.Concatenate()([layers.Bidirectional(layers.LSTM(2))(a), b])
    x = layers.Dropout(0.5)(layers.BatchNormalization()(x))
    return keras.Model([a, b], {"p": layers.Dense(2)(x), "q": layers.Dense(1, activation="sigmoid")(x)})


def test_an_exported_model_computes_the_same_for_any_batch_and_length(tmp_path, capsys):
    model, path = both_ways(), tmp_path / "model.stablehlo"
    model.export(path)
    assert "StableHLO with serve" in capsys.readouterr().out
    loaded = load(path)
    assert loaded.endpoints == ["serve"]
    for rows, steps in ((1, 4), (3, 9)):
        x = [np.full((rows, steps, 3), 0.5), np.ones((rows, 2))]
        wanted, got = model(x, training=False), loaded(x)
        for name in "pq":
            np.testing.assert_allclose(got[name], wanted[name], rtol=1e-5, atol=1e-6)
    with pytest.raises(ValueError, match=r"(?s)The program takes .*batch.*Got \(shape \(2, 3\)\)"):
        loaded(np.ones((2, 3)))
    with pytest.raises(AttributeError, match=r"no endpoint 'other'. Endpoints: serve"):
        loaded.other(x)


class Secret(layers.Layer):
    def call(self, x):
        return 3 * x


def test_a_program_runs_where_the_code_of_the_model_is_not_known(tmp_path):
    path = tmp_path / "model.stablehlo"
    keras.Sequential([Input((2,)), Secret()]).export(path, verbose=False)
    script = "import sys, keras; print(keras.export.load(sys.argv[1]).serve([[1.0, 2.0]]))"
    found = subprocess.run(
        [sys.executable, "-c", script, path], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )  # fmt: skip
    assert "[[3. 6.]]" in found.stdout


def test_an_archive_keeps_several_endpoints_and_shares_their_variables(tmp_path):
    layer, path = layers.Dense(2, use_bias=False, kernel_initializer="ones"), tmp_path / "archive"
    layer.build((None, 3))
    spec = keras.InputSpec(shape=(None, 3), dtype="float32")
    archive = ExportArchive()
    archive.track_and_add_endpoint("forward", layer, [spec])
    archive.add_endpoint("twice", lambda x, y: layer(x) + layer(y), [spec, spec])
    archive.add_variable_collection("kernels", [layer.kernel])
    assert archive.variables == archive.trainable_variables == [layer.kernel]
    assert archive.non_trainable_variables == []
    archive.write_out(path, verbose=False)
    loaded, x = load(path), np.ones((2, 3))
    np.testing.assert_array_equal(loaded.forward(x), [[3, 3], [3, 3]])
    np.testing.assert_array_equal(loaded.twice(x, x), [[6, 6], [6, 6]])
    np.testing.assert_array_equal(loaded.collections["kernels"][0], np.ones((3, 2)))
    assert list(loaded.variables) == [layer.kernel.path]
    with zipfile.ZipFile(path) as file:
        assert sum(name.startswith("variables/") for name in file.namelist()) == 1
    with pytest.raises(ValueError, match="several endpoints: call forward or twice"):
        loaded(x)


def test_what_belongs_to_tensorflow_or_is_missing_is_refused_with_what_to_do_instead(tmp_path):
    model, path = keras.Sequential([layers.Dense(1)]), tmp_path / "model"
    for format in ("tf_saved_model", "saved_model"):
        with pytest.raises(ValueError, match=r"(?s)no TensorFlow SavedModel.*model.export\('model.stablehlo'"):
            model.export(path, format=format)
    with pytest.raises(ValueError, match="ExportArchive writes no TensorFlow SavedModel"):
        ExportArchive(format="saved_model")
    with pytest.raises(ValueError, match=r"(?s)'stablehlo' or 'onnx'. Got 'openvino'.*read ONNX"):
        model.export(path, format="openvino")
    for format in ("onnx", "stablehlo"):
        with pytest.raises(TypeError, match=rf"format='{format}'\): unknown argument 'is_static'"):
            model.export(path, format=format, is_static=True)
    archive = ExportArchive()
    with pytest.raises(ValueError, match="nothing to write"):
        archive.write_out(path)
    with pytest.raises(ValueError, match="`options` are those of TensorFlow"):
        archive.write_out(path, options=object())
    with pytest.raises(ValueError, match="needs `input_signature`"):
        archive.add_endpoint("serve", lambda x: x)
    with pytest.raises(ValueError, match="`name` must be a name that can be called"):
        archive.add_endpoint("not a name", lambda x: x, [keras.InputSpec(shape=(1,))])
    with pytest.raises(ValueError, match="is not built"):
        archive.track(model)
    with pytest.raises(ValueError, match="takes text, which no exported program can read"):
        archive.add_endpoint("text", lambda x: x, [keras.InputSpec(shape=(None,), dtype="string")])
    count = keras.Variable(0.0, name="count")
    with pytest.raises(ValueError, match="step assigns count when it is called"):
        archive.add_endpoint("step", lambda x: count.assign_add(x), [keras.InputSpec(shape=())])
    assert not path.exists()


def changed(path, member, function):
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    members[member] = function(members[member])
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)


DAMAGE = {
    "no program": ("programs/0", lambda data: b"not a program", "at programs/0, the bytes hold no program"),
    "cut off": ("programs/0", lambda data: data[: len(data) // 2], "at programs/0"),
    "too few bytes": ("variables/0", lambda data: data[:-4], "bytes are no float32 array of shape"),
    "an unknown variable": (
        "programs.json",
        lambda data: json.dumps({**json.loads(data), "collections": {"all": [7]}}).encode(),
        "there are 1 variables",
    ),
    "another version": (
        "programs.json",
        lambda data: json.dumps({**json.loads(data), "version": 9}).encode(),
        "version 9, is not known",
    ),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_damaged_files_are_refused_with_the_place_in_them(case, tmp_path):
    member, function, message = DAMAGE[case]
    path = tmp_path / "archive"
    layer = layers.Dense(1, use_bias=False)
    layer.build((None, 2))
    archive = ExportArchive()
    archive.add_endpoint("serve", layer, [keras.InputSpec(shape=(None, 2))])
    archive.write_out(path, verbose=False)
    changed(path, member, function)
    with pytest.raises(ValueError, match=message):
        load(path)


def written(path, function):
    archive = ExportArchive()
    archive.add_endpoint("serve", function, [keras.InputSpec(shape=(None, 3))])
    archive.write_out(path, verbose=False)
    return path


def test_calls_that_are_on_no_list_are_refused_by_their_name(tmp_path, monkeypatch):
    path = tmp_path / "archive"
    assert exported._refused_calls("custom_call @Sharding(%0) custom_call @shape_assertion(%1)") == []
    text = 'custom_call @"a b"(%0) custom_call @__gpu$xla.gpu.triton(%1) "stablehlo.custom_call"(%2) {}'
    assert exported._refused_calls(text) == ["__gpu$xla.gpu.triton", "a b", "what has no name"]
    monkeypatch.setattr(exported, "ALLOWED_CALLS", frozenset())
    with pytest.raises(ValueError, match=r"at programs/0, the program calls shape_assertion, code outside of it"):
        load(written(path, lambda x: keras.ops.reshape(x, (-1, 3)) + keras.ops.ones((3,))))


def test_decompositions_are_on_the_list_and_files_are_read_when_they_are_open(tmp_path):
    solved = lambda x: keras.ops.solve_triangular(keras.ops.ones((3, 3)), keras.ops.qr(keras.ops.transpose(x) @ x)[1])
    path = written(tmp_path / "archive", solved)
    x = np.eye(4, 3, dtype="float32") + np.arange(12, dtype="float32").reshape(4, 3) / 12
    with open(path, "rb") as file:
        loaded = load(file)
    expected = np.linalg.solve(np.triu(np.ones((3, 3))), np.linalg.qr(x.T @ x)[1])
    np.testing.assert_allclose(loaded(x), expected, rtol=1e-4, atol=1e-5)


def test_damaged_programs_are_refused_or_read_and_nothing_else(tmp_path):
    spec = importlib.util.spec_from_file_location("fuzz_files", ROOT / "tools" / "fuzz_files.py")
    fuzzer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fuzzer)
    path = written(tmp_path / "damaged.stablehlo", keras.ops.tanh)
    counts = fuzzer.run([path], seconds=4, seed=7, most=60)
    assert not [what for what in counts if what.startswith("FAILED")]
    assert counts["refused"] > 0


def test_convolutions_are_exported_for_images_of_any_size(tmp_path):
    x = Input((None, None, 3))
    y = layers.AveragePooling2D(2, padding="same")(layers.Conv2D(4, 3, strides=2)(x))
    y = layers.SeparableConv2D(2, 2)(layers.Conv2DTranspose(4, 3, strides=2, padding="same")(y))
    model, path = keras.Model(x, layers.Reshape((-1, 2))(y)), tmp_path / "model.stablehlo"
    model.export(path, verbose=False)
    image = np.arange(2 * 9 * 7 * 3).reshape(2, 9, 7, 3) / 50
    np.testing.assert_allclose(load(path)(image), model(image), rtol=1e-4, atol=1e-5)


def test_a_saved_model_is_no_exported_program(tmp_path):
    path = tmp_path / "model.keras"
    keras.Sequential([Input((2,)), layers.Dense(1)]).save(path)
    with pytest.raises(ValueError, match=r"holds no exported program. Call keras.models.load_model"):
        load(path)


@pytest.fixture(scope="module")
def readable(tmp_path_factory):
    path = tmp_path_factory.mktemp("exported") / "m.stablehlo"
    keras.Sequential([Input((2,)), layers.Dense(1)]).export(path, verbose=False)
    assert load(path)(np.ones((1, 2))).shape == (1, 1)
    return path


@pytest.mark.parametrize(
    ("dies", "message"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "died of signal 11"),
        ("raise SystemExit(1)", "jaxlib cannot read the program"),
        ("import time; time.sleep(60)", "took more than 0 seconds"),
    ],
)
def test_a_program_that_another_process_cannot_read_is_refused(readable, monkeypatch, dies, message):
    monkeypatch.setattr(reader_process, "_READS", dies)
    monkeypatch.setattr(reader_process, "_SECONDS", 0 if "sleep" in dies else 20)
    with pytest.raises(ValueError, match=message):
        load(readable)
