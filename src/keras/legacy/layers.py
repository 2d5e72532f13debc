"""Layers that today's Keras has no more, rebuilt from its parts: where each is, and their registration."""

from __future__ import annotations

import importlib
import sys

from keras import layers
from keras._core import registry
from keras._core.serialization import deserialize
from keras.legacy import alike
from keras.legacy.altered import DroppedEmbedding, ModalBatchNormalization
from keras.legacy.cudnn import CuDNNGRU, CuDNNLSTM
from keras.legacy.locally_connected import LocallyConnected1D, LocallyConnected2D
from keras.legacy.merging import Merge, merge
from keras.legacy.older_activations import ParametricSoftplus, SReLU, ThresholdedLinear, ThresholdedReLU
from keras.legacy.older_convolutions import (
    AtrousConvolution1D,
    AtrousConvolution2D,
    Convolution1D,
    Convolution2D,
    Convolution3D,
    Deconvolution2D,
    SeparableConvolution2D,
)
from keras.legacy.older_dense import Highway, MaxoutDense, TimeDistributedDense
from keras.legacy.release_0_layers import (
    AutoEncoder,
    MaskedLambda,
    MaskedLayer,
    TimeDistributedMerge,
    WordContextProduct,
)

__all__ = [
    "AtrousConvolution1D",
    "AtrousConvolution2D",
    "AutoEncoder",
    "Convolution1D",
    "Convolution2D",
    "Convolution3D",
    "CuDNNGRU",
    "CuDNNLSTM",
    "Deconvolution2D",
    "Highway",
    "LocallyConnected1D",
    "LocallyConnected2D",
    "MaskedLambda",
    "MaskedLayer",
    "MaxoutDense",
    "Merge",
    "ParametricSoftplus",
    "SReLU",
    "SeparableConvolution2D",
    "ThresholdedLinear",
    "ThresholdedReLU",
    "TimeDistributedDense",
    "TimeDistributedMerge",
    "WordContextProduct",
    "merge",
]


def __getattr__(name: str):
    if name in ("ConvRecurrent2D", "Recurrent"):  # 2.x had them here; the backend they need comes after the layers
        return getattr(importlib.import_module("keras.legacy.recurrent"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def layer_from_config(config, custom_objects=None):
    """The layer that a config describes."""
    return deserialize(config, custom_objects, "keras.layers")


_CLASSES = (
    AtrousConvolution1D, AtrousConvolution2D, AutoEncoder, Convolution1D, Convolution2D, Convolution3D, CuDNNGRU,
    CuDNNLSTM, Deconvolution2D, DroppedEmbedding, Highway, LocallyConnected1D, LocallyConnected2D, MaskedLambda,
    MaskedLayer, MaxoutDense, ModalBatchNormalization, ParametricSoftplus, SReLU, SeparableConvolution2D,
    ThresholdedLinear, ThresholdedReLU, TimeDistributedDense, TimeDistributedMerge,
    WordContextProduct,
)  # fmt: skip
registry.register_built_ins("keras.layers", {cls.__name__: cls for cls in _CLASSES})

alike.teach(sys.modules[__name__])
# names of today whose numbers 1.x read differently
for _cls in (Convolution1D, Convolution2D, Convolution3D, SeparableConvolution2D):
    setattr(layers, _cls.__name__, _cls)
