"""Products of vectors, matrices and higher tensors."""

from __future__ import annotations

import math
import re

import jax.numpy as jnp

from keras._core.graph import is_symbolic
from keras._core.types import Tensor
from keras._jax.dtypes import common_floats, floats
from keras._jax.op import filled, op, with_shape

_LARGE = 1 << 18  # multiplications


def _size(x, axis):
    return x.shape[axis] if hasattr(x, "shape") and -len(x.shape) <= axis < len(x.shape) else None


def _with_size(x, axis, size):
    if not is_symbolic(x) or x.shape[axis] is not None or size is None:
        return x
    shape = list(x.shape)
    shape[axis] = size
    return with_shape(x, shape)


def _matmul_shapes(trace, x1, x2):
    a, b = -1, -2 if len(getattr(x2, "shape", ())) > 1 else -1
    x1, x2 = _with_size(x1, a, _size(x2, b)), _with_size(x2, b, _size(x1, a))
    known = {}
    for x in (x1, x2):
        for axis, size in enumerate(reversed(x.shape[:-2]), start=2):
            if size not in (None, 1):
                known.setdefault(axis, size)
    return trace(filled(x1, known), filled(x2, known))


@op(shapes=_matmul_shapes)
def matmul(x1: Tensor, x2: Tensor) -> Tensor:
    """The matrix product over the last two axes; the axes before them broadcast. Integers of 8 bits give those of 32.

    Shapes:
        x1: (..., n, k), x2: (..., k, m), result: (..., n, m). Vectors lose their axis.

    >>> matmul([[1, 2]], [[3], [4]])
    Array([[11]], dtype=int32)
    """
    if x1.ndim > 2 and x2.ndim == 2 and _is_large(x1, x2):
        return _rows_times(x1, x2)
    return jnp.matmul(x1, x2, preferred_element_type=_sums_of(x1, x2))


def _is_large(x, matrix) -> bool:
    """Whether there is enough to multiply for its order to matter; small products stay as they are written."""
    sizes = (*x.shape, matrix.shape[-1])
    return all(isinstance(n, int) for n in sizes) and math.prod(sizes) >= _LARGE


def _rows_times(x, matrix):
    """`x @ matrix` with all rows of `x` as one matrix.

    The gradient of the matrix is then one product of two matrices. From more axes XLA makes it the other way round and
    transposes factors and result: on a CPU up to twice the time.
    """
    rows = x.reshape(math.prod(x.shape[:-1]), x.shape[-1])
    result = jnp.matmul(rows, matrix, preferred_element_type=_sums_of(x, matrix))
    return result.reshape(*x.shape[:-1], matrix.shape[-1])


def _sums_of(*factors):
    """The dtype of sums of products of 8-bit integers, which would not hold them; None for all others."""
    return jnp.int32 if all(getattr(x, "dtype", None) == jnp.int8 for x in factors) else None


def _dot_shapes(trace, x1, x2):
    if not getattr(x1, "shape", ()) or not getattr(x2, "shape", ()):
        return trace(x1, x2)
    b = -2 if len(x2.shape) > 1 else -1
    return trace(_with_size(x1, -1, _size(x2, b)), _with_size(x2, b, _size(x1, -1)))


@op(shapes=_dot_shapes)
def dot(x1: Tensor, x2: Tensor) -> Tensor:
    """Sums of products over the last axis of `x1` and the last but one of `x2`; the other axes stay side by side.

    Shapes:
        x1: (a, b, k), x2: (c, k, d), result: (a, b, c, d).
    """
    return jnp.dot(x1, x2)


def _tensordot_shapes(trace, x1, x2, axes=2):
    if isinstance(axes, int):
        most = min(len(x.shape) for x in (x1, x2) if hasattr(x, "shape"))  # of more, the call below tells
        pairs = [(i - axes, i) for i in range(axes)] if axes <= most else []
    else:
        first, second = ([a] if isinstance(a, int) else list(a) for a in axes)
        pairs = list(zip(first, second))
    a, b = x1, x2
    for i, j in pairs:
        a, b = _with_size(a, i, _size(x2, j)), _with_size(b, j, _size(x1, i))
    return trace(a, b, axes=axes)


@op(shapes=_tensordot_shapes)
def tensordot(x1: Tensor, x2: Tensor, axes=2) -> Tensor:
    """Sums of products over chosen axes.

    Args:
        x1, x2: tensors.
        axes: how many of the last axes of `x1` are summed with the first of `x2`, or two lists of axes.
    """
    if isinstance(axes, int) and axes > min(jnp.ndim(x1), jnp.ndim(x2)):  # jax would list that many axes first
        raise ValueError(f"tensordot: `axes` is {axes:,}, and the tensors have {jnp.ndim(x1)} and {jnp.ndim(x2)} axes.")
    return jnp.tensordot(x1, x2, axes)


