"""A checkpoint of Keras 3.15 in the format of Orbax, with what its model returned: `PYTHON keras3_orbax.py FOLDER`.

PYTHON is the interpreter of an environment with Keras 3.15.1 on JAX and orbax-checkpoint 0.12.8. Made are `orbax.zip`,
the folder of `OrbaxCheckpoint` after two epochs, and `orbax.npz`: inputs x, targets y, outputs (out), and outputs after
one further step (after).
"""

import os
import shutil
import sys
import tempfile

import numpy as np

import keras


@keras.saving.register_keras_serializable("golden_orbax")
class Noted(keras.layers.Layer):
    """Keeps a text in a file of its own."""

    def __init__(self, text="", name="noted", **kwargs):
        super().__init__(name=name, **kwargs)
        self.text = text

    def call(self, x):
        """The input."""
        return x

    def save_assets(self, folder):
        """Writes the text."""
        with open(os.path.join(folder, "notes.txt"), "w") as file:
            file.write(self.text * 2)

    def load_assets(self, folder):
        """Reads the text."""
        with open(os.path.join(folder, "notes.txt")) as file:
            self.text = file.read()


def main(folder):
    """Writes both files."""
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(3, use_bias=False, name="first"), Noted("word "), keras.layers.BatchNormalization()]
    layers += [keras.layers.Dropout(0.0), keras.layers.Dense(1, name="last")]
    model = keras.Sequential([keras.Input((2,)), *layers], name="m")
    model.compile(keras.optimizers.Adam(0.1), "mse", metrics=["mae"])
    x = np.random.default_rng(0).random((8, 2)).astype("float32")
    y = x.sum(axis=1, keepdims=True)
    with tempfile.TemporaryDirectory() as root:
        callback = keras.callbacks.OrbaxCheckpoint(root, save_on_background=False)
        model.fit(x, y, epochs=2, batch_size=8, verbose=0, callbacks=[callback])
        shutil.make_archive(f"{folder}/orbax", "zip", root)
    out = model(x)
    model.train_on_batch(x, y)
    np.savez(f"{folder}/orbax.npz", x=x, y=y, out=out, after=model(x))


if __name__ == "__main__":
    main(sys.argv[1])
