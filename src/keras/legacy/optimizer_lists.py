"""`get_weights`, `set_weights`, `weights` and `get_config` of optimizers in the forms of their years.

Until tf.keras 2.10 the rate was no weight, and slots of one kind stood together; what stood beside them differed from
class to class. The variables are those of today.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from keras._jax.variable import Variable
from keras.legacy import era
from keras.legacy.slots import kinds_of
from keras.legacy.told_config import Told
from keras.legacy.written_arrays import WITHOUT_COUNT


class _State(NamedTuple):
    """What an optimizer remembers."""

    steps: Variable
    alone: list[Variable]  # those that are kept for no weight
    slots: list[Variable]  # kind by kind


def _state(optimizer: Any) -> _State | None:
    """What it remembers, or None where that has no older form: a class of one's own, averages, accumulators."""
    count = len(optimizer._trainable_variables)
    own = [v for v in optimizer.variables if v is not optimizer._learning_rate]
    ends = ("_average", "_gradient_accumulator")
    if not count or not type(optimizer).__module__.startswith("keras.") or own[0] is not optimizer._iterations:
        return None
    names = {v.path.replace("/", "_") for v in optimizer._trainable_variables}
    slots = [v for v in own[1:] if any(v.own_name.startswith(f"{name}_") for name in names)]
    if len(slots) % count or any(v.own_name.endswith(ends) for v in slots):
        return None
    # those of `Ftrl` stood weight by weight already then
    kinds = kinds_of(slots, count) if slots and type(optimizer).__name__ != "Ftrl" else [0] * len(slots)
    ordered = [v for kind in sorted(set(kinds)) for v, other in zip(slots, kinds) if other == kind]
    return _State(own[0], [v for v in own[1:] if not any(v is slot for slot in slots)], ordered)


def _listed(optimizer: Any) -> list[Variable | np.ndarray] | None:
    """The variables as the year listed them, and arrays for what it listed without there being anything of it here."""
    state = _state(optimizer) if era.before("tf2.11") else None
    if state is None:
        return None
    kind, trained = _class_of(optimizer), optimizer._trainable_variables
    slots: list[Variable | np.ndarray] = [*state.slots]
    if era.before("tf2.0"):
        if kind == "SGD" and not slots:  # steps that were made without a momentum were remembered as well
            slots = _kept_for_lists(optimizer, [tuple(v.shape) for v in trained])
        if kind == "Adam" and not optimizer.amsgrad and not era.before("2.2"):
            slots += _kept_for_lists(optimizer, [(1,) for _ in trained])
    if era.before("2.0"):
        return slots if kind in WITHOUT_COUNT else [state.steps, *slots]
    return [state.steps, *state.alone, *slots]


_kept: weakref.WeakKeyDictionary[Any, list[np.ndarray]] = weakref.WeakKeyDictionary()


def _kept_for_lists(optimizer: Any, shapes: list[tuple]) -> list[np.ndarray]:
    """Arrays that nothing reads but lists: zeros, or what a list had in their place."""
    arrays = _kept.get(optimizer)
    if arrays is None:
        arrays = _kept[optimizer] = [np.zeros(shape, "float32") for shape in shapes]
    return arrays


def _class_of(optimizer: Any) -> str:
    return type(optimizer).__name__.removeprefix("Scheduled")


def weights(optimizer: Any) -> list[Variable] | None:
    """The variables among them; None where today's order holds."""
    if era.before("tf2.11") and not optimizer.built:
        return []
    found = _listed(optimizer)
    return None if found is None else [v for v in found if isinstance(v, Variable)]


def get_weights(function: Callable) -> Callable:
    """`Optimizer.get_weights`."""

    def get_weights(self):
        """The values of the variables, as NumPy arrays."""
        if vars(self).get("_listed_weights"):
            return function(self)
        if era.before("tf2.11") and not self.built:
            return []
        found = _listed(self)
        if found is None:
            return function(self)
        return [v.numpy() if isinstance(v, Variable) else v.copy() for v in found]

    return get_weights


def set_weights(function: Callable, self, given) -> None:
    """`Optimizer.set_weights`, which takes the list of the year, or that of `weights`, or today's."""
    given = list(given)
    for places in (_listed(self), weights(self)) if self.built else ():
        if places is not None and _fit(given, places):
            for place, value in zip(places, given):
                if isinstance(place, Variable):
                    place.assign(value)
                else:
                    place[...] = value
            return
    function(self, given)


def _fit(given: list, places: list) -> bool:
    return len(given) == len(places) and all(np.shape(a) == tuple(b.shape) for a, b in zip(given, places))


class ToldSettings(Told):
    """A config of today, in which `lr` and `decay` are found where programs of former years look for them."""

    def __missing__(self, name: str) -> Any:
        rate = dict.__getitem__(self, "learning_rate") if name in ("lr", "decay") else None
        if rate is None:
            raise KeyError(name)
        about = rate["config"] if isinstance(rate, dict) else {}
        if name == "decay":
            return float(about.get("decay_rate", 0.0))
        return about.get("initial_learning_rate", rate)


def get_config(function: Callable, self) -> dict:
    """`get_config` of what has a rate."""
    found = function(self)
    return ToldSettings(found) if "learning_rate" in found and era.before("3") else found
