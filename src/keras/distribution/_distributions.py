"""How a program is spread over devices: the same on each with other rows, or the weights divided as well."""

from __future__ import annotations

import contextlib

import numpy as np

from keras._core import processes
from keras._core.checks import no_more_arguments
from keras._jax import placement
from keras.distribution._layout import LayoutMap, TensorLayout
from keras.distribution._mesh import DeviceMesh, list_devices

_ELSEWHERE = (
    "{who}.distribute_dataset: datasets are not divided among processes here.\n"
    "  Give the data to fit, which divides it."
)


class Distribution:
    """A mesh and what lies where on it; make a `DataParallel` or a `ModelParallel`.

    Args:
        device_mesh: the devices.
        batch_dim_name: the axis of the mesh along which the rows of a batch are divided.
        auto_shard_dataset: whether every process is given the same data, which are divided; if False, each is given
            its own part of the rows of every batch.
    """

    device_statistics = False

    def __init__(self, device_mesh, batch_dim_name, auto_shard_dataset=True):
        if batch_dim_name not in device_mesh.axis_names:
            raise ValueError(
                f"{type(self).__name__}: the mesh has no axis {batch_dim_name!r}. "
                f"Its axes: {', '.join(device_mesh.axis_names)}."
            )
        self._device_mesh = device_mesh
        self._batch_dim_name = batch_dim_name
        self._auto_shard_dataset = bool(auto_shard_dataset)

    @property
    def device_mesh(self) -> DeviceMesh:
        """The devices."""
        return self._device_mesh

    @property
    def batch_dim_name(self) -> str:
        """The axis of the mesh along which the rows of a batch are divided."""
        return self._batch_dim_name

    @property
    def auto_shard_dataset(self) -> bool:
        """Whether every process is given the same data, which are divided, and not its own part of them."""
        return self._auto_shard_dataset

    @property
    def rows_divide_by(self) -> int:
        """Into how many parts a batch is divided."""
        return self._device_mesh.size_of(self._batch_dim_name)

    @contextlib.contextmanager
    def scope(self):
        """Inside, this distribution is set."""
        before = placement.current()
        placement.put(self)
        try:
            yield self
        finally:
            placement.put(before)

    def get_data_layout(self, data_shape) -> TensorLayout:
        """The layout of an array of rows: the first axis is divided."""
        axes = [None] * len(data_shape)
        if axes:
            axes[0] = self._batch_dim_name
        return TensorLayout(axes, self._device_mesh)

    def get_variable_layout(self, variable) -> TensorLayout:
        """The layout of a variable."""
        given = getattr(variable, "_layout", None)
        if given is not None:
            return given
        like = getattr(variable, "_like", None)
        if like is not None and like.shape == variable.shape:
            return self.get_variable_layout(like)
        return TensorLayout([None] * len(variable.shape), self._device_mesh)

    def get_tensor_layout(self, path):
        """The layout of an intermediate result, None to leave it to the compiler."""

    def distribute_dataset(self, dataset):
        """The dataset as it is, in one process or where every process has its own part of the data.

        Raises:
            NotImplementedError: several processes would have to divide it, which `fit` does.
        """
        if processes.count() == 1 or not self._auto_shard_dataset:
            return dataset
        raise NotImplementedError(_ELSEWHERE.format(who=type(self).__name__))

    def distribute_tf_dataset(self, dataset):
        """The same for one of TensorFlow."""
        return self.distribute_dataset(dataset)

    # --- for the engine

    def variable_sharding(self, variable):
        """Where a variable lives."""
        return self.get_variable_layout(variable).backend_layout

    def data_sharding(self, shape):
        """Where an array of rows lives; a whole copy everywhere for the shape `()`."""
        return self.get_data_layout(shape).backend_layout

    def __fingerprint__(self, of):
        devices = tuple(self._device_mesh.devices.reshape(-1).tolist())
        return (type(self).__name__, self._device_mesh.shape, tuple(self._device_mesh.axis_names), devices)

    def __repr__(self):
        return f"<{type(self).__name__} device_mesh={self._device_mesh!r}>"


