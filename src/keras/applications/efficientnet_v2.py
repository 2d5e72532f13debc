"""EfficientNetV2: the blocks of EfficientNet, the first of them with whole convolutions."""

import math

from keras import layers
from keras.applications import imagenet_utils
from keras.applications._blocks import norm
from keras.applications._efficientnet import added, classified, conv, draws, normal, weighed
from keras.applications._frame import Frame, channel_axis, published
from keras.applications.imagenet_utils import decode_predictions

__all__ = [
    "EfficientNetV2B0",
    "EfficientNetV2B1",
    "EfficientNetV2B2",
    "EfficientNetV2B3",
    "EfficientNetV2L",
    "EfficientNetV2M",
    "EfficientNetV2S",
    "decode_predictions",
    "preprocess_input",
]

DROPPED = 0.2  # share of the rows whose last block is left out in training; less in the blocks before
MOMENTUM = 0.9

# blocks, filters, how often the channels are widened to, step of the first block, whether convolutions are whole
_B = [
    (1, 16, 1, 1, True),
    (2, 32, 4, 2, True),
    (2, 48, 4, 2, True),
    (3, 96, 4, 2, False),
    (5, 112, 6, 1, False),
    (8, 192, 6, 2, False),
]
_S = [
    (2, 24, 1, 1, True),
    (4, 48, 4, 2, True),
    (4, 64, 4, 2, True),
    (6, 128, 4, 2, False),
    (9, 160, 6, 1, False),
    (15, 256, 6, 2, False),
]
_M = [
    (3, 24, 1, 1, True),
    (5, 48, 4, 2, True),
    (5, 80, 4, 2, True),
    (7, 160, 4, 2, False),
    (14, 176, 6, 1, False),
    (18, 304, 6, 2, False),
    (5, 512, 6, 1, False),
]
_L = [
    (4, 32, 1, 1, True),
    (7, 64, 4, 2, True),
    (7, 96, 4, 2, True),
    (10, 192, 4, 2, False),
    (19, 224, 6, 1, False),
    (25, 384, 6, 2, False),
    (7, 640, 6, 1, False),
]

# channels of the stem, stacks, width, depth, rows and columns of an image, hashes of the files with and without the
# classifier
_SIZES = {
    "B0": (32, _B, 1.0, 1.0, 224, ("21ecbf6da12460d5c40bb2f29ceb2188", "893217f2bb855e2983157299931e43ff")),
    "B1": (32, _B, 1.0, 1.1, 240, ("069f0534ff22adf035c89e2d9547a9dc", "0e80663031ca32d657f9caa404b6ec37")),
    "B2": (32, _B, 1.1, 1.2, 260, ("424e49f28180edbde1e94797771950a7", "1dfe2e7a5d45b6632553a8961ea609eb")),
    "B3": (40, _B, 1.2, 1.4, 300, ("1f1fc43bd98a6e4fd8fdfd551e02c7a0", "f6abf7b5849ac99a89b50dd3fd532856")),
    "S": (24, _S, 1.0, 1.0, 384, ("e1d88a8495beba45748fedd0cecbe016", "af0682fb74e8c54910f2d4393339c070")),
    "M": (24, _M, 1.0, 1.0, 480, ("a3bf6aa3276309f4fc6a34aa114c95cd", "1b8dc055df72dde80d614482840fe342")),
    "L": (32, _L, 1.0, 1.0, 480, ("27e6d408b53c7ebc868fefa357689935", "b0b66b5c863aef5b46e8608fe1711615")),
}


