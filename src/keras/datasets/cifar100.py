"""CIFAR-100: 60,000 colour images in a hundred classes, 32 x 32 pixels each."""

import os

from keras.datasets import _cifar
from keras.utils import get_file

__all__ = ["load_data"]


def load_data(label_mode="fine"):
    """The images of CIFAR-100.

    Args:
        label_mode: 'fine' for the hundred classes, 'coarse' for the twenty groups that they form.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: images (50000, 32, 32, 3) and (10000, 32, 32, 3), uint8 from 0 to 255
        (channels in front where `keras.config.image_data_format()` says so), and labels (rows, 1), int64.

    Raises:
        ValueError: there is no such mode.
        OSError: the file is not there and could not be downloaded; the message says where to put it.

    >>> (x_train, y_train), (x_test, y_test) = load_data("coarse")  # doctest: +SKIP
    """
    if label_mode not in ("fine", "coarse"):
        raise ValueError(f"cifar100.load_data: `label_mode` must be 'fine' or 'coarse'. Got {label_mode!r}.")
    folder = get_file(
        "cifar-100-python-target",
        "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
        extract=True,
        file_hash="85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
    )
    parts = []
    for name in ("train", "test"):
        x, y = _cifar.load_batch(os.path.join(folder, "cifar-100-python", name), f"{label_mode}_labels")
        parts.append((_cifar.in_order(x), _cifar.column(y, "int64")))
    return parts[0], parts[1]
