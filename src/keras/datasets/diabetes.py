"""Diabetes: 442 patients, with ten figures each."""

from keras.datasets import _embedded

__all__ = ["load_data"]


def load_data(test_split=0.2, seed=113):
    """Figures of patients, and how far their disease has gone a year later.

    The data come with scikit-learn, so nothing is downloaded.

    Args:
        test_split: the share of the rows that is for testing.
        seed: of the order of the rows.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: x (rows, 10), scaled; y from 25 to 346.

    Raises:
        ValueError: `test_split` is no share.
        ImportError: scikit-learn is not installed.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape
    (353, 10)
    """
    return _embedded.load("diabetes", test_split, seed)
