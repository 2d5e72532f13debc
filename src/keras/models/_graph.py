"""A graph between symbolic inputs and outputs, run on values."""

from __future__ import annotations

import warnings
from typing import Any

from keras import ops
from keras._core import release, tree
from keras._core.errors import NotSymbolic
from keras._core.graph import KerasTensor, Node, Operation, nodes_between, run_nodes
from keras._jax import pure
from keras._jax.op import FunctionCall, symbolic_result
from keras.layers import InputLayer, Layer
from keras.models._host_part import HostPart, by_names, host_part, is_read, is_traced


class Graph:
    """What lies between symbolic tensors.

    Args:
        inputs, outputs: symbolic tensors, or lists and dicts of them.

    Attributes:
        nodes: calls to make, in order.
        operations: layers and functions, inputs first, as deep ones come before those nearer to the outputs.
        begun: by the id of an input that another layer made, the layer that stands for it in a model.
    """

    def __init__(self, inputs: Any, outputs: Any):
        _check_symbolic("inputs", inputs)
        _check_symbolic("outputs", outputs)
        self.input_structure = inputs
        self.output_structure = outputs
        self.inputs: list[KerasTensor] = tree.leaves(inputs)
        self.outputs: list[KerasTensor] = tree.leaves(outputs)
        seen: set[int] = set()
        for x in self.inputs:
            if id(x) in seen:
                raise ValueError(f"Model: {x!r} stands twice among the inputs.")
            seen.add(id(x))
        try:
            self.nodes: list[Node] = nodes_between(self.inputs, self.outputs)
        except ValueError:
            self.output_structure = _as_called(self.inputs, outputs)
            self.outputs = tree.leaves(self.output_structure)
            self.nodes = nodes_between(self.inputs, self.outputs)
        self.operations: list[Operation] = self._by_depth()
        _check_names(self.operations)
        self.host: HostPart | None = host_part(self)
        self.begun: dict[int, InputLayer] = {}

    def begin_with_inputs(self) -> None:
        """Puts an InputLayer first for each input that another layer made.

        As in Keras 3: a model that begins in the middle of another one has an input of its own.
        """
        for x in self.inputs:
            if not _from_input_layer(x):
                self.begun[id(x)] = InputLayer(batch_shape=x.shape, dtype=x.dtype, name=f"{x.name}CLONE")
        self.operations = [*self.begun.values(), *self.operations]

    def _by_depth(self) -> list[Operation]:
        """Operations sorted by their largest distance from the outputs, then by when a walk from there meets them."""
        operations = self._met_from_outputs({id(x) for x in self.inputs})
        met = {key: i for i, key in enumerate(operations)}
        _, depth = self.depths()
        for x in self.inputs:
            if x._keras_history is not None:
                operation = x._keras_history.operation
                operations.setdefault(id(operation), operation)
                met.setdefault(id(operation), -1)
                depth.setdefault(id(operation), 0)
        found = {id(n.operation) for n in self.nodes}
        found |= {id(x._keras_history.operation) for x in self.inputs if _from_input_layer(x)}
        chosen = [o for k, o in operations.items() if k in found]
        return sorted(chosen, key=lambda o: (-depth.get(id(o), 0), met[id(o)]))

    def depths(self) -> tuple[dict[int, int], dict[int, int]]:
        """The largest distances from the outputs, by the id of each node and of each operation."""
        inputs = {id(x) for x in self.inputs}
        node_depth: dict[int, int] = {}
        depth: dict[int, int] = {}
        for node in reversed(self.nodes):
            level = max(node_depth.get(id(node), 0), depth.get(id(node.operation), 0))
            node_depth[id(node)] = depth[id(node.operation)] = level
            for x in node.input_tensors:
                if x._keras_history is None:
                    continue
                operation, index, _ = x._keras_history
                parent = operation._inbound_nodes[index]
                node_depth[id(parent)] = max(node_depth.get(id(parent), 0), level + 1)
                if id(x) in inputs:
                    depth[id(operation)] = max(depth.get(id(operation), 0), level + 1)
        return node_depth, depth

    def _met_from_outputs(self, inputs: set[int]) -> dict[int, Operation]:
        """Operations by their ids, in the order in which a walk from the outputs to the inputs meets them."""
        used = {id(n) for n in self.nodes}
        operations: dict[int, Operation] = {}
        stack = list(reversed(self.outputs))
        done = set()
        while stack:
            tensor = stack.pop()
            if tensor._keras_history is None:
                continue
            operation, index, _ = tensor._keras_history
            operations.setdefault(id(operation), operation)
            node = operation._inbound_nodes[index]
            if id(node) in done or id(tensor) in inputs or id(node) not in used:
                continue
            done.add(id(node))
            stack.extend(reversed(node.input_tensors))
        return operations

    def run(self, inputs: Any) -> Any:
        """The outputs for values in the place of the inputs."""
        if self.host is not None and (is_read(inputs) or not is_traced(inputs)):
            return self.host.run(self.host.read(inputs))
        values = dict(zip((id(x) for x in self.inputs), self.matched(inputs)))
        self.warn_of_structure(inputs)
        self.compute(values)
        return self.packed(values)

    def compute(self, values: dict[int, Any]) -> None:
        """Fills the values of all symbolic tensors in, by their id, where those of the inputs are there."""
        run_nodes(self.nodes, values, lambda node, args, kwargs: node.operation(*args, **kwargs))

    def matched(self, inputs: Any) -> list[Any]:
        """One value per input: dicts by name, everything else in order; missing last axes of size 1 are mended."""
        flat = self._in_order(inputs)
        for x, symbol in zip(flat, self.inputs):
            if x is None and not getattr(symbol._keras_history and symbol._keras_history.operation, "optional", True):
                raise ValueError(f"The model's input {_input_name(symbol)!r} is not optional. Got None for it.")
        fitted = [self.fitted(x, s) for x, s in zip(flat, self.inputs)]
        for x, symbol in zip(fitted, self.inputs):
            _check_ndim(getattr(x, "shape", None), symbol)
        return fitted

    def check_sizes(self, inputs: Any) -> None:
        """Whether the axes behind the batch have the sizes of the inputs, as far as both are known."""
        for x, symbol in zip(self._in_order(inputs), self.inputs):
            shape, wanted = getattr(x, "shape", ()), symbol.shape
            if len(shape) == len(wanted) and any(None not in (a, b) and a != b for a, b in zip(shape[1:], wanted[1:])):
                raise ValueError(
                    f"The model's input {_input_name(symbol)!r} has shape {wanted}. Got shape {tuple(shape)}."
                )

    def _in_order(self, inputs: Any) -> list[Any]:
        names = [_input_name(x) for x in self.inputs]
        if isinstance(inputs, dict) and not isinstance(self.input_structure, dict):
            flat = by_names(inputs, names)
        elif isinstance(inputs, dict):
            wanted = tree.paths(self.input_structure)
            try:
                flat = tree.leaves([_at(inputs, path) for path, _ in wanted])
            except (KeyError, IndexError, TypeError):
                raise ValueError(
                    f"The model takes inputs {tree.describe(self.input_structure)}. Got {tree.describe(inputs)}."
                ) from None
        else:
            flat = tree.leaves(inputs)
            self.check_order(inputs)
        if len(flat) != len(self.inputs):
            raise ValueError(
                f"The model takes {len(self.inputs)} input{'s' * (len(self.inputs) != 1)} "
                f"({', '.join(map(repr, names))}). Got {len(flat)}: {tree.describe(inputs)}."
            )
        return flat

    def warn_of_structure(self, inputs: Any) -> None:
        """Keras 3 says so where inputs are not nested as declared.

        A dict by names of inputs stands for a list, one tensor for a list of one.
        """
        wanted = self.input_structure
        if release.meant != release.TODAY or tree.same_structure(inputs, wanted):
            return
        if isinstance(wanted, (list, tuple)) and (
            isinstance(inputs, dict) or (len(wanted) == 1 and ops.is_tensor(inputs))
        ):
            return
        warnings.warn(
            "The structure of `inputs` doesn't match the expected structure. "
            f"The model's inputs are {tree.map_leaves(_input_name, wanted)}. Got {tree.describe(inputs)}.",
            stacklevel=2,
        )

    def check_order(self, inputs: Any) -> None:
        """Whether inputs without names can stand for those by name."""
        names = list(self.input_structure) if isinstance(self.input_structure, dict) else []
        if isinstance(inputs, (list, tuple)) and len(names) > 1 and names != sorted(names, key=str):
            raise ValueError(
                f"The model takes inputs by name: {', '.join(map(repr, names))}. Got {tree.describe(inputs)},\n"
                "  and these names stand in no order that says which is which.\n"
                f"  Pass a dict: {{{names[0]!r}: ..., {names[1]!r}: ...}}"
            )

    @staticmethod
    def fitted(x: Any, symbol: KerasTensor) -> Any:
        """`x` with the rank and the dtype that an input was declared with."""
        return _fitted(x, symbol)

    def symbolic(self, inputs: Any) -> Any:
        """Symbolic outputs for symbolic inputs of other shapes."""
        values = dict(zip((id(x) for x in self.inputs), tree.leaves(inputs)))

        def call(node, args, kwargs):
            operation = node.operation
            if isinstance(operation, Layer):
                return operation.compute_output_spec(*args, **kwargs)
            return symbolic_result(operation.function, *args, **kwargs)

        run_nodes(self.nodes, values, call)
        return tree.pack_like(self.output_structure, [values[id(x)] for x in self.outputs])

    def packed(self, values: dict[int, Any]) -> Any:
        """The outputs as a call returns them: in their structure, but of a list of one that one, as in Keras 3."""
        found = tree.pack_like(self.output_structure, [values[id(x)] for x in self.outputs])
        return alone(found)

    @property
    def layers(self) -> list[Layer]:
        """The operations that are layers."""
        return [o for o in self.operations if isinstance(o, Layer)]

    def __fingerprint__(self, of):
        place = {id(x): ("input", i, x.shape, x.dtype) for i, x in enumerate(self.inputs)}

        def mark(x):
            return place[id(x)] if isinstance(x, KerasTensor) else of(x)

        described = []
        for n, node in enumerate(self.nodes):
            operation = node.operation
            what = of(operation.function) if isinstance(operation, FunctionCall) else of(operation)
            arguments = [mark(x) for x in tree.leaves((node.arguments, node.keywords))]
            shape = tree.map_leaves(lambda _: None, (node.arguments, node.keywords))
            described.append((what, of(shape), tuple(arguments)))
            for i, x in enumerate(node.outputs):
                place[id(x)] = ("node", n, i)
        structures = [tree.map_leaves(lambda _: None, s) for s in (self.input_structure, self.output_structure)]
        return (tuple(described), tuple(place[id(x)] for x in self.outputs), of(structures))


