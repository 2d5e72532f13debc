"""Writes folders and checkpoints of TensorFlow with tf_keras, and what the models in them predict.

Run it with the Python of an environment that holds tf_keras:
    python tools/golden/tf_keras_folders.py            into tests/golden/folders
    python tools/golden/tf_keras_folders.py FOLDER pictures         with TensorFlow 2.1: `pictures_of_2_1` there

Every model becomes a `.zip` with a folder and a checkpoint, beside it `NAME.npz`: inputs, targets, outputs, and the
losses of three more steps.
"""

import os
import pathlib
import shutil
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf

if sys.version_info >= (3, 8):
    import tf_keras
else:
    tf_keras = tf.keras
layers = tf_keras.layers

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "folders"


def pictures():
    """Convolutions and means that are not trained, with the state of Adam."""
    x = layers.Input((6, 6, 2), name="picture")
    h = layers.Conv2D(3, 3, padding="same", activation="relu", name="first")(x)
    h = layers.BatchNormalization(name="norm")(h)
    h = layers.SeparableConv2D(4, 3, strides=2, name="apart")(h)
    h = layers.DepthwiseConv2D(2, depth_multiplier=2, name="deep")(h)
    h = layers.GlobalAveragePooling2D(name="mean")(h)
    model = tf_keras.Model(x, layers.Dense(2, activation="softmax", name="last")(h), name="pictures")
    model.compile(tf_keras.optimizers.Adam(0.01), "categorical_crossentropy", metrics=["accuracy"])
    return model, [(6, 6, 2)], 2


def words():
    """Recurrent layers in both directions, one inside another, a mask."""
    model = tf_keras.Sequential(
        [
            layers.Embedding(9, 4, mask_zero=True, input_length=5, name="table"),
            layers.Bidirectional(layers.LSTM(3, return_sequences=True), name="both"),
            layers.GRU(4, return_sequences=True, name="gru"),
            layers.TimeDistributed(layers.Dense(3, activation="tanh"), name="each"),
            layers.RNN([layers.LSTMCell(2), layers.GRUCell(3)], name="stack"),
            layers.Dense(1, name="last"),
        ],
        name="words",
    )
    model.compile(tf_keras.optimizers.RMSprop(0.01), "mse")
    return model, ["words"], 1


def nested():
    """A model inside a model, called twice, functions of TensorFlow between, and an optimizer of the former kind."""
    x, y = layers.Input((3,), name="x"), layers.Input((3,), name="y")
    inner = tf_keras.Sequential(
        [layers.Dense(4, activation="tanh", name="in_1"), layers.Dense(2, name="in_2")], name="inner"
    )
    h = inner(x) * 2.0 - inner(y)
    h = layers.LayerNormalization(name="norm")(layers.Concatenate(name="side")([h, x]))
    model = tf_keras.Model([x, y], [layers.Dense(1, name="one")(h), layers.PReLU(name="two")(h)], name="nested")
    former = getattr(tf_keras.optimizers, "legacy", tf_keras.optimizers)
    model.compile(former.SGD(0.05, momentum=0.9, decay=0.1), {"one": "mse", "two": "huber"}, loss_weights=[1.0, 0.5])
    return model, [(3,), (3,)], [1, 5]


class Own(tf_keras.Model):
    """A model without a graph and without a config."""

    def __init__(self):
        super().__init__(name="own")
        self.first = layers.Dense(3, activation="tanh")
        self.rest = [layers.BatchNormalization(), {"last": layers.Dense(2)}]

    def call(self, x):
        return self.rest[1]["last"](self.rest[0](self.first(x)))


def own():
    """A user's class."""
    model = Own()
    model.compile(tf_keras.optimizers.SGD(0.1), "mse")
    return model, [(4,)], 2


def lines():
    """Functions of TensorFlow between layers, one of them a loss, what draws, and sizes that are open."""
    x = layers.Input((4, 6), name="rows")
    h = tf.transpose(layers.RandomTranslation(0.0, 0.0, name="moved")(x[..., tf.newaxis])[..., 0], [0, 2, 1])
    h = 1.0 - tf.nn.l2_normalize(layers.Dense(4, name="first")(h), axis=-1)
    low, high = tf.split(h, [1, 3], axis=-1)
    h = tf.concat([tf.reduce_max(low, axis=1), tf.math.top_k(tf.reduce_mean(high, 1), 2)[0]], -1)
    h = tf.reshape(tf.where(h > 0.5, h, 0.5), [tf.shape(x)[0], -1]) + [0.0, 1.0, 2.0]
    model = tf_keras.Model(x, layers.Dense(1, name="last")(h), name="lines")
    model.add_loss(tf.reduce_mean(tf.square(low)))
    model.compile(tf_keras.optimizers.SGD(0.1), "mse")
    return model, [(4, 6)], 1


