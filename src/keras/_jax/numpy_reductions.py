"""Sums, extremes, averages and running totals along axes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from keras._core.types import Tensor
from keras._jax.dtypes import common_floats, dtype_or, floats, highest, is_inexact, lowest, places, whole
from keras._jax.op import op


def axes_of(axis: Any) -> Any:
    """`axis` as JAX takes it: an integer, a tuple of integers, or None for all axes."""
    return tuple(axis) if isinstance(axis, list) else axis


def _extreme(find: Callable, x: Any, axis: Any, keepdims: bool, initial: Any = None) -> jax.Array:
    """The largest or smallest elements, with a gradient that is finite however the program is compiled."""
    x, axis = jnp.asarray(x), axes_of(axis)
    if initial is not None or not jnp.issubdtype(x.dtype, jnp.floating):
        return find(x, axis=axis, keepdims=keepdims, initial=initial)
    return _extreme_of_floats(find, axis, keepdims, x)


@functools.partial(jax.custom_jvp, nondiff_argnums=(0, 1, 2))
def _extreme_of_floats(find, axis, keepdims, x):
    return find(x, axis=axis, keepdims=keepdims)


@_extreme_of_floats.defjvp
def _slope_of_extreme(find, axis, keepdims, primals, tangents):
    """Elements that are equally extreme share the gradient.

    XLA may compute `x` a second time to compare it with its extreme, rounded in another way: then none is equal to it,
    and JAX's own rule divides by their number.
    """
    (x,), (dx,) = primals, tangents
    found = _extreme_of_floats(find, axis, True, x)
    here = (x == found).astype(x.dtype)
    change = (dx * here).sum(axis, keepdims=keepdims) / jnp.maximum(here.sum(axis, keepdims=keepdims), 1)
    return found if keepdims else found.reshape(change.shape), change


# --- sums and products


@op
def sum(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The sum along axes.

    Args:
        x: a tensor.
        axis: an axis or several; None for all.
        keepdims: whether the axes stay, with size 1.

    >>> sum([[1, 2], [3, 4]], axis=0)
    Array([4, 6], dtype=int32)
    """
    x = jnp.asarray(x)
    return jnp.sum(x, axis=axes_of(axis), keepdims=keepdims, dtype=_total(x.dtype))


@op
def prod(x: Tensor, axis=None, keepdims=False, dtype=None) -> Tensor:
    """The product along axes, computed in `dtype` where it is given."""
    x = jnp.asarray(x)
    dtype = _total(x.dtype) if dtype is None else dtype_or(dtype, None)
    return jnp.prod(x, axis=axes_of(axis), keepdims=keepdims, dtype=dtype)


def _total(dtype: Any) -> Any:
    """The dtype of sums: 32 bits for smaller whole numbers, also where 64-bit computation is on."""
    if dtype.kind not in "biu" or dtype.itemsize > 4:
        return None
    return jnp.uint32 if dtype.kind == "u" else jnp.int32


@op
def cumsum(x: Tensor, axis=None, dtype=None) -> Tensor:
    """Running sums along an axis, or along all elements in one row if `axis` is None.

    >>> cumsum([1, 2, 3])
    Array([1, 3, 6], dtype=int32)
    """
    x = whole(x)
    return jnp.cumsum(x, axis=axis, dtype=dtype_or(dtype, x.dtype))


@op
def cumprod(x: Tensor, axis=None, dtype=None) -> Tensor:
    """Running products along an axis, or along all elements in one row if `axis` is None."""
    x = whole(x)
    return jnp.cumprod(x, axis=axis, dtype=dtype_or(dtype, x.dtype))


@op
def nancumsum(x: Tensor, axis=None, dtype=None) -> Tensor:
    """Running sums that take NaN for 0."""
    x = whole(x)
    return jnp.nancumsum(x, axis=axis, dtype=dtype_or(dtype, x.dtype))


