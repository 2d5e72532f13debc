"""Settings of optimizers that are tensors: until tf.keras programs put them in the place of a rate or a momentum.

Optimizers around others did so, to add gradients up or to give layers rates of their own. The tensors hold while a step
is made; what `get_updates` put there holds for that step alone, as it runs again for the next.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from keras import KerasTensor, ops
from keras._jax import pure
from keras._jax.number import Number, OneMinus
from keras._jax.variable import Variable
from keras.legacy import era, made_once
from keras.legacy.loss_of_now import value_of
from keras.legacy.wrapping import wrap

_RATE = "learning_rate"


def teach(optimizer: type) -> None:
    """Lets the rate and the numbers of optimizers be tensors."""
    rate = optimizer.learning_rate  # type: ignore[attr-defined]

    def get(self):
        found = _tensor_of(self, _RATE)
        return rate.fget(self) if found is None else found

    def set(self, value):
        if value is self._learning_rate:
            _forget(self, _RATE)
        elif _is_tensor(value):
            _put(self, _RATE, value)
        elif isinstance(value, Variable) and not self.built and era.before("tf2.0"):
            # one rate for both, which `K.set_value` changes wherever it is found
            self._variables = [v for v in self.variables if v is not self._learning_rate]
            self._learning_rate = value
        else:
            _forget(self, _RATE)
            rate.fset(self, value)

    optimizer.learning_rate = property(get, set, doc=rate.__doc__)  # type: ignore[attr-defined]
    wrap(Number, "__set__", _set_number)
    for kind in (Number, OneMinus):
        kind.__get__ = _with_tensors(kind.__get__)  # type: ignore[method-assign]


def _with_tensors(read: Callable) -> Callable:
    @functools.wraps(read)
    def __get__(self, owner, cls=None):
        other = self.other if isinstance(self, OneMinus) else None
        found = None if owner is None else _tensor_of(owner, other or self.name)
        if found is None:
            return read(self, owner, cls)
        return 1 - found if other else found

    return __get__


def _set_number(function: Callable, self: Number, owner: Any, value: Any) -> None:
    if _is_tensor(value):
        _put(owner, self.name, value)
    else:
        _forget(owner, self.name)
        function(self, owner, value)


def _is_tensor(value: Any) -> bool:
    if isinstance(value, KerasTensor):
        return True
    return made_once.is_open() and hasattr(value, "shape") and not isinstance(value, Variable)


_of_a_step: list[tuple[Any, str]] = []


def _put(owner: Any, name: str, value: Any) -> None:
    vars(owner).setdefault("_tensors", {})[name] = value
    if made_once.is_open():
        _of_a_step.append((owner, name))


def _forget(owner: Any, name: str) -> None:
    vars(owner).get("_tensors", {}).pop(name, None)


def forget_those_of_the_step() -> None:
    """Ends what `get_updates` set."""
    while _of_a_step:
        _forget(*_of_a_step.pop())


def _tensor_of(owner: Any, name: str) -> Any:
    """The value of a setting that is a tensor, while a step is made."""
    found = vars(owner).get("_tensors", {}).get(name) if pure.in_scope() else None
    return None if found is None else ops.convert_to_tensor(value_of(found))
