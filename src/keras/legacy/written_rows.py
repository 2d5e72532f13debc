"""What layers, initializers and optimizers of Keras 1.2 and 2.3 took: the tables of `written`."""

from __future__ import annotations

from typing import Any, NamedTuple


class Written(NamedTuple):
    """A layer as a release wrote it.

    Attributes:
        arguments: what its config may hold, separated by spaces, as the release called it.
        name: the name of its class then, if it was another.
        always: arguments that are always written.
    """

    arguments: str = ""
    name: str = ""
    always: dict[str, Any] = {}  # noqa: RUF012


# arguments that change no number of a prediction, or that belong to today's engine
SAYS_NOTHING = frozenset(("seed", "use_cudnn", "autocast", "batch_input_shape", "optional", "ragged", "implementation"))

# what happened in releases that did not ask
STANDARD = {
    "data_format": "channels_last", "zero_output_for_mask": False, "unroll": False, "return_state": False, "bias": True,
    "dropout_W": 0.0, "dropout_U": 0.0, "subsample": 1,
}  # fmt: skip

_BIAS = "bias_initializer bias_regularizer bias_constraint activity_regularizer"
_KERNEL = f"activation use_bias kernel_initializer kernel_regularizer kernel_constraint {_BIAS}"
_CONV = f"filters kernel_size strides padding data_format dilation_rate {_KERNEL}"
_APART = (
    "kernel_size strides padding data_format dilation_rate depth_multiplier activation use_bias depthwise_initializer "
    f"depthwise_regularizer depthwise_constraint {_BIAS}"
)
_POINTWISE = "filters pointwise_initializer pointwise_regularizer pointwise_constraint"
_CELL = f"units {_KERNEL} recurrent_initializer recurrent_regularizer recurrent_constraint dropout recurrent_dropout"
_LOOP = "return_sequences return_state go_backwards stateful unroll"
_POOL = "pool_size strides padding data_format"

LAYERS_OF_2 = {
    "InputLayer": Written("batch_input_shape dtype sparse"),
    "Activation": Written("activation"),
    "ActivityRegularization": Written("l1 l2"),
    "Add": Written(),
    "AlphaDropout": Written("rate noise_shape"),
    "Average": Written(),
    "BatchNormalization": Written(
        "axis momentum epsilon center scale beta_initializer gamma_initializer moving_mean_initializer "
        "moving_variance_initializer beta_regularizer gamma_regularizer beta_constraint gamma_constraint"
    ),
    "Bidirectional": Written("layer merge_mode"),
    "Concatenate": Written("axis"),
    "Conv1D": Written(_CONV),
    "Conv2D": Written(_CONV),
    "Conv3D": Written(_CONV),
    "Conv2DTranspose": Written(f"{_CONV} output_padding"),
    "ConvLSTM2D": Written(
        f"{_CONV} recurrent_initializer recurrent_regularizer recurrent_constraint recurrent_activation "
        "unit_forget_bias dropout recurrent_dropout return_sequences go_backwards stateful"
    ),
    "Conv3DTranspose": Written(f"{_CONV} output_padding"),
    "Cropping1D": Written("cropping"),
    "Cropping2D": Written("cropping data_format"),
    "Cropping3D": Written("cropping data_format"),
    "Dense": Written(f"units {_KERNEL}"),
    "DepthwiseConv2D": Written(_APART),
    "Dot": Written("axes normalize"),
    "Dropout": Written("rate noise_shape"),
    "ELU": Written("alpha"),
    "Embedding": Written(
        "input_dim output_dim embeddings_initializer embeddings_regularizer activity_regularizer embeddings_constraint "
        "mask_zero"
    ),
    "Flatten": Written("data_format"),
    "GRU": Written(f"{_CELL} {_LOOP} recurrent_activation reset_after"),
    "GRUCell": Written(f"{_CELL} recurrent_activation reset_after"),
    "GaussianDropout": Written("rate"),
    "GaussianNoise": Written("stddev"),
    "LSTM": Written(f"{_CELL} {_LOOP} recurrent_activation unit_forget_bias"),
    "LSTMCell": Written(f"{_CELL} recurrent_activation unit_forget_bias"),
    "LeakyReLU": Written("alpha"),
    "LocallyConnected1D": Written(_CONV),
    "LocallyConnected2D": Written(_CONV),
    "Masking": Written("mask_value"),
    "Maximum": Written(),
    "Minimum": Written(),
    "Multiply": Written(),
    "PReLU": Written("alpha_initializer alpha_regularizer alpha_constraint shared_axes"),
    "Permute": Written("dims"),
    "RNN": Written(f"cell {_LOOP}"),
    "ReLU": Written("max_value negative_slope threshold"),
    "RepeatVector": Written("n"),
    "Reshape": Written("target_shape"),
    "SeparableConv1D": Written(f"{_APART} {_POINTWISE}"),
    "SeparableConv2D": Written(f"{_APART} {_POINTWISE}"),
    "SimpleRNN": Written(f"{_CELL} {_LOOP}"),
    "SimpleRNNCell": Written(_CELL),
    "Softmax": Written("axis"),
    "SpatialDropout1D": Written("rate"),
    "SpatialDropout2D": Written("rate data_format"),
    "SpatialDropout3D": Written("rate data_format"),
    "StackedRNNCells": Written("cells"),
    "Subtract": Written(),
    "ThresholdedReLU": Written("theta"),
    "TimeDistributed": Written("layer"),
    "UpSampling1D": Written("size"),
    "UpSampling2D": Written("size data_format interpolation"),
    "UpSampling3D": Written("size data_format"),
    "ZeroPadding1D": Written("padding"),
    "ZeroPadding2D": Written("padding data_format"),
    "ZeroPadding3D": Written("padding data_format"),
    **{f"{kind}Pooling{n}D": Written(_POOL) for kind in ("Max", "Average") for n in (1, 2, 3)},
    **{f"Global{kind}Pooling{n}D": Written("data_format") for kind in ("Max", "Average") for n in (1, 2, 3)},
}

