"""What surrounds every network: its input, its last layers, its published weights."""

import os
from typing import NamedTuple

from keras import config, layers
from keras.applications.imagenet_utils import CLASSES
from keras.models import Model
from keras.utils import get_file, get_source_inputs, is_keras_tensor

ADDRESS = "https://storage.googleapis.com/tensorflow/keras-applications/"

NO_WEIGHTS = (
    "{who}: `weights` must be None, 'imagenet', or the path of a file with weights that is there. Got {weights!r}."
)


class Published(NamedTuple):
    """A file with weights: its folder, below the usual address or with an address of its own, its name, its hash.

    It may have another name where it is published than here.
    """

    folder: str
    name: str
    file_hash: str
    name_there: str | None = None


def published(folder, start, hashes):
    """The files with and without the classifier, whose names begin alike."""
    return [Published(folder, f"{start}{end}.h5", one) for end, one in zip(("", "_notop"), hashes)]


class Frame:
    """The arguments that all networks take, checked, and the image that the network begins with.

    Attributes:
        image: the symbolic tensor to begin with.
        rows: how many an image has that is not a tensor of the user's, or None.
        published: whether the weights are the published ones.
        include_top, pooling, classes, classifier_activation: as they were given.

    Args:
        who: the function's name, for messages.
        default: rows and columns of the images that the network was made for; None if all sizes go through it.
        least: the fewest rows and columns it can take.
        agrees: whether `input_tensor` must have the `input_shape` that is given with it; otherwise the tensor decides.
        The others: see `VGG16`.
    """

    def __init__(
        self,
        who,
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
        *,
        default,
        least=32,
        agrees=False,
    ):
        if pooling not in (None, "avg", "max"):
            raise ValueError(f"{who}: `pooling` must be None, 'avg' or 'max'. Got {pooling!r}.")
        published = isinstance(weights, str) and weights == "imagenet"
        if not (weights is None or published or (isinstance(weights, (str, os.PathLike)) and os.path.exists(weights))):
            raise ValueError(NO_WEIGHTS.format(who=who, weights=weights))
        if published and include_top and classes != CLASSES:
            raise ValueError(
                f"{who}: with weights='imagenet', `classes` must be {CLASSES}. Got {classes!r}.\n"
                f"  For other classes, take include_top=False and add a classifier of your own."
            )
        if published and include_top and classifier_activation not in (None, "softmax"):
            raise ValueError(
                f"{who}: with weights='imagenet', `classifier_activation` must be 'softmax' or None. "
                f"Got {classifier_activation!r}."
            )
        self.who, self.weights, self.published = who, weights, published
        self.include_top, self.pooling = include_top, pooling
        self.classes, self.classifier_activation = classes, classifier_activation
        shape = self._shape(input_shape, default, least)
        self.rows = shape[0 if channel_axis() == 3 else 1]
        if input_tensor is None:
            self.image = layers.Input(shape)
            self.inputs = self.image
        elif is_keras_tensor(input_tensor):
            self.image = input_tensor
            if agrees and input_shape is not None and tuple(input_tensor.shape[1:]) != shape:
                raise ValueError(
                    f"{who}: `input_tensor` and `input_shape` must be of one shape. "
                    f"Got {tuple(input_tensor.shape[1:])} and {shape}."
                )
            found = get_source_inputs(input_tensor)
            self.inputs = found[0] if len(found) == 1 else found
        else:
            raise ValueError(
                f"{who}: `input_tensor` must be a symbolic tensor, such as keras.Input(shape) returns. "
                f"Got {type(input_tensor).__name__}."
            )

    def _shape(self, given, default, least):
        """The shape of an image: as given if that fits, or the usual one."""
        last = config.image_data_format() == "channels_last"
        if given is None:
            size = default if self.include_top else None
            return (size, size, 3) if last else (3, size, size)
        if not isinstance(given, (list, tuple)) or len(given) != 3:
            raise ValueError(f"{self.who}: `input_shape` must be three numbers. Got {given!r}.")
        rows, columns, channels = given if last else (given[1], given[2], given[0])
        if self.published and channels != 3:
            raise ValueError(f"{self.who}: with weights='imagenet', images must have 3 channels. Got {given!r}.")
        if any(size is not None and size < least for size in (rows, columns)):
            raise ValueError(f"{self.who} takes images of at least {least} x {least} pixels. Got {given!r}.")
        if default is not None and self.include_top and self.published and (rows, columns) != (default, default):
            raise ValueError(
                f"{self.who}: with weights='imagenet' and the classifier, images are {default} x {default}. "
                f"Got {given!r}.\n  For other sizes, take include_top=False."
            )
        if default is not None and self.include_top and None in given:
            raise ValueError(
                f"{self.who}: with the classifier, `input_shape` must be known in full. Got {given!r}.\n"
                f"  For images of any size, take include_top=False."
            )
        return tuple(given)

    def pooled(self, x, named=False):
        """What a network without its classifier ends with; `named` gives the layer a name of its own."""
        name = f"{self.pooling}_pool" if named else None
        if self.pooling == "avg":
            return layers.GlobalAveragePooling2D(name=name)(x)
        return layers.GlobalMaxPooling2D(name=name)(x) if self.pooling == "max" else x

    def classified(self, x, pool=None, named=False):
        """The usual end: the mean of each channel and one layer of classes, or what `pooling` asks for.

        Args:
            x: the last features.
            pool: the name of the layer that takes the means.
            named: whether what `pooling` asks for has a name of its own, too.
        """
        if not self.include_top:
            return self.pooled(x, named)
        x = layers.GlobalAveragePooling2D(name=pool)(x)
        return layers.Dense(self.classes, activation=self.classifier_activation, name="predictions")(x)

    def model(self, x, name, published):
        """The model, with the weights that were asked for.

        Args:
            x: its output.
            name: its name.
            published: the files with and without the classifier, each a `Published` or None.
        """
        model = Model(self.inputs, x, name=name)
        if self.published:
            chosen = published[0 if self.include_top else 1]
            if chosen is None:
                raise ValueError(f"{self.who}: no weights were published for these settings. Take weights=None.")
            folder = chosen.folder if "://" in chosen.folder else ADDRESS + chosen.folder
            address = folder + (chosen.name_there or chosen.name)
            path = get_file(chosen.name, address, cache_subdir="models", file_hash=chosen.file_hash)
            model.load_weights(path)
        elif self.weights is not None:
            model.load_weights(self.weights)
        return model


