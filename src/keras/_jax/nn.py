"""Convolutions, pooling, attention and one-hot vectors."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp

from keras import config
from keras._core.types import Tensor
from keras._jax.dtypes import dtype_or, whole
from keras._jax.kernels import attention, convolution, pooling
from keras._jax.op import op, symbol_of, with_shape


def _channels_first(data_format, who: str) -> bool:
    return config.standard_data_format(data_format, owner=who) == "channels_first"


# --- convolutions


def _channels_of_kernel(axis: int, place: int) -> Callable:
    """A rule for shapes: inputs whose channels are not known have as many as the kernel says.

    Args:
        axis: where the kernel says it.
        place: of `data_format` among the arguments after the kernel.
    """

    def shapes(trace, inputs, kernel, *args, **kwargs):
        inputs = symbol_of(inputs)
        data_format = kwargs.get("data_format", args[place] if len(args) > place else None)
        channels = 1 if _channels_first(data_format, "conv") else len(inputs.shape) - 1
        if inputs.shape[channels] is None:
            sizes = list(inputs.shape)
            sizes[channels] = symbol_of(kernel).shape[axis]
            inputs = with_shape(inputs, sizes)
        return trace(inputs, kernel, *args, **kwargs)

    return shapes


@op(shapes=_channels_of_kernel(-2, 2))
def conv(inputs: Tensor, kernel: Tensor, strides=1, padding="valid", data_format=None, dilation_rate=1) -> Tensor:
    """Weighted sums over windows that move along 1, 2 or 3 axes.

    Args:
        inputs: a tensor.
        kernel: the weights; a kernel with `channels / g` input channels splits channels and filters into `g` groups.
        strides: how far the window moves, for all axes or for each.
        padding: 'valid' for windows inside the inputs only, 'same' for as many as `size / stride`, rounded up.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.
        dilation_rate: the distance of neighbours in a window, for all axes or for each.

    Shapes:
        inputs: (samples, *sizes, channels), or channels before sizes; kernel: (*window, channels, filters);
        result: (samples, *new sizes, filters), or filters before sizes.

    >>> conv(ones((1, 5, 1)), ones((3, 1, 2))).shape
    (1, 3, 2)
    """
    first = _channels_first(data_format, "conv")
    return convolution.convolve(whole(inputs), whole(kernel), strides, padding, first, dilation_rate)


@op(shapes=_channels_of_kernel(-2, 2))
def depthwise_conv(
    inputs: Tensor, kernel: Tensor, strides=1, padding="valid", data_format=None, dilation_rate=1
) -> Tensor:
    """A convolution of each channel by itself; arguments as in `conv`.

    Shapes:
        kernel: (*window, channels, multiplier); result: (samples, *new sizes, channels * multiplier).
    """
    first = _channels_first(data_format, "depthwise_conv")
    return convolution.convolve_depthwise(whole(inputs), whole(kernel), strides, padding, first, dilation_rate)


@op(shapes=_channels_of_kernel(-2, 3))
def separable_conv(
    inputs: Tensor, depthwise_kernel: Tensor, pointwise_kernel: Tensor, strides=1, padding="valid", data_format=None,
    dilation_rate=1,
) -> Tensor:  # fmt: skip
    """A depthwise convolution, then a mixture of its channels; arguments as in `conv`.

    Shapes:
        depthwise_kernel: (*window, channels, multiplier); pointwise_kernel: (1, ..., channels * multiplier, filters).
    """
    return convolution.convolve_separable(
        whole(inputs), whole(depthwise_kernel), whole(pointwise_kernel), strides, padding,
        _channels_first(data_format, "separable_conv"), dilation_rate,
    )  # fmt: skip


@op(shapes=_channels_of_kernel(-1, 3))
def conv_transpose(
    inputs: Tensor, kernel: Tensor, strides=1, padding="valid", output_padding=None, data_format=None, dilation_rate=1
) -> Tensor:
    """The way back through a convolution: every input is spread over a window; arguments as in `conv`.

    Args:
        output_padding: how much longer the result is than the shortest possible, for all axes or for each; without it
            the size is `size * stride` for 'same', and larger by what the window reaches beyond that for 'valid'.

    Shapes:
        kernel: (*window, filters, channels); result: (samples, *new sizes, filters).
    """
    first = _channels_first(data_format, "conv_transpose")
    return convolution.convolve_transposed(
        whole(inputs), whole(kernel), strides, padding, output_padding, first, dilation_rate
    )


# --- pooling


@op
def max_pool(inputs: Tensor, pool_size, strides=None, padding="valid", data_format=None) -> Tensor:
    """The largest element of each window.

    Args:
        inputs: a tensor (samples, *sizes, channels), or channels before sizes.
        pool_size: the size of the window, for all axes or for each.
        strides: how far it moves; by its size if None.
        padding: 'valid' for windows inside the inputs only, 'same' for as many as `size / stride`, rounded up.
        data_format: 'channels_last' or 'channels_first'; the global setting if None.

    >>> max_pool([[[1.0], [3.0], [2.0], [0.0]]], 2)[0, :, 0]
    Array([3., 2.], dtype=float32)
    """
    return pooling.pool_max(inputs, pool_size, strides, padding, _channels_first(data_format, "max_pool"))


@op
def average_pool(inputs: Tensor, pool_size, strides=None, padding="valid", data_format=None) -> Tensor:
    """The mean of each window, what padding adds left out; arguments as in `max_pool`."""
    return pooling.pool_average(inputs, pool_size, strides, padding, _channels_first(data_format, "average_pool"))


@op
def adaptive_max_pool(inputs: Tensor, output_size, data_format=None) -> Tensor:
    """The largest elements of `output_size` windows as even as possible, along each spatial axis."""
    return pooling.pool_adaptive_max(inputs, output_size, _channels_first(data_format, "adaptive_max_pool"))


@op
def adaptive_average_pool(inputs: Tensor, output_size, data_format=None) -> Tensor:
    """The means of `output_size` windows as even as possible, along each spatial axis."""
    return pooling.pool_adaptive_average(inputs, output_size, _channels_first(data_format, "adaptive_average_pool"))


# --- attention


@op
def dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, bias: Tensor = None, mask: Tensor = None, scale=None, is_causal=False,
    flash_attention=None, attn_logits_soft_cap=None,
) -> Tensor:  # fmt: skip
    """`softmax(scale * query key^T + bias) value` for every head (Vaswani et al., 2017).

    Args:
        query: (batch, targets, heads, size).
        key, value: (batch, sources, key heads, size); each key head serves `heads / key heads` heads.
        bias: added to the scores; (batch, heads, targets, sources) or what broadcasts to it.
        mask: booleans of such a shape; a source counts for a target where it is true.
        scale: a factor of the scores; `1 / sqrt(size)` if None.
        is_causal: whether a target sees only sources up to its own position.
        flash_attention: True demands the fused kernel of the platform, False avoids it, None does what
            `keras.config` says, which is to take it where it exists unless that was changed.
        attn_logits_soft_cap: `cap * tanh(scores / cap)` replaces the scores, if given.

    Raises:
        ValueError: shapes do not fit, or `flash_attention=True` where there is no such kernel.
    """
    if flash_attention is None and config.is_flash_attention_enabled() is False:
        flash_attention = False
    return attention.attend(query, key, value, bias, mask, scale, is_causal, flash_attention, attn_logits_soft_cap)


# --- classes as vectors


@op
def one_hot(x: Tensor, num_classes, axis=-1, dtype=None, sparse=False) -> Tensor:
    """Each class number as a vector with a one at its position; all zeros for numbers outside the range.

    Args:
        x: whole numbers.
        num_classes: the length of the vectors.
        axis: where the new axis stands.
        dtype: the dtype; the default float type if None.
        sparse: must be False.

    >>> one_hot([2, 0], 3)
    Array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32)
    """
    _dense("one_hot", sparse)
    return jax.nn.one_hot(jnp.asarray(x), num_classes, dtype=dtype_or(dtype, config.floatx()), axis=axis)


@op
def multi_hot(inputs: Tensor, num_classes, axis=-1, dtype=None, sparse=False) -> Tensor:
    """Each row of class numbers as one vector with ones at all of their positions.

    Args:
        inputs: whole numbers of shape (rows, numbers), or one row.
        num_classes: the length of the vectors.
        axis, dtype, sparse: as in `one_hot`.

    >>> multi_hot([[0, 2], [1, 1]], 3)
    Array([[1., 0., 1.],
           [0., 1., 0.]], dtype=float32)
    """
    _dense("multi_hot", sparse)
    if num_classes is None:
        raise ValueError("multi_hot: `num_classes` must be the length of the vectors. Got None.")
    inputs = jnp.asarray(inputs)
    vectors = jax.nn.one_hot(inputs, num_classes, dtype=dtype_or(dtype, config.floatx()), axis=axis)
    return jnp.max(vectors, axis=1 if inputs.ndim > 1 else 0)


def _dense(who: str, sparse: bool) -> None:
    if sparse:
        raise ValueError(f"{who}: sparse tensors do not exist on this engine; leave `sparse=False`.")