@tf_keras.utils.register_keras_serializable("kept_by_folder")
class Kept(tf_keras.Model):
    """A model with a config and a weight of its own."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.first = layers.Dense(units, activation="tanh")

    def build(self, shape):
        self.scale = self.add_weight("scale", (self.units,), initializer="ones")
        super().build(shape)

    def call(self, x):
        return self.first(x) * self.scale

    def get_config(self):
        return {"units": self.units}


def kept():
    """A user's class that its config makes, with the state of Nadam."""
    model = Kept(2, name="kept")
    model.compile(tf_keras.optimizers.Nadam(0.1), "mse")
    return model, [(4,)], 2


def tables(folder):
    """Layers whose vocabularies were given, without training: a folder and what is predicted for two rows of words."""
    tf.random.set_seed(4)
    x = layers.Input((1,), dtype="string", name="text")
    vectors = layers.TextVectorization(vocabulary=["a", "b", "c"], output_sequence_length=4, name="vectors")(x)
    lookup = layers.StringLookup(vocabulary=["a b", "c"], output_mode="multi_hot", name="lookup")(x)
    numbers = layers.Dense(2, name="last")(lookup)
    model = tf_keras.Model(x, [layers.Embedding(6, 2, name="embedded")(vectors), numbers], name="tables")
    outputs = model.predict(np.array([["a b"], ["C zz a"]], object), verbose=0)
    with tempfile.TemporaryDirectory() as place:
        model.save(os.path.join(place, "model"), save_format="tf")
        shutil.make_archive(str(folder / "tables"), "zip", place)
    np.savez(folder / "tables.npz", out0=outputs[0], out1=outputs[1])


def learned(folder):
    """Layers that learned their vocabularies, without training: a folder and what is predicted for two rows."""
    tf.random.set_seed(5)
    words, number = layers.Input((1,), dtype="string", name="words"), layers.Input((1,), dtype="int64", name="number")
    kinds = [
        (layers.TextVectorization(output_mode="tf_idf", name="rare"), ["cat dog", "dog bird"], words),
        (layers.StringLookup(output_mode="one_hot", mask_token="cat", name="lookup"), ["bird", "cat", "bird"], words),
        (layers.IntegerLookup(output_mode="multi_hot", num_oov_indices=2, name="numbers"), [5, 7, 7], number),
    ]
    found = []
    for layer, rows, x in kinds:
        layer.adapt(np.array(rows))
        found.append(layer(x))
    model = tf_keras.Model([words, number], layers.Dense(2, name="last")(layers.Concatenate()(found)), name="learned")
    outputs = model.predict([np.array([["dog"], ["bird"]], object), np.array([[7], [1]])], verbose=0)
    with tempfile.TemporaryDirectory() as place:
        model.save(os.path.join(place, "model"), save_format="tf")
        shutil.make_archive(str(folder / "learned"), "zip", place)
    np.savez(folder / "learned.npz", out=outputs)


def draws(shapes, outputs):
    """Eight rows of inputs and targets, the same in every run."""
    random = np.random.RandomState(3)
    inputs = [
        random.randint(0, 9, (8, 5)).astype("int32") if s == "words" else random.normal(size=(8, *s)).astype("float32")
        for s in shapes
    ]
    targets = [np.eye(n, dtype="float32")[random.randint(0, n, 8)] for n in np.atleast_1d(outputs)]
    return inputs, targets


def one(values):
    """The only member of a list, or the list."""
    return values[0] if len(values) == 1 else values


def write(build, folder):
    """One model: a folder, a checkpoint, and what they should give."""
    tf.random.set_seed(4)
    model, shapes, outputs = build()
    inputs, targets = draws(shapes, outputs)
    for _ in range(3):
        model.train_on_batch(one(inputs), one(targets))
    name = build.__name__
    predicted = model.predict(one(inputs), verbose=0)
    with tempfile.TemporaryDirectory() as place:
        small = {} if name == "pictures" or sys.version_info < (3, 8) else {"save_traces": False}
        model.save(os.path.join(place, "model"), save_format="tf", **small)
        model.save_weights(os.path.join(place, "weights", "ckpt"))
        losses = [np.ravel(model.train_on_batch(one(inputs), one(targets)))[0] for _ in range(3)]
        shutil.make_archive(str(folder / name), "zip", place)
    predicted = predicted if isinstance(predicted, list) else [predicted]
    arrays = {
        f"{kind}{i}": array
        for kind, found in zip(("x", "y", "out"), (inputs, targets, predicted))
        for i, array in enumerate(found)
    }
    np.savez_compressed(str(folder / f"{name}.npz"), losses=np.array(losses), **arrays)


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    target.mkdir(parents=True, exist_ok=True)
    for made in (pictures, words, nested, own, lines, kept):
        if made.__name__ in (sys.argv[2:] or made.__name__):
            write(made, target)
            print(made.__name__, (target / f"{made.__name__}.zip").stat().st_size)
    for made in (tables, learned):
        if made.__name__ in (sys.argv[2:] or made.__name__):
            made(target)
