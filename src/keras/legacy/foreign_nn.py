"""`tf.nn` and `tf.image`, as today's operations: convolutions, pooling, pictures."""

from __future__ import annotations

import io
from typing import Any, NamedTuple

import numpy as np

from keras import ops, random

# --- convolutions and pooling


def _order(data_format, channels_first_names) -> str:
    return "channels_first" if data_format in channels_first_names else "channels_last"


_FIRST = ("NCW", "NCHW", "NCDHW")


def _along(sizes, spatial: int, data_format) -> Any:
    """Sizes for the spatial axes, which may be given for all axes."""
    if sizes is None or isinstance(sizes, (int, np.integer)):
        return sizes or 1
    sizes = [int(n) for n in sizes]
    if len(sizes) == spatial + 2:
        return tuple(sizes[2:] if data_format in _FIRST else sizes[1:-1])
    return sizes[0] if len(sizes) == 1 else tuple(sizes)


def _padding(padding) -> str:
    if not isinstance(padding, str):
        raise ValueError(f"tf.nn: `padding` must be 'SAME' or 'VALID' here. Got {padding!r}.")
    return padding.lower()


def _convolution(spatial: int):
    def conv(input, filters, strides=1, padding="VALID", data_format=None, dilations=None):
        return ops.conv(
            input, filters, _along(strides, spatial, data_format), _padding(padding), _order(data_format, _FIRST),
            _along(dilations, spatial, data_format),
        )  # fmt: skip

    return conv


conv2d, conv3d = _convolution(2), _convolution(3)


def conv1d(input, filters, stride=1, padding="VALID", data_format=None, dilations=None):
    """`tf.nn.conv1d`."""
    return _convolution(1)(input, filters, stride, padding, data_format, dilations)


def depthwise_conv2d(input, filter, strides, padding, data_format=None, dilations=None):
    """`tf.nn.depthwise_conv2d`."""
    return ops.depthwise_conv(
        input, filter, _along(strides, 2, data_format), _padding(padding), _order(data_format, _FIRST),
        _along(dilations, 2, data_format),
    )  # fmt: skip


def separable_conv2d(input, depthwise_filter, pointwise_filter, strides, padding, data_format=None, dilations=None):
    """`tf.nn.separable_conv2d`."""
    between = depthwise_conv2d(input, depthwise_filter, strides, padding, data_format, dilations)
    return ops.conv(between, pointwise_filter, 1, "valid", _order(data_format, _FIRST))


def conv2d_transpose(input, filters, output_shape, strides, padding="SAME", data_format="NHWC"):
    """`tf.nn.conv2d_transpose`; the result has the sizes of `output_shape`."""
    order, strides = _order(data_format, _FIRST), _along(strides, 2, data_format)
    strides = (strides, strides) if isinstance(strides, int) else strides
    sizes = _along(tuple(np.asarray(output_shape).tolist()), 2, data_format)
    given = _along(input.shape, 2, data_format)
    kernel, padding = filters.shape[:2], _padding(padding)
    least = [(n - 1) * s + (k if padding == "valid" else 1) for n, s, k in zip(given, strides, kernel)]
    # what the sizes ask for beyond the smallest result
    extra = [size - n if padding == "valid" else (size - 1) % s for size, n, s in zip(sizes, least, strides)]
    rest = None if padding == "same" and all(size == n * s for size, n, s in zip(sizes, given, strides)) else extra
    return ops.conv_transpose(input, filters, strides, padding, rest, order)


def _pooling(kind: str, spatial: int | None):
    function = ops.max_pool if kind == "max" else ops.average_pool

    def pool(input, ksize, strides, padding, data_format=None):
        axes = len(input.shape) - 2 if spatial is None else spatial
        sizes = (_along(given, axes, data_format) for given in (ksize, strides))
        return function(input, *sizes, _padding(padding), _order(data_format, _FIRST))

    return pool


max_pool, max_pool1d, max_pool2d, max_pool3d = (_pooling("max", n) for n in (None, 1, 2, 3))
avg_pool, avg_pool1d, avg_pool2d, avg_pool3d = (_pooling("average", n) for n in (None, 1, 2, 3))


# --- the rest of `tf.nn`


def bias_add(value, bias, data_format=None):
    """`tf.nn.bias_add`."""
    if data_format is not None and data_format.startswith("NC"):
        bias = ops.reshape(bias, (-1, *(1,) * (len(value.shape) - 2)))
    return ops.add(value, bias)


def dropout(x, rate=None, noise_shape=None, seed=None, keep_prob=None):
    """`tf.nn.dropout`; before 2.0 the second argument was `keep_prob`, which must be named here."""
    if keep_prob is not None:
        rate = 1 - keep_prob
    return random.dropout(x, rate, noise_shape, seed)


