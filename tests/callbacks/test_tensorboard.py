"""Event files, read by a small reader of this file, and by TensorBoard's own where that is installed."""

import io
import struct

import numpy as np
import pytest

import keras
from keras.callbacks import TensorBoard, _event_file

X = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def fields(message):
    """Field number -> list of values of a protocol buffer."""
    found, stream = {}, io.BytesIO(message)

    def varint():
        number = shift = 0
        while True:
            (byte,) = stream.read(1)
            number |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return number

    while stream.tell() < len(message):
        key = varint()
        kind = key & 7
        if kind == 0:
            value = varint()
        elif kind == 2:
            value = stream.read(varint())
        else:
            value = struct.unpack("<d" if kind == 1 else "<f", stream.read(8 if kind == 1 else 4))[0]
        found.setdefault(key >> 3, []).append(value)
    return found


def crc32c(content):
    crc = 0xFFFFFFFF
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def events_in(folder):
    """Events of all files of a folder, as dicts of fields; check sums are compared."""
    found = []
    for path in sorted(folder.glob("events.out.tfevents.*")):
        content = path.read_bytes()
        while content:
            (length,) = struct.unpack("<Q", content[:8])
            assert struct.unpack("<I", content[8:12])[0] == crc32c(content[:8])
            event, content = content[12 : 12 + length], content[12 + length :]
            assert struct.unpack("<I", content[:4])[0] == crc32c(event)
            content = content[4:]
            found.append(fields(event))
    return found


def values_in(folder):
    """(tag, step) -> fields of the value."""
    found = {}
    for event in events_in(folder):
        for summary in event.get(5, []):
            for value in fields(summary).get(1, []):
                parts = fields(value)
                found[parts[1][0].decode(), event.get(2, [0])[0]] = parts
    return found


def model():
    keras.utils.set_random_seed(0)
    made = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="one"), keras.layers.Dense(1, name="two")])
    made.compile(keras.optimizers.SGD(0.01), "mse")
    return made


def test_check_sums_are_those_of_the_standard():
    # RFC 3720, B.4: 32 bytes of zeros have the sum 0x8a9136aa
    crc = 0x8A9136AA
    assert _event_file.masked_crc(bytes(32)) == ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def test_files_of_one_second_have_names_in_the_order_they_were_made_in(tmp_path, monkeypatch):
    monkeypatch.setattr(_event_file.EventFile, "_made", 8)
    made = [_event_file.EventFile(tmp_path).path for _ in range(3)]
    assert [path.split(".")[-2:] for path in made] == [path.split(".")[-2:] for path in sorted(made)]


def test_values_of_epochs_batches_and_evaluations_are_written(tmp_path):
    callback = TensorBoard(tmp_path, update_freq=2, write_steps_per_second=True)
    made = model()
    arguments = {"batch_size": 4, "verbose": 0, "callbacks": [callback]}
    history = made.fit(X, Y, epochs=2, validation_data=(X, Y), **arguments).history
    train, held_out = values_in(tmp_path / "train"), values_in(tmp_path / "validation")
    for epoch in range(2):
        assert train["epoch_loss", epoch][2][0] == pytest.approx(history["loss"][epoch])
        assert held_out["epoch_loss", epoch][2][0] == pytest.approx(history["val_loss"][epoch])
        assert train["epoch_learning_rate", epoch][2][0] == pytest.approx(0.01)
        assert train["epoch_steps_per_second", epoch][2][0] > 0
    assert sorted(step for tag, step in train if tag == "batch_loss") == [2, 4, 6, 8]
    assert sorted(step for tag, step in held_out if tag == "evaluation_loss_vs_iterations") == [4, 8]
    made.evaluate(X, Y, **arguments)
    assert len(list((tmp_path / "validation").iterdir())) == 2
    assert events_in(tmp_path / "train")[0][3] == [b"brain.Event:2"]


def test_weights_are_written_as_histograms_and_pictures(tmp_path):
    made = model()
    made.fit(X, Y, epochs=2, verbose=0, callbacks=[TensorBoard(tmp_path, histogram_freq=2, write_images=True)])
    found = values_in(tmp_path / "train")
    kernel = made.layers[0].kernel.path
    assert (f"{kernel}/histogram", 0) in found
    assert (f"{kernel}/histogram", 1) not in found
    histogram = fields(found[f"{kernel}/histogram", 0][5][0])
    counts = np.frombuffer(histogram[7][0], "<f8")
    assert counts.sum() == histogram[3][0] == 12
    assert np.frombuffer(histogram[6][0], "<f8")[-1] == histogram[2][0]
    picture = fields(found[f"{kernel}/image", 0][4][0])
    assert (picture[1], picture[2], picture[3]) == ([3], [4], [1])
    images = pytest.importorskip("PIL.Image")
    pixels = np.asarray(images.open(io.BytesIO(picture[4][0])))
    assert (pixels.min(), pixels.max()) == (0, 255)


