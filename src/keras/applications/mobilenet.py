"""MobileNet: convolutions of each channel for itself, then 1 x 1 ones across the channels."""

from keras import layers
from keras.applications import imagenet_utils
from keras.applications._mobilenet import mobilenet
from keras.applications.imagenet_utils import decode_predictions

__all__ = ["MobileNet", "decode_predictions", "preprocess_input"]


def MobileNet(
    input_shape=None,
    alpha=1.0,
    depth_multiplier=1,
    dropout=1e-3,
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
    name=None,
):
    """The network MobileNet, of Howard and others, 2017 (arXiv 1704.04861).

    Args:
        alpha: what the number of filters is multiplied with.
        depth_multiplier: filters per channel of the first kind of convolution.
        dropout: the rate before the classifier.
        name: of the model; None makes one that tells alpha and size.
        The others: those of `keras.applications.VGG16`.

    >>> model = MobileNet(alpha=0.25, weights=None, input_shape=(32, 32, 3))
    """
    return mobilenet(
        (_begun, _classified), input_shape, alpha, depth_multiplier, dropout, include_top, weights, input_tensor,
        pooling, classes, classifier_activation, name,
    )  # fmt: skip


def _begun(image, filters):
    return layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False, name="conv1")(image)


def _classified(x, frame, dropout):
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Conv2D(frame.classes, 1, padding="same", name="conv_preds")(x)
    x = layers.Reshape((frame.classes,), name="reshape_2")(x)
    return layers.Activation(frame.classifier_activation, name="predictions")(x)


def preprocess_input(x, data_format=None):
    """Pixels as MobileNet wants them; see `keras.applications.imagenet_utils.preprocess_input`, mode 'tf'."""
    return imagenet_utils.preprocess_input(x, data_format, mode="tf")
