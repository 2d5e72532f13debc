"""Parts of networks of the kind Inception: branches of convolutions beside each other."""

from keras import layers
from keras.applications._blocks import norm
from keras.applications._frame import channel_axis


def stem(x):
    """Convolutions and pooling that make an image eight times smaller."""
    x = conv(x, 32, (3, 3), strides=2, padding="valid")
    x = conv(x, 32, (3, 3), padding="valid")
    x = conv(x, 64, (3, 3))
    x = layers.MaxPooling2D(3, strides=2)(x)
    x = conv(x, 80, (1, 1), padding="valid")
    x = conv(x, 192, (3, 3), padding="valid")
    return layers.MaxPooling2D(3, strides=2)(x)


def conv(x, filters, size, strides=1, padding="same"):
    """A convolution, normalised."""
    x = layers.Conv2D(filters, size, strides=strides, padding=padding, use_bias=False)(x)
    return layers.Activation("relu")(norm(x, None, scale=False))


def chain(x, *steps, conv=conv):
    """Convolutions of `(filters, size)`, one after the other."""
    for filters, size in steps:
        x = conv(x, filters, size)
    return x


def halved(x, filters, conv=conv):
    """A convolution that halves rows and columns."""
    return conv(x, filters, (3, 3), strides=2, padding="valid")


def averaged(x, filters, conv=conv):
    """Means of the neighbours, then a 1 x 1 convolution."""
    return conv(layers.AveragePooling2D(3, strides=1, padding="same")(x), filters, (1, 1))


def join(branches, name):
    """The channels of all branches."""
    return layers.Concatenate(axis=channel_axis(), name=name)(branches)
