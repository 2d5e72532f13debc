"""An ONNX graph while it is written: nodes, weights and names."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from keras._jax.steps import Sizes, is_size

MISSING = "ONNX files need the package `onnx`: pip install kerata[onnx]"
ML = "ai.onnx.ml"  # the domain of operators on text and tables
_MOST_BYTES = 2**31 - 2**20  # what one protobuf message can hold, and room for the nodes


class NotInOnnx(ValueError):
    """Something in a model that cannot be written."""


@dataclasses.dataclass(frozen=True)
class Value:
    """A tensor of the graph.

    Attributes:
        name: its name in the file.
        shape: sizes of its axes; symbols for those that are not known.
        dtype: the name of its dtype in the model; `held` says which it has in the file.
        mask: the mask that travels with it in the model.
    """

    name: str
    shape: tuple
    dtype: str = "float32"
    mask: Value | None = None

    @property
    def rank(self) -> int:
        """How many axes it has."""
        return len(self.shape)

    def but(self, **changes: Any) -> Value:
        """The same with something else."""
        return dataclasses.replace(self, **changes)


# Runtimes compute in few dtypes: 16-bit floats are held as 32-bit ones, which is more exact, small integers as int32
_HELD = {
    "float16": "float32", "bfloat16": "float32", "int4": "int32", "int8": "int32", "int16": "int32",
    "uint4": "int32", "uint8": "int32", "uint16": "int32", "uint32": "int64", "complex64": "float32",
}  # fmt: skip
_AS_THEY_ARE = ("bool", "float32", "float64", "int32", "int64", "string")


def held(dtype: Any) -> str:
    """The dtype in which tensors of a dtype of the model are held in the file.

    Raises:
        NotInOnnx: there is none.
    """
    name = getattr(dtype, "name", str(dtype))
    if name not in _HELD and name not in _AS_THEY_ARE:
        raise NotInOnnx(f"it computes in {name}, which has no counterpart in ONNX")
    return _HELD.get(name, name)


def onnx_package() -> Any:
    """The package, with what is used of it loaded.

    Raises:
        ImportError: it is not installed.
    """
    try:
        import onnx
    except ImportError:
        raise ImportError(MISSING) from None
    return onnx


class Builder:
    """Collects nodes, each under the name of the layer that it is a part of."""

    def __init__(self):
        self._onnx = onnx_package()
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self._constants: dict[tuple, str] = {}
        self._bytes = 0
        self._taken: set[str] = set()
        self.scope: tuple[str, ...] = ()
        self.problems: list[str] = []
        self.uses_ml = False
        self.symbols = Sizes()
        self._main = self.nodes
        self._measured: dict[str, str] = {}  # a size as it is written -> the vector that holds it
        self._axes: dict[str, tuple[str, int]] = {}  # a symbol -> the tensor and the axis that it is the size of

    @contextlib.contextmanager
    def inside(self, name: str) -> Iterator[None]:
        """While open, names begin with that of a layer."""
        before, self.scope = self.scope, (*self.scope, name)
        try:
            yield
        finally:
            self.scope = before

    def take(self, name: str) -> str:
        """A name that nothing else has, from one that may be taken."""
        free, number = name, 0
        while free in self._taken:
            number += 1
            free = f"{name}_{number}"
        self._taken.add(free)
        return free

    def op(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        """Adds a node and returns the name of its output, or a list of names if it has several."""
        self.uses_ml |= attributes.get("domain") == ML
        name = self.take("/".join((*self.scope, kind)))
        made = [self.take(f"{name}:{i}") for i in range(outputs)]
        self.nodes.append(self._onnx.helper.make_node(kind, list(inputs), made, name=name, **attributes))
        return made[0] if outputs == 1 else made

    def output(self, value: str, name: str) -> None:
        """Gives a tensor the name of an output."""
        self.nodes.append(self._onnx.helper.make_node("Identity", [value], [name], name=self.take(f"{name}/Identity")))

    def constant(self, value: Any, dtype: str = "float32", name: str = "constant") -> str:
        """An array in the file; equal ones are kept once."""
        array = np.ascontiguousarray(np.asarray(value).astype(dtype))
        array = array.reshape(np.shape(value))  # `ascontiguousarray` gives single numbers an axis
        key = (array.dtype.str, array.shape, hashlib.sha256(array.tobytes()).digest())
        if key not in self._constants:
            self._bytes += array.nbytes
            if self._bytes > _MOST_BYTES:
                raise NotInOnnx("the weights take more than 2 GB, which one ONNX file cannot hold")
            self._constants[key] = self.take("/".join((*self.scope, name)))
            self.initializers.append(self._onnx.numpy_helper.from_array(array, self._constants[key]))
        return self._constants[key]

    def kept(self, value: Any, name: str = "constant") -> str:
        """An array of the model, in the file as small as it was, in the graph as its dtype is held."""
        own, new = value.dtype.name, held(value.dtype)
        if own not in ("float16", "int8", "int16", "uint8", "uint16"):
            return self.constant(np.asarray(value), new, name)
        return self.cast(self.constant(np.asarray(value), own, name), new)

    def integers(self, *values: int) -> str:
        """A vector of integers, as shapes and axes are given."""
        return self.constant(np.array(values, "int64").reshape(len(values)), "int64", "integers")

    def cast(self, x: str, dtype: str) -> str:
        """A tensor in another dtype."""
        return self.op("Cast", x, to=self.dtype(dtype))

    def dtype(self, name: str) -> int:
        """The number by which ONNX knows a dtype."""
        kind = np.dtype(object if name == "string" else name)
        return self._onnx.helper.np_dtype_to_tensor_dtype(kind)

    def transposed(self, x: str, order: Any) -> str:
        """The axes in another order."""
        order = list(order)
        return x if order == sorted(order) else self.op("Transpose", x, perm=order)

    def reshaped(self, x: str, shape: Sequence[Any]) -> str:
        """The elements in another shape, of which one size may be computed from the others."""
        unknown = [i for i, n in enumerate(shape) if is_size(n)]
        if len(unknown) == 1 and 0 not in shape:
            return self.op("Reshape", x, self.integers(*(-1 if i in unknown else n for i, n in enumerate(shape))))
        return self.op("Reshape", x, self.sizes(shape), allowzero=1)

    # --- sizes that are not known

    def measured(self, name: str, shape: Sequence[Any], together: bool = False) -> tuple:
        """The shape of a tensor with a symbol for every None, whose value that axis gives.

        The batch is the same everywhere, and so is each other axis if `together`.
        """
        found = []
        for axis, size in enumerate(shape):
            if size is None:
                size = self.symbols.symbol("batch" if axis == 0 else f"length_{axis}" if together else None)
                self._axes.setdefault(str(size), (name, axis))
            found.append(size)
        return tuple(found)

    def size(self, size: Any) -> str:
        """A vector with one size."""
        return self._computed(ast.parse(str(size).replace("^", "**"), mode="eval").body)

    def sizes(self, sizes: Sequence[Any]) -> str:
        """A vector of sizes, of which some may not be known."""
        if not any(is_size(n) for n in sizes):
            return self.integers(*sizes)
        return self.op("Concat", *(self.size(n) for n in sizes), axis=0)

    def _computed(self, term: ast.expr) -> str:
        text = ast.unparse(term)
        if text not in self._measured:
            self._measured[text] = self._arithmetic(term)
        return self._measured[text]

    def _arithmetic(self, term: ast.expr) -> str:
        match term:
            case ast.Constant(value=int(number)):
                return self.integers(number)
            case ast.Name(id=name):
                tensor, axis = self._axes[name]
                with self.in_main():
                    return self.op("Shape", tensor, start=axis, end=axis + 1)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._of_sizes("Neg", operand)
            case ast.BinOp(left=left, op=operator, right=right):
                return self._of_sizes(_ARITHMETIC[type(operator)], left, right)
            case ast.Call(func=ast.Name(id="floordiv"), args=[one, other]):
                # whole numbers are divided towards zero, but what remains has the sign of the divisor
                with self.in_main():
                    one_name, other_name = self._computed(one), self._computed(other)
                    whole = self.op("Sub", one_name, self.op("Mod", one_name, other_name))
                    return self.op("Div", whole, other_name)
            case ast.Call(func=ast.Name(id=name), args=terms) if name in _FUNCTIONS:
                return self._of_sizes(_FUNCTIONS[name], *terms)
        raise NotInOnnx(f"the size {ast.unparse(term)} cannot be computed in ONNX")

    def _of_sizes(self, kind: str, *terms: ast.expr) -> str:
        with self.in_main():
            return self.op(kind, *(self._computed(t) for t in terms))

    # --- graphs in the graph

    @contextlib.contextmanager
    def in_main(self) -> Iterator[None]:
        """While open, nodes go to the outermost graph, where all others see them."""
        before, self.nodes = self.nodes, self._main
        try:
            yield
        finally:
            self.nodes = before

    @contextlib.contextmanager
    def collecting(self) -> Iterator[list[Any]]:
        """While open, nodes go to a graph inside of the current one."""
        before, self.nodes = self.nodes, []
        try:
            yield self.nodes
        finally:
            self.nodes = before

    def graph(self, nodes: list[Any], inputs: list[tuple], outputs: list[tuple]) -> Any:
        """A graph inside of another; inputs and outputs are a name, the dtype that is held, the shape if it matters."""

        def described(name, dtype, shape=None):
            return self._onnx.helper.make_tensor_value_info(name, self.dtype(dtype), shape)

        listed = [[described(*one) for one in some] for some in (inputs, outputs)]
        return self._onnx.helper.make_graph(nodes, self.take("graph"), *listed)

    def used(self, outputs: list[str]) -> list[Any]:
        """The nodes that some output needs."""
        wanted, found = set(outputs), []
        for node in reversed(self.nodes):
            if wanted & set(node.output):
                found.append(node)
                wanted |= _read_by(node)
        self.initializers = [t for t in self.initializers if t.name in wanted]
        return found[::-1]


def _read_by(node: Any) -> set[str]:
    """Names that a node reads, those inside its graphs with them."""
    graphs = [a.g for a in node.attribute if a.HasField("g")]
    return set(node.input).union(*(_read_by(inner) for g in graphs for inner in g.node))


_ARITHMETIC = {ast.Add: "Add", ast.Sub: "Sub", ast.Mult: "Mul", ast.Pow: "Pow"}
_FUNCTIONS = {"mod": "Mod", "max": "Max", "min": "Min"}
