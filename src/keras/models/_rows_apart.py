"""Whether a model computes each row of a batch by itself, whatever the others are."""

from __future__ import annotations

from typing import Any

from keras import layers
from keras._core import tree
from keras._core.graph import KerasTensor
from keras._jax.op import FunctionCall

_ROWS_APART = (
    layers.Identity, layers.Dense, layers.EinsumDense, layers.Embedding, layers.Masking,
    layers.Activation, layers.ReLU, layers.LeakyReLU, layers.PReLU, layers.ELU, layers.Softmax,
    layers.Dropout, layers.GaussianDropout, layers.GaussianNoise, layers.AlphaDropout,
    layers.SpatialDropout1D, layers.SpatialDropout2D, layers.SpatialDropout3D,
    layers.Flatten, layers.Reshape, layers.Permute, layers.RepeatVector,
    layers.Conv1D, layers.Conv2D, layers.Conv3D, layers.DepthwiseConv1D, layers.DepthwiseConv2D,
    layers.SeparableConv1D, layers.SeparableConv2D,
    layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose,
    layers.MaxPooling1D, layers.MaxPooling2D, layers.MaxPooling3D,
    layers.AveragePooling1D, layers.AveragePooling2D, layers.AveragePooling3D,
    layers.GlobalMaxPooling1D, layers.GlobalMaxPooling2D, layers.GlobalMaxPooling3D,
    layers.GlobalAveragePooling1D, layers.GlobalAveragePooling2D, layers.GlobalAveragePooling3D,
    layers.ZeroPadding1D, layers.ZeroPadding2D, layers.ZeroPadding3D,
    layers.Cropping1D, layers.Cropping2D, layers.Cropping3D,
    layers.UpSampling1D, layers.UpSampling2D, layers.UpSampling3D,
    layers.SimpleRNN, layers.GRU, layers.LSTM, layers.Bidirectional, layers.TimeDistributed,
    layers.LayerNormalization, layers.Rescaling,
    layers.Add, layers.Subtract, layers.Multiply, layers.Average, layers.Maximum, layers.Minimum, layers.Concatenate,
)  # fmt: skip
_FUNCTIONS_OF_ELEMENTS = (
    "abs absolute add cast clip cos divide elu exp expm1 gelu leaky_relu log log1p maximum minimum multiply negative "
    "power reciprocal relu relu6 rsqrt sigmoid sign silu sin softplus sqrt square subtract tanh true_divide"
)
_FUNCTIONS = ("activation", "recurrent_activation")
_OUR_FUNCTIONS = ("keras.activations", "keras.legacy.activations")
_PARTS = ("layer", "forward_layer", "backward_layer", "cell")


def computes_rows_apart(model: Any, training: bool) -> bool:
    """Whether that is known of a model that is built: of one of layers whose work is known.

    Args:
        model: the model.
        training: whether it is meant while training, when batch normalisation looks at all rows.
    """
    if not type(model).__module__.startswith("keras.models.") or model._graph is None or "call" in vars(model):
        return False
    return all(_is_apart_here(node, training) for node in model._graph.nodes)


def _is_apart_here(node: Any, training: bool) -> bool:
    """The same of one call of a layer, or of a function of `keras.ops`."""
    if not isinstance(node.operation, FunctionCall):
        return "training" not in node.keywords and _is_apart(node.operation, training)
    function, ranks = node.operation.function, {len(x.shape) for x in node.input_tensors}
    others = [x for x in tree.leaves((node.arguments, node.keywords)) if not isinstance(x, KerasTensor)]
    return (
        function.__module__.startswith("keras._jax.")
        and function.__name__ in _FUNCTIONS_OF_ELEMENTS.split()
        and len(ranks) == 1
        and all(isinstance(x, (int, float, str)) for x in others)
    )


def _is_apart(operation: Any, training: bool) -> bool:
    if hasattr(operation, "_graph"):
        return computes_rows_apart(operation, training)
    if type(operation) is layers.BatchNormalization:
        return not training
    return type(operation) in _ROWS_APART and _is_plain(operation)


def _is_plain(layer: Any) -> bool:
    """Whether nothing in a layer mixes rows: no function of the user's, no state between batches, no first axis."""
    own = vars(layer)
    axes = own.get("axis", -1)
    axes = axes if isinstance(axes, (list, tuple)) else [axes]
    functions = [own[name] for name in _FUNCTIONS if own.get(name) is not None]
    parts = [own[name] for name in _PARTS if own.get(name) is not None]
    return (
        "call" not in own
        and getattr(layer, "activity_regularizer", None) is None
        and not getattr(layer, "stateful", False)
        and all(axis is None or axis == -1 or axis > 0 for axis in axes)
        and all((getattr(f, "__module__", None) or "").startswith(_OUR_FUNCTIONS) for f in functions)
        and all(_is_plain(part) and (_is_cell(part) or _is_apart(part, True)) for part in parts)
    )


def _is_cell(part: Any) -> bool:
    return type(part) in (layers.SimpleRNNCell, layers.GRUCell, layers.LSTMCell)
