"""MobileNet: convolutions of each channel for itself, then 1 x 1 ones across the channels."""

from keras import layers
from keras.applications import imagenet_utils
from keras.applications._blocks import norm, relu6
from keras.applications._frame import Frame, Published, published_size
from keras.applications.imagenet_utils import decode_predictions

__all__ = ["MobileNet", "decode_predictions", "preprocess_input"]

_SIZES = (128, 160, 192, 224)
_WIDTHS = {0.25: "2_5", 0.5: "5_0", 0.75: "7_5", 1.0: "1_0"}

# filters of the 1 x 1 convolutions, before alpha, and steps of the ones before them
_STEPS = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]


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
    size = published_size(input_shape, _SIZES)
    frame = Frame(
        "MobileNet", include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation,
        default=size,
    )  # fmt: skip
    if frame.published and (alpha not in _WIDTHS or depth_multiplier != 1):
        raise ValueError(
            f"MobileNet: weights='imagenet' are there for `alpha` 0.25, 0.5, 0.75 or 1 and `depth_multiplier` 1. "
            f"Got {alpha!r} and {depth_multiplier!r}."
        )
    x = layers.Conv2D(int(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="conv1")(frame.image)
    x = relu6(norm(x, "conv1_bn"), "conv1_relu")
    for i, (filters, stride) in enumerate(_STEPS, start=1):
        if stride == 2:
            x = layers.ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{i}")(x)
        x = layers.DepthwiseConv2D(
            3, strides=stride, padding="same" if stride == 1 else "valid", depth_multiplier=depth_multiplier,
            use_bias=False, name=f"conv_dw_{i}",
        )(x)  # fmt: skip
        x = relu6(norm(x, f"conv_dw_{i}_bn"), f"conv_dw_{i}_relu")
        x = layers.Conv2D(int(filters * alpha), 1, padding="same", use_bias=False, name=f"conv_pw_{i}")(x)
        x = relu6(norm(x, f"conv_pw_{i}_bn"), f"conv_pw_{i}_relu")
    if include_top:
        x = layers.GlobalAveragePooling2D(keepdims=True)(x)
        x = layers.Dropout(dropout, name="dropout")(x)
        x = layers.Conv2D(classes, 1, padding="same", name="conv_preds")(x)
        x = layers.Reshape((classes,), name="reshape_2")(x)
        x = layers.Activation(classifier_activation, name="predictions")(x)
    else:
        x = frame.pooled(x)
    base = f"mobilenet_{_WIDTHS.get(alpha)}_{size}_tf"
    files = [Published("mobilenet/", f"{base}{end}.h5", None) for end in ("", "_no_top")]
    return frame.model(x, name or f"mobilenet_{alpha:0.2f}_{frame.rows}", files)


def preprocess_input(x, data_format=None):
    """Pixels as MobileNet wants them; see `keras.applications.imagenet_utils.preprocess_input`, mode 'tf'."""
    return imagenet_utils.preprocess_input(x, data_format, mode="tf")
