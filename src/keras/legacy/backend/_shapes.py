"""Functions that change shapes."""

from __future__ import annotations

import builtins
import math

from keras import ops
from keras.legacy.backend._arguments import order_of, spelled_as_before
from keras.legacy.backend._graph import operation


@operation
def reshape(x, shape):
    """The same values in another shape."""
    return ops.reshape(x, tuple(shape))


@spelled_as_before
@operation(direct=True)
def expand_dims(x, axis=-1):
    """One more axis, of size 1."""
    return ops.expand_dims(x, axis)


@operation(direct=True)
def squeeze(x, axis):
    """Without an axis of size 1."""
    return ops.squeeze(x, axis)


@operation(direct=True)
def permute_dimensions(x, pattern):
    """The axes in another order."""
    return ops.transpose(x, tuple(pattern))


@operation(direct=True)
def concatenate(tensors, axis=-1):
    """Tensors behind each other along an axis."""
    return ops.concatenate(list(tensors), axis=axis)


@operation(direct=True)
def stack(x, axis=0):
    """Tensors along a new axis."""
    return ops.stack(list(x), axis=axis)


def pack(x):
    """`K.stack` along a new first axis, as 0.x called it."""
    return stack(x, axis=0)


@operation
def flatten(x):
    """All values in one axis."""
    return ops.reshape(x, (-1,))


@operation
def batch_flatten(x):
    """All values of every sample in one axis."""
    return ops.reshape(x, (-1, math.prod(x.shape[1:])))


@operation
def repeat(x, n):
    """(samples, size) -> (samples, n, size)."""
    if len(x.shape) != 2:
        raise ValueError(f"K.repeat: `x` must have 2 axes. Got shape {x.shape}.")
    return ops.tile(ops.expand_dims(x, 1), (1, n, 1))


@operation(direct=True)
def repeat_elements(x, rep, axis):
    """Every entry along an axis `rep` times."""
    return ops.repeat(x, rep, axis=axis)


@operation
def tile(x, n):
    """The tensor repeated along every axis; a number counts for the last."""
    n = (n,) if isinstance(n, int) else tuple(n)
    return ops.tile(x, (*(1,) * (len(x.shape) - len(n)), *n))


@operation(direct=True)
def reverse(x, axes):
    """Entries along axes in the other direction."""
    return ops.flip(x, axes if isinstance(axes, int) else tuple(axes))


@operation
def slice(x, start, size):
    """A part of a tensor: where it begins and how large it is along every axis; -1 is all that is left."""
    if isinstance(start, int):
        start, size = (start,), (size,)
    if len(start) != len(size):
        raise ValueError(f"K.slice: `start` and `size` must be equally long. Got {start!r} and {size!r}.")
    ends = [n if s == -1 else b + s for b, s, n in zip(start, size, x.shape)]
    return x[tuple(_range(int(b), int(e)) for b, e in zip(start, ends))]


_range = builtins.slice


@operation
def arange(start, stop=None, step=1, dtype="int32"):
    """Numbers from `start`, or 0, to below `stop`; never below 0 if there is no start."""
    if stop is None:
        start, stop = 0, max(start, 0)
    return ops.arange(start, stop, step, dtype=dtype)


@spelled_as_before
@operation
def pattern_broadcast(x, broadcastable):
    """The tensor itself: every axis of size 1 is stretched where it needs to be."""
    return ops.convert_to_tensor(x)


# --- padding


def _pad(x, widths, data_format):
    order = order_of(data_format)
    widths = [(int(a), int(b)) for a, b in widths]
    ends = [(0, 0), *widths, (0, 0)] if order == "channels_last" else [(0, 0), (0, 0), *widths]
    return ops.pad(x, tuple(ends))


def _pairs(padding):
    return [(p, p) if isinstance(p, int) else tuple(p) for p in padding]


@operation(direct=True)
def temporal_padding(x, padding=(1, 1)):
    """Zeros before and behind the steps of (samples, steps, channels)."""
    return _pad(x, _pairs([padding]), "channels_last")


@spelled_as_before
@operation(direct=True)
def spatial_2d_padding(x, padding=((1, 1), (1, 1)), data_format=None):
    """Zeros around images."""
    return _pad(x, _pairs(padding), data_format)


@spelled_as_before
@operation(direct=True)
def spatial_3d_padding(x, padding=((1, 1), (1, 1), (1, 1)), data_format=None):
    """Zeros around volumes."""
    return _pad(x, _pairs(padding), data_format)


@operation(direct=True)
def asymmetric_temporal_padding(x, left_pad=1, right_pad=1):
    """`K.temporal_padding` with two numbers, as in 1.x."""
    return _pad(x, [(left_pad, right_pad)], "channels_last")


@spelled_as_before
@operation(direct=True)
def asymmetric_spatial_2d_padding(x, top_pad=1, bottom_pad=1, left_pad=1, right_pad=1, data_format=None):
    """`K.spatial_2d_padding` with four numbers, as in 1.x."""
    return _pad(x, [(top_pad, bottom_pad), (left_pad, right_pad)], data_format)


# --- sizes of images


@spelled_as_before
@operation
def resize_images(x, height_factor, width_factor, data_format, interpolation="nearest"):
    """Images made larger by whole factors; 'bilinear' counts from the middle of pixels, as tf.keras does."""
    order = order_of(data_format)
    rows, columns = (1, 2) if order == "channels_last" else (2, 3)
    if interpolation == "nearest":
        return ops.repeat(ops.repeat(x, height_factor, axis=rows), width_factor, axis=columns)
    if interpolation != "bilinear":
        raise ValueError(f"K.resize_images: `interpolation` must be 'nearest' or 'bilinear'. Got {interpolation!r}.")
    size = (x.shape[rows] * height_factor, x.shape[columns] * width_factor)
    return ops.image.resize(x, size, interpolation="bilinear", data_format=order)


@spelled_as_before
@operation
def resize_volumes(x, depth_factor, height_factor, width_factor, data_format):
    """Volumes made larger by whole factors."""
    first = 1 if order_of(data_format) == "channels_last" else 2
    for i, factor in enumerate((depth_factor, height_factor, width_factor)):
        x = ops.repeat(x, factor, axis=first + i)
    return x
