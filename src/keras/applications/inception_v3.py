"""InceptionV3: branches of convolutions of several sizes beside each other."""

from keras import layers
from keras.applications import imagenet_utils
from keras.applications._frame import Frame, Published, network
from keras.applications._inception import averaged, chain, conv, halved, join, stem
from keras.applications.imagenet_utils import decode_predictions

__all__ = ["InceptionV3", "decode_predictions", "preprocess_input"]

_FILES = (
    Published(
        "inception_v3/", "inception_v3_weights_tf_dim_ordering_tf_kernels.h5", "9a0d58056eeedaa3f26cb7ebd46da564"
    ),
    Published(
        "inception_v3/", "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5", "bcbd6486424b2319ff4ef7d526e38f63"
    ),
)


def _inception_v3(who, files, arguments, name):
    frame = Frame(who, *arguments, default=299, least=75)
    x = stem(frame.image)
    for number, pooled in ((0, 32), (1, 64), (2, 64)):
        x = join(
            [conv(x, 64, (1, 1)), chain(x, (48, (1, 1)), (64, (5, 5))),
             chain(x, (64, (1, 1)), (96, (3, 3)), (96, (3, 3))), averaged(x, pooled)],
            f"mixed{number}",
        )  # fmt: skip
    x = join(
        [conv(x, 384, (3, 3), strides=2, padding="valid"), halved(chain(x, (64, (1, 1)), (96, (3, 3))), 96),
         layers.MaxPooling2D(3, strides=2)(x)],
        "mixed3",
    )  # fmt: skip
    for number, n in ((4, 128), (5, 160), (6, 160), (7, 192)):
        x = join(
            [conv(x, 192, (1, 1)), chain(x, (n, (1, 1)), (n, (1, 7)), (192, (7, 1))),
             chain(x, (n, (1, 1)), (n, (7, 1)), (n, (1, 7)), (n, (7, 1)), (192, (1, 7))), averaged(x, 192)],
            f"mixed{number}",
        )  # fmt: skip
    x = join(
        [halved(conv(x, 192, (1, 1)), 320), halved(chain(x, (192, (1, 1)), (192, (1, 7)), (192, (7, 1))), 192),
         layers.MaxPooling2D(3, strides=2)(x)],
        "mixed8",
    )  # fmt: skip
    for i in (0, 1):
        x = join(
            [conv(x, 320, (1, 1)), _both_ways(conv(x, 384, (1, 1)), f"mixed9_{i}"),
             _both_ways(chain(x, (448, (1, 1)), (384, (3, 3))), None), averaged(x, 192)],
            f"mixed{9 + i}",
        )  # fmt: skip
    return frame.model(frame.classified(x, "avg_pool"), name, files)


def _both_ways(x, name):
    return join([conv(x, 384, (1, 3)), conv(x, 384, (3, 1))], name)


_DOC = """The network Inception V3, of Szegedy and others, 2015 (arXiv 1512.00567), for images of 299 x 299 pixels.

    The arguments are those of `keras.applications.VGG16`; images have no less than 75 x 75 pixels.

    >>> model = InceptionV3(weights=None, include_top=False, input_shape=(75, 75, 3))
    """

InceptionV3 = network(_inception_v3, __name__, "InceptionV3", _FILES, _DOC, model_name="inception_v3")


def preprocess_input(x, data_format=None):
    """Pixels as InceptionV3 wants them; see `keras.applications.imagenet_utils.preprocess_input`, mode 'tf'."""
    return imagenet_utils.preprocess_input(x, data_format, mode="tf")