_OLD = "init activation W_regularizer b_regularizer activity_regularizer W_constraint b_constraint bias"
_OLD_LOOP = "init inner_init activation W_regularizer U_regularizer b_regularizer dropout_W dropout_U output_dim"
_OLD_RUN = "return_sequences go_backwards stateful unroll"
_BY_STEP = {"consume_less": "cpu"}
_TABLE = "input_dim output_dim init W_regularizer W_constraint mask_zero"
_MOMENTS = "epsilon axis momentum beta_init gamma_init gamma_regularizer beta_regularizer"

LAYERS_OF_1 = {
    "InputLayer": Written("batch_input_shape input_dtype sparse"),
    "Activation": Written("activation"),
    "ActivityRegularization": Written("l1 l2"),
    "BatchNormalization": Written(_MOMENTS, always={"mode": 0}),
    "Bidirectional": Written("layer merge_mode"),
    "Conv1D": Written(f"{_OLD} nb_filter filter_length border_mode subsample_length atrous_rate", "Convolution1D"),
    "Conv2D": Written(
        f"{_OLD} nb_filter nb_row nb_col border_mode subsample atrous_rate dim_ordering", "Convolution2D"
    ),
    "Conv3D": Written(
        f"{_OLD} nb_filter kernel_dim1 kernel_dim2 kernel_dim3 border_mode subsample dim_ordering", "Convolution3D"
    ),
    "Conv2DTranspose": Written(
        f"{_OLD} nb_filter nb_row nb_col output_shape border_mode subsample dim_ordering", "Deconvolution2D"
    ),
    "ConvLSTM2D": Written(
        "nb_filter nb_row nb_col init inner_init forget_bias_init activation inner_activation border_mode dim_ordering "
        "return_sequences go_backwards stateful"
    ),
    "Cropping1D": Written("cropping"),
    "Cropping2D": Written("cropping dim_ordering"),
    "Cropping3D": Written("cropping dim_ordering"),
    "Dense": Written(f"{_OLD} output_dim"),
    "DroppedEmbedding": Written(f"{_TABLE} dropout", "Embedding"),
    "Dropout": Written("p"),
    "ELU": Written("alpha"),
    "Embedding": Written(_TABLE),
    "Flatten": Written(),
    "GRU": Written(f"{_OLD_LOOP} {_OLD_RUN} inner_activation", always=_BY_STEP),
    "GaussianDropout": Written("p"),
    "GaussianNoise": Written("sigma"),
    "Highway": Written(_OLD),
    "LSTM": Written(f"{_OLD_LOOP} {_OLD_RUN} inner_activation forget_bias_init", always=_BY_STEP),
    "LeakyReLU": Written("alpha"),
    "LocallyConnected1D": Written(f"{_OLD} nb_filter filter_length border_mode subsample_length"),
    "LocallyConnected2D": Written(f"{_OLD} nb_filter nb_row nb_col border_mode subsample dim_ordering"),
    "Masking": Written("mask_value"),
    "MaxoutDense": Written(f"{_OLD} output_dim nb_feature"),
    "ModalBatchNormalization": Written(f"{_MOMENTS} mode", "BatchNormalization"),
    "PReLU": Written("init shared_axes"),
    "ParametricSoftplus": Written("alpha_init beta_init shared_axes"),
    "Permute": Written("dims"),
    "RepeatVector": Written("n"),
    "Reshape": Written("target_shape"),
    "SReLU": Written("t_left_init a_left_init t_right_init a_right_init shared_axes"),
    "SeparableConv2D": Written(
        "nb_filter nb_row nb_col init activation border_mode subsample depth_multiplier dim_ordering bias "
        "depthwise_regularizer pointwise_regularizer b_regularizer activity_regularizer depthwise_constraint "
        "pointwise_constraint b_constraint",
        "SeparableConvolution2D",
    ),
    "SimpleRNN": Written(f"{_OLD_LOOP} {_OLD_RUN}", always=_BY_STEP),
    "SpatialDropout1D": Written("p"),
    "SpatialDropout2D": Written("p dim_ordering"),
    "SpatialDropout3D": Written("p dim_ordering"),
    "ThresholdedReLU": Written("theta"),
    "TimeDistributed": Written("layer"),
    "TimeDistributedDense": Written(f"{_OLD} output_dim"),
    "UpSampling1D": Written("length"),
    "UpSampling2D": Written("size dim_ordering"),
    "UpSampling3D": Written("size dim_ordering"),
    "ZeroPadding1D": Written("padding"),
    "ZeroPadding2D": Written("padding dim_ordering"),
    **{f"{kind}Pooling1D": Written("pool_length stride border_mode") for kind in ("Max", "Average")},
    **{
        f"{kind}Pooling{n}D": Written("pool_size strides border_mode dim_ordering")
        for kind in ("Max", "Average")
        for n in (2, 3)
    },
    **{f"Global{kind}Pooling1D": Written() for kind in ("Max", "Average")},
    **{f"Global{kind}Pooling{n}D": Written("dim_ordering") for kind in ("Max", "Average") for n in (2, 3)},
}
# what made one of several inputs in 1.x -> the mode of `Merge`
MERGED = {"Add": "sum", "Multiply": "mul", "Average": "ave", "Maximum": "max", "Concatenate": "concat"}

