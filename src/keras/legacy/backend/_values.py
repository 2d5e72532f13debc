"""Variables, placeholders and constants, and what can be asked of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from keras import KerasTensor, Variable, config, ops
from keras._core import tree
from keras._core.dtype_policy import dtype_name
from keras._core.names import unique_name
from keras._jax import operators, pure
from keras.legacy import era, made_once, running, tensors
from keras.legacy.backend._arguments import spelled_as_before
from keras.legacy.backend._graph import Size, add_node, computes_now, evaluate, operation, size_of
from keras.legacy.backend._sizes import Sizes
from keras.legacy.loss_of_now import value_of


class BackendVariable(Variable):
    """What `K.variable` returns: arithmetic on it makes nodes, wherever nothing is being computed."""

    def eval(self) -> np.ndarray:
        """The value."""
        return self.numpy()

    def get_shape(self) -> tuple:
        """The shape."""
        return self.shape


def _sign(name: str, function: Callable) -> Callable:
    now = getattr(Variable, name)

    def method(self, *others):
        if any(isinstance(x, KerasTensor) for x in others):
            return function(self, *others)
        return now(self, *others) if computes_now() else add_node(function, (self, *others), {})

    method.__name__ = name
    return method


for _name, _function in operators.METHODS.items():
    if _name.startswith("__") and hasattr(Variable, _name):
        setattr(BackendVariable, _name, _sign(_name, _function))
tensors.take_lists(BackendVariable)
BackendVariable.__hash__ = Variable.__hash__  # type: ignore[method-assign]


def variable(value, dtype=None, name=None, constraint=None):
    """A variable with a first value, of the default float type if no other is given.

    >>> K.eval(K.variable([[1, 2]]) * 2)
    array([[2., 4.]], dtype=float32)
    """
    return made_once.once(lambda: _variable(value, dtype, name, constraint))


def _variable(value, dtype, name, constraint):
    dtype = dtype_name(dtype or config.floatx())
    if isinstance(value, KerasTensor):
        value = evaluate([value])[0]
    if hasattr(value, "tocoo"):
        value = value.toarray()  # sparse matrices of SciPy
    made = BackendVariable(np.asarray(value), dtype=dtype, name=None if name is None else name.replace("/", "_"))
    made.constraint = constraint
    if not made_once.is_open():
        running.adopt(made)
    return made


def placeholder(shape=None, ndim=None, dtype=None, sparse=False, name=None, ragged=False):
    """A symbolic tensor that `K.function` gets a value for.

    Raises:
        ValueError: neither `shape` nor `ndim` is given, or `sparse` or `ragged` is asked for.
    """
    if sparse or ragged:
        raise ValueError("K.placeholder: tensors are dense here; `sparse` and `ragged` must be False.")
    if shape is None:
        if not ndim:
            raise ValueError("K.placeholder: give `shape`, or the number of axes as `ndim`.")
        shape = (None,) * ndim
    made = KerasTensor(tuple(shape), dtype or config.floatx(), name=name or unique_name("placeholder"))
    made._is_placeholder = True
    return made


def is_placeholder(x):
    """Whether `x` was made by `K.placeholder`, or is a model's input."""
    from_input = (
        getattr(x, "_keras_history", None) is not None
        and not x._keras_history.operation._inbound_nodes[x._keras_history.node_index].input_tensors
    )
    return getattr(x, "_is_placeholder", False) or (from_input and x._keras_history.operation.begins_graphs)


def is_variable(x):
    """Whether `x` is a variable."""
    return isinstance(x, Variable)


def is_tensor(x):
    """Whether `x` is a tensor: symbolic, a variable or an array of the engine."""
    return isinstance(x, (KerasTensor, Variable)) or ops.is_tensor(x)


def is_sparse(tensor):
    """False: tensors are dense here."""
    return False


def to_dense(tensor):
    """The tensor itself: tensors are dense here."""
    return tensor


def constant(value, dtype=None, shape=None, name=None):
    """An array of one value or of those given, of the default float type if no other is given."""
    found = np.asarray(value, dtype_name(dtype or config.floatx()))
    if shape is not None:
        given = list(found.reshape(-1))
        size = math.prod(shape)
        found = np.array(given + given[-1:] * (size - len(given)), found.dtype).reshape(shape)
    return ops.convert_to_tensor(found)


@operation(direct=True)
def identity(x, name=None):
    """A tensor of the same values."""
    return ops.copy(x)


def eval(x):
    """The value of a variable, an array, or a symbolic tensor that needs no placeholder, as a NumPy array.

    Raises:
        ValueError: the tensor needs a placeholder or an input; use `K.function`.
    """
    if isinstance(x, KerasTensor):
        return evaluate([x])[0]
    if isinstance(x, (tuple, list)):
        return np.array([eval(i) for i in x])
    return np.array(x)


def get_value(x):
    """The value of a variable, as a NumPy array; within `get_updates` that of when they are put together."""
    if made_once.is_open() and isinstance(x, Variable):
        return np.asarray(x.own_value())
    value = eval(x)
    return value[()] if era.before("3") else value  # of no axes: a number of NumPy's, as sessions and tf.keras gave it


