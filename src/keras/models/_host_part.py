"""The part of a model that runs on the host: layers that read text, at the beginning of the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from keras._core import tree
from keras._core.graph import KerasTensor, Node, run_nodes
from keras._jax import pure
from keras.layers import Layer
from keras.layers._host_layer import HostLayer
from keras.layers._text import host_array, is_text, passes, yields_batches

if TYPE_CHECKING:
    from keras.models._graph import Graph

# names of what `HostPart.read` returns; no input of a model is called like this
_READ, _KEPT = "read on the host/", "as it came/"

NOT_FIRST = (
    "{model}: {layer} gets text from {source}. Compiled code knows no text, so only layers that make numbers of it can "
    "take it, and only right behind the model's inputs.\n"
    "  Layers that do: StringLookup, TextVectorization, Hashing, HashedCrossing."
)


def reads_on_host(operation: Any) -> bool:
    """Whether an operation begins with work that compiled code cannot do."""
    if isinstance(operation, HostLayer):
        return operation.needs_host
    graph = getattr(operation, "_graph", None)
    return graph is not None and graph.host is not None


def host_part(graph: Graph) -> HostPart | None:
    """The part of a graph that runs on the host, None if there is none."""
    known = {id(x) for x in graph.inputs}
    first = []
    for node in graph.nodes:
        reads = isinstance(node.operation, HostLayer) or reads_on_host(node.operation)
        if reads and not node.keywords and all(id(x) in known for x in node.input_tensors):
            first.append(node)
            if _gives_numbers(node.operation):
                known.update(id(x) for x in node.outputs)
    needed = any(x.dtype == "string" for x in graph.inputs) or any(reads_on_host(n.operation) for n in first)
    return HostPart(graph, first) if needed else None


def _gives_numbers(operation: Any) -> bool:
    """Whether a layer returns what it reads, so that another layer can read that on the host."""
    return isinstance(operation, HostLayer) and getattr(operation, "output_mode", None) == "int"


class HostPart:
    """Layers that read text right behind the inputs of a graph, and what is left of the graph without them.

    `read` runs on the host, in NumPy; `run` goes on with its result, in compiled code if need be.
    """

    def __init__(self, graph: Graph, first: list[Node]):
        self.graph = graph
        self.first = first
        chosen = {id(node) for node in first}
        self.rest = [node for node in graph.nodes if id(node) not in chosen]
        used = {id(x) for node in self.rest for x in node.input_tensors} | {id(x) for x in graph.outputs}
        self.kept = [(i, x) for i, x in enumerate(graph.inputs) if id(x) in used]
        self.handed_on = [any(id(x) in used for x in node.outputs) for node in first]

    def read(self, inputs: Any) -> Any:
        """Numbers in the place of the inputs, by name; of what yields batches, something that yields those."""
        if is_read(inputs) or inputs is None:
            return inputs
        if yields_batches(inputs):
            return _mapped(inputs, self._read_batch)
        self._check()
        flat = [self._as_array(x, symbol) for x, symbol in zip(self._split(inputs), self.graph.inputs, strict=True)]
        values = {id(symbol): x for symbol, x in zip(self.graph.inputs, flat, strict=True)}
        found = {f"{_KEPT}{i:03d}": values[id(x)] for i, x in self.kept}
        for i, node in enumerate(self.first):
            given = tree.map_leaves(lambda x: values.get(id(x), x), node.arguments[0])
            numbers = _numbers(node.operation, given)
            if self.handed_on[i]:
                found[f"{_READ}{i:03d}"] = numbers
            if _gives_numbers(node.operation):
                values[id(node.outputs[0])] = numbers
        return found

    def _read_batch(self, batch: Any) -> Any:
        return (self.read(batch[0]), *batch[1:]) if isinstance(batch, tuple) else self.read(batch)

    def run(self, found: dict[str, Any]) -> Any:
        """The model's outputs from what `read` returned."""
        fitted = self.graph.fitted
        values = {id(x): fitted(found[f"{_KEPT}{i:03d}"], x) for i, x in self.kept}
        for i, node in enumerate(self.first):
            if not self.handed_on[i]:
                continue
            numbers, operation = found[f"{_READ}{i:03d}"], node.operation
            outputs = operation.encode(numbers) if isinstance(operation, HostLayer) else operation(numbers)
            values.update({id(s): x for s, x in zip(node.outputs, tree.leaves(outputs), strict=True)})
        run_nodes(self.rest, values, lambda node, args, kwargs: node.operation(*args, **kwargs))
        return self.graph.packed(values)

    def _check(self) -> None:
        """Refuses graphs in which text goes where compiled code would have to take it."""
        for node in self.rest:
            for x in node.input_tensors:
                if x.dtype == "string":
                    source = x._keras_history.operation.name if x._keras_history else x.name
                    raise ValueError(NOT_FIRST.format(model="Model", layer=node.operation.name, source=source))
        for x in self.graph.outputs:
            if x.dtype == "string":
                raise ValueError(
                    f"Model: the output of {x._keras_history.operation.name} is text, which compiled code cannot make. "
                    "Leave it out of the model, and call it on what the model returns."
                )

    def _split(self, inputs: Any) -> list[Any]:
        """The value of each input of the graph."""
        symbols, structure = self.graph.inputs, self.graph.input_structure
        names = [x._keras_history.operation.name if x._keras_history else x.name for x in symbols]
        if (
            hasattr(inputs, "columns")
            and hasattr(inputs, "to_numpy")
            and (len(names) > 1 or isinstance(structure, dict))
        ):
            inputs = {str(name): inputs[name] for name in inputs.columns}  # a frame has a column per input
        if isinstance(inputs, Mapping):
            if isinstance(structure, dict):
                names = [path[0] for path, _ in tree.paths(structure)]
            return by_names(inputs, names)
        if len(symbols) == 1:
            wrapped = isinstance(inputs, (list, tuple)) and len(inputs) == 1 and getattr(inputs[0], "shape", ()) != ()
            return [inputs[0] if wrapped else inputs]
        if not isinstance(inputs, (list, tuple)) or len(inputs) != len(symbols):
            raise ValueError(
                f"The model takes {len(symbols)} inputs ({', '.join(map(repr, names))}). Got {_kind(inputs)}."
            )
        return list(inputs)

    @staticmethod
    def _as_array(x: Any, symbol: KerasTensor) -> Any:
        """NumPy arrays of text and integers, with the rank that the input was declared with; floats as they are."""
        if symbol.dtype.startswith(("float", "bfloat")):
            return x
        x = host_array(x, symbol.name)
        if symbol.dtype != "string" and is_text(x):
            raise TypeError(f"The input {symbol.name!r} was declared with dtype {symbol.dtype}, and text came.")
        if x.ndim == symbol.ndim - 1 and symbol.shape[-1] in (1, None):
            x = x[..., None]
        elif x.ndim == symbol.ndim + 1 and x.shape[-1] == 1:
            x = x[..., 0]
        return x


