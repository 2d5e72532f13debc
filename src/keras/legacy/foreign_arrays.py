"""Functions of TensorFlow on arrays that are not one operation of today: gathering, masks, shapes, loops, checks."""

from __future__ import annotations

import contextlib
import functools
import importlib
import math
from collections.abc import Callable

import numpy as np

from keras import KerasTensor, ops, random, tree
from keras._core.dtype_policy import dtype_name
from keras._jax import pure
from keras.legacy.tensors import DType, Shape

# --- rows and places


def values_of(x, who: str) -> np.ndarray:
    """An array of NumPy.

    Raises:
        NeedsValues: compiled code knows only its shape, on which that of the result does not depend alone.
    """
    return pure.values_of(x, f"{who}: how large the result is depends on values, which compiled code has not.")


def sized_by_values(shape_of: Callable) -> Callable:
    """For functions whose results are as large as values say: of symbols they make a node, which runs uncompiled.

    Args:
        shape_of: the result's shape, with None for what is not known, and its dtype from the arguments.
    """

    def decorate(function):
        @functools.wraps(function)
        def call(*args, **kwargs):
            if not any(isinstance(x, KerasTensor) for x in tree.flatten((args, kwargs))):
                return function(*args, **kwargs)
            graph = importlib.import_module("keras.legacy.backend._graph")
            return graph.add_node(function, args, kwargs, KerasTensor(*shape_of(*args, **kwargs)))

        return call

    return decorate


def _shape_of_masked(tensor, mask, axis=None):
    first = 0 if axis is None else int(axis)
    return (*tensor.shape[:first], None, *tensor.shape[first + len(mask.shape) :]), dtype_name(tensor.dtype)


@sized_by_values(_shape_of_masked)
def boolean_mask(tensor, mask, axis=None):
    """`tf.boolean_mask`: what the mask leaves."""
    mask = values_of(mask, "tf.boolean_mask").astype(bool)
    first = 0 if axis is None else int(axis)
    x = ops.convert_to_tensor(tensor)
    shape = (*x.shape[:first], -1, *x.shape[first + mask.ndim :])
    return ops.take(ops.reshape(x, shape), np.flatnonzero(mask), axis=first)


def broadcast_static_shape(shape_x, shape_y):
    """`tf.broadcast_static_shape`."""
    return Shape(np.broadcast_shapes(tuple(shape_x), tuple(shape_y)))


def broadcast_dynamic_shape(shape_x, shape_y):
    """`tf.broadcast_dynamic_shape`, of shapes that are tensors."""
    x, y = (ops.convert_to_tensor(shape, "int32") for shape in (shape_x, shape_y))
    length = max(x.shape[0], y.shape[0])
    x, y = (ops.pad(shape, [[length - shape.shape[0], 0]], constant_values=1) for shape in (x, y))
    return ops.where(x == 1, y, x)  # of the size 0 as well


def reshape(tensor, shape):
    """`tf.reshape`; of the symbolic sizes of a tensor, the one of the batch may be asked for beside -1."""
    if not isinstance(shape, (list, tuple)) or not any(isinstance(size, KerasTensor) for size in shape):
        return ops.reshape(tensor, shape)
    sizes = list(shape)
    known = [size for size in sizes if not isinstance(size, KerasTensor)]
    whole = tensor.shape[1:]
    if -1 in known and len(known) == len(sizes) - 1 and isinstance(sizes[0], KerasTensor) and None not in whole:
        sizes[sizes.index(-1)] = -math.prod(whole) // math.prod(known)
    if len(known) < len(sizes) - 1 or -1 in sizes:
        return importlib.import_module("keras.backend").reshape(tensor, tuple(sizes))
    # the size that is left: as a number it is in no way of the graph, so that files hold the model
    return ops.reshape(tensor, [-1 if isinstance(size, KerasTensor) else size for size in sizes])


def gather(params, indices, validate_indices=None, axis=None, batch_dims=0):
    """`tf.gather`."""
    if not batch_dims:
        return ops.take(params, indices, axis=0 if axis is None else axis)
    if batch_dims != 1 or axis not in (None, 1, -1) or (axis == -1 and len(params.shape) != 2):
        raise ValueError(f"tf.gather: `batch_dims` can be 1 here, with axis=1. Got {batch_dims} and {axis!r}.")
    given = (ops.convert_to_tensor(params), ops.convert_to_tensor(indices))
    return ops.vectorized_map(lambda pair: ops.take(pair[0], pair[1], axis=0), given)


def gather_nd(params, indices, batch_dims=0):
    """`tf.gather_nd`: rows named by the last axis of `indices`."""
    if batch_dims:
        raise ValueError(f"tf.gather_nd: `batch_dims` must be 0 here. Got {batch_dims}.")
    indices = ops.convert_to_tensor(indices)
    places = tuple(indices[..., i] for i in range(indices.shape[-1]))
    return ops.convert_to_tensor(params)[places]


