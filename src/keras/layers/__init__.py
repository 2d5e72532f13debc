"""Layers."""

from keras._core import registry
from keras._core.serialization import deserialize as _deserialize
from keras._core.serialization import serialize as _serialize
from keras.layers._activation import Activation
from keras.layers._activity_regularization import ActivityRegularization
from keras.layers._adaptive_pooling import (
    AdaptiveAveragePooling1D,
    AdaptiveAveragePooling2D,
    AdaptiveAveragePooling3D,
    AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D,
    AdaptiveMaxPooling3D,
)
from keras.layers._additive_attention import AdditiveAttention
from keras.layers._alpha_dropout import AlphaDropout
from keras.layers._attention import Attention
from keras.layers._audio.mel_spectrogram import MelSpectrogram
from keras.layers._audio.stft_spectrogram import STFTSpectrogram
from keras.layers._batch_normalization import BatchNormalization
from keras.layers._bidirectional import Bidirectional
from keras.layers._category_encoding import CategoryEncoding
from keras.layers._conv import Conv1D, Conv2D, Conv3D
from keras.layers._conv_lstm import ConvLSTM1D, ConvLSTM2D, ConvLSTM3D
from keras.layers._conv_transpose import Conv1DTranspose, Conv2DTranspose, Conv3DTranspose
from keras.layers._cropping import Cropping1D, Cropping2D, Cropping3D
from keras.layers._dense import Dense
from keras.layers._depthwise_conv import DepthwiseConv1D, DepthwiseConv2D
from keras.layers._discretization import Discretization
from keras.layers._dropout import Dropout
from keras.layers._einsum_dense import EinsumDense
from keras.layers._elu import ELU
from keras.layers._embedding import Embedding
from keras.layers._flatten import Flatten
from keras.layers._flax_layer import FlaxLayer
from keras.layers._gaussian_dropout import GaussianDropout
from keras.layers._gaussian_noise import GaussianNoise
from keras.layers._global_pooling import (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
)
from keras.layers._group_normalization import GroupNormalization
from keras.layers._group_query_attention import GroupedQueryAttention as GroupQueryAttention
from keras.layers._gru import GRU, GRUCell
from keras.layers._hashed_crossing import HashedCrossing
from keras.layers._hashing import Hashing
from keras.layers._identity import Identity
from keras.layers._image.aug_mix import AugMix
from keras.layers._image.auto_contrast import AutoContrast
from keras.layers._image.center_crop import CenterCrop
from keras.layers._image.clahe import ContrastLimitedAdaptiveHistogramEqualization
from keras.layers._image.cut_mix import CutMix
from keras.layers._image.equalization import Equalization
from keras.layers._image.max_num_bounding_boxes import MaxNumBoundingBoxes
from keras.layers._image.mix_up import MixUp
from keras.layers._image.pipeline import Pipeline
from keras.layers._image.rand_augment import RandAugment
from keras.layers._image.random_brightness import RandomBrightness
from keras.layers._image.random_color_degeneration import RandomColorDegeneration
from keras.layers._image.random_color_jitter import RandomColorJitter
from keras.layers._image.random_contrast import RandomContrast
from keras.layers._image.random_crop import RandomCrop
from keras.layers._image.random_elastic_transform import RandomElasticTransform
from keras.layers._image.random_erasing import RandomErasing
from keras.layers._image.random_flip import RandomFlip
from keras.layers._image.random_gaussian_blur import RandomGaussianBlur
from keras.layers._image.random_grayscale import RandomGrayscale
from keras.layers._image.random_hue import RandomHue
from keras.layers._image.random_invert import RandomInvert
from keras.layers._image.random_perspective import RandomPerspective
from keras.layers._image.random_posterization import RandomPosterization
from keras.layers._image.random_rotation import RandomRotation
from keras.layers._image.random_saturation import RandomSaturation
from keras.layers._image.random_sharpness import RandomSharpness
from keras.layers._image.random_shear import RandomShear
from keras.layers._image.random_translation import RandomTranslation
from keras.layers._image.random_zoom import RandomZoom
from keras.layers._image.rescaling import Rescaling
from keras.layers._image.resizing import Resizing
from keras.layers._image.solarization import Solarization
from keras.layers._input_layer import Input, InputLayer
from keras.layers._input_spec import InputSpec
from keras.layers._integer_lookup import IntegerLookup
from keras.layers._jax_layer import JaxLayer
from keras.layers._lambda import Lambda
from keras.layers._layer import Layer
from keras.layers._layer_normalization import LayerNormalization
from keras.layers._leaky_relu import LeakyReLU
from keras.layers._lstm import LSTM, LSTMCell
from keras.layers._masking import Masking
from keras.layers._merge import (
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
    add,
    average,
    concatenate,
    dot,
    maximum,
    minimum,
    multiply,
    subtract,
)
from keras.layers._multi_head_attention import MultiHeadAttention
from keras.layers._normalization import Normalization
from keras.layers._permute import Permute
from keras.layers._pooling import (
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
)
from keras.layers._prelu import PReLU
from keras.layers._relu import ReLU
from keras.layers._repeat_vector import RepeatVector
from keras.layers._reshape import Reshape
from keras.layers._reversible_embedding import ReversibleEmbedding
from keras.layers._rms_normalization import RMSNormalization
from keras.layers._rnn import RNN
from keras.layers._separable_conv import SeparableConv1D, SeparableConv2D
from keras.layers._simple_rnn import SimpleRNN, SimpleRNNCell
from keras.layers._softmax import Softmax
from keras.layers._spatial_dropout import SpatialDropout1D, SpatialDropout2D, SpatialDropout3D
from keras.layers._spectral_normalization import SpectralNormalization
from keras.layers._stacked_rnn_cells import StackedRNNCells
from keras.layers._string_lookup import StringLookup
from keras.layers._text_vectorization import TextVectorization
from keras.layers._tfsm_layer import TFSMLayer
from keras.layers._time_distributed import TimeDistributed
from keras.layers._torch_module_wrapper import TorchModuleWrapper
from keras.layers._unit_normalization import UnitNormalization
from keras.layers._up_sampling import UpSampling1D, UpSampling2D, UpSampling3D
from keras.layers._wrapper import Wrapper
from keras.layers._zero_padding import ZeroPadding1D, ZeroPadding2D, ZeroPadding3D
from keras.quantizers import _layers as _adaptations  # noqa: F401  what layers know nothing about

