"""Counters that end the reading of a file whose structure has no end, and claims that no file of its size can keep."""

import io
import os
import struct
import zipfile

import h5py
import numpy as np
import pytest

from keras.saving import _archive, _hdf5_reader, _hdf5_structure

ROOT_ENTRY = 24 + 32  # where the entry of the root group stands in the older superblock


def written(change=None):
    """The path of a small HDF5 file, with its bytes changed."""
    with h5py.File("some.h5", "w", libver="earliest") as file:
        file.create_dataset("x", data=np.zeros(400))
    if change is not None:
        with open("some.h5", "rb") as file:
            data = bytearray(file.read())
        change(data)
        with open("some.h5", "wb") as file:
            file.write(data)
    return "some.h5"


def structure(path):
    with open(path, "rb") as file:
        data = file.read()
    return _hdf5_structure.Structure(io.BytesIO(data), path, len(data))


def header_in_a_circle(data):
    header = struct.unpack_from("<Q", data, ROOT_ENTRY + 8)[0]
    first = header + 16
    data[first : first + 2] = b"\x10\x00"  # the first message becomes one that says where the header goes on
    data[first + 8 : first + 24] = struct.pack("<QQ", first, 24)


def index_in_a_circle(data):
    node = data.find(b"TREE")
    struct.pack_into("<B", data, node + 5, 1)  # the lowest node becomes one above others
    struct.pack_into("<Q", data, node + 24 + 8, node)


@pytest.mark.parametrize(
    ("change", "reason"),
    [(header_in_a_circle, "point to each other in a loop"), (index_in_a_circle, "its index points to itself")],
)
def test_a_structure_that_leads_to_itself_is_refused(in_folder, change, reason):
    opened = structure(written(change))
    with pytest.raises(ValueError, match=reason):
        opened.links_of(opened.root)


def test_looking_ends_after_so_many_parts(in_folder, monkeypatch):
    monkeypatch.setattr(_hdf5_structure, "_MOST_STEPS", 5)
    opened = structure(written())
    with pytest.raises(ValueError, match="its structure has no end"):
        opened.links_of(opened.root)


def test_parts_cannot_add_up_to_far_more_than_the_file(in_folder):
    opened = structure(written())

    def read_all_of_it(times):
        for _ in range(times):
            opened.bytes_at(0, opened.size, "somewhere")

    read_all_of_it(8)
    with pytest.raises(ValueError, match="parts of it overlap"):
        read_all_of_it(10_000)


def test_a_filter_that_needs_a_plug_in_is_refused(in_folder):
    with h5py.File("some.h5", "w", libver="earliest") as file:
        file.create_dataset("x", data=np.arange(64), scaleoffset=True)
    with open("some.h5", "rb") as file:
        reader = _hdf5_reader.Reader(file, "some.h5", os.path.getsize("some.h5"))
        with pytest.raises(ValueError, match="packed by filter 6, which only a plug-in could unpack"):
            reader.read(reader.find("x"), 1 << 20)


def claims_too_much(path):
    """A packed member that says it becomes more than packing can do."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"0" * 1000)
    with open(path, "r+b") as file:
        data = file.read()
        file.seek(data.rfind(b"PK\x01\x02") + 24)
        file.write((2**24).to_bytes(4, "little"))


def packs_too_much(path):
    """A packed member that does become a thousand times as much."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(2**20))


@pytest.mark.parametrize(
    ("make", "reason"),
    [(claims_too_much, "it claims 16,777,216 bytes, packed into"), (packs_too_much, "the members claim far more than")],
)
def test_members_are_not_larger_than_packing_makes_them(in_folder, monkeypatch, make, reason):
    monkeypatch.setattr(_archive, "SMALL", 2**16)
    make("some.zip")
    with open("some.zip", "rb") as file, pytest.raises(ValueError, match=reason):
        _archive.Archive(file, "some.zip")
