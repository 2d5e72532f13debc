"""What masks meant before Keras 3, in layers that now read them in another way."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from keras import ops
from keras.legacy import era
from keras.legacy.backend._graph import operation


def teach(module: ModuleType) -> None:
    """Gives layers of `keras.layers` the masks of each era."""
    merge = module.Add.__mro__[1]
    for cls in (module.Multiply, module.Maximum.__mro__[1]):
        cls.combine_masked = _by_era(_combine_all, cls.combine_masked)
    merge.compute_mask = _by_era(_of_merged, merge.compute_mask)
    joined = module.Concatenate.compute_mask
    module.Concatenate.compute_mask = _by_era(_of_joined(joined), joined)
    module.TimeDistributed.compute_mask = _by_era(_of_steps, module.TimeDistributed.compute_mask, "2.2")


def _by_era(older: Callable, today: Callable, since: str = "0.3") -> Callable:
    """A method that is `older` from a release on until Keras 3."""

    @functools.wraps(today)
    def method(self, *args, **kwargs):
        holds = era.before("3") and not era.before(since)
        return (older if holds else today)(self, *args, **kwargs)

    return method


def _combine_all(self, inputs: Any, masks: Any) -> Any:
    """Elements that a mask leaves out took part like all others."""
    return functools.reduce(self.combine, inputs)


def _of_merged(self, inputs: Any, mask: Any = None) -> Any:
    """True where all masks are; inputs without one did not count."""
    present = [m for m in mask or () if m is not None]
    return functools.reduce(ops.logical_and, present) if present else None


def _of_joined(today: Callable) -> Callable:
    """Along the last axis, true where all masks are; along others as today."""

    def method(self, inputs: Any, mask: Any = None) -> Any:
        along_features = self.axis % inputs[0].ndim == inputs[0].ndim - 1
        return (_of_merged if along_features else today)(self, inputs, mask)

    return method


def _of_steps(self, inputs: Any, mask: Any = None, previous_mask: Any = None) -> Any:
    """What the layer inside `TimeDistributed` makes of each step; if nothing, steps that are not wholly left out.

    Raises:
        TypeError: the layer inside does not support masking and gets a mask.
    """
    previous_mask = mask if previous_mask is None else previous_mask
    of_rows = None if previous_mask is None else _rows(previous_mask)
    if of_rows is not None and not self.layer.supports_masking:
        raise TypeError(
            f"{self.name}: {self.layer.name} ({type(self.layer).__name__}) does not support masking, but got a mask."
        )
    found = self.layer.compute_mask(_rows(inputs), of_rows)
    if found is not None:
        return previous_mask if found is of_rows else _steps(found, inputs)
    if previous_mask is None:
        return None
    return ops.any(previous_mask, axis=tuple(range(2, previous_mask.ndim)))


@operation
def _rows(x: Any) -> Any:
    """(batch, time, ...) -> (batch * time, ...)"""
    return ops.reshape(x, (-1, *x.shape[2:]))


@operation
def _steps(x: Any, inputs: Any) -> Any:
    """(batch * time, ...) -> (batch, time, ...), as `inputs` has them."""
    return ops.reshape(x, (-1, inputs.shape[1], *x.shape[1:]))
