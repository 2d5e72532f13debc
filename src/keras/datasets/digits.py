"""Digits: 1,797 handwritten digits, 8 x 8 pixels each."""

from keras.datasets import _embedded

__all__ = ["load_data"]


def load_data(test_split=0.2, seed=113):
    """Handwritten digits, small enough for examples that run anywhere.

    The data come with scikit-learn, so nothing is downloaded.

    Args:
        test_split: the share of the rows that is for testing.
        seed: of the order of the rows.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: images (rows, 8, 8), float64 from 0 to 16, and the digits they show.

    Raises:
        ValueError: `test_split` is no share.
        ImportError: scikit-learn is not installed.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape
    (1437, 8, 8)
    """
    return _embedded.load("digits", test_split, seed)
