"""InceptionResNetV2: branches of convolutions beside each other, added in small shares to what they got."""

from keras import layers
from keras.applications import imagenet_utils
from keras.applications._blocks import norm
from keras.applications._frame import Frame, Published, channel_axis
from keras.applications._inception import averaged, chain, conv, halved, join, stem
from keras.applications._scales import CustomScaleLayer
from keras.applications.imagenet_utils import decode_predictions

__all__ = ["InceptionResNetV2", "decode_predictions", "preprocess_input"]

_START = "inception_resnet_v2_weights_tf_dim_ordering_tf_kernels"
_FILES = (
    Published("inception_resnet_v2/", f"{_START}.h5", "e693bd0210a403b3192acc6073ad2e96"),
    Published("inception_resnet_v2/", f"{_START}_notop.h5", "d19885ff4a710c122648d3b5c3b684e4"),
)


def InceptionResNetV2(
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    input_shape=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
    name="inception_resnet_v2",
):
    """The network Inception-ResNet v2, of Szegedy and others, 2016 (arXiv 1602.07261), for images of 299 x 299 pixels.

    The arguments are those of `keras.applications.VGG16`; images have no less than 75 x 75 pixels.

    >>> model = InceptionResNetV2(weights=None, include_top=False, input_shape=(75, 75, 3))
    """
    arguments = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
    frame = Frame("InceptionResNetV2", *arguments, default=299, least=75)
    x = stem(frame.image)
    x = join(
        [conv(x, 96, (1, 1)), chain(x, (48, (1, 1)), (64, (5, 5))),
         chain(x, (64, (1, 1)), (96, (3, 3)), (96, (3, 3))), averaged(x, 64)],
        "mixed_5b",
    )  # fmt: skip
    for i in range(1, 11):
        branches = [
            conv(x, 32, (1, 1)), chain(x, (32, (1, 1)), (32, (3, 3))),
            chain(x, (32, (1, 1)), (48, (3, 3)), (64, (3, 3))),
        ]  # fmt: skip
        x = _added(x, branches, 0.17, f"block35_{i}")
    x = join(
        [halved(x, 384), halved(chain(x, (256, (1, 1)), (256, (3, 3))), 384), layers.MaxPooling2D(3, strides=2)(x)],
        "mixed_6a",
    )
    for i in range(1, 21):
        branches = [conv(x, 192, (1, 1)), chain(x, (128, (1, 1)), (160, (1, 7)), (192, (7, 1)))]
        x = _added(x, branches, 0.1, f"block17_{i}")
    x = join(
        [halved(conv(x, 256, (1, 1)), 384), halved(conv(x, 256, (1, 1)), 288),
         halved(chain(x, (256, (1, 1)), (288, (3, 3))), 320), layers.MaxPooling2D(3, strides=2)(x)],
        "mixed_7a",
    )  # fmt: skip
    for i in range(1, 11):
        branches = [conv(x, 192, (1, 1)), chain(x, (192, (1, 1)), (224, (1, 3)), (256, (3, 1)))]
        x = _added(x, branches, 0.2 if i < 10 else 1.0, f"block8_{i}", active=i < 10)
    x = layers.Conv2D(1536, 1, padding="same", use_bias=False, name="conv_7b")(x)
    x = layers.Activation("relu", name="conv_7b_ac")(norm(x, "conv_7b_bn", scale=False))
    return frame.model(frame.classified(x, "avg_pool"), name, _FILES)


def _added(x, branches, share, label, active=True):
    """A share of what the branches give, in as many channels as they got, added to that."""
    new = join(branches, f"{label}_mixed")
    new = layers.Conv2D(x.shape[channel_axis()], 1, padding="same", name=f"{label}_conv")(new)
    x = CustomScaleLayer(share)([x, new])
    return layers.Activation("relu", name=f"{label}_ac")(x) if active else x


def preprocess_input(x, data_format=None):
    """Pixels as InceptionResNetV2 wants them; see `keras.applications.imagenet_utils.preprocess_input`, mode 'tf'."""
    return imagenet_utils.preprocess_input(x, data_format, mode="tf")
