"""Rows about configs of older releases: what is called otherwise, or says nothing today."""

from __future__ import annotations

from typing import NamedTuple


class OldClass(NamedTuple):
    """A class that goes by another name today.

    Attributes:
        old: its names, separated by spaces.
        today: today's name.
        eras: which releases wrote it.
    """

    old: str
    today: str
    eras: str


CLASSES = [
    OldClass("Convolution1D AtrousConvolution1D AtrousConv1D", "Conv1D", "0.x 1.x"),
    OldClass("Convolution2D AtrousConvolution2D AtrousConv2D", "Conv2D", "0.x 1.x"),
    OldClass("Convolution3D", "Conv3D", "1.x"),
    OldClass("SeparableConvolution1D", "SeparableConv1D", "2.x"),
    OldClass("SeparableConvolution2D", "SeparableConv2D", "1.x 2.x"),
    OldClass("Convolution1DTranspose", "Conv1DTranspose", "2.x"),
    OldClass("Convolution2DTranspose", "Conv2DTranspose", "2.x"),
    OldClass("Convolution3DTranspose Deconvolution3D Deconv3D", "Conv3DTranspose", "2.x"),
    OldClass("BatchNormalizationV1 BatchNormalizationV2 SyncBatchNormalization", "BatchNormalization", "2.x"),
    OldClass("LSTMV1 LSTMV2", "LSTM", "2.x"),
    OldClass("GRUV1 GRUV2", "GRU", "2.x"),
    OldClass("MaxPool1D", "MaxPooling1D", "2.x"),
    OldClass("MaxPool2D", "MaxPooling2D", "2.x"),
    OldClass("MaxPool3D", "MaxPooling3D", "2.x"),
    OldClass("AvgPool1D", "AveragePooling1D", "2.x"),
    OldClass("AvgPool2D", "AveragePooling2D", "2.x"),
    OldClass("AvgPool3D", "AveragePooling3D", "2.x"),
    OldClass("GlobalMaxPool1D", "GlobalMaxPooling1D", "2.x"),
    OldClass("GlobalMaxPool2D", "GlobalMaxPooling2D", "2.x"),
    OldClass("GlobalAvgPool1D", "GlobalAveragePooling1D", "2.x"),
    OldClass("GlobalAvgPool2D", "GlobalAveragePooling2D", "2.x"),
]
TODAY = {old: row.today for row in CLASSES for old in row.old.split()}

# classes here of layers that in 1.x had an argument more than today, and which that is
WITH_MORE = {"ModalBatchNormalization": ("BatchNormalization", "mode"), "DroppedEmbedding": ("Embedding", "dropout")}
OF_ALL_YEARS = {own: name for own, (name, _) in WITH_MORE.items()}

# classes of Keras 3 that have another name than the public one, by which `.h5` calls them
PUBLIC = {"GroupedQueryAttention": "GroupQueryAttention"}

# optimizers that had another formula, and the argument by which they take it, in whatever year they are read
OLDER_FORMULAS = ("RMSprop", "Adagrad")
OLDER_FORMULA = "epsilon_outside_of_root"

# layers that today has no more, which `legacy.layers` makes
REBUILT = frozenset(
    [
        "Highway",
        "MaxoutDense",
        "TimeDistributedDense",
        "Merge",
        "TimeDistributedMerge",
        "MaskedLayer",
        "MaskedLambda",
        "AutoEncoder",
        "WordContextProduct",
        "ThresholdedLinear",
        "ParametricSoftplus",
        "SReLU",
        "ThresholdedReLU",
        "Deconvolution2D",
        "LocallyConnected1D",
        "LocallyConnected2D",
        "CuDNNGRU",
        "CuDNNLSTM",
    ]
)
# layers and models of `keras.experimental` and of preprocessing, which `legacy.experimental` makes
EXPERIMENTAL = frozenset(("LinearModel", "RandomFourierFeatures", "RandomHeight", "RandomWidth", "WideDeepModel"))
MODELS = frozenset(("Model", "Functional", "Container", "Network"))


