"""`keras.backend`: the settings, and what of its functions today's Keras still has."""

from keras._core import names as _names
from keras._core import registry as _registry
from keras._core.dtype_policy import is_float_name as _is_float_name
from keras._jax.dtypes import result_type
from keras.config import (
    backend,
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from keras.utils import clear_session, is_keras_tensor, standardize_dtype

__all__ = [
    "backend",
    "clear_session",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "is_float_dtype",
    "is_int_dtype",
    "is_keras_tensor",
    "result_type",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "standardize_dtype",
]


def get_uid(prefix=""):
    """A number that is one larger at every call with the same prefix, starting at 1."""
    name = _names.unique_name(f"uid of {prefix}")
    return int(name.rpartition("_")[2]) + 1 if name[-1].isdigit() and "_" in name else 1


def is_float_dtype(dtype):
    """Whether a dtype is a float; None is the default float type."""
    return _is_float_name(standardize_dtype(dtype))


def is_int_dtype(dtype):
    """Whether a dtype is an integer, signed or not; None is the default float type."""
    return standardize_dtype(dtype).startswith(("int", "uint"))


def __getattr__(name: str):
    found = _registry.older_names("keras.backend").get(name)
    if found is None:
        raise AttributeError(f"module 'keras.backend' has no attribute {name!r}")
    return found
