"""The larger workloads of gpu.py as Keras programs: the same lines run on Kerata and on Keras 3.

python gpu_keras.py NAME DTYPE [--smoke]
"""

import statistics
import sys
import time

import gpu_sizes
import numpy as np
import timing

import keras

layers = keras.layers


def resnet50(size):
    x, y = gpu_sizes.images(size)
    model = keras.applications.ResNet50(weights=None, input_shape=x.shape[1:], classes=gpu_sizes.CLASSES)
    if size["stages"] < 4:  # the smoke run, as all of it compiles for minutes on a CPU
        h = layers.GlobalAveragePooling2D()(model.get_layer(f"conv{size['stages'] + 1}_block1_out").output)
        model = keras.Model(model.input, layers.Dense(gpu_sizes.CLASSES, activation="softmax", dtype="float32")(h))
    return model, x, y


def transformer(size):
    """An encoder with the normalisation before each part; classifies the mean of its outputs."""
    x, y = gpu_sizes.tokens(size)
    units, steps = size["units"], size["steps"]
    inputs = keras.Input((steps,), dtype="int32")
    positions = layers.Embedding(steps, units)(np.arange(steps)[None])
    h = layers.Embedding(gpu_sizes.VOCABULARY, units)(inputs) + positions
    for _ in range(size["layers"]):
        normal = layers.LayerNormalization(epsilon=1e-5)(h)
        h = h + layers.MultiHeadAttention(size["heads"], units // size["heads"])(normal, normal)
        normal = layers.LayerNormalization(epsilon=1e-5)(h)
        h = h + layers.Dense(units)(layers.Dense(4 * units, activation="gelu")(normal))
    h = layers.GlobalAveragePooling1D()(layers.LayerNormalization(epsilon=1e-5)(h))
    outputs = layers.Dense(gpu_sizes.CLASSES, activation="softmax", dtype="float32")(h)
    return keras.Model(inputs, outputs), x, y


def lstms(size):
    x, y = gpu_sizes.sequences(size)
    model = keras.Sequential([keras.Input(x.shape[1:])])
    for i in range(size["layers"]):
        model.add(layers.LSTM(size["units"], return_sequences=i + 1 < size["layers"]))
    model.add(layers.Dense(gpu_sizes.CLASSES, activation="softmax", dtype="float32"))
    return model, x, y


def operations(model, x):
    """Of a training step: the forward pass counted in what is traced, and twice that backwards. Kerata alone knows."""
    try:
        from keras._jax.cost import operations_of
    except ImportError:
        return None
    return 3 * operations_of(lambda x: model(x, training=False), [x])


def main(name, dtype, smoke):
    """Trains, and prints the seconds of a step."""
    import jax

    if not smoke and jax.default_backend() != "gpu":
        raise SystemExit("jax sees no GPU in this environment: install jax[cuda13], or jax[cuda12], into it")
    keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy("mixed_bfloat16" if dtype == "bfloat16" else dtype)
    size = gpu_sizes.SIZES[smoke][name]
    model, x, y = {"resnet50": resnet50, "transformer": transformer, "lstms": lstms}[name](size)
    model.compile(keras.optimizers.Adam(1e-4), "sparse_categorical_crossentropy")

    def train(epochs):
        history = model.fit(x, y, batch_size=size["batch"], epochs=epochs, verbose=0)
        return history.history["loss"]

    losses, times = train(2), []  # compiles
    for _ in range(3):
        began = time.perf_counter()
        losses += train(size["epochs"])
        times.append((time.perf_counter() - began) / size["epochs"] / gpu_sizes.BATCHES)
    if not np.all(np.isfinite(losses)):
        raise SystemExit(f"the loss is not finite: {losses}")
    timing.report(
        f"{name} {dtype}", statistics.median(times), times=times, operations=operations(model, x[: size["batch"]])
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], "--smoke" in sys.argv)
