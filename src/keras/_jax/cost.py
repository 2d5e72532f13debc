"""How many arithmetic operations a computation takes, counted in what JAX traces."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import jax

from keras._jax.kernels import onednn

_MOVES = frozenset((
    "broadcast_in_dim", "reshape", "transpose", "squeeze", "expand_dims", "slice", "dynamic_slice", "copy", "rev",
    "dynamic_update_slice", "concatenate", "pad", "gather", "convert_element_type", "iota", "stop_gradient", "select_n",
    "random_bits", "random_seed", "random_wrap", "random_unwrap", "split", "copy_p", "bitcast_convert_type",
))  # fmt: skip


def operations_of(function: Callable, tensors: Sequence[Any]) -> int:
    """Additions, multiplications and the like that `function(*tensors)` takes; a product and its sum count as two.

    A loop whose length is not known counts once, of the branches of a condition the longest.

    Args:
        function: takes arrays.
        tensors: things with a shape and a dtype; unknown sizes count as 1.
    """
    shapes = [jax.ShapeDtypeStruct(tuple(1 if n is None else n for n in x.shape), x.dtype) for x in tensors]
    return operations_in(jax.make_jaxpr(function)(*shapes))


def operations_in(closed: Any) -> int:
    """The same of what is traced already."""
    return _counted(closed.jaxpr)


def _counted(jaxpr: Any) -> int:
    return sum(_of_equation(equation) for equation in jaxpr.eqns)


def _of_equation(equation: Any) -> int:
    name, parameters = equation.primitive.name, equation.params
    out = math.prod(equation.outvars[0].aval.shape) if equation.outvars else 0
    if name == "dot_general":
        (contracted, _), _ = parameters["dimension_numbers"]
        return 2 * out * math.prod(equation.invars[0].aval.shape[axis] for axis in contracted)
    if name == "conv_general_dilated":
        kernel = equation.invars[1].aval.shape
        return 2 * out * math.prod(kernel) // kernel[parameters["dimension_numbers"].rhs_spec[0]]
    if name in onednn.OPERATIONS:
        shapes = [value.aval.shape for value in (*equation.invars, *equation.outvars)]
        return onednn.operations(*(shapes[place] for place in onednn.OPERATIONS[name]))
    inner = [_inner(value) for value in parameters.values()]
    bodies = [jaxpr for group in inner for jaxpr in group]
    if name == "scan":
        return parameters["length"] * sum(_counted(body) for body in bodies)
    if name == "cond":
        return max((_counted(body) for body in bodies), default=0)
    if name.startswith("custom_"):  # its derivative may be beside it
        return max((_counted(body) for body in bodies), default=0)
    if bodies:
        return sum(_counted(body) for body in bodies)
    if name in _MOVES:
        return 0
    if name.startswith(("reduce_", "arg", "cum")) and not name.startswith("reduce_window"):
        return math.prod(equation.invars[0].aval.shape)
    if name.startswith("reduce_window"):
        return out * math.prod(parameters["window_dimensions"])
    return out


def _inner(value: Any) -> list[Any]:
    """The traced programs in a parameter of an equation."""
    found = []
    for one in value if isinstance(value, (list, tuple)) else (value,):
        one = getattr(one, "jaxpr", one)
        if hasattr(one, "eqns"):
            found.append(one)
    return found
