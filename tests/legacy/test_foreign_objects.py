"""What programs of TensorFlow make beside tensors, under `python -m keras`: values are those of TensorFlow 2.21."""

import numpy as np
import pytest

import keras


def test_tensor_arrays_and_parts_of_variables(tf):
    array = tf.TensorArray(tf.float32, size=2).write(0, [1.0, 2.0])
    assert array.stack().numpy().tolist() == [[1, 2], [0, 0]]
    array = array.write(1, [3.0, 4.0])
    assert array.read(1).numpy().tolist() == [3, 4]
    assert array.stack().numpy().tolist() == [[1, 2], [0, 0]]  # what was read is gone
    with pytest.raises(ValueError, match=r"there are 2 places. Got index 2"):
        array.write(2, [0.0, 0.0])
    grows = tf.TensorArray(tf.int32, size=0, dynamic_size=True, clear_after_read=False).write(2, 7)
    assert (grows.read(2).numpy(), grows.size().numpy(), grows.stack().numpy().tolist()) == (7, 3, [0, 0, 7])
    assert grows.unstack([[1], [2]]).concat().numpy().tolist() == [1, 2]
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    assert v.scatter_nd_update([[0, 0]], [9.0]).numpy().tolist() == [[9, 2], [3, 4]]
    assert v.scatter_nd_add([[1, 1]], [1.0]).numpy().tolist() == [[9, 2], [3, 5]]
    assert v.scatter_update(tf.IndexedSlices([[0.0, 1.0]], [1])).numpy().tolist() == [[9, 2], [0, 1]]
    x = tf.ones((2, 3))
    x.set_shape([None, 3])
    assert x.get_shape().as_list() == [2, 3]


def test_gradients_of_ones_own_and_targets_that_nothing_watches(tf):
    @tf.custom_gradient
    def softplus(x):
        e = tf.exp(x)
        return tf.math.log(1 + e), lambda upstream: upstream * (1 - 1 / (1 + e))

    x = tf.Variable([100.0, 0.0])
    with tf.GradientTape() as tape:
        y = softplus(x)
    assert tape.gradient(y, x).numpy().tolist() == [1, 0.5]
    c = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = c * 2
    assert tape.gradient(y, [c, x]) == [None, None]
    assert tape.gradient(y, c, unconnected_gradients="zero").numpy() == 0


X = np.array([[3.0, 1.0, 2.0], [6.0, 5.0, 4.0]], "float32")
KEYWORDS = {
    "tf.reshape(tensor=x, shape=[3, -1])": X.reshape(3, 2), "tf.tile(x, multiples=[1, 2])": np.tile(X, (1, 2)),
    "tf.maximum(x=x, y=2.0)": X.clip(2), "tf.tensordot(a=x, b=x, axes=2)": (X * X).sum(),
    "tf.scatter_nd(indices=[[1]], updates=[5], shape=[3])": [0, 5, 0], "tf.eye(2, num_columns=3)": np.eye(2, 3),
    "tf.eye(2, batch_shape=[1])": [np.eye(2)], "tf.sort(x, direction='DESCENDING')": [[3, 2, 1], [6, 5, 4]],
    "tf.argsort(x, direction='DESCENDING')": [[0, 2, 1], [0, 1, 2]], "tf.argsort(x, axis=0)": [[0] * 3, [1] * 3],
    "tf.argmax(input=x, axis=1, output_type=tf.int32)": [0, 0], "tf.argmin(x)": [0, 0, 0],
    "tf.one_hot([0, 1], depth=2, on_value=5.0, off_value=-1.0)": [[5, -1], [-1, 5]],
    "tf.one_hot([1], 2, on_value=7)": [[0, 7]],
}  # fmt: skip


@pytest.mark.parametrize("call", KEYWORDS)
def test_arguments_have_the_names_of_tensorflow(tf, call):
    np.testing.assert_array_equal(eval(call, {"tf": tf, "x": tf.constant(X)}), KEYWORDS[call])


def test_modules_know_their_variables(tf):
    class Inner(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable(tf.ones([2, 3]))
            self.b = tf.Variable(tf.zeros([3]), trainable=False)

    class Outer(tf.Module):
        def __init__(self, name=None):
            super().__init__(name=name)
            self.parts = [Inner(), Inner()]
            self.dense = keras.layers.Dense(1)
            self.dense.build((None, 2))

    outer = Outer("mine")
    assert (outer.name, len(outer.submodules)) == ("mine", 3)
    assert [tuple(v.shape) for v in outer.trainable_variables] == [(2, 1), (1,), (2, 3), (2, 3)]
    assert len(outer.variables) == 6


def test_functions_of_python_tables_texts_and_constants(tf):
    assert tf.py_function(lambda a, b: a + b, [tf.constant(1), 2], tf.float32).numpy() == 3
    found = tf.numpy_function(lambda a: (a, a * 2), [np.array([1.0])], [tf.float32, tf.int32])
    assert [str(x.dtype) for x in found] == ["float32", "int32"]
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2]), default_value=-1)
    assert table.lookup(tf.constant([["b"], ["z"]])).numpy().tolist() == [[2], [-1]]
    names = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer([1, 2], ["a", "b"]), "none")
    assert names[[2, 5]].tolist() == ["b", "none"]
    assert tf.constant("héllo").numpy() == "héllo".encode()
    assert tf.constant(3, shape=(1, 2)).numpy().tolist() == [[3, 3]]
    assert tf.constant([1, 2], shape=[2, 1]).numpy().tolist() == [[1], [2]]
    with pytest.raises(tf.errors.InvalidArgumentError):
        tf.ones((2, 3)).set_shape([4, 3])


