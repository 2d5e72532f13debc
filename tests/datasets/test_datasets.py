"""The data sets, on small files of the same formats; values of shuffled rows are those of Keras 3.15."""

import gzip
import hashlib
import os
import pickle
import struct
import sys
import tarfile
import urllib.request

import numpy as np
import pytest

import keras
from keras import datasets

ROWS = np.fromiter(([1 + (i * j) % 9 for j in range(i + 1)] for i in range(8)), object, 8)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A Keras home folder of its own, and no network."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    keras.config.disable_interactive_logging()

    def refuse(address, timeout=None):
        raise OSError("there is no network")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    (tmp_path / "datasets").mkdir()
    yield tmp_path / "datasets"
    keras.config.enable_interactive_logging()


@pytest.fixture
def unchecked(monkeypatch):
    """Files made here have other hashes than the published ones."""
    download = sys.modules[keras.utils.get_file.__module__]
    monkeypatch.setattr(download, "_fits", lambda *args: True)


def shapes(found):
    return [(array.dtype.name, array.shape) for part in found for array in part]


# --- addresses and hashes

FILES = {
    "mnist": ("mnist.npz", {}),
    "imdb": ("imdb.npz", {"path": "imdb.npz"}),
    "reuters": ("reuters.npz", {"num_words": 10}),
    "boston_housing": ("boston_housing.npz", {}),
    "california_housing": ("california_housing.npz", {"version": "small"}),
    "fashion_mnist": ("fashion-mnist/train-labels-idx1-ubyte.gz", {}),
    "cifar10": ("cifar-10-batches-py-target_archive", {}),
    "cifar100": ("cifar-100-python-target_archive", {"label_mode": "coarse"}),
}


@pytest.mark.parametrize("name", FILES)
def test_without_a_network_the_message_names_the_file_to_put_there(name, home):
    file, arguments = FILES[name]
    with pytest.raises(OSError, match="could not be downloaded") as caught:
        getattr(datasets, name).load_data(**arguments)
    assert str(caught.value).endswith(f"Without a network, put the file there yourself: {home / file}")


def test_a_file_with_the_wrong_contents_is_not_taken(home):
    np.savez(home / "mnist.npz", x_train=ROWS)
    with pytest.raises(OSError, match=r"mnist.npz could not be downloaded"):
        datasets.mnist.load_data()


def test_a_path_may_be_absolute(home, tmp_path, unchecked):
    x = np.arange(6).reshape(2, 3)
    np.savez(tmp_path / "mine.npz", x_train=x, y_train=x[:, 0], x_test=x + 1, y_test=x[:, 1])
    (_, y_train), (x_test, _) = datasets.mnist.load_data(tmp_path / "mine.npz")
    np.testing.assert_array_equal(y_train, [0, 3])
    np.testing.assert_array_equal(x_test, x + 1)


# --- images


def test_fashion_mnist_reads_the_format_of_mnist(home):
    folder = home / "fashion-mnist"
    folder.mkdir()
    for part, count in (("train", 3), ("t10k", 2)):
        with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz", "wb") as file:
            file.write(struct.pack(">ii", 2049, count) + bytes(range(count)))
        with gzip.open(folder / f"{part}-images-idx3-ubyte.gz", "wb") as file:
            file.write(struct.pack(">iiii", 2051, count, 28, 28) + bytes([7] * 784 * count))
    (x, y), _ = found = datasets.fashion_mnist.load_data()
    assert shapes(found) == [
        ("uint8", (3, 28, 28)), ("uint8", (3,)), ("uint8", (2, 28, 28)), ("uint8", (2,)),
    ]  # fmt: skip
    assert y.tolist() == [0, 1, 2]
    assert (x == 7).all()
    with gzip.open(folder / "train-labels-idx1-ubyte.gz", "wb") as file:
        file.write(struct.pack(">ii", 2049, 5) + bytes(3))
    with pytest.raises(ValueError, match="its header does not fit its contents"):
        datasets.fashion_mnist.load_data()
    with gzip.open(folder / "train-labels-idx1-ubyte.gz", "wb") as file:
        file.write(bytes(50 << 20))
    with pytest.raises(ValueError, match="unpacks to more than 47040016 bytes"):
        datasets.fashion_mnist.load_data()


def pack(home, name, files):
    """An archive as `get_file` keeps it."""
    folder = home / name
    folder.mkdir()
    for file, content in files.items():
        with open(folder / file, "wb") as opened:
            opened.write(content)
    with tarfile.open(home / f"{name}-target_archive", "w:gz") as archive:
        archive.add(folder, name)


def python_2(images, **labels):
    """A batch pickled as NumPy of that time did it, in Python 2: text and bytes are one."""
    found = pickle.dumps({b"data": images, **{k.encode(): v for k, v in labels.items()}}, protocol=2)
    return found.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")