def tensor_scatter_nd_add(tensor, indices, updates):
    """`tf.tensor_scatter_nd_add`."""
    return tensor + ops.scatter(indices, ops.cast(updates, tensor.dtype), tensor.shape)


def sequence_mask(lengths, maxlen=None, dtype="bool"):
    """`tf.sequence_mask`: for each length, which positions are below it."""
    longest = int(np.max(np.asarray(lengths))) if maxlen is None else maxlen
    return ops.cast(ops.arange(longest) < ops.expand_dims(ops.convert_to_tensor(lengths), -1), dtype)


def unique(x, out_idx="int32"):
    """`tf.unique`: the values in the order of their first appearance, and for each entry which of them it is."""
    values, first, where = np.unique(values_of(x, "tf.unique"), return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.argsort(order)
    return ops.convert_to_tensor(values[order]), ops.cast(rank[where.reshape(-1)], out_idx)


def count_nonzero(input, axis=None, keepdims=None, dtype="int64"):
    """`tf.math.count_nonzero`."""
    return ops.cast(ops.sum(ops.cast(ops.not_equal(input, 0), "int32"), axis=axis, keepdims=bool(keepdims)), dtype)


def cumulative(function: Callable, unit: float) -> Callable:
    """`tf.cumsum` or `tf.math.cumprod` from today's."""

    def call(x, axis=0, exclusive=False, reverse=False):
        x = ops.convert_to_tensor(x)
        x = ops.flip(x, axis) if reverse else x
        found = function(x, axis=axis)
        if exclusive:
            before = (slice(None),) * (axis % found.ndim)
            first = ops.full_like(found[(*before, slice(0, 1))], unit)
            found = ops.concatenate([first, found[(*before, slice(0, -1))]], axis=axis)
        return ops.flip(found, axis) if reverse else found

    return call


def confusion_matrix(labels, predictions, num_classes=None, weights=None, dtype="int32"):
    """`tf.math.confusion_matrix`: rows are the labels."""
    labels, predictions = np.asarray(labels).reshape(-1), np.asarray(predictions).reshape(-1)
    count = int(max(labels.max(), predictions.max()) + 1) if num_classes is None else num_classes
    found = np.zeros((count, count), np.float64)
    np.add.at(found, (labels, predictions), 1 if weights is None else np.asarray(weights).reshape(-1))
    return ops.cast(found, dtype)


def segment(function: Callable) -> Callable:
    """`tf.math.unsorted_segment_sum` and its like."""

    def call(data, segment_ids, num_segments):
        return function(data, segment_ids, num_segments=int(num_segments))

    return call


def segment_mean(data, segment_ids, num_segments=None):
    """`tf.math.segment_mean`; segments without rows are 0."""
    count = _segments(segment_ids) if num_segments is None else int(num_segments)
    rows = ops.segment_sum(ops.ones_like(segment_ids, dtype=data.dtype), segment_ids, num_segments=count)
    rows = ops.reshape(ops.maximum(rows, 1), (-1, *(1,) * (len(data.shape) - 1)))
    return ops.segment_sum(data, segment_ids, num_segments=count) / rows


def sorted_segment(function: Callable) -> Callable:
    """`tf.math.segment_sum` and its like: the segments are counted."""

    def call(data, segment_ids):
        return function(data, segment_ids, num_segments=_segments(segment_ids))

    return call


def _segments(segment_ids) -> int:
    return int(np.max(np.asarray(segment_ids))) + 1


def reduce_euclidean_norm(input_tensor, axis=None, keepdims=False):
    """`tf.math.reduce_euclidean_norm`."""
    return ops.sqrt(ops.sum(ops.square(input_tensor), axis=axis, keepdims=keepdims))


def xlogy(x, y):
    """`tf.math.xlogy`: 0 where x is 0."""
    zero = ops.equal(x, 0)
    return ops.where(zero, ops.zeros_like(x), x * ops.log(ops.where(zero, ops.ones_like(y), y)))


def band_part(input, num_lower, num_upper):
    """`tf.linalg.band_part`: zeros outside of a band around the diagonal."""
    x = ops.convert_to_tensor(input)
    ahead = np.arange(x.shape[-1])[None, :] - np.arange(x.shape[-2])[:, None]
    kept = ((num_lower < 0) | (-ahead <= num_lower)) & ((num_upper < 0) | (ahead <= num_upper))
    return x * ops.cast(kept, x.dtype)


def set_diag(input, diagonal):
    """`tf.linalg.set_diag`, the main diagonal of square matrices."""
    x = ops.convert_to_tensor(input)
    mask = np.eye(x.shape[-2], x.shape[-1], dtype=bool)
    return ops.where(mask, ops.expand_dims(ops.cast(diagonal, x.dtype), -1), x)


def batched_diag(diagonal):
    """`tf.linalg.diag`: matrices with these diagonals."""
    x = ops.convert_to_tensor(diagonal)
    return ops.expand_dims(x, -1) * ops.eye(x.shape[-1], dtype=x.dtype)


def matvec(a, b, transpose_a=False):
    """`tf.linalg.matvec`."""
    a = ops.swapaxes(a, -1, -2) if transpose_a else a
    return ops.squeeze(ops.matmul(a, ops.expand_dims(b, -1)), -1)


# --- shapes and dtypes


def arange(start, limit=None, delta=1, dtype=None):
    """`tf.range`: the numbers from `start`, 0 if only one is given, up to `limit`."""
    return ops.arange(start, limit, delta, dtype=dtype)


def fill(dims, value):
    """`tf.fill`, in the dtype of the value."""
    return ops.full(dims, value, dtype=ops.convert_to_tensor(value).dtype)


def rank(input):
    """`tf.rank`."""
    return ops.convert_to_tensor(len(input.shape), dtype="int32")


def is_tensor(x):
    """`tf.is_tensor`."""
    return ops.is_tensor(x) or isinstance(x, KerasTensor)


def ensure_shape(x, shape):
    """`tf.ensure_shape`: the array, if its shape fits.

    Raises:
        ValueError: it does not.
    """
    known = tuple(x.shape)
    wanted = tuple(shape)
    if len(known) != len(wanted) or any(None not in (a, b) and a != b for a, b in zip(known, wanted)):
        raise ValueError(f"tf.ensure_shape: the array has shape {known}, which does not fit {wanted}.")
    return x


def as_dtype(type_value) -> DType:
    """`tf.as_dtype`."""
    return DType(type_value if type_value == "string" else dtype_name(type_value))


class TensorSpec:
    """`tf.TensorSpec`: a shape and a dtype."""

    def __init__(self, shape, dtype="float32", name=None):
        self.shape = Shape(() if shape is None else shape)
        self.dtype, self.name = as_dtype(dtype), name

    def __repr__(self) -> str:
        return f"TensorSpec(shape={tuple(self.shape)}, dtype=tf.{self.dtype}, name={self.name!r})"


# --- functions over rows


def map_fn(fn, elems, dtype=None, fn_output_signature=None, **hints):
    """`tf.map_fn`: `fn` of each row; `parallel_iterations` and `swap_memory` were hints."""
    return ops.map(fn, elems)


def scan(fn, elems, initializer=None, reverse=False, **hints):
    """`tf.scan`: the results of `fn(result before, row)`."""
    if initializer is None:
        rows = tree.map_structure(lambda x: ops.flip(x, 0) if reverse else ops.convert_to_tensor(x), elems)
        first = tree.map_structure(lambda x: x[0], rows)
        rest = scan(fn, tree.map_structure(lambda x: x[1:], rows), first)
        found = tree.map_structure(lambda a, b: ops.concatenate([a[None], b], 0), first, rest)
        return tree.map_structure(lambda x: ops.flip(x, 0), found) if reverse else found

    def step(carry, row):
        new = fn(carry, row)
        return new, new

    start = tree.map_structure(ops.convert_to_tensor, initializer)
    return ops.scan(step, start, elems, reverse=reverse)[1]


def foldl(fn, elems, initializer=None, **hints):
    """`tf.foldl`: the last result of `fn(result before, row)`."""
    return tree.map_structure(lambda x: x[-1], scan(fn, elems, initializer))


def foldr(fn, elems, initializer=None, **hints):
    """`tf.foldr`: the same from the last row to the first."""
    return tree.map_structure(lambda x: x[0], scan(fn, elems, initializer, reverse=True))


def vectorized_map(fn, elems, fallback_to_while_loop=True):
    """`tf.vectorized_map`."""
    return ops.vectorized_map(fn, elems)


# --- random


def shuffled(value, seed=None):
    """`tf.random.shuffle`: the rows in another order."""
    return random.shuffle(value, axis=0, seed=seed)


# --- blocks that said something to a graph


@contextlib.contextmanager
def block(*args, **kwargs):
    """`tf.name_scope` and `tf.control_dependencies`: labels and an order of nodes, which code has by itself."""
    yield


def no_op(*args, **kwargs) -> None:
    """`tf.no_op` and `tf.group`: what ran the nodes of a graph, which have run already."""


# --- checks of values


def _refuse(holds, message, what) -> None:
    if not bool(np.all(np.asarray(holds))):
        raise ValueError(message or f"{what} does not hold.")


def asserting(name: str, compare: Callable) -> Callable:
    """`tf.debugging.assert_equal` and its like, on arrays with values."""

    def check(x, y, message=None, summarize=None, name_=None):
        if not (isinstance(x, KerasTensor) or isinstance(y, KerasTensor)):
            _refuse(compare(np.asarray(x), np.asarray(y)), message, f"tf.debugging.{name}({x}, {y})")

    return check


def check_numerics(tensor, message):
    """`tf.debugging.check_numerics`: the array, if all of it is finite.

    Raises:
        ValueError: some of it is not.
    """
    _refuse(np.isfinite(np.asarray(tensor)), None, f"{message}: finite values")
    return tensor


def assert_all_finite(x, message):
    """`tf.debugging.assert_all_finite`."""
    return check_numerics(x, message)
