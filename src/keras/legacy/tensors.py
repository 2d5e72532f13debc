"""What tensors of Theano and TensorFlow offered, and programs of 1.x and 2.x used of them: shapes and axes.

Arrays have these methods only while the era is one of the years before 3.
"""

from __future__ import annotations

import functools
import importlib
import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from keras import KerasTensor, Variable, ops
from keras._core.draws import numpy_dtype
from keras._core.dtype_policy import dtype_name, is_float_name
from keras._jax import methods, operators
from keras.legacy import era
from keras.legacy.wrapping import wrap

_METHODS: dict[str, Any] = {}


class DType(str):
    """A dtype as TensorFlow had it: `tf.float32`. Today's code takes it for the name that it is."""

    @property
    def name(self) -> str:
        """The dtype's name."""
        return str(self)

    @property
    def as_numpy_dtype(self) -> type:
        """NumPy's type of it."""
        return numpy_dtype(self).type if self != "string" else np.object_

    @property
    def base_dtype(self) -> DType:
        """Itself: no dtype is that of a reference."""
        return self

    real_dtype = base_dtype

    @property
    def is_floating(self) -> bool:
        """Whether it is a float type."""
        return is_float_name(self)

    @property
    def is_integer(self) -> bool:
        """Whether it is an integer type."""
        return "int" in self

    @property
    def is_unsigned(self) -> bool:
        """Whether it is an integer type without negative numbers."""
        return self.startswith("uint")

    @property
    def is_bool(self) -> bool:
        """Whether it is the type of truth values."""
        return self == "bool"

    @property
    def is_complex(self) -> bool:
        """Whether it is a type of complex numbers."""
        return self.startswith("complex")

    @property
    def size(self) -> int:
        """The bytes of one number."""
        return 1 if self == "string" else numpy_dtype(self).itemsize

    @property
    def max(self) -> Any:
        """The largest number."""
        return True if self.is_bool else self._limits().max

    @property
    def min(self) -> Any:
        """The least number."""
        return False if self.is_bool else self._limits().min

    def _limits(self) -> Any:
        if self == "bfloat16":
            return _LIMITS_OF_BFLOAT16
        if self.is_floating:
            return np.finfo(self)
        if self.is_integer:
            return np.iinfo(self)
        raise TypeError(f"tf.{self} has no least and no largest number.")

    def is_compatible_with(self, other) -> bool:
        """Whether a dtype is the same."""
        return self == dtype_name(other)

    def __eq__(self, other) -> bool:
        if isinstance(other, str):
            return str.__eq__(self, other)
        return isinstance(other, (type, np.dtype)) and self.as_numpy_dtype is np.dtype(other).type

    def __ne__(self, other) -> bool:
        return not self == other

    __hash__ = str.__hash__

    def __repr__(self) -> str:
        return f"tf.{self}"


_LIMITS_OF_BFLOAT16 = SimpleNamespace(max=(2 - 2.0**-7) * 2.0**127, min=-(2 - 2.0**-7) * 2.0**127)

_dtype_of = functools.lru_cache(64)(DType)


def _in_years_of_tensorflow() -> bool:
    return era.before("3") and not era.before("2.0")


def _name_of_era(self) -> str:
    """The name of a variable, which in TensorFlow began with those of the layers it is in."""
    return f"{vars(self).get('_told_path', self.path)}:0" if _in_years_of_tensorflow() else self.own_name


def leave_out(variables: list[Variable], start: str) -> None:
    """Lets names of variables begin later than their paths: in tf.keras no model that is built apart stood in them."""
    for variable in variables:
        path = vars(variable).get("_told_path", variable.path)
        if path.startswith(start):
            vars(variable)["_told_path"] = path.removeprefix(start)


def _dtype_of_era(now: Callable) -> Callable:
    def dtype(self):
        return _dtype_of(now(self)) if _in_years_of_tensorflow() else now(self)

    return dtype


class Size(int):
    """The size of an axis; TensorFlow 1 had the number in `value`."""

    value = property(int, doc="The number.")


class Shape(tuple):
    """A shape as TensorFlow gave it."""

    def __new__(cls, sizes):
        return super().__new__(cls, (None if size is None else Size(size) for size in sizes))

    def as_list(self) -> list:
        """The sizes in a list."""
        return [None if size is None else int(size) for size in self]

    @property
    def ndims(self) -> int:
        """How many axes there are."""
        return len(self)

    rank = ndims

    @property
    def dims(self) -> list:
        """The sizes in a list, each with a `value`."""
        return list(self)

    def num_elements(self) -> int | None:
        """The product of all sizes; None if one is not known."""
        return None if None in self else math.prod(self)

    def is_fully_defined(self) -> bool:
        """Whether all sizes are known."""
        return None not in self

    def is_compatible_with(self, other) -> bool:
        """Whether another shape has as many axes, and the same sizes where both are known."""
        other = tuple(other)
        return len(self) == len(other) and all(a == b or a is None or b is None for a, b in zip(self, other))

    def concatenate(self, other) -> Shape:
        """The sizes of this shape, followed by those of another."""
        return Shape((*self, *other))

    def __getitem__(self, place):
        found = super().__getitem__(place)
        return Shape(found) if isinstance(place, slice) else found


_shape_of = functools.lru_cache(4096)(Shape)


def shown(shape: tuple | None) -> Shape | None:
    """A shape as the era has it."""
    return _shape_of(shape) if type(shape) is tuple and era.before("3") else shape  # type: ignore[return-value]