AvgPool1D = AveragePooling1D
AvgPool2D = AveragePooling2D
AvgPool3D = AveragePooling3D
Convolution1D = Conv1D
Convolution1DTranspose = Conv1DTranspose
Convolution2D = Conv2D
Convolution2DTranspose = Conv2DTranspose
Convolution3D = Conv3D
Convolution3DTranspose = Conv3DTranspose
GlobalAvgPool1D = GlobalAveragePooling1D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalAvgPool3D = GlobalAveragePooling3D
GlobalMaxPool1D = GlobalMaxPooling1D
GlobalMaxPool2D = GlobalMaxPooling2D
GlobalMaxPool3D = GlobalMaxPooling3D
MaxPool1D = MaxPooling1D
MaxPool2D = MaxPooling2D
MaxPool3D = MaxPooling3D
SeparableConvolution1D = SeparableConv1D
SeparableConvolution2D = SeparableConv2D

__all__ = [
    "ELU",
    "GRU",
    "LSTM",
    "RNN",
    "Activation",
    "ActivityRegularization",
    "AdaptiveAveragePooling1D",
    "AdaptiveAveragePooling2D",
    "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D",
    "AdaptiveMaxPooling3D",
    "Add",
    "AdditiveAttention",
    "AlphaDropout",
    "Attention",
    "AugMix",
    "AutoContrast",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "AvgPool1D",
    "AvgPool2D",
    "AvgPool3D",
    "BatchNormalization",
    "Bidirectional",
    "CategoryEncoding",
    "CenterCrop",
    "Concatenate",
    "ContrastLimitedAdaptiveHistogramEqualization",
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Conv3DTranspose",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "Convolution1D",
    "Convolution1DTranspose",
    "Convolution2D",
    "Convolution2DTranspose",
    "Convolution3D",
    "Convolution3DTranspose",
    "Cropping1D",
    "Cropping2D",
    "Cropping3D",
    "CutMix",
    "Dense",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "Discretization",
    "Dot",
    "Dropout",
    "EinsumDense",
    "Embedding",
    "Equalization",
    "Flatten",
    "FlaxLayer",
    "GRUCell",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "GroupNormalization",
    "GroupQueryAttention",
    "HashedCrossing",
    "Hashing",
    "Identity",
    "Input",
    "InputLayer",
    "InputSpec",
    "IntegerLookup",
    "JaxLayer",
    "LSTMCell",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "MaxNumBoundingBoxes",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "Maximum",
    "MelSpectrogram",
    "Minimum",
    "MixUp",
    "MultiHeadAttention",
    "Multiply",
    "Normalization",
    "PReLU",
    "Permute",
    "Pipeline",
    "RMSNormalization",
    "RandAugment",
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomContrast",
    "RandomCrop",
    "RandomElasticTransform",
    "RandomErasing",
    "RandomFlip",
    "RandomGaussianBlur",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomPerspective",
    "RandomPosterization",
    "RandomRotation",
    "RandomSaturation",
    "RandomSharpness",
    "RandomShear",
    "RandomTranslation",
    "RandomZoom",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Resizing",
    "ReversibleEmbedding",
    "STFTSpectrogram",
    "SeparableConv1D",
    "SeparableConv2D",
    "SeparableConvolution1D",
    "SeparableConvolution2D",
    "SimpleRNN",
    "SimpleRNNCell",
    "Softmax",
    "Solarization",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "SpectralNormalization",
    "StackedRNNCells",
    "StringLookup",
    "Subtract",
    "TFSMLayer",
    "TextVectorization",
    "TimeDistributed",
    "TorchModuleWrapper",
    "UnitNormalization",
    "UpSampling1D",
    "UpSampling2D",
    "UpSampling3D",
    "Wrapper",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
    "add",
    "average",
    "concatenate",
    "deserialize",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "serialize",
    "subtract",
]

