"""Convolutions, pooling, padding and resizing in ONNX, where channels always stand behind the batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras.export._onnx_activations import activated
from keras.export._onnx_graph import Builder, NotInOnnx, Value


def _channels_first(b: Builder, layer: Any, x: Value) -> str:
    last = layer.data_format == "channels_last"
    return b.transposed(x.name, (0, x.rank - 1, *range(1, x.rank - 1))) if last else x.name


def _back(b: Builder, layer: Any, y: str, rank: int) -> str:
    return b.transposed(y, (0, *range(2, rank), 1)) if layer.data_format == "channels_last" else y


def _spatial_axes(layer: Any, x: Value) -> list[int]:
    first = 1 if getattr(layer, "data_format", "channels_last") == "channels_last" else 2
    return list(range(first, first + x.rank - 2))


def _padding(layer: Any, sizes: Any, strides: Any, dilations: Any) -> dict:
    """Attributes for the padding of windows."""
    if layer.padding == "causal":
        return {"pads": [dilations[0] * (sizes[0] - 1), 0]}
    if layer.padding == "valid":
        return {}
    if max(strides) > 1:  # how much is added depends on the sizes of the inputs
        return {"auto_pad": "SAME_UPPER"}
    spans = [d * (n - 1) for n, d in zip(sizes, dilations)]
    return {"pads": [s // 2 for s in spans] + [s - s // 2 for s in spans]}


def _windows(layer: Any) -> dict:
    return {
        "kernel_shape": list(layer.kernel_size),
        "strides": list(layer.strides),
        "dilations": list(layer.dilation_rate),
        **_padding(layer, layer.kernel_size, layer.strides, layer.dilation_rate),
    }


def _with_bias(b: Builder, layer: Any) -> list[str]:
    return [b.constant(layer.bias, name="bias")] if layer.use_bias else []


def _finished(b: Builder, layer: Any, y: str, rank: int) -> str:
    return activated(b, layer.activation, _back(b, layer, y, rank))


def convolution(b: Builder, layer: Any, x: Value) -> str:
    """Conv1D, Conv2D, Conv3D: the kernel's axes are (..., channels, filters) there, (filters, channels, ...) here."""
    kernel = b.constant(np.moveaxis(np.asarray(layer.kernel), (-1, -2), (0, 1)), name="kernel")
    y = b.op("Conv", _channels_first(b, layer, x), kernel, *_with_bias(b, layer), group=layer.groups, **_windows(layer))
    return _finished(b, layer, y, x.rank)


def _depthwise(b: Builder, layer: Any, x: Value, variable: Any, bias: list[str]) -> str:
    kernel = np.moveaxis(np.asarray(variable), (-2, -1), (0, 1))  # (channels, multiplier, ...)
    channels = kernel.shape[0]
    weight = b.constant(kernel.reshape(-1, 1, *kernel.shape[2:]), name="depthwise_kernel")
    return b.op("Conv", _channels_first(b, layer, x), weight, *bias, group=channels, **_windows(layer))


def depthwise(b: Builder, layer: Any, x: Value) -> str:
    """DepthwiseConv1D, DepthwiseConv2D: one group per channel."""
    return _finished(b, layer, _depthwise(b, layer, x, layer.kernel, _with_bias(b, layer)), x.rank)


def separable(b: Builder, layer: Any, x: Value) -> str:
    """SeparableConv1D, SeparableConv2D: a depthwise convolution, then one of width 1."""
    kernel = b.constant(np.moveaxis(np.asarray(layer.pointwise_kernel), (-1, -2), (0, 1)), name="pointwise_kernel")
    y = _depthwise(b, layer, x, layer.depthwise_kernel, [])
    return _finished(b, layer, b.op("Conv", y, kernel, *_with_bias(b, layer)), x.rank)


def transposed(b: Builder, layer: Any, x: Value) -> str:
    """Conv1DTranspose, Conv2DTranspose, Conv3DTranspose."""
    kernel = b.constant(np.moveaxis(np.asarray(layer.kernel), (-1, -2), (0, 1)), name="kernel")
    spans = [d * (n - 1) + 1 for n, d in zip(layer.kernel_size, layer.dilation_rate)]
    extras = layer.output_padding or (None,) * len(spans)
    cut = [_cut(span, stride, layer.padding, extra) for span, stride, extra in zip(spans, layer.strides, extras)]
    before, after = zip(*cut)
    y = b.op(
        "ConvTranspose", _channels_first(b, layer, x), kernel, *_with_bias(b, layer),
        kernel_shape=list(layer.kernel_size), strides=list(layer.strides), dilations=list(layer.dilation_rate),
        pads=[*before, *(max(n, 0) for n in after)], output_padding=[max(-n, 0) for n in after],
    )  # fmt: skip
    return _finished(b, layer, y, x.rank)


