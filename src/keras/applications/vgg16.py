"""VGG16: 13 convolutions and 3 dense layers."""

from keras.applications import imagenet_utils
from keras.applications._frame import Published, network
from keras.applications._vgg import vgg
from keras.applications.imagenet_utils import decode_predictions

__all__ = ["VGG16", "decode_predictions", "preprocess_input"]

_FILES = (
    Published("vgg16/", "vgg16_weights_tf_dim_ordering_tf_kernels.h5", "64373286793e3c8b2b4e3219cbf3544b"),
    Published("vgg16/", "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5", "6d6bbae143d832006294945121d1f1fc"),
)

_DOC = """The network VGG16, of Simonyan and Zisserman, 2014 (arXiv 1409.1556).

    Args:
        include_top: whether the classifier at the end is part of it.
        weights: 'imagenet' for the published weights, which are downloaded once; the path of a file; None for new ones.
        input_tensor: a symbolic tensor to begin with, instead of a new input.
        input_shape: the shape of an image, if there is no classifier or it is new; (224, 224, 3) otherwise.
        pooling: what a network without classifier ends with: 'avg' or 'max' for the mean or maximum of each channel,
            None for all features.
        classes: how many, if the classifier is new.
        classifier_activation: the activation at the end; None gives logits.
        name: of the model.

    Returns:
        A model.

    Raises:
        ValueError: an argument is not as it says above.
        OSError: weights are not there and could not be downloaded; the message says where to put them.

    >>> model = VGG16(weights=None, include_top=False, input_shape=(32, 32, 3))
    """

VGG16 = network(vgg, __name__, "VGG16", ((2, 2, 3, 3, 3), _FILES), _DOC)


def preprocess_input(x, data_format=None):
    """Pixels as VGG16 wants them; see `keras.applications.imagenet_utils.preprocess_input`, mode 'caffe'."""
    return imagenet_utils.preprocess_input(x, data_format, mode="caffe")
