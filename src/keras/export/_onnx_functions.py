"""Functions of `keras.ops` between layers, in ONNX."""

from __future__ import annotations

from typing import Any

from keras._core import registry
from keras._jax.op import FunctionCall
from keras.export._onnx_activations import activated, names
from keras.export._onnx_graph import Builder, NotInOnnx, Value

_OF_TWO = {
    "add": "Add",
    "divide": "Div",
    "maximum": "Max",
    "minimum": "Min",
    "multiply": "Mul",
    "power": "Pow",
    "subtract": "Sub",
    "true_divide": "Div",
}
_OF_ONE = {
    "abs": "Abs",
    "absolute": "Abs",
    "exp": "Exp",
    "log": "Log",
    "negative": "Neg",
    "sqrt": "Sqrt",
}


def is_function(operation: Any) -> bool:
    """Whether an operation of a graph is a call of a function rather than a layer."""
    return isinstance(operation, FunctionCall)


def reason_against(operation: FunctionCall) -> str | None:
    """Why a function cannot be written; None if it can."""
    name, function = operation.function_name, operation.function
    # `ops.gelu` takes another formula than the activation, unless it is told
    others = {"concatenate", *names()} - {"gelu"}
    if function.__module__.startswith("keras.") and (name in _OF_TWO or name in _OF_ONE or name in others):
        return None
    return f"there is no translation of the function {name}"


def write_function(b: Builder, operation: FunctionCall, arguments: list, keywords: dict) -> str:
    """Writes one call and returns the name of its result.

    Raises:
        NotInOnnx: it has arguments that cannot be expressed, or numbers that are not float32.
    """
    name = operation.function_name
    if name == "concatenate":
        values, axis = arguments[0], [*arguments[1:], *keywords.values()]
        return b.op("Concat", *(_name(b, x) for x in values), axis=axis[0] if axis else 0)
    if keywords or len(arguments) != (2 if name in _OF_TWO else 1):
        raise NotInOnnx(f"the function {name} with these arguments cannot be written in ONNX")
    given = [_name(b, x) for x in arguments]
    if name in _OF_TWO:
        return b.op(_OF_TWO[name], *given)
    if name in _OF_ONE:
        return b.op(_OF_ONE[name], *given)
    return activated(b, registry.built_in("keras.activations", name), given[0])


def _name(b: Builder, x: Any) -> str:
    if not isinstance(x, Value):
        return b.constant(x)
    if x.dtype != "float32":
        raise NotInOnnx(f"functions of {x.dtype} cannot be written in ONNX, those of float32 can")
    return x.name