def embedding_lookup(params, ids, max_norm=None):
    """`tf.nn.embedding_lookup`."""
    if max_norm is not None:
        raise ValueError("tf.nn.embedding_lookup: `max_norm` is not possible here. Use a constraint of the embedding.")
    return ops.take(params, ids, axis=0)


def batch_normalization(x, mean, variance, offset, scale, variance_epsilon):
    """`tf.nn.batch_normalization`."""
    factor = ops.rsqrt(variance + variance_epsilon) * (1 if scale is None else scale)
    return x * factor + ((0 if offset is None else offset) - mean * factor)


def local_response_normalization(input, depth_radius=5, bias=1, alpha=1, beta=0.5):
    """`tf.nn.local_response_normalization` (Krizhevsky and others, 2012)."""
    squares = ops.pad(ops.square(input), [(0, 0)] * (len(input.shape) - 1) + [(depth_radius, depth_radius)])
    channels = input.shape[-1]
    around = sum(squares[..., i : i + channels] for i in range(2 * depth_radius + 1))
    return input / (bias + alpha * around) ** beta


class TopK(NamedTuple):
    """The largest entries, and where they are."""

    values: Any
    indices: Any


def top_k(input, k=1, sorted=True):
    """`tf.nn.top_k`: the largest entries of the last axis by name."""
    return TopK(*ops.top_k(input, k, sorted=sorted))


