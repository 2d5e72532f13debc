"""Wine: 178 wines from three growers, with 13 measures each."""

from keras.datasets import _embedded

__all__ = ["load_data"]


def load_data(test_split=0.2, seed=113):
    """Chemical measures of wines, and which of three growers they are from.

    The data come with scikit-learn, so nothing is downloaded.

    Args:
        test_split: the share of the rows that is for testing.
        seed: of the order of the rows.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: x (rows, 13), y from 0 to 2.

    Raises:
        ValueError: `test_split` is no share.
        ImportError: scikit-learn is not installed.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape
    (142, 13)
    """
    return _embedded.load("wine", test_split, seed)
