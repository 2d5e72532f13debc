"""Helpers of 1.x and 2.x that programs import although their names say they should not."""

from __future__ import annotations

from typing import Any

from keras import activations, ops
from keras.config import epsilon, image_data_format
from keras.initializers._variance_scaling import fans
from keras.legacy.foreign_machine import list_physical_devices
from keras.legacy.models import make_batches
from keras.legacy.tools import batch_shuffle, slice_arrays, to_list

_to_list = to_list
_make_batches = make_batches
_slice_arrays = slice_arrays
_batch_shuffle = batch_shuffle
_EPSILON = epsilon()


def relu6(x):
    """`min(max(x, 0), 6)`, which files of MobileNet of 2.0 and 2.1 name."""
    return activations.relu6(x)


def _to_tensor(x, dtype):
    """`x` as a tensor of a dtype."""
    return ops.convert_to_tensor(x, dtype=dtype)


def _get_available_gpus() -> list[str]:
    """The names of the GPUs that the engine sees."""
    found = list_physical_devices("GPU")
    return [f"/device:GPU:{number}" for number in range(len(found))]


def _compute_fans(shape, data_format="channels_last") -> tuple[int, int]:
    """How many inputs and outputs a unit of a weight has; kernels of 2.x had the same order in both data formats
    but for those of Theano, in which the channels came first."""
    shape = tuple(shape)
    if data_format == "channels_first" and len(shape) in (3, 4, 5):
        shape = (*shape[2:], shape[1], shape[0])
    return fans(shape)


def object_list_uid(object_list) -> str:
    """The identities of one thing or of several, separated by `, `."""
    return ", ".join(str(abs(id(thing))) for thing in to_list(object_list))


_object_list_uid = object_list_uid


def is_all_none(iterable_or_element) -> bool:
    """Whether the thing, or each of a list of them, is None."""
    return all(thing is None for thing in to_list(iterable_or_element, allow_tuple=True))


_is_all_none = is_all_none


def is_sequence(seq) -> bool:
    """Whether data comes in batches by number, as from a `Sequence`."""
    return getattr(seq, "use_sequence_api", False) or (hasattr(seq, "__getitem__") and hasattr(seq, "__len__"))


def iter_sequence_infinite(seq):
    """The batches of a `Sequence`, over and over."""
    while True:
        yield from (seq[i] for i in range(len(seq)))


def weighted_masked_objective(fn):
    """A loss function of targets, outputs, weights of samples and a mask, which gives the mean over what counts.

    Without a function there is None.
    """
    if fn is None:
        return None

    def weighted(y_true, y_pred, weights, mask=None):
        scores = ops.convert_to_tensor(fn(y_true, y_pred))
        if mask is not None:
            mask = ops.cast(mask, scores.dtype)
            scores = scores * mask / (ops.mean(mask) + epsilon())
        if weights is None:
            return ops.mean(scores)
        weights = ops.convert_to_tensor(weights, dtype=scores.dtype)
        scores = ops.mean(scores, axis=tuple(range(weights.ndim, scores.ndim))) * weights
        return ops.mean(scores / ops.mean(ops.cast(ops.not_equal(weights, 0), scores.dtype)))

    return weighted


_weighted_masked_objective = weighted_objective = weighted_masked_objective


def _remove_long_seq(maxlen, seq, label) -> tuple[list, list]:
    """The sequences shorter than `maxlen`, and their labels."""
    kept = [(s, y) for s, y in zip(seq, label) if len(s) < maxlen]
    return [s for s, _ in kept], [y for _, y in kept]


def obtain_input_shape(
    input_shape, default_size, min_size, data_format, require_flatten=True, weights=None, include_top=None
) -> tuple[Any, ...]:
    """The shape of images without the batch that a network of `keras.applications` takes.

    Args:
        input_shape: what the caller gave, or None.
        default_size: width and height of the images the network was made for.
        min_size: the smallest width and height.
        data_format: 'channels_last' or 'channels_first'.
        require_flatten: whether all sizes must be known; `include_top` in 2.0.
        weights: 'imagenet' for weights that need three channels.

    Raises:
        ValueError: the shape does not suit the network.
    """
    need = require_flatten if include_top is None else include_top
    first = (data_format or image_data_format()) == "channels_first"

    def shape_of(channels, size):
        return (channels, size, size) if first else (size, size, channels)

    if input_shape is not None:
        input_shape = tuple(input_shape)
    channels = 3
    if weights != "imagenet" and input_shape and len(input_shape) == 3:
        channels = input_shape[0 if first else -1]
    default = shape_of(channels, default_size)
    if weights == "imagenet" and need:
        if input_shape is not None and input_shape != default:
            raise ValueError(
                f"With weights of ImageNet for all layers, images have shape {default}. Got {input_shape}."
            )
        return default
    if not input_shape:
        input_shape = default if need else shape_of(3, None)
    else:
        _check_images(input_shape, first, min_size, weights)
    if need and None in input_shape:
        raise ValueError(f"With the layers at the top, all sizes of images must be known. Got {input_shape}.")
    return input_shape


_obtain_input_shape = obtain_input_shape


def _check_images(shape: tuple, first: bool, least: int, weights: Any) -> None:
    if len(shape) != 3:
        raise ValueError(f"The shape of images has 3 numbers. Got {shape}.")
    if weights == "imagenet" and shape[0 if first else -1] != 3:
        raise ValueError(f"Weights of ImageNet need 3 channels. Got images of shape {shape}.")
    sizes = shape[1:] if first else shape[:-1]
    if any(size is not None and size < least for size in sizes):
        raise ValueError(f"Images must have at least {least} rows and columns. Got shape {shape}.")
