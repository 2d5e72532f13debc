"""Arithmetic, comparisons and logic on two tensors that broadcast against each other."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp

from keras._core.types import Tensor
from keras._jax.dtypes import common_floats, whole
from keras._jax.op import broadcasting, op

_elementwise = functools.partial(op, shapes=broadcasting)

# --- arithmetic


@_elementwise
def add(x1: Tensor, x2: Tensor) -> Tensor:
    """`x1 + x2`.

    >>> add([1, 2], [[10], [20]])
    Array([[11, 12],
           [21, 22]], dtype=int32)
    """
    return jnp.add(x1, x2)


@_elementwise
def subtract(x1: Tensor, x2: Tensor) -> Tensor:
    """`x1 - x2`."""
    return jnp.subtract(x1, x2)


@_elementwise
def multiply(x1: Tensor, x2: Tensor) -> Tensor:
    """`x1 * x2`."""
    return jnp.multiply(x1, x2)


@_elementwise
def divide(x1: Tensor, x2: Tensor) -> Tensor:
    """`x1 / x2`, a float also for whole numbers."""
    return jnp.true_divide(*_division(x1, x2))


true_divide = divide


@_elementwise
def divide_no_nan(x1: Tensor, x2: Tensor) -> Tensor:
    """`x1 / x2`, and 0 where `x2` is 0."""
    x1, x2 = common_floats(x1, x2)
    zero = x2 == 0
    return jnp.where(zero, jnp.zeros((), x2.dtype), x1 / jnp.where(zero, jnp.ones((), x2.dtype), x2))


def _division(x1, x2):
    # JAX divides whole numbers in float32 or float64, whatever the default float type is
    kind = jnp.result_type(x1, x2)
    return (x1, x2) if kind == jnp.float32 else common_floats(x1, x2)


def _countable(x1, x2):
    """Both tensors, as int32 where they are booleans, which cannot be divided."""
    return (whole(x1), x2) if jnp.result_type(x1, x2) == jnp.bool_ else (x1, x2)


@_elementwise
def floor_divide(x1: Tensor, x2: Tensor) -> Tensor:
    """The largest whole number not above `x1 / x2`."""
    return jnp.floor_divide(*_countable(x1, x2))


@_elementwise
def mod(x1: Tensor, x2: Tensor) -> Tensor:
    """What is left of `x1` after division by `x2`, with the sign of `x2`."""
    return jnp.mod(*_countable(x1, x2))


@_elementwise
def fmod(x1: Tensor, x2: Tensor) -> Tensor:
    """What is left of `x1` after division by `x2`, with the sign of `x1`."""
    return jnp.fmod(x1, x2)


@_elementwise
def power(x1: Tensor, x2: Tensor) -> Tensor:
    """`x1 ** x2`."""
    return jnp.power(x1, x2)


@_elementwise
def maximum(x1: Tensor, x2: Tensor) -> Tensor:
    """The larger of two elements; NaN where either is NaN."""
    return jnp.maximum(x1, x2)


@_elementwise
def minimum(x1: Tensor, x2: Tensor) -> Tensor:
    """The smaller of two elements; NaN where either is NaN."""
    return jnp.minimum(x1, x2)


@_elementwise
def fmax(x1: Tensor, x2: Tensor) -> Tensor:
    """The larger of two elements; the other one where one is NaN."""
    return jnp.fmax(x1, x2)


@_elementwise
def fmin(x1: Tensor, x2: Tensor) -> Tensor:
    """The smaller of two elements; the other one where one is NaN."""
    return jnp.fmin(x1, x2)


@_elementwise
def arctan2(x1: Tensor, x2: Tensor) -> Tensor:
    """The angle, from -pi to pi, of the point with height `x1` at the position `x2`."""
    return jnp.arctan2(*common_floats(x1, x2))


@_elementwise
def hypot(x1: Tensor, x2: Tensor) -> Tensor:
    """`sqrt(x1**2 + x2**2)`, without overflow on the way."""
    return jnp.hypot(*common_floats(x1, x2))


@_elementwise
def logaddexp(x1: Tensor, x2: Tensor) -> Tensor:
    """`log(exp(x1) + exp(x2))`, without overflow on the way."""
    return jnp.logaddexp(*common_floats(x1, x2))


@_elementwise
def logaddexp2(x1: Tensor, x2: Tensor) -> Tensor:
    """`log2(2**x1 + 2**x2)`, without overflow on the way."""
    return jnp.logaddexp2(*common_floats(x1, x2))


@_elementwise
def heaviside(x1: Tensor, x2: Tensor) -> Tensor:
    """0 where `x1` is below 0, `x2` where it is 0, and 1 above."""
    return jnp.heaviside(*common_floats(x1, x2))


@_elementwise
def nextafter(x1: Tensor, x2: Tensor) -> Tensor:
    """The next number that a float can hold after `x1`, going towards `x2`."""
    return jnp.nextafter(*common_floats(x1, x2))


@_elementwise
def ldexp(x1: Tensor, x2: Tensor) -> Tensor:
    """`x1 * 2**x2` for whole numbers `x2`."""
    kind = jnp.result_type(x2)
    if not jnp.issubdtype(kind, jnp.integer):
        raise TypeError(f"ldexp: `x2` must hold whole numbers. Got dtype {kind}.")
    x1 = common_floats(x1)[0]
    return x1 * jnp.exp2(jnp.asarray(x2, x1.dtype))


@_elementwise
def gcd(x1: Tensor, x2: Tensor) -> Tensor:
    """The greatest common divisor of whole numbers."""
    return jnp.gcd(x1, x2)


@_elementwise
def lcm(x1: Tensor, x2: Tensor) -> Tensor:
    """The least common multiple of whole numbers."""
    return jnp.lcm(x1, x2)


@_elementwise
def polar(abs_: Tensor, angle: Tensor) -> Tensor:
    """Complex numbers from lengths and angles in radians: `abs_ * exp(i angle)`."""
    abs_, angle = (x.astype(jnp.promote_types(x.dtype, jnp.float32)) for x in common_floats(abs_, angle))
    return jax.lax.complex(abs_ * jnp.cos(angle), abs_ * jnp.sin(angle))


# --- comparisons


@_elementwise
def equal(x1: Tensor, x2: Tensor) -> Tensor:
    """Whether `x1 == x2`, for each element."""
    return jnp.equal(x1, x2)


@_elementwise
def not_equal(x1: Tensor, x2: Tensor) -> Tensor:
    """Whether `x1 != x2`, for each element."""
    return jnp.not_equal(x1, x2)


@_elementwise
def greater(x1: Tensor, x2: Tensor) -> Tensor:
    """Whether `x1 > x2`, for each element."""
    return jnp.greater(x1, x2)


@_elementwise
def greater_equal(x1: Tensor, x2: Tensor) -> Tensor:
    """Whether `x1 >= x2`, for each element."""
    return jnp.greater_equal(x1, x2)


@_elementwise
def less(x1: Tensor, x2: Tensor) -> Tensor:
    """Whether `x1 < x2`, for each element."""
    return jnp.less(x1, x2)


@_elementwise
def less_equal(x1: Tensor, x2: Tensor) -> Tensor:
    """Whether `x1 <= x2`, for each element."""
    return jnp.less_equal(x1, x2)


@_elementwise
def isclose(x1: Tensor, x2: Tensor, rtol=1e-5, atol=1e-8, equal_nan=False) -> Tensor:
    """Whether `|x1 - x2| <= atol + rtol * |x2|`, for each element; NaN is close to NaN if `equal_nan`."""
    return jnp.isclose(x1, x2, rtol, atol, equal_nan)


@_elementwise
def allclose(x1: Tensor, x2: Tensor, rtol=1e-5, atol=1e-8, equal_nan=False) -> Tensor:
    """Whether `|x1 - x2| <= atol + rtol * |x2|` for all elements together."""
    return jnp.allclose(x1, x2, rtol, atol, equal_nan)


# --- logic and bits


@_elementwise
def logical_and(x1: Tensor, x2: Tensor) -> Tensor:
    """Whether both elements are true, or not 0."""
    return jnp.logical_and(x1, x2)


@_elementwise
def logical_or(x1: Tensor, x2: Tensor) -> Tensor:
    """Whether at least one of both elements is true, or not 0."""
    return jnp.logical_or(x1, x2)


@_elementwise
def logical_xor(x1: Tensor, x2: Tensor) -> Tensor:
    """Whether exactly one of both elements is true, or not 0."""
    return jnp.logical_xor(x1, x2)


@_elementwise
def bitwise_and(x: Tensor, y: Tensor) -> Tensor:
    """Whole numbers with the bits that both have."""
    return jnp.bitwise_and(x, y)


@_elementwise
def bitwise_or(x: Tensor, y: Tensor) -> Tensor:
    """Whole numbers with the bits that at least one has."""
    return jnp.bitwise_or(x, y)


@_elementwise
def bitwise_xor(x: Tensor, y: Tensor) -> Tensor:
    """Whole numbers with the bits that exactly one has."""
    return jnp.bitwise_xor(x, y)


@_elementwise
def bitwise_left_shift(x: Tensor, y: Tensor) -> Tensor:
    """Whole numbers with their bits moved `y` places up: `x * 2**y`."""
    return jnp.left_shift(x, y)


left_shift = bitwise_left_shift


@_elementwise
def bitwise_right_shift(x: Tensor, y: Tensor) -> Tensor:
    """Whole numbers with their bits moved `y` places down, the sign kept."""
    return jnp.right_shift(x, y)


right_shift = bitwise_right_shift
