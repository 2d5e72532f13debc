"""Where the files of the data sets are, and how arrays are read from them."""

import os
import zipfile

import numpy as np
from numpy.lib import format as npy

from keras.datasets import _pickled
from keras.utils import get_file

ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


def fetch(path, origin, file_hash, subfolder=""):
    """The file, downloaded when it is not there yet.

    Args:
        path: its name in the folder of data sets, or a path: below that folder, or absolute.
        origin: its name at the usual address.
        file_hash: what its contents must have.
        subfolder: of the folder of data sets.
    """
    folder, name = os.path.split(os.path.expanduser(os.fspath(path)))
    return get_file(
        name, ADDRESS + origin, file_hash=file_hash, cache_subdir=os.path.join("datasets", subfolder, folder)
    )


def arrays(path, *names):
    """The arrays of these names in an .npz file. Such with lists as their elements are read without unpickling."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [_array(archive, f"{name}.npy", path) for name in names]
    except (zipfile.BadZipFile, KeyError) as error:
        raise ValueError(f"{path} is not a file of this data set: {error}.") from error


def _array(archive, member, path):
    with archive.open(member) as file:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        _, _, dtype = read(file)
        if dtype.hasobject:
            found = _pickled.load(file, path)
            if not isinstance(found, np.ndarray):
                raise ValueError(f"{path} is not a file of this data set: {member} holds no array.")
            return found
    with archive.open(member) as file:
        return npy.read_array(file, allow_pickle=False)


def shuffled(x, y, seed, generator=None):
    """Both in the same new order, which the seed decides as in every release since 2.0.9."""
    indices = np.arange(len(x))
    (np.random.RandomState(seed) if generator is None else generator).shuffle(indices)
    return x[indices], y[indices]


def split(x, y, test_split):
    """`(x_train, y_train), (x_test, y_test)`, the test rows last."""
    place = int(len(x) * (1 - test_split))
    return (np.array(x[:place]), np.array(y[:place])), (np.array(x[place:]), np.array(y[place:]))


def check_share(test_split, whose, all_of_it=False):
    """Raises unless `test_split` is a number from 0, and below 1; or 1 itself where all rows may be for testing."""
    number = isinstance(test_split, (int, float)) and not isinstance(test_split, bool)
    if not number or not (0 <= test_split < 1 or (all_of_it and test_split == 1)):
        bound = " to 1" if all_of_it else ", and below 1"
        raise ValueError(f"{whose}: `test_split` must be a number from 0{bound}. Got {test_split!r}.")
