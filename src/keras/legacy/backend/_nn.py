"""Activations, losses, normalization, convolution and pooling."""

from __future__ import annotations

import functools
import itertools
import math

from keras import config, ops
from keras._jax import graph_program
from keras.legacy import activations, era
from keras.legacy.backend._arguments import order_of, spelled_as_before
from keras.legacy.backend._graph import operation

# --- activations


@operation(direct=True)
def relu(x, alpha=0.0, max_value=None, threshold=0.0):
    """`x` from the threshold on up to `max_value`, and `alpha * (x - threshold)` below."""
    return activations.relu(x, negative_slope=alpha, max_value=max_value, threshold=threshold)


@operation(direct=True)
def elu(x, alpha=1.0):
    """`x` above 0 and `alpha * (exp(x) - 1)` below."""
    return ops.elu(x, alpha=alpha)


@operation(direct=True)
def softmax(x, axis=-1):
    """`exp(x) / sum(exp(x))` along an axis."""
    return ops.softmax(x, axis=axis)


@operation(direct=True)
def hard_sigmoid(x):
    """`max(0, min(1, 0.2 x + 0.5))`."""
    return activations.hard_sigmoid(x)


# --- losses


def _in_order(function):
    """1.x named the prediction first."""

    @functools.wraps(function)
    def run(*args, **kwargs):
        if len(args) >= 2 and era.before("2.0"):
            args = (args[1], args[0], *args[2:])
        return function(*args, **kwargs)

    return run


@_in_order
@operation(direct=True)
def binary_crossentropy(target, output, from_logits=False):
    """The crossentropy of every element."""
    return ops.binary_crossentropy(target, output, from_logits=from_logits)


@_in_order
@operation(direct=True)
def categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """The crossentropy along the axis of classes."""
    return ops.categorical_crossentropy(target, output, from_logits=from_logits, axis=axis)


@_in_order
@operation
def sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1, ignore_class=None):
    """The crossentropy along the axis of classes, of class numbers; 0 where the class is the ignored one."""
    target = ops.cast(target, "int32")
    if len(target.shape) == len(output.shape) and target.shape[axis] == 1:
        target = ops.squeeze(target, axis)
    if ignore_class is None:
        return ops.sparse_categorical_crossentropy(target, output, from_logits=from_logits, axis=axis)
    counts = ops.not_equal(target, ignore_class)
    found = ops.sparse_categorical_crossentropy(
        ops.where(counts, target, 0), output, from_logits=from_logits, axis=axis
    )
    return ops.where(counts, found, 0.0)


def _probabilities(output, from_logits, squash):
    output = squash(output) if from_logits else output
    return ops.clip(output, config.epsilon(), 1.0 - config.epsilon())


@operation(direct=True)
def binary_focal_crossentropy(target, output, apply_class_balancing=False, alpha=0.25, gamma=2.0, from_logits=False):
    """`(1 - p) ** gamma` times the crossentropy, where `p` is the probability of the right answer."""
    p = _probabilities(output, from_logits, ops.sigmoid)
    right = target * p + (1 - target) * (1 - p)
    found = ops.power(1 - right, gamma) * ops.binary_crossentropy(target, p)
    return (target * alpha + (1 - target) * (1 - alpha)) * found if apply_class_balancing else found


def binary_weighted_focal_crossentropy(target, output, alpha=0.25, gamma=2.0, from_logits=False):
    """`K.binary_focal_crossentropy` weighed by `alpha`, as one release of tf.keras called it."""
    return binary_focal_crossentropy(target, output, True, alpha, gamma, from_logits)


@operation(direct=True)
def categorical_focal_crossentropy(target, output, alpha=0.25, gamma=2.0, from_logits=False, axis=-1):
    """`alpha * (1 - p) ** gamma` times the crossentropy, summed over classes."""
    p = ops.softmax(output, axis=axis) if from_logits else output / ops.sum(output, axis=axis, keepdims=True)
    p = ops.clip(p, config.epsilon(), 1.0 - config.epsilon())
    return ops.sum(alpha * ops.power(1 - p, gamma) * -target * ops.log(p), axis=axis)


