"""NASNet: two cells that a search has found, over and over."""

from keras import layers
from keras.applications import imagenet_utils
from keras.applications._blocks import halving_pad, norm
from keras.applications._frame import Frame, Published, channel_axis
from keras.applications.imagenet_utils import decode_predictions
from keras.initializers import HeNormal

__all__ = ["NASNetLarge", "NASNetMobile", "decode_predictions", "preprocess_input"]

# rows and columns of an image, channels of the stem and of the first cells, cells between two that halve,
# whether the cell after one that halves looks further back
_SIZES = {"Mobile": (224, 32, 44, 4, False), "Large": (331, 96, 168, 6, True)}

_FILES = {
    "Mobile": (
        ("nasnet_mobile.h5", "NASNet-mobile.h5", "020fb642bf7360b370c678b08e0adf61"),
        ("nasnet_mobile_no_top.h5", "NASNet-mobile-no-top.h5", "1ed92395b5b598bdda52abe5c0dbfd63"),
    ),
    "Large": (
        ("nasnet_large.h5", "NASNet-large.h5", "11577c9a518f0070763c2b964a382f17"),
        ("nasnet_large_no_top.h5", "NASNet-large-no-top.h5", "d81d89dc07e6e56530c4e77faddd61b5"),
    ),
}


def _network(variant):
    who, model_name = f"NASNet{variant}", f"nasnet_{variant.lower()}"
    size = _SIZES[variant][0]

    def function(
        input_shape=None,
        include_top=True,
        weights="imagenet",
        input_tensor=None,
        pooling=None,
        classes=1000,
        classifier_activation="softmax",
        name=model_name,
    ):
        if variant == "Mobile" and input_shape is None and input_tensor is None:
            # every release gives this one its size, with its classifier or without
            input_shape = (size, size, 3) if channel_axis() == 3 else (3, size, size)
        arguments = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
        frame = Frame(who, *arguments, default=size)
        x = _features(frame.image, *_SIZES[variant][1:])
        files = [Published("nasnet/", here, file_hash, there) for here, there, file_hash in _FILES[variant]]
        return frame.model(frame.classified(x), name, files)

    function.__module__, function.__name__, function.__qualname__ = __name__, who, who
    function.__doc__ = f"""The network NASNet-A {variant}, of Zoph and others, 2017 (arXiv 1707.07012).

    It was made for images of {size} x {size} pixels. The arguments are those of `keras.applications.VGG16`.

    >>> model = {who}(weights=None, include_top=False, input_shape=(32, 32, 3))
    """
    return function


