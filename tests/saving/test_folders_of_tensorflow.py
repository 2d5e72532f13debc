"""Folders and checkpoints that tf.keras wrote, on TensorFlow 2.21 and 2.1, read without TensorFlow."""

import shutil
import struct
from pathlib import Path

import numpy as np
import pytest

import keras
from keras import layers
from keras.saving import _tensorflow_tables

FOLDERS = Path(__file__).parents[1] / "golden" / "folders"
NAMES = ("kept", "lines", "nested", "pictures", "pictures_of_2_1", "words")


@keras.saving.register_keras_serializable("kept_by_folder")
class Kept(keras.Model):
    """What the class of the same name in `tools/golden/tf_keras_folders.py` is."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.first = layers.Dense(units, activation="tanh")

    def build(self, shape):
        self.scale = self.add_weight(name="scale", shape=(self.units,), initializer="ones")
        super().build(shape)

    def call(self, x):
        return self.first(x) * self.scale

    def get_config(self):
        return {"units": self.units}


def unpacked(name, folder="."):
    shutil.unpack_archive(FOLDERS / f"{name}.zip", folder)
    return {key: list(values) for key, values in answers_of(name).items()}


def answers_of(name):
    found = np.load(FOLDERS / f"{name}.npz")
    return {kind: [found[k] for k in found.files if k.startswith(kind)] for kind in ("x", "y", "out")} | {
        "losses": found["losses"]
    }


def one(values):
    return values[0] if len(values) == 1 else values


def predictions(model, inputs):
    found = model.predict(one(inputs), verbose=0)
    return found if isinstance(found, list) else [found]


def assert_close(found, expected):
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_predicts_as_it_did_there_and_its_training_goes_on(name, in_folder):
    answers = unpacked(name)
    model = keras.models.load_model("model")
    assert_close(predictions(model, answers["x"]), answers["out"])
    assert int(model.optimizer.iterations) == 3
    losses = [np.ravel(model.train_on_batch(one(answers["x"]), one(answers["y"])))[0] for _ in answers["losses"]]
    np.testing.assert_allclose(losses, answers["losses"], rtol=2e-5)


@pytest.mark.parametrize("name", NAMES)
def test_a_checkpoint_gives_a_new_model_of_the_same_kind_its_weights(name, in_folder):
    answers = unpacked(name)
    model = keras.models.load_model("model", compile=False)
    model.set_weights([np.zeros(w.shape) for w in model.weights])
    model.load_weights("weights/ckpt")
    assert_close(predictions(model, answers["x"]), answers["out"])
    if name == "nested":
        model.set_weights([np.zeros(w.shape) for w in model.weights])
        model.load_weights("model")  # the variables of a whole model
        assert_close(predictions(model, answers["x"]), answers["out"])


class Own(keras.Model):
    """What the class of the same name in `tools/golden/tf_keras_folders.py` is."""

    def __init__(self):
        super().__init__(name="own")
        self.first = layers.Dense(3, activation="tanh")
        self.rest = [layers.BatchNormalization(), {"last": layers.Dense(2)}]

    def call(self, x):
        return self.rest[1]["last"](self.rest[0](self.first(x)))


def test_a_model_without_a_graph_is_built_by_its_class_and_takes_the_variables(in_folder):
    answers = unpacked("own")
    with pytest.raises(ValueError, match=r"Unknown.*'Own'[^$]*custom_objects=\{'Own': Own\}"):
        keras.models.load_model("model")
    for place in ("model", "weights/ckpt"):
        model = Own()
        model.build((None, 4))
        model.load_weights(place)
        assert_close(predictions(model, answers["x"]), answers["out"])


def test_what_does_not_fit_is_told_and_left_where_that_is_asked_for(in_folder):
    unpacked("words")
    model = keras.models.load_model("model", compile=False)
    config = model.get_config()
    config["layers"][-1]["config"]["units"] = 2
    other = keras.Sequential.from_config(config)
    before = other.get_weights()
    with pytest.raises(ValueError, match=r"last.*kernel has shape \(3, 2\), the checkpoint has \(3, 1\)"):
        other.load_weights("weights/ckpt")
    assert all((a == b).all() for a, b in zip(before, other.get_weights()))
    with pytest.warns(UserWarning, match="last"):
        other.load_weights("weights/ckpt", skip_mismatch=True)
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])
    with pytest.raises(ValueError, match="checkpoint of TensorFlow"):
        other.load_weights("weights/ckpt", by_name=True)


def changed(path, at, data):
    content = bytearray(Path(path).read_bytes())
    content[at : at + len(data)] = data
    Path(path).write_bytes(content)


def shortened(path, by):
    Path(path).write_bytes(Path(path).read_bytes()[:-by])


VARIABLES, DATA = "model/variables/variables.index", "model/variables/variables.data-00000-of-00001"
HARM = {
    "a flipped bit in the numbers": (lambda: changed(DATA, 40, b"\xff"), "its checksum is wrong"),
    "numbers that end too early": (lambda: shortened(DATA, 5000), "lies beyond the end of the file"),
    "a table that ends too early": (lambda: shortened(VARIABLES, 1), "not written to its end"),
    "a flipped bit in the table": (lambda: changed(VARIABLES, 30, b"\xff"), "the checksum of a block is wrong"),
    "a block far away": (lambda: changed(VARIABLES, -48, b"\x00\x00\xff\xff\xff\x7f"), "beyond the end|does not end"),
    "missing numbers": (lambda: Path(DATA).unlink(), "is not there"),
    "a missing table": (lambda: Path(VARIABLES).unlink(), "was not written to its end"),
    "metadata that is no message": (
        lambda: Path("model/keras_metadata.pb").write_bytes(b"\x0a\xff\xff\xff\x7f"),
        "claims 268,435,455 bytes",
    ),
    "metadata of something else": (lambda: Path("model/keras_metadata.pb").write_bytes(b""), "describes no model"),
    "a graph alone": (
        lambda: (Path("model/keras_metadata.pb").unlink(), Path("model/saved_model.pb").write_bytes(b"\x08\x01")),
        "holds no objects",
    ),
}


@pytest.mark.parametrize("harm", HARM)
def test_a_damaged_folder_is_refused(in_folder, harm):
    unpacked("nested")
    damage, reason = HARM[harm]
    damage()
    with pytest.raises(ValueError, match=reason):
        keras.models.load_model("model")


def test_a_checksum_is_that_of_the_standard(in_folder):
    from keras.saving._checksum import crc32c

    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA  # RFC 3720, B.4
    long = struct.pack("<300000B", *(i * i % 251 for i in range(300000)))
    state = 0xFFFFFFFF
    for byte in long:
        state ^= byte
        for _ in range(8):
            state = (state >> 1) ^ (0x82F63B78 if state & 1 else 0)
    assert crc32c(long) == state ^ 0xFFFFFFFF


def test_vocabularies_that_were_given_come_back(in_folder):
    shutil.unpack_archive(FOLDERS / "tables.zip", ".")
    answers = np.load(FOLDERS / "tables.npz")
    model = keras.models.load_model("model")
    assert model.get_layer("vectors").get_vocabulary() == ["", "[UNK]", "a", "b", "c"]
    found = model.predict(np.array([["a b"], ["C zz a"]], object), verbose=0)
    assert_close(found, [answers["out0"], answers["out1"]])


def learned_folder():
    shutil.unpack_archive(FOLDERS / "learned.zip", ".")
    return Path("model/saved_model.pb")


def test_vocabularies_that_layers_learned_come_back_from_the_graph(in_folder):
    learned_folder()
    model = keras.models.load_model("model")
    vocabularies = [model.get_layer(name).get_vocabulary() for name in ("rare", "lookup", "numbers")]
    assert vocabularies == [["[UNK]", "dog", "cat", "bird"], ["[UNK]", "bird"], [-1, -1, 7, 5]]
    found = model.predict([np.array([["dog"], ["bird"]], object), np.array([[7], [1]])], verbose=0)
    assert_close([found], [np.load(FOLDERS / "learned.npz")["out"]])


def test_a_vocabulary_that_lies_elsewhere_in_the_graph_is_refused_by_the_layer(in_folder):
    graph = learned_folder()
    graph.write_bytes(graph.read_bytes().replace(b"lookup_table", b"another_name"))
    with pytest.raises(ValueError, match=r"'rare' has learned a vocabulary of 4 tokens[^$]*load_weights"):
        keras.models.load_model("model")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"\n\x07Const_1\x12", b"\n\x07Other_1\x12", "there is no constant 'Const_1'"),
        (b"B\x03dogB\x03cat", b"B\x03dog\x1a\x03cat", "not as long as it claims"),
        (b"bird", b"bir\xff", "decode"),
    ],
)
def test_a_graph_whose_tables_are_damaged_is_refused(old, new, reason, in_folder):
    graph = learned_folder()
    assert old in graph.read_bytes()
    graph.write_bytes(graph.read_bytes().replace(old, new))
    with pytest.raises(ValueError, match=f"model is refused[^$]*{reason}"):
        keras.models.load_model("model")


def test_a_graph_of_more_parts_than_models_have_is_refused(in_folder, monkeypatch):
    learned_folder()
    monkeypatch.setattr(_tensorflow_tables, "_MOST", 30)
    with pytest.raises(ValueError, match=r"model is refused[^$]*more than 30 parts"):
        keras.models.load_model("model")
