"""Weights in files: the layout of Keras 3, whole files or none, and nothing in a file that could do harm."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

import keras
from golden import weight_models
from keras import layers

WRITTEN_BY_KERAS_3 = Path(weight_models.__file__).parent / "weights"


def layout(path):
    """Every group and array of a file: its shape, dtype and attributes."""
    found = {}

    def note(name, thing):
        found[name] = (getattr(thing, "shape", None), str(getattr(thing, "dtype", "")), dict(thing.attrs))

    with h5py.File(path) as file:
        file.visititems(note)
    return found


def named_alike(described):
    """A layout without the names of objects, which count up while a process runs."""
    return {
        k: (shape, dtype, {a: v for a, v in attrs.items() if a != "name"})
        for k, (shape, dtype, attrs) in described.items()
    }


def two_dense(units=3, **kwargs):
    return keras.Sequential([keras.Input((4,)), layers.Dense(units, name="first", **kwargs), layers.Dense(2)])


def values_of(model):
    return [np.array(v) for v in model.weights]


def assert_unchanged(model, before):
    for now, then in zip(values_of(model), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.fixture
def saved(in_folder):
    """A model and the file with its weights."""
    model = two_dense()
    model.save_weights("model.weights.h5")
    return model, in_folder / "model.weights.h5"


# --- the layout of Keras 3


@pytest.mark.parametrize("name", weight_models.MODELS)
def test_a_file_that_keras_3_wrote_gives_the_same_predictions(name):
    model = weight_models.MODELS[name]()
    if name in weight_models.TRAINED:
        model.compile(optimizer=weight_models.TRAINED[name], loss="mse")
    model.load_weights(WRITTEN_BY_KERAS_3 / f"{name}.weights.h5")
    expected = np.load(WRITTEN_BY_KERAS_3 / f"{name}.npy")
    close = 1e-2 if name == "half" else 1e-5
    np.testing.assert_allclose(np.asarray(model(weight_models.inputs_of(model))), expected, rtol=close, atol=close)


@pytest.mark.parametrize("name", weight_models.MODELS)
def test_a_file_has_the_groups_and_arrays_that_keras_3_writes(name, in_folder):
    model = weight_models.MODELS[name]()
    weight_models.train(name, model)
    model.save_weights("ours.weights.h5")
    expected = named_alike(layout(WRITTEN_BY_KERAS_3 / f"{name}.weights.h5"))
    assert named_alike(layout("ours.weights.h5")) == expected


def test_a_group_carries_the_name_of_its_layer(saved):
    assert layout(saved[1])["layers/dense/vars"][2] == {"name": "first"}


def test_the_state_of_the_optimizer_comes_back_into_a_model_that_has_not_trained(in_folder):
    x, y = np.ones((8, 4), "float32"), np.ones((8, 2), "float32")
    first, second = two_dense(), two_dense()
    first.compile(optimizer="adam", loss="mse")
    first.fit(x, y, epochs=2, verbose=0)
    first.save_weights("model.weights.h5")
    second.compile(optimizer="adam", loss="mse")
    second.load_weights("model.weights.h5")
    assert int(second.optimizer.iterations) == 2
    first.fit(x, y, epochs=3, verbose=0, shuffle=False)
    second.fit(x, y, epochs=3, verbose=0, shuffle=False)
    assert_unchanged(second, values_of(first))


def test_weights_without_an_optimizer_leave_the_optimizer_as_it_is(saved):
    model = two_dense()
    model.compile(optimizer="adam", loss="mse")
    model.train_on_batch(np.ones((2, 4), "float32"), np.ones((2, 2), "float32"))
    model.load_weights(saved[1])
    assert_unchanged(model, values_of(saved[0]))
    assert int(model.optimizer.iterations) == 1


def test_an_optimizer_of_another_kind_is_left_alone_with_a_warning(in_folder):
    first, second = two_dense(), two_dense()
    first.compile(optimizer="adam", loss="mse")
    first.train_on_batch(np.ones((2, 4), "float32"), np.ones((2, 2), "float32"))
    first.save_weights("model.weights.h5")
    second.compile(optimizer="sgd", loss="mse")
    with pytest.warns(UserWarning, match="sgd"):
        second.load_weights("model.weights.h5")
    assert_unchanged(second, values_of(first))


def test_a_layer_may_keep_its_arrays_under_names_of_its_own(in_folder):
    class Named(layers.Layer):
        def build(self, input_shape):
            self.v = self.add_weight(shape=(3,), initializer="ones")

        def call(self, x):
            return x

        def save_own_variables(self, store):
            store["deep/er"] = self.v.numpy() * 2
            store["flag"] = np.array(True)

        def load_own_variables(self, store):
            assert set(store.keys()) == {"deep", "flag"}
            assert store["flag"]
            assert "more" not in store
            self.v.assign(store["deep/er"][:] + store["deep"]["er"])

    model = keras.Sequential([keras.Input((2,)), Named()])
    model.save_weights("named.weights.h5")
    model.load_weights("named.weights.h5")
    assert np.array(model.weights[0]).tolist() == [4, 4, 4]


def test_a_single_layer_can_be_saved_and_loaded(in_folder):
    layer, other = layers.Dense(2), layers.Dense(2)
    layer.build((None, 3))
    other.build((None, 3))
    keras.saving.save_weights(layer, "layer.weights.h5")
    keras.saving.load_weights(other, "layer.weights.h5")
    assert_unchanged(other, values_of(layer))


# --- what does not fit


def test_a_shape_that_does_not_fit_is_told_with_layer_expected_and_found(saved):
    other = two_dense(units=5)
    before = values_of(other)
    with pytest.raises(ValueError, match=r"first.*\(4, 5\).*\(4, 3\)") as error:
        other.load_weights(saved[1])
    assert "skip_mismatch=True" in str(error.value)
    assert_unchanged(other, before)


def test_the_other_layers_can_be_loaded_all_the_same(saved):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(7)])
    last = values_of(model)[2:]
    with pytest.warns(UserWarning, match=r"1 of \d parts of the model do not fit"):
        model.load_weights(saved[1], skip_mismatch=True)
    assert_unchanged(model.layers[0], values_of(saved[0].layers[0]))
    assert_unchanged(model.layers[1], last)


def test_a_layer_that_the_file_has_not_is_told(saved):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(2), layers.Dense(1, name="more")])
    before = values_of(model)
    with pytest.raises(ValueError, match="'more' has 2 variables, but the file holds 0"):
        model.load_weights(saved[1])
    assert_unchanged(model, before)


@pytest.mark.parametrize("method", ["save_weights", "load_weights"])
def test_a_model_that_is_not_built_has_no_weights_yet(saved, method):
    model = keras.Sequential([layers.Dense(2)])
    with pytest.raises(ValueError, match=f"{method}: sequential.* is not built yet"):
        getattr(model, method)(saved[1])


@pytest.mark.parametrize("name", ["model", "model.txt", "model.weights.h5.txt"])
def test_other_endings_are_refused(saved, name):
    with pytest.raises(ValueError, match=r"must end in '\.weights\.h5'"):
        saved[0].save_weights(name)
    with pytest.raises(ValueError, match=r"must end in '\.weights\.h5'"):
        saved[0].load_weights(name)
    assert not os.path.exists(name)


def test_a_missing_file_and_a_missing_folder_are_told(saved):
    with pytest.raises(FileNotFoundError, match="other"):
        saved[0].load_weights("other.weights.h5")
    with pytest.raises(FileNotFoundError):
        saved[0].save_weights("no/folder/model.weights.h5")


def test_arguments_that_cannot_be_honoured_are_refused(saved):
    with pytest.raises(ValueError, match=r"must end in '\.weights\.json'"):
        keras.saving.save_weights(saved[0], "a.weights.h5", max_shard_size=1)
    with pytest.raises(ValueError, match="number of gigabytes"):
        keras.saving.save_weights(saved[0], "a.weights.json", max_shard_size=0)
    with pytest.raises(TypeError, match="by_nam"):
        keras.saving.load_weights(saved[0], saved[1], by_nam=True)


# --- whole files or none


def test_an_existing_file_is_kept_where_the_caller_says_so(saved):
    before = saved[1].read_bytes()
    with pytest.raises(FileExistsError, match="`overwrite` is False"):
        two_dense().save_weights(saved[1], overwrite=False)
    assert saved[1].read_bytes() == before


def test_a_failure_while_writing_leaves_the_earlier_file_and_nothing_else(saved, in_folder):
    class Broken(layers.Layer):
        def call(self, x):
            return x

        def save_own_variables(self, store):
            raise KeyboardInterrupt

    before = saved[1].read_bytes()
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3), Broken()])
    with pytest.raises(KeyboardInterrupt):
        model.save_weights(saved[1])
    assert saved[1].read_bytes() == before
    assert os.listdir(in_folder) == [saved[1].name]


def test_values_that_are_no_numbers_leave_the_earlier_file(saved, in_folder):
    class Words(layers.Layer):
        def call(self, x):
            return x

        def save_own_variables(self, store):
            store["0"] = np.array(["a"], dtype=object)

    before = saved[1].read_bytes()
    with pytest.raises(TypeError, match="holds numbers"):
        keras.Sequential([keras.Input((4,)), Words()]).save_weights(saved[1])
    assert saved[1].read_bytes() == before
    assert os.listdir(in_folder) == [saved[1].name]


FULL_DISK = """
import resource, signal, sys
import keras
model = keras.Sequential([keras.Input((300,)), keras.layers.Dense(300)])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
for name, write in ((sys.argv[1], model.save_weights), (sys.argv[1] + ".keras", model.save)):
    try:
        write(name)
    except OSError as error:
        print("names it" if error.filename == name else error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are a POSIX thing")
def test_a_full_disk_leaves_the_earlier_file(saved, in_folder):
    before = saved[1].read_bytes()
    source = Path(keras.__file__).parent.parent
    environment = {**os.environ, "PYTHONPATH": str(source)}
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(saved[1])], capture_output=True, text=True, env=environment
    )
    assert done.stdout.splitlines() == ["names it", "names it"], done.stderr
    assert saved[1].read_bytes() == before
    assert os.listdir(in_folder) == [saved[1].name]


