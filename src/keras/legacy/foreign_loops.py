"""Training loops in TensorFlow's words, under `python -m keras`: `tf.GradientTape`, `tf.Variable`, `tensor.numpy()`."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from keras import ops
from keras._core import tree
from keras._core.recording import recording
from keras._jax import tape
from keras._jax.devices import class_of_arrays
from keras._jax.operators import METHODS
from keras._jax.taped import Taped
from keras._jax.variable import Variable
from keras.legacy import tensors
from keras.legacy.foreign_numpy import give_numpy_arrays
from keras.legacy.foreign_objects import give_variables_parts


class GradientTape(tape.GradientTape):
    """A tape that knows the arrays that it watches wherever they are used, not only what `watch` returns."""

    def __enter__(self) -> GradientTape:
        super().__enter__()
        if isinstance(self._outer, GradientTape):
            self._arrays = {**self._outer._arrays, **self._arrays}
        return self

    def _watch(self, x: Any) -> Any:
        if id(x) in self._arrays:
            return self._arrays[id(x)][1]
        watched = super()._watch(x)
        if id(x) in self._arrays and not isinstance(x, (np.ndarray, np.generic, float)):
            _teach(type(x))
        return watched

    def gradient(self, target, sources, output_gradients=None, unconnected_gradients="none"):
        """As today's; None, as everywhere else, if the target has nothing to do with what is watched."""
        if self._was_asked or any(isinstance(x, Taped) for x in tree.leaves(target)):
            return super().gradient(target, sources, output_gradients, unconnected_gradients)
        self._was_asked = not self._persistent
        empty = ops.zeros_like if unconnected_gradients == "zero" else lambda source: None
        return tree.map_leaves(empty, sources)

    def stand_in(self, x: Any) -> Any:
        """What stands for an array that is watched; None for others."""
        known = self._arrays.get(id(x))
        return None if known is None else known[1]


@functools.cache
def _teach(kind: type) -> None:
    """Makes the operators of a class of arrays ask the open tape whether it watches the array."""
    for name, of_tape in METHODS.items():
        setattr(kind, name, _asking(getattr(kind, name), of_tape))


def _asking(own: Callable, of_tape: Callable) -> Callable:
    @functools.wraps(own)
    def method(self, *args, **kwargs):
        open_tape = recording.tape
        if isinstance(open_tape, GradientTape):
            watched = open_tape.stand_in(self)
            if watched is not None:
                return of_tape(watched, *args, **kwargs)
        return own(self, *args, **kwargs)

    return method


def give_arrays_numpy() -> None:
    """Lets `array.numpy()`, `get_shape` and `set_shape` answer, as for tensors of TensorFlow, and parts be assigned."""
    kind = class_of_arrays()
    if not hasattr(kind, "numpy"):
        kind.numpy = lambda self: np.asarray(self)[()]  # of no axes: a number of NumPy's, as TensorFlow gave it
        give_numpy_arrays(kind, Taped)
    tensors.always_offer("get_shape", "set_shape")
    give_variables_parts()


class _Kind(type):
    """What `isinstance` and calls take for a class of TensorFlow."""

    def __instancecheck__(cls, x) -> bool:
        return cls.holds(x)

    def __call__(cls, *args, **kwargs):
        return cls.make(*args, **kwargs)


class KindOfTensor(metaclass=_Kind):
    """`tf.Tensor`: arrays of the engine."""

    @staticmethod
    def holds(x) -> bool:
        return ops.is_tensor(x) and not isinstance(x, Variable)

    @staticmethod
    def make(*args, **kwargs):
        raise TypeError("tf.Tensor: call `tf.constant` or `tf.convert_to_tensor` to make one.")


class KindOfVariable(metaclass=_Kind):
    """`tf.Variable`."""

    @staticmethod
    def holds(x) -> bool:
        return isinstance(x, Variable)

    @staticmethod
    def make(
        initial_value=None, trainable=True, validate_shape=True, name=None, dtype=None, constraint=None,
        synchronization="auto", aggregation="none", shape=None,
    ):  # fmt: skip
        how = {"synchronization": synchronization, "aggregation": aggregation}
        made = variable(initial_value, trainable, validate_shape, dtype, shape, name, **how)
        made.constraint = constraint
        return made