def network(build, module, who, sizes, doc, model_name=None):
    """A public function with the arguments that most networks take, for one size of a network.

    Args:
        build: `(who, sizes, arguments, name)`, makes the model; `arguments` are those of `Frame`, in order.
        module: of the function.
        who: its name.
        sizes: what tells this network from others of its kind.
        doc: its docstring.
        model_name: how the model is called; `who` in lower case if None.
    """

    model_name = model_name or who.lower()

    def function(
        include_top=True,
        weights="imagenet",
        input_tensor=None,
        input_shape=None,
        pooling=None,
        classes=1000,
        classifier_activation="softmax",
        name=model_name,
    ):
        arguments = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation)
        return build(who, sizes, arguments, name)

    function.__module__, function.__doc__ = module, doc
    function.__name__ = function.__qualname__ = who
    return function


def published_size(input_shape, sizes):
    """The rows of the images for which weights were published that fit best: 224 if these are of another size."""
    if not isinstance(input_shape, (list, tuple)) or len(input_shape) != 3:
        return 224
    rows, columns = input_shape[:2] if channel_axis() == 3 else input_shape[1:]
    return rows if rows == columns and rows in sizes else 224


def channel_axis():
    """The axis of the channels in a batch of images."""
    return 3 if config.image_data_format() == "channels_last" else 1
