"""MobileNetV3: blocks as in MobileNetV2, some of which weigh their channels, with piecewise linear activations."""

from keras import layers
from keras.applications import imagenet_utils
from keras.applications._blocks import halving_pad, norm
from keras.applications._frame import Frame, Published, channel_axis
from keras.applications.imagenet_utils import decode_predictions
from keras.applications.mobilenet_v2 import rounded
from keras.utils import is_keras_tensor

__all__ = ["MobileNetV3Large", "MobileNetV3Small", "decode_predictions", "preprocess_input"]

# how often the channels are widened to, filters before alpha, kernel size, step, weighs channels, activation
_BLOCKS = {
    "Small": [
        (1, 16, 3, 2, True, "relu"), (72 / 16, 24, 3, 2, False, "relu"), (88 / 24, 24, 3, 1, False, "relu"),
        (4, 40, 5, 2, True, "hard_silu"), (6, 40, 5, 1, True, "hard_silu"), (6, 40, 5, 1, True, "hard_silu"),
        (3, 48, 5, 1, True, "hard_silu"), (3, 48, 5, 1, True, "hard_silu"), (6, 96, 5, 2, True, "hard_silu"),
        (6, 96, 5, 1, True, "hard_silu"), (6, 96, 5, 1, True, "hard_silu"),
    ],
    "Large": [
        (1, 16, 3, 1, False, "relu"), (4, 24, 3, 2, False, "relu"), (3, 24, 3, 1, False, "relu"),
        (3, 40, 5, 2, True, "relu"), (3, 40, 5, 1, True, "relu"), (3, 40, 5, 1, True, "relu"),
        (6, 80, 3, 2, False, "hard_silu"), (2.5, 80, 3, 1, False, "hard_silu"), (2.3, 80, 3, 1, False, "hard_silu"),
        (2.3, 80, 3, 1, False, "hard_silu"), (6, 112, 3, 1, True, "hard_silu"), (6, 112, 3, 1, True, "hard_silu"),
        (6, 160, 5, 2, True, "hard_silu"), (6, 160, 5, 1, True, "hard_silu"), (6, 160, 5, 1, True, "hard_silu"),
    ],
}  # fmt: skip
_LAST = {"Small": 1024, "Large": 1280}  # channels before the classifier

# (alpha, minimalistic) -> of the files with and without the classifier
_HASHES = {
    "Small": {
        (0.75, False): ("cb65d4e5be93758266aa0a7f2c6708b7", "ebdb5cc8e0b497cd13a7c275d475c819"),
        (1.0, False): ("8768d4c2e7dee89b9d02b2d03d65d862", "d3e8ec802a04aa4fc771ee12a9a9b836"),
        (1.0, True): ("99cd97fb2fcdad2bf028eb838de69e37", "cde8136e733e811080d9fcd8a252f7e4"),
    },
    "Large": {
        (0.75, False): ("765b44a33ad4005b3ac83185abf1d0eb", "40af19a13ebea4e2ee0c676887f69a2e"),
        (1.0, False): ("59e551e166be033d707958cf9e29a6a7", "07fb09a5933dd0c8eaafa16978110389"),
        (1.0, True): ("675e7b876c45c57e9e63e6d90a36599c", "ec5221f64a2f6d1ef965a614bdae7973"),
    },
}


def _network(variant):
    who = f"MobileNetV3{variant}"

    def function(
        input_shape=None,
        alpha=1.0,
        minimalistic=False,
        include_top=True,
        weights="imagenet",
        input_tensor=None,
        classes=1000,
        pooling=None,
        dropout_rate=0.2,
        classifier_activation="softmax",
        include_preprocessing=True,
        name=who,
    ):
        # images of any size go through it with its classifier too: that is made of convolutions
        if input_shape is None and is_keras_tensor(input_tensor):
            input_shape = input_tensor.shape[1:]
        frame = Frame(
            who, include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation,
            default=None, agrees=True,
        )  # fmt: skip
        if frame.published and (alpha, bool(minimalistic)) not in _HASHES[variant]:
            raise ValueError(
                f"{who}: weights='imagenet' are there for `alpha` 0.75 or 1, minimalistic for 1. Got {alpha!r}."
            )
        x = layers.Rescaling(1.0 / 127.5, -1.0)(frame.image) if include_preprocessing else frame.image
        x = _features(x, variant, alpha, minimalistic)
        if include_top:
            x = _classified(x, frame, _LAST[variant], alpha, minimalistic, dropout_rate)
        else:
            x = frame.pooled(x, named=True)
        return frame.model(x, name, _files(variant, alpha, minimalistic))

    function.__module__, function.__name__, function.__qualname__ = __name__, who, who
    function.__doc__ = f"""The network MobileNetV3 {variant}, of Howard and others, 2019 (arXiv 1905.02244).

    Args:
        alpha: what the number of filters is multiplied with.
        minimalistic: whether kernels are 3 x 3, no channels are weighed and all activations are 'relu'.
        dropout_rate: the rate before the classifier.
        include_preprocessing: whether a layer scales pixels from 0 to 255; without it, they are from -1 to 1.
        The others: those of `keras.applications.VGG16`; images may have any size.

    >>> model = {who}(alpha=0.75, weights=None, input_shape=(32, 32, 3))
    """
    return function


