"""EfficientNet: one network made wider, deeper and finer in fixed proportions."""

import math

from keras import layers
from keras.applications import imagenet_utils
from keras.applications._blocks import halving_pad, norm
from keras.applications._efficientnet import added, classified, conv, draws, normal, weighed
from keras.applications._frame import Frame, channel_axis, network, published
from keras.applications.imagenet_utils import decode_predictions
from keras.applications.mobilenet_v2 import rounded

__all__ = [
    "EfficientNetB0",
    "EfficientNetB1",
    "EfficientNetB2",
    "EfficientNetB3",
    "EfficientNetB4",
    "EfficientNetB5",
    "EfficientNetB6",
    "EfficientNetB7",
    "decode_predictions",
    "preprocess_input",
]

DROPPED = 0.2  # share of the rows whose last block is left out in training; less in the blocks before

_ADDRESS = "https://storage.googleapis.com/keras-applications/"

# kernel size, blocks, filters, how often the channels are widened to, step of the first block; before scaling
_STACKS = [
    (3, 1, 16, 1, 1), (3, 2, 24, 6, 2), (5, 2, 40, 6, 2), (3, 3, 80, 6, 2), (5, 3, 112, 6, 1), (5, 4, 192, 6, 2),
    (3, 1, 320, 6, 1),
]  # fmt: skip

# width, depth, rows and columns of an image, dropout
_SCALES = {
    "B0": (1.0, 1.0, 224, 0.2),
    "B1": (1.0, 1.1, 240, 0.2),
    "B2": (1.1, 1.2, 260, 0.3),
    "B3": (1.2, 1.4, 300, 0.3),
    "B4": (1.4, 1.8, 380, 0.4),
    "B5": (1.6, 2.2, 456, 0.4),
    "B6": (1.8, 2.6, 528, 0.5),
    "B7": (2.0, 3.1, 600, 0.5),
}

# of the files with and without the classifier
_HASHES = {
    "B0": ("902e53a9f72be733fc0bcb005b3ebbac", "50bc09e76180e00e4465e1a485ddc09d"),
    "B1": ("1d254153d4ab51201f1646940f018540", "74c4e6b3e1f6a1eea24c589628592432"),
    "B2": ("b15cce36ff4dcbd00b6dd88e7857a6ad", "111f8e2ac8aa800a7a99e3239f7bfb39"),
    "B3": ("ffd1fdc53d0ce67064dc6a9c7960ede0", "af6d107764bb5b1abb91932881670226"),
    "B4": ("18c95ad55216b8f92d7e70b3a046e2fc", "ebc24e6d6c33eaebbd558eafbeedf1ba"),
    "B5": ("ace28f2a6363774853a83a0b21b9421a", "38879255a25d3c92d5e44e04ae6cec6f"),
    "B6": ("165f6e37dce68623721b423839de8be5", "9ecce42647a20130c1f39a5d4cb75743"),
    "B7": ("8c03f828fec3ef71311cd463b6759d99", "cbcfe4450ddf6f3ad90b1b398090fe4a"),
}


def _efficientnet(who, variant, arguments, name):
    width, depth, size, dropout = _SCALES[variant]
    frame = Frame(who, *arguments, default=size)
    axis = channel_axis()
    x = layers.Rescaling(1.0 / 255.0)(frame.image)
    x = layers.Normalization(axis=axis)(x)
    if frame.published:  # the published weights hold variances where their network had deviations
        x = layers.Rescaling(_roots(axis))(x)
    x = conv(halving_pad(x, 3, "stem_conv_pad"), rounded(32 * width), 3, "stem_conv", strides=2, padding="valid")
    x = normal(x, "stem")
    counts = [math.ceil(depth * stack[1]) for stack in _STACKS]
    done = 0
    for i, ((kernel_size, _, filters, expansion, stride), count) in enumerate(zip(_STACKS, counts), start=1):
        for j in range(count):
            label, rate = f"block{i}{chr(97 + j)}_", DROPPED * done / sum(counts)
            x = _block(x, rounded(filters * width), kernel_size, stride if j == 0 else 1, expansion, rate, label)
            done += 1
    x = normal(conv(x, rounded(1280 * width), 1, "top_conv"), "top")
    return frame.model(classified(x, frame, dropout), name, published(_ADDRESS, who.lower(), _HASHES[variant]))


def _roots(axis):
    """What the normalised channels are multiplied with: 1 / sqrt(deviation)."""
    roots = [1.0 / math.sqrt(deviation) for deviation in imagenet_utils.DEVIATIONS]
    return roots if axis == 3 else [[[root]] for root in roots]


def _block(x, filters, kernel_size, stride, expansion, rate, label):
    """Widen, filter each channel for itself, weigh the channels, narrow; added to what came in where that fits."""
    start, channels = x, x.shape[channel_axis()]
    if expansion != 1:
        x = normal(conv(x, expansion * channels, 1, f"{label}expand_conv"), f"{label}expand")
    if stride == 2:
        x = halving_pad(x, kernel_size, f"{label}dwconv_pad")
    x = layers.DepthwiseConv2D(
        kernel_size, strides=stride, padding="same" if stride == 1 else "valid", use_bias=False,
        depthwise_initializer=draws(), name=f"{label}dwconv",
    )(x)  # fmt: skip
    x = layers.Activation("silu", name=f"{label}activation")(norm(x, f"{label}bn"))
    x = weighed(x, max(1, channels // 4), label)
    x = norm(conv(x, filters, 1, f"{label}project_conv"), f"{label}project_bn")
    return added(x, start, rate, label) if stride == 1 and channels == filters else x


def _network(variant):
    size = f"{_SCALES[variant][2]} x {_SCALES[variant][2]}"
    doc = f"""The network EfficientNet-{variant}, of Tan and Le, 2019 (arXiv 1905.11946), for images of {size} pixels.

    The arguments are those of `keras.applications.VGG16`. Pixels from 0 to 255 are scaled by layers of the network.

    >>> model = EfficientNet{variant}(weights=None, include_top=False, input_shape=(32, 32, 3))
    """
    return network(_efficientnet, __name__, f"EfficientNet{variant}", variant, doc)


EfficientNetB0 = _network("B0")
EfficientNetB1 = _network("B1")
EfficientNetB2 = _network("B2")
EfficientNetB3 = _network("B3")
EfficientNetB4 = _network("B4")
EfficientNetB5 = _network("B5")
EfficientNetB6 = _network("B6")
EfficientNetB7 = _network("B7")


def preprocess_input(x, data_format=None):
    """The pixels themselves, from 0 to 255: the network scales them by layers of its own."""
    return imagenet_utils.as_they_are(x, data_format)
