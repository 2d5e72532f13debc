"""Symbolic tensors, and the nodes a functional model is made of."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from keras._core import tree
from keras._core.checks import no_more_arguments
from keras._core.dtype_policy import dtype_name
from keras._core.errors import NotConnected, NotIterable
from keras._core.fingerprint import same_object
from keras._core.names import unique_name, unique_name_for
from keras._core.types import Shape


class History(NamedTuple):
    """Where a symbolic tensor comes from: the output number `tensor_index` of call number `node_index`."""

    operation: Operation
    node_index: int
    tensor_index: int


class KerasTensor:
    """A tensor without a value: a shape, a dtype, and the call that makes it.

    Args:
        shape: sizes of all axes; None is an unknown size.
        dtype: the dtype's name.
        name: a name for messages and pictures.

    Operations on it add a node to the graph instead of computing.
    """

    # makes NumPy leave `array + tensor` to `__radd__` below
    __array_priority__ = 100

    def __init__(self, shape, dtype="float32", sparse=False, ragged=False, record_history=True, name=None, **kwargs):
        if sparse and ragged:
            raise ValueError("KerasTensor: at most one of `sparse` and `ragged` can be True.")
        no_more_arguments("KerasTensor", kwargs)
        self._shape: Shape = tuple(None if d is None else int(d) for d in shape)
        self._dtype: str = dtype_name(dtype)
        self._sparse = bool(sparse)
        self._ragged = bool(ragged)
        self.record_history = record_history
        self.name: str = name or unique_name("keras_tensor")
        self._keras_history: History | None = None
        self._pre_serialized_keras_history: Any = None  # where a config says that it came from
        self._keras_mask: Any = None

    # fixed: nodes after this one were made for them
    shape = property(operator.attrgetter("_shape"), doc="Sizes of all axes; None is an unknown size.")
    dtype = property(operator.attrgetter("_dtype"), doc="The dtype's name.")
    sparse = property(operator.attrgetter("_sparse"), doc="Whether it was declared as sparse.")
    ragged = property(operator.attrgetter("_ragged"), doc="Whether it was declared as ragged.")

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    rank = ndim

    def get_shape(self) -> Shape:
        """The shape, under its older name."""
        return self.shape

    def __fingerprint__(self, of):
        # met outside of a graph, in the closure of a loss: which tensor it is matters, not its shape
        return same_object(self)

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"

    def __iter__(self):
        if not self.shape or self.shape[0] is None:
            raise NotIterable(f"{self!r} cannot be iterated over: the size of its first axis is not known.")
        return (self[i] for i in range(self.shape[0]))

    def __bool__(self):
        raise TypeError(
            "A symbolic tensor has no value yet, so it cannot decide an `if`.\n"
            "  Instead of:  y = a if tensor else b\n"
            "  write:       y = keras.ops.where(tensor, a, b)"
        )

    def __array__(self, dtype=None, copy=None):
        for find in _values_of:
            value = find(self)
            if value is not None:
                return value if dtype is None else value.astype(dtype)
        raise ValueError(
            f"{self!r} has no value yet, so NumPy cannot use it.\n"
            "  A symbolic tensor is a place in a model: write keras.ops functions or layers on it,\n"
            "  make a model of it with keras.Model(inputs, outputs), and call that on arrays."
        )

    def __float__(self):
        return float(self.__array__())

    def __int__(self):
        return int(self.__array__())

    def __index__(self):
        return self.__array__().__index__()

    __jax_array__ = __array__


# whoever makes symbolic tensors of variables alone: functions that return the value of a tensor, or None
_values_of: list[Callable[[KerasTensor], Any]] = []


# whoever knows what graphs are being run: functions that return a structure with the values of its symbolic tensors, or
# None where one has none
_running_values: list[Callable[[Any], Any]] = []


def offer_running_values(find: Callable[[Any], Any]) -> None:
    """Lets `find` answer with the values of symbolic tensors whose graph is being run."""
    _running_values.append(find)


def running_values(x: Any) -> Any:
    """`x` with values in the place of its symbolic tensors, if their graph is being run; else None."""
    for find in _running_values:
        found = find(x)
        if found is not None:
            return found
    return None


# whoever carries such values on, from the scope of a step to that in which it is counted
_carriers: list[Any] = []


def offer_carrier(carrier: Any) -> None:
    """Lets `carrier.take(outputs)` say what values symbolic tensors have, for `carrier.give(values, outputs)` later."""
    _carriers.append(carrier)


def known_values(outputs: Any) -> list[dict[int, Any]]:
    """Values of symbolic tensors that metrics may ask for, as every carrier has them."""
    return [carrier.take(outputs) for carrier in _carriers]


def know_values(found: list[dict[int, Any]], outputs: Any) -> None:
    """Lets what runs in this scope know the values of another, which had the same outputs."""
    for carrier, values in zip(_carriers, found):
        carrier.give(values, outputs)


def offer_values(find: Callable[[KerasTensor], Any]) -> None:
    """Lets `find` answer with the value of a symbolic tensor that needs no input, or None."""
    _values_of.append(find)


def is_symbolic(x: Any) -> bool:
    """Whether `x` is a symbolic tensor."""
    return isinstance(x, KerasTensor)


def any_symbolic(x: Any) -> bool:
    """Whether a symbolic tensor is anywhere in the nested structure `x`."""
    if isinstance(x, KerasTensor):
        return True
    if type(x) in (list, tuple):
        return any(any_symbolic(i) for i in x)
    return type(x) is dict and any(any_symbolic(i) for i in x.values())


class Node:
    """One call of an operation on symbolic tensors.

    Attributes:
        operation: what was called.
        arguments, keywords: what it was called with, as it came.
        outputs: symbolic tensors it returned, flat.
        output_structure: the same as it was returned.
    """

    def __init__(self, operation: Operation, arguments: tuple, keywords: dict, outputs: Any):
        self.operation = operation
        self.arguments = arguments
        self.keywords = keywords
        self.output_structure = outputs
        self.outputs: list[KerasTensor] = [x for x in tree.leaves(outputs) if isinstance(x, KerasTensor)]
        self.input_tensors: list[KerasTensor] = [
            x for x in tree.leaves((arguments, keywords)) if isinstance(x, KerasTensor)
        ]
        index = len(operation._inbound_nodes)
        operation._inbound_nodes.append(self)
        for parent in self.parent_nodes:
            parent.operation._outbound_nodes.append(self)
        for i, output in enumerate(self.outputs):
            output._keras_history = History(operation, index, i)

    @property
    def parent_nodes(self) -> list[Node]:
        """Nodes that make the inputs of this one."""
        found = []
        for x in self.input_tensors:
            if x._keras_history is not None:
                operation, index, _ = x._keras_history
                found.append(operation._inbound_nodes[index])
        return found

    @property
    def is_input(self) -> bool:
        """Whether this is the call that makes a model's input."""
        return not self.input_tensors and self.operation.begins_graphs

    @property
    def output_tensors(self) -> list[KerasTensor]:
        """Symbolic tensors returned, flat."""
        return self.outputs

    # names that drawing tools of earlier years read
    @property
    def inbound_layers(self) -> list[Operation]:
        """Operations whose outputs this call takes."""
        return [p.operation for p in self.parent_nodes]

    @property
    def outbound_layer(self) -> Operation:
        """The operation that was called."""
        return self.operation

    def __repr__(self) -> str:
        return f"<Node of {self.operation.name}>"