@op
def nancumprod(x: Tensor, axis=None, dtype=None) -> Tensor:
    """Running products that take NaN for 1."""
    x = whole(x)
    return jnp.nancumprod(x, axis=axis, dtype=dtype_or(dtype, x.dtype))


@op
def logsumexp(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """`log(sum(exp(x)))` along axes, without overflow on the way."""
    return jax.nn.logsumexp(floats(x), axis=axes_of(axis), keepdims=keepdims)


@op
def count_nonzero(x: Tensor, axis=None) -> Tensor:
    """How many elements are not 0."""
    return places(jnp.count_nonzero(x, axis=axes_of(axis)))


@op
def trapezoid(y: Tensor, x: Tensor = None, dx=1.0, axis=-1) -> Tensor:
    """The area under `y` by the trapezoid rule.

    Args:
        y: heights.
        x: positions of the heights; `dx` apart if None.
        dx: the distance between neighbours where `x` is None.
        axis: the axis along which to integrate.
    """
    return jnp.trapezoid(floats(y), None if x is None else floats(x), dx, axis)


# --- extremes


@op
def max(x: Tensor, axis=None, keepdims=False, initial=None) -> Tensor:
    """The largest element along axes.

    Args:
        x: a tensor.
        axis: an axis or several; None for all.
        keepdims: whether the axes stay, with size 1.
        initial: the least that can come out; needed where there are no elements.
    """
    return _extreme(jnp.max, x, axis, keepdims, initial)


@op
def min(x: Tensor, axis=None, keepdims=False, initial=None) -> Tensor:
    """The smallest element along axes; `initial` is the most that can come out."""
    return _extreme(jnp.min, x, axis, keepdims, initial)


@op
def amax(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The largest element along axes."""
    return _extreme(jnp.max, x, axis, keepdims)


@op
def amin(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The smallest element along axes."""
    return _extreme(jnp.min, x, axis, keepdims)


@op
def ptp(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The largest element minus the smallest, along axes."""
    return jnp.ptp(x, axis=axes_of(axis), keepdims=keepdims)


@op
def argmax(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The position of the largest element, the first one of equals.

    >>> argmax([[1, 5, 2], [7, 0, 7]], axis=1)
    Array([1, 0], dtype=int32)
    """
    return places(jnp.argmax(x, axis=axis, keepdims=keepdims))


@op
def argmin(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The position of the smallest element, the first one of equals."""
    return places(jnp.argmin(x, axis=axis, keepdims=keepdims))


@op
def any(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """Whether at least one element along axes is true, or not 0."""
    return jnp.any(x, axis=axes_of(axis), keepdims=keepdims)


@op
def all(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """Whether all elements along axes are true, or not 0."""
    return jnp.all(x, axis=axes_of(axis), keepdims=keepdims)


# --- averages and spread


@op
def mean(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The average along axes; 16-bit floats are summed in 32 bits."""
    return jnp.mean(floats(x), axis=axes_of(axis), keepdims=keepdims)


@op
def average(x: Tensor, axis=None, weights: Tensor = None) -> Tensor:
    """The average along axes, each element counted as often as its weight says."""
    x, weights = (floats(x), None) if weights is None else common_floats(x, weights)
    return jnp.average(x, axis=axes_of(axis), weights=weights)


@op
def var(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The mean squared distance from the mean, along axes."""
    return jnp.var(floats(x), axis=axes_of(axis), keepdims=keepdims)


@op
def std(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The square root of the variance, along axes."""
    return jnp.std(floats(x), axis=axes_of(axis), keepdims=keepdims)


@op
def median(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The middle element along axes, or the average of the two in the middle."""
    return jnp.median(floats(x), axis=axes_of(axis), keepdims=keepdims)


@op
def quantile(x: Tensor, q: Tensor, axis=None, method="linear", keepdims=False) -> Tensor:
    """The value below which a share `q` of the elements lies.

    Args:
        x: a tensor.
        q: shares from 0 to 1; several give a new first axis.
        axis: an axis or several; None for all.
        method: what is taken between two neighbours: 'linear', 'lower', 'higher', 'midpoint' or 'nearest'.
        keepdims: whether the axes stay, with size 1.

    >>> quantile([1.0, 2.0, 4.0], 0.75)
    Array(3., dtype=float32)
    """
    x = floats(x)
    return jnp.quantile(x, jnp.asarray(q, x.dtype), axis=axes_of(axis), method=method, keepdims=keepdims)


@op
def percentile(x: Tensor, q: Tensor, axis=None, method="linear", keepdims=False) -> Tensor:
    """The value below which `q` percent of the elements lie; see `quantile`."""
    x = floats(x)
    return jnp.percentile(x, jnp.asarray(q, x.dtype), axis=axes_of(axis), method=method, keepdims=keepdims)


# --- the same, NaN left out


@op
def nansum(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The sum along axes, NaN taken for 0."""
    return jnp.nansum(x, axis=axes_of(axis), keepdims=keepdims)


@op
def nanprod(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The product along axes, NaN taken for 1."""
    return jnp.nanprod(x, axis=axes_of(axis), keepdims=keepdims)


@op
def nanmax(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The largest element along axes that is not NaN."""
    return jnp.nanmax(x, axis=axes_of(axis), keepdims=keepdims)


@op
def nanmin(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The smallest element along axes that is not NaN."""
    return jnp.nanmin(x, axis=axes_of(axis), keepdims=keepdims)


@op
def nanargmax(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The position of the largest element that is not NaN; -1 where all are."""
    x = jnp.asarray(x)
    if not is_inexact(x.dtype):
        return places(jnp.argmax(x, axis=axis, keepdims=keepdims))
    missing = jnp.isnan(x)
    found = jnp.argmax(jnp.where(missing, lowest(x.dtype), x), axis=axis, keepdims=keepdims)
    return places(jnp.where(jnp.all(missing, axis=axis, keepdims=keepdims), -1, found))


@op
def nanargmin(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The position of the smallest element that is not NaN; -1 where all are."""
    x = jnp.asarray(x)
    if not is_inexact(x.dtype):
        return places(jnp.argmin(x, axis=axis, keepdims=keepdims))
    missing = jnp.isnan(x)
    found = jnp.argmin(jnp.where(missing, highest(x.dtype), x), axis=axis, keepdims=keepdims)
    return places(jnp.where(jnp.all(missing, axis=axis, keepdims=keepdims), -1, found))


@op
def nanmean(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The average along axes of the elements that are not NaN."""
    return jnp.nanmean(floats(x), axis=axes_of(axis), keepdims=keepdims)


@op
def nanvar(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The variance along axes of the elements that are not NaN."""
    return jnp.nanvar(floats(x), axis=axes_of(axis), keepdims=keepdims)


@op
def nanstd(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The standard deviation along axes of the elements that are not NaN."""
    return jnp.nanstd(floats(x), axis=axes_of(axis), keepdims=keepdims)


@op
def nanmedian(x: Tensor, axis=None, keepdims=False) -> Tensor:
    """The median along axes of the elements that are not NaN."""
    return jnp.nanmedian(floats(x), axis=axes_of(axis), keepdims=keepdims)


@op
def nanquantile(x: Tensor, q: Tensor, axis=None, method="linear", keepdims=False) -> Tensor:
    """`quantile` of the elements that are not NaN."""
    x = floats(x)
    return jnp.nanquantile(x, jnp.asarray(q, x.dtype), axis=axes_of(axis), method=method, keepdims=keepdims)


@op
def nanpercentile(x: Tensor, q: Tensor, axis=None, method="linear", keepdims=False) -> Tensor:
    """`percentile` of the elements that are not NaN."""
    x = floats(x)
    return jnp.nanpercentile(x, jnp.asarray(q, x.dtype), axis=axes_of(axis), method=method, keepdims=keepdims)