def _files(variant, alpha, minimalistic):
    kind = "minimalistic_" if minimalistic else ""
    start = f"weights_mobilenet_v3_{variant.lower()}_{kind}224_{float(alpha)}_float"
    hashes = _HASHES[variant].get((alpha, bool(minimalistic)), (None, None))
    return [Published("mobilenet_v3/", start + end, one) for end, one in zip((".h5", "_no_top_v2.h5"), hashes)]


def _features(x, variant, alpha, minimalistic):
    active = "relu" if minimalistic else "hard_silu"
    x = layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False, name="conv")(x)
    x = _active(_norm(x, "conv_bn"), active)
    for number, (expansion, filters, size, stride, weighs, activation) in enumerate(_BLOCKS[variant]):
        if minimalistic:
            size, weighs, activation = 3, False, "relu"
        x = _block(x, number, expansion, rounded(filters * alpha), size, stride, weighs, activation)
    last = rounded(6 * x.shape[channel_axis()])
    x = layers.Conv2D(last, 1, padding="same", use_bias=False, name="conv_1")(x)
    return _active(_norm(x, "conv_1_bn"), active)


def _classified(x, frame, last, alpha, minimalistic, dropout_rate):
    last = rounded(last * alpha) if alpha > 1 else last
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Conv2D(last, 1, padding="same", name="conv_2")(x)
    x = _active(x, "relu" if minimalistic else "hard_silu")
    if dropout_rate > 0:
        x = layers.Dropout(dropout_rate)(x)
    x = layers.Flatten()(layers.Conv2D(frame.classes, 1, padding="same", name="logits")(x))
    return layers.Activation(frame.classifier_activation, name="predictions")(x)


def _norm(x, name):
    return norm(x, name, momentum=0.999)


def _active(x, activation):
    return layers.ReLU()(x) if activation == "relu" else layers.Activation(activation)(x)


def _block(x, number, expansion, filters, size, stride, weighs, activation):
    """Widen, filter each channel for itself, weigh the channels, narrow; added to what came in where that fits."""
    label = f"expanded_conv_{number}_" if number else "expanded_conv_"
    start, channels = x, x.shape[channel_axis()]
    wide = rounded(channels * expansion)
    if number:
        x = layers.Conv2D(wide, 1, padding="same", use_bias=False, name=f"{label}expand")(x)
        x = _active(_norm(x, f"{label}expand_bn"), activation)
    if stride == 2:
        x = halving_pad(x, size, f"{label}depthwise_pad")
    x = layers.DepthwiseConv2D(
        size, strides=stride, padding="same" if stride == 1 else "valid", use_bias=False, name=f"{label}depthwise"
    )(x)
    x = _active(_norm(x, f"{label}depthwise_bn"), activation)
    if weighs:
        x = _weighed(x, rounded(channels * expansion * 0.25), wide, f"{label}squeeze_excite_")
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False, name=f"{label}project")(x)
    x = _norm(x, f"{label}project_bn")
    return layers.Add(name=f"{label}add")([start, x]) if stride == 1 and channels == filters else x


def _weighed(x, narrow, wide, label):
    """Every channel times a weight that depends on the means of all of them."""
    weights = layers.GlobalAveragePooling2D(keepdims=True, name=f"{label}avg_pool")(x)
    weights = layers.Conv2D(narrow, 1, padding="same", name=f"{label}conv")(weights)
    weights = layers.ReLU(name=f"{label}relu")(weights)
    weights = layers.Conv2D(wide, 1, padding="same", name=f"{label}conv_1")(weights)
    weights = layers.ReLU(6.0)(weights + 3.0) * (1.0 / 6.0)
    return layers.Multiply(name=f"{label}mul")([x, weights])


MobileNetV3Small = _network("Small")
MobileNetV3Large = _network("Large")


def preprocess_input(x, data_format=None):
    """The pixels themselves, from 0 to 255: the network scales them by a layer of its own."""
    return imagenet_utils.as_they_are(x, data_format)
