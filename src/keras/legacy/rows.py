"""Older arguments and what they are called today: the tables. `arguments` applies them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from keras.legacy import values


class Row(NamedTuple):
    """One older argument of one or several callables.

    Attributes:
        names: the callables, below the module they are in.
        old: its older name; several, if they make one argument of today.
        today: its name today; several, if it is two today; empty, if it must be one of the values in `value`.
        eras: which releases knew it.
        value: a dict from older to today's values, or a function of the older ones; None keeps them.
    """

    names: str
    old: str | tuple[str, ...]
    today: str | tuple[str, ...]
    eras: str = "0.x 1.x"
    value: Any = None


class Order(NamedTuple):
    """What the arguments without a name meant in another year.

    Attributes:
        names: the callables.
        order: names of the arguments in order, as they were called then.
        when: whether these positional arguments can only be meant that way; None leaves it to the era.
        eras: which releases had it.
        before: the release from which on today's order holds, for calls that could mean either; empty if only `when`
            decides.
    """

    names: str
    order: str
    when: Callable[[tuple], bool] | None = None
    eras: str = "0.x 1.x"
    before: str = "2.0"


class Default(NamedTuple):
    """A default that was another one: from release `since` until before release `before`, or in all years if empty."""

    names: str
    argument: str
    value: Any
    since: str
    before: str


_RNN = "LSTM GRU SimpleRNN LSTMCell GRUCell SimpleRNNCell"
_CONV = "Conv1D Conv2D Conv3D Conv2DTranspose SeparableConv2D ConvLSTM2D"
_POOL = "MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D"
_GLOBAL = "GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling2D GlobalMaxPooling3D"
_IMAGES = (
    "Conv2D Conv3D Conv2DTranspose SeparableConv2D ConvLSTM2D MaxPooling2D MaxPooling3D AveragePooling2D "
    "AveragePooling3D UpSampling2D UpSampling3D ZeroPadding2D ZeroPadding3D Cropping2D Cropping3D SpatialDropout2D "
    f"SpatialDropout3D {_GLOBAL}"
)
_DROPOUTS = "Dropout GaussianDropout SpatialDropout1D SpatialDropout2D SpatialDropout3D"
_OPTIMIZERS = "SGD RMSprop Adagrad Adadelta Adam Adamax Nadam"
# layers whose kernels have names of their own, which the arguments of `Conv` do not reach
_OWN_KERNELS = "DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D"
_ENCODERS = "CategoryEncoding IntegerLookup StringLookup TextVectorization"
_ALL_OPTIMIZERS = f"{_OPTIMIZERS} Ftrl AdamW Adafactor Lion"
_ALL = "0.x 1.x 2.x"

LAYERS = [
    #   callables                older argument        today's argument         eras      values
    Row(f"Dense {_RNN}", "output_dim", "units"),
    Row(f"Dense Conv1D Conv2D Conv3D Conv2DTranspose ConvLSTM2D {_RNN}", "init", "kernel_initializer"),
    Row(f"Dense Conv1D Conv2D Conv3D Conv2DTranspose ConvLSTM2D {_RNN}", "W_regularizer", "kernel_regularizer"),
    Row("Dense Conv1D Conv2D Conv3D Conv2DTranspose", "W_constraint", "kernel_constraint"),
    Row("Dense", "W_constraints", "kernel_constraint"),  # the documentation of 1.x wrote these two
    Row("Dense", "b_constraints", "bias_constraint"),
    Row(f"Dense {_CONV} {_RNN}", "b_regularizer", "bias_regularizer"),
    Row("Dense Conv1D Conv2D Conv3D Conv2DTranspose SeparableConv2D", "b_constraint", "bias_constraint"),
    Row(f"Dense {_CONV}", "bias", "use_bias"),
    Row(f"ConvLSTM2D {_RNN}", "inner_init", "recurrent_initializer"),
    Row(f"ConvLSTM2D {_RNN}", "U_regularizer", "recurrent_regularizer"),
    Row("LSTM GRU LSTMCell GRUCell ConvLSTM2D", "inner_activation", "recurrent_activation"),
    Row(f"ConvLSTM2D {_RNN}", "dropout_W", "dropout"),
    Row(f"ConvLSTM2D {_RNN}", "dropout_U", "recurrent_dropout"),
    Row("LSTM LSTMCell ConvLSTM2D", "forget_bias_init", "unit_forget_bias", value=values.FORGET_BIAS),
    Row("LSTM GRU SimpleRNN", "consume_less", "implementation", "1.x", values.IMPLEMENTATIONS),
    Row("Conv1D", "filter_length", "kernel_size"),
    Row(_CONV, "nb_filter", "filters"),
    Row("Conv2D Conv2DTranspose SeparableConv2D ConvLSTM2D", ("nb_row", "nb_col"), "kernel_size", value=values.sizes),
    Row("Conv3D", ("kernel_dim1", "kernel_dim2", "kernel_dim3"), "kernel_size", value=values.sizes),
    Row(f"{_CONV} {_POOL}", "border_mode", "padding"),
    Row("Conv2D Conv3D Conv2DTranspose SeparableConv2D ConvLSTM2D", "subsample", "strides"),
    Row("Conv1D", "subsample_length", "strides"),
    Row(_IMAGES, "dim_ordering", "data_format", value=values.AXIS_ORDERS),
    Row("ZeroPadding1D", "padding", "padding", "1.x", values.sequence_padding),
    Row("ZeroPadding2D", "padding", "padding", "1.x", values.image_padding),
    Row("SeparableConv2D", "init", ("depthwise_initializer", "pointwise_initializer"), "1.x", values.pair),
    Row("MaxPooling1D AveragePooling1D", "pool_length", "pool_size"),
    Row("MaxPooling1D AveragePooling1D", "stride", "strides"),
    Row("UpSampling1D", "length", "size"),
    Row(_DROPOUTS, "p", "rate"),
    Row("GaussianNoise", "sigma", "stddev"),
    Row("Embedding", "init", "embeddings_initializer"),
    Row("Embedding", "W_regularizer", "embeddings_regularizer"),
    Row("Embedding", "W_constraint", "embeddings_constraint"),
    Row("PReLU", "init", "alpha_initializer"),
    Row("BatchNormalization", "beta_init", "beta_initializer"),
    Row("BatchNormalization", "gamma_init", "gamma_initializer"),
    Row("LeakyReLU", "alpha", "negative_slope", _ALL),
    Row("Reshape", "dims", "target_shape", "0.x"),
    Row("Conv2D", "stack_size", "input_shape", "0.x", values.channels_of_images),
    Row("MaxPooling2D", "poolsize", "pool_size", "0.x"),
    Row("MaxPooling2D", "ignore_border", "", "0.x", {True: None}),
    Row("InputLayer", "batch_input_shape", "batch_shape", "1.x 2.x"),
    Row("InputLayer", "input_shape", "shape", "1.x 2.x"),
    Row("InputLayer", "input_dtype", "dtype", "1.x 2.x"),
    Row("Discretization", "bins", ("bin_boundaries", "num_bins"), "2.x", values.bins),
    Row("CategoryEncoding", "max_tokens", "num_tokens", "2.x"),
    Row(_ENCODERS, "output_mode", "output_mode", "2.x", values.output_mode),
    Row("IntegerLookup", "max_values", "max_tokens", "2.x"),
    Row("IntegerLookup", "mask_value", "mask_token", "2.x"),
    Row("IntegerLookup", "oov_value", "oov_token", "2.x"),
    Row("Input", "batch_input_shape", "batch_shape", "2.x"),
    # what was possible to say, and has one meaning here
    Row("Input InputLayer", "type_spec", "", "2.x", {None: None}),
    Row("Embedding", "sparse", "", "2.x", {False: None}),
    Row("Embedding", "use_one_hot_matmul", "", "2.x", {True: None, False: None}),
    Row("Softmax", "robust_masking", "", "2.x", {True: None, False: None}),
    Row("MultiHeadAttention", "softmax_robust_masking", "", "2.x", {True: None, False: None}),
    Row("BatchNormalization", "fused", "", "2.x", {True: None, False: None, None: None}),
    Row("BatchNormalization", "virtual_batch_size", "", "2.x", {None: None}),
    Row("BatchNormalization", "adjustment", "", "2.x", {None: None}),
    Row(_OWN_KERNELS, "kernel_initializer", "", "2.x", {"glorot_uniform": None, None: None}),
    Row(_OWN_KERNELS, "kernel_regularizer", "", "2.x", {None: None}),
    Row(_OWN_KERNELS, "kernel_constraint", "", "2.x", {None: None}),
    Row(f"{_OWN_KERNELS} Conv1DTranspose Conv2DTranspose Conv3DTranspose", "groups", "", "2.x", {1: None}),
    Row("SpatialDropout1D SpatialDropout2D SpatialDropout3D", "noise_shape", "", "1.x 2.x", {None: None}),
    Row("StackedRNNCells", "reverse_state_order", "", "2.x", {False: None}),
    Row("Attention AdditiveAttention", "causal", "", "2.x", {False: None}),
]  # fmt: skip

OPTIMIZERS = [
    Row(f"{_ALL_OPTIMIZERS} Optimizer", "lr", "learning_rate", _ALL),
    # updates are always compiled
    Row("Adam", "adaptive_epsilon", "", "2.x", {False: None}),
    Row(f"{_ALL_OPTIMIZERS} Optimizer", "jit_compile", "", "2.x", {True: None, False: None}),
]

CALLBACKS = [
    Row("ReduceLROnPlateau", "epsilon", "min_delta", "1.x 2.x"),
    Row("CallbackList", "queue_length", "", _ALL, {10: None}),
    Row("ProgbarLogger", "count_mode", "", "2.x", {"steps": None, "samples": None}),
    Row("ProgbarLogger", "stateful_metrics", "", "2.x", {None: None}),
    Row("ModelCheckpoint", "options", "", "2.x", {None: None}),
    Row("ModelCheckpoint", "load_weights_on_restart", "", "2.x", {False: None}),
    Row("BackupAndRestore", "save_before_preemption", "", "2.x", {False: None}),
    Row("TensorBoard", "write_grads", "", "1.x 2.x", {False: None}),
    Row("TensorBoard", "batch_size", "", "2.x", values.ANY_NUMBER),  # of the rows histograms were made of
    Row("TensorBoard", "embeddings_layer_names", "", "1.x 2.x", {None: None}),
    Row("TensorBoard", "embeddings_data", "", "2.x", {None: None}),
    Row("TensorBoard.on_train_end", "_", "logs", _ALL),
    Row("LambdaCallback", "on_batch_begin", "on_train_batch_begin", "1.x 2.x"),
    Row("LambdaCallback", "on_batch_end", "on_train_batch_end", "1.x 2.x"),
]

CONSTRAINTS = [
    Row("MaxNorm", "m", "max_value"),
    Row("MinMaxNorm", "low", "min_value", "1.x"),
    Row("MinMaxNorm", "high", "max_value", "1.x"),
]

REGULARIZERS = [
    Row("L1", "l", "l1", _ALL),
    Row("L2", "l", "l2", _ALL),
]

INITIALIZERS = [
    Row("VarianceScaling", "distribution", "distribution", "2.x", lambda d: "truncated_normal" if d == "normal" else d),
]

TOOLS = [
    Row("conv_input_length conv_output_length", "border_mode", "padding", "1.x"),
    Row("get_test_data", "nb_train", "num_train"),
    Row("get_test_data", "nb_test", "num_test"),
    Row("get_test_data", "nb_class", "num_classes"),
]

UTILS = [
    Row("to_categorical", "y", "x", _ALL),
    Row("to_categorical", "nb_classes", "num_classes"),
    Row("normalize", "a", "x", "1.x"),
]

DATASETS = [
    Row("load_data", "nb_words", "num_words"),
]

IMAGES = [
    Row("load_img", "grayscale", "color_mode", _ALL, {True: "grayscale", False: "rgb"}),
    Row("img_to_array array_to_img", "dim_ordering", "data_format", "1.x", values.AXIS_ORDERS),
]

AUGMENTATION = [
    Row(
        "ImageDataGenerator NumpyArrayIterator DirectoryIterator",
        "dim_ordering",
        "data_format",
        "1.x",
        values.AXIS_ORDERS,
    ),
    Row("ImageDataGenerator.flow NumpyArrayIterator", "X", "x", "0.x 1.x"),
    Row("ImageDataGenerator.fit", "X", "x", "0.x 1.x"),
    Row("Iterator", "N", "n", "1.x"),
    Row("random_rotation random_shift random_shear random_zoom", "row_index", "row_axis", "1.x"),
    Row("random_rotation random_shift random_shear random_zoom", "col_index", "col_axis", "1.x"),
    Row(
        "random_rotation random_shift random_shear random_zoom random_channel_shift apply_transform",
        "channel_index",
        "channel_axis",
        "1.x",
    ),
    Row("random_channel_shift", "intensity", "intensity_range"),
    Row("random_channel_shift", "rg", "intensity_range", "0.x"),
    Row("random_zoom", "rg", "zoom_range", "0.x", values.around_one),
]

TEXTS = [
    Row("Tokenizer", "nb_words", "num_words"),
    Row("text_to_word_sequence one_hot", "text", "input_text", _ALL),
]

APPLICATIONS = [
    Row("preprocess_input", "dim_ordering", "data_format", "1.x", values.AXIS_ORDERS),
]

NETWORKS = [
    Row("ConvNeXtTiny ConvNeXtSmall ConvNeXtBase ConvNeXtLarge ConvNeXtXLarge", "model_name", "name", "2.x"),
    Row("MobileNetV2", "depth_multiplier", "", "2.x", {1: None}),
]

MODELS = [
    Row("Model Functional", "input", "inputs", "1.x"),
    Row("Model Functional", "output", "outputs", "1.x"),
    Row("Model.fit", "nb_epoch", "epochs"),
    Row("Model.fit", "nepochs", "epochs"),  # books about 1.x wrote it
    Row("Model.fit Model.evaluate Model.predict", "X", "x", "0.x"),
    Row("Model.train_on_batch Model.test_on_batch Model.predict_on_batch", "X", "x", "0.x"),
]

BACKEND = [
    Row("set_epsilon", "e", "value", _ALL),
    Row("set_floatx", "floatx", "value", _ALL),
]

# where the callables of the rows are, and what the module is called that has them
TABLES = {
    "keras.layers": LAYERS,
    "keras.optimizers": OPTIMIZERS,
    "keras.callbacks": CALLBACKS,
    "keras.constraints": CONSTRAINTS,
    "keras.regularizers": REGULARIZERS,
    "keras.initializers": INITIALIZERS,
    "keras.utils": UTILS + IMAGES,
    "keras.datasets.imdb": DATASETS,
    "keras.datasets.reuters": DATASETS,
    "keras.applications.imagenet_utils": APPLICATIONS,
    "keras.applications.convnext": NETWORKS,
    "keras.applications.inception_v3": NETWORKS,
    "keras.applications.mobilenet_v2": NETWORKS,
    "keras.applications.resnet": NETWORKS,
    "keras.applications.resnet50": APPLICATIONS,
    "keras.applications.vgg16": APPLICATIONS,
    "keras.applications.vgg19": APPLICATIONS,
    "keras.applications.xception": NETWORKS,
    "keras.legacy.tools": TOOLS,
    "keras.legacy.preprocessing.image": AUGMENTATION,
    "keras.legacy.preprocessing.text": TEXTS,
    "keras.preprocessing.image": IMAGES,
    "keras.backend": BACKEND,
    "keras.models": MODELS,
}

_WEIGHTS = "W_regularizer b_regularizer activity_regularizer W_constraint b_constraint"
_CONV_END = f"subsample dim_ordering {_WEIGHTS} bias"


def _second(test: Callable[[Any], bool]) -> Callable[[tuple], bool]:
    return lambda args: len(args) > 1 and test(args[1])


def _at(place: int, test: Callable[[Any], bool]) -> Callable[[tuple], bool]:
    return lambda args: len(args) > place and test(args[place])


def _is_string_at(place: int) -> Callable[[tuple], bool]:
    return _at(place, lambda x: isinstance(x, str))


def _is_start_at(place: int) -> Callable[[tuple], bool]:
    # not every name: today `padding` or `data_format` stands there
    return _at(place, values.is_initializer_name)


def _is_tuple_first(args: tuple) -> bool:
    return bool(args) and isinstance(args[0], tuple)


_DIMENSIONS = _second(lambda x: isinstance(x, int) and not isinstance(x, bool))

ORDERS = [
    #     callables     order                                            when it can mean nothing else       eras
    Order("Dense", f"output_dim init activation weights {_WEIGHTS} bias input_dim",
          _second(values.is_initializer_name)),
    Order("Dense", "input_dim output_dim init activation weights", _DIMENSIONS, "0.x", ""),
    Order("LSTM", "input_dim output_dim init inner_init forget_bias_init activation inner_activation", _DIMENSIONS,
          "0.x", ""),
    Order("GRU", "input_dim output_dim init inner_init activation inner_activation", _DIMENSIONS, "0.x", ""),
    Order("SimpleRNN", "input_dim output_dim init inner_init activation", _DIMENSIONS, "0.x", ""),
    Order("LSTM", "output_dim init inner_init forget_bias_init activation inner_activation W_regularizer U_regularizer "
          "b_regularizer dropout_W dropout_U", _second(values.is_initializer_name)),
    Order("GRU", "output_dim init inner_init activation inner_activation W_regularizer U_regularizer b_regularizer "
          "dropout_W dropout_U", _second(values.is_initializer_name)),
    Order("SimpleRNN", "output_dim init inner_init activation W_regularizer U_regularizer b_regularizer dropout_W "
          "dropout_U", _second(values.is_initializer_name)),
    Order("Conv1D", f"nb_filter filter_length init activation weights border_mode subsample_length {_WEIGHTS} bias "
          "input_dim input_length", _is_string_at(2)),
    # 0.1 and 0.2 asked for the channels of the inputs
    Order("Conv2D", "nb_filter stack_size nb_row nb_col init activation weights", _at(3, values.is_number), "0.x", ""),
    Order("Conv2D", f"nb_filter nb_row nb_col init activation weights border_mode {_CONV_END}", _is_start_at(3),
          "0.x 1.x 2.x", "tf2.0"),
    Order("Conv2DTranspose", f"nb_filter nb_row nb_col output_shape init activation weights border_mode {_CONV_END}",
          _at(3, lambda x: isinstance(x, tuple)), "1.x 2.x", "tf2.0"),
    Order("SeparableConv2D", "nb_filter nb_row nb_col init activation weights border_mode subsample depth_multiplier "
          "dim_ordering", _is_start_at(3), "1.x 2.x", "tf2.0"),
    Order("Conv3D", f"nb_filter kernel_dim1 kernel_dim2 kernel_dim3 init activation weights border_mode {_CONV_END}",
          _is_start_at(4), "0.x 1.x 2.x", "tf2.0"),
    Order("ConvLSTM2D", "nb_filter nb_row nb_col init inner_init forget_bias_init activation inner_activation "
          "dim_ordering border_mode subsample", _is_start_at(3), "1.x 2.x", "tf2.0"),
    Order("ZeroPadding1D ZeroPadding2D", "padding dim_ordering", values.is_older_padding, "1.x", ""),
    Order("Embedding", "input_dim output_dim init input_length W_regularizer activity_regularizer W_constraint "
          "mask_zero weights dropout", _at(3, values.is_number)),
    Order("BatchNormalization", "input_shape epsilon mode momentum weights", _is_tuple_first, "0.x",
          ""),
    Order("BatchNormalization", "epsilon mode axis momentum weights beta_init gamma_init gamma_regularizer "
          "beta_regularizer", _at(0, values.is_fraction)),
    Order("PReLU", "input_shape weights", _is_tuple_first, "0.x", ""),
    Order("PReLU", "init weights shared_axes", _at(1, lambda x: isinstance(x, list))),
    Order("Lambda", "function output_shape arguments", _at(2, lambda x: isinstance(x, dict))),
    Order("InputLayer", "input_shape batch_input_shape input_dtype input_tensor sparse name",
          _second(lambda x: isinstance(x, (tuple, list)))),
    Order("SGD", "lr momentum decay nesterov", _at(2, values.is_fraction), _ALL, "tf2.0"),
    Order("RMSprop", "lr rho epsilon decay", None, _ALL, "tf2.0"),
    Order("Adagrad", "lr epsilon decay", None, _ALL, "tf2.0"),
    Order("Adadelta", "lr rho epsilon decay", None, _ALL, "tf2.0"),
    Order("Adam", "lr beta_1 beta_2 epsilon decay", _at(4, values.is_fraction), _ALL, "tf2.0"),
    Order("Adamax", "lr beta_1 beta_2 epsilon decay", None, _ALL, "tf2.0"),
    Order("Nadam", "lr beta_1 beta_2 epsilon schedule_decay", None, _ALL, "tf2.0"),
    Order("load_img", "path grayscale color_mode target_size interpolation",
          lambda args: len(args) > 2 and isinstance(args[1], bool) and isinstance(args[2], str), "2.x", ""),
    Order("load_img", "path grayscale target_size interpolation", _second(lambda x: isinstance(x, bool)), _ALL, ""),
    Order("random_rotation random_shear random_zoom", "x rg fill_mode cval", _is_string_at(2), "0.x", ""),
    Order("VGG16 VGG19 ResNet50 InceptionV3 Xception", "include_top weights input_tensor input_shape classes",
          _at(4, values.is_number), "1.x", ""),
    Order("MobileNetV2", "input_shape alpha depth_multiplier include_top weights input_tensor pooling classes",
          _at(2, lambda x: isinstance(x, int) and not isinstance(x, bool)), "2.x", ""),
    Order("EarlyStopping", "monitor patience verbose mode", None, "0.x", "1.0"),
    Order("ModelCheckpoint", "filepath monitor verbose save_best_only mode", _is_string_at(4), "0.x", "1.0"),
    Order("Sequential", "layers name", _second(lambda x: isinstance(x, str)), "1.x 2.x tf.keras", ""),
    Order("Model.compile", "optimizer loss class_mode", _at(2, lambda x: isinstance(x, str)), "0.x", "1.0"),
    Order("Model.compile", "optimizer loss metrics loss_weights sample_weight_mode weighted_metrics",
          _at(2, values.names_metrics), "1.x 2.x", "tf2.0"),
    Order("Model.fit", "x y batch_size epochs verbose callbacks validation_split validation_data shuffle show_accuracy "
          "class_weight sample_weight", None, "0.x", "1.0"),
    Order("Model.train_on_batch", "x y accuracy class_weight sample_weight", None, "0.x", "1.0"),
    Order("Model.train_on_batch", "x y class_weight sample_weight", _at(2, lambda x: isinstance(x, dict)), "1.x 2.x",
          "1.0"),
]  # fmt: skip

DEFAULTS = [
    #       callables          argument                value              since   before
    Default("LSTM GRU LSTMCell GRUCell", "recurrent_activation", "hard_sigmoid", "0.3", "2.3"),
    Default("ConvLSTM2D", "recurrent_activation", "hard_sigmoid", "0.3", "3"),
    Default("GRU GRUCell", "reset_after", False, "0.3", "tf2.0"),
    Default("AveragePooling1D AveragePooling2D AveragePooling3D", "pool_size", 2, "0.3", ""),
    Default("Conv1D", "kernel_initializer", "uniform", "0.3", "1.0"),
    Default("Flatten", "data_format", "channels_last", "0.3", "2.2"),  # which took values as they lay
    # of these the order of axes of images said nothing until 3
    Default("Conv1D MaxPooling1D AveragePooling1D GlobalMaxPooling1D GlobalAveragePooling1D ZeroPadding1D",
            "data_format", "channels_last", "0.3", "3"),
    Default("SeparableConv1D", "data_format", "channels_last", "0.3", "tf2.0"),
    Default("BatchNormalization", "epsilon", 1e-6, "0.3", "1.0"),
    Default("BatchNormalization", "momentum", 0.9, "0.3", "1.0"),
    Default("RMSprop Adagrad Adadelta", "epsilon", 1e-6, "0.3", "1.0"),
    Default("Adam Adamax", "epsilon", 1e-8, "0.3", "2.2"),
    Default("RMSprop Adagrad Adadelta Nadam", "epsilon", 1e-8, "1.0", "2.2"),
    Default("Adagrad", "learning_rate", 0.01, "0.3", "tf2.0"),
    Default("Adagrad", "initial_accumulator_value", 0.0, "0.3", "tf2.0"),
    Default("Adadelta", "learning_rate", 1.0, "0.3", "tf2.0"),
    Default("Adamax Nadam", "learning_rate", 0.002, "0.3", "tf2.0"),
    Default("Orthogonal", "gain", 1.1, "0.3", "2.0"),
    # which Keras 3 counts in whole numbers
    Default("IoU MeanIoU OneHotIoU OneHotMeanIoU BinaryIoU", "dtype", "float32", "0.3", "3"),
    Default("ImageDataGenerator", "featurewise_center", True, "0.3", "1.0"),
    Default("ImageDataGenerator", "featurewise_std_normalization", True, "0.3", "1.0"),
    Default("ImageDataGenerator.flow", "shuffle", False, "0.3", "1.0"),
    Default("ImageDataGenerator.flow ImageDataGenerator.flow_from_directory", "save_format", "jpeg", "0.3", "2.0"),
    Default("apply_affine_transform", "row_axis", 0, "0.3", "tf2.0"),
    Default("apply_affine_transform", "col_axis", 1, "0.3", "tf2.0"),
    Default("apply_affine_transform", "channel_axis", 2, "0.3", "tf2.0"),
    Default("ImageDataGenerator random_rotation random_shift random_shear random_zoom", "interpolation_order", 0, "0.3",
            "2.2"),
    Default("apply_transform", "order", 0, "0.3", "2.2"),
    Default("Model.fit", "epochs", 100, "0.3", "1.0"),
    Default("Model.fit", "epochs", 10, "1.0", "2.2"),
    Default("Model.fit Model.evaluate Model.predict", "batch_size", 128, "0.3", "1.0"),
    Default("Model.predict", "verbose", 0, "0.3", "tf2.11"),
]  # fmt: skip

# methods that today's models have no more; `detect` weighs their names, not what they took
GENERATOR_ROWS = [
    Row("fit_generator evaluate_generator predict_generator", "max_q_size", "max_queue_size", "1.x"),
    Row("fit_generator evaluate_generator predict_generator", "nb_worker", "workers"),
    Row("fit_generator evaluate_generator predict_generator", "pickle_safe", "use_multiprocessing", "1.x"),
    Row("fit_generator", "nb_epoch", "epochs"),
    Row("evaluate_generator", "nb_val_samples", "val_samples", "0.x"),
    Row("fit_generator", "nb_val_worker", "", "0.x 1.x", {None: None, 1: None}),
]
GENERATOR_ORDERS = [
    Order("fit_generator", "generator samples_per_epoch nb_epoch verbose callbacks validation_data nb_val_samples "
          "class_weight max_q_size nb_worker pickle_safe initial_epoch", None, "1.x"),
    Order("evaluate_generator", "generator val_samples max_q_size nb_worker pickle_safe", None, "1.x"),
    Order("predict_generator", "generator val_samples max_q_size nb_worker pickle_safe", None, "1.x"),
]  # fmt: skip