class Operation:
    """Anything that can be called on symbolic tensors and remembers its calls: layers, models, functions."""

    begins_graphs = True  # a call without symbolic tensors stands for an input

    def __init__(self, name: str | None = None):
        if name is None:
            name = unique_name_for(self)
        if not isinstance(name, str) or not name:
            raise ValueError(f"{type(self).__name__}: `name` must be a non-empty string. Got {name!r}.")
        self.name = name
        self._inbound_nodes: list[Node] = []
        self._outbound_nodes: list[Node] = []

    def add_node(self, arguments: tuple, keywords: dict, outputs: Any) -> Any:
        """Records a call that returns `outputs`, and returns them."""
        Node(self, arguments, keywords, outputs)
        return outputs

    @property
    def inbound_nodes(self) -> list[Node]:
        """Calls of this operation."""
        return self._inbound_nodes

    @property
    def outbound_nodes(self) -> list[Node]:
        """Calls that take an output of this operation."""
        return self._outbound_nodes

    # --- what a node holds, under the names programs of all years use

    def _node(self, node_index: int) -> Node:
        if not self._inbound_nodes:
            raise AttributeError(f"{self.name} was never called on a symbolic tensor, so it has no input or output.")
        try:
            return self._inbound_nodes[node_index]
        except IndexError:
            raise ValueError(
                f"{self.name} was called {len(self._inbound_nodes)} times, so there is no node {node_index}."
            ) from None

    def _told_node(self, what: str) -> Node:
        """The call whose tensors the attribute `what` tells: the first one."""
        return self._node(0)

    def get_input_at(self, node_index: int) -> Any:
        """Input tensor, or list of them, of call number `node_index`."""
        return _one_or_list(self._node(node_index).input_tensors or self._node(node_index).outputs)

    def get_output_at(self, node_index: int) -> Any:
        """Output tensor, or list of them, of call number `node_index`."""
        return _one_or_list(self._node(node_index).outputs)

    def get_input_shape_at(self, node_index: int) -> Any:
        """Shape of the input, or list of shapes, of call number `node_index`."""
        return _one_or_list([x.shape for x in self._node(node_index).input_tensors or self._node(node_index).outputs])

    def get_output_shape_at(self, node_index: int) -> Any:
        """Shape of the output, or list of shapes, of call number `node_index`."""
        return _one_or_list([x.shape for x in self._node(node_index).outputs])

    @property
    def input(self) -> Any:
        """Input tensor, or list of them, of the first call."""
        self._told_node("input")
        return self.get_input_at(0)

    @property
    def output(self) -> Any:
        """Output tensor, or list of them, of the first call."""
        self._told_node("output")
        return self.get_output_at(0)

    @property
    def input_shape(self) -> Any:
        """Shape of the input, or list of shapes, of the only call."""
        shapes = {tuple(x.shape for x in n.input_tensors or n.outputs) for n in self._inbound_nodes}
        if len(shapes) > 1:
            raise AttributeError(
                f"{self.name} was called on inputs of {len(shapes)} shapes.\n"
                "  write:  layer.get_input_shape_at(node_index)"
            )
        return self.get_input_shape_at(0)

    @property
    def output_shape(self) -> Any:
        """Shape of the output, or list of shapes, of the only call."""
        shapes = {tuple(x.shape for x in n.outputs) for n in self._inbound_nodes}
        if len(shapes) > 1:
            raise AttributeError(
                f"{self.name} has outputs of {len(shapes)} shapes.\n  write:  layer.get_output_shape_at(node_index)"
            )
        return self.get_output_shape_at(0)


