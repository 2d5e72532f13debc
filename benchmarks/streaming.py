"""An epoch over data that is streamed, against the same epoch over arrays in memory.

    python benchmarks/streaming.py [--megabytes 400] [--rounds 3]

makes a file of that size in the temporary folder and trains one model on it in several ways, in turns. It prints the
median seconds of an epoch, and their ratio to the epoch in memory: at most 1.10 where the source keeps up. Below 256
megabytes files are read as a whole before training, so the first two ways then stream nothing.
"""

import argparse
import os
import statistics
import tempfile
import time

import h5py
import numpy as np

import keras

COLUMNS, CLASSES, BATCH = 1024, 10, 128


class Parts(keras.utils.PyDataset):
    """Batches cut out of a memory map by two threads."""

    def __init__(self, x, y):
        super().__init__(workers=2, max_queue_size=8)
        self.x, self.y = x, y

    def __len__(self):
        return len(self.y) // BATCH

    def __getitem__(self, i):
        part = slice(i * BATCH, (i + 1) * BATCH)
        return np.array(self.x[part]), self.y[part]


def model_of():
    keras.utils.set_random_seed(0)
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((COLUMNS,)), layers.Dense(512, "relu"), layers.Dense(512, "relu"), layers.Dense(CLASSES)]
    )
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def written(folder, rows):
    """The paths of one set of rows as a NumPy file and as an HDF5 file, and its labels."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, CLASSES, rows).astype("int32")
    plain, hdf5 = os.path.join(folder, "x.npy"), os.path.join(folder, "x.h5")
    x = np.lib.format.open_memmap(plain, "w+", "float32", (rows, COLUMNS))
    with h5py.File(hdf5, "w") as file:
        stored = file.create_dataset("x", (rows, COLUMNS), "float32")
        for start in range(0, rows, 4096):
            part = labels[start : start + 4096]
            x[start : start + 4096] = rng.normal(size=(len(part), COLUMNS)) + part[:, None] * 0.01
            stored[start : start + 4096] = x[start : start + 4096]
    x.flush()
    return plain, hdf5, labels


def ways(plain, hdf5, labels):
    """Name -> what `fit` is given; the first is the epoch in memory."""
    mapped = np.load(plain, mmap_mode="r")

    def generator():
        for i in range(len(labels) // BATCH):
            part = slice(i * BATCH, (i + 1) * BATCH)
            yield np.array(mapped[part]), labels[part]

    return {
        "in memory": lambda: {"x": np.array(mapped), "y": labels, "batch_size": BATCH},
        "memory map": lambda: {"x": mapped, "y": labels, "batch_size": BATCH},
        "HDF5": lambda: {"x": h5py.File(hdf5, "r")["x"], "y": labels, "batch_size": BATCH},
        "PyDataset, two threads": lambda: {"x": Parts(mapped, labels)},
        "generator": lambda: {"x": generator()},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--megabytes", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    rows = max(given.megabytes * 2**20 // (COLUMNS * 4) // BATCH, 1) * BATCH
    with tempfile.TemporaryDirectory() as folder:
        model = model_of()
        files = written(folder, rows)
        seconds = {}
        for number in range(given.rounds + 1):
            for name, make in ways(*files).items():
                arguments = make()
                start = time.perf_counter()
                model.fit(**arguments, shuffle=False, epochs=1, verbose=0)
                if number:  # the first round compiles, and fills the disk's cache
                    seconds.setdefault(name, []).append(time.perf_counter() - start)
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    for name, median in medians.items():
        print(f"{name:24} {median:8.3f} s   {median / medians['in memory']:.2f}")


if __name__ == "__main__":
    main()
