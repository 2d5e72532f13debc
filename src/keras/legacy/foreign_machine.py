"""What programs ask TensorFlow about the machine, tell it about graphs and devices, and set before they begin."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from typing import NamedTuple

from keras import distribution


class PhysicalDevice(NamedTuple):
    """What `tf.config.list_physical_devices` lists."""

    name: str
    device_type: str


def list_physical_devices(device_type=None) -> list[PhysicalDevice]:
    """`tf.config.list_physical_devices`: the devices that the engine sees, all of them or those of a kind."""
    found = []
    for device in distribution.list_devices():
        kind, _, number = device.upper().partition(":")
        found.append(PhysicalDevice(f"/physical_device:{kind}:{number}", kind))
    if not any(device.device_type == "CPU" for device in found):
        found.insert(0, PhysicalDevice("/physical_device:CPU:0", "CPU"))
    return [device for device in found if device_type in (None, device.device_type)]


def list_local_devices(session_config=None) -> list[PhysicalDevice]:
    """`device_lib.list_local_devices` of `tensorflow.python.client`, by which programs of 1.x looked for GPUs."""
    return [d._replace(name=d.name.replace("physical_device", "device")) for d in list_physical_devices()]


def is_gpu_available(cuda_only=False, min_cuda_compute_capability=None) -> bool:
    """`tf.test.is_gpu_available`."""
    return bool(list_physical_devices("GPU"))


def gpu_device_name() -> str:
    """`tf.test.gpu_device_name`: empty where there is none."""
    return "/device:GPU:0" if list_physical_devices("GPU") else ""


def hint(*args, **kwargs) -> None:
    """Settings of how fast, how talkative, in which memory or by which means, which change no result."""


def set_visible_devices(devices, device_type=None) -> None:
    """`tf.config.set_visible_devices`.

    Raises:
        ValueError: devices that are there would be hidden, which cannot be done once Python runs.
    """
    hidden = [d for d in list_physical_devices(device_type) if d.device_type != "CPU" and d not in (devices or [])]
    if hidden:
        raise ValueError(
            f"tf.config.set_visible_devices cannot hide {', '.join(d.name for d in hidden)} here. "
            "Set the variable JAX_PLATFORMS=cpu, or CUDA_VISIBLE_DEVICES, before Python starts."
        )


def run_functions_eagerly(run_eagerly) -> None:
    """`tf.config.run_functions_eagerly`: whether `tf.function` compiles."""
    importlib.import_module("keras.legacy.foreign_function").compiles.always = not run_eagerly


def executing_eagerly() -> bool:
    """`tf.executing_eagerly`: false while a function is being traced."""
    return not importlib.import_module("keras._jax.pure").in_scope()


def do_not_convert(func=None) -> Callable:
    """`tf.autograph.experimental.do_not_convert`: functions are never rewritten here."""
    return func if func is not None else lambda function: function


def get_logger() -> logging.Logger:
    """`tf.get_logger`."""
    return logging.getLogger("tensorflow")


LEVELS = {"DEBUG": 10, "INFO": 20, "WARN": 30, "WARNING": 30, "ERROR": 40, "FATAL": 50}


def set_verbosity(v) -> None:
    """`tf.logging.set_verbosity`."""
    get_logger().setLevel(v)


def _optimizer(name: str, **renamed: str) -> Callable:
    """An optimizer of `tf.train` of 1.x, with its names of arguments and its defaults."""

    def make(learning_rate=None, *args, use_locking=False, **kwargs):
        kwargs.pop("name", None)
        defaults = {"Adam": {"learning_rate": 0.001, "epsilon": 1e-8}, "RMSprop": {"epsilon": 1e-10}}.get(name, {})
        given = {renamed.get(key, key): value for key, value in kwargs.items()}
        if args:
            raise TypeError(f"tf.train.{name}Optimizer: name the arguments after `learning_rate`.")
        if learning_rate is not None:
            given["learning_rate"] = learning_rate
        return getattr(importlib.import_module("keras.optimizers"), name)(**{**defaults, **given})

    return make


OPTIMIZERS: dict[str, Callable] = {
    "AdamOptimizer": _optimizer("Adam", beta1="beta_1", beta2="beta_2"),
    "GradientDescentOptimizer": _optimizer("SGD"),
    "RMSPropOptimizer": _optimizer("RMSprop", decay="rho"),
    "AdadeltaOptimizer": _optimizer("Adadelta"),
}
