"""Files of models that mean harm, or are damaged: refused with the file, the place and the reason; nothing is run."""

import importlib.util
import io
import json
import os
import warnings
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

import keras
from keras import layers
from keras._core import registry

ROOT = Path(__file__).parents[2]


def small():
    return keras.Sequential([keras.Input((4,)), layers.Dense(3, name="first"), layers.Dense(2)])


@pytest.fixture
def members(in_folder):
    """The members of a good archive, by name."""
    small().save("good.keras")
    with zipfile.ZipFile("good.keras") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(members, path="bad.keras", **changes):
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")
        for name, content in {**members, **changes}.items():
            archive.writestr(name, content)
    return path


def with_config(members, change):
    config = json.loads(members["config.json"])
    change(config)
    return pack(members, **{"config.json": json.dumps(config)})


def assert_refused(path, reason):
    with pytest.raises(ValueError, match=reason) as error:
        keras.models.load_model(path)
    assert os.fspath(path) in str(error.value)


def layer_of(config):
    return config["config"]["layers"][1]


def as_layer(**entry):
    return lambda config: layer_of(config).update(entry)


# --- names that no file may reach


REACHED = [
    ("keras.utils", "get_file"),
    ("keras.utils", "set_random_seed"),
    ("keras.callbacks", "ModelCheckpoint"),
    ("keras.config", "enable_unsafe_deserialization"),
    ("keras.saving", "load_model"),
    ("keras.models", "load_model"),
    ("keras.datasets.mnist", "load_data"),
    ("os", "system"),
    ("builtins", "eval"),
    ("builtins", "exec"),
    ("builtins", "__import__"),
    ("subprocess", "Popen"),
    ("keras.src.saving.saving_lib", "load_model"),
    ("keras.src.ops.numpy", "load"),
    ("keras.layers", "deserialize"),
    ("numpy", "load"),
    ("keras._core.registry", "register_custom"),
]


@pytest.mark.parametrize(("module", "name"), REACHED)
def test_a_layer_of_that_name_is_refused(members, module, name):
    change = as_layer(module=module, class_name=name, registered_name=None, config={"command": "true"})
    assert_refused(with_config(members, change), f"config.json.*({name}|not known|is a function)")


@pytest.mark.parametrize(("module", "name"), REACHED)
def test_a_function_of_that_name_is_refused(members, module, name):
    function = {"module": module, "class_name": "function", "config": name, "registered_name": name}

    def change(config):
        layer_of(config)["config"]["activation"] = function

    assert_refused(with_config(members, change), "config.json, Unknown")


def test_the_table_of_names_holds_what_models_are_made_of_and_nothing_else():
    registry.built_in("keras.layers", "Dense")
    modules = {key.rpartition(".")[0] for key in registry._built_in}
    assert not [m for m in modules if m.split(".")[1:2] in (["callbacks"], ["config"], ["saving"], ["datasets"])]
    for key, thing in registry._built_in.items():
        home = getattr(thing, "__module__", "")
        assert not home.startswith(("keras.callbacks", "keras.saving", "keras.datasets", "keras.config")), key


def test_code_of_a_lambda_is_never_run_with_or_without_safe_mode(members):
    evil = {"class_name": "__lambda__", "config": {"code": "4wEAAAAA", "defaults": None, "closure": None}}
    change = as_layer(class_name="Lambda", config={"name": "evil", "function": evil})
    path = with_config(members, change)
    for safe_mode in (True, False):
        with pytest.raises(ValueError, match=r"custom_objects=\{'evil': your_function\}"):
            keras.models.load_model(path, safe_mode=safe_mode)


def test_loading_changes_no_setting(members):
    before = keras.config.floatx(), keras.config.dtype_policy().name, dict(keras.saving.get_custom_objects())
    keras.models.load_model(pack(members))
    with pytest.raises(ValueError):
        keras.models.load_model(with_config(members, as_layer(class_name="Nothing")))
    assert before == (keras.config.floatx(), keras.config.dtype_policy().name, dict(keras.saving.get_custom_objects()))


# --- JSON


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'{"a": 1, "a": 2}', "the key 'a' stands twice"),
        (b'{"class_name": "Dense", "config": {"units": NaN}}', "NaN is no number"),
        (b'{"class_name": "Dense", "config": {"units": 1e999}}', "too large"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[" * 300 + b"]" * 300, "more than 200 levels|nested"),
        (b"\xff\xfe", "config.json"),
        (b"", "config.json"),
        (b"[]", "no object but a list"),
        (b"{}", "no model"),
    ],
)
def test_json_that_no_config_is_made_of_is_refused(members, text, reason):
    assert_refused(pack(members, **{"config.json": text}), reason)


