"""ResNeXt, which the package keras_applications had at the time of Keras 2.2, and Keras 3 has no more."""

from __future__ import annotations

from keras import layers, ops
from keras.applications import imagenet_utils
from keras.applications._blocks import norm
from keras.applications._frame import Frame, channel_axis, published
from keras.applications.imagenet_utils import decode_predictions

__all__ = ["ResNeXt50", "ResNeXt101", "decode_predictions", "preprocess_input"]

EPSILON = 1.001e-5
GROUPS = 32
ADDRESS = "https://github.com/keras-team/keras-applications/releases/download/resnet/"

# blocks of the four stacks, hashes of the files with and without the classifier
_SIZES = {
    50: ((3, 4, 6, 3), ("67a5b30d522ed92f75a1f16eef299d1a", "62527c363bdd9ec598bed41947b379fc")),
    101: ((3, 4, 23, 3), ("34fb605428fcc7aa4d62f44404c11509", "0f678c91647380debd923963594981b3")),
}


def _network(depth):
    who = f"ResNeXt{depth}"
    counts, hashes = _SIZES[depth]
    files = published(ADDRESS, f"resnext{depth}_weights_tf_dim_ordering_tf_kernels", hashes)

    def function(include_top=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None, classes=1000):
        frame = Frame(who, include_top, weights, input_tensor, input_shape, pooling, classes, "softmax", default=224)
        x = layers.ZeroPadding2D(3, name="conv1_pad")(frame.image)
        x = _normal(layers.Conv2D(64, 7, strides=2, use_bias=False, name="conv1_conv")(x), "conv1")
        x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
        x = layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)
        for stack, (count, filters) in enumerate(zip(counts, (128, 256, 512, 1024)), start=2):
            for i in range(1, count + 1):
                x = _block(x, filters, 2 if i == 1 and stack > 2 else 1, i == 1, f"conv{stack}_block{i}")
        if include_top:
            x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
            x = layers.Dense(classes, activation="softmax", name="probs")(x)
        else:
            x = frame.pooled(x, named=True)
        return frame.model(x, who.lower(), files)

    function.__module__, function.__name__, function.__qualname__ = __name__, who, who
    function.__doc__ = f"""The network {who}, of Xie and others, 2016 (arXiv 1611.05431).

    The arguments are those of `keras.applications.VGG16`; images have a known size.
    """
    return function


def _norm(x, name):
    return norm(x, name, epsilon=EPSILON)


def _normal(x, label):
    return layers.Activation("relu", name=f"{label}_relu")(_norm(x, f"{label}_bn"))


def _block(x, filters, stride, widens, label):
    """1 x 1, grouped 3 x 3 and 1 x 1 convolutions, added to what came in."""
    start = x
    if widens:
        start = layers.Conv2D(2 * filters, 1, strides=stride, use_bias=False, name=f"{label}_0_conv")(x)
        start = _norm(start, f"{label}_0_bn")
    x = _normal(layers.Conv2D(filters, 1, use_bias=False, name=f"{label}_1_conv")(x), f"{label}_1")
    x = _normal(_grouped(x, filters, stride, label), f"{label}_2")
    x = _norm(layers.Conv2D(2 * filters, 1, use_bias=False, name=f"{label}_3_conv")(x), f"{label}_3_bn")
    return layers.Activation("relu", name=f"{label}_out")(layers.Add(name=f"{label}_add")([start, x]))


def _grouped(x, filters, stride, label):
    """A convolution of groups of channels, in the two steps that the published weights are for.

    Each channel is filtered as often as its group has channels, then the first of all channels of a group are summed,
    the second, and so on.
    """
    width = filters // GROUPS
    x = layers.ZeroPadding2D(1, name=f"{label}_2_pad")(x)
    x = layers.DepthwiseConv2D(
        3, strides=stride, depth_multiplier=width, use_bias=False, name=f"{label}_2_conv"
    )(x)  # fmt: skip
    if channel_axis() == 3:
        rows, columns = x.shape[1:3]
        x = ops.sum(layers.Reshape((rows, columns, GROUPS, width, width))(x), axis=-2)
        return layers.Reshape((rows, columns, filters))(x)
    rows, columns = x.shape[2:]
    x = ops.sum(layers.Reshape((GROUPS, width, width, rows, columns))(x), axis=2)
    return layers.Reshape((filters, rows, columns))(x)


ResNeXt50 = _network(50)
ResNeXt101 = _network(101)


def preprocess_input(x, data_format=None):
    """Pixels as ResNeXt wants them; see `keras.applications.imagenet_utils.preprocess_input`, mode 'torch'."""
    return imagenet_utils.preprocess_input(x, data_format, mode="torch")