# --- normalization


@operation
def batch_normalization(x, mean, var, beta, gamma, axis=-1, epsilon=1e-3):
    """`(x - mean) / sqrt(var + epsilon) * gamma + beta`; `beta` and `gamma` may be None."""
    axes = len(x.shape)

    def along(p):
        if p is None or len(p.shape) == axes or len(p.shape) == 0:
            return p
        return ops.reshape(p, [-1 if i == axis % axes else 1 for i in range(axes)])

    mean, var, beta, gamma = map(along, (mean, var, beta, gamma))
    found = (x - mean) / ops.sqrt(var + epsilon)
    found = found if gamma is None else found * gamma
    return found if beta is None else found + beta


@operation
def normalize_batch_in_training(x, gamma, beta, reduction_axes, epsilon=1e-3):
    """The normalized tensor, and the mean and the variance over the axes."""
    axes = tuple(a % len(x.shape) for a in reduction_axes)
    mean, var = ops.mean(x, axis=axes), ops.var(x, axis=axes)
    shape = [1 if i in axes else d for i, d in enumerate(x.shape)]
    found = (x - ops.reshape(mean, shape)) / ops.sqrt(ops.reshape(var, shape) + epsilon)
    found = found if gamma is None else found * ops.reshape(gamma, shape)
    found = found if beta is None else found + ops.reshape(beta, shape)
    if axes == (0, 1, 2) and len(x.shape) == 4:
        count = math.prod(x.shape[:3])
        var = var * (count / max(count - 1, 1))  # 2.3.1 gave the variance of the population for images
    return found, mean, var


@operation
def bias_add(x, bias, data_format=None):
    """`x + bias`, where the bias has one axis, or all of `x` but the batch."""
    order, axes = order_of(data_format), len(x.shape)
    shape = tuple(bias.shape)
    if len(shape) not in (1, axes - 1):
        raise ValueError(f"K.bias_add: the bias must have 1 or {axes - 1} axes. Got shape {shape}.")
    if order == "channels_first" and axes > 2:
        shape = (1, shape[0], *(1,) * (axes - 2)) if len(shape) == 1 else (1, shape[-1], *shape[:-1])
        bias = ops.reshape(bias, shape) if len(bias.shape) == 1 else ops.expand_dims(ops.moveaxis(bias, -1, 0), 0)
    return x + bias


# --- convolution


@spelled_as_before
@operation
def conv1d(x, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    """Convolution of sequences; padding may be 'causal'."""
    order, rate = order_of(data_format), _number(dilation_rate)
    if padding == "causal":
        left = rate * (kernel.shape[0] - 1)
        x = ops.pad(x, ((0, 0), (left, 0), (0, 0)) if order == "channels_last" else ((0, 0), (0, 0), (left, 0)))
        padding = "valid"
    return ops.conv(x, kernel, _number(strides), padding, order, rate)


def _number(x):
    return x if isinstance(x, int) else x[0]


@spelled_as_before
@operation
def conv2d(x, kernel, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1)):
    """Convolution of images."""
    return ops.conv(x, kernel, strides, padding, order_of(data_format), dilation_rate)


@spelled_as_before
@operation
def conv3d(x, kernel, strides=(1, 1, 1), padding="valid", data_format=None, dilation_rate=(1, 1, 1)):
    """Convolution of volumes."""
    return ops.conv(x, kernel, strides, padding, order_of(data_format), dilation_rate)


@spelled_as_before
def atrous_conv2d(x, kernel, dilation_rate=1, padding="valid", data_format=None):
    """Convolution of images with holes, as 1.x called it; its `rate` is today's `dilation_rate`."""
    return conv2d(x, kernel, (1, 1), padding, data_format, dilation_rate)


@spelled_as_before
@operation
def conv2d_transpose(x, kernel, output_shape, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1)):
    """The transpose of a convolution of images of shape `output_shape`; the kernel is (rows, columns, out, in)."""
    return _transposed(x, kernel, output_shape, strides, padding, data_format, dilation_rate)


