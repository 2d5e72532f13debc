"""Optimizers written for tf.keras until 2.10: settings by name, steps per variable, and what prepares them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from keras import ops
from keras.legacy import era


class _Setting:
    """An attribute for what `_set_hyper` of a class keeps."""

    def __init__(self, name: str):
        self.name = name

    def __get__(self, owner: Any, cls: type | None = None) -> Any:
        return self if owner is None else owner._get_hyper(self.name)

    def __set__(self, owner: Any, value: Any) -> None:
        owner._set_hyper(self.name, value)


def offer_setting(optimizer: Any, name: str) -> None:
    """Lets `optimizer.beta_1` be what its class keeps by `_set_hyper("beta_1", value)`."""
    if not hasattr(type(optimizer), name):
        setattr(type(optimizer), name, _Setting(name))


def _prepare(self, var_list):
    """What steps on some variables have in common, for each device and dtype."""
    state: dict = {}
    for place in {(getattr(v, "device", ""), getattr(v.dtype, "base_dtype", v.dtype)) for v in var_list}:
        state[place] = {}
        self._prepare_local(*place, state)
    return state


def _prepare_local(self, var_device, var_dtype, apply_state):
    apply_state[(var_device, var_dtype)]["lr_t"] = ops.convert_to_tensor(self._decayed_lr(var_dtype))


def _fallback_apply_state(self, var_device, var_dtype):
    state: dict = {(var_device, var_dtype): {}}
    self._prepare_local(var_device, var_dtype, state)
    return state[(var_device, var_dtype)]


def _create_slots(self, var_list):
    self.build(var_list)


def _resource_apply_dense(self, grad, var, apply_state=None):
    """The step of a class of today, for those around it and below it."""
    self.build([var])
    written = (vars(c).get("update_step") for c in type(self).__mro__)
    next(f for f in written if f not in (None, update_step))(self, grad, var, self._rate_now())


def update_step(self, gradient, variable, learning_rate):
    """What `_resource_apply_dense` of the class does."""
    more = {}
    if "apply_state" in self._resource_apply_dense.__code__.co_varnames:
        more["apply_state"] = self._prepare([variable])
    self._resource_apply_dense(gradient, variable, **more)


def apply_by_pairs(cls: type) -> None:
    """Lets `fit` call `apply_gradients` that a class has written, as in tf.keras."""
    apply: Callable = cls.apply  # type: ignore[attr-defined]

    @functools.wraps(apply)
    def apply_written(self, grads, trainable_variables=None):
        if trainable_variables is None or "_applies" in vars(self) or not era.of_tf_keras():
            return apply(self, grads, trainable_variables)
        object.__setattr__(self, "_applies", True)
        try:
            return self.apply_gradients(zip(grads, trainable_variables))
        finally:
            object.__delattr__(self, "_applies")

    cls.apply = apply_written  # type: ignore[attr-defined]
    cls.elementwise = False  # type: ignore[attr-defined]


METHODS = {
    "_use_locking": True, "_prepare": _prepare, "_prepare_local": _prepare_local, "_create_slots": _create_slots,
    "_create_hypers": lambda self: None, "_fallback_apply_state": _fallback_apply_state,
    "_resource_apply_dense": _resource_apply_dense,
}  # fmt: skip
