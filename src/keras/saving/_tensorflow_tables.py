"""Vocabularies that layers of tf.keras learned by `adapt`: constants in the graph of a SavedModel.

The table of a layer is filled by a function that is bound to two constants: what is looked up, and what is found. They
are read; the function is not.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from typing import Any

import numpy as np

from keras.saving import _protobuf, _tensor_bundle

_STRING, _INT64 = 7, 9  # types of TensorFlow
_MOST = 200_000  # nodes, or objects with functions, of a graph


def of_file(path: str) -> Tables:
    """The tables of layers in a `saved_model.pb`."""
    with open(path, "rb") as file:
        return Tables(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))  # its functions may be large


class Tables:
    """The tables of a SavedModel's layers.

    Args:
        data: the bytes of `saved_model.pb`.
    """

    def __init__(self, data: mmap.mmap | bytes):
        meta = _only(data, 2)
        self._nodes = {_protobuf.text(_only(node, 1)): node for key, node in _some(_only(meta, 2)) if key == 1}
        self._objects, self._functions = [], {}
        for key, value in _some(_only(meta, 7)):
            if key == 1:
                self._objects.append(_Object(_protobuf.raw(value)))
            elif key == 2:
                entry = dict(_protobuf.fields(_protobuf.raw(value)))
                self._functions[_protobuf.text(entry[1])] = entry[2]

    def tokens(self, layer: int, inverted: bool) -> list | None:
        """What a layer's table knows, in order; None where no constants fill it.

        Args:
            layer: the number of the layer's object.
            inverted: whether the table leads from numbers to tokens.
        """
        at: int | None = layer
        for name in ("_lookup_layer", "lookup_table", "_initialize"):
            below = None if at is None else self._objects[at].children.get(name)
            at = layer if name == "_lookup_layer" and below is None else below  # the layer itself, unless of texts
        if at is None:
            return None
        function = _protobuf.text(_only(self._objects[at].function, 1))
        bound = (self._objects[i] for i in _numbers(_only(self._functions[function], 2)))
        constants = [_protobuf.text(_only(one.constant, 1)) for one in bound if one.constant is not None]
        if len(constants) != 2:
            return None
        tokens, numbers = (self._constant(name) for name in (reversed(constants) if inverted else constants))
        ordered = sorted(zip(numbers, tokens))
        if len(numbers) != len(tokens) or any(i != ordered[0][0] + n for n, (i, _) in enumerate(ordered)):
            raise ValueError("the numbers of a vocabulary do not follow one another")
        return [token.decode("utf-8") if isinstance(token, bytes) else token for _, token in ordered]

    def _constant(self, name: str) -> list:
        if name not in self._nodes:
            raise ValueError(f"there is no constant {name!r}")
        attributes = (dict(_protobuf.fields(value)) for key, value in _protobuf.fields(self._nodes[name]) if key == 5)
        by_name = {_protobuf.text(entry[1]): entry[2] for entry in attributes}
        return _listed(_only(by_name["value"], 8))


class _Object:
    """One object of the graph: what it calls others, and the function or the constant that it is."""

    def __init__(self, message: memoryview):
        self.children: dict[str, int] = {}
        self.function = self.constant = None
        for key, value in _protobuf.fields(message):
            if key == 1:
                about = dict(_protobuf.fields(_protobuf.raw(value)))
                self.children[_protobuf.text(about.get(2, b""))] = _protobuf.number(about.get(1, 0))
            elif key == 6:
                self.function = value
            elif key == 9:
                self.constant = value


def _some(message: memoryview) -> Iterator[tuple[int, Any]]:
    """The fields of a message that may not have more than so many."""
    for count, field in enumerate(_protobuf.fields(message)):
        if count == _MOST:
            raise ValueError(f"its graph has more than {_MOST:,} parts")
        yield field


def _only(message: Any, field: int) -> memoryview:
    """The first field of that number, itself a message or a text."""
    for key, value in _protobuf.fields(message):
        if key == field:
            return _protobuf.raw(value)
    raise ValueError("its graph is not as TensorFlow writes it")


def _numbers(packed: memoryview) -> Iterator[int]:
    at = 0
    while at < len(packed):
        number, at = _protobuf.varint(packed, at)
        yield number


def _listed(tensor: memoryview) -> list:
    """The words or whole numbers of a constant with one axis."""
    about = dict(_protobuf.fields(tensor))
    if about[1] == _STRING:
        found = [bytes(value) for key, value in _protobuf.fields(tensor) if key == 8]
    elif about[1] == _INT64:
        few = about.get(10, b"")  # of which the highest bit is a sign
        found = np.frombuffer(about[4], "<i8").tolist() if 4 in about else [n - (n >> 63 << 64) for n in _numbers(few)]
    else:
        raise ValueError(f"a vocabulary has type {about[1]} of TensorFlow")
    if _tensor_bundle.shape_of(about[2]) != (len(found),):
        raise ValueError("a vocabulary is not as long as it claims")
    return found