def test_cifar_10_has_channels_where_the_settings_want_them(home, unchecked):
    images = np.arange(2 * 3072, dtype="int64").astype("uint8").reshape(2, 3072)
    files = {f"data_batch_{i}": python_2(images, labels=[i, 9]) for i in range(1, 6)}
    pack(home, "cifar-10-batches-py", {**files, "test_batch": python_2(images, labels=[3, 4])})
    (x, y), (x_test, _) = found = datasets.cifar10.load_data()
    assert shapes(found) == [
        ("uint8", (10, 32, 32, 3)), ("uint8", (10, 1)), ("uint8", (2, 32, 32, 3)), ("uint8", (2, 1)),
    ]  # fmt: skip
    assert y[:, 0].tolist() == [1, 9, 2, 9, 3, 9, 4, 9, 5, 9]
    assert x_test[0, 0, :2].tolist() == [[0, 0, 0], [1, 1, 1]]
    assert x_test.flags.writeable
    keras.config.set_image_data_format("channels_first")
    try:
        (first, _), _ = datasets.cifar10.load_data()
    finally:
        keras.config.set_image_data_format("channels_last")
    np.testing.assert_array_equal(first.transpose(0, 2, 3, 1), x)


def test_cifar_100_has_two_sets_of_labels(home, unchecked):
    images = np.zeros((2, 3072), "uint8")
    batch = python_2(images, fine_labels=[40, 50], coarse_labels=[1, 2])
    pack(home, "cifar-100-python", {"train": batch, "test": batch})
    (_, y), _ = datasets.cifar100.load_data()
    assert (y.dtype, y.tolist()) == ("int64", [[40], [50]])
    assert datasets.cifar100.load_data("coarse")[1][1].tolist() == [[1], [2]]
    with pytest.raises(ValueError, match=r"`label_mode` must be 'fine' or 'coarse'. Got 'rough'"):
        datasets.cifar100.load_data("rough")


class Harm:
    def __reduce__(self):
        return os.mkdir, ("harm",)


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps({b"data": Harm()}),
        pickle.dumps({b"data": np.array([Harm()], object)}),
        pickle.dumps({b"data": np.zeros(3, "M8[s]")}),
        python_2(np.zeros((2, 3072), "uint8"), other=[1]),
        b"no pickle",
    ],
    ids=["call", "call in an array", "times", "no labels", "nothing"],
)
def test_a_batch_that_is_none_runs_nothing_and_is_refused(content, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "batch").write_bytes(content)
    load_batch = __import__("keras.datasets.cifar", fromlist=["load_batch"]).load_batch
    with pytest.raises(ValueError, match="is not a file of this data set"):
        load_batch(str(tmp_path / "batch"))
    assert not (tmp_path / "harm").exists()


# --- words

IMDB = [
    ({}, [[1, 4, 5], [1, 4, 7, 10, 4], [1, 4, 10, 7, 4, 10, 7, 4], [1, 4], [1, 4, 11, 9, 7, 5, 2, 10, 8], [1, 4, 6, 8],
          [1, 4, 8, 2, 7, 11], [1, 4, 9, 5, 10, 6, 11]], [1, 3, 6, 0, 7, 2, 4, 5], [40, 30, 20, 60, 10, 0, 50, 70]),
    ({"num_words": 6, "skip_top": 3, "maxlen": 5}, [[2, 4, 5], [2, 4], [2, 4, 2, 2]], [1, 0, 2], [20, 10, 0]),
    ({"num_words": 6, "oov_char": None, "start_char": None, "index_from": 0},
     [[1, 2], [1, 4, 1], [1, 4, 1, 4, 1], [1], [1, 4, 2, 5], [1, 3, 5], [1, 5, 4], [1, 2, 3]],
     [1, 3, 6, 0, 7, 2, 4, 5], [40, 30, 20, 60, 10, 0, 50, 70]),
    ({"nb_words": 8, "skip_top": 5, "oov_char": None, "start_char": None, "index_from": 4},
     [[5, 6], [5, 5], [5, 5, 5], [5], [5, 6], [5, 7], [5], [5, 6, 7]],
     [1, 3, 6, 0, 7, 2, 4, 5], [40, 30, 20, 60, 10, 0, 50, 70]),
]  # fmt: skip


def test_imdb_gives_the_rows_of_keras_3(home, unchecked):
    np.savez(home / "imdb.npz", x_train=ROWS, x_test=ROWS, y_train=np.arange(8), y_test=np.arange(8) * 10)
    for arguments, rows, labels, test_labels in IMDB:
        (x, y), (x_test, y_test) = datasets.imdb.load_data(**arguments)
        assert (list(x), y.tolist(), y_test.tolist()) == (rows, labels, test_labels)
        assert len(x_test) == len(y_test)
    with pytest.raises(ValueError, match="no row is shorter than `maxlen`, which is 1"):
        datasets.imdb.load_data(maxlen=1)
    with pytest.raises(TypeError, match="unexpected"):
        datasets.imdb.load_data(words=3)


