"""`tf.io.gfile`, records with examples, and models as folders, under `python -m keras`."""

from __future__ import annotations

import glob
import importlib
import os
import shutil
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from keras import ops
from keras.legacy.foreign_data import Dataset
from keras.legacy.foreign_texts import Bytes, as_texts


def _name(path: Any) -> str:
    return path if isinstance(path, str) else str(as_texts(path))


def write_file(filename, contents, name=None) -> None:
    """`tf.io.write_file`; folders that are not there are made."""
    path = _name(filename)
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as file:
        file.write(contents if isinstance(contents, bytes) else as_texts(contents).numpy())


# `tf.io.gfile`, for files of this machine
GFILE = {
    "GFile": open, "exists": os.path.exists, "glob": lambda pattern: sorted(glob.glob(pattern)),
    "listdir": os.listdir, "isdir": os.path.isdir, "makedirs": lambda path: os.makedirs(path, exist_ok=True),
    "mkdir": os.mkdir, "remove": os.remove, "rmtree": shutil.rmtree, "join": os.path.join, "walk": os.walk,
    "copy": lambda src, dst, overwrite=False: _copy(src, dst, overwrite), "rename": os.rename,
}  # fmt: skip


def _copy(src: str, dst: str, overwrite: bool) -> None:
    if os.path.exists(dst) and not overwrite:
        raise FileExistsError(f"tf.io.gfile.copy: {dst!r} exists. Pass overwrite=True.")
    shutil.copyfile(src, dst)


# --- records


def _events() -> Any:
    return importlib.import_module("keras.callbacks._event_file")


class TFRecordWriter:
    """`tf.io.TFRecordWriter`: a file of records, each with its length and check sums."""

    def __init__(self, path, options=None):
        if options is not None:
            raise ValueError("TFRecordWriter: `options` are not possible here: files are not compressed.")
        self._file = open(_name(path), "wb")  # noqa: SIM115

    def write(self, record) -> None:
        """Adds a record."""
        length = struct.pack("<Q", len(record))
        check = _events().masked_crc
        self._file.write(length + struct.pack("<I", check(length)) + record + struct.pack("<I", check(record)))

    def flush(self) -> None:
        """Writes what waits."""
        self._file.flush()

    def close(self) -> None:
        """Ends the file."""
        self._file.close()

    def __enter__(self) -> TFRecordWriter:
        return self

    def __exit__(self, *_) -> None:
        self.close()


def records_of(filenames, compression_type=None, buffer_size=None, num_parallel_reads=None) -> Dataset:
    """`tf.data.TFRecordDataset`: the records of files, as bytes.

    Raises:
        ValueError: a record is cut off or its check sum is another.
    """
    if compression_type not in (None, ""):
        raise ValueError(f"TFRecordDataset: `compression_type` must be None here. Got {compression_type!r}.")
    listed = hasattr(filenames, "as_numpy_iterator")
    names = [_name(one) for one in (filenames if listed else as_texts(filenames).flat)]

    def start() -> Iterator:
        for name in names:
            with open(name, "rb") as file:
                while head := file.read(12):
                    size = struct.unpack("<Q", head[:8])[0] if len(head) == 12 else -1
                    record = file.read(size) if size >= 0 else b""
                    check = file.read(4)
                    if len(record) != size or check != struct.pack("<I", _events().masked_crc(record)):
                        raise ValueError(f"TFRecordDataset: {name!r} is damaged.")
                    yield np.array(record, dtype=object)

    return Dataset(start)


class _List:
    field, kind = 0, ""

    def __init__(self, value=()):
        self.value = list(value)


class BytesList(_List):
    """`tf.train.BytesList`."""

    field, kind = 1, "bytes_list"


class FloatList(_List):
    """`tf.train.FloatList`."""

    field, kind = 2, "float_list"


class Int64List(_List):
    """`tf.train.Int64List`."""

    field, kind = 3, "int64_list"


class Feature:
    """`tf.train.Feature`: one of the three lists."""

    def __init__(self, bytes_list=None, float_list=None, int64_list=None):
        self.bytes_list, self.float_list, self.int64_list = bytes_list, float_list, int64_list

    def written(self) -> bytes:
        """As it lies in a message."""
        events = _events()
        if self.bytes_list is not None:
            return events.data(1, b"".join(events.data(1, v) for v in self.bytes_list.value))
        if self.float_list is not None:
            return events.data(2, events.data(1, np.asarray(self.float_list.value, "<f4").tobytes()))
        values = [] if self.int64_list is None else self.int64_list.value
        return events.data(3, events.data(1, b"".join(events.varint(int(v)) for v in values)))


class Features:
    """`tf.train.Features`: features by name."""

    def __init__(self, feature=None):
        self.feature = dict(feature or {})


