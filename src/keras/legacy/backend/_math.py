"""Elementwise functions, reductions and products."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np

from keras import config, ops
from keras.legacy import era
from keras.legacy.backend._arguments import spelled_as_before
from keras.legacy.backend._graph import operation
from keras.legacy.backend._sizes import Sizes

# --- one of today's operations each, with the same arguments

_SAME = {
    "x": "abs square exp sign sin cos sigmoid tanh softplus softsign round transpose",
    "x y": "equal not_equal greater greater_equal less less_equal maximum minimum",
}


def _row(name: str, parameters: str) -> Callable:
    today = getattr(ops, name)
    if parameters == "x":

        def function(x):
            return today(x)
    else:

        def function(x, y):
            return today(x, y)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`keras.ops.{name}` with the arguments of earlier releases: {', '.join(parameters.split())}."
    return operation(function, direct=True)


for _parameters, _names in _SAME.items():
    for _name in _names.split():
        globals()[_name] = _row(_name, _parameters)
lesser, lesser_equal = globals()["less"], globals()["less_equal"]


@operation(direct=True)
def sqrt(x):
    """The square root; 0 for what is negative."""
    return ops.sqrt(ops.maximum(x, 0.0))


@operation(direct=True)
def log(x):
    """The natural logarithm."""
    return ops.log(x)


@operation(direct=True)
def pow(x, a):
    """`x ** a`."""
    return ops.power(x, a)


@operation(direct=True)
def clip(x, min_value=None, max_value=None):
    """Values below and above the two bounds set to them; None is no bound, and a maximum below the minimum is it."""
    if isinstance(min_value, (int, float)) and isinstance(max_value, (int, float)):
        max_value = min_value if max_value < min_value else max_value
    return ops.clip(x, -np.inf if min_value is None else min_value, np.inf if max_value is None else max_value)


@operation(direct=True)
def cast(x, dtype):
    """The tensor in another dtype."""
    return ops.cast(x.vector() if isinstance(x, Sizes) else x, dtype)


def cast_to_floatx(x):
    """A NumPy array, or a tensor, in the default float type."""
    return cast(x, config.floatx()) if not isinstance(x, (np.ndarray, list, int, float)) else np.asarray(
        x, config.floatx()
    )  # fmt: skip


def _floats(x: Any) -> Any:
    return ops.cast(x, config.floatx()) if str(getattr(x, "dtype", "")) == "bool" else x


# --- reductions


@operation(direct=True)
def sum(x, axis=None, keepdims=False):
    """The sum over axes."""
    return ops.sum(x, axis=axis, keepdims=keepdims)


@operation(direct=True)
def prod(x, axis=None, keepdims=False):
    """The product over axes."""
    return ops.prod(x, axis=axis, keepdims=keepdims)


@operation(direct=True)
def mean(x, axis=None, keepdims=False):
    """The mean over axes; booleans count as 0 and 1."""
    return ops.mean(_floats(x), axis=axis, keepdims=keepdims)


@operation(direct=True)
def var(x, axis=None, keepdims=False):
    """The variance over axes."""
    return ops.var(_floats(x), axis=axis, keepdims=keepdims)


@operation(direct=True)
def std(x, axis=None, keepdims=False):
    """The standard deviation over axes."""
    return ops.std(_floats(x), axis=axis, keepdims=keepdims)


@operation(direct=True)
def max(x, axis=None, keepdims=False):
    """The largest value over axes."""
    return ops.max(x, axis=axis, keepdims=keepdims)


@operation(direct=True)
def min(x, axis=None, keepdims=False):
    """The smallest value over axes."""
    return ops.min(x, axis=axis, keepdims=keepdims)


@operation(direct=True)
def any(x, axis=None, keepdims=False):
    """Whether one is true, over axes."""
    return ops.any(ops.cast(x, "bool"), axis=axis, keepdims=keepdims)


@operation(direct=True)
def all(x, axis=None, keepdims=False):
    """Whether all are true, over axes."""
    return ops.all(ops.cast(x, "bool"), axis=axis, keepdims=keepdims)


@operation(direct=True)
def argmax(x, axis=-1):
    """Where the largest value is along an axis."""
    return ops.argmax(x, axis=axis)


@operation(direct=True)
def argmin(x, axis=-1):
    """Where the smallest value is along an axis."""
    return ops.argmin(x, axis=axis)


@operation(direct=True)
def logsumexp(x, axis=None, keepdims=False):
    """`log(sum(exp(x)))` over axes."""
    return ops.logsumexp(x, axis=axis, keepdims=keepdims)


@operation(direct=True)
def cumsum(x, axis=0):
    """Sums of all up to here along an axis."""
    return ops.cumsum(x, axis=axis)


@operation(direct=True)
def cumprod(x, axis=0):
    """Products of all up to here along an axis."""
    return ops.cumprod(x, axis=axis)


# --- products


@operation(direct=True)
def dot(x, y):
    """The product over the last axis of `x` and the last but one of `y`: (2, 3) and (4, 3, 5) give (2, 4, 5)."""
    return ops.matmul(x, y) if len(x.shape) == len(y.shape) == 2 else ops.dot(x, y)


@operation
def batch_dot(x, y, axes=None):
    """The product of every sample of `x` with that of `y` over one axis of each.

    Args:
        axes: the two axes, or one number for both. If None, the last of `x` and the last but one of `y`,
            or the only one that `y` has beside the batch.
    """
    x, y = ops.convert_to_tensor(x), ops.convert_to_tensor(y)
    if x.ndim < 2 or y.ndim < 2:
        raise ValueError(f"K.batch_dot: both tensors need 2 axes or more. Got shapes {x.shape} and {y.shape}.")
    if axes is None:
        axes = (x.ndim - 1, y.ndim - 1 if y.ndim == 2 else y.ndim - 2)
    axes = (axes, axes) if isinstance(axes, int) else tuple(axes)
    if len(axes) != 2 or not builtins.all(isinstance(a, int) for a in axes):
        raise ValueError(f"K.batch_dot: `axes` must be two numbers. Got {axes!r}.")
    first, second = axes[0] % x.ndim, axes[1] % y.ndim
    shared = _leading(x, y, first, second) if era.before("2.3") else 1
    if shared > 1:
        return _over_leading_axes(x, y, first, second, shared)
    if 0 in (first, second):
        raise ValueError("K.batch_dot: `axes` must not name the batch axis, 0. Use K.dot for that.")
    if x.shape[first] != y.shape[second]:
        raise ValueError(
            f"K.batch_dot: shapes {x.shape} and {y.shape} do not fit along axes {axes}." + _of_2_2(x.ndim + y.ndim)
        )
    left = "bcdefgh"[: x.ndim]
    right = "b" + "rstuvw"[: y.ndim - 1]
    left, right = left.replace(left[first], "z"), right.replace(right[second], "z")
    kept = [c for c in left[1:] + right[1:] if c != "z"]
    found = ops.einsum(f"{left},{right}->b{''.join(kept)}", x, y)
    return found if kept else ops.expand_dims(found, -1)


def _of_2_2(axes: int) -> str:
    """What to do where a program was written for releases that meant something else by the same call."""
    if axes < 7 or not era.before("3"):
        return ""
    return "\n  Until 2.2 all axes but the last two were of the batch. For programs of that time set KERAS_ERA=2.2."


def _leading(x: Any, y: Any, first: int, second: int) -> int:
    """How many axes were those of a batch before 2.3: all but the last two of the tensor that has more."""
    count = builtins.max(x.ndim, y.ndim) - 2
    fits = x.shape[:count] == y.shape[:count] and builtins.min(first, second) >= count
    return count if fits and x.shape[first] == y.shape[second] else 1


def _over_leading_axes(x: Any, y: Any, first: int, second: int, shared: int) -> Any:
    left, right = list("bcdefgh"[: x.ndim]), list("bcdefgh"[:shared] + "rst"[: y.ndim - shared])
    left[first] = right[second] = "z"
    kept = "".join(c for c in left + right[shared:] if c != "z")
    return ops.einsum(f"{''.join(left)},{''.join(right)}->{kept}", x, y)


@operation(direct=True)
def l2_normalize(x, axis=None):
    """`x / sqrt(max(sum(x ** 2), 1e-12))` over an axis."""
    return x / ops.sqrt(ops.maximum(ops.sum(ops.square(x), axis=axis, keepdims=True), 1e-12))


@operation(direct=True)
def gather(reference, indices):
    """Entries along the first axis."""
    return ops.take(reference, ops.cast(indices, "int32"), axis=0)


@spelled_as_before
@operation(direct=True)
def one_hot(indices, num_classes):
    """Rows with a 1 where the index is."""
    return ops.one_hot(ops.cast(indices, "int32"), num_classes)


@operation(direct=True)
def in_top_k(predictions, targets, k):
    """Whether the target is among the `k` largest predictions."""
    return ops.in_top_k(ops.cast(targets, "int32"), predictions, k)


@operation(direct=True)
def stop_gradient(variables):
    """The same values, of which gradients are 0."""
    return [ops.stop_gradient(v) for v in variables] if isinstance(variables, (list, tuple)) else ops.stop_gradient(
        variables
    )  # fmt: skip
