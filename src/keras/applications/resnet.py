"""ResNet: blocks that add a correction to what they get."""

from keras.applications import imagenet_utils
from keras.applications._frame import Published
from keras.applications._resnet import resnet
from keras.applications.imagenet_utils import decode_predictions

__all__ = ["ResNet50", "ResNet101", "ResNet152", "decode_predictions", "preprocess_input"]

_FILES = {
    "resnet50": (
        Published("resnet/", "resnet50_weights_tf_dim_ordering_tf_kernels.h5", "2cb95161c43110f7111970584f804107"),
        Published(
            "resnet/", "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5", "4d473c1dd8becc155b73f8504c6f6626"
        ),
    ),
    "resnet101": (
        Published("resnet/", "resnet101_weights_tf_dim_ordering_tf_kernels.h5", "f1aeb4b969a6efcfb50fad2f0c20cfc5"),
        Published(
            "resnet/", "resnet101_weights_tf_dim_ordering_tf_kernels_notop.h5", "88cf7a10940856eca736dc7b7e228a21"
        ),
    ),
    "resnet152": (
        Published("resnet/", "resnet152_weights_tf_dim_ordering_tf_kernels.h5", "100835be76be38e30d865e96f2aaae62"),
        Published(
            "resnet/", "resnet152_weights_tf_dim_ordering_tf_kernels_notop.h5", "ee4c566cf9a93f14d82f913c2dc6dd0c"
        ),
    ),
}


def ResNet50(
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    input_shape=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
    name="resnet50",
):
    """The network ResNet50, of He and others, 2015 (arXiv 1512.03385).

    The arguments are those of `keras.applications.VGG16`.

    >>> model = ResNet50(weights=None, include_top=False, input_shape=(32, 32, 3))
    """
    arguments = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
    return resnet("ResNet50", (3, 4, 6, 3), arguments, name, _FILES["resnet50"], normalises_first=False)


def ResNet101(
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    input_shape=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
    name="resnet101",
):
    """The network ResNet101, of He and others, 2015 (arXiv 1512.03385).

    The arguments are those of `keras.applications.VGG16`.

    >>> model = ResNet101(weights=None, include_top=False, input_shape=(32, 32, 3))
    """
    arguments = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
    return resnet("ResNet101", (3, 4, 23, 3), arguments, name, _FILES["resnet101"], normalises_first=False)


def ResNet152(
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    input_shape=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
    name="resnet152",
):
    """The network ResNet152, of He and others, 2015 (arXiv 1512.03385).

    The arguments are those of `keras.applications.VGG16`.

    >>> model = ResNet152(weights=None, include_top=False, input_shape=(32, 32, 3))
    """
    arguments = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
    return resnet("ResNet152", (3, 8, 36, 3), arguments, name, _FILES["resnet152"], normalises_first=False)


def preprocess_input(x, data_format=None):
    """Pixels as ResNet wants them; see `keras.applications.imagenet_utils.preprocess_input`, mode 'caffe'."""
    return imagenet_utils.preprocess_input(x, data_format, mode="caffe")
