"""Networks of the kind MobileNet."""

from keras import layers
from keras.applications._blocks import norm, relu6
from keras.applications._frame import Frame, Published, published_size

_SIZES = (128, 160, 192, 224)
_WIDTHS = {0.25: "2_5", 0.5: "5_0", 0.75: "7_5", 1.0: "1_0"}

# filters of the 1 x 1 convolutions, before alpha, and steps of the ones before them
_STEPS = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]


def mobilenet(
    ends, input_shape, alpha, depth_multiplier, dropout, include_top, weights, input_tensor, pooling, classes,
    classifier_activation, name,
):  # fmt: skip
    """The model.

    Args:
        ends: `(image, filters)`, the first convolution, and `(features, frame, dropout)`, the end with the classifier.
        The others: those of `MobileNet`.
    """
    begun, classified = ends
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
    x = begun(frame.image, int(32 * alpha))
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
    x = classified(x, frame, dropout) if frame.include_top else frame.pooled(x)
    base = f"mobilenet_{_WIDTHS.get(alpha)}_{size}_tf"
    files = [Published("mobilenet/", f"{base}{end}.h5", None) for end in ("", "_no_top")]
    return frame.model(x, name or f"mobilenet_{alpha:0.2f}_{frame.rows}", files)