def _as_called(inputs: list[KerasTensor], outputs: Any) -> Any:
    """`outputs`, with what the first call between them and `inputs` returned in the place of a nested model's own.

    Keras 3 says so for a Sequential, whose `output` is that of its first call.
    """
    returned: dict[int, list[KerasTensor]] = {}  # by the model's own output, what its calls returned
    waiting = [x._keras_history.operation for x in inputs if x._keras_history is not None]
    met = {id(o) for o in waiting}
    while waiting:
        for operation in (node.operation for node in waiting.pop()._outbound_nodes):
            if id(operation) in met:
                continue
            met.add(id(operation))
            waiting.append(operation)
            graph = getattr(operation, "_graph", None)
            for node in operation._inbound_nodes if isinstance(graph, Graph) else ():
                # a subclass may return something else
                own = graph.outputs if len(graph.outputs) == len(node.outputs) else ()
                for one, result in zip(own, node.outputs):
                    returned.setdefault(id(one), []).append(result)

    def reachable(output):
        calls = returned.get(id(output))
        return output if calls is None else next((x for x in (output, *calls) if _leads_to(inputs, x)), output)

    return tree.map_leaves(reachable, outputs)


def _leads_to(inputs: list[KerasTensor], output: KerasTensor) -> bool:
    try:
        nodes_between(inputs, [output])
    except ValueError:
        return False
    return True


