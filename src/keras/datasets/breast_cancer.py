"""Breast cancer: 569 tumours, with 30 measures each."""

from keras.datasets import _embedded

__all__ = ["load_data"]


def load_data(test_split=0.2, seed=113):
    """Measures of tumours, and whether they are benign.

    The data come with scikit-learn, so nothing is downloaded.

    Args:
        test_split: the share of the rows that is for testing.
        seed: of the order of the rows.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: x (rows, 30), y: 0 for malignant, 1 for benign.

    Raises:
        ValueError: `test_split` is no share.
        ImportError: scikit-learn is not installed.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape
    (455, 30)
    """
    return _embedded.load("breast_cancer", test_split, seed)
