"""Functions of one tensor, element by element."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from keras._core.types import Tensor
from keras._jax.dtypes import dtype_or, floats, is_inexact, whole
from keras._jax.op import op

# --- signs and rounding


@op
def absolute(x: Tensor) -> Tensor:
    """The distance of each element from 0.

    >>> absolute([-2, 3])
    Array([2, 3], dtype=int32)
    """
    return jnp.abs(x)


abs = absolute


@op
def fabs(x: Tensor) -> Tensor:
    """The distance of each element from 0, as a float."""
    return jnp.abs(floats(x))


@op
def negative(x: Tensor) -> Tensor:
    """`-x`."""
    return jnp.negative(x)


@op
def sign(x: Tensor) -> Tensor:
    """-1, 0 or 1 for elements below, at and above 0."""
    return jnp.sign(x)


@op
def signbit(x: Tensor) -> Tensor:
    """Whether each element carries a minus sign; true for -0.0."""
    return jnp.signbit(x)


@op
def ceil(x: Tensor) -> Tensor:
    """The smallest whole number not below each element, as a float."""
    return jnp.ceil(floats(x))


@op
def floor(x: Tensor) -> Tensor:
    """The largest whole number not above each element, as a float."""
    return jnp.floor(floats(x))


@op
def trunc(x: Tensor) -> Tensor:
    """Each element without its fraction: rounded towards 0."""
    x = jnp.asarray(x)
    return jnp.trunc(x) if is_inexact(x.dtype) else x


@op
def round(x: Tensor, decimals=0) -> Tensor:
    """Each element rounded to `decimals` places; halves go to the even neighbour.

    >>> round([0.5, 1.5, 2.25])
    Array([0., 2., 2.], dtype=float32)
    """
    if decimals < 0 and jnp.issubdtype(jnp.result_type(x), jnp.integer):
        return _round_integers(jnp.asarray(x), 10**-decimals)
    return jnp.round(x, decimals)


def _round_integers(x: jax.Array, step: int) -> jax.Array:
    """Integers rounded to multiples of `step`, halves to the even one."""
    kind = x.dtype if x.dtype.itemsize >= 4 else jnp.dtype("int32")  # `step` has to fit
    if step > jnp.iinfo(kind).max // 2:
        return jnp.zeros_like(x)
    below, rest = jnp.divmod(x.astype(kind), step)
    up = (2 * rest > step) | ((2 * rest == step) & (below % 2 == 1))
    return ((below + up) * step).astype(x.dtype)


@op
def clip(x: Tensor, x_min: Tensor, x_max: Tensor) -> Tensor:
    """Each element moved into the range from `x_min` to `x_max`.

    >>> clip([-1.0, 0.5, 9.0], 0.0, 1.0)
    Array([0. , 0.5, 1. ], dtype=float32)
    """
    return jnp.clip(whole(x), x_min, x_max)


@op
def nan_to_num(x: Tensor, nan=0.0, posinf=None, neginf=None) -> Tensor:
    """`x` with numbers in the place of NaN and of the infinities.

    Args:
        x: a tensor.
        nan, posinf, neginf: what replaces NaN and the two infinities; the largest and the smallest number of the dtype
            where the last two are None.
    """
    return jnp.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)


# --- powers, exponentials and logarithms


@op
def square(x: Tensor) -> Tensor:
    """`x * x`."""
    return jnp.square(whole(x))


@op
def sqrt(x: Tensor) -> Tensor:
    """The square root; NaN below 0."""
    return jnp.sqrt(floats(x))


@op
def rsqrt(x: Tensor) -> Tensor:
    """`1 / sqrt(x)`."""
    return jax.lax.rsqrt(floats(x))


@op
def cbrt(x: Tensor) -> Tensor:
    """The cube root; negative for negative elements."""
    return jnp.cbrt(floats(x))


@op
def reciprocal(x: Tensor) -> Tensor:
    """`1 / x`."""
    return jnp.reciprocal(floats(x))


@op
def exp(x: Tensor) -> Tensor:
    """`e ** x`."""
    return jnp.exp(floats(x))


@op
def exp2(x: Tensor) -> Tensor:
    """`2 ** x`."""
    return jnp.exp2(floats(x))


@op
def expm1(x: Tensor) -> Tensor:
    """`e ** x - 1`, accurate near 0."""
    return jnp.expm1(floats(x))


@op
def log(x: Tensor) -> Tensor:
    """The natural logarithm."""
    return jnp.log(floats(x))


@op
def log10(x: Tensor) -> Tensor:
    """The logarithm to base 10."""
    return jnp.log10(floats(x))


@op
def log1p(x: Tensor) -> Tensor:
    """`log(1 + x)`, accurate near 0."""
    return jnp.log1p(floats(x))


@op
def log2(x: Tensor) -> Tensor:
    """The logarithm to base 2."""
    return jnp.log2(floats(x))


# --- angles


@op
def sin(x: Tensor) -> Tensor:
    """The sine of angles in radians."""
    return jnp.sin(floats(x))


@op
def cos(x: Tensor) -> Tensor:
    """The cosine of angles in radians."""
    return jnp.cos(floats(x))


@op
def tan(x: Tensor) -> Tensor:
    """The tangent of angles in radians."""
    return jnp.tan(floats(x))


@op
def arcsin(x: Tensor) -> Tensor:
    """The angle, from -pi/2 to pi/2, whose sine is `x`."""
    return jnp.arcsin(floats(x))


@op
def arccos(x: Tensor) -> Tensor:
    """The angle, from 0 to pi, whose cosine is `x`."""
    return jnp.arccos(floats(x))


@op
def arctan(x: Tensor) -> Tensor:
    """The angle, from -pi/2 to pi/2, whose tangent is `x`."""
    return jnp.arctan(floats(x))


@op
def sinh(x: Tensor) -> Tensor:
    """The hyperbolic sine, `(exp(x) - exp(-x)) / 2`."""
    return jnp.sinh(floats(x))


@op
def cosh(x: Tensor) -> Tensor:
    """The hyperbolic cosine, `(exp(x) + exp(-x)) / 2`."""
    return jnp.cosh(floats(x))


@op
def tanh(x: Tensor) -> Tensor:
    """The hyperbolic tangent, `sinh(x) / cosh(x)`."""
    return jnp.tanh(floats(x))


@op
def arcsinh(x: Tensor) -> Tensor:
    """The number whose hyperbolic sine is `x`."""
    return jnp.arcsinh(floats(x))


@op
def arccosh(x: Tensor) -> Tensor:
    """The number, at least 0, whose hyperbolic cosine is `x`."""
    return jnp.arccosh(floats(x))


@op
def arctanh(x: Tensor) -> Tensor:
    """The number whose hyperbolic tangent is `x`."""
    return jnp.arctanh(floats(x))


@op
def deg2rad(x: Tensor) -> Tensor:
    """Degrees as radians: `x * pi / 180`."""
    return jnp.deg2rad(floats(x))


@op
def rad2deg(x: Tensor) -> Tensor:
    """Radians as degrees: `x * 180 / pi`."""
    return jnp.rad2deg(floats(x))


@op
def sinc(x: Tensor) -> Tensor:
    """`sin(pi x) / (pi x)`, and 1 at 0."""
    return jnp.sinc(floats(x))


@op
def i0(x: Tensor) -> Tensor:
    """The modified Bessel function of the first kind and order 0."""
    return jnp.i0(floats(x))


# --- error functions


@op
def erf(x: Tensor) -> Tensor:
    """The error function: twice the area under `exp(-t**2) / sqrt(pi)` from 0 to `x`."""
    return jax.scipy.special.erf(floats(x))


@op
def erfc(x: Tensor) -> Tensor:
    """`1 - erf(x)`, accurate for large `x`."""
    return jax.scipy.special.erfc(floats(x))


@op
def erfinv(x: Tensor) -> Tensor:
    """The number whose error function is `x`."""
    return jax.scipy.special.erfinv(floats(x))


# --- questions about elements


@op
def isfinite(x: Tensor) -> Tensor:
    """Whether each element is neither infinite nor NaN."""
    return jnp.isfinite(x)


@op
def isinf(x: Tensor) -> Tensor:
    """Whether each element is plus or minus infinity."""
    return jnp.isinf(x)


@op
def isnan(x: Tensor) -> Tensor:
    """Whether each element is NaN."""
    return jnp.isnan(x)


@op
def isneginf(x: Tensor) -> Tensor:
    """Whether each element is minus infinity."""
    return jnp.isneginf(x)


@op
def isposinf(x: Tensor) -> Tensor:
    """Whether each element is plus infinity."""
    return jnp.isposinf(x)


@op
def isreal(x: Tensor) -> Tensor:
    """Whether each element has no imaginary part."""
    return jnp.isreal(x)


@op
def logical_not(x: Tensor) -> Tensor:
    """Whether each element is false or 0."""
    return jnp.logical_not(x)


@op
def bitwise_not(x: Tensor) -> Tensor:
    """Whole numbers with every bit flipped."""
    return jnp.bitwise_not(x)


bitwise_invert = bitwise_not


# --- complex numbers, and bits as other numbers


@op
def real(x: Tensor) -> Tensor:
    """The real part."""
    return jnp.real(x)


@op
def imag(x: Tensor) -> Tensor:
    """The imaginary part; 0 for real tensors."""
    return jnp.imag(x)


@op
def conj(x: Tensor) -> Tensor:
    """The complex conjugate."""
    return jnp.conj(x)


conjugate = conj


@op
def angle(x: Tensor) -> Tensor:
    """The angle of complex numbers in radians: 0 for positive reals, pi for negative ones."""
    return jnp.angle(floats(x))


@op
def view(x: Tensor, dtype=None) -> Tensor:
    """The same bits read as another dtype; the last axis shrinks or grows with the size of an element.

    >>> view(array([1.0], "float32"), "int32")
    Array([1065353216], dtype=int32)
    """
    x = jnp.asarray(x)
    return x.view(dtype_or(dtype, x.dtype))


@op
def view_as_complex(x: Tensor) -> Tensor:
    """Pairs in the last axis as complex numbers: shape (..., 2) becomes (...).

    Raises:
        ValueError: the last axis does not have 2 entries.
    """
    x = floats(x)
    if x.ndim == 0 or x.shape[-1] != 2:
        raise ValueError(f"view_as_complex: the last axis must hold pairs, real and imaginary. Got shape {x.shape}.")
    x = x.astype(jnp.promote_types(x.dtype, jnp.float32))  # there are no complex numbers of 16 bits
    return jax.lax.complex(x[..., 0], x[..., 1])


@op
def view_as_real(x: Tensor) -> Tensor:
    """Complex numbers as pairs, real and imaginary part, in a new last axis."""
    return jnp.stack([jnp.real(x), jnp.imag(x)], axis=-1)


@op
def copy(x: Tensor) -> Tensor:
    """An array of its own with the same elements."""
    return jnp.array(x, copy=True)
