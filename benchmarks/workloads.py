"""The workloads as Keras programs: the same lines run on Kerata, on Keras 3 with each of its engines, and on tf_keras.

    python workloads.py NAME

runs one of them and prints one line of JSON. KERAS_MODULE names what to import (`keras`, or `tf_keras`);
KERAS_BACKEND is Keras 3's own. `plain_torch.py` holds the same workloads without Keras.

Everything is at its defaults: no steps_per_execution, no jit_compile, no thread counts.
"""

import importlib
import os
import sys

import numpy as np
import samples
import timing

keras = importlib.import_module(os.environ.get("KERAS_MODULE", "keras"))
layers = keras.layers


def first_network_model():
    model = keras.Sequential(
        [
            keras.Input((8,)),
            layers.Dense(12, activation="relu"),
            layers.Dense(8, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def time_epochs(name, model, x, y, batch_size, per_run):
    def train(epochs):
        return model.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0).history["loss"]

    timing.epochs(name, train, per_run)


def first_network_epoch(name):
    x, y = samples.first_network()
    time_epochs(name, first_network_model(), x, y, batch_size=10, per_run=20)


def generator_epoch(name):
    x, y = samples.first_network()
    model = first_network_model()

    def batches():
        while True:
            for start in range(0, len(x), 10):
                yield x[start : start + 10], y[start : start + 10]

    def train(epochs):
        return model.fit(batches(), steps_per_epoch=-(-len(x) // 10), epochs=epochs, verbose=0).history["loss"]

    timing.epochs(name, train, per_run=5)


def first_network_process(name):
    """Timed from outside, by the clock on the wall: import, build, 150 epochs, evaluate."""
    x, y = samples.first_network()
    model = first_network_model()
    losses = model.fit(x, y, batch_size=10, epochs=150, verbose=0).history["loss"]
    scores = model.evaluate(x, y, verbose=0)
    timing.report(name, None, accuracy=float(scores[1]), **timing.learned(losses))


def ten_folds(name):
    """Seconds per fold for folds 2 to 10 of ten-fold cross-validation, a new model each."""
    x, y = samples.first_network()
    held_out = iter(range(10))

    def fold():
        test = next(held_out)
        chosen = [row for row in range(len(x)) if row % 10 != test]
        model = first_network_model()
        model.fit(x[chosen], y[chosen], batch_size=10, epochs=20, verbose=0)
        return float(model.evaluate(x[test::10], y[test::10], verbose=0)[1])

    timing.rounds(name, fold, 9)


def fit_one_step(name):
    x, y = (part[:10] for part in samples.first_network())
    model = first_network_model()
    timing.calls(name, lambda: model.fit(x, y, batch_size=10, epochs=1, verbose=0))


def predict_one_row(name):
    x = samples.first_network()[0][:1]
    model = first_network_model()
    timing.calls(name, lambda: model.predict(x, verbose=0))


def predict_many_rows(name):
    x = np.resize(samples.first_network()[0], (10_000, 8))
    model = first_network_model()
    timing.calls(name, lambda: model.predict(x, verbose=0))


def train_on_batch(name):
    x, y = (part[:10] for part in samples.first_network())
    model = first_network_model()
    timing.calls(name, lambda: model.train_on_batch(x, y))


def lstm_batch_1(name):
    x, y = samples.alphabet()
    model = keras.Sequential([keras.Input((3, 1)), layers.LSTM(32), layers.Dense(26, activation="softmax")])
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    time_epochs(name, model, x, y, batch_size=1, per_run=20)


def stacked_lstm(name):
    x, y = samples.sequences()
    model = keras.Sequential(
        [
            keras.Input((8, 16)),
            layers.LSTM(32, return_sequences=True),
            layers.LSTM(32, return_sequences=True),
            layers.LSTM(32),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(loss="categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
    time_epochs(name, model, x, y, batch_size=64, per_run=10)


def embedding_lstm(name):
    x, y = samples.tokens()
    model = keras.Sequential(
        [
            keras.Input((80,), dtype="int32"),
            layers.Embedding(1024, 256),
            layers.LSTM(128),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
    time_epochs(name, model, x, y, batch_size=16, per_run=2)


def transformer(name):
    x, y = samples.tokens()
    width = 64
    inputs = keras.Input((80,), dtype="int32")
    h = layers.Embedding(1024, width)(inputs)
    for _ in range(2):
        h = layers.LayerNormalization()(layers.Add()([h, layers.MultiHeadAttention(4, width // 4)(h, h)]))
        wide = layers.Dense(4 * width, activation="relu")(h)
        h = layers.LayerNormalization()(layers.Add()([h, layers.Dense(width)(wide)]))
    outputs = layers.Dense(1, activation="sigmoid")(layers.GlobalAveragePooling1D()(h))
    model = keras.Model(inputs, outputs)
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    time_epochs(name, model, x, y, batch_size=32, per_run=2)


def perceptron(name):
    x, y = samples.flat_images()
    model = keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(512, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(512, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
    time_epochs(name, model, x, y, batch_size=128, per_run=3)


def convolutional(name):
    x, y = samples.images(2560, 28, 1)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    time_epochs(name, model, x, y, batch_size=128, per_run=1)


def vgg_like(name):
    x, y = samples.images(128, 100, 3)
    model = keras.Sequential(
        [
            keras.Input((100, 100, 3)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.25),
            layers.Conv2D(64, 3, activation="relu"),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    sgd = keras.optimizers.SGD(learning_rate=0.01, momentum=0.9, nesterov=True)
    model.compile(loss="sparse_categorical_crossentropy", optimizer=sgd, metrics=["accuracy"])
    time_epochs(name, model, x, y, batch_size=32, per_run=2)


def residual(name):
    x, y = samples.images(1280, 32, 3)

    def normalised(x, filters, strides):
        x = layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    def block(x, filters, strides):
        shortcut = x
        if strides > 1:
            shortcut = layers.Conv2D(filters, 1, strides=strides, use_bias=False)(x)
            shortcut = layers.BatchNormalization()(shortcut)
        y = layers.Activation("relu")(normalised(x, filters, strides))
        y = normalised(y, filters, 1)
        return layers.Activation("relu")(layers.Add()([y, shortcut]))

    inputs = keras.Input((32, 32, 3))
    h = layers.Activation("relu")(normalised(inputs, 16, 1))
    for filters, strides in [(16, 1), (32, 2), (64, 2)]:
        h = block(h, filters, strides)
    outputs = layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(h))
    model = keras.Model(inputs, outputs)
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    time_epochs(name, model, x, y, batch_size=64, per_run=2)


def separable(name):
    """Blocks as in MobileNet: each channel by itself, then all channels of a place."""
    x, y = samples.images(640, 32, 3)
    inputs = keras.Input((32, 32, 3))
    h = layers.Conv2D(32, 3, padding="same", activation="relu")(inputs)
    for filters, strides in [(64, 1), (128, 2), (128, 1), (256, 2)]:
        h = layers.DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False)(h)
        h = layers.Activation("relu")(layers.BatchNormalization()(h))
        h = layers.Conv2D(filters, 1, use_bias=False)(h)
        h = layers.Activation("relu")(layers.BatchNormalization()(h))
    outputs = layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(h))
    model = keras.Model(inputs, outputs)
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    time_epochs(name, model, x, y, batch_size=64, per_run=2)


def autoencoder(name):
    x, _ = samples.images(640, 32, 3)
    model = keras.Sequential([keras.Input((32, 32, 3))])
    for filters in (32, 64):
        model.add(layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu"))
    for filters in (64, 32):
        model.add(layers.Conv2DTranspose(filters, 3, strides=2, padding="same", activation="relu"))
    model.add(layers.Conv2D(3, 3, padding="same"))
    model.compile(loss="mse", optimizer="adam")
    time_epochs(name, model, x, x, batch_size=64, per_run=2)


def vgg16_four_photographs(name):
    """VGG16 with new weights, which take as long as trained ones."""
    x = np.random.default_rng(0).uniform(0, 255, (4, 224, 224, 3)).astype("float32")
    x = keras.applications.vgg16.preprocess_input(x)
    model = keras.applications.VGG16(weights=None)
    timing.calls(name, lambda: model.predict(x, verbose=0), most=20, budget=30.0)


def making_networks(name):
    """Three large networks, without drawing their weights, which takes longer than all the rest."""
    add_weight = layers.Layer.add_weight

    def zeros(self, *args, **kwargs):
        return add_weight(self, *args, **{**kwargs, "initializer": "zeros"})

    layers.Layer.add_weight = zeros

    def make():
        for network in ("ResNet152", "EfficientNetB7", "NASNetLarge"):
            getattr(keras.applications, network)(weights=None)
            keras.backend.clear_session()

    timing.calls(name, make, most=5, budget=30.0)


WORKLOADS = [
    first_network_epoch,
    generator_epoch,
    first_network_process,
    ten_folds,
    fit_one_step,
    predict_one_row,
    predict_many_rows,
    train_on_batch,
    lstm_batch_1,
    stacked_lstm,
    embedding_lstm,
    transformer,
    perceptron,
    convolutional,
    vgg_like,
    residual,
    separable,
    autoencoder,
    vgg16_four_photographs,
    making_networks,
]

if __name__ == "__main__":
    {workload.__name__: workload for workload in WORKLOADS}[sys.argv[1]](sys.argv[1])
