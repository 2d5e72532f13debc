"""Import paths of older releases, and where the same things are today."""

import importlib
import importlib.machinery
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

from keras.legacy import names as older_names
from keras.legacy import report, teachers


class Row(NamedTuple):
    """One older module: which of today's modules has the names it had."""

    old: str
    today: str
    names: str  # separated by spaces, the same then and now; '*' for all of today's module
    eras: str


_HDF5 = (
    "load_weights_from_hdf5_group load_weights_from_hdf5_group_by_name preprocess_weights_for_loading "
    "save_weights_to_hdf5_group"
)

ROWS = [
    #   older module                       today's module               names                              eras
    Row("keras.objectives", "keras.losses", "*", "0.x 1.x 2.x"),
    Row("keras.initializations", "keras.legacy.initializations", "*", "0.x 1.x"),
    Row("keras.engine", "keras.layers", "Input InputLayer InputSpec Layer Merge merge", "1.x 2.x"),
    Row("keras.engine", "keras.models", "Model", "1.x 2.x"),
    Row("keras.engine", "keras.utils", "get_source_inputs", "1.x 2.x"),
    Row("keras.engine.topology", "keras.layers", "Input InputLayer InputSpec Layer Merge merge", "1.x 2.x"),
    Row("keras.engine.topology", "keras.utils", "get_source_inputs", "1.x 2.x"),
    Row("keras.engine.topology", "keras.legacy.model_methods", "Node", "1.x 2.x"),
    Row("keras.engine.topology", "keras.legacy.models", "Container Network", "1.x 2.x"),
    Row("keras.engine.base_layer", "keras.layers", "InputSpec Layer", "2.x"),
    Row("keras.engine.base_layer", "keras.legacy.model_methods", "Node", "2.x"),
    Row("keras.engine.input_layer", "keras.layers", "Input InputLayer", "2.x"),
    Row("keras.engine.network", "keras.legacy.models", "Network", "2.x"),
    Row("keras.engine.network", "keras.layers", "Layer", "2.x"),
    Row("keras.engine.saving", "keras.models", (
        "load_model model_from_config model_from_json model_from_yaml save_model"
    ), "2.x"),
    Row("keras.engine.saving", "keras.legacy.hdf5", _HDF5, "2.x"),
    Row("keras.engine.topology", "keras.legacy.hdf5", _HDF5, "2.x"),
    Row("keras.utils.io_utils", "keras.legacy.hdf5", "H5Dict h5dict load_from_binary_h5py save_to_binary_h5py", "2.x"),
    Row("keras.utils.vis_utils", "keras.utils", "model_to_dot plot_model", "2.x"),
    Row("keras.utils.visualize_util", "keras.utils", "model_to_dot", "1.x"),
    Row("keras.utils.visualize_util", "keras.legacy.testing", "plot to_graph", "0.x 1.x"),
    Row("keras.utils.data_utils", "keras.legacy.testing", "validate_file", "1.x 2.x"),
    Row("keras.utils.test_utils", "keras.legacy.testing", "layer_test", "1.x 2.x"),
    Row("keras.utils.generic_utils", "keras.legacy.testing", "display_table", "1.x"),
    Row("keras.utils.conv_utils", "keras.backend", "normalize_data_format", "2.x"),
    Row("keras.utils.layer_utils", "keras.legacy.testing", "container_from_config get_layer", "0.x"),
    Row("keras.engine.sequential", "keras.models", "Sequential", "2.x"),
    Row("keras.engine.training", "keras.models", "Model make_batches slice_X", "1.x 2.x"),
    Row("keras.engine.training", "keras.utils", "GeneratorEnqueuer", "1.x 2.x"),
    Row("keras.engine.training", "keras.legacy.tools", "batch_shuffle collect_trainable_weights", "1.x 2.x"),
    Row("keras.engine.training", "keras.legacy.underscored", (
        "_batch_shuffle _make_batches _slice_arrays _weighted_masked_objective"
    ), "2.x"),
    Row("keras.engine.training", "keras.legacy.underscored", "weighted_objective", "1.x"),
    Row("keras.engine.training", "keras.legacy.standardized", (
        "check_array_lengths check_loss_and_target_compatibility collect_metrics standardize_class_weights "
        "standardize_input_data standardize_sample_or_class_weights standardize_sample_weights standardize_weights"
    ), "1.x"),
    Row("keras.engine.training", "keras.legacy.standardized", (
        "_check_array_lengths _check_loss_and_target_compatibility _collect_metrics _standardize_class_weights "
        "_standardize_input_data _standardize_sample_or_class_weights _standardize_sample_weights "
        "_standardize_weights"
    ), "2.x"),
    Row("keras.engine.training_utils", "keras.legacy.standardized", (
        "check_array_length_consistency check_loss_and_target_compatibility collect_metrics "
        "standardize_class_weights standardize_input_data standardize_sample_or_class_weights "
        "standardize_sample_weights standardize_weights"
    ), "2.x"),
    Row("keras.engine.training_utils", "keras.legacy.underscored", (
        "is_sequence iter_sequence_infinite weighted_masked_objective"
    ), "2.x"),
    Row("keras.engine.training_utils", "keras.legacy.tools", "batch_shuffle", "2.x"),
    Row("keras.engine.topology", "keras.legacy.underscored", "_is_all_none _object_list_uid _to_list", "1.x 2.x"),
    Row("keras.engine.training_arrays", "keras.models", "make_batches", "2.x"),
    Row("keras.engine.training_generator", "keras.utils", "GeneratorEnqueuer OrderedEnqueuer", "2.x"),
    Row("keras.engine.training_utils", "keras.models", "make_batches", "2.x"),
    Row("keras.backend.tensorflow_backend", "keras.legacy.backend.everything", "*", "0.x 1.x 2.x"),
    Row("keras.backend.theano_backend", "keras.legacy.backend.everything", "*", "0.x 1.x 2.x"),
    Row("keras.backend.cntk_backend", "keras.legacy.backend.everything", "*", "2.x"),
    Row("keras.backend.numpy_backend", "keras.legacy.backend.everything", "*", "2.x"),
    Row("keras.backend.load_backend", "keras.legacy.backend.everything", "*", "2.x"),
    Row("keras.backend.common", "keras.legacy.backend.everything", (
        "epsilon floatx set_epsilon set_floatx cast_to_floatx image_data_format set_image_data_format "
        "normalize_data_format image_dim_ordering set_image_dim_ordering get_uid is_keras_tensor "
        "legacy_weight_ordering set_legacy_weight_ordering reset_uids eager symbolic"
    ), "1.x 2.x"),
    Row("keras.backend.common", "keras.legacy.underscored", "_EPSILON", "0.x 1.x 2.x"),
    Row("keras.backend.experimental", "keras.legacy.backend.experimental", "*", "2.x"),
    Row("keras.callbacks.callbacks", "keras.callbacks", "*", "2.x"),
    Row("keras.layers.core", "keras.layers", (
        "Activation ActivityRegularization AutoEncoder Dense Dropout Flatten Highway Lambda LambdaMerge Layer "
        "MaskedLambda MaskedLayer Masking MaxoutDense Merge Permute RepeatVector Reshape Siamese SiameseHead "
        "SpatialDropout1D SpatialDropout2D SpatialDropout3D TimeDistributedDense TimeDistributedMerge "
        "add_shared_layer"
    ), "0.x 1.x 2.x"),
    Row("keras.layers.advanced_activations", "keras.layers", (
        "ELU LeakyReLU PReLU ParametricSoftplus ReLU SReLU Softmax ThresholdedLinear ThresholdedReLU"
    ), "0.x 1.x 2.x"),
    Row("keras.layers.containers", "keras.models", "Graph Sequential", "0.x"),
    Row("keras.layers.convolutional", "keras.layers", (
        "AtrousConv1D AtrousConv2D AtrousConvolution1D AtrousConvolution2D AveragePooling1D AveragePooling2D "
        "AveragePooling3D Conv1D Conv2D Conv2DTranspose Conv3D Conv3DTranspose Convolution1D Convolution2D "
        "Convolution2DTranspose Convolution3D Cropping1D Cropping2D Cropping3D Deconv2D Deconv3D Deconvolution2D "
        "Deconvolution3D DepthwiseConv2D MaxPooling1D MaxPooling2D MaxPooling3D SeparableConv1D SeparableConv2D "
        "SeparableConvolution1D SeparableConvolution2D UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D "
        "ZeroPadding2D ZeroPadding3D"
    ), "0.x 1.x 2.x"),
    Row("keras.layers.cudnn_recurrent", "keras.layers", "CuDNNGRU CuDNNLSTM", "2.x"),
    Row("keras.layers.embeddings", "keras.layers", "Embedding", "0.x 1.x 2.x"),
    Row("keras.layers.embeddings", "keras.layers", "WordContextProduct", "0.x"),
    Row("keras.layers.local", "keras.layers", "LocallyConnected1D LocallyConnected2D", "1.x 2.x"),
    Row("keras.layers.convolutional_recurrent", "keras.layers", (
        "ConvLSTM2D ConvLSTM2DCell ConvRNN2D ConvRecurrent2D"
    ), "1.x 2.x"),
    Row("keras.layers.merge", "keras.layers", (
        "Add Average Concatenate Dot Maximum Minimum Multiply Subtract add average concatenate dot maximum minimum "
        "multiply subtract"
    ), "2.x"),
    Row("keras.layers.merge", "keras.legacy.merging", "_Merge", "2.x"),
    Row("keras.layers.experimental", "keras.layers", "EinsumDense", "2.x"),
    Row("keras.layers.experimental.preprocessing", "keras.layers", (
        "CategoryEncoding CenterCrop Discretization HashedCrossing Hashing IntegerLookup Normalization RandomContrast "
        "RandomCrop RandomFlip RandomRotation RandomTranslation RandomZoom Rescaling Resizing StringLookup "
        "TextVectorization"
    ), "2.x"),
    Row("keras.experimental", "keras.optimizers.schedules", "CosineDecay CosineDecayRestarts", "2.x"),
    Row("keras.experimental", "keras.legacy.recurrent", "PeepholeLSTMCell", "2.x"),
    Row("keras.experimental", "keras.legacy.experimental", "LinearModel WideDeepModel", "2.x"),
    Row("keras.experimental", "keras.legacy.gone", "SequenceFeatures SidecarEvaluator", "2.x"),
    Row("keras.layers.experimental", "keras.legacy.experimental", (
        "RandomFourierFeatures SyncBatchNormalization"
    ), "2.x"),
    Row("keras.layers.experimental", "keras.legacy.gone", "DynamicEmbedding DynamicLookup", "2.x"),
    Row("keras.layers.experimental.preprocessing", "keras.legacy.experimental", (
        "PreprocessingLayer RandomHeight RandomWidth"
    ), "2.x"),
    Row("keras.layers.experimental.preprocessing", "keras.legacy.gone", "CategoryCrossing", "2.x"),
    Row("keras.metrics.experimental", "keras.legacy.gone", "PyMetric", "2.x"),
    Row("keras.models.experimental", "keras.legacy.gone", "SharpnessAwareMinimization", "2.x"),
    Row("keras.utils.experimental", "keras.legacy.gone", "DatasetCreator", "2.x"),
    Row("keras.callbacks.experimental", "keras.legacy.gone", "UpdateEmbeddingCallback", "2.x"),
    Row("keras.estimator", "keras.legacy.gone", "model_to_estimator", "2.x"),
    Row("keras.dtensor", "keras.legacy.gone", "LayoutMap", "2.x"),
    Row("keras.dtensor.experimental", "keras.legacy.gone", "LayoutMap layout_map_scope", "2.x"),
    Row("keras.dtensor.experimental.optimizers", "keras.optimizers", (
        "Adadelta Adagrad Adam AdamW RMSprop SGD"
    ), "2.x"),
    Row("keras.callbacks.experimental", "keras.callbacks", "BackupAndRestore", "2.x"),
    Row("keras.callbacks.tensorboard_v1", "keras.callbacks", "TensorBoard", "2.x"),
    Row("keras.callbacks.tensorboard_v2", "keras.callbacks", "TensorBoard", "2.x"),
    Row("keras.optimizers.legacy", "keras.optimizers", "Adadelta Adam Adamax Ftrl Optimizer SGD", "2.x"),
    Row("keras.optimizers.legacy", "keras.legacy.optimizers", "Adagrad Nadam RMSprop", "2.x"),
    Row("keras.mixed_precision.experimental", "keras.legacy.mixed_precision", "*", "2.x"),
    Row("keras.optimizers.experimental", "keras.optimizers", (
        "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Nadam Optimizer RMSprop SGD"
    ), "2.x"),
    Row("keras.utils.legacy", "keras.legacy.saving", "deserialize_keras_object serialize_keras_object", "2.x 3"),
    Row("keras.layers.noise", "keras.layers", "AlphaDropout GaussianDropout GaussianNoise", "0.x 1.x 2.x"),
    Row("keras.layers.normalization", "keras.layers", "BatchNormalization LayerNormalization", "0.x 1.x 2.x"),
    Row("keras.layers.pooling", "keras.layers", (
        "AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D GlobalAveragePooling1D "
        "GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D "
        "GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D MaxPool1D MaxPool2D "
        "MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D"
    ), "1.x 2.x"),
    Row("keras.layers.recurrent", "keras.layers", (
        "GRU GRUCell LSTM LSTMCell RNN Recurrent SimpleRNN SimpleRNNCell StackedRNNCells time_distributed_dense"
    ), "0.x 1.x 2.x"),
    Row("keras.layers.wrappers", "keras.layers", "Bidirectional TimeDistributed Wrapper", "0.x 1.x 2.x"),
    Row("keras.preprocessing.text", "keras.legacy.preprocessing.text", "*", "0.x 1.x 2.x"),
    Row("keras.utils.conv_utils", "keras.legacy.tools", (
        "conv_input_length conv_output_length convert_kernel deconv_length normalize_padding normalize_tuple"
    ), "2.x"),
    Row("keras.utils.conv_utils", "keras.config", "standard_data_format", "2.x"),
    Row("keras.utils.data_utils", "keras.utils", (
        "GeneratorEnqueuer OrderedEnqueuer Sequence SequenceEnqueuer get_file"
    ), "0.x 1.x 2.x"),
    Row("keras.utils.generic_utils", "keras.utils", (
        "CustomObjectScope Progbar custom_object_scope deserialize_keras_object get_custom_objects "
        "serialize_keras_object"
    ), "0.x 1.x 2.x"),
    Row("keras.utils.generic_utils", "keras.legacy.tools", (
        "func_dump func_load get_from_module has_arg slice_arrays to_list transpose_shape unpack_singleton"
    ), "1.x 2.x"),
    Row("keras.utils.generic_utils", "keras.legacy.underscored", "is_all_none object_list_uid", "2.x"),
    Row("keras.utils.io_utils", "keras.legacy.tools", (
        "HDF5Matrix ask_to_proceed_with_overwrite load_array save_array"
    ), "0.x 1.x 2.x"),
    Row("keras.utils.layer_utils", "keras.utils", "get_source_inputs", "1.x 2.x"),
    Row("keras.utils.layer_utils", "keras.legacy.tools", (
        "convert_all_kernels_in_model convert_dense_weights_data_format count_params count_total_params model_summary "
        "print_summary"
    ), "0.x 1.x 2.x"),
    Row("keras.utils.layer_utils", "keras.legacy.layers", "layer_from_config", "1.x"),
    Row("keras.utils.losses_utils", "keras.losses", "Reduction", "2.x"),
    Row("keras.utils.metrics_utils", "keras.losses", "Reduction", "2.x"),
    Row("keras.utils.multi_gpu_utils", "keras.utils", "multi_gpu_model", "2.x"),
    Row("keras.utils.training_utils", "keras.utils", "multi_gpu_model", "2.x"),
    Row("keras.utils.np_utils", "keras.utils", "normalize to_categorical", "0.x 1.x 2.x"),
    Row("keras.utils.np_utils", "keras.legacy.tools", (
        "accuracy binary_logloss categorical_probas_to_classes conv_input_length conv_output_length convert_kernel "
        "multiclass_logloss probas_to_classes"
    ), "0.x 1.x"),
    Row("keras.applications.mobilenetv2", "keras.applications.mobilenet_v2", "*", "2.x"),
    Row("keras.applications.music_tagger_crnn", "keras.legacy.music_tagger_crnn", "*", "1.x"),
    Row("keras.applications.resnet_rs", "keras.legacy.resnet_rs", "*", "2.x"),
    Row("keras.applications.regnet", "keras.legacy.regnet", "*", "2.x"),
    Row("keras.applications.resnext", "keras.legacy.resnext", "*", "2.x"),
    Row("keras.applications.audio_conv_utils", "keras.legacy.audio_conv_utils", "*", "1.x"),
    Row("keras.datasets.cifar", "keras.datasets._cifar", "load_batch", "0.x 1.x 2.x"),
    Row("keras.datasets.data_utils", "keras.utils", "get_file", "0.x 1.x"),
    Row("keras.wrappers.scikit_learn", "keras.legacy.scikit_learn", "*", "0.x 1.x 2.x"),
    Row("keras.utils.test_utils", "keras.legacy.tools", "get_test_data keras_test", "0.x 1.x 2.x"),
]  # fmt: skip


