"""Where values live when a distribution over several devices is set.

A distribution is an object with `variable_sharding(variable)` and `data_sharding(shape)`, each a sharding of JAX.
Without one, nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax

from keras._jax import processes

_current: Any = None
_times_set = 0
_spans = False


def current() -> Any:
    """The distribution that is set, or None."""
    return _current


def put(distribution: Any) -> None:
    """Sets another one, None for a single device."""
    global _current, _times_set, _spans
    _current = distribution
    _times_set += 1
    _spans = distribution is not None and not distribution.data_sharding(()).is_fully_addressable


def rows_divide_by() -> int:
    """Among how many devices rows are divided."""
    return 1 if _current is None else _current.rows_divide_by


def spans() -> bool:
    """Whether the distribution that is set has devices of other processes."""
    return _spans


def version() -> int:
    """Another number whenever a distribution was set."""
    return _times_set


def key() -> Any:
    """What programs depend on: two distributions with equal keys place everything alike."""
    return None if _current is None else _current.__fingerprint__(lambda x: x)


def placed(variable: Any, value: jax.Array) -> jax.Array:
    """The value of a variable, on the devices it belongs to."""
    if _current is not None:
        where = sharding_of(variable)
        return processes.spread(value, where) if _spans else jax.device_put(value, where)
    if variable.on_host:
        return to_host(variable, value)
    if _times_set and len(value.devices()) > 1:  # what an earlier distribution divided
        return jax.device_put(processes.whole(value), jax.local_devices()[0])
    return value


def sharding_of(variable: Any) -> jax.sharding.Sharding:
    """Where the distribution that is set wants a variable, and in which memory."""
    where = _current.variable_sharding(variable)
    return where.with_memory_kind(_HOST) if variable.on_host else where


# --- the host's memory


_HOST = "pinned_host"
NO_HOST_MEMORY = (
    "The device {device} cannot keep values in the host's memory. The kinds of memory that it can use: {kinds}.\n"
    "  To save memory elsewhere: keras.RematScope, gradient_accumulation_steps of the optimizer, or a distribution\n"
    "  that divides the optimizer's state."
)


def check_host_memory() -> None:
    """Raises ValueError where the devices cannot use the host's memory."""
    device = jax.devices()[0]
    kinds = sorted(memory.kind for memory in device.addressable_memories())
    if _HOST not in kinds:
        raise ValueError(NO_HOST_MEMORY.format(device=f"{device.platform}:{device.id}", kinds=", ".join(kinds)))


def is_on_host(value: Any) -> bool:
    """Whether an array is in the host's memory for devices to fetch."""
    return getattr(getattr(value, "sharding", None), "memory_kind", None) == _HOST


def to_host(variable: Any, value: jax.Array) -> jax.Array:
    """A value of a variable in the host's memory, also while tracing."""
    if isinstance(value, jax.core.Tracer):
        return jax.device_put(value, jax.memory.Space.Host)
    if _current is not None:
        return jax.device_put(value, sharding_of(variable))
    # a mesh of one device, as a shape with the sharding of a single device does not keep the kind of memory
    alone = jax.sharding.Mesh(list(value.devices())[:1], ("all",))
    return jax.device_put(value, jax.sharding.NamedSharding(alone, jax.sharding.PartitionSpec(), memory_kind=_HOST))


def to_device(value: jax.Array) -> jax.Array:
    """A value from the host's memory on its device, also while tracing."""
    if isinstance(value, jax.core.Tracer):
        return jax.device_put(value, jax.memory.Space.Device)
    return jax.device_put(value, value.sharding.with_memory_kind("device")) if is_on_host(value) else value


def everywhere(value: Any) -> jax.Array:
    """A whole copy on every device of the distribution; what is divided among processes already stays so."""
    if _spans:
        return value if not value.is_fully_addressable else processes.spread(value, _current.data_sharding(()))
    return jax.device_put(value, _current.data_sharding(()))


def all_kept(variables: list[Any], values: list[Any]) -> list[Any]:
    """In a program: the new values of variables stay on the devices where the old ones were."""
    if _current is None:
        return values
    return [jax.lax.with_sharding_constraint(value, sharding_of(v)) for v, value in zip(variables, values)]


def split(batch: Any) -> Any:
    """In a program: the rows of a batch are divided among the devices, where they can be divided evenly."""
    if _current is None:
        return batch
    return jax.tree.map(_split_rows, batch)


def _split_rows(x: Any) -> Any:
    if not getattr(x, "ndim", 0) or x.shape[0] % _current.rows_divide_by:
        return x
    return jax.lax.with_sharding_constraint(x, _current.data_sharding(x.shape))


def gathered(results: Any) -> Any:
    """In a program: what all processes read comes whole to each of them."""
    if not _spans:
        return results
    return jax.tree.map(lambda x: jax.lax.with_sharding_constraint(x, _current.data_sharding(())), results)


def from_rows(shape: tuple[int, ...], read: Callable) -> jax.Array:
    """An array of rows of which every process reads those alone that its devices take.

    Args:
        shape: of the whole array.
        read: `(index) -> array`: the part at an index, a tuple of slices.
    """
    if _current is None:
        return read((slice(None),) * len(shape))
    return jax.make_array_from_callback(shape, _where_rows_lie(shape), read)


def from_batches(shape: tuple[int, ...], read: Callable) -> jax.Array:
    """The same for batches that are joined along a first axis of their own, which is not divided.

    Without a distribution `read` gives all of it, in memory that is nobody else's.
    """
    where = where_batches_lie(shape)
    if where is None:
        return jax.device_put(read((slice(None),) * len(shape)))
    return jax.make_array_from_callback(shape, where, read)


def where_batches_lie(shape: tuple[int, ...]) -> jax.sharding.NamedSharding | None:
    """Where `from_batches` puts an array of a shape; None for where arrays are put."""
    if _current is None:
        return None
    rows = _where_rows_lie(shape[1:])
    return jax.sharding.NamedSharding(rows.mesh, jax.sharding.PartitionSpec(None, *rows.spec))


def _where_rows_lie(shape: tuple[int, ...]) -> jax.sharding.NamedSharding:
    return _current.data_sharding(shape if shape[0] % _current.rows_divide_by == 0 else ())


def from_own_rows(rows: Any) -> jax.Array:
    """An array of rows of which every process gives the part that its devices take."""
    return jax.make_array_from_process_local_data(_current.data_sharding(rows.shape), rows)