def depth_to_space(input, block_size, data_format="NHWC"):
    """`tf.nn.depth_to_space`: channels become places in blocks."""
    _only_last("depth_to_space", data_format)
    n, h, w, c = ops.shape(input)
    x = ops.reshape(input, (n, h, w, block_size, block_size, c // block_size**2))
    return ops.reshape(ops.transpose(x, (0, 1, 3, 2, 4, 5)), (n, h * block_size, w * block_size, c // block_size**2))


def space_to_depth(input, block_size, data_format="NHWC"):
    """`tf.nn.space_to_depth`: places in blocks become channels."""
    _only_last("space_to_depth", data_format)
    n, h, w, c = ops.shape(input)
    x = ops.reshape(input, (n, h // block_size, block_size, w // block_size, block_size, c))
    return ops.reshape(ops.transpose(x, (0, 1, 3, 2, 4, 5)), (n, h // block_size, w // block_size, c * block_size**2))


def _only_last(name, data_format) -> None:
    if data_format != "NHWC":
        raise ValueError(f"tf.nn.{name}: `data_format` must be 'NHWC' here. Got {data_format!r}.")


def crelu(features, axis=-1):
    """`tf.nn.crelu`."""
    return ops.relu(ops.concatenate([features, -features], axis=axis))


def zero_fraction(value):
    """`tf.nn.zero_fraction`."""
    return ops.mean(ops.cast(ops.equal(value, 0), "float32"))


def weighted_cross_entropy_with_logits(labels, logits, pos_weight):
    """`tf.nn.weighted_cross_entropy_with_logits`."""
    weight = 1 + (pos_weight - 1) * labels
    return (1 - labels) * logits + weight * (ops.log1p(ops.exp(-ops.abs(logits))) + ops.relu(-logits))


def compute_average_loss(per_example_loss, sample_weight=None, global_batch_size=None):
    """`tf.nn.compute_average_loss`."""
    loss = per_example_loss if sample_weight is None else per_example_loss * sample_weight
    return ops.sum(loss) / (loss.shape[0] if global_batch_size is None else global_batch_size)


# --- pictures, (height, width, channels) or a batch of them


def _in_batch(function):
    """A function of a batch, also for one picture."""

    def call(image, *args, **kwargs):
        image = ops.convert_to_tensor(image)
        if len(image.shape) == 3:
            return function(image[None], *args, **kwargs)[0]
        return function(image, *args, **kwargs)

    return call


@_in_batch
@_in_batch
def flip_left_right(image):
    """`tf.image.flip_left_right`."""
    return ops.flip(image, 2)


@_in_batch
def flip_up_down(image):
    """`tf.image.flip_up_down`."""
    return ops.flip(image, 1)


@_in_batch
def rot90(image, k=1):
    """`tf.image.rot90`: `k` quarter turns against the clock."""
    return ops.rot90(image, k, axes=(1, 2))


@_in_batch
def transpose(image):
    """`tf.image.transpose`."""
    return ops.transpose(image, (0, 2, 1, 3))


def rgb_to_grayscale(images):
    """`tf.image.rgb_to_grayscale`; whole numbers stay whole."""
    images = ops.convert_to_tensor(images)
    kind = str(images.dtype)
    gray = ops.sum(_as_share(images) * np.array([0.2989, 0.587, 0.114], "float32"), axis=-1, keepdims=True)
    return _from_share(gray, kind)


def grayscale_to_rgb(images):
    """`tf.image.grayscale_to_rgb`."""
    return ops.repeat(images, 3, axis=-1)


def _as_share(image):
    """Numbers from 0 to 1: whole ones divided by the largest of their dtype."""
    return convert_image_dtype(image, "float32")


def _from_share(image, kind: str):
    return convert_image_dtype(image, kind, saturate=True)


def convert_image_dtype(image, dtype, saturate=False):
    """`tf.image.convert_image_dtype`: whole numbers up to the largest of their dtype are floats from 0 to 1."""
    image = ops.convert_to_tensor(image)
    old, new = np.dtype(str(image.dtype)), np.dtype(str(dtype))
    if old == new:
        return image
    if old.kind in "iu" and new.kind in "iu":
        raise ValueError(f"tf.image.convert_image_dtype: from {old} to {new} is not possible here. Go by floats.")
    if old.kind in "iu":
        return ops.cast(image, new.name) * (1 / np.iinfo(old).max)
    if new.kind in "iu":
        largest = np.iinfo(new).max
        scaled = image * (largest + 0.5)
        return ops.cast(ops.clip(scaled, np.iinfo(new).min, largest) if saturate else scaled, new.name)
    return ops.cast(image, new.name)


def _on_shares(function):
    """A function of colours from 0 to 1, for pictures of any dtype."""

    def call(image, *args, **kwargs):
        image = ops.convert_to_tensor(image)
        kind = str(image.dtype)
        return _from_share(function(_as_share(image), *args, **kwargs), kind)

    return call


@_on_shares
def adjust_brightness(image, delta):
    """`tf.image.adjust_brightness`."""
    return image + delta


@_on_shares
def adjust_contrast(images, contrast_factor):
    """`tf.image.adjust_contrast`: away from the mean of each channel."""
    mean = ops.mean(images, axis=(-3, -2), keepdims=True)
    return (images - mean) * contrast_factor + mean


@_on_shares
def adjust_gamma(image, gamma=1, gain=1):
    """`tf.image.adjust_gamma`."""
    return gain * image**gamma


@_on_shares
def adjust_saturation(image, saturation_factor):
    """`tf.image.adjust_saturation`."""
    hsv = ops.image.rgb_to_hsv(image, data_format="channels_last")
    saturation = ops.clip(hsv[..., 1:2] * saturation_factor, 0, 1)
    hsv = ops.concatenate([hsv[..., :1], saturation, hsv[..., 2:]], axis=-1)
    return ops.image.hsv_to_rgb(hsv, data_format="channels_last")


@_on_shares
def adjust_hue(image, delta):
    """`tf.image.adjust_hue`: turned by a share of the circle of colours."""
    hsv = ops.image.rgb_to_hsv(image, data_format="channels_last")
    hsv = ops.concatenate([(hsv[..., :1] + delta) % 1.0, hsv[..., 1:]], axis=-1)
    return ops.image.hsv_to_rgb(hsv, data_format="channels_last")


def per_image_standardization(image):
    """`tf.image.per_image_standardization`: mean 0 and variance 1, pictures of one colour only shifted."""
    image = ops.cast(image, "float32")
    axes = (-3, -2, -1)
    mean = ops.mean(image, axis=axes, keepdims=True)
    least = 1 / np.sqrt(np.prod(image.shape[-3:]))
    return (image - mean) / ops.maximum(ops.std(image, axis=axes, keepdims=True), least)


def crop_to_bounding_box(image, offset_height, offset_width, target_height, target_width):
    """`tf.image.crop_to_bounding_box`."""
    rows = slice(offset_height, offset_height + target_height)
    return ops.convert_to_tensor(image)[..., rows, offset_width : offset_width + target_width, :]


def pad_to_bounding_box(image, offset_height, offset_width, target_height, target_width):
    """`tf.image.pad_to_bounding_box`: zeros around the picture."""
    image = ops.convert_to_tensor(image)
    high, wide = image.shape[-3:-1]
    rows = (offset_height, target_height - offset_height - high)
    columns = (offset_width, target_width - offset_width - wide)
    return ops.pad(image, [*[(0, 0)] * (len(image.shape) - 3), rows, columns, (0, 0)])


def central_crop(image, central_fraction):
    """`tf.image.central_crop`."""
    high, wide = image.shape[-3:-1]
    top, left = (int((n - n * central_fraction) / 2) for n in (high, wide))
    return crop_to_bounding_box(image, top, left, high - 2 * top, wide - 2 * left)


def resize_with_crop_or_pad(image, target_height, target_width):
    """`tf.image.resize_with_crop_or_pad`: the middle, or zeros around it."""
    high, wide = image.shape[-3:-1]
    cut = (max(high - target_height, 0) // 2, max(wide - target_width, 0) // 2)
    image = crop_to_bounding_box(image, *cut, min(high, target_height), min(wide, target_width))
    before = ((target_height - image.shape[-3]) // 2, (target_width - image.shape[-2]) // 2)
    return pad_to_bounding_box(image, *before, target_height, target_width)


def total_variation(images):
    """`tf.image.total_variation`: sums of the differences of neighbours."""
    images = ops.convert_to_tensor(images)
    axes = (-3, -2, -1)
    down = ops.abs(images[..., 1:, :, :] - images[..., :-1, :, :])
    across = ops.abs(images[..., :, 1:, :] - images[..., :, :-1, :])
    return ops.sum(down, axis=axes) + ops.sum(across, axis=axes)


def extract_patches(images, sizes, strides, rates, padding):
    """`tf.image.extract_patches`."""
    sizes, strides, rates = (_along(given, 2, None) for given in (sizes, strides, rates))
    return ops.image.extract_patches(images, sizes, strides, rates, padding.lower(), data_format="channels_last")


def psnr(a, b, max_val):
    """`tf.image.psnr`: the ratio of the largest signal to the noise, in decibels."""
    noise = ops.mean(ops.square(ops.cast(a, "float32") - ops.cast(b, "float32")), axis=(-3, -2, -1))
    return 20 * ops.log10(ops.cast(max_val, "float32")) - 10 * ops.log10(noise)


def random_crop(value, size, seed=None):
    """`tf.image.random_crop`: a part of this shape from anywhere."""
    places = []
    for n, wanted in zip(value.shape, np.asarray(size).tolist()):
        if wanted > n:
            raise ValueError(f"tf.image.random_crop: parts of shape {size} do not fit into {tuple(value.shape)}.")
        places.append(random.randint((), 0, n - wanted + 1, seed=None if seed is None else seed + len(places)))
    return ops.slice(value, places, [int(n) for n in np.asarray(size)])


def _perhaps(function):
    def call(image, seed=None):
        turned = random.uniform((), seed=seed) < 0.5
        return ops.where(turned, function(image), image)

    return call


random_flip_left_right, random_flip_up_down = _perhaps(flip_left_right), _perhaps(flip_up_down)


def _drawn(adjust, low, high, seed):
    return lambda image: adjust(image, random.uniform((), low, high, seed=seed))


def random_brightness(image, max_delta, seed=None):
    """`tf.image.random_brightness`."""
    return _drawn(adjust_brightness, -max_delta, max_delta, seed)(image)


def random_contrast(image, lower, upper, seed=None):
    """`tf.image.random_contrast`."""
    return _drawn(adjust_contrast, lower, upper, seed)(image)


def random_saturation(image, lower, upper, seed=None):
    """`tf.image.random_saturation`."""
    return _drawn(adjust_saturation, lower, upper, seed)(image)


def random_hue(image, max_delta, seed=None):
    """`tf.image.random_hue`."""
    return _drawn(adjust_hue, -max_delta, max_delta, seed)(image)


# --- files of pictures


def read_file(filename) -> bytes:
    """`tf.io.read_file`: the content of a file, when it is asked for, not when a graph is made."""
    name = np.asarray(filename).item() if not isinstance(filename, (str, bytes)) else filename
    with open(name, "rb") as file:
        return file.read()


def decode_image(contents, channels=0, dtype="uint8", expand_animations=True):
    """`tf.io.decode_image` and its like: a picture from the bytes of its file, through Pillow."""
    from PIL import Image

    if channels not in (0, None, 1, 3, 4):
        raise ValueError(f"tf.io.decode_image: `channels` must be 0, 1, 3 or 4. Got {channels}.")
    picture = Image.open(io.BytesIO(contents if isinstance(contents, bytes) else np.asarray(contents).item()))
    if channels:
        picture = picture.convert({1: "L", 3: "RGB", 4: "RGBA"}[channels])
    found = np.asarray(picture)
    found = found[..., None] if found.ndim == 2 else found
    return convert_image_dtype(found, str(np.dtype(str(dtype))))


def decode_jpeg(contents, channels=0):
    """`tf.io.decode_jpeg`, `tf.io.decode_png`."""
    return decode_image(contents, channels)
