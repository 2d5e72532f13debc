"""Where values live when a distribution over several devices is set.

A distribution is an object with `variable_sharding(variable)` and `data_sharding(shape)`, each a sharding of JAX.
Without one, nothing here changes anything.
"""

from __future__ import annotations

from typing import Any

import jax

_current: Any = None
_times_set = 0


def current() -> Any:
    """The distribution that is set, or None."""
    return _current


def put(distribution: Any) -> None:
    """Sets another one, None for a single device."""
    global _current, _times_set
    _current = distribution
    _times_set += 1


def version() -> int:
    """Another number whenever a distribution was set."""
    return _times_set


def key() -> Any:
    """What programs depend on: two distributions with equal keys place everything alike."""
    return None if _current is None else _current.__fingerprint__(lambda x: x)


def placed(variable: Any, value: jax.Array) -> jax.Array:
    """The value of a variable, on the devices it belongs to."""
    if _current is not None:
        return jax.device_put(value, _current.variable_sharding(variable))
    if _times_set and len(value.devices()) > 1:  # what an earlier distribution divided
        return jax.device_put(value, jax.devices()[0])
    return value


def everywhere(value: Any) -> jax.Array:
    """A whole copy on every device of the distribution."""
    return jax.device_put(value, _current.data_sharding(()))


def all_kept(variables: list[Any], values: list[Any]) -> list[Any]:
    """In a program: the new values of variables stay on the devices where the old ones were."""
    if _current is None:
        return values
    return [
        jax.lax.with_sharding_constraint(value, _current.variable_sharding(v)) for v, value in zip(variables, values)
    ]


def split(batch: Any) -> Any:
    """In a program: the rows of a batch are divided among the devices, where they can be divided evenly."""
    if _current is None:
        return batch
    return jax.tree.map(_split_rows, batch)


def _split_rows(x: Any) -> Any:
    if not getattr(x, "ndim", 0) or x.shape[0] % _current.rows_divide_by:
        return x
    return jax.lax.with_sharding_constraint(x, _current.data_sharding(x.shape))
