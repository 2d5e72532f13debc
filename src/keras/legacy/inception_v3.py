"""InceptionV3 as Keras 1 had it: convolutions have biases and are rectified before they are normalised."""

from __future__ import annotations

import functools

from keras import layers
from keras.applications._blocks import norm
from keras.applications._frame import Frame, Published
from keras.applications._inception import averaged, chain, halved, join

_ADDRESS = "https://github.com/fchollet/deep-learning-models/releases/download/v0.2/"
_START = "inception_v3_weights_tf_dim_ordering_tf_kernels"
_FILES = (
    Published(_ADDRESS, f"{_START}.h5", "fe114b3ff2ea4bf891e9353d1bbfb32f"),
    Published(_ADDRESS, f"{_START}_notop.h5", "2f3609166de1d967d1a481094754f691"),
)


def inception_v3(arguments, name):
    """The network of 1.x.

    Args:
        arguments: those of `Frame`, in order.
        name: of the model.
    """
    frame = Frame("InceptionV3", *arguments, default=299, least=139)
    x = _conv(_halved(frame.image, 32), 32, (3, 3), padding="valid")
    x = layers.MaxPooling2D(3, strides=2)(_conv(x, 64, (3, 3)))
    x = _conv(_conv(x, 80, (1, 1), padding="valid"), 192, (3, 3), padding="valid")
    x = layers.MaxPooling2D(3, strides=2)(x)
    for number in range(3):
        x = join(
            [_conv(x, 64, (1, 1)), _chain(x, (48, (1, 1)), (64, (5, 5))),
             _chain(x, (64, (1, 1)), (96, (3, 3)), (96, (3, 3))), _averaged(x, 32)],
            f"mixed{number}",
        )  # fmt: skip
    x = join(
        [_halved(x, 384), _halved(_chain(x, (64, (1, 1)), (96, (3, 3))), 96), layers.MaxPooling2D(3, strides=2)(x)],
        "mixed3",
    )
    for number, n, first in ((4, 128, 128), (5, 160, 160), (6, 160, 160), (7, 192, 160)):
        x = join(
            [_conv(x, 192, (1, 1)), _chain(x, (n, (1, 1)), (n, (1, 7)), (192, (7, 1))),
             _chain(x, (first, (1, 1)), (n, (7, 1)), (n, (1, 7)), (n, (7, 1)), (192, (1, 7))), _averaged(x, 192)],
            f"mixed{number}",
        )  # fmt: skip
    x = join(
        [_halved(_conv(x, 192, (1, 1)), 320), _halved(_chain(x, (192, (1, 1)), (192, (1, 7)), (192, (7, 1))), 192),
         layers.AveragePooling2D(3, strides=2)(x)],
        "mixed8",
    )  # fmt: skip
    for i in (0, 1):
        x = join(
            [_conv(x, 320, (1, 1)), _both_ways(_conv(x, 384, (1, 1)), f"mixed9_{i}"),
             _both_ways(_chain(x, (448, (1, 1)), (384, (3, 3))), None), _averaged(x, 192)],
            f"mixed{9 + i}",
        )  # fmt: skip
    if frame.include_top:
        x = layers.Flatten(name="flatten")(layers.AveragePooling2D(8, name="avg_pool")(x))
        x = layers.Dense(frame.classes, activation=frame.classifier_activation, name="predictions")(x)
    else:
        x = frame.pooled(x)
    return frame.model(x, name, _FILES)


def _conv(x, filters, size, strides=1, padding="same"):
    return norm(layers.Conv2D(filters, size, strides=strides, padding=padding, activation="relu")(x), None)


_chain, _halved, _averaged = (functools.partial(f, conv=_conv) for f in (chain, halved, averaged))


def _both_ways(x, name):
    return join([_conv(x, 384, (1, 3)), _conv(x, 384, (3, 1))], name)
