"""MobileNet as it was until tf.keras of 2.1: it pads before the first convolution and shapes the means by a layer."""

from __future__ import annotations

from keras import layers
from keras.applications import _mobilenet
from keras.applications._frame import channel_axis


def mobilenet(arguments, name):
    """The network of 2.x.

    Args:
        arguments: those of `MobileNet`, in order, without the name.
        name: of the model, or None.
    """
    return _mobilenet.mobilenet((_begun, _classified), *arguments, name)


def _begun(image, filters):
    x = layers.ZeroPadding2D(((0, 1), (0, 1)), name="conv1_pad")(image)
    return layers.Conv2D(filters, 3, strides=2, use_bias=False, name="conv1")(x)


def _classified(x, frame, dropout):
    channels = x.shape[channel_axis()]
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Reshape((1, 1, channels) if channel_axis() == 3 else (channels, 1, 1), name="reshape_1")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Conv2D(frame.classes, 1, padding="same", name="conv_preds")(x)
    x = layers.Reshape((frame.classes,), name="reshape_2")(x)
    return layers.Activation(frame.classifier_activation, name="act_softmax")(x)
