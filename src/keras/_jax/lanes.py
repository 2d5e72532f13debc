"""Many small computations of one form as one, side by side on the last axis.

`jax.vmap` puts them on the first axis, and a product of matrices is then a library call for each. With the many on the
last axis, whose elements lie side by side in memory, products of small matrices are sums of products of vectors, which
compile to plain loops over them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import numpy as np
from jax import lax
from jax.extend.core import Literal, jaxpr_as_fun

from keras._jax.devices import is_cpu
from keras._jax.kernels import onednn

LARGEST_PRODUCT = 1 << 14  # multiplications of one product of matrices; larger ones are better left to the library
_WRITTEN_OUT = 32  # terms of a sum of products that are written one by one

ELEMENTWISE = frozenset(
    {
        "abs", "add", "add_any", "and", "ceil", "convert_element_type", "copy", "cos", "div", "eq", "erf", "erf_inv",
        "exp", "exp2", "expm1", "floor", "ge", "gt", "integer_pow", "is_finite", "le", "log", "log1p", "logistic", "lt",
        "max", "min", "mul", "ne", "neg", "not", "or", "pow", "rem", "round", "rsqrt", "select_n", "shift_left",
        "shift_right_logical", "sign", "sin", "sqrt", "square", "stop_gradient", "sub", "tan", "tanh", "xor",
    }
)  # fmt: skip
_HEAVY = frozenset(
    {"conv_general_dilated", "scan", "while", "cond", "custom_vjp_call", "fft", "cholesky", "sort", *onednn.OPERATIONS}
)
_INLINED = {"jit": "jaxpr", "pjit": "jaxpr", "custom_jvp_call": "call_jaxpr"}


def inner_of(equation: Any) -> Any:
    """What a function that an equation calls computes, as a closed jaxpr; None if it calls none that can be opened."""
    return equation.params.get(_INLINED.get(equation.primitive.name, ""))


class _Step(NamedTuple):
    """One equation: what it does, and the numbers of the values that it reads and makes."""

    primitive: Any
    params: dict
    inputs: list
    outputs: list


class _Value(NamedTuple):
    array: Any
    many: bool  # with lanes on the last axis, or one array for all


def for_many(closed: Any, count: int) -> Callable | None:
    """`(really, *arrays) -> results` of a traced function for many at once, with lanes on the last axis of everything.

    Args:
        closed: a closed jaxpr.
        count: how many.

    Returns:
        None where nothing is gained: on a CPU, if there are large products, convolutions or loops.
    """
    if is_cpu():
        lanes = Lanes(closed, count)
        return lanes if lanes.suits() else None
    return lambda really, *arrays: jax.vmap(jaxpr_as_fun(closed), in_axes=-1, out_axes=-1)(*arrays)


class Lanes:
    """A traced function for many at once, on a CPU.

    Args:
        closed: a closed jaxpr.
        count: how many.
    """

    def __init__(self, closed: Any, count: int):
        self.count = count
        self._constants: dict[int, Any] = {}
        self._steps: list[_Step] = []
        self._products: list[int] = []  # multiplications of each
        self._size = 0
        self._inputs = [self._new() for _ in closed.jaxpr.invars]
        self._outputs = self._flatten(closed.jaxpr, closed.consts, self._inputs)
        self._levels = self._in_levels()

    def _new(self) -> int:
        self._size += 1
        return self._size

    def _flatten(self, jaxpr: Any, constants: list, inputs: list[int]) -> list[int]:
        """Appends the equations of a jaxpr, those of functions inside it too, and returns its results."""
        numbers: dict[Any, int] = dict(zip(jaxpr.invars, inputs))

        def number(atom):
            if isinstance(atom, Literal):
                return self._constant(np.asarray(atom.val, atom.aval.dtype))
            return numbers[atom]

        numbers.update((v, self._constant(c)) for v, c in zip(jaxpr.constvars, constants))
        for equation in jaxpr.eqns:
            given = [number(atom) for atom in equation.invars]
            inner = inner_of(equation)
            if inner is not None:
                made = self._flatten(inner.jaxpr, inner.consts, given)
            else:
                if equation.primitive.name == "dot_general":
                    self._products.append(_multiplications(equation))
                made = [self._new() for _ in equation.outvars]
                self._steps.append(_Step(equation.primitive, equation.params, given, made))
            numbers.update(zip(equation.outvars, made))
        return [number(atom) for atom in jaxpr.outvars]

    def _constant(self, value: Any) -> int:
        number = self._new()
        self._constants[number] = value
        return number

    def _in_levels(self) -> list[tuple[list[_Step], list[_Step]]]:
        """The equations by how many products come one after the other before them: (others, products) of each level."""
        needed = set(self._outputs)
        for step in reversed(self._steps):
            if needed.intersection(step.outputs):
                needed.update(step.inputs)
        level: dict[int, int] = {}
        found: list[tuple[list[_Step], list[_Step]]] = []
        for step in self._steps:
            if not needed.intersection(step.outputs):
                continue
            here = max((level.get(i, 0) for i in step.inputs), default=0)
            is_product = step.primitive.name == "dot_general"
            level.update((o, here + is_product) for o in step.outputs)
            while len(found) <= here:
                found.append(([], []))
            found[here][is_product].append(step)
        return found

    def suits(self) -> bool:
        """Whether all products are small, and whether they can be seen."""
        steps = [step for level in self._levels for part in level for step in part]
        names = {step.primitive.name for step in steps}
        return names.isdisjoint(_HEAVY) and all(
            multiplications <= LARGEST_PRODUCT for multiplications in self._products
        )

    def __call__(self, really: Any, *arrays: Any) -> list[Any]:
        """The results for arrays with lanes on their last axis.

        Args:
            really: True, as a value that only the running program knows.
        """
        values = {n: _Value(c, False) for n, c in self._constants.items()}
        values.update((n, _Value(a, True)) for n, a in zip(self._inputs, arrays))
        for others, products in self._levels:
            for step in others:
                made = self._apply(step, [values[i] for i in step.inputs])
                values.update(zip(step.outputs, made))
            if products:
                # behind a condition, or XLA would compute them again for everyone who reads them
                made = self._multiplied(really, products, [[values[i] for i in step.inputs] for step in products])
                values.update((step.outputs[0], value) for step, value in zip(products, made))
        return [self._spread(values[n]) for n in self._outputs]

    def _spread(self, value: _Value) -> Any:
        if value.many:
            return value.array
        shape = np.shape(value.array)
        return lax.broadcast_in_dim(value.array, (*shape, self.count), tuple(range(len(shape))))

    def _apply(self, step: _Step, given: list[_Value]) -> list[_Value]:
        name, params = step.primitive.name, step.params
        if not any(value.many for value in given):
            found = step.primitive.bind(*(value.array for value in given), **params)
            return [_Value(x, False) for x in (found if step.primitive.multiple_results else [found])]
        if name in ELEMENTWISE:
            return [_Value(step.primitive.bind(*self._same_shape(given), **params), True)]
        rule = _RULES.get(name)
        if rule is not None and len(given) == 1:
            return [_Value(rule(given[0].array, params, self.count), True)]
        return self._mapped(step, given)

    def _same_shape(self, given: list[_Value]) -> list[Any]:
        arrays = [self._spread(value) for value in given]
        largest = max((x.shape for x in arrays), key=len)
        return [
            x if len(x.shape) == len(largest) else lax.broadcast_in_dim(x, largest, (len(largest) - 1,)) for x in arrays
        ]

    def _mapped(self, step: _Step, given: list[_Value]) -> list[_Value]:
        """What has no rule here, as `jax.vmap` does it."""
        arrays = [jax.numpy.moveaxis(v.array, -1, 0) if v.many else v.array for v in given]
        axes = [0 if value.many else None for value in given]
        found = jax.vmap(lambda *x: step.primitive.bind(*x, **step.params), in_axes=axes)(*arrays)
        found = found if step.primitive.multiple_results else [found]
        return [_Value(jax.numpy.moveaxis(x, 0, -1), True) for x in found]

    def _multiplied(self, really: Any, steps: list[_Step], given: list[list[_Value]]) -> list[_Value]:
        many = [any(value.many for value in pair) for pair in given]

        def products(arrays):
            return [
                _product([_Value(a, v.many) for a, v in zip(x, pair)], step.params)
                for x, pair, step in zip(arrays, given, steps)
            ]

        arrays = [[value.array for value in pair] for pair in given]
        shapes = jax.eval_shape(products, arrays)

        def nothing(arrays):
            return [jax.numpy.zeros(s.shape, s.dtype) for s in shapes]

        return [_Value(x, m) for x, m in zip(lax.cond(really, products, nothing, arrays), many)]


def _multiplications(equation: Any) -> int:
    (contracted, _), _ = equation.params["dimension_numbers"]
    summed = math.prod(equation.invars[0].aval.shape[axis] for axis in contracted)
    return summed * math.prod(equation.outvars[0].aval.shape)


def _product(given: list[_Value], params: dict) -> Any:
    """A product of two tensors as the sum of products of vectors of lanes."""
    (x, y), ((cx, cy), (bx, by)) = given, params["dimension_numbers"]
    if not (x.many or y.many):
        return lax.dot_general(x.array, y.array, **params)
    free_x = _others(x, cx, bx)
    free_y = _others(y, cy, by)
    left = _laid_out(x, (*bx, *free_x, *cx), len(bx) + len(free_x), len(free_y))
    right = _laid_out(y, (*by, *free_y, *cy), len(by), len(free_x))
    axis = len(bx) + len(free_x) + len(free_y)
    summed = left.shape[axis:-1]
    size = math.prod(summed)
    left = left.reshape(*left.shape[:axis], size, left.shape[-1])
    right = right.reshape(*right.shape[:axis], size, right.shape[-1])
    if size > _WRITTEN_OUT:
        return (left * right).sum(axis)
    terms = [lax.index_in_dim(left, k, axis, False) * lax.index_in_dim(right, k, axis, False) for k in range(size)]
    return sum(terms[1:], terms[0])


def _others(value: _Value, contracted, batch) -> list[int]:
    rank = np.ndim(value.array) - value.many
    return [i for i in range(rank) if i not in contracted and i not in batch]


def _laid_out(value: _Value, order, position: int, new: int) -> Any:
    """The axes in another order, with `new` axes of size 1 put in, and lanes or an axis of size 1 at the end."""
    x = value.array if value.many else lax.expand_dims(value.array, (np.ndim(value.array),))
    x = lax.transpose(x, (*order, x.ndim - 1))
    return lax.expand_dims(x, tuple(range(position, position + new)))


def _broadcast(x, params, count):
    shape = params["shape"]
    return lax.broadcast_in_dim(x, (*shape, count), (*params["broadcast_dimensions"], len(shape)))


def _reduced(function):
    return lambda x, params, count: function(x, params["axes"]) if params["axes"] else x


def _slice(x, params, count):
    strides = params["strides"]
    return lax.slice(
        x, (*params["start_indices"], 0), (*params["limit_indices"], count), None if strides is None else (*strides, 1)
    )


# primitives of one operand whose axes keep clear of the last one
_RULES: dict[str, Callable] = {
    "broadcast_in_dim": _broadcast,
    "reshape": lambda x, params, count: lax.reshape(x, (*params["new_sizes"], count)),
    "transpose": lambda x, params, count: lax.transpose(x, (*params["permutation"], x.ndim - 1)),
    "squeeze": lambda x, params, count: lax.squeeze(x, params["dimensions"]),
    "expand_dims": lambda x, params, count: lax.expand_dims(x, params["dimensions"]),
    "slice": _slice,
    "reduce_sum": _reduced(lambda x, axes: x.sum(axes)),
    "reduce_max": _reduced(lambda x, axes: x.max(axes)),
    "reduce_min": _reduced(lambda x, axes: x.min(axes)),
    "reduce_prod": _reduced(lambda x, axes: x.prod(axes)),
    "reduce_and": _reduced(lambda x, axes: x.all(axes)),
    "reduce_or": _reduced(lambda x, axes: x.any(axes)),
}