@spelled_as_before
@operation
def conv3d_transpose(x, kernel, output_shape, strides=(1, 1, 1), padding="valid", data_format=None):
    """The transpose of a convolution of volumes of shape `output_shape`."""
    return _transposed(x, kernel, output_shape, strides, padding, data_format, 1)


deconv2d = conv2d_transpose


def _transposed(x, kernel, output_shape, strides, padding, data_format, dilation_rate):
    x, kernel = ops.convert_to_tensor(x), ops.convert_to_tensor(kernel)
    shape = (x.shape[0], *(int(d) for d in output_shape[1:]))
    order = order_of(data_format)
    return graph_program.transposed(lambda y: ops.conv(y, kernel, strides, padding, order, dilation_rate), shape, x)


@spelled_as_before
@operation
def depthwise_conv2d(x, depthwise_kernel, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1)):
    """Convolution of every channel with kernels of its own."""
    return ops.depthwise_conv(x, depthwise_kernel, strides, padding, order_of(data_format), dilation_rate)


@spelled_as_before
@operation
def separable_conv1d(
    x, depthwise_kernel, pointwise_kernel, strides=1, padding="valid", data_format=None, dilation_rate=1
):
    """Convolution of every channel of sequences, and then of all channels at every step."""
    return ops.separable_conv(
        x, depthwise_kernel, pointwise_kernel, _number(strides), padding, order_of(data_format), _number(dilation_rate)
    )


@spelled_as_before
@operation
def separable_conv2d(
    x, depthwise_kernel, pointwise_kernel, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1)
):
    """Convolution of every channel of images, and then of all channels at every place."""
    return ops.separable_conv(
        x, depthwise_kernel, pointwise_kernel, strides, padding, order_of(data_format), dilation_rate
    )


@operation
def local_conv1d(inputs, kernel, kernel_size, strides, data_format=None):
    """Convolution with a kernel of its own at every step: (steps, kernel size * channels, filters)."""
    return _local(inputs, kernel, kernel_size, strides, (kernel.shape[0],), data_format)


@operation
def local_conv2d(inputs, kernel, kernel_size, strides, output_shape, data_format=None):
    """Convolution with a kernel of its own at every place: (places, rows * columns * channels, filters)."""
    return _local(inputs, kernel, kernel_size, strides, tuple(output_shape), data_format)


def _local(inputs, kernel, kernel_size, strides, places, data_format):
    first = order_of(data_format) == "channels_first"
    parts = []
    for place in itertools.product(*map(range, places)):
        window = tuple(slice(p * s, p * s + k) for p, s, k in zip(place, strides, kernel_size))
        patch = inputs[(slice(None), slice(None), *window) if first else (slice(None), *window)]
        parts.append(ops.reshape(patch, (1, patch.shape[0], -1)))
    found = ops.einsum("pbk,pkf->bpf", ops.concatenate(parts, axis=0), kernel)
    found = ops.reshape(found, (found.shape[0], *places, found.shape[-1]))
    return ops.moveaxis(found, -1, 1) if first else found


# --- pooling


@spelled_as_before
@operation
def pool2d(x, pool_size, strides=(1, 1), padding="valid", data_format=None, pool_mode="max"):
    """The largest value, or the mean for `pool_mode='avg'`, of windows of images."""
    return _pool(x, pool_size, strides, padding, data_format, pool_mode)


@spelled_as_before
@operation
def pool3d(x, pool_size, strides=(1, 1, 1), padding="valid", data_format=None, pool_mode="max"):
    """The largest value, or the mean for `pool_mode='avg'`, of windows of volumes."""
    return _pool(x, pool_size, strides, padding, data_format, pool_mode)


def _pool(x, pool_size, strides, padding, data_format, pool_mode):
    if pool_mode not in ("max", "avg"):
        raise ValueError(f"K.pool: `pool_mode` must be 'max' or 'avg'. Got {pool_mode!r}.")
    pool = ops.max_pool if pool_mode == "max" else ops.average_pool
    return pool(x, tuple(pool_size), tuple(strides), padding, order_of(data_format))
