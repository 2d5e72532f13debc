"""Choosing, finding, sorting and counting elements."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from keras._core import limits
from keras._core.checks import sizes_of
from keras._core.graph import KerasTensor
from keras._core.types import Tensor, Tensors
from keras._jax import pure
from keras._jax.dtypes import floats, places
from keras._jax.op import as_array, broadcasting, op, symbol_of, with_shape

# --- choosing


def _index(key: Any) -> Any:
    if isinstance(key, tuple):
        return tuple(_index(k) for k in key)
    if isinstance(key, slice) and any(map(_is_open, (key.start, key.stop, key.step))):
        raise TypeError(_ENDS_ARE_TENSORS)
    if key is None or key is Ellipsis or isinstance(key, (slice, bool, int)):
        return key
    return as_array(key)


def _is_open(number: Any) -> bool:
    return isinstance(number, (KerasTensor, jax.core.Tracer))


_ENDS_ARE_TENSORS = (
    "get_item: compiled code has to know how long a part is, and here a tensor says where it begins or ends.\n"
    "  For a part of a known length write keras.ops.slice(x, start_indices, shape), or use a mask."
)


def _check_places(shape: tuple, key: Any) -> None:
    """Refuses numbers beyond the ends of their axes, where JAX would take the last element."""
    items = [k for k in (key if isinstance(key, tuple) else (key,)) if k is not None]
    if not all(type(k) in (int, slice) or k is Ellipsis for k in items):
        return
    before = next((i for i, k in enumerate(items) if k is Ellipsis), len(items))
    sizes = (*shape[:before], None, *shape[len(shape) - (len(items) - before - 1) :]) if before < len(items) else shape
    for size, k in zip(sizes, items):
        if isinstance(k, int) and not (-size <= k < size or pure.may_fit((size,), (None,))):
            raise IndexError(f"get_item: place {k} does not exist along an axis of size {size}. Got shape {shape}.")


@op
def get_item(x: Tensor, key) -> Tensor:
    """`x[key]`: an element, a range, or what an array of positions or of booleans points at."""
    x = jnp.asarray(x)
    _check_places(x.shape, key)
    return x[_index(key)]


@op
def take(x: Tensor, indices: Tensor, axis=None) -> Tensor:
    """Entries at positions along an axis; of all elements in one row if `axis` is None.

    Positions below 0 count from the end. Beyond the ends come NaN, or the smallest whole number.

    >>> take([[1, 2, 3]], [0, 2], axis=1)
    Array([[1, 3]], dtype=int32)
    """
    return jnp.take(jnp.asarray(x), jnp.asarray(indices), axis)


@op
def take_along_axis(x: Tensor, indices: Tensor, axis=None) -> Tensor:
    """Elements at positions along an axis, with positions of their own in every row."""
    return jnp.take_along_axis(jnp.asarray(x), jnp.asarray(indices), axis)


def _where_shapes(trace, condition, x1=None, x2=None):
    if x1 is None and x2 is None:
        return _nonzero_shapes(trace, condition)
    return broadcasting(trace, condition, x1, x2)


@op(shapes=_where_shapes)
def where(condition: Tensor, x1: Tensor = None, x2: Tensor = None) -> Tensor:
    """`x1` where the condition holds, and `x2` elsewhere; the positions where it holds if both are None.

    >>> where([True, False], [1, 2], 0)
    Array([1, 0], dtype=int32)
    """
    if x1 is None and x2 is None:
        return _nonzero(condition, "where")
    if x1 is None or x2 is None:
        raise ValueError("where: give both `x1` and `x2`, or neither.")
    return jnp.where(jnp.asarray(condition), x1, x2)


@op
def select(condlist: Tensors, choicelist: Tensors, default: Tensor = 0) -> Tensor:
    """For each element, the choice that belongs to the first condition that holds; `default` where none does."""
    return jnp.select([jnp.asarray(c) for c in condlist], choicelist, default)


# --- finding


def _nonzero_shapes(trace, x):
    return tuple(KerasTensor((None,), "int32") for _ in x.shape)


def _nonzero(x: Any, who: str) -> tuple:
    if isinstance(x, jax.core.Tracer):
        raise ValueError(_DEPENDS_ON_VALUES.format(who=who, instead="use a mask: keras.ops.where(condition, x1, x2)"))
    return tuple(places(axis) for axis in jnp.nonzero(x))


_DEPENDS_ON_VALUES = (
    "{who}: the shape of the result depends on values, which compiled code does not know.\n"
    "  Inside compiled code {instead}."
)


@op(shapes=_nonzero_shapes)
def nonzero(x: Tensor) -> Tensors:
    """Positions of the elements that are not 0: one tensor of positions per axis.

    Raises:
        ValueError: called in compiled code, where the number of results would have to be known.
    """
    return _nonzero(x, "nonzero")


@op
def searchsorted(sorted_sequence: Tensor, values: Tensor, side="left") -> Tensor:
    """Positions at which `values` would have to stand to keep a vector sorted: before equals, or after if 'right'.

    >>> searchsorted([1, 3, 5], [3, 4])
    Array([1, 2], dtype=int32)
    """
    if jnp.ndim(sorted_sequence) != 1:
        raise ValueError(f"searchsorted: `sorted_sequence` must have one axis. Got shape {jnp.shape(sorted_sequence)}.")
    return jnp.searchsorted(sorted_sequence, values, side)


@op
def digitize(x: Tensor, bins: Tensor) -> Tensor:
    """The number of the interval between borders that each element falls into; 0 below the first border."""
    return jnp.digitize(x, jnp.asarray(bins))


@op
def isin(x1: Tensor, x2: Tensor, assume_unique=False, invert=False) -> Tensor:
    """Whether each element of `x1` is among those of `x2`; whether it is not, if `invert`.

    `assume_unique` says that neither holds an element twice; the answer is the same.
    """
    return jnp.isin(x1, x2, assume_unique=assume_unique, invert=invert)


@op
def unravel_index(indices: Tensor, shape) -> Tensors:
    """Positions in one row of all elements as positions along each axis of a tensor of that shape."""
    return tuple(jnp.unravel_index(jnp.asarray(indices), sizes_of(shape)))  # in the dtype of `indices`


# --- sorting


@op
def sort(x: Tensor, axis=-1) -> Tensor:
    """Elements in rising order along an axis."""
    return jnp.sort(x, axis)


@op
def argsort(x: Tensor, axis=-1) -> Tensor:
    """Positions of the elements in rising order along an axis, or among all if None; equals keep their order."""
    x = jnp.asarray(x)
    return places(jnp.argsort(x, axis) if x.ndim else jnp.argsort(x, None))  # one number is an array of one


@op
def argpartition(x: Tensor, kth, axis=-1) -> Tensor:
    """Positions such that the first `kth` elements are not larger than the next, nor that than the rest.

    They are along an axis, or among all elements if None.
    """
    x = jnp.asarray(x)
    return places(jnp.argpartition(x.reshape(-1), kth) if axis is None else jnp.argpartition(x, kth, axis))


@op
def top_k(x: Tensor, k, sorted=True) -> Tensors:
    """The `k` largest elements of the last axis, largest first, and their positions.

    >>> top_k([1.0, 9.0, 4.0], 2)
    (Array([9., 4.], dtype=float32), Array([1, 2], dtype=int32))
    """
    # the order asked for with sorted=True is one of those allowed with sorted=False
    return tuple(jax.lax.top_k(jnp.asarray(x), k))


@op
def in_top_k(targets: Tensor, predictions: Tensor, k) -> Tensor:
    """Whether the score of the target class is among the `k` highest scores of its row.

    Shapes:
        targets: (rows,), predictions: (rows, classes), result: (rows,).

    Ties count in favour of the target; scores that are not finite count against it.
    """
    targets, predictions = jnp.asarray(targets), floats(predictions)
    position = targets[..., None]
    score = jnp.take_along_axis(predictions, position, axis=-1, mode="fill", fill_value=jnp.nan)
    higher = jnp.sum(predictions > score, axis=-1)
    return (higher < k) & jnp.isfinite(score[..., 0])


def _unique_shapes(trace, x, sorted=True, return_index=False, return_inverse=False, return_counts=False, axis=None,
                   size=None, fill_value=None):  # fmt: skip
    rest = () if axis is None else tuple(d for i, d in enumerate(x.shape) if i != axis % len(x.shape))
    where = 0 if axis is None else axis % len(x.shape)
    result = [with_shape(x, (*rest[:where], size, *rest[where:]))]
    if return_index:
        result.append(KerasTensor((size,), "int32"))
    if return_inverse:
        result.append(KerasTensor(x.shape if axis is None else (x.shape[where],), "int32"))
    if return_counts:
        result.append(KerasTensor((size,), "int32"))
    return result[0] if len(result) == 1 else tuple(result)


@op(shapes=_unique_shapes)
def unique(x: Tensor, sorted=True, return_index=False, return_inverse=False, return_counts=False, axis=None, size=None,
           fill_value=None) -> Tensor:  # fmt: skip
    """The different elements, each once; what is not a number differs from everything, itself too.

    Args:
        x: a tensor.
        sorted: whether they come in rising order; they do in either case.
        return_index: whether to return where each was found first.
        return_inverse: whether to return which of them every element of `x` is.
        return_counts: whether to return how often each was found.
        axis: compare whole entries along this axis, instead of single elements.
        size: return exactly so many, cutting or filling up; needed in compiled code.
        fill_value: what fills up; the first one if None.
    """
    x = jnp.asarray(x)
    if size is None and isinstance(x, jax.core.Tracer):
        raise ValueError(_DEPENDS_ON_VALUES.format(who="unique", instead="give the number of results with `size`"))
    found = jnp.unique(
        x, return_index=return_index, return_inverse=return_inverse, return_counts=return_counts, axis=axis, size=size,
        fill_value=fill_value, equal_nan=False,
    )  # fmt: skip
    return (found[0], *map(places, found[1:])) if isinstance(found, tuple) else found


# --- counting


def _bincount_shapes(trace, x, weights=None, minlength=0, sparse=False):
    if sparse:
        raise ValueError(_NO_SPARSE.format(who="bincount"))
    dtype = "int32" if weights is None else symbol_of(weights).dtype
    return KerasTensor((*x.shape[:-1], None), dtype)


_NO_SPARSE = "{who}: sparse tensors do not exist on this engine; leave `sparse=False`."


@op(shapes=_bincount_shapes)
def bincount(x: Tensor, weights: Tensor = None, minlength=0, sparse=False) -> Tensor:
    """How often 0, 1, 2, ... are in a vector, or in each row of a matrix.

    Args:
        x: whole numbers, not negative.
        weights: what each element counts; 1 if None.
        minlength: the least length of the result. In compiled code it is the length, and larger elements do not count.
        sparse: must be False.

    >>> bincount([1, 1, 3])
    Array([0, 2, 0, 1], dtype=int32)
    """
    if sparse:
        raise ValueError(_NO_SPARSE.format(who="bincount"))
    x = jnp.asarray(x)
    minlength = 0 if minlength is None else minlength
    if not isinstance(x, jax.core.Tracer):
        length = max(int(x.max()) + 1 if x.size else 0, minlength)
    elif minlength > 0:
        length = minlength
    else:
        raise ValueError(
            _DEPENDS_ON_VALUES.format(who="bincount", instead="give the length of the result with `minlength`")
        )
    if x.ndim == 1:
        counts = jnp.bincount(x, weights, length=length)
        return places(counts) if weights is None else counts
    rows = x.reshape(-1, x.shape[-1])
    if weights is None:
        counts = places(jax.vmap(lambda row: jnp.bincount(row, length=length))(rows))
    else:
        counts = jax.vmap(lambda row, w: jnp.bincount(row, w, length=length))(rows, weights.reshape(rows.shape))
    return counts.reshape(*x.shape[:-1], length)


@op
def histogram(x: Tensor, bins=10, range=None) -> Tensors:
    """How many elements lie in each of `bins` intervals of equal width, and the borders of these.

    Args:
        x: a tensor.
        bins: the number of intervals.
        range: the outer borders, low and high; the smallest and the largest element if None.
    """
    if not isinstance(bins, int) or isinstance(bins, bool) or bins < 1:
        raise ValueError(f"histogram: `bins` must be a positive integer. Got {bins!r}.")
    if range is not None and (len(range) != 2 or range[0] >= range[1]):
        raise ValueError(f"histogram: `range` must be two rising numbers. Got {range!r}.")
    x = floats(x)
    counts, edges = jnp.histogram(x, bins, range)
    return counts.astype(x.dtype), edges.astype(x.dtype)


@op
def diff(a: Tensor, n=1, axis=-1) -> Tensor:
    """Each element minus the one before it along an axis, `n` times over."""
    limits.check_repeats("n", n)
    return jnp.diff(a, n, axis)
