"""MobileNetV2: blocks that widen, filter each channel for itself, and narrow again."""

from keras import layers
from keras.applications import imagenet_utils
from keras.applications._blocks import halving_pad, norm, relu6
from keras.applications._frame import Frame, Published, channel_axis, published_size
from keras.applications.imagenet_utils import decode_predictions
from keras.utils import is_keras_tensor

__all__ = ["MobileNetV2", "decode_predictions", "preprocess_input"]

_SIZES = (96, 128, 160, 192, 224)
_WIDTHS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)

# filters before alpha, the step of the first block, how often the channels are widened to, blocks
_STACKS = [(16, 1, 1, 1), (24, 2, 6, 2), (32, 2, 6, 3), (64, 2, 6, 4), (96, 1, 6, 3), (160, 2, 6, 3), (320, 1, 6, 1)]


def MobileNetV2(
    input_shape=None,
    alpha=1.0,
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
    name=None,
):
    """The network MobileNetV2, of Sandler and others, 2018 (arXiv 1801.04381).

    Args:
        alpha: what the number of filters is multiplied with.
        name: of the model; None makes one that tells alpha and size.
        The others: those of `keras.applications.VGG16`.

    >>> model = MobileNetV2(alpha=0.35, weights=None, input_shape=(32, 32, 3))
    """
    begins_with_tensor = include_top and input_shape is None and is_keras_tensor(input_tensor)
    size = published_size(input_tensor.shape[1:] if begins_with_tensor else input_shape, _SIZES)
    frame = Frame(
        "MobileNetV2", include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation,
        default=size, agrees=True,
    )  # fmt: skip
    if frame.published and alpha not in _WIDTHS:
        raise ValueError(f"MobileNetV2: weights='imagenet' are there for `alpha` in {_WIDTHS}. Got {alpha!r}.")
    x = layers.Conv2D(rounded(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="Conv1")(frame.image)
    x = relu6(_norm(x, "bn_Conv1"), "Conv1_relu")
    number = 0
    for filters, stride, expansion, count in _STACKS:
        for i in range(count):
            x = _block(x, rounded(int(filters * alpha)), stride if i == 0 else 1, expansion, number)
            number += 1
    last = rounded(1280 * alpha) if alpha > 1 else 1280
    x = layers.Conv2D(last, 1, use_bias=False, name="Conv_1")(x)
    x = relu6(_norm(x, "Conv_1_bn"), "out_relu")
    base = f"mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{float(alpha)}_{size}"
    files = [Published("mobilenet_v2/", f"{base}{end}.h5", None) for end in ("", "_no_top")]
    return frame.model(frame.classified(x), name or f"mobilenetv2_{alpha:0.2f}_{frame.rows}", files)


def _norm(x, name):
    return norm(x, name, momentum=0.999)


def _block(x, filters, stride, expansion, number):
    label = f"block_{number}_" if number else "expanded_conv_"
    start, channels = x, x.shape[channel_axis()]
    if number:
        x = layers.Conv2D(expansion * channels, 1, padding="same", use_bias=False, name=f"{label}expand")(x)
        x = relu6(_norm(x, f"{label}expand_BN"), f"{label}expand_relu")
    if stride == 2:
        x = halving_pad(x, 3, f"{label}pad")
    x = layers.DepthwiseConv2D(
        3, strides=stride, use_bias=False, padding="same" if stride == 1 else "valid", name=f"{label}depthwise"
    )(x)
    x = relu6(_norm(x, f"{label}depthwise_BN"), f"{label}depthwise_relu")
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False, name=f"{label}project")(x)
    x = _norm(x, f"{label}project_BN")
    if channels == filters and stride == 1:
        x = layers.Add(name=f"{label}add")([start, x])
    return x


def rounded(filters, divisor=8):
    """The nearest multiple of the divisor, and no less than 90 percent of the filters."""
    found = max(divisor, int(filters + divisor / 2) // divisor * divisor)
    return found + divisor if found < 0.9 * filters else found


def preprocess_input(x, data_format=None):
    """Pixels as MobileNetV2 wants them; see `keras.applications.imagenet_utils.preprocess_input`, mode 'tf'."""
    return imagenet_utils.preprocess_input(x, data_format, mode="tf")
