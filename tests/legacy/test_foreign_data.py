"""`tf.data.Dataset`, its checkpoints and texts, under `python -m keras`."""

import numpy as np
import pytest

import keras


def listed(dataset):
    return [np.asarray(x).tolist() for x in dataset.as_numpy_iterator()]


def test_windows_are_datasets(tf):
    ten = tf.data.Dataset.range(10)
    assert [listed(w) for w in ten.window(4)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert [listed(w) for w in ten.window(4, shift=3, drop_remainder=True)] == [
        [0, 1, 2, 3],
        [3, 4, 5, 6],
        [6, 7, 8, 9],
    ]
    assert [listed(w) for w in ten.window(2, shift=4, stride=2)] == [[0, 2], [4, 6], [8]]
    pairs = ten.window(3, 2, drop_remainder=True).flat_map(lambda w: w.batch(3)).map(lambda w: (w[:-1], w[-1])).batch(2)
    x, y = next(iter(pairs))
    assert (x.numpy().tolist(), y.numpy().tolist()) == ([[0, 1], [2, 3]], [2, 4])
    assert str(pairs.element_spec[0]) == "TensorSpec(shape=(None, 2), dtype=tf.int32, name=None)"


def test_datasets_are_put_together(tf):
    data = tf.data.Dataset
    mixed = data.range(1, 4).interleave(lambda x: data.from_tensors(x).repeat(3), cycle_length=2, block_length=2)
    assert listed(mixed) == [1, 1, 2, 2, 1, 2, 3, 3, 3]
    assert listed(data.range(3).concatenate(data.range(7, 9))) == [0, 1, 2, 7, 8]
    assert [(int(i), int(x)) for i, x in data.range(7, 9).enumerate(5)] == [(5, 7), (6, 8)]
    choices = data.from_tensor_slices(np.array([1, 0, 1]))
    assert listed(data.choose_from_datasets([data.range(3), data.range(10, 13)], choices)) == [10, 0, 11]
    drawn = data.sample_from_datasets([data.range(3), data.range(10, 13)], [0.5, 0.5], seed=1)
    assert sorted(listed(drawn)) == [0, 1, 2, 10, 11, 12]
    assert listed(data.range(9).take_while(lambda x: x < 2)) == [0, 1]
    assert data.range(5).reduce(0, lambda total, x: total + x).numpy() == 10
    assert tf.data.experimental.cardinality(data.range(5).batch(2)).numpy() == 3


def test_rows_of_different_lengths_are_filled_up(tf):
    rows = tf.data.Dataset.range(1, 5).map(lambda n: tf.fill([tf.cast(n, tf.int32)], n))
    assert listed(rows.padded_batch(2)) == [[[1, 0], [2, 2]], [[3, 3, 3, 0], [4] * 4]]
    longer = listed(rows.padded_batch(4, padded_shapes=(5,), padding_values=-1))
    assert longer[0][1] == [2, 2, -1, -1, -1]
    pairs = tf.data.Dataset.zip((rows, rows)).padded_batch(2, padded_shapes=([None], [3]), drop_remainder=True)
    assert [x.shape for x in next(iter(pairs))] == [(2, 2), (2, 3)]


def test_generators_have_the_dtypes_of_their_signature(tf):
    def pairs():
        yield 1, [1.0, 2.0]

    spec = (tf.TensorSpec((), tf.int32), tf.TensorSpec((None,), tf.float32))
    number, row = next(iter(tf.data.Dataset.from_generator(pairs, output_signature=spec)))
    assert (str(number.dtype), row.numpy().tolist()) == ("int32", [1.0, 2.0])


def test_texts_give_bytes_and_files_their_names_and_lines(tf, tmp_path):
    (tmp_path / "b.txt").write_text("one\ntwo ü\n", encoding="utf-8")
    (tmp_path / "a.txt").write_text("")
    lines = tf.data.TextLineDataset([str(tmp_path / "b.txt")])
    assert [line.numpy().decode("utf-8") for line in lines] == ["one", "two ü"]
    assert [int(n) for n in lines.map(tf.strings.length)] == [3, 6]
    files = tf.data.Dataset.list_files(str(tmp_path / "*.txt"), shuffle=False)
    assert [name.numpy()[-5:] for name in files] == [b"a.txt", b"b.txt"]
    with pytest.raises(FileNotFoundError, match="no files fit"):
        tf.data.Dataset.list_files(str(tmp_path / "*.csv"))
    classes = np.array(["x", "y"])
    assert (tf.strings.split("x/y/1.jpg", "/")[-2] == classes).tolist() == [False, True]


def test_layers_give_texts_too(tf):
    letters = keras.layers.StringLookup(vocabulary=list("abc"), mask_token=None)
    back = keras.layers.StringLookup(vocabulary=letters.get_vocabulary(), invert=True, mask_token=None)
    found = back(letters(tf.strings.unicode_split("cab", "UTF-8")))
    assert (found.numpy().tolist(), str(found), repr(found)) == (
        [b"c", b"a", b"b"], "['c' 'a' 'b']", "array(['c', 'a', 'b'], dtype='<U1')",
    )  # fmt: skip
    assert tf.strings.reduce_join(found, axis=-1).numpy() == b"cab"


def test_checkpoints_hold_what_they_are_given(tf, tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    step = tf.Variable(1)
    saved = tf.train.Checkpoint(step=step, net=model)
    manager = tf.train.CheckpointManager(saved, str(tmp_path / "c"), max_to_keep=2)
    first = model.get_weights()
    for _ in range(3):
        manager.save()
        step.assign_add(1)
    assert [path[-6:] for path in manager.checkpoints] == ["ckpt-2", "ckpt-3"]
    assert sorted(p.name for p in (tmp_path / "c").iterdir()) == ["checkpoint", "ckpt-2", "ckpt-3"]
    model.set_weights([w + 1 for w in first])
    saved.restore(tf.train.latest_checkpoint(str(tmp_path / "c"))).assert_consumed()
    assert int(step) == 3
    np.testing.assert_array_equal(model.get_weights()[0], first[0])
    again = tf.train.CheckpointManager(saved, str(tmp_path / "c"), max_to_keep=2)
    assert again.latest_checkpoint == manager.latest_checkpoint
    assert tf.train.Checkpoint(net=model).save(str(tmp_path / "ckpt")).endswith("ckpt-1")
    assert tf.train.latest_checkpoint(str(tmp_path / "nothing")) is None
    with pytest.raises(ValueError, match="`net` has no variables yet"):
        tf.train.Checkpoint(net=tf.Module()).restore(manager.latest_checkpoint)
    with pytest.raises(FileNotFoundError, match="Only files of `save` are read here"):
        saved.restore(str(tmp_path / "other"))


class OwnNetwork(keras.Model):
    def __init__(self):
        super().__init__()
        self.first, self.second = keras.layers.Dense(3, "relu"), keras.layers.Dense(1)

    def call(self, inputs, training=False):
        return self.second(self.first(inputs))


def of_layers():
    return keras.Sequential([keras.layers.Dense(3, "relu"), keras.layers.Dense(1)])


X = np.linspace(-1.0, 1.0, 8, dtype="float32").reshape(4, 2)


@pytest.mark.parametrize("make", [OwnNetwork, of_layers])
@pytest.mark.parametrize("first", ["call", "build", "predict", "fit"])
def test_checkpoints_wait_for_variables(tf, tmp_path, make, first):
    model, optimizer = make(), keras.optimizers.Adam(0.5)
    model.compile(optimizer, "mse")
    model.fit(X, X[:, :1], epochs=2, verbose=0)
    path = tf.train.Checkpoint(model=model, optimizer=optimizer).save(str(tmp_path / "ckpt"))

    again, rate = make(), keras.optimizers.Adam(0.5)
    status = tf.train.Checkpoint(model=again, optimizer=rate).restore(path)
    assert int(rate.iterations) == 2
    with pytest.raises(AssertionError, match="values wait for `model`, `optimizer`"):
        status.assert_consumed()
    again.compile(rate, "mse")
    if first == "fit":
        again.fit(X, X[:, :1], verbose=0)
        model.fit(X, X[:, :1], verbose=0)
        np.testing.assert_allclose(rate.variables[2], optimizer.variables[2], rtol=1e-5)
    elif first == "build":
        again.build((None, 2))
    else:
        np.testing.assert_allclose(getattr(again, {"call": "__call__"}.get(first, first))(X), model(X), rtol=1e-5)
    for ours, theirs in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    assert not {"build", "_build_once"} & {*vars(again), *(vars(rate) if first == "fit" else ())}


def test_what_waits_for_a_checkpoint_names_what_does_not_fit(tf, tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    path = tf.train.Checkpoint(model=model).save(str(tmp_path / "ckpt"))
    other = keras.Sequential([keras.layers.Dense(4)])
    tf.train.Checkpoint(model=other).restore(path)
    with pytest.raises(ValueError, match="has other variables for `model` than it has now"):
        other(X)


@pytest.mark.parametrize("make", [OwnNetwork, of_layers])
@pytest.mark.parametrize("first", ["build", "predict", "fit"])
def test_weights_of_a_checkpoint_wait_for_the_model(in_era, tmp_path, make, first):
    in_era("tf2")
    model = make()
    model(X)
    model.save_weights(str(tmp_path / "ckpt"))
    again = make()
    status = again.load_weights(str(tmp_path / "ckpt")).expect_partial()
    with pytest.raises(AssertionError, match=again.name):
        status.assert_consumed()
    again.compile(keras.optimizers.SGD(0.0), "mse")
    getattr(again, first)(*{"build": [(None, 2)], "predict": [X], "fit": [X, X[:, :1]]}[first])
    status.assert_consumed()
    for ours, theirs in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
