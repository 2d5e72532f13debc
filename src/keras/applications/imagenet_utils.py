"""What networks trained on ImageNet share: how pixels are scaled for them, and what their outputs mean."""

import json

import numpy as np

from keras import config, ops
from keras.utils import get_file

__all__ = ["decode_predictions", "preprocess_input"]

CLASSES = 1000
INDEX = "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json"
INDEX_HASH = "c2c37ea517e94d9795004a39431a14cb"

# means of ImageNet's training images: of blue, green and red from 0 to 255; of red, green and blue from 0 to 1
BLUE_GREEN_RED = (103.939, 116.779, 123.68)
RED_GREEN_BLUE = (0.485, 0.456, 0.406)
DEVIATIONS = (0.229, 0.224, 0.225)

_index: dict = {}


def preprocess_input(x, data_format=None, mode="caffe"):
    """Pixels as a network wants them.

    'caffe' turns red, green, blue around and subtracts the mean of each; 'tf' scales to -1 to 1; 'torch' scales to 0 to
    1, subtracts means and divides by standard deviations.

    Args:
        x: one image, a batch or a batch of films, from 0 to 255. An array of floats is changed itself, as in every
            release.
        data_format: 'channels_last' or 'channels_first'; None takes that of the settings.
        mode: 'caffe', 'tf' or 'torch'.

    Returns:
        An array of floats of the same shape; a tensor for a tensor.

    Raises:
        ValueError: there is no such mode or order of axes, the array has less than 3 axes, or it has other channels
            than red, green and blue, which only 'tf' takes.

    >>> preprocess_input(np.full((1, 1, 3), 255.0), mode="tf")
    array([[[1., 1., 1.]]])
    """
    if mode not in ("caffe", "tf", "torch"):
        raise ValueError(f"preprocess_input: `mode` must be 'caffe', 'tf' or 'torch'. Got {mode!r}.")
    data_format = _checked_format(data_format)
    if not hasattr(x, "shape"):
        x = np.asarray(x)
    if len(x.shape) < 3:
        raise ValueError(
            f"preprocess_input takes one image with 3 axes, or a batch with 4. Got shape {tuple(x.shape)}."
        )
    axis = -1 if data_format == "channels_last" else -3
    if mode != "tf" and x.shape[axis] not in (3, None):
        raise ValueError(
            f"preprocess_input: mode {mode!r} takes 3 channels, with {data_format!r}. Got shape {tuple(x.shape)}."
        )
    if isinstance(x, np.ndarray):
        return _scaled_array(x, axis, mode)
    return _scaled_tensor(x, axis, mode)


def _checked_format(data_format):
    data_format = config.image_data_format() if data_format is None else data_format
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(
            f"preprocess_input: `data_format` must be 'channels_last' or 'channels_first'. Got {data_format!r}."
        )
    return data_format


def as_they_are(x, data_format=None):
    """Pixels from 0 to 255, as networks want them that scale by layers of their own."""
    _checked_format(data_format)
    return x


def _along(values, axis):
    """One value per channel, so that it fits an image whose channels are on `axis`."""
    return np.reshape(values, (3,) + (1,) * (-axis - 1))


def _scaled_array(x, axis, mode):
    if not np.issubdtype(x.dtype, np.floating):
        x = x.astype(config.floatx())
    if mode == "tf":
        x /= 127.5
        x -= 1.0
    elif mode == "torch":
        x /= 255.0
        x -= _along(RED_GREEN_BLUE, axis).astype(x.dtype)
        x /= _along(DEVIATIONS, axis).astype(x.dtype)
    else:
        x = np.flip(x, axis)  # a view: what the caller has keeps its order, with the means subtracted
        x -= _along(BLUE_GREEN_RED, axis).astype(x.dtype)
    return x


def _scaled_tensor(x, axis, mode):
    x = x if "float" in str(x.dtype) else ops.cast(x, config.floatx())
    if mode == "tf":
        return x / 127.5 - 1.0
    if mode == "torch":
        means, deviations = (ops.cast(_along(v, axis), x.dtype) for v in (RED_GREEN_BLUE, DEVIATIONS))
        return (x / 255.0 - means) / deviations
    return ops.flip(x, axis) - ops.cast(_along(BLUE_GREEN_RED, axis), x.dtype)


def decode_predictions(preds, top=5):
    """The most likely classes of ImageNet, with their names.

    Args:
        preds: outputs of a network, (images, 1000).
        top: how many classes per image.

    Returns:
        A list per image, of `(number in WordNet, name, score)`, the most likely first.

    Raises:
        ValueError: the shape is another one.
        OSError: the file with the names is not there and could not be downloaded; the message says where to put it.

    >>> decode_predictions(model.predict(x), top=3)  # doctest: +SKIP
    """
    preds = np.asarray(preds)
    if preds.ndim != 2 or preds.shape[1] != CLASSES:
        raise ValueError(f"decode_predictions takes outputs of shape (images, {CLASSES}). Got shape {preds.shape}.")
    if not _index:
        path = get_file("imagenet_class_index.json", INDEX, cache_subdir="models", file_hash=INDEX_HASH)
        with open(path, encoding="utf-8") as file:
            _index.update(json.load(file))
    best = np.argsort(preds, axis=1)[:, ::-1][:, :top]
    return [[(*_index[str(i)], row[i]) for i in order] for row, order in zip(preds, best)]
