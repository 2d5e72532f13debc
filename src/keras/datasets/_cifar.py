"""Files of the CIFAR data sets."""

import numpy as np

from keras import config
from keras.datasets import _pickled


def load_batch(fpath, label_key="labels"):
    """Images (rows, 3, 32, 32) and labels, a list, from one of the files."""
    with open(fpath, "rb") as file:
        found = _pickled.load(file, fpath)
    key = label_key.encode("utf-8")
    if not isinstance(found, dict) or b"data" not in found or key not in found:
        raise ValueError(f"{fpath} is not a file of this data set: it holds no {label_key!r} or no 'data'.")
    return found[b"data"].reshape(-1, 3, 32, 32), found[key]


def in_order(images):
    """Images with their channels where the settings want them."""
    return images.transpose(0, 2, 3, 1) if config.image_data_format() == "channels_last" else images


def column(labels, dtype):
    """Labels below each other."""
    return np.array(labels, dtype).reshape(-1, 1)
