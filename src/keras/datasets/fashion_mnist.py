"""Fashion-MNIST: 70,000 pieces of clothing in ten classes, 28 x 28 pixels each."""

import gzip
import struct

import numpy as np

from keras.datasets import _files

__all__ = ["load_data"]

LARGEST = 16 + 60000 * 28 * 28  # bytes of the images for training


def load_data():
    """The images of Fashion-MNIST, in the format of MNIST.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: images (60000, 28, 28) and (10000, 28, 28), uint8 from 0 to 255, and
        labels from 0 to 9: T-shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot.

    Raises:
        OSError: a file is not there and could not be downloaded; the message says where to put it.

    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    """
    parts = []
    for name in ("train", "t10k"):
        y, x = _numbers(f"{name}-labels-idx1-ubyte.gz", 1), _numbers(f"{name}-images-idx3-ubyte.gz", 3)
        parts.append((x, y))
    return parts[0], parts[1]


def _numbers(name, axes):
    """An array from a file in the IDX format: two zeros, 8 for bytes, the number of axes, their sizes, the bytes."""
    path = _files.fetch(name, name, None, "fashion-mnist")
    try:
        with gzip.open(path) as file:
            content = file.read(LARGEST + 1)
        first, *sizes = struct.unpack_from(f">{1 + axes}I", content)
    except (OSError, EOFError, struct.error) as error:
        raise ValueError(f"{path} is not a file of this data set: {error}.") from error
    if len(content) > LARGEST:
        raise ValueError(f"{path} is not a file of this data set: it unpacks to more than {LARGEST} bytes.")
    start = 4 * (1 + axes)
    if first != 0x800 + axes or len(content) - start != int(np.prod(sizes)):
        raise ValueError(f"{path} is not a file of this data set: its header does not fit its contents.")
    return np.frombuffer(content, np.uint8, offset=start).reshape(sizes)