def test_random_numbers_of_a_seed_are_the_same_again(tf):
    def first():
        return tf.random.Generator.from_seed(3).normal((2,)).numpy().tolist()

    assert first() == first()
    draw = tf.random.stateless_uniform
    assert draw((2,), (1, 2)).numpy().tolist() == draw((2,), (1, 2)).numpy().tolist()
    assert draw((2,), (1, 2)).numpy().tolist() != draw((2,), (2, 1)).numpy().tolist()
    whole = tf.random.uniform((50,), 2, 5, tf.int32).numpy()
    assert set(whole) <= {2, 3, 4}
    picture = np.arange(48.0, dtype="float32").reshape(4, 4, 3)
    cut = [tf.image.stateless_random_crop(picture, size=[2, 2, 3], seed=(1, 2)).numpy() for _ in range(2)]
    np.testing.assert_array_equal(*cut)


def test_signals(tf):
    np.testing.assert_allclose(np.abs(tf.signal.rfft([1.0, 2, 3, 4, 5]).numpy()), [15, 4.2533, 2.6287], 1e-4)
    found = np.abs(tf.signal.stft(np.sin(np.arange(40.0)).astype("float32"), 15, 8).numpy())
    assert found.shape == (4, 9)
    wanted = [0.1074, 0.885, 3.0133, 3.1594, 1.0687, 0.0636, 0.0036, 0.0068, 0.008]
    np.testing.assert_allclose(found[1], wanted, atol=1e-4)
    assert tf.signal.hann_window(4).numpy().tolist() == [0, 0.5, 1, 0.5]
    assert tf.signal.frame(tf.range(7), 3, 2, pad_end=True).numpy().tolist() == [
        [0, 1, 2],
        [2, 3, 4],
        [4, 5, 6],
        [6, 0, 0],
    ]
    mel = tf.signal.linear_to_mel_weight_matrix(4, 9, 8000, 80.0, 3600.0).numpy()
    np.testing.assert_allclose(mel[1:3, :3], [[0.7382, 0.2618, 0], [0, 0.7181, 0.2819]], atol=1e-4)


def test_examples_are_written_and_read(tf, tmp_path):
    train = tf.train
    feature = {
        "a": train.Feature(bytes_list=train.BytesList(value=[b"x\x00\xff\x00"])),
        "f": train.Feature(float_list=train.FloatList(value=[1.5, -2])),
        "i": train.Feature(int64_list=train.Int64List(value=[-3, 0])),
    }
    record = train.Example(features=train.Features(feature=feature)).SerializeToString()
    assert record == (
        b"\n8\n\r\n\x01a\x12\x08\n\x06\n\x04x\x00\xff\x00\n\x11\n\x01f\x12\x0c\x12\n\n\x08\x00\x00\xc0?\x00\x00\x00\xc0"
        b"\n\x14\n\x01i\x12\x0f\x1a\r\n\x0b\xfd\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00"
    )
    path = str(tmp_path / "x.tfrecord")
    with tf.io.TFRecordWriter(path) as writer:
        for _ in range(2):
            writer.write(record)
    rows = tf.data.TFRecordDataset(path)
    example = train.Example.FromString(next(iter(rows)).numpy())
    assert example.features.feature["i"].int64_list.value == [-3, 0]
    spec = {
        "a": tf.io.FixedLenFeature([], tf.string), "f": tf.io.FixedLenFeature([2], tf.float32),
        "d": tf.io.FixedLenFeature([], tf.int64, default_value=7),
    }  # fmt: skip
    row = next(iter(rows.map(lambda r: tf.io.parse_single_example(r, spec))))
    assert (row["a"].numpy(), row["f"].numpy().tolist(), row["d"].numpy()) == (b"x\x00\xff\x00", [1.5, -2], 7)
    assert tf.io.decode_raw(row["a"], tf.uint8).numpy().tolist() == [120, 0, 255, 0]
    batch = next(iter(rows.batch(2).map(lambda r: tf.io.parse_example(r, spec))))
    assert batch["f"].numpy().tolist() == [[1.5, -2]] * 2
    with pytest.raises(ValueError, match="'i' has 2 values, for shape"):
        tf.io.parse_single_example(record, {"i": tf.io.FixedLenFeature([3], tf.int64)})
    with open(path, "r+b") as file:
        file.truncate(100)
    with pytest.raises(ValueError, match="is damaged"):
        list(rows)


def test_summaries_go_to_the_file_that_is_open(tf, tmp_path):
    writer = tf.summary.create_file_writer(str(tmp_path))
    assert tf.summary.scalar("loss", 1.0, step=0) is False
    with writer.as_default():
        assert tf.summary.scalar("loss", 0.5, step=3)
        tf.summary.text("words", "hello", step=3)
        tf.summary.image("pictures", np.zeros((2, 4, 4, 1)), step=3)
        with pytest.raises(ValueError, match="give `step`"):
            tf.summary.histogram("w", [1.0, 2.0])
        tf.summary.experimental.set_step(4)
        tf.summary.histogram("w", [1.0, 2.0])
    content = next(tmp_path.iterdir()).read_bytes()
    for name in (b"loss", b"hello", b"pictures/1", b"w"):
        assert name in content


def test_models_are_folders_with_signatures(tf, tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="out")])
    tf.saved_model.save(model, str(tmp_path / "a" / "model"))
    loaded = tf.saved_model.load(str(tmp_path / "a" / "model"))
    found = loaded.signatures["serving_default"](tf.ones((1, 2)))
    np.testing.assert_allclose(found["out"].numpy(), model(np.ones((1, 2))), 1e-6)
    with pytest.raises(TypeError, match="only models of Keras"):
        tf.saved_model.save(tf.Module(), str(tmp_path / "b"))
    assert tf.io.gfile.exists(str(tmp_path / "a"))
    assert tf.io.gfile.listdir(str(tmp_path / "a")) == ["model"]
