"""Activations in ONNX."""

from __future__ import annotations

import functools
import math
from typing import Any

from keras._core import registry
from keras.export._onnx_graph import Builder, NotInOnnx


def activated(b: Builder, function: Any, x: str) -> str:
    """A built-in activation of a tensor.

    Raises:
        NotInOnnx: it is a function of the user, or one that ONNX has no operators for.
    """
    return _TABLE[name_of(function)](b, x)


def name_of(function: Any) -> str:
    """The name of an activation that can be written.

    Raises:
        NotInOnnx: it cannot.
    """
    name = getattr(function, "__name__", type(function).__name__)
    if registry.built_in("keras.activations", name) is not function or name not in _TABLE:
        raise NotInOnnx(f"the activation {name!r} cannot be written in ONNX")
    return name


def _operator(kind: str, **attributes: Any):
    return lambda b, x: b.op(kind, x, **attributes)


def _clipped(b: Builder, x: str, low: float, high: float) -> str:
    return b.op("Clip", x, b.constant(low), b.constant(high))


def _times(factor):
    """x * factor(x)"""
    return lambda b, x: b.op("Mul", x, factor(b, x))


def _log_sigmoid(b: Builder, x: str) -> str:
    return b.op("Neg", b.op("Softplus", b.op("Neg", x)))


def _gelu(b: Builder, x: str) -> str:
    below = b.op("Erf", b.op("Mul", x, b.constant(1 / math.sqrt(2))))
    return b.op("Mul", b.op("Mul", x, b.constant(0.5)), b.op("Add", below, b.constant(1)))


def _squareplus(b: Builder, x: str) -> str:
    root = b.op("Sqrt", b.op("Add", b.op("Mul", x, x), b.constant(4)))
    return b.op("Mul", b.op("Add", x, root), b.constant(0.5))


def _sparse_sigmoid(b: Builder, x: str) -> str:
    return _clipped(b, b.op("Mul", b.op("Add", x, b.constant(1)), b.constant(0.5)), 0, 1)


def _sparse_plus(b: Builder, x: str) -> str:
    # the square of what lies between -1 and 1, and on from there
    middle = b.op("Add", _clipped(b, x, -1, 1), b.constant(1))
    square = b.op("Mul", b.op("Mul", middle, middle), b.constant(0.25))
    return b.op("Add", square, b.op("Relu", b.op("Sub", x, b.constant(1))))


_SELU = {"alpha": 1.6732632423543772, "gamma": 1.0507009873554805}
_HARD_SIGMOID = _operator("HardSigmoid", alpha=1 / 6, beta=0.5)

_TABLE = {
    "celu": _operator("Celu", alpha=1.0),
    "elu": _operator("Elu", alpha=1.0),
    "exponential": _operator("Exp"),
    "gelu": _gelu,
    "hard_shrink": _operator("Shrink", lambd=0.5, bias=0.0),
    "hard_sigmoid": _HARD_SIGMOID,
    "hard_silu": _times(_HARD_SIGMOID),
    "hard_tanh": functools.partial(_clipped, low=-1, high=1),
    "leaky_relu": _operator("LeakyRelu", alpha=0.2),
    "linear": lambda b, x: x,
    "log_sigmoid": _log_sigmoid,
    "log_softmax": _operator("LogSoftmax", axis=-1),
    "mish": _times(lambda b, x: b.op("Tanh", b.op("Softplus", x))),
    "relu": _operator("Relu"),
    "relu6": functools.partial(_clipped, low=0, high=6),
    "selu": _operator("Selu", **_SELU),
    "sigmoid": _operator("Sigmoid"),
    "silu": _times(_operator("Sigmoid")),
    "soft_shrink": _operator("Shrink", lambd=0.5, bias=0.5),
    "softmax": _operator("Softmax", axis=-1),
    "softplus": _operator("Softplus"),
    "softsign": _operator("Softsign"),
    "sparse_plus": _sparse_plus,
    "sparse_sigmoid": _sparse_sigmoid,
    "squareplus": _squareplus,
    "tanh": _operator("Tanh"),
    "tanh_shrink": lambda b, x: b.op("Sub", x, b.op("Tanh", x)),
}