def _features(x, stem, filters, count, looks_further):
    """Three stacks of cells; between two of them, a cell that halves rows and columns and has twice the channels."""
    x = layers.Conv2D(stem, 3, strides=2, use_bias=False, kernel_initializer=HeNormal(), name="stem_conv1")(x)
    x = _norm(x, "stem_bn1")
    before, x = x, _halving_cell(x, x, filters // 4, "stem_1")
    adjusted = _halved(before, filters // 2, "stem_2")
    before, x, adjust = x, _halving_cell(x, adjusted, filters // 2, "stem_2"), _halved
    for stack in range(3):
        wide = filters * 2**stack
        if stack:
            label = f"reduce_{stack * count}"
            new = _halving_cell(x, adjust(before, wide, label), wide, label)
            before, x, adjust = before if looks_further else x, new, _halved
        first = stack * count + (stack > 0)
        for label in map(str, range(first, first + count)):
            new = _cell(x, adjust(before, wide, label), wide, label)
            before, x, adjust = x, new, _projected
    return _relu(x)


def _relu(x, name=None):
    return layers.Activation("relu", name=name)(x)


def _norm(x, name):
    return norm(x, name, momentum=0.9997)


def _conv(x, filters, name):
    return layers.Conv2D(filters, 1, padding="same", use_bias=False, kernel_initializer=HeNormal(), name=name)(x)


def _projected(x, filters, label):
    """What came before, in as many channels as the cell has."""
    return _norm(_conv(_relu(x), filters, f"adjust_conv_projection_{label}"), f"adjust_bn_{label}")


def _halved(x, filters, label):
    """What came before, in half of its rows and columns: every second one from the first and from the second on."""
    x = _relu(x, f"adjust_relu_1_{label}")
    first = layers.AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_1_{label}")(x)
    first = _conv(first, filters // 2, f"adjust_conv_1_{label}")
    second = layers.Cropping2D(((1, 0), (1, 0)))(layers.ZeroPadding2D(((0, 1), (0, 1)))(x))
    second = layers.AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_2_{label}")(second)
    second = _conv(second, filters // 2, f"adjust_conv_2_{label}")
    return _norm(layers.Concatenate(axis=channel_axis())([first, second]), f"adjust_bn_{label}")


def _separable(x, filters, size, label, strides=1):
    """Two separable convolutions; the first may halve rows and columns."""
    x = _relu(x)
    if strides == 2:
        x = halving_pad(x, size, f"separable_conv_1_pad_{label}")
    for i, stride in ((1, strides), (2, 1)):
        x = _relu(x) if i == 2 else x
        x = layers.SeparableConv2D(
            filters, size, strides=stride, padding="same" if stride == 1 else "valid", use_bias=False,
            name=f"separable_conv_{i}_{label}",
        )(x)  # fmt: skip
        x = _norm(x, f"separable_conv_{i}_bn_{label}")
    return x


def _cell(x, before, filters, label):
    """A cell that keeps rows and columns."""
    x = _norm(_conv(_relu(x), filters, f"normal_conv_1_{label}"), f"normal_bn_1_{label}")

    def separable(x, size, place):
        return _separable(x, filters, size, f"normal_{place}_{label}")

    def averaged(x, place):
        return layers.AveragePooling2D(3, strides=1, padding="same", name=f"normal_{place}_{label}")(x)

    pairs = [
        [separable(x, 5, "left1"), separable(before, 3, "right1")],
        [separable(before, 5, "left2"), separable(before, 3, "right2")],
        [averaged(x, "left3"), before],
        [averaged(before, "left4"), averaged(before, "right4")],
        [separable(x, 3, "left5"), x],
    ]
    sums = [layers.Add(name=f"normal_add_{i}_{label}")(pair) for i, pair in enumerate(pairs, start=1)]
    return layers.Concatenate(axis=channel_axis(), name=f"normal_concat_{label}")([before, *sums])


def _halving_cell(x, before, filters, label):
    """A cell that halves rows and columns."""
    x = _norm(_conv(_relu(x), filters, f"reduction_conv_1_{label}"), f"reduction_bn_1_{label}")
    padded = halving_pad(x, 3, f"reduction_pad_1_{label}")

    def separable(x, size, place, strides=2):
        return _separable(x, filters, size, f"reduction_{place}_{label}", strides)

    def pooled(kind, place):
        return kind(3, strides=2, name=f"reduction_{place}_{label}")(padded)

    def added(a, b, name):
        return layers.Add(name=name and f"reduction_{name}_{label}")([a, b])

    first = added(separable(x, 5, "left1"), separable(before, 7, "right1"), "add_1")
    second = added(pooled(layers.MaxPooling2D, "left2"), separable(before, 7, "right2"), "add_2")
    third = added(pooled(layers.AveragePooling2D, "left3"), separable(before, 5, "right3"), "add3")
    means = layers.AveragePooling2D(3, strides=1, padding="same", name=f"reduction_left4_{label}")(first)
    fourth = added(second, means, None)
    fifth = added(separable(first, 3, "left4", strides=1), pooled(layers.MaxPooling2D, "right5"), "add4")
    return layers.Concatenate(axis=channel_axis(), name=f"reduction_concat_{label}")([second, third, fourth, fifth])


NASNetMobile = _network("Mobile")
NASNetLarge = _network("Large")


def preprocess_input(x, data_format=None):
    """Pixels as NASNet wants them; see `keras.applications.imagenet_utils.preprocess_input`, mode 'tf'."""
    return imagenet_utils.preprocess_input(x, data_format, mode="tf")
