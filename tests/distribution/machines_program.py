"""What runs on each machine of `test_machines`: arguments are the folder and "train" or "cut"."""

import sys
from pathlib import Path

import numpy as np

import keras

folder, task = Path(sys.argv[1]), sys.argv[2]
keras.distribution.initialize(patience=10 if task == "cut" else 200)


class Cuts(keras.callbacks.Callback):
    """Asks for the link to break after the first epoch."""

    def on_epoch_end(self, epoch, logs=None):
        """Once."""
        if task == "cut":
            (folder / "cut").touch()


x = np.array([[1.0], [2.0], [3.0], [4.0]])
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
model.compile(keras.optimizers.SGD(0.1 if task == "train" else 0.0), "mse")
epochs = 1 if task == "train" else 1_000_000
history = model.fit(x, 2 * x, epochs=epochs, verbose=0, distribution="auto", callbacks=[Cuts()]).history
print("found", len(keras.distribution.list_devices()), np.round(model.get_weights()[0], 4).tolist())
