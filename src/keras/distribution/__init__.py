"""The same program on several devices."""

from keras.distribution._distributions import DataParallel, ModelParallel, distribution, set_distribution
from keras.distribution._layout import LayoutMap, TensorLayout, distribute_tensor
from keras.distribution._mesh import DeviceMesh, get_device_count, list_devices
from keras.distribution._processes import initialize

__all__ = [
    "DataParallel",
    "DeviceMesh",
    "LayoutMap",
    "ModelParallel",
    "TensorLayout",
    "distribute_tensor",
    "distribution",
    "get_device_count",
    "initialize",
    "list_devices",
    "set_distribution",
]
