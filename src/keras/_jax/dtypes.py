"""Which dtype an operation computes in: whole numbers become floats, floats stay as they are."""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from keras import config
from keras._core.dtype_policy import dtype_name
from keras._jax.op import _wide_enough


@functools.cache
def is_inexact(dtype: Any) -> bool:
    """Whether values of that dtype are floats or complex numbers."""
    return bool(jnp.issubdtype(dtype, jnp.inexact))


@functools.cache
def is_complex(dtype: Any) -> bool:
    """Whether values of that dtype are complex numbers."""
    return bool(jnp.issubdtype(dtype, jnp.complexfloating))


def floats(x: Any) -> jax.Array:
    """`x` as an array of floats: whole numbers and booleans take the default float type."""
    if not isinstance(x, jax.Array):
        return jnp.asarray(x, None if isinstance(x, complex) else floatx())
    return x if is_inexact(x.dtype) else x.astype(floatx())


def common_floats(*xs: Any) -> list[jax.Array]:
    """Arrays of one float type: the one that arithmetic on all of them would have."""
    kind = jnp.result_type(*xs)
    if not is_inexact(kind) or not any(isinstance(x, jax.Array) and is_inexact(x.dtype) for x in xs):
        kind = kind if is_complex(kind) else floatx()
    return [jnp.asarray(x, kind) for x in xs]


def floatx() -> Any:
    """The default float type, as the engine's dtype."""
    return _wide_enough(config.floatx())


def dtype_or(dtype: Any, default: Any) -> Any:
    """The engine's dtype for `dtype`, or for `default` where that is None."""
    return _wide_enough(dtype_name(default if dtype is None else dtype))


def places(x: jax.Array) -> jax.Array:
    """Positions or counts as int32, which they are in Keras also where 64-bit computation is on."""
    return x.astype(jnp.int32)


def lowest(dtype: Any) -> Any:
    """The smallest value of a dtype: minus infinity for floats."""
    dtype = jnp.dtype(dtype)
    if dtype == jnp.bool_:
        return False
    return -jnp.inf if is_inexact(dtype) else jnp.iinfo(dtype).min


def highest(dtype: Any) -> Any:
    """The largest value of a dtype: infinity for floats."""
    dtype = jnp.dtype(dtype)
    if dtype == jnp.bool_:
        return True
    return jnp.inf if is_inexact(dtype) else jnp.iinfo(dtype).max


def whole(x: Any) -> jax.Array:
    """`x` as an array whose booleans became int32."""
    x = jnp.asarray(x)
    return x.astype("int32") if x.dtype == jnp.bool_ else x


_NUMBERS = {bool: False, int: 0, float: 0.0}


def result_type(*dtypes: Any) -> str:
    """The dtype that arithmetic on values of several dtypes has.

    Args:
        *dtypes: dtypes, None for the default float type; `int`, `float` and `bool` stand for Python numbers, which
            widen nothing of their own kind.

    Raises:
        ValueError: a dtype is unknown, or is one that is never converted by itself (8-bit floats).

    >>> keras.backend.result_type("int32", "float16"), keras.backend.result_type("float16", float)
    ('float16', 'float16')
    """
    if not dtypes:
        return config.floatx()
    # a dtype of NumPy equals the type of Python, but is another thing
    given = [
        _NUMBERS[d] if isinstance(d, type) and d in (bool, int, float) else dtype_or(d, config.floatx()) for d in dtypes
    ]
    if all(not isinstance(d, np.dtype) for d in given):
        return config.floatx() if float in dtypes else "int32" if int in dtypes else "bool"
    return dtype_name(jnp.result_type(*given))
