"""Networks of the kind ResNet."""

from keras import layers
from keras.applications._blocks import norm
from keras.applications._frame import Frame, published

EPSILON = 1.001e-5


def resnet(who, sizes, arguments, name):
    """Four stacks of blocks, each with twice the channels of the one before.

    Args:
        sizes: how many blocks each stack has; the hashes of the files with and without the classifier; whether blocks
            normalise first.
        The others: see `network`.
    """
    counts, hashes, normalises_first = sizes
    frame = Frame(who, *arguments, default=224)
    x = layers.ZeroPadding2D(3, name="conv1_pad")(frame.image)
    x = layers.Conv2D(64, 7, strides=2, name="conv1_conv")(x)
    if not normalises_first:
        x = _normal(x, "conv1")
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)
    for stack, (count, filters) in enumerate(zip(counts, (64, 128, 256, 512)), start=2):
        for i in range(1, count + 1):
            label = f"conv{stack}_block{i}"
            if normalises_first:
                stride = 2 if i == count and stack < 5 else 1
                x = _block_v2(x, filters, stride, label, widens=i == 1)
            else:
                stride = 2 if i == 1 and stack > 2 else 1
                x = _block(x, filters, stride, label, widens=i == 1)
    if normalises_first:
        x = _normal(x, "post")
    files = published("resnet/", f"{who.lower()}_weights_tf_dim_ordering_tf_kernels", hashes)
    return frame.model(frame.classified(x, "avg_pool", named=True), name, files)


def _normal(x, label):
    return layers.Activation("relu", name=f"{label}_relu")(norm(x, f"{label}_bn", epsilon=EPSILON))


def _block(x, filters, stride, label, widens):
    """1 x 1, 3 x 3 and 1 x 1 convolutions, added to what came in."""
    start = x
    if widens:
        start = layers.Conv2D(4 * filters, 1, strides=stride, name=f"{label}_0_conv")(x)
        start = norm(start, f"{label}_0_bn", epsilon=EPSILON)
    x = _normal(layers.Conv2D(filters, 1, strides=stride, name=f"{label}_1_conv")(x), f"{label}_1")
    x = _normal(layers.Conv2D(filters, 3, padding="same", name=f"{label}_2_conv")(x), f"{label}_2")
    x = layers.Conv2D(4 * filters, 1, name=f"{label}_3_conv")(x)
    x = norm(x, f"{label}_3_bn", epsilon=EPSILON)
    x = layers.Add(name=f"{label}_add")([start, x])
    return layers.Activation("relu", name=f"{label}_out")(x)


def _block_v2(x, filters, stride, label, widens):
    """The same, normalising before each convolution."""
    ready = _normal(x, f"{label}_preact")
    if widens:
        start = layers.Conv2D(4 * filters, 1, strides=stride, name=f"{label}_0_conv")(ready)
    else:
        start = layers.MaxPooling2D(1, strides=stride)(x) if stride > 1 else x
    x = layers.Conv2D(filters, 1, use_bias=False, name=f"{label}_1_conv")(ready)
    x = layers.ZeroPadding2D(1, name=f"{label}_2_pad")(_normal(x, f"{label}_1"))
    x = layers.Conv2D(filters, 3, strides=stride, use_bias=False, name=f"{label}_2_conv")(x)
    x = layers.Conv2D(4 * filters, 1, name=f"{label}_3_conv")(_normal(x, f"{label}_2"))
    return layers.Add(name=f"{label}_out")([start, x])
