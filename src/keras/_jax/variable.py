"""Variables: named values that layers and optimizers keep and change."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from keras import config
from keras._core import limits, lookup
from keras._core.checks import no_more_arguments
from keras._core.dtype_policy import dtype_name, is_float_name
from keras._core.errors import WrongTypeError
from keras._core.fresh import Fresh, take
from keras._core.names import current_path, unique_name
from keras._core.recording import recording
from keras._jax import placement, processes, pure
from keras._jax.as_argument import let_jax_take
from keras._jax.devices import allow, is_chosen
from keras._jax.divided_start import divided_value


class _Autocast(threading.local):
    dtype: str | None = None


_autocast = _Autocast()
JOINED = (
    1 << 15
)  # elements: joining more for a program costs more than it saves, so first values wait on the host for it


class AutocastScope:
    """While open, float variables are read in `dtype`; None reads them as they are kept."""

    def __init__(self, dtype: str | None):
        self.dtype = dtype if dtype is None or is_float_name(dtype) else None

    def __enter__(self):
        self.before = _autocast.dtype
        _autocast.dtype = self.dtype
        return self

    def __exit__(self, *_):
        _autocast.dtype = self.before


class Variable:
    """A value with a name that can be assigned.

    Args:
        initializer: an array, a function `(shape, dtype=...)` that makes one, or the name of an initializer.
        shape: the shape, needed with a function.
        dtype: the dtype's name; that of the array, or the default float type, if None.
        trainable: whether optimizers change it.
        autocast: whether a layer that computes in 16 bits reads it in 16 bits.
        aggregation, synchronization: how replicas on several devices combine it: 'none', 'mean', 'sum' or
            'only_first_replica', and 'auto', 'none', 'on_write' or 'on_read'.
        layout: the layout over several devices, if any.
        name: its name; made up if None.
        like: the variable that it lies beside on several devices, such as the one whose optimizer state it is.

    >>> v = Variable([1.0, 2.0], name="v")
    >>> v.assign_add([1.0, 1.0])
    >>> v.numpy()
    array([2., 3.], dtype=float32)
    """

    __array_priority__ = 100
    on_host = False
    """Whether the value is kept in the host's memory and goes to the device for each use alone."""

    def __init__(
        self,
        initializer,
        shape=None,
        dtype=None,
        trainable=True,
        autocast=True,
        aggregation="none",
        synchronization="auto",
        layout=None,
        name=None,
        like=None,
        **kwargs,
    ):
        no_more_arguments("Variable", kwargs)
        if aggregation not in (None, "none", "mean", "sum", "only_first_replica"):
            raise ValueError(
                f"Variable: `aggregation` must be 'none', 'mean', 'sum' or 'only_first_replica'. Got {aggregation!r}."
            )
        if synchronization not in (None, "none", "on_read", "on_write", "auto"):
            raise ValueError(
                f"Variable: `synchronization` must be 'auto', 'none', 'on_write' or 'on_read'. Got {synchronization!r}."
            )
        if isinstance(initializer, str):
            initializer = lookup.get(initializer, "keras.initializers", "initializer")
        own_name = name or unique_name("variable")
        if not isinstance(own_name, str) or "/" in own_name:
            raise ValueError(f"Variable: `name` must be a string without '/'. Got {name!r}.")
        path = current_path()
        self.own_name = own_name
        self.path = f"{path}/{own_name}" if path else own_name
        self.aggregation = aggregation
        self.synchronization = synchronization
        self.trainable = bool(trainable)
        self.autocast = bool(autocast)
        self.regularizer: Any = None
        self.constraint: Any = None
        self.overwrite_with_gradient = False
        self._layout = layout
        self._like = like
        self._initializer = initializer if callable(initializer) else None
        self._lease: Any = None
        value = self._first_value(initializer, shape, dtype)
        self._shape: tuple[int, ...] = tuple(value.shape)
        self._dtype: str = value.dtype.name
        if not isinstance(value, np.ndarray):
            with jax.ensure_compile_time_eval():  # as for its value
                value = placement.placed(self, value)
        self._raw: jax.Array | np.ndarray = value

    def _first_value(self, initializer: Any, shape: Any, dtype: Any) -> jax.Array | np.ndarray:
        if dtype is not None:
            dtype = dtype_name(dtype)
            allow(dtype)
        # a variable made while a function is being traced still gets a real value
        if not callable(initializer):
            with jax.ensure_compile_time_eval():
                value = self._waiting(_host_or_device_array(initializer, dtype))
            if shape is not None and tuple(shape) != value.shape:
                raise ValueError(
                    f"Variable {self.own_name}: the value has shape {value.shape}, but `shape` is {tuple(shape)}."
                )
            return value
        if shape is None:
            raise ValueError(f"Variable {self.own_name}: a function as `initializer` needs `shape`.")
        if any(d is None for d in shape):
            raise ValueError(f"Variable {self.own_name}: all sizes of `shape` must be known. Got {tuple(shape)}.")
        name = dtype or config.floatx()
        limits.take(self.path, shape, np.dtype(name).itemsize)
        self._shape, self._dtype = tuple(int(d) for d in shape), name
        divided = divided_value(self, initializer, self._shape, name)
        if divided is not None:
            return divided
        on_host = getattr(initializer, "values_on_host", None)
        made = None if on_host is None else on_host(self._shape, name)
        with jax.ensure_compile_time_eval():
            if made is not None:
                return self._waiting(made.astype(jax.dtypes.canonicalize_dtype(name), copy=False))
            return _to_array(initializer(self._shape, dtype=name), name)

    def _waiting(self, value: jax.Array | np.ndarray) -> jax.Array | np.ndarray:
        """A first value that stays where it is until somebody reads it, or on its device."""
        if isinstance(value, jax.Array):
            return value
        waits = value.size <= JOINED and placement.current() is None and not is_chosen()
        return value if waits else array_from(value)

    # --- the value

    def own_value(self) -> jax.Array:
        """The stored value, whatever scope is open."""
        if self._lease is not None:
            self._lease.settle()
        return self.raw_value()

    def raw_value(self) -> jax.Array:
        """What the variable itself holds, without asking those who use it for something newer."""
        value = self._raw
        if isinstance(value, np.ndarray):
            with jax.ensure_compile_time_eval():
                value = self._raw = array_from(value)
        return value

    def host_or_device_value(self) -> jax.Array | np.ndarray:
        """The stored value, for reading on the host: nothing is brought to a device for it."""
        if self._lease is not None:
            self._lease.settle()
        return self._raw

    @property
    def value(self) -> jax.Array:
        """The value now, in the dtype that the layer being called computes in."""
        value = self._stored()
        dtype = _autocast.dtype
        if dtype is not None and self.autocast and dtype != self._dtype and is_float_name(self._dtype):
            value = value.astype(dtype)
        return value if recording.tape is None else recording.tape.read(self, value)

    def numpy(self) -> np.ndarray:
        """The value as a NumPy array of the caller's own."""
        return np.array(self.__array__())

    def assign(self, value: Any) -> jax.Array:
        """Gives it a new value of the same shape, which it returns; the dtype stays."""
        value = self._arriving(value)
        if value.shape != self._shape:
            if pure.may_fit(value.shape, self._shape):
                return self.value  # whether it does is seen where the sizes are known
            raise ValueError(
                f"Variable {self.path} has shape {self._shape} and cannot take a value of shape {value.shape}."
            )
        scope = pure.current_scope()
        if scope is not None:
            scope.write(self, value)
            return value
        if isinstance(value, jax.core.Tracer):
            raise ValueError(_TRACED_ASSIGNMENT.format(path=self.path))
        self.replace(value)
        return value

    def _arriving(self, value: Any) -> jax.Array:
        if isinstance(value, np.ndarray) and placement.current() is not None and value.shape == self._shape:
            where = placement.sharding_of(self)
            if pure.current_scope() is None or not where.is_fully_replicated:  # no device takes more than is its
                own = np.array(value, dtype=self._raw.dtype)  # a copy: the caller may change the original
                return processes.spread(own, where)
        value = _to_array(value, self._dtype)
        return placement.to_host(self, value) if self.on_host else value

    def clear(self) -> None:
        """Gives it zeros."""
        free = placement.current() is None and not self.on_host and self.size <= JOINED
        if free and pure.current_scope() is None and recording.tape is None:
            self.replace(np.zeros(self._shape, self._raw.dtype))
        else:
            self.assign(jnp.zeros(self._shape, self._dtype))

    def replace(self, value: jax.Array | np.ndarray) -> None:
        """Stores `value` as it is; for those who made sure that shape and dtype are right."""
        if self._lease is not None:
            self._lease.forget(self)
        self._raw = value

    def assign_add(self, value: Any) -> jax.Array:
        """Adds `value` to it and returns the sum."""
        return self.assign(self._stored() + _to_array(value, self._dtype))

    def assign_sub(self, value: Any) -> jax.Array:
        """Subtracts `value` from it and returns the difference."""
        return self.assign(self._stored() - _to_array(value, self._dtype))

    def _stored(self) -> jax.Array:
        scope = pure.current_scope()
        value = self.own_value() if scope is None else scope.read(self)
        return placement.to_device(value) if self.on_host else value

    def keep_on_host(self) -> None:
        """From now on the value is kept in the host's memory. Reading brings it to the device, assigning puts it back.

        Raises:
            ValueError: the device cannot use the host's memory.
        """
        placement.check_host_memory()
        value = self.own_value()
        self.on_host = True
        self.replace(placement.placed(self, value))

    # --- what it is

    @property
    def regularizer(self) -> Callable | None:
        """What is added to the loss for it."""
        return self._regularizer

    @regularizer.setter
    def regularizer(self, value: Callable | None) -> None:
        self._regularizer = _function_or_none("regularizer", value, self.path)

    @property
    def constraint(self) -> Callable | None:
        """What is applied to it after each update."""
        return self._constraint

    @constraint.setter
    def constraint(self, value: Callable | None) -> None:
        self._constraint = _function_or_none("constraint", value, self.path)

    @property
    def overwrite_with_gradient(self) -> bool:
        """Whether its gradient is its next value."""
        return self._overwrite_with_gradient

    @overwrite_with_gradient.setter
    def overwrite_with_gradient(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise WrongTypeError(
                f"Variable {self.path}: `overwrite_with_gradient` must be True or False. Got {value!r}."
            )
        self._overwrite_with_gradient = value

    def __fingerprint__(self, of):
        return (self._shape, self._dtype, self.trainable, self.autocast, of(self.regularizer), of(self.constraint))

    @property
    def name(self) -> str:
        """Its name, as programs see it: the end of the path."""
        return self.own_name

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the axes."""
        return self._shape

    @property
    def dtype(self) -> str:
        """The dtype's name: the one it is read in."""
        if _autocast.dtype is not None and self.autocast and is_float_name(self._dtype):
            return _autocast.dtype
        return self._dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self._shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self._shape)

    def __len__(self) -> int:
        return self._shape[0]

    def __repr__(self) -> str:
        if pure.in_scope():
            return f"<Variable path={self.path}, shape={self._shape}, dtype={self._dtype}>"
        return f"<Variable path={self.path}, shape={self._shape}, dtype={self._dtype}, value={self.numpy()}>"

    # --- as an array

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        let_jax_take(cls)

    def __jax_array__(self) -> jax.Array:
        return self.value

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        try:
            return np.asarray(self.value, dtype=dtype)
        except RuntimeError:  # other processes have parts of it
            return np.asarray(processes.whole(self.value), dtype=dtype)

    def __iter__(self) -> Iterator[jax.Array]:
        return iter(self.value)  # Python would else ask for items until there is none, and arrays give their last

    def __getitem__(self, index) -> jax.Array:
        return self.value[index]

    def __int__(self) -> int:
        return int(self.value)

    def __index__(self) -> int:
        return self.value.__index__()

    def __float__(self) -> float:
        return float(self.value)

    def __bool__(self) -> bool:
        if self.size != 1:
            raise WrongTypeError(
                f"Variable {self.path} has {self.size} elements, which have no one truth value.\n"
                "  Write keras.ops.any(v) or keras.ops.all(v)."
            )
        return bool(self.value)

    def __deepcopy__(self, memo) -> Variable:
        copied = type(self).__new__(type(self))
        memo[id(self)] = copied
        copied.__dict__.update(
            {**self.__dict__, "_lease": None, "_raw": jnp.copy(placement.to_device(self.own_value()))}
        )
        return copied

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_lease": None, "_raw": np.asarray(self.host_or_device_value()), "_initializer": None}

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        self._raw = jnp.asarray(state["_raw"])