@spelled_as_before
def batch_get_value(ops):
    """The values of several variables."""
    return [eval(x) for x in ops]


def set_value(x, value):
    """Gives a variable a value."""
    if not isinstance(x, Variable):
        raise TypeError(f"K.set_value: `x` must be a variable. Got {type(x).__name__}.")
    x.assign(np.asarray(value, x.dtype))


def batch_set_value(tuples):
    """Gives variables values: pairs (variable, value)."""
    for x, value in tuples:
        set_value(x, value)


# --- shapes and dtypes


def int_shape(x):
    """The shape as a tuple of numbers, None where a size is not known; None for what has no shape."""
    found = getattr(x, "shape", None)
    return None if found is None else tuple(found)


def get_variable_shape(x):
    """The shape of a variable."""
    return int_shape(x)


def shape(x):
    """The shape as a tuple that one can compute with; sizes known only when the graph runs are symbolic numbers."""
    if not isinstance(x, KerasTensor):
        return Sizes(np.shape(x) if not hasattr(x, "shape") else x.shape)
    return Sizes(
        add_node(size_of, (x, axis), {}, Size((), "int32")) if size is None else size
        for axis, size in enumerate(x.shape)
    )


@operation
def size(x, name=None):
    """The number of elements."""
    return ops.convert_to_tensor(math.prod(x.shape), "int32")


def ndim(x):
    """The number of axes."""
    return len(x.shape)


def dtype(x):
    """The name of the dtype."""
    return config.floatx() if isinstance(x, float) else str(dtype_name(x.dtype))


def count_params(x):
    """The number of elements of a variable or an array."""
    return math.prod(int_shape(x))


# --- variables and arrays of a kind


def _made(function: Callable, shape: Any, dtype: Any, name: Any) -> Any:
    dtype = dtype_name(dtype or config.floatx())
    shape = (shape,) if isinstance(shape, int) else shape
    if computes_now() and not made_once.is_open() and not running.is_building():
        return function(tuple(shape), dtype)
    if any(isinstance(d, KerasTensor) for d in tree.leaves(shape)):
        return add_node(function, (shape, dtype), {})
    if any(d is None for d in shape):
        raise ValueError(f"All sizes of `shape` must be known. Got {tuple(shape)}.")
    value = np.full(tuple(shape), 1 if function is ops.ones else 0)  # computed here even where a step is traced
    return variable(value, dtype, name)


def zeros(shape, dtype=None, name=None):
    """A variable of zeros."""
    return _made(ops.zeros, shape, dtype, name)


def ones(shape, dtype=None, name=None):
    """A variable of ones."""
    return _made(ops.ones, shape, dtype, name)


def eye(size, dtype=None, name=None):
    """A variable with ones on the diagonal; `size` is a number, or a pair of rows and columns."""
    rows, columns = size if isinstance(size, (tuple, list)) else (size, size)
    return variable(np.eye(rows, columns), dtype, name)


@operation(direct=True)
def zeros_like(x, dtype=None, name=None):
    """Zeros of the shape of `x`."""
    return ops.zeros_like(x, dtype=dtype)


@operation(direct=True)
def ones_like(x, dtype=None, name=None):
    """Ones of the shape of `x`."""
    return ops.ones_like(x, dtype=dtype)


# --- updates


def _assign(x, new):
    x.assign(new)
    return ops.convert_to_tensor(x.value)


def _add(x, increment):
    return _assign(x, x.value + increment)


def _subtract(x, decrement):
    return _assign(x, x.value - decrement)


def _average(x, value, momentum):
    return _assign(x, x.value * momentum + value * (1 - momentum))


class _Change(tuple):
    """A pair of a variable and its next value, which is a change: other updates of the variable may come before it."""

    change: Any

    def apply_update(self) -> None:
        """Adds the change to what the variable holds by then."""
        variable = self[0]
        variable.assign(variable.value + self.change)


def _update(function: Callable, x: Any, *arguments: Any) -> Any:
    if not isinstance(x, Variable):
        raise TypeError(f"K.update: only variables can be updated. Got {type(x).__name__}.")
    if made_once.is_open():  # `get_updates` says what shall be: whatever it reads later is still the old value
        with pure.Scope():
            pair = (x, function(x, *arguments))
        if function not in (_add, _subtract):
            return pair
        found = _Change(pair)
        change = ops.cast(value_of(arguments[0]), x.dtype)
        found.change = change if function is _add else -change
        return found
    if computes_now():
        return function(x, *arguments)
    return add_node(function, (x, *arguments), {}, KerasTensor(x.shape, x.dtype))


def update(x, new_x):
    """Gives a variable a value: at once inside layers and training, else when `K.function` or `K.eval` runs it."""
    return _update(_assign, x, new_x)


def update_add(x, increment):
    """`K.update` by adding."""
    return _update(_add, x, increment)


def update_sub(x, decrement):
    """`K.update` by subtracting."""
    return _update(_subtract, x, decrement)


@spelled_as_before
def moving_average_update(x, value, momentum):
    """`K.update` with `x * momentum + value * (1 - momentum)`."""
    return _update(_average, x, value, momentum)
