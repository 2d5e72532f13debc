"""MNIST: 70,000 handwritten digits, 28 x 28 pixels each."""

from keras.datasets import _files

__all__ = ["load_data"]


def load_data(path="mnist.npz"):
    """The digits of MNIST.

    Args:
        path: where the file is kept, below the folder `datasets` of the Keras home folder, or an absolute path.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: images (60000, 28, 28) and (10000, 28, 28), uint8 from 0 to 255, and
        the digits they show, uint8.

    Raises:
        OSError: the file is not there and could not be downloaded; the message says where to put it.

    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    """
    file = _files.fetch(path, "mnist.npz", "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1")
    x_train, y_train, x_test, y_test = _files.arrays(file, "x_train", "y_train", "x_test", "y_test")
    return (x_train, y_train), (x_test, y_test)
