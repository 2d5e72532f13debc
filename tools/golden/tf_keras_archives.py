"""A `.keras` archive of tf_keras with what the model in it returned: `PYTHON tf_keras_archives.py FOLDER`.

PYTHON is the interpreter of an environment with tf_keras on TensorFlow 2.21. Made are `archive.keras`, which is kept
with gzip, and `archive.npz`: inputs x, targets y0 and y1, and of outputs `a` and `b` in this order what they were
(out), what `evaluate` returned (ev), the loss of one further step (st), and the outputs after it (after).
"""

import sys

import numpy as np
import tf_keras as keras
from tf_keras import layers


def made():
    """Layers that are shared, frozen and nested; a schedule, losses and metrics for each output."""
    x = keras.Input((4,), name="x")
    frozen, shared = layers.Dense(3, trainable=False, name="fz"), layers.Dense(3, activation="swish", name="sh")
    h = layers.LayerNormalization(name="ln")(shared(frozen(x)))
    h = layers.BatchNormalization(name="bn")(shared(h))
    decayed = layers.Dense(2, "elu", kernel_regularizer=keras.regularizers.L1L2(0.01, 0.02), name="id")
    deep = keras.Sequential([keras.Input((2,)), layers.PReLU(name="pr")], name="dd")
    inner = keras.Sequential([keras.Input((3,)), decayed, deep], name="inn")
    a = layers.Dense(1, activation="sigmoid", name="a")(inner(h))
    b = layers.Dense(2, activation="softmax", name="b")(h)
    model = keras.Model(x, {"a": a, "b": b})
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    of_b = [keras.metrics.CategoricalAccuracy(name="ca"), keras.metrics.Precision(class_id=1, name="p")]
    metrics = {"a": keras.metrics.AUC(num_thresholds=10, name="auc"), "b": of_b}
    loss = {"a": keras.losses.BinaryCrossentropy(label_smoothing=0.1), "b": "categorical_crossentropy"}
    optimizer = keras.optimizers.Adam(rate, clipnorm=1.0, amsgrad=True)
    model.compile(optimizer, loss, loss_weights={"a": 1.0, "b": 0.3}, metrics=metrics)
    return model


def main(folder):
    """Writes both files."""
    keras.utils.set_random_seed(1)
    model = made()
    x = np.random.default_rng(0).random((2, 4)).astype("float32")
    y = {"a": np.array([[0.0], [1.0]]), "b": np.eye(2)}
    for _ in range(2):
        model.train_on_batch(x, y)
    model.save(f"{folder}/archive.keras")
    found = {f"out{i}": model(x)[name] for i, name in enumerate("ab")}
    found["ev"] = np.ravel(model.evaluate(x, y, verbose=0))
    found["st"] = np.ravel(model.train_on_batch(x, y))[:1]
    found |= {f"after{i}": model(x)[name] for i, name in enumerate("ab")}
    np.savez(f"{folder}/archive.npz", x=x, y0=y["a"], y1=y["b"], **found)


if __name__ == "__main__":
    main(sys.argv[1])