class Dropped(NamedTuple):
    """An argument that says nothing today, as long as it has one of some values.

    Attributes:
        classes: the layers, separated by spaces; '*' for all.
        name: the argument.
        values: the values that can be dropped; None for any.
        eras: which releases wrote it.
    """

    classes: str
    name: str
    values: tuple | None
    eras: str


DROPPED = [
    Dropped("*", "input_dtype", None, "1.x"),
    Dropped("*", "cache_enabled", None, "0.x"),
    Dropped("*", "custom_name", None, "0.x"),
    Dropped("*", "autocast", None, "2.x"),
    Dropped("*", "rng_type", None, "2.x"),
    Dropped("Discretization", "trainable", None, "2.x"),
    Dropped("Embedding", "dropout", (0, None), "1.x"),
    Dropped("Embedding", "activity_regularizer", (None,), "1.x 2.x"),
    Dropped("Embedding", "sparse", (False,), "2.x"),
    Dropped("BatchNormalization", "mode", (0,), "0.x 1.x"),
    Dropped("BatchNormalization", "renorm", (False,), "2.x"),
    Dropped("BatchNormalization", "fused", None, "2.x"),
    Dropped("BatchNormalization", "virtual_batch_size", (None,), "2.x"),
    Dropped("DepthwiseConv1D DepthwiseConv2D", "groups", (1,), "2.x"),
    Dropped("DepthwiseConv1D DepthwiseConv2D", "filters", None, "2.x"),
    Dropped("DepthwiseConv1D DepthwiseConv2D", "kernel_initializer", None, "2.x"),
    Dropped("DepthwiseConv1D DepthwiseConv2D", "kernel_regularizer", None, "2.x"),
    Dropped("DepthwiseConv1D DepthwiseConv2D", "kernel_constraint", None, "2.x"),
    Dropped("SeparableConv1D SeparableConv2D", "groups", (1,), "2.x"),
    Dropped("SeparableConv1D SeparableConv2D", "kernel_initializer", None, "2.x"),
    Dropped("SeparableConv1D SeparableConv2D", "kernel_regularizer", None, "2.x"),
    Dropped("SeparableConv1D SeparableConv2D", "kernel_constraint", None, "2.x"),
    Dropped("Conv1DTranspose Conv2DTranspose Conv3DTranspose", "groups", (1,), "2.x"),
    Dropped("ConvLSTM1D ConvLSTM2D ConvLSTM3D", "time_major", (False,), "2.x"),
    Dropped("LSTM GRU SimpleRNN RNN ConvLSTM1D ConvLSTM2D ConvLSTM3D", "zero_output_for_mask", (False,), "2.x"),
    Dropped("LSTM GRU SimpleRNN ConvLSTM2D", "implementation", None, "2.x"),
    Dropped("MultiHeadAttention", "query_shape", None, "2.x"),
    Dropped("MultiHeadAttention", "key_shape", None, "2.x"),
    Dropped("MultiHeadAttention", "value_shape", None, "2.x"),
    Dropped("MultiHeadAttention", "softmax_robust_masking", None, "2.x"),
    Dropped("Merge", "mode_type", None, "1.x"),
    Dropped("Merge", "output_shape_type", None, "1.x"),
    Dropped("Merge", "output_mask_type", None, "1.x"),
    Dropped("InputLayer", "ragged", (False, None), "2.x"),
    Dropped("InputLayer", "trainable", None, "1.x 2.x"),
    Dropped("InputLayer", "input_tensor", (None,), "1.x 2.x"),
    Dropped("ELU LeakyReLU", "dtype_", None, "2.x"),
]
DROPPED_BY_NAME: dict[str, list[Dropped]] = {}
for _row in DROPPED:
    DROPPED_BY_NAME.setdefault(_row.name, []).append(_row)
# arguments of 1.x layers that told the size of the inputs, which the layer's place in the model tells as well
INPUT_SIZES = frozenset(("input_dim", "input_length"))
