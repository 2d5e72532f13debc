"""ResNet50 as it was until tf.keras of 2.0: other names, other places of the strides, another epsilon."""

from __future__ import annotations

from keras import layers
from keras.applications._blocks import norm
from keras.applications._frame import Frame, Published
from keras.legacy import era

_ADDRESS = "https://github.com/fchollet/deep-learning-models/releases/download/v0.2/"
_START = "resnet50_weights_tf_dim_ordering_tf_kernels"
_FILES = (
    Published(_ADDRESS, f"{_START}.h5", "a7b3fe01876f51b976af0dea6bc144eb"),
    Published(_ADDRESS, f"{_START}_notop.h5", "a268eb855778b3df3c7506639542a6af"),
)


def resnet50(arguments, name):
    """The network of 1.x and 2.x.

    Args:
        arguments: those of `Frame`, in order.
        name: of the model.
    """
    frame = Frame("ResNet50", *arguments, default=224)
    with_pool = era.before("2.2")  # which had the pooling also without the classifier, and did not pad before the first
    x = layers.ZeroPadding2D(3, name=None if with_pool else "conv1_pad")(frame.image)
    x = layers.Conv2D(64, 7, strides=2, name="conv1")(x)
    x = layers.Activation("relu")(norm(x, "bn_conv1"))
    if not with_pool:
        x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    x = layers.MaxPooling2D(3, strides=2)(x)
    for stack, (count, filters) in enumerate(zip((3, 4, 6, 3), (64, 128, 256, 512)), start=2):
        for i, letter in enumerate("abcdef"[:count]):
            x = _block(x, filters, 2 if i == 0 and stack > 2 else 1, f"{stack}{letter}", widens=i == 0)
    if with_pool:
        x = layers.AveragePooling2D(7, name="avg_pool")(x)
        x = layers.Flatten()(x) if frame.include_top else frame.pooled(x)
    else:
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x) if frame.include_top else frame.pooled(x)
    if frame.include_top:
        x = layers.Dense(frame.classes, activation=frame.classifier_activation, name="fc1000")(x)
    return frame.model(x, name, _FILES)


def _block(x, filters, stride, label, widens):
    """1 x 1, 3 x 3 and 1 x 1 convolutions, the first with the stride, added to what came in."""
    start = x
    x = layers.Activation("relu")(_normal_conv(x, filters, 1, f"{label}_branch2a", strides=stride))
    x = layers.Activation("relu")(_normal_conv(x, filters, 3, f"{label}_branch2b", padding="same"))
    x = _normal_conv(x, 4 * filters, 1, f"{label}_branch2c")
    if widens:
        start = _normal_conv(start, 4 * filters, 1, f"{label}_branch1", strides=stride)
    return layers.Activation("relu")(layers.Add()([x, start]))


def _normal_conv(x, filters, size, label, **kwargs):
    return norm(layers.Conv2D(filters, size, name=f"res{label}", **kwargs)(x), f"bn{label}")