_TRACED_ASSIGNMENT = (
    "Variable {path} was assigned inside a function that JAX is tracing by itself, which would lose the value.\n"
    "  Compute with keras functions and layers under model.fit, or use layer.stateless_call(...) inside jax.jit."
)


def _function_or_none(what: str, value: Any, path: str) -> Callable | None:
    if value is not None and not callable(value):
        raise WrongTypeError(f"Variable {path}: `{what}` must be a function of the value, or None. Got {value!r}.")
    return value


def _to_array(value: Any, dtype: str | None) -> jax.Array:
    found = _host_or_device_array(value, dtype)
    return found if isinstance(found, jax.Array) else array_from(found)


def _host_or_device_array(value: Any, dtype: str | None) -> jax.Array | np.ndarray:
    """An array of JAX as it is, anything else as an array of NumPy that nobody else holds."""
    if isinstance(value, Variable):
        value = value.value
    if recording.tape is not None:
        value = recording.tape.value_of(value)
    elif not isinstance(value, jax.Array) and callable(getattr(value, "__jax_array__", None)):
        value = value.__jax_array__()
    if dtype is None and not hasattr(value, "dtype"):
        value = np.asarray(value)
        dtype = config.floatx() if value.dtype.kind == "f" else ("int32" if value.dtype.kind in "iu" else None)
    elif dtype is None and value.dtype == np.float64 and isinstance(value, np.ndarray):
        dtype = config.floatx()
    name = None if dtype is None else jax.dtypes.canonicalize_dtype(dtype)
    if isinstance(value, jax.Array):
        return value if name is None or value.dtype == name else value.astype(name)
    own = take(value) if type(value) is Fresh and (name is None or value.dtype == name) else None
    if own is None:
        own = np.array(value, dtype=name)  # a copy: the caller may change the original
    return own.astype(jax.dtypes.canonicalize_dtype(own.dtype), copy=False)


