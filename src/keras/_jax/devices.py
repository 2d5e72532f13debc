"""What the process computes on, and whether it computes in 64 bits."""

import contextlib

import jax

from keras import config
from keras._jax import allocation  # noqa: F401 - before the first computation

try:  # not public
    from jax._src.array import ArrayImpl
except ImportError:
    ArrayImpl = None  # type: ignore[assignment, misc]


def allow(dtype: str) -> None:
    """Turns 64-bit computation on for the whole process, where a dtype that was asked for needs it."""
    if dtype == "float64" and jax.dtypes.canonicalize_dtype(dtype) != dtype:
        jax.config.update("jax_enable_x64", True)


config.on_floatx_change(allow)


def platform() -> str:
    """'cpu', 'gpu' or 'tpu': where arrays live unless told otherwise."""
    return jax.default_backend()


def is_cpu() -> bool:
    """Whether computation runs on the CPU."""
    return platform() == "cpu"


def is_chosen() -> bool:
    """Whether a scope or a setting says on which device arrays are made now."""
    return getattr(jax.config, "jax_default_device", None) is not None


def class_of_arrays() -> type:
    """The class of arrays, found without making one, which would start the devices before other processes can join."""
    return type(jax.numpy.zeros(())) if ArrayImpl is None else ArrayImpl


def device_scope(device_name: str) -> contextlib.AbstractContextManager:
    """Makes arrays and computations inside live on a device such as 'cpu:0' or 'gpu:1'.

    Raises:
        ValueError: there is no such device; the message lists those that there are.

    >>> with keras.device("cpu:0"):
    ...     x = keras.ops.ones((2,))
    """
    if not isinstance(device_name, str):
        raise ValueError(f"device: `device_name` must be a string such as 'gpu:0'. Got {device_name!r}.")
    kind, _, index = str(device_name).replace("/", "").removeprefix("device:").partition(":")
    kind = {"cuda": "gpu"}.get(kind.lower(), kind.lower())
    try:
        device = jax.devices(kind)[int(index or 0)]
    except (RuntimeError, IndexError, ValueError):
        known = ", ".join(f"{d.platform}:{d.id}" for d in jax.devices())
        raise ValueError(f"device: {device_name!r} is not here. Devices: {known}.") from None
    return jax.default_device(device)
