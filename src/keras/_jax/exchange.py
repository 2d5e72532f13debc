"""Batches that single processes have whole become arrays of which each process has its rows.

All processes call these functions together, in one order.
"""

from __future__ import annotations

import functools
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as Spec

from keras._core import processes
from keras._jax import placement


def possible() -> bool:
    """Whether the mesh has equally many devices of each process, which stand together."""
    owners = [device.process_index for device in _mesh().devices.reshape(-1)]
    return owners == np.repeat(np.arange(processes.count()), _each()).tolist()


def divides(rows: int) -> bool:
    """Whether `dealt` can take batches of so many rows."""
    return rows % (processes.count() * _each()) == 0


def dealt(batch: list[np.ndarray]) -> list[list[jax.Array]]:
    """The batches of all processes, in their order; every process gives one, all of the same shapes.

    Each process sends the others the rows that they compute, and nothing else.
    """
    count, each = processes.count(), _each()
    mesh = _mesh()
    where = NamedSharding(mesh, Spec("process", "local"))

    def given(x):
        # device `l` of this process sends to device `l` of all others: (process, local, rows) -> (local, process, rows)
        rows = x.reshape(count, each, -1, *x.shape[1:]).swapaxes(0, 1).reshape(1, *x.shape)
        return jax.make_array_from_process_local_data(where, rows, (count, *x.shape))

    ends = tuple(placement.current().data_sharding(x.shape) for x in batch)
    return _deal(mesh, ends)([given(x) for x in batch])


def from_one(process: int, batch: list[np.ndarray]) -> list[jax.Array]:
    """The batch of one process; the others give arrays of the same shapes, whatever is in them."""
    mesh = _mesh()
    where = NamedSharding(mesh, Spec("process"))

    def given(x):
        own = x if processes.number() == process else np.zeros_like(x)
        return jax.make_array_from_process_local_data(where, own[None], (processes.count(), *x.shape))

    current = placement.current()
    ends = tuple(current.data_sharding(() if len(x) % current.rows_divide_by else x.shape) for x in batch)
    return _sum(ends)([given(x) for x in batch])


def _mesh() -> Mesh:
    """(process, local): the devices of the distribution that is set."""
    devices = placement.current().data_sharding(()).mesh.devices
    count = processes.count()
    if devices.size % count:
        return Mesh(devices.reshape(1, -1), ("process", "local"))
    return Mesh(devices.reshape(count, -1), ("process", "local"))


def _each() -> int:
    return int(_mesh().shape["local"])


@functools.lru_cache(16)
def _deal(mesh: Mesh, ends: tuple) -> Any:
    def exchange(batch: list) -> list:
        return [jax.lax.all_to_all(x, "process", 1, 0, tiled=True) for x in batch]

    sent, taken = Spec("process", "local"), Spec(None, ("process", "local"))
    exchanged = jax.shard_map(exchange, mesh=mesh, in_specs=sent, out_specs=taken)

    def deal(batch: list) -> list:
        whole = exchanged(batch)
        return [[x[i] for x in whole] for i in range(mesh.shape["process"])]

    return jax.jit(deal, out_shardings=[list(ends)] * mesh.shape["process"])


@functools.lru_cache(16)
def _sum(ends: tuple) -> Any:
    def add(x: jax.Array) -> jax.Array:
        return x.any(0) if x.dtype == bool else x.sum(0, dtype=x.dtype)

    return jax.jit(lambda batch: [add(x) for x in batch], out_shardings=list(ends))
