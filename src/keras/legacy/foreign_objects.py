"""What programs of TensorFlow make beside tensors, under `python -m keras`: arrays of them, modules, tables, numbers.

And functions of Python within the work on data, gradients of one's own, and the errors that programs wait for.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from keras import ops, random, tree
from keras._jax.variable import Variable
from keras.legacy.foreign_checkpoints import variables_of
from keras.legacy.foreign_texts import Texts, as_texts, holds_texts

# what is raised here where TensorFlow raised these
ERRORS: dict[str, Any] = {
    "InvalidArgumentError": ValueError, "OutOfRangeError": StopIteration, "NotFoundError": FileNotFoundError,
    "UnimplementedError": NotImplementedError, "FailedPreconditionError": RuntimeError, "InternalError": RuntimeError,
    "ResourceExhaustedError": MemoryError, "PermissionDeniedError": PermissionError, "OpError": Exception,
    "AlreadyExistsError": FileExistsError, "UnknownError": RuntimeError,
}  # fmt: skip


class TensorArray:
    """`tf.TensorArray`: tensors by their numbers."""

    def __init__(
        self, dtype, size=None, dynamic_size=None, clear_after_read=None, tensor_array_name=None, element_shape=None,
        infer_shape=True,
    ):  # fmt: skip
        self.dtype, self.dynamic_size = dtype, bool(dynamic_size)
        self._clears = clear_after_read is not False
        self._rows: list[Any] = [None] * int(size or 0)

    def write(self, index, value) -> TensorArray:
        """Puts a tensor into a place.

        Raises:
            ValueError: the array has no such place, and does not grow.
        """
        index = int(index)
        if index >= len(self._rows):
            if not self.dynamic_size:
                raise ValueError(f"TensorArray.write: there are {len(self._rows)} places. Got index {index}.")
            self._rows += [None] * (index + 1 - len(self._rows))
        self._rows[index] = ops.convert_to_tensor(value, dtype=self.dtype)
        return self

    def read(self, index):
        """The tensor of a place, which is gone then, unless `clear_after_read` is False."""
        index = int(index)
        found = self._rows[index]
        if found is None:
            raise ValueError(f"TensorArray.read: place {index} was not written, or was read before.")
        if self._clears:
            self._rows[index] = ops.zeros_like(found)
        return found

    def stack(self):
        """All of them as one tensor; zeros for places that were not written."""
        known = next((row for row in self._rows if row is not None), None)
        if known is None:
            return ops.zeros((len(self._rows),), dtype=self.dtype)
        return ops.stack([ops.zeros_like(known) if row is None else row for row in self._rows])

    def unstack(self, value) -> TensorArray:
        """Takes the rows of a tensor."""
        self._rows = list(ops.unstack(ops.convert_to_tensor(value, dtype=self.dtype)))
        return self

    def concat(self):
        """All of them, one after the other."""
        return ops.concatenate([row for row in self._rows if row is not None])

    def gather(self, indices):
        """Some of them as one tensor."""
        return ops.take(self.stack(), indices, axis=0)

    def size(self):
        """How many places there are."""
        return ops.convert_to_tensor(len(self._rows), dtype="int32")


class Module:
    """`tf.Module`: an object that knows the variables it holds."""

    def __init__(self, name=None):
        self._name = name or type(self).__name__.lower()

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    @property
    def variables(self) -> tuple:
        """The variables in the attributes, in the order of their names, each once."""
        found = {id(v): v for name in sorted(vars(self)) for v in variables_of(vars(self)[name])}
        return tuple(found.values())

    @property
    def trainable_variables(self) -> tuple:
        """Those that are trained."""
        return tuple(v for v in self.variables if v.trainable)

    @property
    def submodules(self) -> tuple:
        """The modules in the attributes, and in theirs."""
        return tuple(_modules_in(list(vars(self).values())))


def _modules_in(values: list) -> Iterator[Any]:
    for value in values:
        if isinstance(value, Module) or hasattr(value, "trainable_variables"):
            yield value
            yield from _modules_in(list(vars(value).values()) if isinstance(value, Module) else [])
        elif isinstance(value, (list, tuple)):
            yield from _modules_in(list(value))
        elif isinstance(value, dict):
            yield from _modules_in(list(value.values()))


# --- functions


def custom_gradient(f: Callable) -> Callable:
    """`tf.custom_gradient`: what `f` returns beside its result makes the gradients of its arguments."""
    return ops.custom_gradient(f)


def py_function(func=None, inp=None, Tout=None, name=None):
    """`tf.py_function`: calls a function with tensors; what it returns has the dtypes of `Tout`."""
    return _typed(func(*[_tensor(x) for x in inp]), Tout)


def numpy_function(func=None, inp=None, Tout=None, stateful=True, name=None):
    """`tf.numpy_function`: calls a function with arrays of NumPy."""
    return _typed(func(*[x.numpy() if isinstance(x, Texts) else np.asarray(x) for x in inp]), Tout)


def _typed(found: Any, types: Any) -> Any:
    if isinstance(types, (list, tuple)):
        return [_tensor(x, dtype) for x, dtype in zip(found, types)]
    return _tensor(found, types)


def _tensor(x: Any, dtype: Any = None) -> Any:
    return as_texts(x) if holds_texts(x) else ops.convert_to_tensor(x, dtype=dtype)


def constant(value, dtype=None, shape=None):
    """`tf.constant`: numbers, or texts, in a shape that one number fills, too."""
    if holds_texts(value):
        found = as_texts(value)
        return found if shape is None else np.broadcast_to(found, shape).view(Texts)
    found = ops.convert_to_tensor(value, dtype=dtype)
    if shape is None:
        return found
    return ops.broadcast_to(found, shape) if ops.size(found) == 1 else ops.reshape(found, shape)


# --- parts of variables


def scatter_nd_update(self, indices, updates, name=None):
    """`Variable.scatter_nd_update`: new values for places."""
    return self.assign(ops.scatter_update(self.value, indices, ops.cast(updates, self.dtype)))


def scatter_nd_add(self, indices, updates, name=None):
    """`Variable.scatter_nd_add`: something more for places."""
    return self.assign(self.value + ops.scatter(indices, ops.cast(updates, self.dtype), self.shape))


class IndexedSlices:
    """`tf.IndexedSlices`: rows, and which ones they are."""

    def __init__(self, values, indices, dense_shape=None):
        self.values, self.indices = ops.convert_to_tensor(values), ops.convert_to_tensor(indices)
        self.dense_shape = dense_shape


def scatter_update(self, sparse_delta, use_locking=False, name=None):
    """`Variable.scatter_update`: new rows."""
    return scatter_nd_update(self, sparse_delta.indices[:, None], sparse_delta.values)


def scatter_add(self, sparse_delta, use_locking=False, name=None):
    """`Variable.scatter_add`: something more for rows."""
    return scatter_nd_add(self, sparse_delta.indices[:, None], sparse_delta.values)


def give_variables_parts() -> None:
    """Lets variables change in places."""
    for function in (scatter_nd_update, scatter_nd_add, scatter_update, scatter_add):
        setattr(Variable, function.__name__, function)
    for name in ("assign", "assign_add", "assign_sub"):
        setattr(Variable, name, _with_hints(getattr(Variable, name)))
    Variable.device = property(lambda self: "", doc="Where it lies: wherever it is needed.")


def _with_hints(assign: Callable) -> Callable:
    """An assignment that may be told how TensorFlow orders it, which changes no result."""

    @functools.wraps(assign)
    def assign_so(self, value, use_locking=False, name=None, read_value=True):
        return assign(self, value)

    return assign_so


# --- tables


class KeyValueTensorInitializer:
    """`tf.lookup.KeyValueTensorInitializer`: keys and their values."""

    def __init__(self, keys, values, key_dtype=None, value_dtype=None, name=None):
        self.keys, self.values = _tensor(keys, key_dtype), _tensor(values, value_dtype)


class StaticHashTable:
    """`tf.lookup.StaticHashTable`: what belongs to keys, and one value for all others."""

    def __init__(self, initializer, default_value, name=None):
        self._values = initializer.values
        self._default = _tensor(default_value, getattr(self._values, "dtype", None))
        keys = [_key(k) for k in np.asarray(initializer.keys).flat]
        self._known = dict(zip(keys, np.asarray(self._values).reshape(-1)))

    def lookup(self, keys):
        """The values of keys."""
        keys = np.asarray(as_texts(keys) if holds_texts(keys) else keys)
        default = np.asarray(self._default).item()
        found = np.asarray([self._known.get(_key(k), default) for k in keys.flat]).reshape(keys.shape)
        return _tensor(found, None if holds_texts(found) else str(self._values.dtype))

    __getitem__ = lookup

    def size(self):
        """How many keys there are."""
        return ops.convert_to_tensor(len(self._known))


def _key(k: Any) -> Any:
    return str(k) if isinstance(k, str) else k.item() if hasattr(k, "item") else k


# --- numbers


class Generator:
    """`tf.random.Generator`: numbers of a seed, one row after the other."""

    def __init__(self, seed=None):
        self._seeds = random.SeedGenerator(seed)

    @classmethod
    def from_seed(cls, seed, alg=None) -> Generator:
        """One that begins with a seed."""
        return cls(int(seed))

    @classmethod
    def from_non_deterministic_state(cls, alg=None) -> Generator:
        """One that begins anywhere."""
        return cls()

    def normal(self, shape, mean=0.0, stddev=1.0, dtype="float32", name=None):
        """Of a normal distribution."""
        return random.normal(shape, mean, stddev, dtype=dtype, seed=self._seeds)

    def truncated_normal(self, shape, mean=0.0, stddev=1.0, dtype="float32", name=None):
        """The same, without what is far out."""
        return random.truncated_normal(shape, mean, stddev, dtype=dtype, seed=self._seeds)

    def uniform(self, shape, minval=0, maxval=None, dtype="float32", name=None):
        """Between two numbers."""
        return uniform(shape, minval, maxval, dtype, self._seeds)

    def make_seeds(self, count=1):
        """Pairs of numbers as columns, for the functions `stateless_...`."""
        return random.randint((2, count), 0, 2**31 - 1, seed=self._seeds)


def uniform(shape, minval=0, maxval=None, dtype="float32", seed=None):
    """Numbers between two, whole ones if the dtype is of such."""
    if str(dtype).startswith(("int", "uint")):
        return random.randint(shape, minval, maxval, dtype=dtype, seed=seed)
    return random.uniform(shape, minval, 1 if maxval is None else maxval, dtype=dtype, seed=seed)


def one_seed(pair: Any) -> int:
    """The two numbers that the functions `stateless_...` take, as one; values have to be there."""
    high, low = (int(n) & 0xFFFFFFFF for n in np.asarray(pair).reshape(-1))
    return (high * 2654435761 + low) % (2**31 - 1)


def stateless_uniform(shape, seed, minval=0, maxval=None, dtype="float32"):
    """`tf.random.stateless_uniform`: the same for the same pair of numbers."""
    return uniform(shape, minval, maxval, dtype, one_seed(seed))


def stateless_normal(shape, seed, mean=0.0, stddev=1.0, dtype="float32"):
    """`tf.random.stateless_normal`."""
    return random.normal(shape, mean, stddev, dtype=dtype, seed=one_seed(seed))


def stateless(function: Callable) -> Callable:
    """`tf.image.stateless_random_...` from the function that takes one number as its seed."""

    def call(image, *args, seed=None, **kwargs):
        if seed is None:
            *args, seed = args
        return function(image, *args, seed=one_seed(seed), **kwargs)

    return call


# --- structures


def assert_same_structure(nest1, nest2, check_types=True, expand_composites=False) -> None:
    """`tf.nest.assert_same_structure`."""
    tree.assert_same_structure(nest1, nest2)
