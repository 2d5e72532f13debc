"""Work on the host in the middle of compiled code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np


def integer_name() -> str:
    """The dtype of integers that a tensor may need 64 bits for: 'int64' where the process computes in 64 bits."""
    return jax.dtypes.canonicalize_dtype("int64").name


def on_host(function: Callable, shape: tuple, dtype: str, *tensors: Any) -> Any:
    """What `function` returns for NumPy arrays, of a shape and dtype known before; callable in compiled code."""
    promised = jax.ShapeDtypeStruct(shape, jax.dtypes.canonicalize_dtype(dtype))

    def run(*values):
        return np.asarray(function(*(np.asarray(v) for v in values)), promised.dtype)

    return jax.pure_callback(run, promised, *tensors, vmap_method="expand_dims")