def _einsum_shapes(trace, subscripts, *operands, **kwargs):
    if not isinstance(subscripts, str):
        return trace(subscripts, *operands, **kwargs)
    terms = subscripts.replace(" ", "").split("->")[0].split(",")
    known: dict[str, int] = {}
    labels = []
    for term, x in zip(terms, operands):
        before, dots, after = term.partition("...")
        if not hasattr(x, "shape"):  # a number
            labels.append([])
            continue
        middle = len(x.shape) - len(before) - len(after)
        # axes under the dots are numbered from the end, because they broadcast
        labels.append([*before, *(f"...{i}" for i in range(middle, 0, -1) if dots), *after])
        for label, size in zip(labels[-1], x.shape):
            if size not in (None, 1):
                known.setdefault(label, size)

    def fill(x, names):
        if not is_symbolic(x):
            return x
        return with_shape(x, [known.get(name) if d is None else d for name, d in zip(names, x.shape)])

    return trace(subscripts, *map(fill, operands, labels), **kwargs)


@op(shapes=_einsum_shapes)
def einsum(subscripts, *operands: Tensor, **kwargs) -> Tensor:
    """Sums of products as Einstein's notation says: a letter that is missing in the result is summed over.

    Args:
        subscripts: letters for the axes, such as 'ij,jk->ik'; '...' stands for axes that broadcast.
        *operands: tensors.
        **kwargs: `optimize`, the order in which pairs are multiplied, as NumPy takes it.

    >>> einsum("ij,j->i", [[1, 2], [3, 4]], [10, 1])
    Array([12, 34], dtype=int32)
    """
    if _is_rows_times(subscripts, operands):
        return _rows_times(*operands)
    return jnp.einsum(subscripts, *operands, preferred_element_type=_sums_of(*operands), **kwargs)


def _is_rows_times(subscripts, operands) -> bool:
    """Whether it says `x @ matrix`, such as 'abc,cd->abd'."""
    if not isinstance(subscripts, str) or [getattr(o, "ndim", 0) > 1 for o in operands] != [True, True]:
        return False
    found = re.fullmatch(r"(\w+|\.\.\.)(\w),\2(\w)->\1\3", subscripts.replace(" ", ""))
    if found is None:
        return False
    rows, summed, new = found.groups()
    letters = ("" if rows == "..." else rows) + summed + new
    x, matrix = operands
    if x.ndim < 3 or matrix.ndim != 2 or x.shape[-1] != matrix.shape[0] or len(set(letters)) < len(letters):
        return False
    return _is_large(x, matrix)


def _inner_shapes(trace, x1, x2):
    if not getattr(x1, "shape", ()) or not getattr(x2, "shape", ()):
        return trace(x1, x2)
    return trace(_with_size(x1, -1, _size(x2, -1)), _with_size(x2, -1, _size(x1, -1)))


@op(shapes=_inner_shapes)
def inner(x1: Tensor, x2: Tensor) -> Tensor:
    """Sums of products over the last axes of both."""
    return jnp.inner(x1, x2)


@op
def outer(x1: Tensor, x2: Tensor) -> Tensor:
    """All products of an element of `x1` with one of `x2`, as a matrix."""
    return jnp.outer(x1, x2)


@op
def vdot(x1: Tensor, x2: Tensor) -> Tensor:
    """The sum of all products of conjugated elements of `x1` with those of `x2`."""
    return jnp.vdot(x1, x2)


@op
def kron(x1: Tensor, x2: Tensor) -> Tensor:
    """The Kronecker product: every element of `x1` times all of `x2`."""
    return jnp.kron(x1, x2)


@op
def cross(x1: Tensor, x2: Tensor, axisa=-1, axisb=-1, axisc=-1, axis=None) -> Tensor:
    """The vector at right angles to two vectors of 3 (or 2) elements.

    Args:
        x1, x2: tensors of vectors.
        axisa, axisb, axisc: where the vectors lie in `x1`, `x2` and the result.
        axis: all three in one.
    """
    return jnp.cross(x1, x2, axisa, axisb, axisc, axis)


@op
def trace(x: Tensor, offset=0, axis1=0, axis2=1) -> Tensor:
    """The sum of a diagonal."""
    return jnp.trace(x, offset, axis1, axis2)


@op
def correlate(x1: Tensor, x2: Tensor, mode="valid") -> Tensor:
    """Sums of products of `x1` with `x2` moved along it.

    Args:
        x1, x2: one-dimensional tensors.
        mode: 'valid' for positions where they overlap fully, 'same' for as many as elements, 'full' for all.
    """
    first, second = common_floats(x1, x2)
    return jnp.correlate(first, second, mode=mode)


@op
def corrcoef(x: Tensor) -> Tensor:
    """Pearson's correlation between every two rows."""
    return jnp.corrcoef(floats(x))
