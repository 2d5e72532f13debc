"""Writes weights files with Keras 3, and what the models predict with them.

Run it with the Python of an environment that holds Keras 3.15.1 on JAX:
    KERAS_BACKEND=jax python tools/golden/keras3_weights.py
"""

import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests"))

import keras
from golden import weight_models

FOLDER = pathlib.Path(weight_models.__file__).parent / "weights"

for name, build in weight_models.MODELS.items():
    keras.utils.set_random_seed(5)
    model = build()
    weight_models.train(name, model)
    model.save_weights(FOLDER / f"{name}.weights.h5")
    np.save(FOLDER / f"{name}.npy", np.asarray(model(weight_models.inputs_of(model)), "float32"))
