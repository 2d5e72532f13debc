"""Recurrent layers in ONNX, whose operators have the time first and the gates in an order of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras._core import registry
from keras.export._onnx_graph import Builder, NotInOnnx, Value

# activation -> the operator's name for it, and its alpha and beta where it has them
_ACTIVATIONS: dict[str, tuple] = {
    "elu": ("Elu", 1.0),
    "hard_sigmoid": ("HardSigmoid", 1 / 6, 0.5),
    "leaky_relu": ("LeakyRelu", 0.2),
    "linear": ("Affine", 1.0, 0.0),
    "relu": ("Relu",),
    "sigmoid": ("Sigmoid",),
    "softplus": ("Softplus",),
    "softsign": ("Softsign",),
    "tanh": ("Tanh",),
}
# the gates of a kernel, in the operator's order
_GATES = {"SimpleRNN": (0,), "GRU": (0, 1, 2), "LSTM": (0, 3, 1, 2)}
_OPERATORS = {"SimpleRNN": "RNN", "GRU": "GRU", "LSTM": "LSTM"}


def recurrent(b: Builder, layer: Any, x: Value, *states: Value) -> Any:
    """SimpleRNN, GRU, LSTM: outputs, then the last states if the layer returns them."""
    kind, cell = type(layer).__name__, layer.cell
    if layer.stateful:
        raise NotInOnnx("`stateful=True` cannot be written in ONNX, whose programs remember nothing")
    steps = b.transposed(x.name, (1, 0, 2))
    if layer.go_backwards:
        steps = reversed_along(b, steps, 0)
    start = ["", *(b.op("Unsqueeze", s.name, b.integers(0)) for s in states)] if states else []
    y, *last = b.op(
        _OPERATORS[kind], steps, *_weights(b, cell, kind), *start, outputs=3 if kind == "LSTM" else 2,
        hidden_size=layer.units, **_activation_attributes(cell, kind),
        **({"linear_before_reset": int(cell.reset_after)} if kind == "GRU" else {}),
    )  # fmt: skip
    last = [b.op("Squeeze", s, b.integers(0)) for s in last]
    # (time, directions, batch, units) -> (batch, time, units)
    output = b.transposed(b.op("Squeeze", y, b.integers(1)), (1, 0, 2)) if layer.return_sequences else last[0]
    return [output, *last] if layer.return_state else output


def _weights(b: Builder, cell: Any, kind: str) -> list[str]:
    def ordered(array):  # (..., gates * units) -> (gates * units, ...), the gates in the operator's order
        parts = np.split(np.asarray(array), len(_GATES[kind]), axis=-1)
        return np.concatenate([parts[i] for i in _GATES[kind]], axis=-1).T[None]

    weights = [
        b.constant(ordered(cell.kernel), name="kernel"),
        b.constant(ordered(cell.recurrent_kernel), name="recurrent_kernel"),
    ]
    if cell.use_bias:
        bias = np.asarray(cell.bias)
        first, second = bias if bias.ndim == 2 else (bias, np.zeros_like(bias))
        weights.append(b.constant(np.concatenate([ordered(first), ordered(second)], axis=-1), name="bias"))
    else:
        weights.append("")
    return weights


def _activation_attributes(cell: Any, kind: str) -> dict:
    gates = [] if kind == "SimpleRNN" else [cell.recurrent_activation]
    used = [*gates, cell.activation, *([cell.activation] if kind == "LSTM" else [])]
    found = []
    for function in used:
        name = getattr(function, "__name__", type(function).__name__)
        if name not in _ACTIVATIONS or registry.built_in("keras.activations", name) is not function:
            raise NotInOnnx(f"the activation {name!r} cannot be written in a recurrent layer of ONNX")
        found.append(_ACTIVATIONS[name])
    attributes: dict[str, list] = {"activations": [name for name, *_ in found]}
    alphas = [a for _, *numbers in found for a in numbers[:1]]
    betas = [a for _, *numbers in found for a in numbers[1:]]
    return {
        **attributes,
        **({"activation_alpha": alphas} if alphas else {}),
        **({"activation_beta": betas} if betas else {}),
    }


def reversed_along(b: Builder, x: str, axis: int) -> str:
    """The elements along an axis from the last to the first."""
    return b.op("Slice", x, b.integers(-1), b.integers(-(2**62)), b.integers(axis), b.integers(-1))


def bidirectional(b: Builder, layer: Any, x: Value, *states: Value) -> Any:
    """Bidirectional around a layer of this module."""
    half = len(states) // 2
    found = []
    for one, given in ((layer.forward_layer, states[:half]), (layer.backward_layer, states[half:])):
        if registry.built_in("keras.layers", type(one).__name__) is not type(one) or type(one).__name__ not in _GATES:
            raise NotInOnnx(f"a Bidirectional around {type(one).__name__} cannot be written in ONNX")
        with b.inside(one.name):
            made = recurrent(b, one, x, *given)
        found.append(made if one.return_state else [made])
    (one, *ahead), (other, *behind) = found
    if layer.return_sequences:
        other = reversed_along(b, other, 1)
    if layer.merge_mode is None:
        return [one, other, *ahead, *behind]
    merged = _MERGED[layer.merge_mode](b, one, other)
    return [merged, *ahead, *behind] if layer.return_state else merged


_MERGED = {
    "concat": lambda b, one, other: b.op("Concat", one, other, axis=-1),
    "sum": lambda b, one, other: b.op("Add", one, other),
    "ave": lambda b, one, other: b.op("Mul", b.op("Add", one, other), b.constant(0.5)),
    "mul": lambda b, one, other: b.op("Mul", one, other),
}

LAYERS = {**dict.fromkeys(_GATES, recurrent), "Bidirectional": bidirectional}