ACTIVATIONS = {
    "1": "softmax elu softplus softsign relu tanh sigmoid linear",
    "2": "softmax elu selu softplus softsign relu tanh sigmoid exponential linear",
}

VARIANCE_SCALED = {
    "GlorotUniform": (1.0, "fan_avg", "uniform"), "GlorotNormal": (1.0, "fan_avg", "normal"),
    "HeUniform": (2.0, "fan_in", "uniform"), "HeNormal": (2.0, "fan_in", "normal"),
    "LecunUniform": (1.0, "fan_in", "uniform"), "LecunNormal": (1.0, "fan_in", "normal"),
}  # fmt: skip
# class and arguments of an initializer -> its name in 1.x; what was drawn has no bearing on weights in a file
NAMES_OF_1 = {
    ("GlorotUniform",): "glorot_uniform", ("GlorotNormal",): "glorot_normal", ("HeUniform",): "he_uniform",
    ("HeNormal",): "he_normal", ("LecunUniform",): "lecun_uniform", ("Orthogonal", 1.0): "orthogonal",
    ("Orthogonal", 1.1): "orthogonal", ("Zeros",): "zero", ("Ones",): "one", ("RandomUniform", -0.05, 0.05): "uniform",
    ("RandomNormal", 0.0, 0.05): "normal",
}  # fmt: skip

OPTIMIZERS = {
    "SGD": "momentum nesterov", "RMSprop": "rho epsilon", "Adagrad": "epsilon", "Adadelta": "rho epsilon",
    "Adam": "beta_1 beta_2 epsilon amsgrad", "Adamax": "beta_1 beta_2 epsilon",
    "Nadam": "beta_1 beta_2 epsilon schedule_decay",
}  # fmt: skip

FOR_OLDER = "save for an older reader: "  # what messages begin with


def shown(value: Any) -> str:
    """A value as messages show it: objects by their class."""
    return value["class_name"] if isinstance(value, dict) and "class_name" in value else repr(value)