class DataParallel(Distribution):
    """Every device has all weights and a part of the rows of each batch.

    The results are those of one device on the whole batch: losses, metrics, gradients and the statistics of batch
    normalisation are of all rows. A batch whose rows cannot be divided evenly is computed by every device whole.

    Args:
        device_mesh: a mesh with one axis; all devices if None.
        devices: names of the devices, in the place of a mesh.
        auto_shard_dataset: whether several processes are given the same data, which are divided; if False, each is
            given its own part of the rows of every batch.
        shard_weights: whether every device has a part of the weights and of the optimizer's state only, and gets the
            rest of a layer when it computes with it: less memory, more traffic. An array is divided along its longest
            axis that the number of devices divides; one without such an axis is whole everywhere.
        device_statistics: whether a `BatchNormalization` that is not `synchronized` normalises the rows of each device
            by their own statistics, as engines do that run a copy of the model on each device. Its moving statistics
            take the mean over the devices. Layers with `renorm` or a mask count all rows.

    >>> keras.distribution.set_distribution(keras.distribution.DataParallel())
    >>> model.fit(x, y)
    """

    def __init__(
        self,
        device_mesh=None,
        devices=None,
        auto_shard_dataset=True,
        *,
        shard_weights=False,
        device_statistics=False,
    ):
        if device_mesh is not None and len(device_mesh.shape) > 1:
            device_mesh = DeviceMesh((int(np.prod(device_mesh.shape)),), ["batch"], device_mesh.devices.reshape(-1))
        elif device_mesh is None:
            names = list_devices() if devices is None else list(devices)
            device_mesh = DeviceMesh((len(names),), ["batch"], names)
        super().__init__(device_mesh, device_mesh.axis_names[0], auto_shard_dataset)
        self._shard_weights = bool(shard_weights)
        self.device_statistics = bool(device_statistics)

    def get_variable_layout(self, variable) -> TensorLayout:
        """The layout of a variable: whole everywhere, or divided along one axis with `shard_weights`."""
        found = super().get_variable_layout(variable)
        if not self._shard_weights or getattr(variable, "_layout", None) is not None:
            return found
        parts = self.rows_divide_by
        divisible = [size for size in variable.shape if size and size % parts == 0]
        if not divisible:
            return found
        at = variable.shape.index(max(divisible))
        return TensorLayout(
            [self.batch_dim_name if i == at else None for i in range(len(variable.shape))], self.device_mesh
        )

    def __fingerprint__(self, of):
        return (*super().__fingerprint__(of), self._shard_weights, self.device_statistics)


class ModelParallel(Distribution):
    """Weights are divided as well, as a `LayoutMap` says.

    Variables that it says nothing about are whole on every device. The state of an optimizer is divided as the
    variable it belongs to.

    Args:
        layout_map: layouts by the paths of variables.
        batch_dim_name: the axis of the mesh for the rows of a batch; its first one if None.
        auto_shard_dataset: whether several processes are given the same data, which are divided; if False, each is
            given its own part of the rows of every batch.

    >>> mesh = DeviceMesh((2, 4), ["batch", "model"])
    >>> layouts = LayoutMap(mesh)
    >>> layouts[".*kernel"] = (None, "model")
    >>> set_distribution(ModelParallel(layout_map=layouts, batch_dim_name="batch"))
    """

    def __init__(self, *, layout_map=None, batch_dim_name=None, auto_shard_dataset=True, **kwargs):
        no_more_arguments("ModelParallel", kwargs)
        if not isinstance(layout_map, LayoutMap):
            raise ValueError(f"ModelParallel: `layout_map` must be a LayoutMap. Got {layout_map!r}.")
        mesh = layout_map.device_mesh
        super().__init__(mesh, batch_dim_name or mesh.axis_names[0], auto_shard_dataset)
        self._layout_map = layout_map

    def get_variable_layout(self, variable) -> TensorLayout:
        """The layout that the map has for its path, or that of the variable whose optimizer state it is."""
        if getattr(variable, "_layout", None) is None:
            found = self._layout_map[variable.path]
            if found is not None:
                return found
        return super().get_variable_layout(variable)

    def get_tensor_layout(self, path):
        """The layout that the map has for this path, or None."""
        return self._layout_map[path]

    def __fingerprint__(self, of):
        layouts = tuple((k, v.axes) for k, v in self._layout_map.items())
        return (*super().__fingerprint__(of), self.batch_dim_name, layouts)


def distribution():
    """The distribution that is set, None if there is none."""
    return placement.current()


def set_distribution(value):
    """Sets the distribution of everything that is made and trained from now on.

    Args:
        value: a `DataParallel` or `ModelParallel`, or None for a single device.
    """
    if value is not None and not isinstance(value, Distribution):
        raise ValueError(f"set_distribution: `value` must be a distribution or None. Got {value!r}.")
    placement.put(value)
