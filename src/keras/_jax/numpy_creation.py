"""Tensors from sizes and numbers: constants, ranges, triangles and windows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp

from keras import config
from keras._core.graph import is_symbolic
from keras._core.types import Tensor, Tensors
from keras._jax.dtypes import common_floats, dtype_or, floatx, is_inexact
from keras._jax.op import as_array, broadcasting, convert_to_tensor, op


def array(x, dtype=None):
    """A tensor from numbers, nested lists, or anything NumPy understands.

    >>> array([[1, 2], [3, 4]], dtype="float32").shape
    (2, 2)
    """
    return convert_to_tensor(x, dtype)


def _sizes(shape) -> tuple[int, ...]:
    return tuple(_size(d) for d in shape) if hasattr(shape, "__iter__") else (_size(shape),)


def _size(d) -> Any:
    # a size that stays free in an exported program is a symbol, which has no value
    return d if hasattr(d, "dimension_as_value") else int(d)


# --- constants


def zeros(shape, dtype=None):
    """A tensor of zeros; of the default float type if `dtype` is None."""
    return jnp.zeros(_sizes(shape), dtype_or(dtype, config.floatx()))


def ones(shape, dtype=None):
    """A tensor of ones; of the default float type if `dtype` is None."""
    return jnp.ones(_sizes(shape), dtype_or(dtype, config.floatx()))


def empty(shape, dtype=None):
    """A tensor whose elements nobody should rely on; they are zeros here."""
    return jnp.empty(_sizes(shape), dtype_or(dtype, config.floatx()))


def full(shape, fill_value, dtype=None):
    """A tensor with `fill_value` everywhere; of the default float type if `dtype` is None."""
    return jnp.full(_sizes(shape), as_array(fill_value), dtype_or(dtype, config.floatx()))


@op
def zeros_like(x: Tensor, dtype=None) -> Tensor:
    """Zeros with the shape of `x`, and its dtype if `dtype` is None."""
    return jnp.zeros_like(x, dtype=None if dtype is None else dtype_or(dtype, None))


@op
def ones_like(x: Tensor, dtype=None) -> Tensor:
    """Ones with the shape of `x`, and its dtype if `dtype` is None."""
    return jnp.ones_like(x, dtype=None if dtype is None else dtype_or(dtype, None))


@op
def empty_like(x: Tensor, dtype=None) -> Tensor:
    """Elements nobody should rely on, with the shape of `x`, and its dtype if `dtype` is None."""
    return jnp.empty_like(x, dtype=None if dtype is None else dtype_or(dtype, None))


@op
def full_like(x: Tensor, fill_value: Tensor, dtype=None) -> Tensor:
    """`fill_value` everywhere, with the shape of `x`, and its dtype if `dtype` is None."""
    return jnp.full_like(x, fill_value, dtype=None if dtype is None else dtype_or(dtype, None))


def eye(N, M=None, k=0, dtype=None):
    """A matrix with ones on a diagonal and zeros elsewhere.

    Args:
        N, M: the numbers of rows and columns; as many columns as rows if `M` is None.
        k: which diagonal: 0 for the main one, positive above it.
        dtype: the dtype; the default float type if None.
    """
    return jnp.eye(N, M, k, dtype_or(dtype, config.floatx()))


def identity(n, dtype=None):
    """A square matrix with ones on the main diagonal."""
    return jnp.eye(n, dtype=dtype_or(dtype, config.floatx()))


def tri(N, M=None, k=0, dtype=None):
    """A matrix with ones on and below the diagonal `k`, and zeros above."""
    return jnp.tri(N, M, k, dtype_or(dtype, config.floatx()))


@op
def tril(x: Tensor, k=0) -> Tensor:
    """`x` with zeros above the diagonal `k` of its last two axes."""
    return jnp.tril(x, k)


@op
def triu(x: Tensor, k=0) -> Tensor:
    """`x` with zeros below the diagonal `k` of its last two axes."""
    return jnp.triu(x, k)


# --- ranges


def arange(start, stop=None, step=None, dtype=None):
    """Numbers from `start` up to, and without, `stop`; from 0 up to `start` if `stop` is None.

    The dtype is int32 for whole numbers and the default float type otherwise.

    >>> arange(2, 8, 3)
    Array([2, 5], dtype=int32)
    """
    if any(is_symbolic(v) for v in (start, stop, step)):
        raise ValueError("arange: how many numbers there are must be known. Got a symbolic tensor.")
    given = [v for v in (start, stop, step) if v is not None]
    if dtype is None:
        kind = jnp.result_type(*given)
        if all(isinstance(v, (int, float)) for v in given):
            kind = config.floatx() if is_inexact(kind) else "int32"
        dtype = kind
    return jnp.arange(start, stop, step, dtype_or(dtype, None))


@op(shapes=broadcasting)
def linspace(start: Tensor, stop: Tensor, num=50, endpoint=True, retstep=False, dtype=None, axis=0) -> Tensor:
    """`num` numbers from `start` to `stop`, the same distance apart.

    Args:
        start, stop: the ends; tensors give a new axis.
        num: how many.
        endpoint: whether `stop` is the last of them.
        retstep: whether to return the distance as well.
        dtype: the dtype; a float type if None.
        axis: where the new axis stands.

    >>> linspace(0, 1, 3)
    Array([0. , 0.5, 1. ], dtype=float32)
    """
    start, stop = common_floats(start, stop)
    kind = dtype_or(dtype, start.dtype)
    return jnp.linspace(start, stop, num, endpoint=endpoint, retstep=retstep, dtype=kind, axis=axis)


@op(shapes=broadcasting)
def logspace(start: Tensor, stop: Tensor, num=50, endpoint=True, base=10, dtype=None, axis=0) -> Tensor:
    """`num` numbers from `base**start` to `base**stop`, each the same multiple of the one before."""
    start, stop = common_floats(start, stop)
    kind = dtype_or(dtype, start.dtype)
    return jnp.logspace(start, stop, num, endpoint=endpoint, base=base, dtype=kind, axis=axis)


@op(shapes=broadcasting)
def geomspace(start: Tensor, stop: Tensor, num=50, endpoint=True, dtype=None, axis=0) -> Tensor:
    """`num` numbers from `start` to `stop`, each the same multiple of the one before."""
    start, stop = common_floats(start, stop)
    kind = dtype_or(dtype, start.dtype)
    return jnp.geomspace(start, stop, num, endpoint=endpoint, dtype=kind, axis=axis)


@op
def meshgrid(*x: Tensor, indexing="xy") -> Tensors:
    """Coordinates of the grid points of several axes: a list of tensors, one per axis.

    Args:
        *x: one-dimensional tensors, one per axis.
        indexing: 'xy' if the first one runs along columns, 'ij' if along rows.
    """
    return jnp.meshgrid(*(jnp.ravel(a) for a in x), indexing=indexing)


@op
def vander(x: Tensor, N=None, increasing=False) -> Tensor:
    """Powers of the elements in columns, from `N - 1` down to 0, or up if `increasing`."""
    return jnp.vander(x, N, increasing)


# --- windows


def _window(function: Callable, x: Any, *numbers: Any):
    if is_symbolic(x):
        raise TypeError(f"{function.__name__}: the number of elements must be known. Got a symbolic tensor.")
    return function(int(x), *numbers).astype(floatx())


def bartlett(x):
    """A triangle from 0 up to 1 and down to 0, with `x` elements."""
    return _window(jnp.bartlett, x)


def blackman(x):
    """The Blackman window with `x` elements: `0.42 - 0.5 cos(t) + 0.08 cos(2 t)` for `t` from 0 to 2 pi."""
    return _window(jnp.blackman, x)


def hamming(x):
    """The Hamming window with `x` elements: `0.54 - 0.46 cos(t)` for `t` from 0 to 2 pi."""
    return _window(jnp.hamming, x)


def hanning(x):
    """The Hann window with `x` elements: `0.5 - 0.5 cos(t)` for `t` from 0 to 2 pi."""
    return _window(jnp.hanning, x)


@op
def kaiser(x, beta: Tensor) -> Tensor:
    """The Kaiser window with `x` elements: `i0(beta sqrt(1 - t**2)) / i0(beta)` for `t` from -1 to 1."""
    return _window(jnp.kaiser, x, beta)
