"""Linear algebra over the last two axes; the axes before them are a batch."""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp

from keras._core.types import Tensor
from keras._jax.dtypes import common_floats, floats, places
from keras._jax.numpy_reductions import axes_of
from keras._jax.op import op


def _matrices(x: Any, who: str, square: bool = False) -> jax.Array:
    """`x` as an array of floats with at least two axes, of one size if `square`."""
    x = floats(x)
    if x.ndim < 2 or (square and x.shape[-1] != x.shape[-2]):
        kind = "square matrices (..., n, n)" if square else "matrices (..., n, m)"
        raise ValueError(f"{who}: takes {kind}. Got shape {x.shape}.")
    return x


def _in_32_bits(function):
    """A function of matrices that LAPACK has in 32 bits and more only, as one of 16-bit matrices as well."""

    @functools.wraps(function)
    def run(*matrices):
        kind = matrices[0].dtype
        if kind not in (jnp.float16, jnp.bfloat16):
            return function(*matrices)
        found = function(*(m.astype(jnp.float32) for m in matrices))
        return jax.tree.map(lambda a: a.astype(kind) if a.dtype == jnp.float32 else a, found)

    return run


# --- factors


@op
def cholesky(x: Tensor, upper=False) -> Tensor:
    """The lower triangular `L` with `L @ L.T == x`, or the upper triangular `L.T` if `upper`.

    Raises:
        ValueError: `x` is not positive definite; in compiled code the result is NaN instead.
    """
    x = _matrices(x, "cholesky", square=True)
    factor = _in_32_bits(lambda m: jnp.linalg.cholesky(m, upper=upper))(x)
    if not isinstance(factor, jax.core.Tracer) and bool(jnp.isnan(factor).any()):
        raise ValueError("cholesky: `x` must be symmetric and positive definite.")
    return factor


@op
def cholesky_inverse(x: Tensor, upper=False) -> Tensor:
    """The inverse of the matrix whose Cholesky factor is `x`: lower triangular, or upper if `upper`."""
    x = _matrices(x, "cholesky_inverse", square=True)
    identity = jnp.broadcast_to(jnp.eye(x.shape[-1], dtype=x.dtype), x.shape)
    return _in_32_bits(lambda m, i: jax.scipy.linalg.cho_solve((m, not upper), i))(x, identity)


@op
def qr(x: Tensor, mode="reduced") -> tuple:
    """Orthogonal columns `q` and an upper triangular `r` with `q @ r == x`.

    Args:
        x: matrices.
        mode: 'reduced' for as many columns of `q` as the smaller size, 'complete' for a square one.
    """
    if mode not in ("reduced", "complete"):
        raise ValueError(f"qr: `mode` must be 'reduced' or 'complete'. Got {mode!r}.")
    return tuple(_in_32_bits(lambda m: tuple(jnp.linalg.qr(m, mode)))(_matrices(x, "qr")))


@op
def svd(x: Tensor, full_matrices=True, compute_uv=True):
    """Orthogonal `u` and `v` and falling numbers `s` with `u @ diag(s) @ v == x`.

    Args:
        x: matrices.
        full_matrices: whether `u` and `v` are square; cut to the smaller size otherwise.
        compute_uv: whether to return `u` and `v` as well.
    """

    def decompose(m):
        found = jnp.linalg.svd(m, full_matrices=full_matrices, compute_uv=compute_uv)
        return tuple(found) if compute_uv else found

    return _in_32_bits(decompose)(_matrices(x, "svd"))


@op
def eig(x: Tensor) -> tuple:
    """Complex eigenvalues, and eigenvectors in columns. JAX has this on the CPU only."""
    return _in_32_bits(lambda m: tuple(jnp.linalg.eig(m)))(_matrices(x, "eig", square=True))


@op
def eigh(x: Tensor) -> tuple:
    """Eigenvalues in rising order, and eigenvectors in columns, of symmetric matrices."""
    return _in_32_bits(lambda m: tuple(jnp.linalg.eigh(m)))(_matrices(x, "eigh", square=True))


@op
def lu_factor(x: Tensor) -> tuple:
    """Triangular factors in one matrix, and the rows exchanged on the way.

    Below the diagonal stands `L`, whose diagonal is 1; on and above it `U`; row `i` was exchanged with row `pivots[i]`.
    """
    return _in_32_bits(lambda m: tuple(jax.scipy.linalg.lu_factor(m)))(_matrices(x, "lu_factor"))


# --- numbers about matrices


@op
def det(x: Tensor) -> Tensor:
    """The determinant.

    >>> det([[2.0, 0.0], [0.0, 3.0]])
    Array(6., dtype=float32)
    """
    return _in_32_bits(jnp.linalg.det)(_matrices(x, "det", square=True))