def rows_of(old: str) -> list[Row]:
    """The rows of one older module."""
    return [row for row in ROWS if row.old == old]


def names_of(row: Row) -> list[str]:
    """The names of a row, one by one."""
    if row.names != "*":
        return row.names.split()
    return [*importlib.import_module(row.today).__all__, *older_names.names_of(row.today)]


_PRIVATE = "keras.src"  # where Keras 3 has its code, from where other packages import all the same
_KNOWN = {row.old for row in ROWS}
_PARENTS = {old.rpartition(".")[0] for old in _KNOWN} | older_names.modules()


class _MergeModule(ModuleType):
    """`keras.layers.merge`: a function in 1.x, a module from 2.2 on, both in between."""

    def __call__(
        self,
        inputs,
        mode="sum",
        concat_axis=-1,
        dot_axes=-1,
        output_shape=None,
        output_mask=None,
        arguments=None,
        name=None,
    ):
        """See `keras.legacy.merging.merge`."""
        merge = importlib.import_module("keras.legacy.merging").merge
        return merge(inputs, mode, concat_axis, dot_axes, output_shape, output_mask, arguments, name)


def private_paths() -> ModuleType:
    """The table of Keras 3's private modules, read when one of them is asked for."""
    return importlib.import_module("keras.legacy.private_paths")


