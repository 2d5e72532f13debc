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


def on_host_with_gradient(forward: Callable, backward: Callable, promised: list, *tensors: Any) -> list:
    """What `forward` returns for NumPy arrays, with a gradient; callable in compiled code.

    Args:
        forward: NumPy arrays -> a list of NumPy arrays.
        backward: (the same arrays, gradients of the results) -> gradients of those arrays that hold floats, in order.
        promised: pairs of shape and dtype of the results.
        *tensors: the arrays.
    """
    results = [jax.ShapeDtypeStruct(tuple(shape), jax.dtypes.canonicalize_dtype(dtype)) for shape, dtype in promised]

    def numpy_of(values):
        return [np.asarray(v) for v in values]

    def ahead(*values):
        return [np.asarray(y, r.dtype) for y, r in zip(forward(*numpy_of(values)), results, strict=True)]

    @jax.custom_vjp
    def run(*values):
        return jax.pure_callback(ahead, results, *values, vmap_method="sequential")

    def back(values, gradients):
        floats = [jax.ShapeDtypeStruct(v.shape, v.dtype) for v in values if jax.numpy.issubdtype(v.dtype, np.floating)]

        def compute(values, gradients):
            found = backward(numpy_of(values), numpy_of(gradients))
            return [np.asarray(g, f.dtype) for g, f in zip(found, floats, strict=True)]

        found = iter(jax.pure_callback(compute, floats, values, gradients, vmap_method="sequential"))
        return tuple(
            next(found) if jax.numpy.issubdtype(v.dtype, np.floating) else np.zeros(v.shape, jax.dtypes.float0)
            for v in values
        )

    run.defvjp(lambda *values: (run(*values), values), back)
    return run(*tensors)