def test_a_link_keeps_pointing_to_the_file_and_rights_stay(saved, in_folder):
    saved[1].chmod(0o640)
    link = in_folder / "link.weights.h5"
    link.symlink_to(saved[1])
    model = two_dense()
    model.save_weights(link)
    assert link.is_symlink()
    assert saved[1].stat().st_mode & 0o777 == 0o640
    saved[0].load_weights(saved[1])
    assert_unchanged(saved[0], values_of(model))


# --- files from somewhere else


def test_a_file_that_is_no_hdf5_or_is_cut_short_is_an_error(saved):
    before = values_of(saved[0])
    whole = saved[1].read_bytes()
    for damaged in (b"", b"PK\x03\x04 something else", whole[: len(whole) // 2], whole[:200]):
        saved[1].write_bytes(damaged)
        with pytest.raises(ValueError, match=r"model\.weights\.h5"):
            saved[0].load_weights(saved[1])
    assert_unchanged(saved[0], before)


def change(path, function):
    """Lets `function` change the group with the first layer's arrays."""
    with h5py.File(path, "r+") as file:
        function(file["layers/dense/vars"])


def replace(group, **arguments):
    del group["0"]
    group.create_dataset("0", **arguments)


def external_link(group):
    del group["0"]
    group["0"] = h5py.ExternalLink("/etc/hostname", "/0")


def soft_link(group):
    del group["0"]
    group["0"] = h5py.SoftLink("/layers")


def loop(group):
    del group["0"]
    group["0"] = h5py.SoftLink("/layers/dense/vars/0")


def outside_storage(group):
    replace(group, shape=(4, 3), dtype="f4", external=[("/etc/hostname", 0, 48)])


def virtual(group):
    layout = h5py.VirtualLayout((4, 3), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "0", shape=(4, 3))
    del group["0"]
    group.create_virtual_dataset("0", layout)


HARM = {
    "external link": (external_link, "link"),
    "soft link": (soft_link, "link"),
    "link to itself": (loop, "link"),
    "storage in another file": (outside_storage, "other files"),
    "virtual array": (virtual, "other files"),
    "text": (lambda g: replace(g, data="import os", dtype=h5py.string_dtype()), "no real numbers"),
    "references": (lambda g: replace(g, shape=(4, 3), dtype=h5py.ref_dtype), "no real numbers"),
    "complex numbers": (lambda g: replace(g, data=np.zeros((4, 3), "complex64")), "no real numbers"),
    "records": (lambda g: replace(g, data=np.zeros((4, 3), "f4,f4")), "no real numbers"),
    "bytes without a meaning": (lambda g: replace(g, data=np.zeros((4, 3), "V2")), "no numbers that are known"),
    "a size beyond the file": (lambda g: replace(g, shape=(2**20, 2**20), dtype="f4", chunks=(64, 64)), "claims"),
    "a packed array larger than its place": (
        lambda g: replace(g, data=np.zeros((3000, 3000), "f4"), compression="gzip"), "claims",
    ),
    "an array without a shape": (lambda g: replace(g, data=h5py.Empty("f4")), "without a shape"),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARM)
def test_what_no_weights_file_holds_is_refused_and_nothing_changes(saved, harm):
    function, reason = HARM[harm]
    change(saved[1], function)
    model = two_dense()
    before = values_of(model)
    with pytest.raises(ValueError, match=f"model.weights.h5 is refused: at .*layers/dense/vars/0.*{reason}"):
        model.load_weights(saved[1])
    with pytest.raises(ValueError, match="is refused"):
        model.load_weights(saved[1], skip_mismatch=True)
    assert_unchanged(model, before)


@pytest.mark.parametrize("harm", HARM)
def test_the_editor_and_archives_refuse_what_weights_files_may_not_hold(saved, in_folder, harm):
    function, reason = HARM[harm]
    change(saved[1], function)
    with pytest.raises(ValueError, match=f"is refused: at .*{reason}"):
        keras.saving.KerasFileEditor(saved[1])
    saved[0].save("whole.keras")
    with zipfile.ZipFile("whole.keras") as whole, zipfile.ZipFile("harmful.keras", "w") as harmful:
        for name in whole.namelist():
            harmful.writestr(name, saved[1].read_bytes() if name == "model.weights.h5" else whole.read(name))
    for open_file in (keras.models.load_model, keras.saving.KerasFileEditor, two_dense().load_weights):
        with pytest.raises(ValueError, match=f"harmful.keras.* is refused: at .*{reason}"):
            open_file("harmful.keras")


@pytest.mark.parametrize("name", ["../a.weights.h5", "/etc/a.weights.h5", "d/a.weights.h5", "link.weights.h5", "fifo"])
def test_weights_in_parts_name_files_beside_them_alone(saved, in_folder, name):
    saved[0].save_weights("parts.weights.json", max_shard_size=1e-7)
    about = json.loads(Path("parts.weights.json").read_text())
    Path("link.weights.h5").symlink_to(saved[1])
    os.mkfifo("fifo")
    about["weight_map"] = dict.fromkeys(about["weight_map"], name)
    Path("parts.weights.json").write_text(json.dumps(about))
    with pytest.raises(ValueError, match=r"parts\.weights\.json.*is (no file beside it|not there)"):
        saved[0].load_weights("parts.weights.json")


def test_a_packed_array_that_fits_its_place_is_read(saved):
    kernel = np.zeros((4, 3), "float32")
    change(saved[1], lambda group: replace(group, data=kernel, compression="gzip"))
    saved[0].load_weights(saved[1])
    np.testing.assert_array_equal(np.array(saved[0].weights[0]), kernel)


def test_parts_in_lists_that_properties_make_are_all_found():
    """Such a list is gone after it was looked at, and the next one may lie where it was."""
    from keras.saving._weights import saved_parts

    dense = [layers.Dense(1) for _ in range(20)]
    made = {f"part_{i:02d}": property(lambda self, i=i: [dense[i]]) for i in range(20)}
    owner = type("Owner", (layers.Layer,), made)()
    assert [place for place, _ in saved_parts(owner)] == ["", *(f"part_{i:02d}/dense" for i in range(20))]


def test_no_folder_of_the_base_classes_is_walked_through():
    """Properties of base classes compute, or list what is named already: the list of them must be complete."""
    from keras.saving._weights import NOT_PARTS

    wanted = {"layers", "optimizer"}
    for base in (keras.Layer, keras.Model, keras.Sequential, keras.Functional, keras.Optimizer):
        properties = {n for n in dir(base) if isinstance(getattr(base, n, None), property) and not n.startswith("__")}
        assert properties <= NOT_PARTS | wanted, base


def test_a_large_archive_is_read_while_its_checksum_is_found_and_a_changed_bit_is_told(tmp_path):
    model = keras.Sequential([keras.Input((2048,)), keras.layers.Dense(2100, use_bias=False)])
    path = tmp_path / "large.keras"
    model.save(path)
    loaded = keras.models.load_model(path)
    np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])
    loaded.layers[0].kernel.assign_add(loaded.layers[0].kernel * 0 + 1)
    np.testing.assert_allclose(loaded.get_weights()[0], model.get_weights()[0] + 1, atol=1e-6)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ValueError, match="checksum is wrong: the file is damaged"):
        keras.models.load_model(path)


def test_memory_of_an_array_from_a_file_is_taken_once_and_only_as_a_whole():
    from keras._core.fresh import fresh, take

    array = fresh((256, 128), np.dtype("float32"))
    array[:] = 3
    assert take(array[:128]) is None
    assert take(array * 2) is None
    variable = keras.Variable(array)
    assert not array.flags.writeable
    assert take(array) is None
    assert float(variable.value.sum()) == 3 * array.size
    assert type(fresh((2,), np.dtype("float32"))) is np.ndarray
    wide = fresh((256, 128), np.dtype("float64"))
    wide[:] = 3
    assert keras.Variable(wide, dtype="float32").dtype == "float32"
    assert wide.flags.writeable
