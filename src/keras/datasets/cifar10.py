"""CIFAR-10: 60,000 colour images in ten classes, 32 x 32 pixels each."""

import os

import numpy as np

from keras.datasets import _cifar
from keras.utils import get_file

__all__ = ["load_data"]


def load_data():
    """The images of CIFAR-10.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: images (50000, 32, 32, 3) and (10000, 32, 32, 3), uint8 from 0 to 255
        (channels in front where `keras.config.image_data_format()` says so), and labels (rows, 1), uint8 from 0 to
        9: aeroplane, car, bird, cat, deer, dog, frog, horse, ship, lorry.

    Raises:
        OSError: the file is not there and could not be downloaded; the message says where to put it.

    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    """
    folder = get_file(
        "cifar-10-batches-py-target",
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
        extract=True,
        file_hash="6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
    )
    folder = os.path.join(folder, "cifar-10-batches-py")
    batches = [_cifar.load_batch(os.path.join(folder, f"data_batch_{i}")) for i in range(1, 6)]
    x_train = np.concatenate([x for x, _ in batches])
    y_train = [label for _, labels in batches for label in labels]
    x_test, y_test = _cifar.load_batch(os.path.join(folder, "test_batch"))
    train = _cifar.in_order(x_train), _cifar.column(y_train, "uint8")
    return train, (_cifar.in_order(x_test), _cifar.column(y_test, "uint8"))
