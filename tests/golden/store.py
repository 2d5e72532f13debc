"""Values from earlier releases on disk: one JSON index and one .npz with all its arrays.

The arrays of one dtype lie behind each other in one flat buffer, and the index says where each begins, so that
thousands of small arrays cost hardly more than their bytes. Runs on Python 3.6 and later, because the programs that
ask the oldest releases write through it too.
"""

import json
import math
import os

import numpy as np

FOLDER = os.path.dirname(os.path.abspath(__file__))
ARRAY = "$array"


class Writer:
    """Collects cases and writes `NAME.json` and `NAME.npz`.

    Args:
        name: what the two files are called.
        made_by: the releases that gave the values, as `{"keras": "3.15.0", ...}`.
        folder: where the files go.
    """

    def __init__(self, name, made_by, folder=FOLDER):
        self.name = name
        self.folder = folder
        self.index = {"made_by": made_by, "cases": []}
        self.buffers = {}
        self.lengths = {}
        self.known = {}

    def add(self, case):
        self.index["cases"].append(self._pack(case))

    def save(self):
        path = os.path.join(self.folder, self.name)
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in self.index["cases"])
        with open(path + ".json", "w") as file:
            file.write(f'{{"made_by": {json.dumps(self.index["made_by"])},\n"cases": [\n{lines}\n]}}\n')
        flat = {dtype: np.concatenate(parts) for dtype, parts in self.buffers.items()}
        np.savez_compressed(path + ".npz", **flat)
        size = os.path.getsize(path + ".json") + os.path.getsize(path + ".npz")
        print(f"{self.name}: {len(self.index['cases'])} cases, {size // 1000} kB")

    def _pack(self, value):
        if isinstance(value, dict):
            return {key: self._pack(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._pack(item) for item in value]
        if isinstance(value, np.ndarray):
            return {ARRAY: self._place(value)}
        if isinstance(value, np.generic):
            return value.item()
        return value

    def _place(self, array):
        dtype = array.dtype.name
        key = (dtype, array.shape, array.tobytes())
        if key not in self.known:
            start = self.lengths.get(dtype, 0)
            self.buffers.setdefault(dtype, []).append(array.reshape(-1))
            self.lengths[dtype] = start + array.size
            self.known[key] = [dtype, start, list(array.shape)]
        return self.known[key]


def read(name):
    """The cases of one file, with their arrays in place.

    Args:
        name: the name that `Writer` was given.
    """
    path = os.path.join(FOLDER, name)
    with open(path + ".json") as file:
        index = json.load(file)
    with np.load(path + ".npz") as archive:
        flat = {dtype: archive[dtype] for dtype in archive.files}

    def unpack(value):
        if isinstance(value, list):
            return [unpack(item) for item in value]
        if not isinstance(value, dict):
            return value
        if ARRAY in value:
            dtype, start, shape = value[ARRAY]
            return flat[dtype][start : start + math.prod(shape)].reshape(shape).copy()
        return {key: unpack(item) for key, item in value.items()}

    return unpack(index["cases"])


def cotangent(shape):
    """The fixed numbers that outputs are multiplied with before they are summed and differentiated."""
    size = int(np.prod(shape))
    return (((np.arange(size) * 7) % 11 - 5) / 4.0).reshape(shape).astype("float32")


def name_of(case):
    return case["name"]