_RECURRENT = (
    Bidirectional, ConvLSTM1D, ConvLSTM2D, ConvLSTM3D, GRU, GRUCell, LSTM, LSTMCell, RNN, SimpleRNN, SimpleRNNCell,
    StackedRNNCells, TimeDistributed,
)  # fmt: skip

_ATTENTION = (AdditiveAttention, Attention, MultiHeadAttention)
_FOREIGN = (FlaxLayer, JaxLayer, TFSMLayer, TorchModuleWrapper)

_ADAPTIVE = (
    AdaptiveAveragePooling1D, AdaptiveAveragePooling2D, AdaptiveAveragePooling3D, AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D, AdaptiveMaxPooling3D,
)  # fmt: skip

_CLASSES = (
    Activation, ActivityRegularization, Add, AlphaDropout, Average, AveragePooling1D, AveragePooling2D,
    AveragePooling3D, BatchNormalization, Concatenate, Conv1D, Conv1DTranspose, Conv2D, Conv2DTranspose, Conv3D,
    Conv3DTranspose, Cropping1D, Cropping2D, Cropping3D, Dense, DepthwiseConv1D, DepthwiseConv2D, Dot, Dropout, ELU,
    EinsumDense, Embedding, Flatten, GaussianDropout, GaussianNoise, GlobalAveragePooling1D, GlobalAveragePooling2D,
    GlobalAveragePooling3D, GlobalMaxPooling1D, GlobalMaxPooling2D, GlobalMaxPooling3D, GroupNormalization, Identity,
    InputLayer, Lambda, Layer, LayerNormalization, LeakyReLU, Masking, MaxPooling1D, MaxPooling2D, MaxPooling3D,
    Maximum, Minimum, Multiply, PReLU, Permute, RMSNormalization, ReLU, RepeatVector, Reshape, ReversibleEmbedding,
    SeparableConv1D, SeparableConv2D, Softmax, SpatialDropout1D, SpatialDropout2D, SpatialDropout3D,
    SpectralNormalization, Subtract, UnitNormalization,
    UpSampling1D, UpSampling2D, UpSampling3D, Wrapper, ZeroPadding1D, ZeroPadding2D, ZeroPadding3D,
)  # fmt: skip

_OF_DATA = (
    CategoryEncoding, Discretization, HashedCrossing, Hashing, IntegerLookup, Normalization, StringLookup,
    TextVectorization,
)  # fmt: skip

_SOUNDS = (MelSpectrogram, STFTSpectrogram)
_IMAGES = (
    AugMix, AutoContrast, CenterCrop, ContrastLimitedAdaptiveHistogramEqualization, CutMix, Equalization,
    MaxNumBoundingBoxes, MixUp, Pipeline, RandAugment, RandomBrightness, RandomColorDegeneration, RandomColorJitter,
    RandomContrast, RandomCrop, RandomElasticTransform, RandomErasing, RandomFlip, RandomGaussianBlur,
    RandomGrayscale, RandomHue, RandomInvert, RandomPerspective, RandomPosterization, RandomRotation,
    RandomSaturation, RandomSharpness, RandomShear, RandomTranslation, RandomZoom, Rescaling, Resizing,
    Solarization,
)  # fmt: skip

for _module in ("keras", "keras.layers"):  # configs of Keras 3 name the first
    registry.register_built_ins(_module, {"InputSpec": InputSpec})
registry.register_built_ins(
    "keras.layers", {cls.__name__: cls for cls in (*_ADAPTIVE, *_ATTENTION, *_CLASSES, *_OF_DATA, *_RECURRENT)}
)
registry.register_built_ins("keras.layers", {cls.__name__: cls for cls in _FOREIGN})
registry.register_built_ins("keras.layers", {"GroupQueryAttention": GroupQueryAttention})
registry.register_built_ins("keras.layers", {cls.__name__: cls for cls in (*_IMAGES, *_SOUNDS)})


def serialize(layer):
    """The config that describes a layer."""
    return _serialize(layer)


def deserialize(config, custom_objects=None):
    """The layer that a config describes.

    Raises:
        ValueError: a name in it is unknown, or what it describes is no layer.
    """
    layer = _deserialize(config, custom_objects, "keras.layers")
    if not isinstance(layer, Layer):
        raise ValueError(f"The config does not describe a layer. Got a {type(layer).__name__}.")
    return layer
