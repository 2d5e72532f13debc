"""What counted as a layer of a class: `isinstance(layer, Convolution2D)` of layers that today are of another class."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import NamedTuple

from keras._core import kinds
from keras.legacy import era


class Row(NamedTuple):
    """Layers of the classes `counted` are of `cls` too, in programs from before a release or of all years."""

    cls: str
    counted: str
    before: str = ""


ROWS = [
    Row("Conv1D Convolution1D", "Conv1DTranspose", before="3"),
    Row("Conv2D Convolution2D", "Conv2DTranspose", before="3"),
    Row("Conv2D Convolution2D", "DepthwiseConv2D", before="tf2.11"),
    Row("Conv3D Convolution3D", "Conv3DTranspose", before="3"),
    Row("Convolution1D", "Conv1D"),
    Row("Convolution2D", "Conv2D"),
    Row("Convolution3D", "Conv3D"),
    Row("SeparableConvolution2D", "SeparableConv2D"),
    Row("Deconvolution2D", "Conv2DTranspose"),
    Row("Recurrent", "SimpleRNN LSTM GRU", before="2.2"),
    Row("ConvRecurrent2D", "ConvLSTM2D", before="2.2"),
    Row("Wrapper", "Bidirectional", before="3"),
]


def teach() -> None:
    """Lets classes of layers count those of the rows."""
    kinds.counted_by.append(_counted)


def _counted(cls: type) -> Iterator[type]:
    if not cls.__module__.startswith("keras."):  # a program's own class has those alone that are derived from it
        return
    home = importlib.import_module("keras.layers")
    for row in ROWS:
        if cls.__name__ in row.cls.split() and (not row.before or era.before(row.before)):
            yield from (getattr(home, name) for name in row.counted.split())
