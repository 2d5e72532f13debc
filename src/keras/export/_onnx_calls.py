"""One call in a graph: by the table of layers where it knows the layer, traced and written step by step elsewhere."""

from __future__ import annotations

from typing import Any

from keras._core import tree
from keras._core.graph import KerasTensor
from keras._jax import steps
from keras.export._onnx_graph import ML, Builder, NotInOnnx, Value, held
from keras.export._onnx_layers import heeds_masks, is_known, write_layer
from keras.export._onnx_steps import write_steps


def write_call(b: Builder, operation: Any, arguments: Any, keywords: dict, symbols: list[KerasTensor]) -> list[Value]:
    """Writes a call of a layer or a function and returns its outputs.

    Args:
        arguments, keywords: of the call, with values of the graph for tensors.
        symbols: what the call returned in the model.

    Raises:
        NotInOnnx: it cannot be written.
    """
    given = [x for x in tree.leaves((arguments, keywords)) if isinstance(x, Value)]
    if type(operation).__name__ == "StringLookup" and "string" in {x.dtype for x in (*given, *symbols)}:
        return _looked_up(b, operation, given[0], symbols[0])
    by_hand = hasattr(operation, "compute_dtype") and _is_by_hand(operation, given, keywords, symbols)
    traced: steps.Traced | None
    try:
        traced = trace(operation, arguments, keywords, given, operation)
    except NotInOnnx:
        if not by_hand or any(x.mask is not None for x in given):
            raise
        traced = None
    names = None
    if by_hand:
        try:
            names = write_layer(b, operation, _as_floats(b, given, symbols))
        except NotInOnnx:
            if traced is None:
                raise
    if traced is None:
        return [Value(n, b.measured(n, s.shape), s.dtype) for n, s in zip(names, symbols)]
    return write_traced(b, operation, traced, given, names)


def _is_by_hand(layer: Any, given: list[Value], keywords: dict, symbols: list[KerasTensor]) -> bool:
    states = tree.leaves(keywords.get("initial_state"))
    others = [k for k, v in keywords.items() if v is not None and v is not False and k != "initial_state"]
    others += [x for x in states if x is not None and not isinstance(x, Value)]
    if others or not is_known(layer):
        return False
    if held(symbols[0].dtype) != "float32" and type(layer).__name__ != "Embedding":
        return False
    return not (heeds_masks(layer) and any(x.mask is not None for x in given))


def _as_floats(b: Builder, given: list[Value], symbols: list[KerasTensor]) -> list[Value]:
    if held(symbols[0].dtype) != "float32" or not given:
        return given
    return [x if held(x.dtype) == "float32" else x.but(name=b.cast(x.name, "float32"), dtype="float32") for x in given]


def trace(function: Any, arguments: Any, keywords: dict, given: list[Value], layer: Any) -> steps.Traced:
    """A call as steps of computing.

    Raises:
        NotInOnnx: it cannot be traced.
    """

    def call(tensors):
        left = iter(tensors)
        args, kwargs = tree.map_leaves(lambda x: next(left) if isinstance(x, Value) else x, (arguments, keywords))
        if hasattr(layer, "_flatten_layers"):
            kwargs.setdefault("training", False)
        return function(*args, **kwargs)

    # dicts are walked in the order of their keys by `leaves`, and as they are by `map_leaves`
    arguments, keywords = tree.pack_like((arguments, keywords), tree.leaves((arguments, keywords)))
    if any(x.dtype == "string" for x in given):
        raise NotInOnnx("it reads text in a way that ONNX does not know")
    try:
        return steps.steps_of(
            call, [(x.shape, x.dtype) for x in given],
            [None if x.mask is None else (x.mask.shape, x.mask.dtype) for x in given],
        )  # fmt: skip
    except steps.Assigns as error:
        raise NotInOnnx(str(error)) from None
    except Exception as error:  # whatever its code raises when it meets tensors without values
        reason = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        raise NotInOnnx(f"it cannot be traced ({reason})") from error


def write_traced(
    b: Builder, layer: Any, traced: steps.Traced, given: list[Value], written: list[str] | None = None
) -> list[Value]:
    """The outputs of a traced call, with their masks; those whose names are `written` are there already."""
    paths = steps.names_of(getattr(layer, "variables", ()))
    constants = [b.kept(x, _short(paths.get(id(x), "constant"), layer.name)) for x in traced.constants]
    count, total = len(traced.masked), len(traced.jaxpr.outvars)
    inputs = [x.name for x in given] + [x.mask.name for x in given if x.mask is not None]
    wanted = range(count if written is not None else 0, total)
    names = [*(written or ()), *write_steps(b, traced.jaxpr, constants, inputs, list(wanted))]
    values = [Value(n, x.aval.shape, x.aval.dtype.name) for n, x in zip(names, traced.jaxpr.outvars)]
    masks = iter(values[count:])
    return [v.but(mask=next(masks)) if m else v for v, m in zip(values, traced.masked)]


def _short(path: str, name: str) -> str:
    """The path of a variable from its layer on."""
    return path.removeprefix(f"{name}/")


def _looked_up(b: Builder, layer: Any, x: Value, symbol: KerasTensor) -> list[Value]:
    """StringLookup, from a table of texts and numbers."""
    texts = [str(t) for t in layer.get_vocabulary()]
    if layer.num_oov_indices != 1:
        raise NotInOnnx(f"ONNX cannot hash unknown texts, as num_oov_indices={layer.num_oov_indices} needs it")
    if layer.invert:
        settings = {"keys_int64s": range(len(texts)), "values_strings": texts, "default_string": layer.oov_token}
        y = b.op("LabelEncoder", b.cast(x.name, "int64"), domain=ML, **settings)
        return [Value(y, x.shape, "string")]
    settings = {"keys_strings": texts, "values_int64s": range(len(texts))}
    y = b.op("LabelEncoder", x.name, domain=ML, default_int64=texts.index(layer.oov_token), **settings)
    numbers = Value(b.cast(y, "int32"), x.shape, "int32")
    return write_traced(b, layer, trace(layer.encode, [numbers], {}, [numbers], None), [numbers])