def _cut(span: int, stride: int, padding: str, extra: int | None) -> tuple[int, int]:
    """How much of what windows cover is left out at both ends; at the second one, zeros may be added instead."""
    if extra is None:
        left_out = max(span - stride, 0) if padding == "same" else 0
        return left_out // 2, left_out - left_out // 2 - max(stride - span, 0)
    left_out = 2 * (span // 2) if padding == "same" else 0
    before = max(left_out - extra, 0) // 2
    return before, left_out - extra - before


def _pooling(kind: str, **attributes: Any):
    def write(b: Builder, layer: Any, x: Value) -> str:
        ones = [1] * len(layer.pool_size)
        padding = {} if layer.padding == "valid" else {"auto_pad": "SAME_UPPER"}
        if padding and max(layer.strides) == 1:
            padding = _padding(layer, layer.pool_size, layer.strides, ones)
        y = b.op(
            kind, _channels_first(b, layer, x), kernel_shape=list(layer.pool_size), strides=list(layer.strides),
            **padding, **attributes,
        )  # fmt: skip
        return _back(b, layer, y, x.rank)

    return write


def _global(kind: str):
    def write(b: Builder, layer: Any, x: Value) -> str:
        return b.op(kind, x.name, b.integers(*_spatial_axes(layer, x)), keepdims=int(layer.keepdims))

    return write


def _pairs(layer: Any, given: Any, x: Value) -> list[tuple[int, int]]:
    """What is done before and after, for all axes."""
    pairs = [given] if x.rank == 3 else list(given)
    found = [(0, 0)] * x.rank
    for axis, pair in zip(_spatial_axes(layer, x), pairs):
        found[axis] = tuple(pair)
    return found


def zero_padding(b: Builder, layer: Any, x: Value) -> str:
    """ZeroPadding1D, ZeroPadding2D, ZeroPadding3D."""
    before, after = zip(*_pairs(layer, layer.padding, x))
    return b.op("Pad", x.name, b.integers(*before, *after), b.constant(0, x.dtype))


def cropping(b: Builder, layer: Any, x: Value) -> str:
    """Cropping1D, Cropping2D, Cropping3D."""
    pairs = _pairs(layer, layer.cropping, x)
    axes = [i for i, pair in enumerate(pairs) if any(pair)]
    if not axes:
        return x.name
    ends = [-pairs[i][1] or 2**62 for i in axes]
    return b.op("Slice", x.name, b.integers(*(pairs[i][0] for i in axes)), b.integers(*ends), b.integers(*axes))


def up_sampling(b: Builder, layer: Any, x: Value) -> str:
    """UpSampling1D, UpSampling2D, UpSampling3D."""
    factors = [1.0] * x.rank
    for axis, factor in zip(_spatial_axes(layer, x), [layer.size] if x.rank == 3 else layer.size):
        factors[axis] = float(factor)
    kind = getattr(layer, "interpolation", "nearest")
    if kind == "nearest":
        how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
        return b.op("Resize", x.name, "", b.constant(factors, name="factors"), **how)
    if kind not in ("bilinear", "bicubic"):
        raise NotInOnnx(f"interpolation={kind!r} cannot be written in ONNX; 'nearest', 'bilinear' and 'bicubic' can")
    scales = b.constant([1.0, 1.0, *map(float, layer.size)], name="factors")
    how = {"coordinate_transformation_mode": "half_pixel", "mode": "linear"}
    if kind == "bicubic":
        how |= {"mode": "cubic", "cubic_coeff_a": -0.5, "exclude_outside": 1}
    return _back(b, layer, b.op("Resize", _channels_first(b, layer, x), "", scales, **how), x.rank)


_maxima, _means = _pooling("MaxPool"), _pooling("AveragePool", count_include_pad=0)

LAYERS = {
    **{f"Conv{n}D": convolution for n in (1, 2, 3)},
    **{f"DepthwiseConv{n}D": depthwise for n in (1, 2)},
    **{f"SeparableConv{n}D": separable for n in (1, 2)},
    **{f"Conv{n}DTranspose": transposed for n in (1, 2, 3)},
    **{f"MaxPooling{n}D": _maxima for n in (1, 2, 3)},
    **{f"AveragePooling{n}D": _means for n in (1, 2, 3)},
    **{f"GlobalMaxPooling{n}D": _global("ReduceMax") for n in (1, 2, 3)},
    **{f"GlobalAveragePooling{n}D": _global("ReduceMean") for n in (1, 2, 3)},
    **{f"ZeroPadding{n}D": zero_padding for n in (1, 2, 3)},
    **{f"Cropping{n}D": cropping for n in (1, 2, 3)},
    **{f"UpSampling{n}D": up_sampling for n in (1, 2, 3)},
}