@pytest.mark.parametrize(
    "change",
    [
        lambda config: config.update(output_layers=3),
        lambda config: config.update(layers=[[["first", 0, 0]]]),
        lambda config: config["layers"][1].update(inbound_nodes=[[[{"a": 1}, 0, 0, {}]]]),
        lambda config: config["layers"][1].update(inbound_nodes=7),
    ],
)
def test_text_of_a_config_that_is_none_is_refused_as_a_file_of_it_is(members, change):
    x = keras.Input((2,), name="x")
    config = json.loads(keras.Model(x, layers.Dense(2, name="first")(x)).to_json())
    change(config["config"])
    with pytest.raises(ValueError, match="the JSON is refused: at its text, "):
        keras.models.model_from_json(json.dumps(config))


def test_whole_numbers_beyond_the_weights_in_the_file_take_no_memory(members):
    def change(config):
        layer_of(config)["config"]["units"] = 10**9

    assert_refused(with_config(members, change), r"would take 16,000,000,000 bytes, more than the \d+ bytes of weights")


def test_whole_numbers_beyond_the_memory_of_the_machine_are_refused_in_json():
    text = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)]).to_json().replace('"units": 4', '"units": 1e14')
    with pytest.raises(ValueError, match=r"the JSON is refused: .*(units|more than this machine has)"):
        keras.models.model_from_json(text)
    with pytest.raises(ValueError, match=r"would take 1,200,000,000,000,000 bytes, more than this machine has"):
        keras.models.model_from_json(text.replace("1e14", "100000000000000"))


def test_states_of_a_batch_beyond_the_memory_of_the_machine_are_refused_in_json():
    model = keras.Sequential([keras.Input(batch_shape=(2, 4, 3)), keras.layers.LSTM(5, stateful=True)])
    with pytest.raises(ValueError, match=r"rnn_state.*more than this machine has"):
        keras.models.model_from_json(model.to_json().replace("[2, 4, 3]", f"[{2**40}, 4, 3]"))


# --- archives


@pytest.mark.parametrize("name", ["../evil", "/evil", "assets/../../evil", "a\\b", "C:evil", "a//b", "./a", "x" * 2000])
def test_a_name_that_leads_out_of_the_archive_is_refused(members, name):
    assert_refused(pack(members, **{name: b"x"}), "leads out of the archive")


def test_a_link_in_an_archive_is_refused(members):
    path = pack(members)
    link = zipfile.ZipInfo("assets/link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert_refused(path, "a link or a device")


def test_two_members_of_one_name_are_refused(members):
    path = pack(members)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("config.json", members["config.json"])
    assert_refused(path, "two members of this name")


def test_an_archive_that_unpacks_to_far_too_much_is_refused(members):
    path = pack(members)
    data = bytearray(Path(path).read_bytes())
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(b"config.json"))
    data[at + 24 : at + 28] = (2**32 - 2).to_bytes(4, "little")  # the size it claims to have unpacked
    Path(path).write_bytes(data)
    assert_refused(path, "sizes contradict|claims")


def test_damaged_weights_in_an_archive_are_noticed(members):
    path = pack(members)
    data = bytearray(Path(path).read_bytes())
    data[data.find(b"\x89HDF") + 2500] ^= 255
    Path(path).write_bytes(data)
    assert_refused(path, "checksum is wrong")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("name", ["model.keras", "model.h5", "model.safetensors"])
def test_a_file_that_was_not_written_to_its_end_is_refused(in_folder, name, share):
    small().save(name)
    whole = Path(name).read_bytes()
    Path(f"half.{name}").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ValueError, match=r"half\.model"):
        keras.models.load_model(f"half.{name}")


def test_what_is_no_model_at_all_is_said_to_be_none(in_folder):
    Path("text.keras").write_text("hello")
    assert_refused("text.keras", "no file of a model")
    os.mkdir("folder")
    assert_refused("folder", "no saved model")
    with pytest.raises(FileNotFoundError, match="nowhere"):
        keras.models.load_model("nowhere.keras")


# --- HDF5


def h5_with(function):
    small().save("bad.h5")
    with h5py.File("bad.h5", "r+") as file:
        function(file)
    return "bad.h5"


def replaced(**arguments):
    def change(file):
        group = file["model_weights/first"]
        name = group.attrs["weight_names"][0]
        del group[name]
        group.create_dataset(name, **arguments)

    return change


def external(file):
    del file["model_weights/first"]
    file["model_weights/first"] = h5py.ExternalLink("/etc/hostname", "/x")


def cycle(file):
    file["model_weights/first/loop"] = file["model_weights"]
    file["model_weights"].attrs["layer_names"] = [b"first", b"first/loop/first"]


HARMFUL = {
    "external link": (external, "link"),
    "values in another file": (replaced(shape=(4, 3), dtype="f4", external=[("/etc/hostname", 0, 48)]), "other files"),
    "a claim beyond the file": (replaced(shape=(2**16, 2**16), dtype="f4", chunks=(64, 64)), "claims"),
    "objects": (replaced(shape=(4, 3), dtype=h5py.ref_dtype), "no real numbers"),
    "no config": (lambda file: file.attrs.__delitem__("model_config"), "no `model_config`"),
    "a config of another kind": (lambda file: file.attrs.__setitem__("model_config", 3), "no `model_config`"),
    "names that are numbers": (
        lambda file: file["model_weights"].attrs.__setitem__("layer_names", [1, 2]), "no list of names",
    ),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMFUL)
