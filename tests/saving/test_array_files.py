"""Files of arrays: whole ones are read, and none takes more memory than it has bytes."""

import io
import zipfile

import numpy as np
import pytest

from keras.saving._array_files import arrays_of


def member(array, header=None):
    """The bytes of an array as NumPy writes it, with another header if one is given."""
    file = io.BytesIO()
    if header is None:
        np.save(file, array)
    else:
        np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue()


def archive(name, content, compression=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as members:
        members.writestr(name, content)
    file.seek(0)
    return file


def read(file):
    with arrays_of(file) as opened:
        return dict(opened)


def test_what_numpy_writes_is_read(tmp_path):
    given = {
        "a": np.arange(6.0).reshape(2, 3),
        "b": np.array(3),
        "c": np.zeros((0, 4), "int8"),
        "d": np.array(["x", "yz"]),
    }
    np.savez(tmp_path / "some.npz", **given)
    found = read(tmp_path / "some.npz")
    assert all((found[name] == value).all() and found[name].shape == value.shape for name, value in given.items())


def test_compressed_arrays_are_refused():
    bomb = archive("a.npy", member(np.zeros(1 << 20)), zipfile.ZIP_DEFLATED)
    with pytest.raises(ValueError, match=r"'a\.npy' in it is compressed"):
        read(bomb)


@pytest.mark.parametrize("shape", [(1 << 40,), (1 << 20, 1 << 20, 1 << 20), (-1,), (3,)])
def test_arrays_of_another_size_than_they_say_are_refused(shape):
    header = {"descr": "<f8", "fortran_order": False, "shape": shape}
    with pytest.raises(ValueError, match=r"is an array of shape .* but has \d+ bytes"):
        read(archive("a.npy", member(None, header) + bytes(16)))


def test_python_objects_are_refused():
    header = {"descr": "|O", "fortran_order": False, "shape": (2,)}
    with pytest.raises(ValueError, match="Python objects"):
        read(archive("a.npy", member(None, header) + bytes(16)))


@pytest.mark.parametrize("content", [b"", b"nothing", b"\x93NUMPY\x01\x00"])
def test_what_is_no_file_of_arrays_is_refused(content):
    with pytest.raises(ValueError):
        read(io.BytesIO(content))
    with pytest.raises(ValueError):
        read(archive("a.npy", content))
