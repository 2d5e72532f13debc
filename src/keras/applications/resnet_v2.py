"""ResNet V2: blocks that add a correction to what they get, and normalise first."""

from keras.applications import imagenet_utils
from keras.applications._frame import Published
from keras.applications._resnet import resnet
from keras.applications.imagenet_utils import decode_predictions

__all__ = ["ResNet50V2", "ResNet101V2", "ResNet152V2", "decode_predictions", "preprocess_input"]

_FILES = {
    "resnet50v2": (
        Published("resnet/", "resnet50v2_weights_tf_dim_ordering_tf_kernels.h5", "3ef43a0b657b3be2300d5770ece849e0"),
        Published(
            "resnet/", "resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5", "fac2f116257151a9d068a22e544a4917"
        ),
    ),
    "resnet101v2": (
        Published("resnet/", "resnet101v2_weights_tf_dim_ordering_tf_kernels.h5", "6343647c601c52e1368623803854d971"),
        Published(
            "resnet/", "resnet101v2_weights_tf_dim_ordering_tf_kernels_notop.h5", "c0ed64b8031c3730f411d2eb4eea35b5"
        ),
    ),
    "resnet152v2": (
        Published("resnet/", "resnet152v2_weights_tf_dim_ordering_tf_kernels.h5", "a49b44d1979771252814e80f8ec446f9"),
        Published(
            "resnet/", "resnet152v2_weights_tf_dim_ordering_tf_kernels_notop.h5", "ed17cf2e0169df9d443503ef94b23b33"
        ),
    ),
}


def ResNet50V2(
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    input_shape=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
    name="resnet50v2",
):
    """The network ResNet50 V2, of He and others, 2016 (arXiv 1603.05027).

    The arguments are those of `keras.applications.VGG16`.

    >>> model = ResNet50V2(weights=None, include_top=False, input_shape=(32, 32, 3))
    """
    arguments = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
    return resnet("ResNet50V2", (3, 4, 6, 3), arguments, name, _FILES["resnet50v2"], normalises_first=True)


def ResNet101V2(
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    input_shape=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
    name="resnet101v2",
):
    """The network ResNet101 V2, of He and others, 2016 (arXiv 1603.05027).

    The arguments are those of `keras.applications.VGG16`.

    >>> model = ResNet101V2(weights=None, include_top=False, input_shape=(32, 32, 3))
    """
    arguments = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
    return resnet("ResNet101V2", (3, 4, 23, 3), arguments, name, _FILES["resnet101v2"], normalises_first=True)


def ResNet152V2(
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    input_shape=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
    name="resnet152v2",
):
    """The network ResNet152 V2, of He and others, 2016 (arXiv 1603.05027).

    The arguments are those of `keras.applications.VGG16`.

    >>> model = ResNet152V2(weights=None, include_top=False, input_shape=(32, 32, 3))
    """
    arguments = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
    return resnet("ResNet152V2", (3, 8, 36, 3), arguments, name, _FILES["resnet152v2"], normalises_first=True)


def preprocess_input(x, data_format=None):
    """Pixels as ResNet V2 wants them; see `keras.applications.imagenet_utils.preprocess_input`, mode 'tf'."""
    return imagenet_utils.preprocess_input(x, data_format, mode="tf")
