"""`get_weights` and `set_weights` with the arrays of the program's year.

Until 2.0 a recurrent layer had an array for each gate unless it was to consume less on a 'gpu', kernels of convolutions
had the axes of their `dim_ordering`, and a convolution along one axis had a second one of length 1. Until tf.keras a
model within a model listed what is trained first. The variables are those of today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from keras.legacy import era
from keras.legacy.arrays import GATES_OF_1, kernel_for_1
from keras.saving._older_layout import weights_in_order


class _Group(NamedTuple):
    """Variables that belong together, and the layer whose kernels they are, if they were kept otherwise."""

    variables: list[Any]
    layer: Any = None
    gates: tuple[int, ...] = ()

    def then(self, arrays: list[np.ndarray]) -> list[np.ndarray]:
        """Arrays as the year had them."""
        if self.layer is None:
            return arrays
        if not self.gates:
            return [kernel_for_1(self.layer, arrays[0])]
        parts = [np.split(array, len(self.gates), axis=-1) for array in arrays]
        return [self._turned(parts[kind][gate]) for gate in self.gates for kind in range(len(parts))]

    def now(self, arrays: list[np.ndarray]) -> list[np.ndarray]:
        """Arrays of the year as today's variables take them."""
        if self.layer is None:
            return arrays
        if not self.gates:
            return [self._turned_back(arrays[0])]
        kinds = len(self.variables)
        places = [self.gates.index(gate) for gate in range(len(self.gates))]
        return [
            np.concatenate([self._turned_back(arrays[kinds * place + kind]) for place in places], axis=-1)
            for kind in range(kinds)
        ]

    @property
    def count(self) -> int:
        return len(self.variables) * max(len(self.gates), 1)

    def _turned(self, array: np.ndarray) -> np.ndarray:
        return kernel_for_1(self.layer, array) if array.ndim > 2 else array

    def _turned_back(self, array: np.ndarray) -> np.ndarray:
        array = np.asarray(array)
        if array.ndim < 3:
            return array
        axes = kernel_for_1(self.layer, np.arange(array.size).reshape(self._today(array)))
        if axes.shape != array.shape:
            raise ValueError(
                f"{self.layer.name}: a kernel has shape {axes.shape}, but set_weights() got {array.shape}."
            )
        found = np.empty(array.size, array.dtype)
        found[axes.ravel()] = array.ravel()
        return found.reshape(self._today(array))

    def _today(self, array: np.ndarray) -> tuple[int, ...]:
        shapes = [tuple(v.shape) for v in self.variables if len(v.shape) > 2]
        if self.gates:
            shapes = [(*shape[:-1], shape[-1] // len(self.gates)) for shape in shapes]
        return next((shape for shape in shapes if int(np.prod(shape)) == array.size), shapes[0])


def get_weights(function: Callable, self) -> list[np.ndarray]:
    """`Layer.get_weights`."""
    if not era.before("tf2.0"):
        return function(self)
    return [array for group in _groups(self) for array in group.then([v.numpy() for v in group.variables])]


def set_weights(function: Callable, self, weights) -> None:
    """`Layer.set_weights`, which takes arrays for each gate in any year."""
    weights = list(weights)
    today = self.weights
    fits = len(weights) == len(today) and all(np.shape(w) == tuple(v.shape) for w, v in zip(weights, today))
    groups = _groups(self, era.before("2.0") or len(weights) != len(today))
    if not era.before("tf2.0") and (fits or sum(group.count for group in groups) != len(weights)):
        return function(self, weights)
    ordered = [v for group in groups for v in group.variables]
    if sum(group.count for group in groups) != len(weights):
        if not fits:
            count = sum(group.count for group in groups)
            raise ValueError(
                f"{self.name} has {count} weights in Keras {era.current()}, but set_weights() got {len(weights)}."
            )
        groups = [_Group([v]) for v in today]  # arrays of a later year
        ordered = today
    given = iter(weights)
    values = [array for group in groups for array in group.now([next(given) for _ in range(group.count)])]
    of = {id(v): value for v, value in zip(ordered, values)}
    return function(self, [of[id(v)] for v in today])


def _groups(layer: Any, as_in_1: bool | None = None) -> list[_Group]:
    variables = _in_order(layer)
    if as_in_1 is None:
        as_in_1 = era.before("2.0")
    found: dict[int, _Group] = {}
    for group in _kept_otherwise(layer) if as_in_1 else ():
        found.setdefault(id(group.variables[0]), group)  # that of a recurrent layer comes before that of its cell
    groups, done = [], set()
    for variable in variables:
        if id(variable) not in done:
            group = found.get(id(variable), _Group([variable]))
            done.update(map(id, group.variables))
            groups.append(group)
    return groups


def _in_order(layer: Any) -> list[Any]:
    """Variables in the order of `get_weights` until tf.keras."""
    found: dict[int, Any] = {}
    for part in getattr(layer, "layers", None) or [layer]:
        for variable in part.weights if part is layer else weights_in_order(part):
            found.setdefault(id(variable), variable)
    for variable in layer.weights:  # what a model has beside its layers
        found.setdefault(id(variable), variable)
    return list(found.values())


def _kept_otherwise(layer: Any) -> Iterator[_Group]:
    for inner in layer._flatten_layers():
        cell = getattr(inner, "cell", None)
        gates = GATES_OF_1.get(type(cell).__name__.removesuffix("Cell")) if cell is not None else None
        own = inner._own_variables()
        if gates and getattr(inner, "consume_less", "cpu") != "gpu":
            variables = [getattr(cell, name, None) for name in ("kernel", "recurrent_kernel", "bias")]
            if cell.bias is not None and len(cell.bias.shape) == 1:
                yield _Group(variables, inner, gates)
        elif own and len(own[0].shape) > 2 and _convolves(inner):
            yield _Group(own[:1], inner)


def _convolves(layer: Any) -> bool:
    local = type(layer).__name__.startswith("LocallyConnected")
    return hasattr(layer, "kernel_size") and hasattr(layer, "data_format") and not local
