"""Models as ONNX files, written layer by layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras._core import tree
from keras._core.graph import KerasTensor, Node
from keras.export import _onnx_elsewhere
from keras.export._archive import signature_of
from keras.export._onnx_calls import trace, write_call, write_traced
from keras.export._onnx_graph import ML, Builder, NotInOnnx, Value, held, onnx_package
from keras.export._onnx_layers import nested_model
from keras.models import Model
from keras.saving._atomic import written_atomically

_OLDEST_OPSET, _OPSET, _IR_VERSION = 18, 18, 8  # of the end of 2022, which runtimes since then read
_CANNOT = (
    "{name} cannot be written in ONNX:\n  {problems}\n  Export to 'stablehlo', which takes everything that runs on JAX."
)


def write(model: Any, path: str, input_signature: Any, verbose: bool, opset_version: int | None = None) -> None:
    """Writes a model to an ONNX file, whole or not at all.

    Raises:
        ValueError: something in the model cannot be written; says which layers.
        ImportError: `onnx` is not installed.
    """
    onnx = onnx_package()
    opset = _OPSET if opset_version is None else opset_version
    if isinstance(opset, bool) or not isinstance(opset, int) or opset < _OLDEST_OPSET:
        raise ValueError(f"model.export: `opset_version` must be at least {_OLDEST_OPSET}. Got {opset!r}.")
    signature = signature_of(model, input_signature, text=True)
    try:
        try:
            proto = translated(model, signature, opset, input_signature)
        except NotInOnnx:
            if sum(None in x.shape[1:] for x in tree.leaves(signature)) < 2:
                raise
            # lengths that are not known may have to be the same, as those of words and of their mask
            proto = translated(model, signature, opset, input_signature, together=True)
    except NotInOnnx as error:
        inputs = input_names(model, len(tree.leaves(signature)), input_signature)
        outputs = None if nested_model(model) is None else list(model.output_names)
        proto = _onnx_elsewhere.by_jax2onnx(model, signature, (inputs, outputs), opset_version, error)
    onnx.checker.check_model(proto, full_check=True)
    with written_atomically(path) as name:
        onnx.save_model(proto, name)
    if verbose:
        print(f"Wrote {path}: ONNX, opset {proto.opset_import[0].version}.")


def translated(
    model: Model, signature: list[Any], opset: int = _OPSET, given: Any = None, together: bool = False
) -> Any:
    """The model as a message of the `onnx` package; `given` is the `input_signature`, which may name the inputs.

    Unknown sizes of an axis are the same in all inputs if `together`.

    Raises:
        NotInOnnx: something in it cannot be written.
    """
    helper, b = onnx_package().helper, Builder()
    symbols = tree.leaves(signature)
    named = zip(input_names(model, len(symbols), given), symbols)
    inputs = [_input(b, name, x, together) for name, x in named]
    described = [
        _described(helper, x.name, x.dtype, _free(x.shape) if together else s.shape) for x, s in zip(inputs, symbols)
    ]
    given = [_as_held(b, x) for x in inputs]
    if nested_model(model) is None:
        made = _whole(b, model, tree.pack_like(signature, given))
    else:
        made = _run(b, model, given)
    if b.problems:
        raise NotInOnnx(_CANNOT.format(name=model.name, problems="\n  ".join(dict.fromkeys(b.problems))))
    names = [b.take(name) for name in output_names(model, len(made))]
    for value, name in zip(made, names):
        b.output(_as_declared(b, value), name)
    outputs = [_described(helper, n, v.dtype, _free(v.shape)) for n, v in zip(names, made)]
    graph = helper.make_graph(b.used(names), model.name, described, outputs, b.initializers)
    imports = [helper.make_opsetid("", opset)] + [helper.make_opsetid(ML, 3)] * b.uses_ml
    return helper.make_model(graph, opset_imports=imports, ir_version=_IR_VERSION, producer_name="kerata")


def input_names(model: Any, count: int, given: Any = None) -> list[str]:
    """A name for every input: that of an `InputSpec` in the `input_signature`, or that of the model's input."""
    known = list(model.input_names) if nested_model(model) is not None else []
    if len(known) != count:
        known = ["input"] if count == 1 else [f"input_{i}" for i in range(count)]
    specs = tree.leaves(given)
    if len(specs) != count:
        return known
    named = [None if isinstance(spec, KerasTensor) else getattr(spec, "name", None) for spec in specs]
    return [name or before for name, before in zip(named, known)]


