"""Xception: separable convolutions throughout, in blocks that add to what they get."""

from keras import layers
from keras.applications import imagenet_utils
from keras.applications._blocks import norm
from keras.applications._frame import Frame, Published, network
from keras.applications.imagenet_utils import decode_predictions

__all__ = ["Xception", "decode_predictions", "preprocess_input"]

_FILES = (
    Published("xception/", "xception_weights_tf_dim_ordering_tf_kernels.h5", "0a58e3b7378bc2990ea3b43d5981f1f6"),
    Published("xception/", "xception_weights_tf_dim_ordering_tf_kernels_notop.h5", "b0042744bf5b25fce3cb969f33bebb97"),
)


def _xception(who, files, arguments, name):
    frame = Frame(who, *arguments, default=299, least=71)
    x = layers.Conv2D(32, 3, strides=2, use_bias=False, name="block1_conv1")(frame.image)
    x = _relu(norm(x, "block1_conv1_bn"), "block1_conv1")
    x = layers.Conv2D(64, 3, use_bias=False, name="block1_conv2")(x)
    x = _relu(norm(x, "block1_conv2_bn"), "block1_conv2")
    for block, filters in ((2, 128), (3, 256), (4, 728)):
        x = _halved(x, f"block{block}", filters, filters, begins_with_relu=block > 2)
    for block in range(5, 13):
        start = x
        for i in (1, 2, 3):
            x = _separable(_relu(x, f"block{block}_sepconv{i}"), 728, f"block{block}_sepconv{i}")
        x = layers.Add()([x, start])
    x = _halved(x, "block13", 728, 1024, begins_with_relu=True)
    for i, filters in ((1, 1536), (2, 2048)):
        x = _relu(_separable(x, filters, f"block14_sepconv{i}"), f"block14_sepconv{i}")
    return frame.model(frame.classified(x, "avg_pool"), name, files)


def _relu(x, label):
    return layers.Activation("relu", name=f"{label}_act")(x)


def _separable(x, filters, label):
    x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False, name=label)(x)
    return norm(x, f"{label}_bn")


def _halved(x, label, first, second, begins_with_relu):
    """Two separable convolutions and pooling, added to a 1 x 1 convolution of what came in."""
    start = layers.Conv2D(second, 1, strides=2, padding="same", use_bias=False)(x)
    start = norm(start, None)
    if begins_with_relu:
        x = _relu(x, f"{label}_sepconv1")
    x = _separable(x, first, f"{label}_sepconv1")
    x = _separable(_relu(x, f"{label}_sepconv2"), second, f"{label}_sepconv2")
    x = layers.MaxPooling2D(3, strides=2, padding="same", name=f"{label}_pool")(x)
    return layers.Add()([x, start])


_DOC = """The network Xception, of Chollet, 2016 (arXiv 1610.02357), for images of 299 x 299 pixels and no less than 71.

    The arguments are those of `keras.applications.VGG16`.

    >>> model = Xception(weights=None, include_top=False, input_shape=(71, 71, 3))
    """

Xception = network(_xception, __name__, "Xception", _FILES, _DOC)


def preprocess_input(x, data_format=None):
    """Pixels as Xception wants them; see `keras.applications.imagenet_utils.preprocess_input`, mode 'tf'."""
    return imagenet_utils.preprocess_input(x, data_format, mode="tf")
