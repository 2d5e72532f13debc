"""Functions that `keras.backend` had in 1.x and 2.x; what they are is read when the first of them is asked for."""

import importlib
from typing import Any

# file -> names
NAMES = {
    "_math": (
        "abs square exp sign sin cos sigmoid tanh softplus softsign round transpose equal not_equal greater "
        "greater_equal less less_equal lesser lesser_equal maximum minimum sqrt log pow clip cast cast_to_floatx sum "
        "prod mean var std max min any all argmax argmin logsumexp cumsum cumprod dot batch_dot l2_normalize gather "
        "one_hot in_top_k stop_gradient"
    ),
    "_shapes": (
        "reshape expand_dims squeeze permute_dimensions concatenate stack pack flatten batch_flatten repeat "
        "repeat_elements "
        "tile reverse slice arange pattern_broadcast temporal_padding spatial_2d_padding spatial_3d_padding "
        "asymmetric_temporal_padding asymmetric_spatial_2d_padding resize_images resize_volumes"
    ),
    "_values": (
        "variable placeholder is_placeholder is_variable is_tensor is_sparse to_dense constant identity eval get_value "
        "batch_get_value set_value batch_set_value int_shape get_variable_shape shape size ndim dtype count_params "
        "zeros ones eye zeros_like ones_like update update_add update_sub moving_average_update"
    ),
    "_function": (
        "learning_phase set_learning_phase learning_phase_scope in_train_phase in_test_phase switch function gradients"
    ),
    "_nn": (
        "relu elu softmax hard_sigmoid binary_crossentropy categorical_crossentropy sparse_categorical_crossentropy "
        "binary_focal_crossentropy binary_weighted_focal_crossentropy categorical_focal_crossentropy "
        "batch_normalization normalize_batch_in_training "
        "bias_add conv1d conv2d conv3d atrous_conv2d conv2d_transpose conv3d_transpose deconv2d depthwise_conv2d "
        "separable_conv1d separable_conv2d local_conv1d local_conv2d pool2d pool3d"
    ),
    "_control": "rnn map_fn foldl foldr ctc_batch_cost ctc_decode ctc_label_dense_to_sparse",
    "_random": (
        "random_normal random_uniform random_binomial random_bernoulli truncated_normal random_normal_variable "
        "random_uniform_variable dropout"
    ),
    "_settings": (
        "image_dim_ordering set_image_dim_ordering normalize_data_format legacy_weight_ordering "
        "set_legacy_weight_ordering reset_uids name_scope control_dependencies manual_variable_initialization "
        "set_session get_session eager symbolic print_tensor"
    ),
}


def functions() -> dict[str, Any]:
    """Name -> function."""
    found = {}
    for file, names in NAMES.items():
        module = importlib.import_module(f"{__name__}.{file}")
        found.update({name: getattr(module, name) for name in names.split()})
    return found
