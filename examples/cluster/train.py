"""The program that the other files in this folder start on every machine: that for one machine, and one line more.

python train.py --alone
"""

import argparse

import numpy as np

import keras

ROWS, FEATURES, CLASSES = 4096, 32, 4


def data():
    """Made up, the same in every process. `fit` takes a generator or a `keras.utils.PyDataset` in its place."""
    random = np.random.default_rng(0)
    labels = random.integers(CLASSES, size=ROWS)
    centres = random.normal(size=(CLASSES, FEATURES))
    return (centres[labels] + random.normal(size=(ROWS, FEATURES))).astype("float32"), labels


def main(folder=None, epochs=5, alone=False):
    """Trains, and returns the losses.

    Args:
        folder: where all machines can read and write: a job that was interrupted goes on from there.
        epochs: how many.
        alone: whether this is the only process.
    """
    if not alone:
        keras.distribution.initialize()  # before anything is computed
    keras.distribution.set_distribution(keras.distribution.DataParallel())
    keras.utils.set_random_seed(7)
    model = keras.Sequential(
        [keras.Input((FEATURES,)), keras.layers.Dense(64, activation="relu"), keras.layers.Dense(CLASSES, "softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    # 128 rows per step in all, however many machines there are
    history = model.fit(*data(), batch_size=128, epochs=epochs, verbose=2, resume=folder)
    return history.history["loss"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", help="for what an interrupted job goes on from")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--alone", action="store_true", help="on one machine, without a cluster")
    losses = main(**vars(parser.parse_args()))
    print(f"the loss fell from {losses[0]:.4f} to {losses[-1]:.4f}")