def _method(function):
    _METHODS[function.__name__] = function
    return function


@_method
def get_shape(self) -> Shape:
    """The shape, as TensorFlow gave it."""
    return Shape(self.shape)


@_method
def set_shape(self, shape) -> None:
    """Checks that the shape is `shape`, of which None stands for any size."""
    known = tuple(self.shape)
    sizes = tuple(shape)
    if len(sizes) != len(known) or any(None not in (a, b) and a != b for a, b in zip(sizes, known)):
        raise ValueError(f"set_shape: the tensor has shape {known}. Got {sizes}.")


@_method
def dimshuffle(self, *pattern):
    """The axes in another order, with new ones of size 1 at every 'x', as Theano had it."""
    order = pattern[0] if len(pattern) == 1 and isinstance(pattern[0], (list, tuple)) else pattern
    kept = [axis for axis in order if axis != "x"]
    dropped = [axis for axis in range(len(self.shape)) if axis not in kept]
    if any(self.shape[axis] != 1 for axis in dropped):
        raise ValueError(f"dimshuffle: only axes of size 1 can be left out of {pattern}. Got shape {self.shape}.")
    found = ops.transpose(ops.squeeze(self, axis=tuple(dropped)) if dropped else self, _ranks(kept))
    for place, axis in enumerate(order):
        if axis == "x":
            found = ops.expand_dims(found, place)
    return found


def _ranks(axes: list[int]) -> list[int]:
    return [sorted(axes).index(axis) for axis in axes]


def _offer(release: str) -> None:
    for name, function in {**_METHODS, "_keras_history": _HISTORY}.items():
        change = methods.remove if release == era.TODAY and name not in _always else methods.add
        change(name, function)
    methods.show_shapes(None if release == era.TODAY else _shape_of)
    methods.index_by(None if release == era.TODAY else _place)


def _place(key: Any) -> Any:
    """What is asked for by `x[key]`: NumPy and TensorFlow took a list with slices for a tuple."""
    return tuple(key) if type(key) is list and any(isinstance(part, slice) for part in key) else key


def take_lists(cls: type) -> None:
    """Lets objects of a class be indexed with lists of slices, in years before 3."""
    wrap(cls, "__getitem__", lambda get_item, self, key: get_item(self, key if era.is_today() else _place(key)))


_always: set[str] = set()


def always_offer(*names: str) -> None:
    """Lets arrays have some of the methods in every year, as TensorFlow's tensors have them to this day."""
    _always.update(names)
    for name in names:
        methods.add(name, _METHODS[name])


def _history(value) -> Any:
    symbols = importlib.import_module("keras.legacy.running").symbols_of(value)
    if not symbols:
        raise AttributeError("this array is no output of a model that is being run, and has no `_keras_history`")
    return symbols[0]._keras_history


_HISTORY = property(_history, doc="The layer, and which of its calls and outputs, that a loss is given the result of.")


# --- arithmetic on weights, which until tf.keras made parts of a graph


def _sign(name: str, function: Callable) -> Callable:
    now = getattr(Variable, name)

    @functools.wraps(now)
    def sign(self, *others):
        graph = importlib.import_module("keras.legacy.backend._graph")
        if graph.computes_now():
            return now(self, *others)
        if any(isinstance(x, KerasTensor) for x in others):
            return function(self, *others)
        return graph.add_node(function, (self, *others), {})

    return sign


def _with_shape_of_era(init: Callable) -> Callable:
    @functools.wraps(init)
    def __init__(self, *args, **kwargs):
        init(self, *args, **kwargs)
        self._shape = shown(self._shape)
        if _in_years_of_tensorflow():
            self._dtype = _dtype_of(self._dtype)

    return __init__


_NOW: dict[str, Any] = {}


def _offer_signs(release: str) -> None:
    """Lets `tau * weight` be what it will be whenever it is used, in years when it was."""
    if _NOW:
        for name, function in _NOW.items():
            setattr(Variable, name, function)
        _NOW.clear()
    if era.RELEASES.index(release) < era.RELEASES.index("tf2.0"):
        for name in _SIGNS:
            _NOW[name] = vars(Variable)[name]
            setattr(Variable, name, _sign(name, operators.METHODS[name]))


_SIGNS = [
    f"__{side}{name}__" for side in ("", "r") for name in ("add", "sub", "mul", "truediv", "pow", "matmul")
] + ["__neg__"]  # fmt: skip


def teach() -> None:
    """Lets symbolic tensors, variables and, in years before 3, arrays have what they had."""
    KerasTensor._keras_shape = property(lambda self: tuple(self.shape), doc="The shape, as Keras 1 and 2 kept it.")
    for name, function in _METHODS.items():
        setattr(KerasTensor, name, function)
    for cls in (KerasTensor, Variable):
        take_lists(cls)
    KerasTensor.__init__ = _with_shape_of_era(KerasTensor.__init__)
    Variable.shape = property(lambda self: shown(self._shape), doc=Variable.shape.__doc__)
    Variable.name = property(_name_of_era, doc=Variable.name.__doc__)
    Variable.dtype = property(_dtype_of_era(Variable.dtype.fget), doc=Variable.dtype.__doc__)
    Variable.get_shape = get_shape
    Variable.read_value = lambda self: self.value
    Variable._value = property(Variable.own_value, Variable.replace, doc="The stored value, as packages reach for it.")
    era.on_change(_offer)
    era.on_change(_offer_signs)