class OldModules:
    """Answers imports of the modules in the table, and of no other; asked after Python's own finders."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """How to make the module, or None where the table has no such name."""
        if name in _KNOWN:
            return importlib.machinery.ModuleSpec(name, self, is_package=name in _PARENTS)
        if name.startswith(_PRIVATE) and private_paths().is_private(name):
            return importlib.machinery.ModuleSpec(name, self, is_package=private_paths().is_package(name))
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """None: an ordinary empty module will do; `keras.layers.merge` was a function too."""
        return _MergeModule(spec.name) if spec.name == "keras.layers.merge" else None

    def exec_module(self, module: ModuleType) -> None:
        """Puts today's objects into the module."""
        if module.__name__ not in _KNOWN:
            private_paths().fill(module)
            return
        found: list[str] = []
        for row in rows_of(module.__name__):
            today = importlib.import_module(row.today)
            for name in names_of(row):
                setattr(module, name, getattr(today, name))
                found.append(name)
        report.note("import", module.__name__, _homes_today(module.__name__))
        module.__all__ = sorted(found)
        module.__doc__ = f"Names that older programs import from `{module.__name__}`."
        if module.__name__ in _PARENTS:
            _answer_attributes(module)


def _homes_today(old: str) -> str:
    """Where the names of an older module are today, as far as they are anywhere."""
    homes = [row.today for row in rows_of(old) if not row.today.startswith(("keras.legacy", "keras._"))]
    return ", ".join(dict.fromkeys(homes)) or "(left out)"


