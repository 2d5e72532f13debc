"""Layers in ONNX: how each of them is written."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import numpy as np

from keras._core import registry
from keras._core.checks import axes_of
from keras._jax.steps import is_size
from keras.export import _onnx_recurrent, _onnx_spatial
from keras.export._onnx_activations import activated
from keras.export._onnx_graph import Builder, Value
from keras.models import Model


def is_known(layer: Any) -> bool:
    """Whether the table says how a layer is written, as far as its class and settings tell."""
    kind = type(layer).__name__
    if registry.built_in("keras.layers", kind) is not type(layer) or kind not in TABLE:
        return False
    if getattr(layer, "_form", None) is not None or layer.compute_dtype not in ("float32", "float16", "bfloat16"):
        return False
    return kind != "TimeDistributed" or is_known(layer.layer)


def heeds_masks(layer: Any) -> bool:
    """Whether a layer computes something else where a mask comes with its input."""
    return getattr(layer, "_reads_masks", False) or "mask" in inspect.signature(type(layer).call).parameters


def write_layer(b: Builder, layer: Any, inputs: list[Value]) -> list[str]:
    """Writes one call of a layer that is known and returns the names of its outputs.

    Raises:
        NotInOnnx: one of its settings cannot be expressed.
    """
    made = TABLE[type(layer).__name__](b, layer, *inputs)
    return made if isinstance(made, list) else [made]


def _same(b: Builder, layer: Any, x: Value) -> str:
    return x.name


def _dense(b: Builder, layer: Any, x: Value) -> str:
    y = b.op("MatMul", x.name, b.constant(layer.kernel, name="kernel"))
    if layer.use_bias:
        y = b.op("Add", y, b.constant(layer.bias, name="bias"))
    return activated(b, layer.activation, y)


def _activation(b: Builder, layer: Any, x: Value) -> str:
    return activated(b, layer.activation, x.name)


def _relu(b: Builder, layer: Any, x: Value) -> str:
    slope, threshold, top = layer.negative_slope, layer.threshold, layer.max_value
    if threshold:
        below = b.op("Mul", b.op("Sub", x.name, b.constant(threshold)), b.constant(slope))
        y = b.op("Where", b.op("Less", x.name, b.constant(threshold)), below, x.name)
    else:
        y = b.op("LeakyRelu", x.name, alpha=float(slope)) if slope else b.op("Relu", x.name)
    return y if top is None else b.op("Min", y, b.constant(top))


def _prelu(b: Builder, layer: Any, x: Value) -> str:
    return b.op("PRelu", x.name, b.constant(layer.alpha, name="alpha"))


def _softmax(b: Builder, layer: Any, x: Value) -> str:
    if isinstance(layer.axis, int):
        return b.op("Softmax", x.name, axis=layer.axis)
    axes = b.integers(*layer.axis)
    powers = b.op("Exp", b.op("Sub", x.name, b.op("ReduceMax", x.name, axes)))
    return b.op("Div", powers, b.op("ReduceSum", powers, axes))


def _along(values: Any, axes: Any, rank: int) -> np.ndarray:
    """Numbers per place of some axes, in a shape that broadcasts with all of them."""
    values = np.asarray(values)
    sizes = iter(values.shape)
    return values.reshape([next(sizes) if i in axes else 1 for i in range(rank)])


def _batch_normalization(b: Builder, layer: Any, x: Value) -> str:
    # with running statistics it is one factor and one summand per channel
    mean, variance = (np.asarray(v, "float64") for v in (layer.moving_mean, layer.moving_variance))
    scale = 1 / np.sqrt(variance + layer.epsilon)
    if layer.gamma is not None:
        scale = scale * np.asarray(layer.gamma)
    offset = -mean * scale + (0 if layer.beta is None else np.asarray(layer.beta))
    axes = [layer.axis % x.rank]
    y = b.op("Mul", x.name, b.constant(_along(scale, axes, x.rank), name="scale"))
    return b.op("Add", y, b.constant(_along(offset, axes, x.rank), name="offset"))


def _layer_normalization(b: Builder, layer: Any, x: Value) -> str:
    along = axes_of(layer.axis, (None,) * x.rank, layer.name)
    axes = b.integers(*along)
    centred = b.op("Sub", x.name, b.op("ReduceMean", x.name, axes))
    variance = b.op("ReduceMean", b.op("Mul", centred, centred), axes)
    deviation = b.op("Sqrt", b.op("Add", variance, b.constant(layer.epsilon)))
    y = b.op("Div", x.name if layer.rms_scaling else centred, deviation)
    if layer.gamma is not None:
        y = b.op("Mul", y, b.constant(_along(layer.gamma, along, x.rank), name="gamma"))
    if layer.beta is not None:
        y = b.op("Add", y, b.constant(_along(layer.beta, along, x.rank), name="beta"))
    return y


def _rescaling(b: Builder, layer: Any, x: Value) -> str:
    y = b.op("Mul", x.name, b.constant(layer.scale, name="scale"))
    return b.op("Add", y, b.constant(layer.offset, name="offset"))


def _embedding(b: Builder, layer: Any, x: Value) -> str:
    return b.op("Gather", b.constant(layer.embeddings, name="embeddings"), b.cast(x.name, "int64"), axis=0)


def _masking(b: Builder, layer: Any, x: Value) -> str:
    same = b.op("Equal", x.name, b.constant(layer.mask_value, x.dtype))
    kept = b.op("Sub", b.constant(1), b.op("ReduceMin", b.cast(same, "float32"), b.integers(-1)))
    return b.op("Mul", x.name, kept)


# --- shapes


def _flatten(b: Builder, layer: Any, x: Value) -> str:
    first = layer.data_format == "channels_first" and x.rank > 2
    y = b.transposed(x.name, (0, *range(2, x.rank), 1)) if first else x.name
    return b.op("Flatten", y, axis=1)


def _reshape(b: Builder, layer: Any, x: Value) -> str:
    return b.op("Reshape", x.name, b.integers(0, *layer.compute_output_shape(x.shape)[1:])
                if not any(map(is_size, x.shape[1:])) else b.integers(0, *layer.target_shape))  # fmt: skip


def _permute(b: Builder, layer: Any, x: Value) -> str:
    return b.transposed(x.name, (0, *layer.dims))


def _repeat_vector(b: Builder, layer: Any, x: Value) -> str:
    return b.op("Tile", b.op("Unsqueeze", x.name, b.integers(1)), b.integers(1, layer.n, 1))


def _time_distributed(b: Builder, layer: Any, x: Value) -> str:
    steps = b.op("Shape", x.name, start=0, end=2)
    folded = b.op("Concat", b.integers(-1), b.op("Shape", x.name, start=2), axis=0)
    step = x.but(name=b.op("Reshape", x.name, folded), shape=(None, *x.shape[2:]))
    with b.inside(layer.layer.name):
        (y,) = write_layer(b, layer.layer, [step])
    return b.op("Reshape", y, b.op("Concat", steps, b.op("Shape", y, start=1), axis=0))


# --- several tensors


def _equal_rank(b: Builder, inputs: tuple[Value, ...]) -> list[str]:
    rank = max(x.rank for x in inputs)
    return [
        b.op("Unsqueeze", x.name, b.integers(*range(1, 1 + rank - x.rank))) if x.rank < rank else x.name for x in inputs
    ]


def _merged(kind: str):
    def write(b: Builder, layer: Any, *inputs: Value) -> str:
        return functools.reduce(lambda one, other: b.op(kind, one, other), _equal_rank(b, inputs))

    return write


def _average(b: Builder, layer: Any, *inputs: Value) -> str:
    return b.op("Div", _merged("Add")(b, layer, *inputs), b.constant(len(inputs)))


def _concatenate(b: Builder, layer: Any, *inputs: Value) -> str:
    return b.op("Concat", *(x.name for x in inputs), axis=layer.axis)


def _dot(b: Builder, layer: Any, x: Value, y: Value) -> str:
    one, other = layer._positions([x.shape, y.shape])
    names = [x.name, y.name]
    if layer.normalize:
        names = [b.op("LpNormalization", n, axis=axis, p=2) for n, axis in zip(names, (one, other))]
    # one letter per axis; the batch and the summed axis have the same one in both
    left = "z" + "abcdefgh"[: x.rank - 1]
    right = "z" + "ijklmnop"[: y.rank - 1]
    right = right[:other] + left[one] + right[other + 1 :]
    kept = left[:one] + left[one + 1 :] + right[1:other] + right[other + 1 :]
    made = b.op("Einsum", *names, equation=f"{left},{right}->{kept}")
    return b.op("Unsqueeze", made, b.integers(1)) if len(kept) == 1 else made


def nested_model(operation: Any) -> Model | None:
    """The model that an operation is, if it is made of layers and runs as models do."""
    plain = isinstance(operation, Model) and type(operation).__module__.startswith("keras.models")
    return operation if plain and operation._graph is not None else None


_NOTHING_IN_INFERENCE = (
    "ActivityRegularization", "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise", "Identity",
    "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
)  # fmt: skip

TABLE = {
    **dict.fromkeys(_NOTHING_IN_INFERENCE, _same),
    **_onnx_spatial.LAYERS,
    **_onnx_recurrent.LAYERS,
    "Activation": _activation,
    "Add": _merged("Add"),
    "Average": _average,
    "BatchNormalization": _batch_normalization,
    "Concatenate": _concatenate,
    "Dense": _dense,
    "Dot": _dot,
    "ELU": lambda b, layer, x: b.op("Elu", x.name, alpha=float(layer.alpha)),
    "Embedding": _embedding,
    "Flatten": _flatten,
    "LayerNormalization": _layer_normalization,
    "LeakyReLU": lambda b, layer, x: b.op("LeakyRelu", x.name, alpha=float(layer.negative_slope)),
    "Masking": _masking,
    "Maximum": _merged("Max"),
    "Minimum": _merged("Min"),
    "Multiply": _merged("Mul"),
    "PReLU": _prelu,
    "Permute": _permute,
    "ReLU": _relu,
    "RepeatVector": _repeat_vector,
    "Rescaling": _rescaling,
    "Reshape": _reshape,
    "Softmax": _softmax,
    "Subtract": _merged("Sub"),
    "TimeDistributed": _time_distributed,
}