@op
def slogdet(x: Tensor) -> tuple:
    """The sign of the determinant, and the logarithm of its absolute value."""
    return _in_32_bits(lambda m: tuple(jnp.linalg.slogdet(m)))(_matrices(x, "slogdet", square=True))


@op
def logdet(x: Tensor) -> Tensor:
    """The logarithm of the determinant of symmetric positive definite matrices."""
    return _in_32_bits(lambda m: jnp.linalg.slogdet(m)[1])(_matrices(x, "logdet", square=True))


@op
def matrix_rank(x: Tensor, tol=None) -> Tensor:
    """The number of singular values above `tol` times the largest; a rounding error's worth if None."""
    return places(jnp.linalg.matrix_rank(_as_32(_matrices(x, "matrix_rank")), tol))


def _as_32(x: jax.Array) -> jax.Array:
    return x.astype(jnp.promote_types(x.dtype, jnp.float32))


@op
def norm(x: Tensor, ord=None, axis=None, keepdims=False) -> Tensor:
    """The length of vectors or the size of matrices.

    Args:
        x: a tensor.
        ord: which norm. For vectors a number `p` (2 if None) means `sum(|x| ** p) ** (1 / p)`, infinity the largest
            distance from 0. For matrices 'fro' (if None), 'nuc', 1, -1, 2, -2 and the infinities, as in NumPy.
        axis: the axis of vectors, or the two axes of matrices; all elements in one vector if None.
        keepdims: whether the axes stay, with size 1.

    >>> norm([3.0, 4.0])
    Array(5., dtype=float32)
    """
    x, axis = floats(x), axes_of(axis)
    if ord in ("nuc", 2, -2) and (x.ndim == 2 if axis is None else isinstance(axis, tuple) and len(axis) == 2):
        return _in_32_bits(lambda m: jnp.linalg.norm(m, ord, axis, keepdims))(x)
    return jnp.linalg.norm(x, ord, axis, keepdims)


# --- inverses and equations


@op
def inv(x: Tensor) -> Tensor:
    """The inverse of square matrices."""
    return _in_32_bits(jnp.linalg.inv)(_matrices(x, "inv", square=True))


@op
def pinv(x: Tensor, rcond=None) -> Tensor:
    """The Moore-Penrose inverse; singular values below `rcond` times the largest count as 0."""
    return _in_32_bits(lambda m: jnp.linalg.pinv(m, rcond))(_matrices(x, "pinv"))


@op
def solve(a: Tensor, b: Tensor) -> Tensor:
    """The `x` with `a @ x == b`.

    Shapes:
        a: (..., n, n); b: (..., n, k), or (..., n) for one vector per matrix.
    """
    a, b = common_floats(a, b)
    a = _matrices(a, "solve", square=True)
    if b.ndim == a.ndim - 1:
        return _in_32_bits(lambda m, v: jnp.linalg.solve(m, v[..., None])[..., 0])(a, b)
    return _in_32_bits(jnp.linalg.solve)(a, b)


@op
def solve_triangular(a: Tensor, b: Tensor, lower=False) -> Tensor:
    """The `x` with `a @ x == b` for upper triangular `a`, or lower ones; the other triangle is not looked at."""
    a, b = common_floats(a, b)
    a = _matrices(a, "solve_triangular", square=True)
    vectors = b.ndim == a.ndim - 1

    def run(m, v):
        return jax.scipy.linalg.solve_triangular(m, v, lower=lower)

    found = _in_32_bits(run)(a, b[..., None] if vectors else b)
    return found[..., 0] if vectors else found


@op
def lstsq(a: Tensor, b: Tensor, rcond=None) -> Tensor:
    """The `x` that makes `|a @ x - b|` smallest, and among several of these the shortest.

    Args:
        a: (n, k).
        b: (n,) or (n, columns).
        rcond: singular values below this times the largest count as 0; a rounding error's worth if None.
    """
    a, b = common_floats(a, b)
    return _in_32_bits(lambda m, v: jnp.linalg.lstsq(m, v, rcond)[0])(_matrices(a, "lstsq"), b)


@op
def cdist(x: Tensor, y: Tensor) -> Tensor:
    """The distance between every point of `x` and every point of `y`.

    Shapes:
        x: (..., n, size), y: (..., m, size), result: (..., n, m).
    """
    x, y = common_floats(x, y)
    if x.ndim < 2 or y.ndim < 2 or x.shape[-1] != y.shape[-1]:
        raise ValueError(f"cdist: points must have the same size, and be rows. Got shapes {x.shape} and {y.shape}.")
    squares = jnp.sum(jnp.square(x[..., :, None, :] - y[..., None, :, :]), axis=-1)
    # a root has no gradient at 0; the distance of a point from itself gets none
    apart = squares > 0
    return jnp.where(apart, jnp.sqrt(jnp.where(apart, squares, 1)), 0)
