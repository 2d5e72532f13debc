"""Models whose weights Keras 3 writes and that are read here; both build them with this code."""

import numpy as np

import keras
from keras import layers


def sequential():
    """A stack with weights that training changes by gradients, and others."""
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(3, activation="relu", name="first"),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.Dense(2),
        ]
    )


def functional():
    """Branches, a shared layer, a model inside the model."""
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    shared = layers.Dense(3, name="shared")
    inner = keras.Sequential([keras.Input((6,)), layers.Dense(3), layers.PReLU()], name="inner")
    joined = layers.Concatenate()([shared(a), shared(b)])
    return keras.Model([a, b], layers.Dense(2)(layers.LayerNormalization()(inner(joined))))


def recurrent():
    """Cells inside layers inside wrappers."""
    x = keras.Input((5, 3))
    h = layers.LSTM(4, return_sequences=True)(x)
    h = layers.Bidirectional(layers.GRU(2, return_sequences=True))(h)
    h = layers.TimeDistributed(layers.Dense(3))(h)
    return keras.Model(x, layers.SimpleRNN(2)(h))


def images():
    """Kernels of more than two axes, and an embedding."""
    picture, words = keras.Input((8, 8, 2)), keras.Input((3,), dtype="int32")
    h = layers.Conv2D(3, 3, activation="relu")(picture)
    h = layers.Flatten()(layers.MaxPooling2D()(h))
    w = layers.Flatten()(layers.Conv1D(2, 2)(layers.Embedding(7, 4)(words)))
    return keras.Model([picture, words], layers.Dense(2)(layers.Concatenate()([h, w])))


class Parts(keras.Model):
    """Layers in attributes, lists in lists, dicts, behind a second name; and a weight of its own."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.first = layers.Dense(3)
        self.blocks = [layers.Dense(3), [layers.Dense(3)], layers.Dense(3)]
        self.table = {"b": layers.Dense(3), "a": layers.Dense(3)}
        self.also_first = self.first
        self._hidden = layers.Dense(2)
        self.scale = self.add_weight(shape=(2,), initializer="ones", name="scale")

    def call(self, x):
        x = self.first(x)
        for layer in (self.blocks[0], self.blocks[1][0], self.blocks[2], self.table["a"], self.table["b"]):
            x = layer(x)
        return self._hidden(x) * self.scale


def subclassed():
    """A model without a graph."""
    model = Parts()
    model(np.zeros((1, 4), "float32"))
    return model


def half():
    """Weights in 16 bits, of which HDF5 knows one kind."""
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, dtype="bfloat16"), layers.Dense(2, dtype="float16"), layers.Dense(2)]
    )


MODELS = {m.__name__: m for m in (sequential, functional, recurrent, images, subclassed, half)}
# trained for one step, so that the file holds the state of an optimizer
TRAINED = {"sequential": "adam", "functional": "nadam", "subclassed": "sgd"}


def inputs_of(model):
    """The same inputs in every run, one array or a list."""
    random = np.random.RandomState(3)
    shapes = [(6, *x.shape[1:]) for x in model.inputs] if getattr(model, "inputs", None) else [(6, 4)]
    kinds = [x.dtype for x in model.inputs] if getattr(model, "inputs", None) else ["float32"]
    arrays = [
        random.randint(0, 7, shape).astype(kind) if "int" in kind else random.rand(*shape).astype("float32")
        for shape, kind in zip(shapes, kinds)
    ]
    return arrays[0] if len(arrays) == 1 else arrays


def train(name, model):
    """One step, for the models that have an optimizer."""
    if name in TRAINED:
        model.compile(optimizer=TRAINED[name], loss="mse")
        model.train_on_batch(inputs_of(model), np.random.RandomState(4).rand(6, 2).astype("float32"))
