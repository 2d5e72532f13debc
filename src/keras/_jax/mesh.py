"""Devices, meshes of them and shardings over those, by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

_ALIASES = {"cuda": "gpu"}


def device_names(kind: str | None = None) -> list[str]:
    """The names of the devices of a kind, of the fastest there is if None.

    Raises:
        RuntimeError: there is none.
    """
    return [f"{d.platform}:{d.id}" for d in jax.devices(None if kind is None else _ALIASES.get(kind, kind))]


def kinds() -> list[str]:
    """The kinds of the devices there are."""
    return sorted({d.platform for d in jax.devices()})


def device_named(name: str) -> jax.Device | None:
    """The device of that name, None if there is none."""
    kind, _, number = name.lower().partition(":")
    try:
        found = jax.devices(_ALIASES.get(kind, kind))
    except RuntimeError:
        return None
    return next((d for d in found if str(d.id) == number), None)


def mesh_of(devices: Sequence[jax.Device], shape: tuple[int, ...], axis_names: Sequence[str]) -> jax.sharding.Mesh:
    """The devices in a grid."""
    grid = np.empty(len(devices), dtype=object)
    grid[:] = devices
    return jax.sharding.Mesh(grid.reshape(shape), tuple(axis_names))


def sharding(mesh: jax.sharding.Mesh, axes: Sequence[str | None]) -> jax.sharding.NamedSharding:
    """Each axis of an array divided along an axis of the mesh, or whole."""
    return jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec(*axes))


def spread(tensor: Any, where: jax.sharding.Sharding) -> jax.Array:
    """The tensor, divided so; a traced one is bound to it from there on."""
    if isinstance(tensor, jax.core.Tracer):
        return jax.lax.with_sharding_constraint(tensor, where)
    return jax.device_put(tensor, where)
