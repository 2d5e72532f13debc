"""What a function does, step by step, for those who write programs of other kinds."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import jax
from jax import export as jax_export

from keras._core import tree
from keras._jax import pure
from keras._jax.kernels import onednn
from keras._jax.variable import Variable


class Sizes:
    """Symbols for sizes that are not known, which all tensors of one program share."""

    def __init__(self):
        self._scope = jax_export.SymbolicScope()
        self._numbers = itertools.count()

    def symbol(self, name: str | None = None) -> Any:
        """A size that is not known; without a name it is a new one."""
        (size,) = jax_export.symbolic_shape(name or f"size_{next(self._numbers)}", scope=self._scope)
        return size

    @staticmethod
    def place(shape: Sequence[Any], dtype: Any) -> Any:
        """A tensor without values."""
        return jax.ShapeDtypeStruct(tuple(shape), dtype)


class Traced(NamedTuple):
    """A function as steps.

    Attributes:
        jaxpr: the steps; `invars` are the tensors given, `outvars` those returned, then their masks.
        constants: values of `jaxpr.constvars`.
        outputs: what the function returns, with places (with `shape` and `dtype`) for tensors.
        masked: for every output, whether a mask stands among the `outvars`.
    """

    jaxpr: Any
    constants: list[Any]
    outputs: Any
    masked: list[bool]


class Assigns(ValueError):
    """The function assigns variables, which a program that computes outputs cannot do."""


def steps_of(function: Callable, tensors: Sequence[Any], masks: Sequence[Any]) -> Traced:
    """Traces `function(tensors)`.

    Args:
        function: takes a list of arrays.
        tensors: (shape, dtype) of each; sizes may be symbols.
        masks: the same of the masks that travel with them; None for those without.

    Raises:
        Assigns: it assigns variables.
    """
    returned: list[Any] = []
    masked: list[bool] = []

    def run(tensors, masks):
        with pure.Scope() as scope:
            # an array is told by its identity: the same one given twice stays two
            tensors = [jax.numpy.array(x, copy=True) if m is not None else x for x, m in zip(tensors, masks)]
            for tensor, mask in zip(tensors, masks):
                if mask is not None:
                    pure.put_mask(tensor, mask)
            outputs = function(tensors)
            if scope.written:
                raise Assigns(f"it assigns {', '.join(v.path for v in scope.written.values())} when it is called")
            arrays = [jax.numpy.asarray(x) for x in tree.leaves(outputs)]
            found = [pure.find_mask(x) for x in tree.leaves(outputs)]
            returned.append(outputs)
            masked.extend(m is not None for m in found)
            return arrays, [m for m in found if m is not None]

    def place(described):
        return None if described is None else Sizes.place(*described)

    with onednn.avoided():
        closed = jax.make_jaxpr(run)([place(x) for x in tensors], [place(x) for x in masks])
    places = [v.aval for v in closed.jaxpr.outvars[: len(masked)]]
    return Traced(closed.jaxpr, list(closed.consts), tree.pack_like(returned[0], places), masked)


def names_of(variables: Iterable[Variable]) -> dict[int, str]:
    """The paths of variables by the identity of their values."""
    return {id(v.own_value()): v.path for v in variables}


def is_size(x: Any) -> bool:
    """Whether a size is a symbol, or computed from symbols."""
    return jax_export.is_symbolic_dim(x)
