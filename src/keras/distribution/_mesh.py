"""Devices, arranged and named."""

from __future__ import annotations

import math

import numpy as np

from keras._jax import mesh


def list_devices(device_type=None) -> list[str]:
    """The names of all devices of all processes, such as 'gpu:0'.

    Args:
        device_type: 'cpu', 'gpu' or 'tpu'; the fastest kind there is if None.

    Raises:
        ValueError: there is no device of that kind.
    """
    try:
        return mesh.device_names(None if device_type is None else str(device_type).lower())
    except RuntimeError as error:
        raise ValueError(
            f"list_devices: there is no device of type {device_type!r}. Types here: {', '.join(mesh.kinds())}."
        ) from error


def get_device_count(device_type=None) -> int:
    """How many devices there are; see `list_devices`."""
    return len(list_devices(device_type))


class DeviceMesh:
    """Devices in a grid whose axes have names.

    Args:
        shape: how many devices along each axis.
        axis_names: the names of the axes, such as 'batch' and 'model'.
        devices: names of devices, as many as the shape holds; all there are if None.

    Raises:
        ValueError: the numbers of devices, axes and names do not fit.

    >>> DeviceMesh((4, 2), ["batch", "model"])
    """

    def __init__(self, shape, axis_names, devices=None):
        if not shape or not axis_names:
            raise ValueError(f"DeviceMesh: `shape` and `axis_names` are needed. Got {shape!r} and {axis_names!r}.")
        if len(shape) != len(axis_names):
            raise ValueError(
                f"DeviceMesh: `shape` and `axis_names` must have the same length. Got {shape} and {axis_names}."
            )
        if len(set(axis_names)) != len(axis_names):
            raise ValueError(f"DeviceMesh: `axis_names` must differ from each other. Got {axis_names}.")
        names = [str(n) for n in (list_devices() if devices is None else np.ravel(devices))]
        if len(names) != math.prod(shape):
            raise ValueError(
                f"DeviceMesh: `shape` {tuple(shape)} needs {math.prod(shape)} devices. There are {len(names)}."
            )
        found = [mesh.device_named(n) for n in names]
        if None in found:
            unknown = names[found.index(None)]
            raise ValueError(f"DeviceMesh: there is no device {unknown!r}. Devices: {', '.join(list_devices())}.")
        self._shape = tuple(int(n) for n in shape)
        self._axis_names = list(axis_names)
        self._devices = np.reshape(names, self._shape)
        self._mesh = mesh.mesh_of(found, self._shape, axis_names)

    @property
    def shape(self) -> tuple[int, ...]:
        """How many devices along each axis."""
        return self._shape

    @property
    def axis_names(self) -> list[str]:
        """The names of the axes."""
        return self._axis_names

    @property
    def devices(self) -> np.ndarray:
        """The names of the devices, arranged as the mesh is."""
        return self._devices

    @property
    def backend_mesh(self):
        """The same as JAX knows it."""
        return self._mesh

    def size_of(self, axis_name: str) -> int:
        """How many devices along one axis."""
        return self._shape[self._axis_names.index(axis_name)]

    def __eq__(self, other):
        return isinstance(other, DeviceMesh) and self._mesh == other._mesh

    def __hash__(self):
        return hash(self._mesh)

    def __repr__(self):
        return f"<DeviceMesh shape={self._shape}, axis_names={self._axis_names}>"
