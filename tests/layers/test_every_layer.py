"""All layers but the recurrent ones keep the contract."""

import numpy as np
import pytest

from keras import layers

from .contract import LAYER_CHECKS, Case, name_of

BN_STATE = ("moving_mean", "moving_variance")
IMAGE, SEQUENCE, VOLUME, ROWS = (2, 6, 5, 4), (2, 6, 4), (2, 4, 5, 4, 2), (3, 4)
STEPS_MASK = np.array([[True, True, False, True, False, False], [True] * 6])
QUERIES_AND_VALUES = [(2, 4, 3), (2, 5, 3)]
SOURCES_MASK = np.array([[True, True, False, True, False], [True] * 5])
PAIRS_MASK = np.arange(40).reshape(2, 4, 5) % 3 > 0
PROJECTIONS = ("kernel", "bias") * 4


def square_plus(x, summand=0):
    return x * x + summand


LAYER_CASES = [
    # core
    Case(layers.Dense, {"units": 3}, ROWS, ("kernel", "bias")),
    Case(layers.Dense, {"units": 3, "activation": "tanh", "use_bias": False}, SEQUENCE, ("kernel",)),
    Case(layers.Dense, {"units": 3, "kernel_regularizer": "l2"}, ROWS, ("kernel", "bias"), "int32"),
    Case(layers.Activation, {"activation": "sigmoid"}, SEQUENCE),
    Case(layers.Activation, {"activation": "relu"}, ROWS, (), "int32"),
    Case(layers.Identity, {}, SEQUENCE),
    Case(layers.ActivityRegularization, {"l1": 0.1, "l2": 0.2}, SEQUENCE),
    Case(layers.Masking, {"mask_value": 1.0}, SEQUENCE),
    Case(layers.Embedding, {"input_dim": 5, "output_dim": 2}, (2, 3), ("embeddings",), "int32", 5),
    Case(layers.Embedding, {"input_dim": 5, "output_dim": 2, "mask_zero": True}, (2, 3), ("embeddings",), "uint8", 5),
    Case(
        layers.ReversibleEmbedding,
        {"input_dim": 5, "output_dim": 2, "tie_weights": False, "mask_zero": True, "logit_soft_cap": 2.0},
        (2, 3),
        ("embeddings", "reverse_embeddings"),
        "int32",
        5,
    ),
    Case(layers.EinsumDense, {"equation": "ab,bc->ac", "output_shape": 3}, ROWS, ("kernel",)),
    Case(
        layers.EinsumDense,
        {"equation": "abc,cde->abde", "output_shape": (None, 3, 2), "bias_axes": "be", "activation": "tanh"},
        SEQUENCE,
        ("kernel", "bias"),
    ),
    Case(
        layers.EinsumDense,
        {"equation": "...x,xy->...y", "output_shape": 3, "bias_axes": "y"},
        SEQUENCE,
        ("kernel", "bias"),
    ),
    Case(
        layers.EinsumDense,
        {"equation": "ab...,bc->ac...", "output_shape": 3, "bias_axes": "c"},
        SEQUENCE,
        ("kernel", "bias"),
    ),
    # shapes
    Case(layers.Flatten, {}, IMAGE),
    Case(layers.Flatten, {}, SEQUENCE, (), "int32"),
    Case(layers.Reshape, {"target_shape": (3, -1)}, SEQUENCE),
    Case(layers.Reshape, {"target_shape": (4, 6)}, SEQUENCE, (), "int32"),
    Case(layers.Permute, {"dims": (3, 1, 2)}, IMAGE),
    Case(layers.RepeatVector, {"n": 3}, ROWS),
    Case(layers.RepeatVector, {"n": 3}, ROWS, (), "int32"),
    # merging
    Case(layers.Add, {}, [ROWS, ROWS, ROWS]),
    Case(layers.Add, {}, [ROWS, (3, 5, 4)]),
    Case(layers.Add, {}, [ROWS, ROWS], (), "int32"),
    Case(layers.Subtract, {}, [ROWS, ROWS]),
    Case(layers.Multiply, {}, [ROWS, (3, 1), ROWS]),
    Case(layers.Average, {}, [ROWS, ROWS, ROWS]),
    Case(layers.Average, {}, [ROWS, ROWS], (), "int32"),
    Case(layers.Maximum, {}, [ROWS, ROWS]),
    Case(layers.Minimum, {}, [ROWS, ROWS]),
    Case(layers.Concatenate, {}, [ROWS, (3, 2)]),
    Case(layers.Concatenate, {"axis": 1}, [(2, 3, 4), (2, 5, 4)]),
    Case(layers.Dot, {"axes": 1}, [ROWS, ROWS]),
    Case(layers.Dot, {"axes": (2, 1), "normalize": True}, [(2, 3, 4), (2, 4, 5)]),
    # activations
    Case(layers.ReLU, {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.2}, SEQUENCE),
    Case(layers.LeakyReLU, {"negative_slope": 0.2}, SEQUENCE),
    Case(layers.PReLU, {}, SEQUENCE, ("alpha",)),
    Case(layers.PReLU, {"shared_axes": [1, 2]}, IMAGE, ("alpha",)),
    Case(layers.ELU, {"alpha": 0.5}, SEQUENCE),
    Case(layers.Softmax, {}, SEQUENCE),
    Case(layers.Softmax, {"axis": [1, 2]}, IMAGE),
    # normalisation
    Case(layers.BatchNormalization, {}, IMAGE, ("gamma", "beta", *BN_STATE)),
    Case(layers.BatchNormalization, {"axis": 1, "scale": False}, SEQUENCE, ("beta", *BN_STATE)),
    Case(layers.BatchNormalization, {"center": False, "momentum": 0.5}, ROWS, ("gamma", *BN_STATE)),
    Case(
        layers.BatchNormalization,
        {"renorm": True, "renorm_clipping": {"rmax": 2.0, "rmin": 0.5, "dmax": 1.0}},
        ROWS,
        ("gamma", "beta", *BN_STATE, "moving_stddev", "renorm_mean", "renorm_stddev"),
        slope=False,
    ),
    Case(layers.LayerNormalization, {}, SEQUENCE, ("gamma", "beta")),
    Case(layers.LayerNormalization, {"axis": [2, 1], "epsilon": 1e-5}, IMAGE, ("gamma", "beta")),
    Case(layers.LayerNormalization, {"rms_scaling": True}, SEQUENCE, ("gamma",)),
    Case(layers.RMSNormalization, {}, SEQUENCE, ("scale",)),
    Case(layers.GroupNormalization, {"groups": 2}, IMAGE, ("gamma", "beta")),
    Case(layers.GroupNormalization, {"groups": -1, "axis": 1}, IMAGE, ("gamma", "beta")),
    Case(layers.UnitNormalization, {"axis": [1, 2]}, SEQUENCE),
    # attention
    Case(
        layers.Attention,
        {"score_mode": "concat", "use_scale": True, "dropout": 0.4},
        QUERIES_AND_VALUES,
        ("scale", "concat_score_weight"),
        call={"mask": [None, SOURCES_MASK]},
        random=True,
    ),
    Case(layers.AdditiveAttention, {}, QUERIES_AND_VALUES, ("scale",), call={"use_causal_mask": True}),
    Case(
        layers.MultiHeadAttention,
        {"num_heads": 2, "key_dim": 3, "value_dim": 2, "output_shape": (2, 3), "use_gate": True, "dropout": 0.3},
        QUERIES_AND_VALUES,
        (*PROJECTIONS, "kernel", "bias"),
        call={"attention_mask": PAIRS_MASK, "value_mask": SOURCES_MASK},
        random=True,
        spread=True,
    ),
    Case(
        layers.GroupQueryAttention,
        {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2, "use_gate": True, "use_bias": False},
        [*QUERIES_AND_VALUES, (2, 5, 2)],
        ("kernel",) * 5,
        call={"value_mask": SOURCES_MASK, "use_causal_mask": True},
        spread=True,
    ),
    # convolution
    Case(layers.Conv1D, {"filters": 3, "kernel_size": 3}, SEQUENCE, ("kernel", "bias")),
    Case(
        layers.Conv1D,
        {"filters": 4, "kernel_size": 2, "padding": "causal", "dilation_rate": 2, "groups": 2},
        SEQUENCE,
        ("kernel", "bias"),
    ),
    Case(layers.Conv2D, {"filters": 3, "kernel_size": 3, "activation": "tanh"}, IMAGE, ("kernel", "bias")),
    Case(
        layers.Conv2D,
        {"filters": 6, "kernel_size": (2, 3), "strides": (2, 1), "padding": "same", "groups": 2, "use_bias": False},
        IMAGE,
        ("kernel",),
    ),
    Case(layers.Conv3D, {"filters": 2, "kernel_size": 2, "strides": (1, 2, 1)}, VOLUME, ("kernel", "bias")),
    Case(layers.Conv1DTranspose, {"filters": 3, "kernel_size": 3, "strides": 2}, SEQUENCE, ("kernel", "bias")),
    Case(
        layers.Conv2DTranspose,
        {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1},
        IMAGE,
        ("kernel", "bias"),
    ),
    Case(layers.Conv3DTranspose, {"filters": 2, "kernel_size": 2, "use_bias": False}, VOLUME, ("kernel",)),
    Case(layers.DepthwiseConv1D, {"kernel_size": 2, "depth_multiplier": 2}, SEQUENCE, ("kernel", "bias")),
    Case(layers.DepthwiseConv2D, {"kernel_size": 3, "padding": "same"}, IMAGE, ("kernel", "bias")),
    Case(
        layers.SeparableConv1D,
        {"filters": 3, "kernel_size": 2, "padding": "causal", "depth_multiplier": 2},
        SEQUENCE,
        ("depthwise_kernel", "pointwise_kernel", "bias"),
    ),
    Case(
        layers.SeparableConv2D,
        {"filters": 3, "kernel_size": 3, "use_bias": False},
        IMAGE,
        ("depthwise_kernel", "pointwise_kernel"),
    ),
    # pooling
    Case(layers.MaxPooling1D, {}, SEQUENCE),
    Case(layers.MaxPooling1D, {}, SEQUENCE, (), "int32"),
    Case(layers.MaxPooling2D, {"pool_size": (3, 2), "strides": 2, "padding": "same"}, IMAGE),
    Case(layers.MaxPooling3D, {"pool_size": 2}, VOLUME),
    Case(layers.AveragePooling1D, {"pool_size": 3, "strides": 1, "padding": "same"}, SEQUENCE),
    Case(layers.AveragePooling1D, {"pool_size": 2}, SEQUENCE, (), "int32"),
    Case(layers.AveragePooling2D, {"pool_size": 2}, IMAGE),
    Case(layers.AveragePooling3D, {"pool_size": (1, 2, 2), "padding": "same"}, VOLUME),
    Case(layers.AdaptiveMaxPooling1D, {"output_size": 4}, SEQUENCE),
    Case(layers.AdaptiveMaxPooling2D, {"output_size": (4, None)}, IMAGE),
    Case(layers.AdaptiveMaxPooling3D, {"output_size": (2, 3, 1)}, VOLUME),
    Case(layers.AdaptiveAveragePooling1D, {"output_size": 2}, SEQUENCE, (), "int32"),
    Case(layers.AdaptiveAveragePooling2D, {"output_size": (None, 2)}, IMAGE),
    Case(layers.AdaptiveAveragePooling3D, {"output_size": 3}, VOLUME),
    Case(layers.GlobalMaxPooling1D, {}, SEQUENCE),
    Case(layers.GlobalMaxPooling2D, {"keepdims": True}, IMAGE),
    Case(layers.GlobalMaxPooling3D, {}, VOLUME),
    Case(layers.GlobalAveragePooling1D, {}, SEQUENCE),
    Case(layers.GlobalAveragePooling1D, {"keepdims": True}, SEQUENCE, call={"mask": STEPS_MASK}),
    Case(layers.GlobalAveragePooling2D, {}, IMAGE),
    Case(layers.GlobalAveragePooling2D, {}, IMAGE, (), "int32"),
    Case(layers.GlobalAveragePooling3D, {"keepdims": True}, VOLUME),
    # sizes
    Case(layers.ZeroPadding1D, {"padding": (1, 2)}, SEQUENCE),
    Case(layers.ZeroPadding2D, {"padding": ((1, 2), (0, 3))}, IMAGE),
    Case(layers.ZeroPadding3D, {"padding": (1, 0, 2)}, VOLUME),
    Case(layers.Cropping1D, {"cropping": (1, 2)}, SEQUENCE),
    Case(layers.Cropping2D, {"cropping": ((1, 2), (0, 3))}, IMAGE),
    Case(layers.Cropping3D, {"cropping": (1, 2, 0)}, VOLUME),
    Case(layers.UpSampling1D, {"size": 3}, SEQUENCE),
    Case(layers.UpSampling2D, {"size": (2, 3)}, IMAGE),
    Case(layers.UpSampling2D, {"interpolation": "bilinear"}, IMAGE),
    Case(layers.UpSampling3D, {"size": 2}, VOLUME),
    # random
    Case(layers.Dropout, {"rate": 0.5}, SEQUENCE, random=True),
    Case(layers.Dropout, {"rate": 0.3, "noise_shape": (None, 1, None)}, SEQUENCE, random=True),
    Case(layers.AlphaDropout, {"rate": 0.4}, SEQUENCE, random=True),
    Case(layers.GaussianDropout, {"rate": 0.5}, SEQUENCE, random=True),
    Case(layers.GaussianNoise, {"stddev": 0.5}, SEQUENCE, random=True),
    Case(layers.SpatialDropout1D, {"rate": 0.5}, (4, 3, 6), random=True),
    Case(layers.SpatialDropout2D, {"rate": 0.5}, (4, 3, 2, 6), random=True),
    Case(layers.SpatialDropout3D, {"rate": 0.5}, (4, 3, 2, 2, 6), random=True),
]


@pytest.mark.parametrize("check", LAYER_CHECKS, ids=name_of)
@pytest.mark.parametrize("case", LAYER_CASES, ids=name_of)
def test_every_layer_keeps_the_contract(case, check):
    check(case)
