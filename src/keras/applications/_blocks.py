"""Steps that many networks are made of: each takes a symbolic tensor and gives one."""

from keras import layers
from keras.applications._frame import channel_axis


def norm(x, name, **kwargs):
    """Batch normalization over the channels."""
    return layers.BatchNormalization(axis=channel_axis(), name=name, **kwargs)(x)


def relu6(x, name):
    """From 0 to 6."""
    return layers.ReLU(6.0, name=name)(x)


def halving_pad(x, kernel_size, name=None):
    """Zeros around an image, so that a step of 2 without padding halves it, odd sizes being rounded up.

    They are on the far side first: 'same' would put them so only for some sizes, and the published weights want it.
    """
    first = 1 if channel_axis() == 3 else 2
    pads = []
    for size in x.shape[first : first + 2]:
        half = kernel_size // 2
        even = size is None or size % 2 == 0  # sizes that are not known are taken to be even
        pads.append((half - even, half))
    return layers.ZeroPadding2D(tuple(pads), name=name)(x)
