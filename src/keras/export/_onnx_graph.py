"""An ONNX graph while it is written: nodes, weights and names."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

MISSING = "ONNX files need the package `onnx`: pip install kerata[onnx]"
_MOST_BYTES = 2**31 - 2**20  # what one protobuf message can hold, and room for the nodes


class NotInOnnx(ValueError):
    """Something in a model that cannot be written."""


class Value(NamedTuple):
    """A tensor of the graph.

    Attributes:
        name: its name in the file.
        shape: sizes of its axes; None for those that are not known.
        dtype: the name of its dtype.
        masked: whether a mask travels with it in the model.
    """

    name: str
    shape: tuple
    dtype: str = "float32"
    masked: bool = False

    @property
    def rank(self) -> int:
        """How many axes it has."""
        return len(self.shape)


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
        self._scope: tuple[str, ...] = ()

    @contextlib.contextmanager
    def inside(self, name: str) -> Iterator[None]:
        """While open, names begin with that of a layer."""
        before, self._scope = self._scope, (*self._scope, name)
        try:
            yield
        finally:
            self._scope = before

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
        name = self.take("/".join((*self._scope, kind)))
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
            self._constants[key] = self.take("/".join((*self._scope, name)))
            self.initializers.append(self._onnx.numpy_helper.from_array(array, self._constants[key]))
        return self._constants[key]

    def integers(self, *values: int) -> str:
        """A vector of integers, as shapes and axes are given."""
        return self.constant(np.array(values, "int64").reshape(len(values)), "int64", "integers")

    def cast(self, x: str, dtype: str) -> str:
        """A tensor in another dtype."""
        return self.op("Cast", x, to=self.dtype(dtype))

    def dtype(self, name: str) -> int:
        """The number by which ONNX knows a dtype."""
        return self._onnx.helper.np_dtype_to_tensor_dtype(np.dtype(name))

    def transposed(self, x: str, order: Any) -> str:
        """The axes in another order."""
        order = list(order)
        return x if order == sorted(order) else self.op("Transpose", x, perm=order)
