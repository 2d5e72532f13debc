"""Sizes and data of the larger workloads of gpu.py, the same for every peer."""

import numpy as np

CLASSES, VOCABULARY = 100, 8192
BATCHES = 3  # per epoch: few enough that all data stay on the chip

SIZES = {  # by whether it is the smoke run
    False: {
        "resnet50": {"batch": 128, "pixels": 224, "stages": 4, "epochs": 10},
        "transformer": {"batch": 32, "steps": 512, "units": 768, "heads": 12, "layers": 12, "epochs": 10},
        "lstms": {"batch": 128, "steps": 256, "features": 256, "units": 1024, "layers": 2, "epochs": 10},
    },
    True: {
        "resnet50": {"batch": 2, "pixels": 32, "stages": 1, "epochs": 1},
        "transformer": {"batch": 2, "steps": 8, "units": 16, "heads": 2, "layers": 1, "epochs": 1},
        "lstms": {"batch": 2, "steps": 4, "features": 4, "units": 8, "layers": 2, "epochs": 1},
    },
}


def images(size):
    """Noise and labels."""
    return _noise(size, (size["pixels"], size["pixels"], 3))


def sequences(size):
    """Noise and labels."""
    return _noise(size, (size["steps"], size["features"]))


def tokens(size):
    """Token numbers and labels."""
    random = np.random.default_rng(0)
    rows = BATCHES * size["batch"]
    return random.integers(VOCABULARY, size=(rows, size["steps"]), dtype="int32"), _labels(random, rows)


def _noise(size, shape):
    random = np.random.default_rng(0)
    rows = BATCHES * size["batch"]
    return random.standard_normal((rows, *shape), dtype="float32"), _labels(random, rows)


def _labels(random, rows):
    return random.integers(CLASSES, size=rows, dtype="int32")
