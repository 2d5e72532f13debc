"""How tensors are spread over a mesh."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from keras._jax import mesh
from keras.distribution._mesh import DeviceMesh


class TensorLayout:
    """For every axis of a tensor, the axis of the mesh that it is divided along, or None.

    Args:
        axes: names of axes of the mesh, or None, one per axis of the tensor.
        device_mesh: the mesh; it may be given later.

    Raises:
        ValueError: the mesh has no such axis.

    >>> TensorLayout((None, "model"), mesh)
    """

    def __init__(self, axes, device_mesh=None):
        self._axes = tuple(axes)
        self._device_mesh: DeviceMesh | None = None
        if device_mesh is not None:
            self.device_mesh = device_mesh

    @property
    def axes(self) -> tuple:
        """The axes of the mesh."""
        return self._axes

    @property
    def device_mesh(self) -> DeviceMesh | None:
        """The mesh."""
        return self._device_mesh

    @device_mesh.setter
    def device_mesh(self, value: DeviceMesh) -> None:
        if self._device_mesh is not None:
            raise ValueError(f"TensorLayout: the mesh is given already: {self._device_mesh!r}.")
        known = value.axis_names
        wrong = [a for a in self._axes if a is not None and a not in known]
        if wrong:
            raise ValueError(f"TensorLayout: the mesh has no axis {wrong[0]!r}. Its axes: {', '.join(known)}.")
        self._device_mesh = value

    @property
    def backend_layout(self):
        """The same as JAX knows it."""
        if self._device_mesh is None:
            raise ValueError("TensorLayout: it has no mesh yet. Pass `device_mesh`.")
        return mesh.sharding(self._device_mesh.backend_mesh, self._axes)

    def __eq__(self, other):
        return isinstance(other, TensorLayout) and self._axes == other._axes and self._device_mesh == other._device_mesh

    def __hash__(self):
        return hash((self._axes, self._device_mesh))

    def __repr__(self):
        return f"<TensorLayout axes={self._axes}, device_mesh={self._device_mesh!r}>"


class LayoutMap(MutableMapping):
    """Layouts by the paths of variables; keys are regular expressions that match a whole path.

    Args:
        device_mesh: the mesh for layouts that are given as axes alone.

    >>> layouts = LayoutMap(mesh)
    >>> layouts[".*dense.*kernel"] = (None, "model")
    >>> layouts["net/dense_1/kernel"].axes
    (None, 'model')
    """

    def __init__(self, device_mesh):
        self._device_mesh = device_mesh
        self._layouts: dict[str, TensorLayout] = {}

    @property
    def device_mesh(self) -> DeviceMesh:
        """The mesh."""
        return self._device_mesh

    def __getitem__(self, key: str) -> Any:
        """The layout for a path, None if no key matches it.

        Raises:
            ValueError: several keys match.
        """
        if key in self._layouts:
            return self._layouts[key]
        found = [k for k in self._layouts if re.fullmatch(k, key)]
        if len(found) > 1:
            raise ValueError(f"LayoutMap: {key!r} is matched by several keys, and one is needed: {', '.join(found)}.")
        return self._layouts[found[0]] if found else None

    def __setitem__(self, key: str, layout: Any) -> None:
        if key in self._layouts:
            raise ValueError(f"LayoutMap: {key!r} has a layout already: {self._layouts[key]!r}. Delete it first.")
        if isinstance(layout, tuple):
            layout = TensorLayout(layout)
        if not isinstance(layout, TensorLayout):
            raise ValueError(f"LayoutMap: a layout must be a TensorLayout or a tuple of axes. Got {layout!r}.")
        if layout.device_mesh is None and self._device_mesh is not None:
            layout.device_mesh = self._device_mesh
        self._layouts[key] = layout

    def __delitem__(self, key: str) -> None:
        del self._layouts[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._layouts)

    def __len__(self) -> int:
        return len(self._layouts)


def distribute_tensor(tensor, layout):
    """The tensor, divided over devices as the layout says.

    Args:
        tensor: an array; a traced one is bound to the layout from there on.
        layout: a `TensorLayout`, or a sharding of JAX.

    Raises:
        ValueError: an axis cannot be divided evenly.
    """
    return mesh.spread(tensor, layout.backend_layout if isinstance(layout, TensorLayout) else layout)
