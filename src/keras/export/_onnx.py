"""Models as ONNX files, written layer by layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras._core import tree
from keras._core.graph import KerasTensor, Node
from keras.export import _onnx_functions
from keras.export._onnx_graph import Builder, NotInOnnx, Value, onnx_package
from keras.export._onnx_layers import check_arguments, is_masked, nested_model, reason_against, write_layer
from keras.models import Model
from keras.saving._atomic import written_atomically

_OLDEST_OPSET, _OPSET, _IR_VERSION = 18, 18, 8  # of the end of 2022, which runtimes since then read
_NO_GRAPH = (
    "{name} cannot be written in ONNX: it is no graph of layers, but a class with a `call` of its own.\n"
    "  Make it with keras.Model(inputs, outputs), or export to 'stablehlo'."
)
_ELSEWHERE = "  Export to 'stablehlo', which takes everything that runs on JAX."


def write(model: Any, path: str, input_signature: Any, verbose: bool, opset_version: int | None = None) -> None:
    """Writes a model with a graph of layers to an ONNX file, whole or not at all.

    Raises:
        ValueError: something in the model cannot be written; says which layers.
        ImportError: `onnx` is not installed.
    """
    onnx = onnx_package()
    proto = translated(model, input_signature, opset_version)
    onnx.checker.check_model(proto, full_check=True)
    with written_atomically(path) as name:
        onnx.save_model(proto, name)
    if verbose:
        print(f"Wrote {path}: ONNX, opset {proto.opset_import[0].version}.")


def translated(model: Any, input_signature: Any = None, opset_version: int | None = None) -> Any:
    """The model as a message of the `onnx` package."""
    if nested_model(model) is None:
        raise NotInOnnx(_NO_GRAPH.format(name=getattr(model, "name", model)))
    if input_signature is not None:
        raise ValueError("model.export: an ONNX file has the inputs of the model; leave `input_signature` out.")
    opset = _OPSET if opset_version is None else opset_version
    if not isinstance(opset, int) or opset < _OLDEST_OPSET:
        raise ValueError(f"model.export: `opset_version` must be at least {_OLDEST_OPSET}. Got {opset!r}.")
    _refuse_what_cannot_be_written(model)
    helper, b = onnx_package().helper, Builder()
    inputs = [Value(b.take(name), x.shape, x.dtype) for name, x in zip(model.input_names, model.inputs)]
    names = [b.take(name) for name in model.output_names]
    for value, name in zip(_run(b, model, inputs), names):
        b.output(value.name, name)
    graph = helper.make_graph(
        b.nodes,
        model.name,
        [_described(helper, v.name, v) for v in inputs],
        [_described(helper, name, x) for name, x in zip(names, model.outputs)],
        b.initializers,
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=_IR_VERSION, producer_name="kerata"
    )  # fmt: skip


def _described(helper: Any, name: str, x: Any) -> Any:
    sizes = [n if n is not None else "batch" if axis == 0 else f"{name}_{axis}" for axis, n in enumerate(x.shape)]
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.dtype(x.dtype)), sizes)


def _refuse_what_cannot_be_written(model: Model) -> None:
    """All that stands in the way, in one message, before anything is done."""
    found = list(dict.fromkeys(_problems(model)))
    if found:
        raise NotInOnnx(f"{model.name} cannot be written in ONNX:\n  " + "\n  ".join(found) + f"\n{_ELSEWHERE}")


def _problems(model: Model):
    for node in model._graph.nodes:
        operation = node.operation
        inner = nested_model(operation)
        if inner is not None:
            yield from _problems(inner)
            continue
        reason = (_onnx_functions.reason_against if _onnx_functions.is_function(operation) else reason_against)(
            operation
        )
        if reason is not None:
            yield f"{operation.name}: {reason}."


def _run(b: Builder, model: Model, inputs: list[Value]) -> list[Value]:
    """Writes what a graph does with its inputs."""
    graph = model._graph
    values = {id(symbol): value for symbol, value in zip(graph.inputs, inputs)}
    for node in graph.nodes:
        with b.inside(node.operation.name):
            try:
                made = _call(b, node, values)
            except NotInOnnx as error:
                if "\n" in str(error):  # which names the layer of a nested model
                    raise
                message = f"{model.name} cannot be written in ONNX:\n  {node.operation.name}: {error}.\n{_ELSEWHERE}"
                raise NotInOnnx(message) from None
        for symbol, value in zip(node.outputs, made):
            values[id(symbol)] = value
    return [values[id(x)] for x in graph.outputs]


def _call(b: Builder, node: Node, values: dict[int, Value]) -> list[Value]:
    operation = node.operation

    def fill(x):
        return values[id(x)] if isinstance(x, KerasTensor) else x

    if _onnx_functions.is_function(operation):
        arguments = [tree.map_leaves(fill, a) for a in node.arguments]
        keywords = {k: tree.map_leaves(fill, v) for k, v in node.keywords.items()}
        return [_as(node.outputs[0], _onnx_functions.write_function(b, operation, arguments, keywords), False)]
    inputs = [fill(x) for x in node.input_tensors]
    check_arguments(node.keywords)
    inner = nested_model(operation)
    if inner is not None:
        if isinstance(node.arguments[0], dict) and not isinstance(inner._graph.input_structure, dict):
            inputs = [fill(node.arguments[0][name]) for name in inner.input_names]
        return _run(b, inner, inputs)
    if node.outputs[0].dtype == "float32" and type(operation).__name__ != "Embedding":
        inputs = [
            x if x.dtype == "float32" else x._replace(name=b.cast(x.name, "float32"), dtype="float32") for x in inputs
        ]
    masked = is_masked(operation, inputs)
    return [_as(symbol, name, masked) for symbol, name in zip(node.outputs, write_layer(b, operation, inputs))]


def _as_float(b: Builder, x: Value) -> Value:
    return x if x.dtype == "float32" else x._replace(name=b.cast(x.name, "float32"), dtype="float32")


def _as(symbol: KerasTensor, name: str, masked: bool) -> Value:
    return Value(name, symbol.shape, symbol.dtype, masked)
