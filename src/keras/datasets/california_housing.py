"""Prices of houses in California, 1990: 20,640 districts with 8 figures each."""

from keras.datasets import _files

__all__ = ["load_data"]

SMALL = 600  # rows of the small version


def load_data(version="large", path="california_housing.npz", test_split=0.2, seed=113):
    """Figures of districts and the median price of their houses, in dollars.

    The figures: longitude, latitude, median age of the houses, rooms, bedrooms, inhabitants, households, and median
    income in tens of thousands of dollars.

    Args:
        version: 'large' for all rows, 'small' for the first 600, which are around San Francisco.
        path: where the file is kept, below the folder `datasets` of the Keras home folder, or an absolute path.
        test_split: the share of the rows that is for testing.
        seed: of the order of the rows.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: x (rows, 8), y (rows,).

    Raises:
        ValueError: there is no such version, or `test_split` is no share.
        OSError: the file is not there and could not be downloaded; the message says where to put it.

    >>> (x_train, y_train), (x_test, y_test) = load_data("small")  # doctest: +SKIP
    """
    _files.check_share(test_split, "california_housing.load_data")
    if version not in ("large", "small"):
        raise ValueError(f"california_housing.load_data: `version` must be 'large' or 'small'. Got {version!r}.")
    file = _files.fetch(
        path, "california_housing.npz", "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"
    )
    x, y = _files.arrays(file, "x", "y")
    if version == "small":
        x, y = x[:SMALL], y[:SMALL]
    return _files.split(*_files.shuffled(x, y, seed), test_split)
