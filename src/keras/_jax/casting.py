"""What dtype a value has, and conversions that stay within its range."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from keras import config
from keras._core.dtype_policy import dtype_name, is_float_name
from keras._core.graph import KerasTensor
from keras._core.types import Tensor
from keras._jax.dtypes import _wide_enough, is_inexact
from keras._jax.op import convert_to_tensor, op
from keras._jax.variable import Variable


def dtype(x) -> str:
    """The name of the dtype that a tensor of `x` has.

    >>> dtype([1, 2])
    'int32'
    """
    if isinstance(x, (KerasTensor, Variable)):
        return x.dtype
    return convert_to_tensor(x).dtype.name


@op
def saturate_cast(x: Tensor, dtype) -> Tensor:
    """`x` converted to `dtype`, numbers beyond its range becoming the nearest it can hold.

    None for `dtype` is the default float type.

    >>> saturate_cast([300.0, -1.0], "uint8")
    Array([255,   0], dtype=uint8)
    """
    x, kind = jnp.asarray(x), _wide_enough(dtype_name(dtype or config.floatx()))
    if kind == jnp.bool_ or x.dtype == jnp.bool_ or jnp.issubdtype(kind, jnp.complexfloating):
        return x.astype(kind)
    limits = jnp.finfo(kind) if is_inexact(kind) else jnp.iinfo(kind)
    own = jnp.finfo(x.dtype) if is_inexact(x.dtype) else jnp.iinfo(x.dtype)
    low, high = max(float(limits.min), float(own.min)), min(float(limits.max), float(own.max))
    if is_inexact(x.dtype):
        if is_inexact(kind):
            return jnp.clip(x, jnp.asarray(low, x.dtype), jnp.asarray(high, x.dtype)).astype(kind)
        # a float next to the largest integer may round beyond it, so the ends are put in after the conversion
        inside = jnp.where((x > low) & (x < high), x, 0).astype(kind)
        least, most = jnp.asarray(limits.min, kind), jnp.asarray(limits.max, kind)  # as int32 2**32 - 1 does not exist
        return jnp.where(x >= high, most, jnp.where(x <= low, least, inside))
    return jnp.clip(x, int(low), int(high)).astype(kind) if not is_inexact(kind) else x.astype(kind)


def converted_input(x, autocast: bool, dtype: str):
    """An input as a layer sees it: arrays become tensors, floats of `dtype` if `autocast`; other things stay."""
    if isinstance(x, KerasTensor):
        cast = autocast and is_float_name(x.dtype) and x.dtype != dtype
        return KerasTensor(x.shape, dtype) if cast else x
    if not hasattr(x, "__array__") and not hasattr(x, "__jax_array__"):
        return x
    x = convert_to_tensor(x)
    return x.astype(dtype) if autocast and jnp.issubdtype(x.dtype, jnp.floating) else x


def is_tensor(x) -> bool:
    """Whether `x` is an array of the engine: neither a NumPy array, nor a variable, nor a symbolic tensor."""
    return isinstance(x, jax.Array)