def test_an_hdf5_file_that_means_harm_is_refused(in_folder, harm):
    function, reason = HARMFUL[harm]
    with pytest.raises(ValueError, match=reason):
        keras.models.load_model(h5_with(function))


def test_a_file_in_a_circle_ends(in_folder):
    with pytest.raises(ValueError, match=r"bad\.h5"):
        keras.models.load_model(h5_with(cycle))


# --- a short run of the fuzzer


def fuzzer():
    spec = importlib.util.spec_from_file_location("fuzz_files", ROOT / "tools" / "fuzz_files.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_damaged_files_end_in_a_model_or_a_refusal(in_folder):
    model = small()
    model.save("a.keras")
    model.save("b.h5")
    model.save_weights("c.weights.h5")
    counts = fuzzer().run(["a.keras", "b.h5", "c.weights.h5", "c.weights.h5"], seconds=4, seed=7, most=150)
    assert not [what for what in counts if what.startswith("FAILED")]
    assert counts["refused"] > 0


# --- what was saved before survives


def test_an_exception_in_get_config_leaves_the_earlier_file(in_folder):
    class Broken(layers.Layer):
        def call(self, x):
            return x

        def get_config(self):
            raise RuntimeError("not now")

    for name in ("model.keras", "model.h5", "model.safetensors"):
        small().save(name)
        before = Path(name).read_bytes()
        with pytest.raises(RuntimeError, match="not now"):
            keras.Sequential([keras.Input((4,)), Broken()]).save(name)
        assert Path(name).read_bytes() == before
    assert not [n for n in os.listdir() if ".part" in n]


def test_a_file_object_gets_the_same_model(in_folder):
    model = small()
    whole = io.BytesIO()
    model.save(whole)
    whole.seek(0)
    x = np.ones((2, 4), "float32")
    np.testing.assert_array_equal(keras.models.load_model(whole)(x), model(x))


# --- what other loaders got wrong


LAMBDA = {
    "module": "keras.layers", "class_name": "Lambda", "registered_name": None, "config": {
        "name": "evil", "function": {"class_name": "__lambda__", "config": {"code": "4wEAAAAA", "defaults": None}},
    },
}  # fmt: skip


def test_code_stays_unread_where_configs_are_used_without_a_file():
    """Neither `from_config` nor `deserialize` nor JSON has a setting that would let it run."""
    whole = {"name": "s", "layers": [LAMBDA]}
    for make in (
        lambda: keras.layers.deserialize(LAMBDA),
        lambda: layers.Lambda.from_config(dict(LAMBDA["config"])),
        lambda: keras.saving.deserialize_keras_object(LAMBDA, safe_mode=False),
        lambda: keras.Sequential.from_config(whole),
        lambda: keras.models.model_from_json(json.dumps({"class_name": "Sequential", "config": whole})),
    ):
        with pytest.raises(ValueError, match=r"evil|lambda"):
            make()


@pytest.mark.parametrize("name", ["TorchModuleWrapper", "TFSMLayer", "FlaxLayer", "JaxLayer"])
def test_layers_around_other_programs_take_nothing_from_a_config(name, in_folder, monkeypatch):
    """Neither pickled bytes nor paths, wherever configs are used, and there is no setting that changes it."""

    def unpickled(*_, **__):
        raise AssertionError("a config was unpickled")

    for module in ("pickle", "marshal"):
        monkeypatch.setattr(f"{module}.loads", unpickled)
    config = {"name": "w", "module": "gASVAAAA", "filepath": "/etc/passwd", "call_endpoint": "serve"}
    entry = {"module": "keras.layers", "class_name": name, "config": config, "registered_name": None}
    for make in (
        lambda: getattr(layers, name).from_config(dict(config)),
        lambda: keras.layers.deserialize(entry),
        lambda: keras.saving.deserialize_keras_object(entry, safe_mode=False),
        lambda: keras.Sequential.from_config({"name": "s", "layers": [entry]}),
    ):
        with pytest.raises((ValueError, TypeError, NotImplementedError), match=name):
            make()


def test_names_of_layers_are_no_paths(in_folder):
    """What a layer keeps in files of its own goes to a place named by attributes, whatever the layer is called."""
    os.makedirs("inner/deep")
    os.chdir("inner/deep")
    lookup = layers.StringLookup(vocabulary=["a", "b"], name="..|..|out")
    lookup.name = "../../out"  # as a file may say
    model = keras.Sequential([keras.Input((1,), dtype="string"), lookup])
    for zipped in (True, False):
        model.save(path := "m.keras" if zipped else "folder", zipped=zipped)
        keras.models.load_model(path)
    os.chdir(in_folder)
    assert os.listdir() == ["inner"]
    assert os.listdir("inner") == ["deep"]
    assert sorted(os.listdir("inner/deep")) == ["folder", "m.keras"]