def output_names(model: Any, count: int) -> list[str]:
    """A name for every output."""
    known = list(model.output_names) if nested_model(model) is not None else []
    return known if len(known) == count else ["output"] if count == 1 else [f"output_{i}" for i in range(count)]


def _input(b: Builder, name: str, symbol: KerasTensor, together: bool = False) -> Value:
    name = b.take(name)
    return Value(name, b.measured(name, symbol.shape, together), symbol.dtype)


def _declared(dtype: str) -> str:
    """The dtype of inputs and outputs; few runtimes can be handed a bfloat16."""
    return "float32" if dtype == "bfloat16" else dtype


def _as_held(b: Builder, x: Value) -> Value:
    return x if held(x.dtype) == _declared(x.dtype) else x.but(name=b.cast(x.name, held(x.dtype)))


def _as_declared(b: Builder, x: Value) -> str:
    return x.name if held(x.dtype) == _declared(x.dtype) else b.cast(x.name, x.dtype)


def _free(shape: Any) -> tuple:
    """A shape as a file declares it: symbols by their name, what is computed from them without."""
    return tuple(n if isinstance(n, int) else str(n) if str(n).isidentifier() else None for n in shape)


def _described(helper: Any, name: str, dtype: str, shape: Any) -> Any:
    sizes = [n if n is not None else "batch" if axis == 0 else f"{name}_{axis}" for axis, n in enumerate(shape)]
    kind = np.dtype(object if dtype == "string" else _declared(dtype))
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(kind), sizes)


def _whole(b: Builder, model: Any, arguments: list[Any]) -> list[Value]:
    """A model with a `call` of its own, traced."""
    try:
        given = [x for x in tree.leaves(arguments) if isinstance(x, Value)]
        traced = trace(model, arguments, {}, given, model)
        return write_traced(b, model, traced, given)
    except NotInOnnx as error:
        b.problems.append(f"{model.name}: {error}.")
        return []


def _run(b: Builder, model: Model, inputs: list[Value]) -> list[Value]:
    """Writes what a graph does with its inputs; what cannot be written goes to `b.problems`."""
    graph = model._graph
    values = {id(symbol): value for symbol, value in zip(graph.inputs, inputs)}
    for node in graph.nodes:
        with b.inside(node.operation.name):
            try:
                made = _call(b, node, values)
            except NotInOnnx as error:
                b.problems.append(f"{'/'.join(b.scope)}: {error}.")
                made = [_input(b, "missing", symbol) for symbol in node.outputs]
        for symbol, value in zip(node.outputs, made):
            values[id(symbol)] = value
    return [values[id(x)] for x in graph.outputs]


def _call(b: Builder, node: Node, values: dict[int, Value]) -> list[Value]:
    operation = node.operation

    def fill(x):
        return values[id(x)] if isinstance(x, KerasTensor) else x

    arguments, keywords = tree.map_leaves(fill, (list(node.arguments), node.keywords))
    inner = nested_model(operation)
    if inner is not None and len(arguments) == 1 and not keywords.get("training"):
        given = _in_order(inner, arguments[0])
        if all(x.rank == len(s.shape) and x.dtype == s.dtype for x, s in zip(given, inner._graph.inputs)):
            return _run(b, inner, given)
    return write_call(b, operation, arguments, keywords, node.outputs)


def _in_order(model: Model, given: Any) -> list[Value]:
    """The inputs of a nested model, as its graph has them."""
    if isinstance(given, dict) and not isinstance(model._graph.input_structure, dict):
        return [given[name] for name in model.input_names]
    return tree.leaves(given)
