"""ResNet-RS, which tf.keras had from 2.8 on and Keras 3 has no more."""

from __future__ import annotations

from keras import layers
from keras.applications import imagenet_utils
from keras.applications._blocks import norm
from keras.applications._efficientnet import conv
from keras.applications._frame import Frame, channel_axis, published
from keras.applications.imagenet_utils import decode_predictions
from keras.backend import get_uid

__all__ = [
    "ResNetRS50",
    "ResNetRS101",
    "ResNetRS152",
    "ResNetRS200",
    "ResNetRS270",
    "ResNetRS350",
    "ResNetRS420",
    "decode_predictions",
    "preprocess_input",
]

# blocks of each group, rate before the classifier, greatest rate of rows whose block is left out, size of the images
# that the published weights are for, hashes of the files with and without the classifier
_SIZES = {
    50: ((3, 4, 6, 3), 0.25, 0.0, 160, ("69d9d925319f00a8bdd4af23c04e4102", "90daa68cd26c95aa6c5d25451e095529")),
    101: ((3, 4, 23, 3), 0.25, 0.0, 192, ("eb285be29ab42cf4835ff20a5e3b5d23", "f9a0f6b85faa9c3db2b6e233c4eebb5b")),
    152: ((3, 8, 36, 3), 0.25, 0.0, 256, ("ba6271b99bdeb4e7a9b15c05964ef4ad", "fa79794252dbe47c89130f65349d654a")),
    200: ((3, 24, 36, 3), 0.25, 0.1, 256, ("a76930b741884e09ce90fa7450747d5f", "bbdb3994718dfc0d1cd45d7eff3f3d9c")),
    270: ((4, 29, 53, 4), 0.25, 0.1, 256, ("20d575825ba26176b03cb51012a367a8", "2c42ecb22e35f3e23d2f70babce0a2aa")),
    350: ((4, 36, 72, 4), 0.4, 0.1, 320, ("7ccb858cc738305e8ceb3c0140bee393", "ab0c1f9079d2f85a9facbd2c88aa6079")),
    420: ((4, 44, 87, 4), 0.4, 0.1, 320, ("ae0eb9bed39e64fc8d7e0db4018dc7e8", "fe6217c32be8305b1889657172b98884")),
}


def _network(depth):
    who, model_name = f"ResNetRS{depth}", f"resnet-rs-{depth}"
    counts, dropout, dropped, size, hashes = _SIZES[depth]
    files = published("resnet_rs/", f"{model_name}-i{size}", hashes)

    def function(
        include_top=True,
        weights="imagenet",
        classes=1000,
        input_shape=None,
        input_tensor=None,
        pooling=None,
        classifier_activation="softmax",
        include_preprocessing=True,
    ):
        arguments = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
        frame = Frame(who, *arguments, default=224)
        x = _scaled(frame.image) if include_preprocessing else frame.image
        x = _stem(x)
        for group, (count, filters) in enumerate(zip(counts, (64, 128, 256, 512)), start=2):
            for i in range(count):
                stride = 2 if i == 0 and group > 2 else 1
                x = _block(x, filters, stride, dropped * group / 5, i == 0, f"BlockGroup{group}__block_{i}_")
        if include_top:
            x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
            x = layers.Dropout(dropout, name="top_dropout")(x)
            x = layers.Dense(classes, activation=classifier_activation, name="predictions")(x)
        else:
            x = frame.pooled(x, named=True)
        return frame.model(x, model_name, files)

    function.__module__, function.__name__, function.__qualname__ = __name__, who, who
    function.__doc__ = f"""The network ResNet-RS-{depth}, of Bello and others, 2021 (arXiv 2103.07579).

    Args:
        include_preprocessing: whether layers scale pixels from 0 to 255.
        The others: those of `keras.applications.VGG16`.
    """
    return function


def _scaled(x):
    variance = [deviation**2 for deviation in imagenet_utils.DEVIATIONS]
    x = layers.Rescaling(1.0 / 255.0)(x)
    return layers.Normalization(channel_axis(), mean=imagenet_utils.RED_GREEN_BLUE, variance=variance)(x)


def _normal(x, norm_name, name):
    return layers.Activation("relu", name=name)(_norm(x, norm_name))


def _norm(x, name):
    # the release had given it the momentum 0: in training, moving statistics are those of the last batch
    return norm(x, name, momentum=0.0, epsilon=1e-5)


def _conv(x, filters, size, stride, name):
    """A convolution, padded alike on all sides."""
    if stride > 1:
        x = layers.ZeroPadding2D(size // 2)(x)
    return conv(x, filters, size, name, strides=stride, padding="valid" if stride > 1 else "same")


def _stem(x):
    label = f"stem_{get_uid('stem_')}_stem_"
    for i, (filters, stride) in enumerate(((32, 2), (32, 1), (64, 1), (64, 2)), start=1):
        x = _normal(_conv(x, filters, 3, stride, f"{label}conv_{i}"), f"{label}batch_norm_{i}", f"{label}act_{i}")
    return x


def _block(x, filters, stride, rate, widens, label):
    """1 x 1, 3 x 3 and 1 x 1 convolutions, whose channels are weighed, added to what came in."""
    start = x
    if widens:
        if stride == 2:
            start = layers.AveragePooling2D(2, strides=2, padding="same", name=f"{label}_projection_pooling")(start)
        start = _conv(start, 4 * filters, 1, 1, f"{label}_projection_conv")
        start = _norm(start, f"{label}_projection_batch_norm")
    x = _normal(_conv(x, filters, 1, 1, f"{label}_conv_1"), f"{label}batch_norm_1", f"{label}_act_1")
    x = _normal(_conv(x, filters, 3, stride, f"{label}_conv_2"), f"{label}_batch_norm_2", f"{label}_act_2")
    x = _norm(_conv(x, 4 * filters, 1, 1, f"{label}_conv_3"), f"{label}_batch_norm_3")
    x = _weighed(x, filters, f"{label}_se_se_")
    if rate:
        x = layers.Dropout(rate, noise_shape=(None, 1, 1, 1), name=f"{label}_drop")(x)
    return layers.Activation("relu", name=f"{label}_output_act")(layers.Add()([x, start]))


def _weighed(x, narrow, label):
    """Every channel times a weight from 0 to 1 that depends on the means of all of them."""
    axis = channel_axis()
    wide = x.shape[axis]
    weights = layers.GlobalAveragePooling2D(name=f"{label}squeeze")(x)
    weights = layers.Reshape((1, 1, wide) if axis == 3 else (wide, 1, 1), name=f"{label}reshape")(weights)
    weights = conv(weights, narrow, 1, f"{label}reduce", use_bias=True, activation="relu")
    weights = conv(weights, wide, 1, f"{label}expand", use_bias=True, activation="sigmoid")
    return layers.Multiply(name=f"{label}excite")([x, weights])


ResNetRS50 = _network(50)
ResNetRS101 = _network(101)
ResNetRS152 = _network(152)
ResNetRS200 = _network(200)
ResNetRS270 = _network(270)
ResNetRS350 = _network(350)
ResNetRS420 = _network(420)


def preprocess_input(x, data_format=None):
    """The pixels themselves, from 0 to 255: the network scales them by layers of its own."""
    return imagenet_utils.as_they_are(x, data_format)