def _at(inputs: Any, path: tuple) -> Any:
    for step in path:
        inputs = inputs[step]
    return inputs


def _from_input_layer(x: KerasTensor) -> bool:
    if x._keras_history is None:
        return False
    operation, index, _ = x._keras_history
    return operation._inbound_nodes[index].is_input


def _input_name(x: KerasTensor) -> str:
    return x._keras_history.operation.name if _from_input_layer(x) else x.name


def _check_symbolic(what: str, x: Any) -> None:
    leaves = tree.leaves(x)
    if not leaves:
        raise ValueError(f"Model: `{what}` is empty.")
    for leaf in leaves:
        if not isinstance(leaf, KerasTensor):
            raise NotSymbolic(
                f"Model: `{what}` must be symbolic tensors, as keras.Input() and layers called on it return them. "
                f"Got a {type(leaf).__name__}."
            )


def _check_names(operations: list[Operation]) -> None:
    seen: dict[str, Operation] = {}
    for operation in operations:
        if isinstance(operation, Layer) and operation.name in seen:
            raise ValueError(
                f"Model: the name {operation.name!r} is used by two layers. "
                "All layers of a model need names of their own."
            )
        seen[operation.name] = operation


def _check_ndim(shape: Any, symbol: KerasTensor) -> None:
    if shape is not None and len(shape) != symbol.ndim:
        raise ValueError(
            f"The model's input {_input_name(symbol)!r} has {symbol.ndim} axes: {symbol.shape}. "
            f"Got shape {tuple(shape)}, which has {len(shape)}."
            + ("\n  The first axis is the batch. For one sample, pass x[None]." if len(shape) < symbol.ndim else "")
        )


def _fitted(x: Any, symbol: KerasTensor) -> Any:
    """`x` with the rank and the dtype that an input was declared with."""
    if x is None or isinstance(x, KerasTensor):
        return x
    shape = getattr(x, "shape", None)
    if shape is None:
        return x
    mask = pure.find_mask(x)
    if len(shape) == symbol.ndim + 1 and shape[-1] == 1:
        x = ops.squeeze(x, axis=-1)
    elif len(shape) == symbol.ndim - 1 and symbol.shape[-1] == 1:
        x = ops.expand_dims(x, axis=-1)
    name = getattr(x.dtype, "name", str(x.dtype))
    if name != symbol.dtype:
        x = ops.cast(x, symbol.dtype)
    if mask is not None:
        pure.put_mask(x, mask)
    return x


def alone(structure: Any) -> Any:
    """What is in a list or tuple of one; anything else as it is."""
    return structure[0] if isinstance(structure, (list, tuple)) and len(structure) == 1 else structure
