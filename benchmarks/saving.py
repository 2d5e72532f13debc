"""How long a large model takes to be written and read, beside the same bytes through plain h5py.

    python benchmarks/saving.py                    1 GB, `.keras`, `.weights.h5` and `.h5`
    python benchmarks/saving.py --megabytes 300 --rounds 3

Each round writes and reads with both, in turns; shown are medians and how many times as long as h5py it took. Files
are flushed to the disk by both. Run it on an idle machine, in a folder with room for twice the size.
"""

import argparse
import gc
import os
import statistics
import tempfile
import time

import h5py
import numpy as np

import keras


def model_of(megabytes, layers=8):
    """Dense layers of that size together."""
    units = round((megabytes * 2**20 / 4 / layers) ** 0.5)
    model = keras.Sequential([keras.Input((units,)), *(keras.layers.Dense(units) for _ in range(layers))])
    model.set_weights([np.random.default_rng(i).random(w.shape, "float32") for i, w in enumerate(model.weights)])
    return model


def write_plain(path, arrays):
    """The arrays in a file of h5py, on the disk."""
    with h5py.File(path, "w") as file:
        for i, array in enumerate(arrays):
            file.create_dataset(str(i), data=array)
    with open(path, "rb") as file:
        os.fsync(file.fileno())


def read_plain(path):
    """All arrays of a file."""
    with h5py.File(path, "r") as file:
        return [file[name][()] for name in file]


def timed(function, *arguments):
    """Seconds of one call."""
    gc.collect()  # the model of the round before; its memory is the next one's
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def main():
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    model = model_of(options.megabytes)
    arrays = model.get_weights()
    work = {
        "h5py": (lambda path: write_plain(path, arrays), read_plain),
        ".keras": (model.save, keras.models.load_model),
        ".weights.h5": (model.save_weights, model.load_weights),
        ".h5": (model.save, keras.models.load_model),
    }
    times = {(name, step): [] for name in work for step in ("write", "read")}
    with tempfile.TemporaryDirectory(dir=".") as folder:
        for _ in range(options.rounds):
            for name, (write, read) in work.items():
                path = os.path.join(folder, f"model{name}" if name != "h5py" else "plain")
                times[name, "write"].append(timed(write, path))
                times[name, "read"].append(timed(read, path))
                os.unlink(path)
    for (name, step), found in times.items():
        middle = statistics.median(found)
        print(f"{name:12} {step:6} {middle:7.2f} s   {middle / statistics.median(times['h5py', step]):5.2f}")


if __name__ == "__main__":
    main()
