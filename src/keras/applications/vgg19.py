"""VGG19: 16 convolutions and 3 dense layers."""

from keras.applications import imagenet_utils
from keras.applications._frame import Published, network
from keras.applications._vgg import vgg
from keras.applications.imagenet_utils import decode_predictions

__all__ = ["VGG19", "decode_predictions", "preprocess_input"]

_FILES = (
    Published("vgg19/", "vgg19_weights_tf_dim_ordering_tf_kernels.h5", "cbe5617147190e668d6c5d5026f83318"),
    Published("vgg19/", "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5", "253f8cb515780f3b799900260a226db6"),
)

_DOC = """The network VGG19, of Simonyan and Zisserman, 2014 (arXiv 1409.1556).

    The arguments are those of `keras.applications.VGG16`.

    Returns:
        A model.

    Raises:
        ValueError: an argument is not as it says above.
        OSError: weights are not there and could not be downloaded; the message says where to put them.

    >>> model = VGG19(weights=None, include_top=False, input_shape=(32, 32, 3))
    """

VGG19 = network(vgg, __name__, "VGG19", ((2, 2, 4, 4, 4), _FILES), _DOC)


def preprocess_input(x, data_format=None):
    """Pixels as VGG19 wants them; see `keras.applications.imagenet_utils.preprocess_input`, mode 'caffe'."""
    return imagenet_utils.preprocess_input(x, data_format, mode="caffe")
