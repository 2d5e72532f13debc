"""ResNet V2: blocks that add a correction to what they get, and normalise first."""

from keras.applications import imagenet_utils
from keras.applications._frame import network
from keras.applications._resnet import resnet
from keras.applications.imagenet_utils import decode_predictions

__all__ = ["ResNet50V2", "ResNet101V2", "ResNet152V2", "decode_predictions", "preprocess_input"]


def _network(who, counts, hashes):
    doc = f"""The network {who.removesuffix("V2")} V2, of He and others, 2016 (arXiv 1603.05027).

    The arguments are those of `keras.applications.VGG16`.

    >>> model = {who}(weights=None, include_top=False, input_shape=(32, 32, 3))
    """
    return network(resnet, __name__, who, (counts, hashes, True), doc)


ResNet50V2 = _network(
    "ResNet50V2", (3, 4, 6, 3), ("3ef43a0b657b3be2300d5770ece849e0", "fac2f116257151a9d068a22e544a4917")
)
ResNet101V2 = _network(
    "ResNet101V2", (3, 4, 23, 3), ("6343647c601c52e1368623803854d971", "c0ed64b8031c3730f411d2eb4eea35b5")
)
ResNet152V2 = _network(
    "ResNet152V2", (3, 8, 36, 3), ("a49b44d1979771252814e80f8ec446f9", "ed17cf2e0169df9d443503ef94b23b33")
)


def preprocess_input(x, data_format=None):
    """Pixels as ResNet V2 wants them; see `keras.applications.imagenet_utils.preprocess_input`, mode 'tf'."""
    return imagenet_utils.preprocess_input(x, data_format, mode="tf")