def _one_or_list(found: list) -> Any:
    return found[0] if len(found) == 1 else found


def nodes_between(inputs: Iterable[KerasTensor], outputs: Iterable[KerasTensor]) -> list[Node]:
    """Nodes needed to compute `outputs` from `inputs`, each after those it depends on.

    Raises:
        ValueError: an output depends on a tensor that is neither computed nor among the inputs.
    """
    known = {id(x) for x in inputs}
    ordered: list[Node] = []
    done: set[int] = set()
    for output in outputs:
        stack: list[tuple[KerasTensor, bool]] = [(output, False)]
        while stack:
            tensor, ready = stack.pop()
            if id(tensor) in known:
                continue
            if tensor._keras_history is None:
                raise NotConnected(_NOT_CONNECTED.format(tensor=tensor))
            operation, index, _ = tensor._keras_history
            node = operation._inbound_nodes[index]
            if id(node) in done:
                continue
            if ready:
                done.add(id(node))
                ordered.append(node)
                continue
            if node.is_input:
                raise NotConnected(_NOT_CONNECTED.format(tensor=tensor))
            stack.append((tensor, True))
            stack.extend((x, False) for x in reversed(node.input_tensors))
    return ordered


_NOT_CONNECTED = (
    "The graph is not connected: the outputs need {tensor!r}, which is not computed from the model's inputs.\n"
    "  Add it to `inputs`, or start from the tensors that are already there."
)


def run_nodes(nodes: list[Node], values: dict[int, Any], call: Callable[[Node, tuple, dict], Any]) -> None:
    """Calls every node on values: `values` maps id(symbolic tensor) to its value and is filled on the way."""

    def fill(x):
        return values[id(x)] if isinstance(x, KerasTensor) else x

    for node in nodes:
        arguments = tuple(tree.map_leaves(fill, a) for a in node.arguments)
        keywords = {k: tree.map_leaves(fill, v) for k, v in node.keywords.items()}
        outputs = call(node, arguments, keywords)
        found = [v for s, v in zip(tree.leaves(node.output_structure), tree.leaves(outputs)) if is_symbolic(s)]
        for symbol, value in zip(node.outputs, found):
            values[id(symbol)] = value
