"""What each process of `test_orbax_processes` runs: arguments are the folder and what to do."""

import json
import os
import sys

import numpy as np

import keras
from keras import distribution

folder, task = sys.argv[1:]
X = np.random.default_rng(0).normal(size=(16, 6)).astype("float32")
Y = (X[:, :1] > 0).astype("float32")

if os.environ["KERAS_DISTRIBUTION_NUM_PROCESSES"] != "1":
    distribution.initialize(patience=200)  # machines under test stand still at times
divides = task != "whole"
distribution.set_distribution(distribution.DataParallel(shard_weights=True) if divides else None)
keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1, "sigmoid")])
model.compile(keras.optimizers.Adam(0.1), "binary_crossentropy")
checkpoint = keras.callbacks.OrbaxCheckpoint(os.path.join(folder, "checkpoints"), max_to_keep=None)
first = 1
if task == "begin":
    model.fit(X, Y, batch_size=8, epochs=1, shuffle=False, verbose=0, callbacks=[checkpoint])
else:
    model.set_weights([0 * w for w in model.get_weights()])
    first = checkpoint.restore(model) + 1
history = model.fit(X, Y, batch_size=8, initial_epoch=first, epochs=3, shuffle=False, verbose=0).history["loss"]
weights = [np.ravel(w).astype(float).tolist() for w in model.get_weights()]
spec = str(getattr(model.weights[0].value.sharding, "spec", None))
number = keras._core.processes.number()
found = {"first": first, "losses": history[-2:], "weights": weights, "spec": spec}
with open(os.path.join(folder, f"{task}-{number}.json"), "w") as file:
    json.dump(found, file)
