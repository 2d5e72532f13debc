"""What counted as a layer of a class: `isinstance(layer, Convolution2D)` of layers that today are of another class."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import NamedTuple

from keras.legacy import era


class Row(NamedTuple):
    """Layers of `counted` are layers of `cls` too, in programs from before a release or of all years."""

    cls: str
    counted: str
    before: str = ""


ROWS = [
    Row("Convolution1D", "Conv1D"),
    Row("Convolution2D", "Conv2D"),
    Row("Convolution2D", "Conv2DTranspose", before="3"),
    Row("Convolution2D", "DepthwiseConv2D", before="tf2.0"),
    Row("Convolution3D", "Conv3D"),
    Row("SeparableConvolution2D", "SeparableConv2D"),
    Row("Deconvolution2D", "Conv2DTranspose"),
    Row("Recurrent", "SimpleRNN LSTM GRU", before="2.2"),
]


class Kind(type):
    """The class of a class that counts layers of others as its own."""

    def __instancecheck__(cls, x) -> bool:
        return issubclass(type(x), cls)

    def __subclasscheck__(cls, other: type) -> bool:
        return super().__subclasscheck__(other) or any(issubclass(other, found) for found in _counted(cls))


def _counted(cls: type) -> Iterator[type]:
    if not cls.__module__.startswith("keras."):  # a program's own class has those alone that are derived from it
        return
    home = importlib.import_module("keras.layers")
    for row in ROWS:
        if row.cls == cls.__name__ and (not row.before or era.before(row.before)):
            yield from (getattr(home, name) for name in row.counted.split())
