"""Writes whole models with Keras 3, or reads those that this package wrote, and compares predictions.

Run it with the Python of an environment that holds Keras 3.15.1 on JAX:
    KERAS_BACKEND=jax python tools/golden/keras3_files.py write            into tests/golden/files
    KERAS_BACKEND=jax python tools/golden/keras3_files.py read FOLDER      FOLDER holds NAME.keras, NAME.npz, ...
"""

import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests"))

import keras
from golden import file_models

FOLDER = pathlib.Path(file_models.__file__).parent / "files"


def write(folder=FOLDER):
    """Every model in both formats, with what it predicts."""
    folder.mkdir(exist_ok=True)
    for name, build in file_models.MODELS.items():
        keras.utils.set_random_seed(5)
        model = build()
        np.savez_compressed(folder / f"{name}.npz", *file_models.predictions(model))
        for ending in (".keras", ".h5"):
            if ending == ".h5" and name in ("net", "operations"):  # no such files: it has no graph; Keras reads it not
                continue
            model.save(folder / f"{name}{ending}")


def read(folder):
    """Opens what lies in a folder; prints and counts what differs."""
    wrong = 0
    for path in sorted(pathlib.Path(folder).iterdir()):
        if path.suffix not in (".keras", ".h5"):
            continue
        try:
            model = keras.models.load_model(path)
            expected = np.load(path.with_suffix(".npz"))
            for key, found in zip(expected.files, file_models.predictions(model)):
                np.testing.assert_allclose(found, expected[key], rtol=1e-4, atol=1e-5)
            print("equal", path.name)
        except Exception as error:
            wrong += 1
            print("WRONG", path.name, type(error).__name__, str(error)[:500])
    return wrong


if __name__ == "__main__":
    if sys.argv[1:2] == ["read"]:
        sys.exit(1 if read(sys.argv[2]) else 0)
    write(*map(pathlib.Path, sys.argv[2:3]))
