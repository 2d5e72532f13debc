"""The private modules of Keras 3 and of tf.keras 2.13 to 2.15, all below `keras.src`.

Editors complete imports with them, and packages take helpers from them. Each answers with the public things of the
package that it stands in, and with what `private_pieces` has for it.
"""

import functools
import importlib
from types import ModuleType
from typing import Any

ROOT = "keras.src"

# package: the modules in it
_PATHS = """
-: activations api_export applications backend backend_config callbacks constraints datasets distillation
    distribution dtype_policies engine estimator export initializers layers legacy losses metrics mixed_precision
    models ops optimizers premade_models preprocessing quantizers random regularizers saving trainers tree utils
    version visualization wrappers
activations: activations
applications: convnext densenet efficientnet efficientnet_v2 imagenet_utils inception_resnet_v2 inception_v3
    mobilenet mobilenet_v2 mobilenet_v3 nasnet regnet resnet resnet_rs resnet_v2 vgg16 vgg19 xception
backend: common config jax
backend.common: backend_utils dtypes global_state keras_tensor masking remat stateless_scope symbolic_scope
    variables
backend.jax: random
callbacks: backup_and_restore callback callback_list csv_logger early_stopping history lambda_callback
    learning_rate_scheduler model_checkpoint monitor_callback orbax_checkpoint progbar_logger reduce_lr_on_plateau
    remote_monitor swap_ema_weights tensorboard terminate_on_nan
constraints: constraints
datasets: boston_housing california_housing cifar10 cifar100 fashion_mnist imdb mnist reuters
distillation: distillation_loss distiller
distribution: distribution_lib
dtype_policies: dtype_policy dtype_policy_map
engine: base_layer base_preprocessing_layer data_adapter functional input_layer input_spec sequential training
export: export_lib saved_model tfsm_layer
initializers: constant_initializers initializer initializers random_initializers
layers: activation activations attention convolutional core experimental input_spec kernelized layer
    locally_connected merging normalization pooling preprocessing regularization reshaping rnn serialization
layers.activation: elu leaky_relu prelu relu softmax thresholded_relu
layers.activations: activation elu leaky_relu prelu relu softmax
layers.attention: additive_attention attention grouped_query_attention multi_head_attention
layers.convolutional: base_conv base_depthwise_conv conv1d conv1d_transpose conv2d conv2d_transpose conv3d
    conv3d_transpose depthwise_conv1d depthwise_conv2d separable_conv1d separable_conv2d
layers.core: activation dense einsum_dense embedding identity input_layer lambda_layer masking reversible_embedding
    wrapper
layers.experimental: dynamic_embedding dynamic_lookup
layers.locally_connected: locally_connected1d locally_connected2d
layers.merging: add average base_merge concatenate dot maximum minimum multiply subtract
layers.normalization: batch_normalization group_normalization layer_normalization rms_normalization
    spectral_normalization unit_normalization
layers.pooling: adaptive_average_pooling1d adaptive_average_pooling2d adaptive_average_pooling3d
    adaptive_max_pooling1d adaptive_max_pooling2d adaptive_max_pooling3d average_pooling1d average_pooling2d
    average_pooling3d base_pooling global_average_pooling1d global_average_pooling2d global_average_pooling3d
    global_max_pooling1d global_max_pooling2d global_max_pooling3d max_pooling1d max_pooling2d max_pooling3d
layers.preprocessing: category_encoding data_layer discretization feature_space hashed_crossing hashing
    image_preprocessing integer_lookup mel_spectrogram normalization pipeline rescaling stft_spectrogram
    string_lookup text_vectorization
layers.preprocessing.image_preprocessing: aug_mix auto_contrast base_image_preprocessing_layer bounding_boxes
    center_crop clahe cut_mix equalization max_num_bounding_box mix_up rand_augment random_brightness
    random_color_degeneration random_color_jitter random_contrast random_crop random_elastic_transform
    random_erasing random_flip random_gaussian_blur random_grayscale random_hue random_invert random_perspective
    random_posterization random_rotation random_saturation random_sharpness random_shear random_translation
    random_zoom resizing solarization
layers.preprocessing.image_preprocessing.bounding_boxes: converters iou
layers.regularization: activity_regularization alpha_dropout dropout gaussian_dropout gaussian_noise spatial_dropout
    spatial_dropout1d spatial_dropout2d spatial_dropout3d
layers.reshaping: cropping1d cropping2d cropping3d flatten permute repeat_vector reshape up_sampling1d up_sampling2d
    up_sampling3d zero_padding1d zero_padding2d zero_padding3d
layers.rnn: abstract_rnn_cell base_rnn base_wrapper bidirectional conv_lstm1d conv_lstm2d conv_lstm3d gru lstm rnn
    simple_rnn stacked_rnn_cells time_distributed
legacy: preprocessing saving
legacy.preprocessing: image sequence text
legacy.saving: serialization
losses: loss losses
metrics: accuracy_metrics base_metric confusion_metrics correlation_metrics f_score_metrics hinge_metrics
    iou_metrics metric probabilistic_metrics py_metric reduction_metrics regression_metrics
mixed_precision: loss_scale_optimizer policy
models: cloning functional model sequential sharpness_aware_minimization
ops: core einops function image linalg math nn node numpy operation operation_utils
optimizers: adadelta adafactor adagrad adam adamax adamw ftrl lamb legacy lion loss_scale_optimizer multi_optimizer
    muon nadam optimizer rmsprop schedule_free_adamw schedules sgd
optimizers.legacy: adadelta adagrad adam adamax ftrl gradient_descent nadam optimizer_v2 rmsprop
optimizers.schedules: learning_rate_schedule
premade_models: linear wide_deep
preprocessing: image sequence text
quantizers: awq_config gptq_config quantization_config quantizers
random: random seed_generator
regularizers: regularizers
saving: file_editor legacy object_registration saving_api saving_lib serialization_lib
saving.legacy: model_config serialization
trainers: data_adapters
trainers.data_adapters: data_adapter_utils py_dataset_adapter
tree: tree_api
utils: argument_validation audio_dataset audio_dataset_utils backend_utils config data_utils dataset_creator
    dataset_utils feature_space file_utils generic_utils image_dataset image_dataset_utils image_utils io_utils
    jax_layer layer_utils legacy losses_utils model_visualization module_utils naming np_utils numerical_utils
    progbar rng_utils sequence_utils sidecar_evaluator steps_per_execution_tuning text_dataset text_dataset_utils
    tf_utils timed_threads timeseries_dataset timeseries_dataset_utils torch_utils traceback_utils tracking
    vis_utils
visualization: draw_bounding_boxes draw_segmentation_masks plot_bounding_box_gallery plot_image_gallery
    plot_segmentation_mask_gallery
wrappers: sklearn_wrapper
"""

