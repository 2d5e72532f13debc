"""Values that remember which call made them out of what, and gradients by making the calls once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from keras._core.recording import recording
from keras._jax.numpy_arithmetic import equal
from keras._jax.op import cast
from keras._jax.operators import METHODS
from keras._jax.variable import Variable

CAPTURED = (
    "GradientTape: a function that a layer or an operation calls uses a value from outside that a tape watches, "
    "so its gradient would be lost.\n  Hand the value over as an argument."
)


class Taped:
    """An array that remembers how it was made. JAX does not know it, so nothing is computed with it unnoticed.

    Args:
        value: the array.
        node: the call that made it, None if it stands at the beginning.
        index: which of the call's outputs it is.
        variable: the variable that was read, if it was one.
    """

    __array_ufunc__ = None  # NumPy leaves `array + taped` to `__radd__`
    __hash__ = object.__hash__

    def __init__(self, value: Any, node: Node | None = None, index: int = 0, variable: Variable | None = None):
        self.value = value
        self.node = node
        self.index = index
        self.variable = variable
        self._keras_mask: Any = None

    shape = property(lambda self: self.value.shape)
    dtype = property(lambda self: self.value.dtype)
    ndim = property(lambda self: self.value.ndim)
    size = property(lambda self: self.value.size)

    def plain(self) -> Any:
        """The array, for looking at it."""
        if recording.in_call and type(self) is Taped:
            raise TypeError(CAPTURED)
        return self.value

    def numpy(self) -> np.ndarray:
        """The value as a NumPy array."""
        return np.array(self.plain())

    def item(self) -> Any:
        """The only element as a Python number."""
        return self.plain().item()

    def astype(self, dtype: Any) -> Any:
        """The same in another dtype."""
        return cast(self, dtype)

    def __eq__(self, other):
        return equal(self, other)

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return np.asarray(self.plain(), dtype=dtype)

    def __float__(self) -> float:
        return float(self.plain())

    def __int__(self) -> int:
        return int(self.plain())

    def __bool__(self) -> bool:
        return bool(self.plain())

    def __format__(self, spec: str) -> str:
        return format(self.plain(), spec)

    def __len__(self) -> int:
        return int(self.value.shape[0])

    def __iter__(self) -> Iterator:
        return (self[i] for i in range(len(self)))  # type: ignore[index]

    def __repr__(self) -> str:
        return repr(self.value)


for _name, _method in METHODS.items():
    setattr(Taped, _name, _method)


class Settled(Taped):
    """What a taped value becomes when the tape is closed: an array like others."""

    def __jax_array__(self) -> Any:
        return self.value

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        values = [np.asarray(x) if isinstance(x, Settled) else x for x in inputs]
        return getattr(ufunc, method)(*values, **kwargs)


class Node:
    """One call: a function from the values of `inputs` to a list of the values of its outputs."""

    def __init__(self, function: Callable[[list], list], inputs: list[Taped]):
        self.function = function
        self.inputs = inputs


def ancestors(targets: Sequence[Taped]) -> list[Taped]:
    """The targets and all that they are made of; what something is made of comes before it."""
    order: list[Taped] = []
    seen: set[int] = set()
    stack = [(x, False) for x in targets]
    while stack:
        x, is_done = stack.pop()
        if is_done:
            order.append(x)
        elif id(x) not in seen:
            seen.add(id(x))
            stack.append((x, True))
            stack.extend((i, False) for i in (x.node.inputs if x.node is not None else ()))
    return order


def gradient_function(
    targets: Sequence[Taped], scales: Sequence[Any], sources: Sequence[Taped], order: list[Taped]
) -> tuple[Callable[[list], list], list[Taped]]:
    """A function that makes the calls between sources and targets once more and returns the gradients by the sources.

    It takes the values of the second result: those that the calls start from. So it can be noted itself.
    """
    numbers = {id(x): i for i, x in enumerate(sources)}
    touched = set(numbers)
    nodes: dict[int, Node] = {}
    for x in order:
        if x.node is not None and any(id(i) in touched for i in x.node.inputs):
            touched.add(id(x))
            nodes[id(x.node)] = x.node
    needed = [*sources, *(i for node in nodes.values() for i in node.inputs)]
    edge = list({id(x): x for x in needed if x.node is None or id(x.node) not in nodes}.values())
    ends = [(x, scale) for x, scale in zip(targets, scales) if id(x) in touched]

    def gradients(start: list) -> list:
        known = dict(zip(map(id, edge), start))

        def total(shifts: list) -> Any:
            made: dict[int, list] = {}

            def value_of(x: Taped) -> Any:
                value = known[id(x)] if id(x) in known else made[id(x.node)][x.index]
                # a source that is made of another counts for that one too
                return value + shifts[numbers[id(x)]] if id(x) in numbers else value

            for key, node in nodes.items():
                made[key] = node.function([value_of(x) for x in node.inputs])
            found = [value_of(x) for x, _ in ends]
            return sum(jnp.sum(x if scale is None else x * scale) for x, (_, scale) in zip(found, ends))

        return jax.grad(total)([jnp.zeros_like(x.value) for x in sources])

    return gradients, edge