@pytest.mark.parametrize(("shape", "pictures"), [((), 0), ((5,), 1), ((4, 3), 1), ((3, 3, 2, 8), 3), ((3, 3, 2), 2)])
def test_weights_of_every_rank_become_pictures(shape, pictures):
    from keras.callbacks._tensorboard import _pictures

    found = _pictures(np.random.default_rng(0).normal(size=shape).astype("float32"))
    assert len(found) == pictures
    assert all(p.dtype == np.uint8 and p.ndim == 3 for p in found)


def test_the_layers_and_their_connections_are_written(tmp_path):
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    joined = keras.layers.Dense(1, name="out")(keras.layers.Concatenate(name="join")([a, b]))
    TensorBoard(tmp_path).set_model(keras.Model([a, b], joined))
    callback = TensorBoard(tmp_path)
    callback.set_model(keras.Model([a, b], joined))
    callback.on_train_end()
    (graph,) = [event[4][0] for event in events_in(tmp_path / "train") if 4 in event]
    nodes = [fields(node) for node in fields(graph)[1]]
    shown = {n[1][0].decode(): (n[2][0].decode(), [i.decode() for i in n.get(3, [])]) for n in nodes}
    assert shown["join"] == ("Concatenate", ["a", "b"])
    assert shown["out"] == ("Dense", ["join"])


def test_embeddings_are_written_for_the_projector(tmp_path):
    made = keras.Sequential([keras.layers.Embedding(5, 2, name="words"), keras.layers.Flatten(), keras.layers.Dense(1)])
    made.compile("sgd", "mse")
    words = np.zeros((4, 3), "int32")
    callback = TensorBoard(tmp_path, embeddings_freq=1, embeddings_metadata={"words": tmp_path / "labels.tsv"})
    made.fit(words, np.ones((4, 1)), verbose=0, callbacks=[callback])
    text = (tmp_path / "train" / "projector_config.pbtxt").read_text()
    assert 'tensor_path: "embedding-words.tsv"' in text
    assert 'labels.tsv"' in text
    rows = np.loadtxt(tmp_path / "train" / "embedding-words.tsv")
    np.testing.assert_allclose(rows, made.layers[0].embeddings, rtol=1e-5)
    with pytest.raises(ValueError, match="names 'letters'"):
        TensorBoard(tmp_path, embeddings_freq=1, embeddings_metadata={"letters": "x"}).set_model(made)


def test_a_profile_is_written_of_the_batches_asked_for(tmp_path, monkeypatch):
    from keras._jax import profiler

    calls = []
    monkeypatch.setattr(profiler, "start", lambda folder: calls.append("start"))
    monkeypatch.setattr(profiler, "stop", lambda: calls.append("stop"))

    class Tells(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            calls.append(batch)

    model().fit(X, Y, batch_size=4, verbose=0, callbacks=[Tells(), TensorBoard(tmp_path, profile_batch=(2, 3))])
    assert calls == [0, "start", 1, 2, "stop", 3]


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"histogram_freq": -1}, "histogram_freq"),
        ({"embeddings_freq": 0.5}, "embeddings_freq"),
        ({"update_freq": 0}, "update_freq"),
        ({"update_freq": "step"}, "update_freq"),
        ({"profile_batch": -1}, "profile_batch"),
        ({"profile_batch": (5, 2)}, "profile_batch"),
    ],
)
def test_wrong_arguments_are_refused(tmp_path, wrong, name):
    with pytest.raises(ValueError, match=f"`{name}`"):
        TensorBoard(tmp_path, **wrong)


def test_tensorboard_reads_what_was_written(tmp_path):
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    model().fit(X, Y, verbose=0, callbacks=[TensorBoard(tmp_path, histogram_freq=1, write_images=True)])
    (path,) = (tmp_path / "train").glob("events*")
    found = reader.EventAccumulator(str(path))
    found.Reload()
    tags = found.Tags()
    assert "epoch_loss" in tags["scalars"]
    assert len(tags["histograms"]) == 4
    assert tags["images"]
    assert tags["graph"]
