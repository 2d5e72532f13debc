"""Prices of houses in Boston, 1978: 506 districts with 13 figures each.

One of the figures is computed from the share of black inhabitants, on an assumption about prices that nobody should
make. It is kept for programs that compare with older results; for all else take `california_housing`.
"""

from keras.datasets import _files

__all__ = ["load_data"]


def load_data(path="boston_housing.npz", test_split=0.2, seed=113):
    """Figures of districts and the median price of their houses, in thousands of dollars.

    Args:
        path: where the file is kept, below the folder `datasets` of the Keras home folder, or an absolute path.
        test_split: the share of the rows that is for testing.
        seed: of the order of the rows.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: x (rows, 13), y (rows,), float64.

    Raises:
        ValueError: `test_split` is no share.
        OSError: the file is not there and could not be downloaded; the message says where to put it.

    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    """
    _files.check_share(test_split, "boston_housing.load_data")
    file = _files.fetch(path, "boston_housing.npz", "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5")
    return _files.split(*_files.shuffled(*_files.arrays(file, "x", "y"), seed), test_split)