def array_from(value: np.ndarray) -> jax.Array:
    """An array on the device; it may share the memory of `value`.

    Other ways compile a program to copy for every new shape.
    """
    dtype = jax.dtypes.canonicalize_dtype(value.dtype)
    return jax.device_put(value if value.dtype == dtype else value.astype(dtype))


def _binary(function: Callable, swapped: bool = False) -> Callable:
    def operator(self, other):
        # a symbolic tensor on the right adds a node itself
        if hasattr(other, "_keras_history"):
            return NotImplemented
        if recording.tape is not None:
            return recording.tape.call(operator, (self, other))
        other = other.value if isinstance(other, Variable) else other
        if isinstance(other, (list, tuple)):
            other = jnp.asarray(other)
        return function(other, self.value) if swapped else function(self.value, other)

    return operator


_both_ways: dict[str, Callable] = {
    "add": jnp.add, "sub": jnp.subtract, "mul": jnp.multiply, "truediv": jnp.true_divide, "floordiv": jnp.floor_divide,
    "mod": jnp.mod, "pow": jnp.power, "matmul": jnp.matmul, "and": jnp.logical_and, "or": jnp.logical_or,
    "xor": jnp.logical_xor,
}  # fmt: skip
_comparisons: dict[str, Callable] = {
    "lt": jnp.less, "le": jnp.less_equal, "gt": jnp.greater, "ge": jnp.greater_equal,
    "eq": jnp.equal, "ne": jnp.not_equal,
}  # fmt: skip
for _name, _function in _both_ways.items():
    setattr(Variable, f"__{_name}__", _binary(_function))
    setattr(Variable, f"__r{_name}__", _binary(_function, swapped=True))
for _name, _function in _comparisons.items():
    setattr(Variable, f"__{_name}__", _binary(_function))
Variable.__hash__ = lambda self: id(self)  # type: ignore[method-assign]
Variable.__neg__ = lambda self: -self.value  # type: ignore[operator]
Variable.__pos__ = lambda self: self.value  # type: ignore[operator]
Variable.__abs__ = lambda self: abs(self.value)  # type: ignore[attr-defined]
Variable.__invert__ = lambda self: ~self.value  # type: ignore[operator]
Variable.__round__ = lambda self, ndigits=None: round(self.value, ndigits or 0)  # type: ignore[attr-defined]
let_jax_take(Variable)
