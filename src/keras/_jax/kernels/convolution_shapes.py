"""Convolutions as XLA knows them, and the sizes of what comes out."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import lax


def axis_names(spatial: int, channels_first: bool) -> str:
    """Letters for the axes of a batch: N for samples, C for channels, letters of its own for each spatial axis."""
    letters = "DHW"[3 - spatial :]
    return f"NC{letters}" if channels_first else f"N{letters}C"


def dimensions(spatial: int, channels_first: bool) -> tuple[str, str, str]:
    """The order of axes of inputs, kernel and outputs, as XLA is told."""
    names = axis_names(spatial, channels_first)
    return names, "DHW"[3 - spatial :] + "IO", names


def whole(inputs, kernel, strides, padding, channels_first: bool, dilation) -> jax.Array:
    """The convolution as XLA knows it; `padding` may also be zeros before and after each axis."""
    channels = inputs.shape[1 if channels_first else -1]
    return lax.conv_general_dilated(
        inputs, kernel, strides, padding.upper() if isinstance(padding, str) else padding, rhs_dilation=dilation,
        dimension_numbers=dimensions(inputs.ndim - 2, channels_first),
        feature_group_count=channels // kernel.shape[-2],
    )  # fmt: skip


def spread(inputs, kernel, strides, dilation, before: tuple, sizes: tuple, channels_first: bool) -> jax.Array:
    """The transposed convolution as XLA knows it: one whose inputs lie `stride` apart.

    It is the gradient of the convolution that turns `sizes` into those of the inputs, so the zeros around the inputs
    mirror those of that convolution.

    Args:
        before: zeros before each axis in that convolution.
        sizes: of the result.
    """
    spatial = len(strides)
    zeros = []
    for n, k, s, d, b, size in zip(_sizes(inputs, channels_first), kernel.shape, strides, dilation, before, sizes):
        reach = (k - 1) * d
        zeros.append((reach - b, size - ((n - 1) * s + 1) + b))
    flipped = jnp.flip(kernel, tuple(range(spatial))).swapaxes(-1, -2)
    return lax.conv_general_dilated(
        inputs, flipped, (1,) * spatial, zeros, lhs_dilation=strides, rhs_dilation=dilation,
        dimension_numbers=dimensions(spatial, channels_first),
    )  # fmt: skip


def by_phases(product: Callable, inputs, kernel, strides, dilation, before, sizes) -> jax.Array:
    """`spread`, channels last, without zeros between the inputs: results `stride` apart meet the same places.

    Args:
        product: what convolves with stride 1; its filters are those of all places in a stride.
    """
    spatial, (filters, channels) = len(strides), kernel.shape[-2:]
    dilated = lax.pad(kernel, jnp.zeros((), kernel.dtype), [*((0, 0, d - 1) for d in dilation), (0, 0, 0), (0, 0, 0)])
    counts = [-(-k // s) for k, s in zip(dilated.shape, strides)]  # places of the window that one result meets
    rest = [(0, c * s - k) for c, s, k in zip(counts, strides, dilated.shape)]
    pairs = [n for pair in zip(counts, strides) for n in pair]
    by_place = jnp.pad(dilated, [*rest, (0, 0), (0, 0)]).reshape(*pairs, filters, channels)
    by_place = jnp.flip(by_place, range(0, 2 * spatial, 2))
    places, phases = range(0, 2 * spatial, 2), range(1, 2 * spatial, 2)
    weights = by_place.transpose(*places, 2 * spatial + 1, *phases, 2 * spatial).reshape(*counts, channels, -1)
    zeros, cuts = [], []
    for n, s, b, count, size in zip(inputs.shape[1:], strides, before, counts, sizes):
        first, last = b // s, (b + size - 1) // s
        zeros.append((count - 1 - first, last - (n - 1), 0))
        cuts.append(slice(b - first * s, b - first * s + size))
    x = lax.pad(inputs, jnp.zeros((), inputs.dtype), [(0, 0, 0), *zeros, (0, 0, 0)])
    y = product(x, weights, (1,) * spatial, "valid", False, (1,) * spatial)
    return _interleaved(y.reshape(*y.shape[:-1], *strides, filters))[(slice(None), *cuts)]


def by_each_phase(product: Callable, inputs, kernel, strides, before, sizes) -> jax.Array:
    """`by_phases` with a product for each, which multiplies no zeros where windows are not whole strides.

    Args:
        product: what convolves with stride 1, of `(inputs, kernel, zeros)`.
        kernel: no axis of it is shorter than its stride.
    """
    spatial, counts = len(strides), [-(-size // s) for size, s in zip(sizes, strides)]
    found = []
    for place in itertools.product(*map(range, strides)):
        some, zeros = [], []
        for t, n, s, b, count, k in zip(place, inputs.shape[1:], strides, before, counts, kernel.shape):
            first, phase = divmod(t + b, s)
            some.append(slice(phase, None, s))
            zeros.append((-(-(k - phase) // s) - 1 - first, first + count - n))
        cuts = [(max(-b, 0), n - max(-a, 0)) for (b, a), n in zip(zeros, inputs.shape[1:])]
        x = inputs[(slice(None), *(slice(*pair) for pair in cuts))]
        part = jnp.flip(kernel[tuple(some)], range(spatial)).swapaxes(-1, -2)
        found.append(product(x, part, [(max(b, 0), max(a, 0)) for b, a in zeros]))
    y = _interleaved(jnp.stack(found, 1 + spatial).reshape(*found[0].shape[:-1], *strides, found[0].shape[-1]))
    return y[(slice(None), *(slice(size) for size in sizes))]


def _interleaved(y) -> jax.Array:
    """The results of all phases in their order: (samples, *counts, *strides, filters) -> (samples, *sizes, filters)."""
    spatial = (y.ndim - 2) // 2
    counts, strides = y.shape[1 : 1 + spatial], y.shape[1 + spatial : -1]
    y = y.transpose(0, *(axis for i in range(spatial) for axis in (1 + i, 1 + spatial + i)), 1 + 2 * spatial)
    return y.reshape(y.shape[0], *(n * s for n, s in zip(counts, strides)), y.shape[-1])


def transposed_geometry(inputs, kernel, strides, padding: str, extra: tuple, channels_first: bool, dilation) -> tuple:
    """What `spread` is told: zeros before each axis, and the sizes of the result.

    Args:
        extra: by axis, Keras's `output_padding`: how many positions longer the result is than its shortest.
    """
    axes = list(zip(_sizes(inputs, channels_first), kernel.shape, strides, dilation, extra))
    before = tuple(zeros_before(k, s, d, padding, e) for _, k, s, d, e in axes)
    return before, tuple(transposed_size(n, k, s, d, padding, e) for n, k, s, d, e in axes)


def _sizes(inputs, channels_first: bool) -> tuple[int, ...]:
    return inputs.shape[2:] if channels_first else inputs.shape[1:-1]


def zeros_before(window: int, stride: int, dilation: int, padding: str, extra: int | None) -> int:
    """Zeros before the axis in the convolution whose gradient is taken."""
    if padding == "valid":
        return 0
    covered = (window - 1) * dilation + 1
    zeros = covered - stride if extra is None else 2 * (covered // 2) - extra
    return max(zeros, 0) // 2


def transposed_size(size: int, window: int, stride: int, dilation: int, padding: str, extra: int | None) -> int:
    """The size of one axis after a transposed convolution."""
    covered = (window - 1) * dilation + 1
    if extra is None:
        return size * stride if padding == "same" else size * stride + max(covered - stride, 0)
    zeros = 2 * (covered // 2) if padding == "same" else 0
    return (size - 1) * stride + covered - zeros + extra
