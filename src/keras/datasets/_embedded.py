"""Real data that come with scikit-learn: no network is needed."""

from keras.datasets import _files


def load(name, test_split, seed):
    """x, y of one of scikit-learn's own data sets, shuffled and split."""
    _files.check_share(test_split, f"{name}.load_data")
    try:
        from sklearn import datasets  # optional
    except ImportError:
        raise ImportError(f"keras.datasets.{name} needs scikit-learn: pip install kerata[sklearn]") from None
    found = getattr(datasets, f"load_{name}")()
    x = found.images if name == "digits" else found.data
    return _files.split(*_files.shuffled(x, found.target, seed), test_split)