def install() -> None:
    """Lets the older modules be imported, and be found as attributes of the modules they were in."""
    if any(isinstance(finder, OldModules) for finder in sys.meta_path):
        return
    sys.meta_path.append(OldModules())
    sys.meta_path.insert(0, Packages())
    for name in sorted(_PARENTS):
        if name in sys.modules:
            _answer_attributes(sys.modules[name])


class Packages:
    """Lets today's packages answer to their older modules as soon as they are loaded."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """The ordinary way to make a package, followed by `_answer_attributes`; None for all others."""
        if name not in _PARENTS | teachers.TAUGHT or name in _KNOWN:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Followed(spec.loader)
        return spec


class _Followed:
    """A loader that does one thing more after loading."""

    def __init__(self, loader: Any):
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        _answer_attributes(module)
        if module.__name__ in teachers.TAUGHT:
            importlib.import_module("keras.legacy.attach").after_loading(module)


def _answer_attributes(module: ModuleType) -> None:
    """`keras.utils.np_utils` without an import of it: older packages imported their modules themselves."""
    before: Callable[[str], Any] | None = vars(module).get("__getattr__")
    namesakes = frozenset(older_names.names_of(module.__name__))

    def __getattr__(name: str) -> Any:
        old = f"{module.__name__}.{name}"
        if name in namesakes:
            return older_names.find(module.__name__, name)
        if old in _KNOWN or old == _PRIVATE:
            return importlib.import_module(old)
        if before is not None:
            return before(name)
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

    module.__getattr__ = __getattr__  # type: ignore[method-assign]
