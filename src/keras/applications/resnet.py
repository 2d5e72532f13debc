"""ResNet: blocks that add a correction to what they get."""

from keras.applications import imagenet_utils
from keras.applications._frame import network
from keras.applications._resnet import resnet
from keras.applications.imagenet_utils import decode_predictions

__all__ = ["ResNet50", "ResNet101", "ResNet152", "decode_predictions", "preprocess_input"]


def _network(who, counts, hashes):
    doc = f"""The network {who}, of He and others, 2015 (arXiv 1512.03385).

    The arguments are those of `keras.applications.VGG16`.

    >>> model = {who}(weights=None, include_top=False, input_shape=(32, 32, 3))
    """
    return network(resnet, __name__, who, (counts, hashes, False), doc)


ResNet50 = _network("ResNet50", (3, 4, 6, 3), ("2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626"))
ResNet101 = _network(
    "ResNet101", (3, 4, 23, 3), ("f1aeb4b969a6efcfb50fad2f0c20cfc5", "88cf7a10940856eca736dc7b7e228a21")
)
ResNet152 = _network(
    "ResNet152", (3, 8, 36, 3), ("100835be76be38e30d865e96f2aaae62", "ee4c566cf9a93f14d82f913c2dc6dd0c")
)


def preprocess_input(x, data_format=None):
    """Pixels as ResNet wants them; see `keras.applications.imagenet_utils.preprocess_input`, mode 'caffe'."""
    return imagenet_utils.preprocess_input(x, data_format, mode="caffe")
