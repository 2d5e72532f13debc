"""DenseNet: each layer gets what all layers before it in its block made."""

from keras import layers
from keras.applications import imagenet_utils
from keras.applications._blocks import norm
from keras.applications._frame import Frame, channel_axis, network, published
from keras.applications.imagenet_utils import decode_predictions

__all__ = ["DenseNet121", "DenseNet169", "DenseNet201", "decode_predictions", "preprocess_input"]

EPSILON = 1.001e-5
GROWTH = 32  # channels that each layer adds


def _densenet(who, sizes, arguments, name):
    counts, hashes = sizes
    frame = Frame(who, *arguments, default=224)
    x = layers.ZeroPadding2D(3)(frame.image)
    x = layers.Conv2D(64, 7, strides=2, use_bias=False, name="conv1_conv")(x)
    x = _normal(x, "conv1_bn", "conv1_relu")
    x = layers.ZeroPadding2D(1)(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)
    for block, count in enumerate(counts, start=2):
        for i in range(1, count + 1):
            x = _layer(x, f"conv{block}_block{i}")
        if block < 5:
            x = _narrowed(x, f"pool{block}")
    x = _normal(x, "bn", "relu")
    files = published("densenet/", f"{who.lower()}_weights_tf_dim_ordering_tf_kernels", hashes)
    return frame.model(frame.classified(x, "avg_pool", named=True), name, files)


def _normal(x, norm_name, relu_name):
    return layers.Activation("relu", name=relu_name)(norm(x, norm_name, epsilon=EPSILON))


def _layer(x, label):
    """New channels from all there are, set beside them."""
    new = _normal(x, f"{label}_0_bn", f"{label}_0_relu")
    new = layers.Conv2D(4 * GROWTH, 1, use_bias=False, name=f"{label}_1_conv")(new)
    new = _normal(new, f"{label}_1_bn", f"{label}_1_relu")
    new = layers.Conv2D(GROWTH, 3, padding="same", use_bias=False, name=f"{label}_2_conv")(new)
    return layers.Concatenate(axis=channel_axis(), name=f"{label}_concat")([x, new])


def _narrowed(x, label):
    """Half of the channels, half of the rows and columns."""
    x = _normal(x, f"{label}_bn", f"{label}_relu")
    x = layers.Conv2D(x.shape[channel_axis()] // 2, 1, use_bias=False, name=f"{label}_conv")(x)
    return layers.AveragePooling2D(2, strides=2, name=f"{label}_pool")(x)


def _network(who, counts, hashes):
    doc = f"""The network {who}, of Huang and others, 2016 (arXiv 1608.06993).

    The arguments are those of `keras.applications.VGG16`.

    >>> model = {who}(weights=None, include_top=False, input_shape=(32, 32, 3))
    """
    return network(_densenet, __name__, who, (counts, hashes), doc)


DenseNet121 = _network(
    "DenseNet121", (6, 12, 24, 16), ("9d60b8095a5708f2dcce2bca79d332c7", "30ee3e1110167f948a6b9946edeeb738")
)
DenseNet169 = _network(
    "DenseNet169", (6, 12, 32, 32), ("d699b8f76981ab1b30698df4c175e90b", "b8c4d4c20dd625c148057b9ff1c1176b")
)
DenseNet201 = _network(
    "DenseNet201", (6, 12, 48, 32), ("1ceb130c1ea1b78c3bf6114dbdfd8807", "c13680b51ded0fb44dff2d8f86ac8bb1")
)


def preprocess_input(x, data_format=None):
    """Pixels as DenseNet wants them; see `keras.applications.imagenet_utils.preprocess_input`, mode 'torch'."""
    return imagenet_utils.preprocess_input(x, data_format, mode="torch")