def _network(variant):
    who, model_name = f"EfficientNetV2{variant}", f"efficientnetv2-{variant.lower()}"
    stem, stacks, width, depth, size, hashes = _SIZES[variant]
    files = published("efficientnet_v2/", model_name, hashes)

    def function(
        include_top=True,
        weights="imagenet",
        input_tensor=None,
        input_shape=None,
        pooling=None,
        classes=1000,
        classifier_activation="softmax",
        include_preprocessing=True,
        name=model_name,
    ):
        arguments = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
        frame = Frame(who, *arguments, default=size)
        x = _scaled(frame.image, variant) if include_preprocessing else frame.image
        x = _features(x, stem, stacks, width, depth)
        return frame.model(classified(x, frame, dropout=0.2), name, files)

    function.__module__, function.__name__, function.__qualname__ = __name__, who, who
    function.__doc__ = f"""The network EfficientNetV2-{variant}, of Tan and Le, 2021 (arXiv 2104.00298).

    It was made for images of {size} x {size} pixels.

    Args:
        include_preprocessing: whether layers scale pixels from 0 to 255; without them, they are from -1 to 1
            (S, M, L), or with ImageNet's mean and deviation taken out (B0 to B3).
        The others: those of `keras.applications.VGG16`.

    >>> model = {who}(weights=None, include_top=False, input_shape=(32, 32, 3))
    """
    return function


def _scaled(x, variant):
    if not variant.startswith("B"):
        return layers.Rescaling(1.0 / 128.0, -1)(x)
    variance = [deviation**2 for deviation in imagenet_utils.DEVIATIONS]
    x = layers.Rescaling(1.0 / 255.0)(x)
    return layers.Normalization(channel_axis(), mean=imagenet_utils.RED_GREEN_BLUE, variance=variance)(x)


def _features(x, stem, stacks, width, depth):
    x = _normal(conv(x, stem, 3, "stem_conv", strides=2), "stem")
    total, done = sum(stack[0] for stack in stacks), 0
    for i, (count, filters, expansion, stride, whole) in enumerate(stacks, start=1):
        for j in range(math.ceil(count * depth)):
            block = _whole_block if whole else _block
            rate = DROPPED * done / total
            x = block(x, _rounded(filters * width), expansion, stride if j == 0 else 1, rate, f"block{i}{chr(97 + j)}_")
            done += 1
    return _normal(conv(x, _rounded(1280 * width), 1, "top_conv"), "top")


def _rounded(filters):
    """The nearest multiple of 8."""
    return max(8, int(filters + 4) // 8 * 8)


def _norm(x, name):
    return norm(x, name, momentum=MOMENTUM)


def _normal(x, label):
    return normal(x, label, momentum=MOMENTUM)


def _whole_block(x, filters, expansion, stride, rate, label):
    """A convolution that widens, then one that narrows; or a single one."""
    start, channels = x, x.shape[channel_axis()]
    if expansion == 1:
        x = _normal(conv(x, filters, 3, f"{label}project_conv", strides=stride), f"{label}project")
    else:
        x = conv(x, expansion * channels, 3, f"{label}expand_conv", strides=stride)
        x = conv(_normal(x, f"{label}expand"), filters, 1, f"{label}project_conv")
        x = _norm(x, f"{label}project_bn")
    return added(x, start, rate, label) if stride == 1 and channels == filters else x


def _block(x, filters, expansion, stride, rate, label):
    """Widen, filter each channel for itself, weigh the channels, narrow; added to what came in where that fits."""
    start, channels = x, x.shape[channel_axis()]
    x = _normal(conv(x, expansion * channels, 1, f"{label}expand_conv"), f"{label}expand")
    x = layers.DepthwiseConv2D(
        3, strides=stride, padding="same", use_bias=False, depthwise_initializer=draws(), name=f"{label}dwconv2"
    )(x)
    x = layers.Activation("silu", name=f"{label}activation")(_norm(x, f"{label}bn"))
    x = weighed(x, max(1, channels // 4), label)
    x = _norm(conv(x, filters, 1, f"{label}project_conv"), f"{label}project_bn")
    return added(x, start, rate, label) if stride == 1 and channels == filters else x


EfficientNetV2B0 = _network("B0")
EfficientNetV2B1 = _network("B1")
EfficientNetV2B2 = _network("B2")
EfficientNetV2B3 = _network("B3")
EfficientNetV2S = _network("S")
EfficientNetV2M = _network("M")
EfficientNetV2L = _network("L")


def preprocess_input(x, data_format=None):
    """The pixels themselves, from 0 to 255: the network scales them by layers of its own."""
    return imagenet_utils.as_they_are(x, data_format)