# where a name may be that is neither in the public package of the same path nor in one above it
_ELSEWHERE = (
    "keras.models", "keras.layers", "keras.utils", "keras.saving", "keras.config", "keras.ops", "keras.backend",
    "keras.losses", "keras.utils.bounding_boxes", "keras.preprocessing.image", "keras",
)  # fmt: skip


@functools.cache
def paths() -> frozenset[str]:
    """The modules, by their paths below `keras.src`; '' is that package itself."""
    found, package = {""}, ""
    for word in _PATHS.split():
        if word.endswith(":"):
            package = "" if word == "-:" else word[:-1] + "."
        else:
            found.add(package + word)
    return frozenset(found)


def is_private(module: str) -> bool:
    """Whether those releases had a private module of this name."""
    return module == ROOT or (module.startswith(ROOT + ".") and module[len(ROOT) + 1 :] in paths())


def is_package(module: str) -> bool:
    """Whether there are modules in it."""
    inside = module[len(ROOT) + 1 :] + "." if module != ROOT else ""
    return any(path.startswith(inside) for path in paths())


def fill(module: ModuleType) -> None:
    """Lets a private module answer for the names that it had."""
    name = module.__name__
    module.__doc__ = f"Names that programs import from `{name}`."
    module.__getattr__ = functools.partial(_find, name)  # type: ignore[method-assign]


def _find(module: str, name: str) -> Any:
    if is_private(f"{module}.{name}"):
        return importlib.import_module(f"{module}.{name}")
    path = module[len(ROOT) + 1 :]
    pieces = importlib.import_module("keras.legacy.private_pieces").PIECES
    found = pieces.get(f"{path}.{name}")
    if found is not None:
        return found()
    homes = _homes(path)
    if name == "__all__":
        return list(importlib.import_module(homes[0]).__all__)
    if not name.startswith("_"):
        for home in (*homes, *_ELSEWHERE):
            found = getattr(importlib.import_module(home), name, None)
            if found is not None and not isinstance(found, ModuleType):
                return found
    raise AttributeError(f"module {module!r} has no attribute {name!r}")


def _homes(path: str) -> list[str]:
    """The public packages of the same path, the nearest first."""
    parts = path.split(".") if path else []
    names = [".".join(["keras", *parts[:n]]) for n in range(len(parts), -1, -1)]
    return [name for name in names if _is_there(name)]


@functools.cache
def _is_there(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True