def _numbers(operation: Any, given: Any) -> Any:
    if isinstance(operation, HostLayer):
        numbers = operation.read(operation.host_inputs(given))
        if isinstance(numbers, list) or numbers.dtype.kind not in "biuf":
            raise ValueError(f"{operation.name} makes no numbers that a model could compute with.")
        return numbers
    return operation._graph.host.read(given)


def is_read(x: Any) -> bool:
    """Whether `x` is what `HostPart.read` returns."""
    return isinstance(x, dict) and bool(x) and all(isinstance(k, str) and k.startswith((_READ, _KEPT)) for k in x)


def is_traced(x: Any) -> bool:
    """Whether a tensor that is being traced is anywhere in `x`."""
    return any(pure.is_traced(leaf) for leaf in tree.leaves(x))


def begins_with_text(layer: Layer | None, x: Any) -> tuple | None:
    """The shape and dtype of text for a model that begins with that layer; None if it takes no text."""
    if not isinstance(layer, HostLayer) or not layer.needs_host or x is None or is_read(x):
        return None
    if yields_batches(x):
        return None
    array = host_array(x, layer.name)
    return array.shape if is_text(array) else None


def _kind(x: Any) -> str:
    return f"{len(x)} in a list" if isinstance(x, (list, tuple)) else f"one {type(x).__name__}"


def _mapped(batches: Any, function: Callable) -> Any:
    """`batches` with `function` applied to each, of the same kind."""
    if isinstance(batches, Iterator):
        return map(function, batches)
    return _Indexed(batches, function) if hasattr(batches, "__getitem__") else _Mapped(batches, function)


class _Mapped:
    """Batches that can be gone through again and again."""

    def __init__(self, batches: Any, function: Callable):
        self._batches, self._function = batches, function

    def __iter__(self) -> Iterator:
        return map(self._function, passes(self._batches))

    def __len__(self) -> int:
        return len(self._batches)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._batches, name)


class _Indexed(_Mapped):
    """Batches asked for by number."""

    def __getitem__(self, i: int) -> Any:
        return self._function(self._batches[i])


def by_names(inputs: Mapping, names: list[str]) -> list[Any]:
    """The values that a dict has for the inputs of these names.

    Raises:
        ValueError: it has none for some of them.
    """
    missing = [name for name in names if name not in inputs]
    if missing:
        raise ValueError(
            f"The inputs miss {', '.join(map(repr, missing))}. The model's inputs are {', '.join(map(repr, names))}, "
            f"and what came has {', '.join(map(repr, inputs)) or 'no keys'}."
        )
    return [inputs[name] for name in names]
