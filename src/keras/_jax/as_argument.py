"""Variables as arguments of JAX's own functions."""

from __future__ import annotations

from typing import Any

import jax

try:
    from jax._src import core, dtypes
    from jax._src.interpreters import pxla

    _avals: dict | None = core.pytype_aval_mappings
    _shards: dict = pxla.shard_arg_handlers
    _register = dtypes.register_canonicalize_value_handler
except (ImportError, AttributeError):  # not public: where JAX has moved them, it refuses variables and says what to do
    _avals = None


def let_jax_take(cls: type) -> None:
    """Lets `jax.jit`, `jax.grad` and the like take a class with a `value` where they take arrays.

    JAX did so by itself for classes with `__jax_array__` while Keras 3 was young, and training loops of one's own
    begin with `state = model.trainable_variables, ...`.
    """
    if _avals is None:
        return
    _avals[cls] = lambda variable: jax.typeof(variable.value)
    _register(cls, lambda variable, *settings: variable.value)
    _shards[cls] = _shard


def _shard(variables: list, *settings: Any) -> Any:
    values = [variable.value for variable in variables]
    return _shards[type(values[0])](values, *settings)