class Aggregation(enum.StrEnum):
    """`tf.VariableAggregation`: how replicas combine a value. `Strategy.run` has one replica, with all rows."""

    NONE, SUM, MEAN, ONLY_FIRST_REPLICA = "none", "sum", "mean", "only_first_replica"


class Synchronization(enum.StrEnum):
    """`tf.VariableSynchronization`: when they do."""

    AUTO, NONE, ON_WRITE, ON_READ = "auto", "none", "on_write", "on_read"


def variable(initial_value, trainable, validate_shape, dtype, shape, name=None, **how):
    """What `tf.Variable` makes; a name may be written like a path."""
    if not validate_shape or (shape is not None and None in tuple(shape)):
        raise ValueError("tf.Variable: shapes of variables do not change here. Leave `validate_shape` and `shape` out.")
    value = initial_value() if callable(initial_value) else initial_value
    *folders, last = [part for part in (name or "").removesuffix(":0").split("/") if part] or [None]
    made = Variable(value, dtype=dtype, trainable=trainable, name=last, **how)
    if folders:
        made.path = made.path.removesuffix(last) + "/".join([*folders, last])
    return made


def tell(*inputs, sep=" ", end="\n", output_stream=None, summarize=3):
    """`tf.print`: prints values, arrays as NumPy does."""
    if output_stream is not None or summarize != 3:
        raise ValueError("tf.print: `output_stream` and `summarize` are not possible here. Use `print`.")
    print(*inputs, sep=sep, end=end)


def while_loop(
    cond, body, loop_vars, shape_invariants=None, parallel_iterations=10, back_prop=True, swap_memory=False,
    maximum_iterations=None, name=None,
):  # fmt: skip
    """`tf.while_loop`; how many rounds TensorFlow made at a time, and where it kept them, changes no result.

    Raises:
        ValueError: `shape_invariants` let a shape change from round to round.
    """
    if shape_invariants is not None and any(None in tuple(shape) for shape in tree.leaves(shape_invariants)):
        raise ValueError("tf.while_loop: shapes cannot change from round to round. Leave `shape_invariants` out.")
    found = ops.while_loop(cond, body, loop_vars, maximum_iterations)
    return found if back_prop else ops.stop_gradient(found)


def clip_by_norm(t, clip_norm, axes=None):
    """`tf.clip_by_norm`."""
    norm = ops.sqrt(ops.sum(ops.square(t), axis=axes, keepdims=axes is not None))
    return t * (clip_norm / ops.maximum(norm, clip_norm))


def global_norm(t_list):
    """`tf.linalg.global_norm`: the norm of all the arrays together; None counts nothing."""
    return ops.sqrt(sum(ops.sum(ops.square(t)) for t in t_list if t is not None))


def clip_by_global_norm(t_list, clip_norm, use_norm=None):
    """`tf.clip_by_global_norm`: the arrays, and their norm before."""
    norm = global_norm(t_list) if use_norm is None else use_norm
    scale = clip_norm / ops.maximum(norm, clip_norm)
    return [None if t is None else t * scale for t in t_list], norm


def add_n(inputs):
    """`tf.add_n`."""
    return functools.reduce(ops.add, inputs)


def l2_loss(t):
    """`tf.nn.l2_loss`."""
    return ops.sum(ops.square(t)) / 2


def sigmoid_cross_entropy_with_logits(labels=None, logits=None):
    """`tf.nn.sigmoid_cross_entropy_with_logits`."""
    return ops.maximum(logits, 0) - logits * labels + ops.log1p(ops.exp(-ops.abs(logits)))


def softmax_cross_entropy_with_logits(labels, logits, axis=-1):
    """`tf.nn.softmax_cross_entropy_with_logits`."""
    return -ops.sum(labels * ops.log_softmax(logits, axis=axis), axis=axis)


def sparse_softmax_cross_entropy_with_logits(labels, logits):
    """`tf.nn.sparse_softmax_cross_entropy_with_logits`."""
    return ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)