class Example:
    """`tf.train.Example`."""

    def __init__(self, features=None):
        self.features = features or Features()

    def SerializeToString(self) -> bytes:
        """The message."""
        events = _events()
        rows = sorted(self.features.feature.items())
        return events.data(
            1, b"".join(events.data(1, events.data(1, name) + events.data(2, f.written())) for name, f in rows)
        )

    @classmethod
    def FromString(cls, serialized) -> Example:
        """The example that a message holds."""
        made = cls()
        made.ParseFromString(serialized)
        return made

    def ParseFromString(self, serialized) -> None:
        """Takes the features of a message."""
        kinds = {1: ("bytes_list", BytesList), 2: ("float_list", FloatList), 3: ("int64_list", Int64List)}
        self.features = Features()
        for name, (field, values) in features_in(serialized).items():
            kind, made = kinds[field]
            self.features.feature[name] = Feature(**{kind: made(values)})


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """The numbers of fields and their values: bytes, or a whole number."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        if key & 7 == 2:
            size, at = _varint(message, at)
            yield key >> 3, message[at : at + size]
            at += size
        elif key & 7 == 5:
            yield key >> 3, message[at : at + 4]
            at += 4
        elif key & 7 == 0:
            value, at = _varint(message, at)
            yield key >> 3, value
        else:
            raise ValueError("tf.io: the record holds no example.")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    found = shift = 0
    while True:
        if at >= len(message):
            raise ValueError("tf.io: the record holds no example.")
        byte = message[at]
        at += 1
        found |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return found, at


def features_in(message) -> dict[str, tuple[int, list]]:
    """Of an example, the kind of each feature (1 bytes, 2 floats, 3 whole numbers), and its values."""
    if not isinstance(message, bytes):
        message = np.asarray(message).item()
    found = {}
    for _, features in _fields(message):
        for _, entry in _fields(features):
            parts = dict(_fields(entry))
            for kind, content in _fields(parts.get(2, b"")):
                found[parts[1].decode("utf-8")] = (kind, _values(kind, content))
    return found


def _values(kind: int, content: bytes) -> list:
    found: list[Any] = []
    for _, value in _fields(content):
        if kind == 1:
            found.append(value)
        elif kind == 2:
            found += np.frombuffer(value, "<f4").tolist()
        elif isinstance(value, int):
            found.append(value)
        else:
            at = 0
            while at < len(value):
                number, at = _varint(value, at)
                found.append(number)
    return [v - (1 << 64) if kind == 3 and v >> 63 else v for v in found] if kind == 3 else found


class FixedLenFeature:
    """`tf.io.FixedLenFeature`."""

    def __init__(self, shape, dtype, default_value=None):
        self.shape, self.dtype, self.default_value = tuple(shape), dtype, default_value


def parse_single_example(serialized, features, name=None):
    """`tf.io.parse_single_example`, for features of fixed lengths.

    Raises:
        ValueError: a feature is missing, has another number of values, or is no `FixedLenFeature`.
    """
    held = features_in(serialized)
    return {name: _parsed(name, wanted, held) for name, wanted in sorted(features.items())}


def parse_example(serialized, features, name=None):
    """`tf.io.parse_example`: the same of several records, stacked."""
    rows = [parse_single_example(one, features) for one in np.asarray(serialized).reshape(-1)]
    return {key: _stacked([row[key] for row in rows]) for key in sorted(features)}


def _stacked(rows: list) -> Any:
    return np.stack(rows).view(Bytes) if isinstance(rows[0], np.ndarray) else ops.stack(rows)


def decode_raw(input_bytes, out_type, little_endian=True):
    """`tf.io.decode_raw`: numbers from the bytes of one array."""
    content = input_bytes if isinstance(input_bytes, bytes) else np.asarray(input_bytes).item()
    kind = np.dtype(str(out_type)).newbyteorder("<" if little_endian else ">")
    return ops.convert_to_tensor(np.frombuffer(content, kind), dtype=str(out_type))


def _parsed(name: str, wanted: Any, held: dict) -> Any:
    if not isinstance(wanted, FixedLenFeature):
        raise ValueError(f"parse_single_example: {name!r} must be a tf.io.FixedLenFeature here.")
    values = held.get(name, (0, []))[1]
    if not values and wanted.default_value is not None:
        values = np.broadcast_to(np.asarray(wanted.default_value), wanted.shape).reshape(-1).tolist()
    if len(values) != int(np.prod(wanted.shape, dtype=int)):
        raise ValueError(f"parse_single_example: {name!r} has {len(values)} values, for shape {wanted.shape}.")
    if str(wanted.dtype) == "string":
        made = np.empty(len(values), dtype=object)
        made[:] = values
        return made.reshape(wanted.shape).view(Bytes)
    return ops.reshape(ops.convert_to_tensor(np.asarray(values), dtype=str(wanted.dtype)), wanted.shape)


# --- models


def save(obj, export_dir, signatures=None, options=None) -> None:
    """`tf.saved_model.save`, of a model of Keras.

    Raises:
        TypeError: it is none.
        ValueError: `signatures` are given.
    """
    if signatures is not None:
        raise ValueError("tf.saved_model.save: `signatures` are not possible here. Use model.export().")
    if not hasattr(obj, "save"):
        raise TypeError(
            "tf.saved_model.save: only models of Keras are written here. For others use tf.train.Checkpoint."
        )
    os.makedirs(os.path.dirname(os.fspath(export_dir)) or ".", exist_ok=True)
    obj.save(export_dir, zipped=False)


def load(export_dir, tags=None, options=None):
    """`tf.saved_model.load`: the model, with `signatures['serving_default']`, which gives its outputs by name."""
    model = importlib.import_module("keras.models").load_model(export_dir)

    def serving(*args, **kwargs):
        found = model(*args, **kwargs) if args else model([kwargs[x.name] for x in model.inputs])
        found = found if isinstance(found, (list, tuple)) else [found]
        return dict(zip(model.output_names, found))

    object.__setattr__(model, "signatures", {"serving_default": serving})
    return model
