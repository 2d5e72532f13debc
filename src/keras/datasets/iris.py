"""Iris: 150 flowers of three kinds, with four measures each."""

from keras.datasets import _embedded

__all__ = ["load_data"]


def load_data(test_split=0.2, seed=113):
    """Measures of flowers, and of which of three kinds they are.

    The data come with scikit-learn, so nothing is downloaded.

    Args:
        test_split: the share of the rows that is for testing.
        seed: of the order of the rows.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: x (rows, 4) in centimetres, y from 0 to 2: setosa, versicolor,
        virginica.

    Raises:
        ValueError: `test_split` is no share.
        ImportError: scikit-learn is not installed.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape
    (120, 4)
    """
    return _embedded.load("iris", test_split, seed)