def test_reuters_gives_the_rows_of_keras_3(home, unchecked):
    np.savez(home / "reuters.npz", x=ROWS, y=np.arange(8))
    (x, y), (x_test, y_test) = datasets.reuters.load_data()
    assert (list(x)[:2], y.tolist()) == ([[1, 4, 5], [1, 4, 7, 10, 4]], [1, 3, 6, 0, 7, 2])
    assert (list(x_test), y_test.tolist()) == ([[1, 4, 8, 2, 7, 11], [1, 4, 9, 5, 10, 6, 11]], [4, 5])
    (x, y), (x_test, y_test) = datasets.reuters.load_data(
        test_split=0.5, maxlen=6, start_char=None, index_from=0, nb_words=5
    )
    assert (list(x), y.tolist()) == ([[1, 2], [1, 4, 2, 1]], [1, 3])
    assert (list(x_test), y_test.tolist()) == ([[1], [1, 3, 2], [1, 2, 2, 4, 2]], [0, 2, 4])
    (x, _), (x_test, _) = datasets.reuters.load_data(test_split=1)
    assert (x.shape, x_test.shape) == ((0,), (8,))
    with pytest.raises(ValueError, match=r"`test_split` must be a number from 0 to 1. Got 1.5"):
        datasets.reuters.load_data(test_split=1.5)
    assert len(datasets.reuters.get_label_names()) == 46


@pytest.mark.parametrize("name", ["imdb", "reuters"])
def test_the_index_of_words_is_a_dict(name, home, unchecked):
    (home / f"{name}_word_index.json").write_text('{"film": 3, "caf\\u00e9": 9}')
    assert getattr(datasets, name).get_word_index() == {"film": 3, "café": 9}


def test_rows_that_hold_something_to_call_are_refused(home, unchecked):
    np.savez(home / "imdb.npz", x_train=np.array([Harm()], object), x_test=ROWS, y_train=ROWS, y_test=ROWS)
    with pytest.raises(ValueError, match=r"is not a file of this data set: it is broken, or holds (posix|nt)\.mkdir"):
        datasets.imdb.load_data()


# --- figures


def test_houses_are_shuffled_as_in_keras_3(home, unchecked):
    np.savez(home / "boston_housing.npz", x=np.arange(30.0).reshape(10, 3), y=np.arange(10.0))
    (x, y), (x_test, y_test) = datasets.boston_housing.load_data(test_split=0.3)
    assert (y.tolist(), y_test.tolist()) == ([9, 3, 6, 1, 0, 7, 4], [8, 2, 5])
    np.testing.assert_array_equal(x[:, 0], y * 3)
    np.testing.assert_array_equal(x_test[:, 2], y_test * 3 + 2)
    (_, y), (_, y_test) = datasets.boston_housing.load_data(test_split=0.25, seed=3)
    assert (y.tolist(), y_test.tolist()) == ([5, 4, 1, 2, 9, 6, 7], [0, 3, 8])
    with pytest.raises(ValueError, match=r"`test_split` must be a number from 0, and below 1. Got 2"):
        datasets.boston_housing.load_data(test_split=2)


def test_the_small_version_of_california_is_its_first_600_rows(home, unchecked):
    np.savez(home / "california_housing.npz", x=np.zeros((20640, 8)), y=np.arange(20640.0))
    (x, y), (x_test, y_test) = datasets.california_housing.load_data()
    assert (x.shape, x_test.shape, y[:4].tolist()) == ((16512, 8), (4128, 8), [4380, 8381, 15859, 10108])
    (_, y), (_, y_test) = datasets.california_housing.load_data("small")
    assert (y[:4].tolist(), y_test[:4].tolist()) == ([568, 505, 59, 71], [163, 161, 301, 538])
    assert sorted([*y, *y_test]) == list(range(600))
    with pytest.raises(ValueError, match=r"`version` must be 'large' or 'small'. Got 's'"):
        datasets.california_housing.load_data("s")


EMBEDDED = {"digits": (1797, 8, 8), "iris": (150, 4), "wine": (178, 13), "breast_cancer": (569, 30),
            "diabetes": (442, 10)}  # fmt: skip


@pytest.mark.parametrize("name", EMBEDDED)
def test_embedded_data_need_no_network(name):
    pytest.importorskip("sklearn")
    load_data = getattr(datasets, name).load_data
    (x, y), (x_test, y_test) = load_data(test_split=0.5)
    assert (len(x) + len(x_test), *x.shape[1:]) == EMBEDDED[name]
    assert (len(x), len(x_test)) == (len(y), len(y_test))
    again = load_data(test_split=0.5)[0][0]
    assert hashlib.sha256(again.tobytes()).digest() == hashlib.sha256(x.tobytes()).digest()
    assert not np.array_equal(load_data(test_split=0.5, seed=1)[0][0], x)
