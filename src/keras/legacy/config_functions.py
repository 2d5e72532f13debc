"""Functions of TensorFlow between layers, which files of tf.keras from 2.4 name: `TFOpLambda` and `SlicingOpLambda`.

They become the operations that the same line of a program becomes here. The names are a closed table: functions of
tensors alone, none that makes an array of a size that a file says.
"""

from __future__ import annotations

import functools
import importlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from keras import config, ops, tree
from keras._core import registry
from keras._core.graph import KerasTensor

MODULE = "tensorflow"
_NAMES = """
    broadcast_to cast clip_by_value compat.v1.floor_div compat.v1.gather compat.v1.nn.sigmoid_cross_entropy_with_logits
    compat.v1.norm compat.v1.pad compat.v1.shape compat.v1.squeeze compat.v1.transpose concat expand_dims identity
    image.resize keras.backend.batch_flatten linalg.matmul linalg.normalize math.abs math.acos math.add math.add_n
    math.argmax math.argmin math.asin math.atan math.atan2 math.ceil math.cos math.cosh math.cumprod math.cumsum
    math.divide math.divide_no_nan math.equal math.erf math.exp math.expm1 math.floor math.floordiv math.floormod
    math.greater math.greater_equal math.is_nan math.l2_normalize math.less math.less_equal math.log math.log1p
    math.logical_and math.logical_not math.logical_or math.logical_xor math.maximum math.minimum math.mod math.multiply
    math.negative math.not_equal math.pow math.reciprocal math.reduce_all math.reduce_any math.reduce_logsumexp
    math.reduce_max math.reduce_mean math.reduce_min math.reduce_prod math.reduce_std math.reduce_sum
    math.reduce_variance math.round math.rsqrt math.sigmoid math.sign math.sin math.sinh math.softplus math.sqrt
    math.square math.squared_difference math.subtract math.tan math.tanh math.top_k math.truediv nn.avg_pool1d
    nn.avg_pool2d nn.bias_add nn.depth_to_space nn.dropout nn.elu nn.gelu nn.leaky_relu nn.log_softmax nn.max_pool1d
    nn.max_pool2d nn.relu nn.relu6 nn.selu nn.silu nn.softmax nn.softsign nn.space_to_depth one_hot ones_like repeat
    reshape reverse roll slice sort split stack stop_gradient tensordot tile unstack where zeros_like
    __operators__.add __operators__.getitem
"""
NAMES = frozenset(_NAMES.split())


def _getitem(x: Any, slice_spec: Any) -> Any:
    return x[tuple(slice_spec) if isinstance(slice_spec, list) else slice_spec]


def _shape(x: Any, out_type: Any = None) -> list:
    # one output, which is a tuple of sizes
    return [importlib.import_module("keras.backend").shape(x)]


def _batch_flatten(x: Any) -> Any:
    return ops.reshape(x, (-1, math.prod(x.shape[1:])))


def _as_array(value: Any) -> Any:
    """A table of numbers as an array, where its entries would be looked at one by one again and again."""
    numbers = tree.flatten(value) if isinstance(value, list) else ()
    if len(numbers) <= _LONG or any(isinstance(x, KerasTensor) for x in numbers):
        return value
    found = np.asarray(value)
    return found.astype({"f": config.floatx(), "i": "int32"}.get(found.dtype.kind, found.dtype))


_LONG = 64  # more than any list of axes or sizes
_OWN: dict[str, Callable] = {
    "__operators__.getitem": _getitem, "compat.v1.shape": _shape, "keras.backend.batch_flatten": _batch_flatten,
}  # fmt: skip
_OTHERWISE = {"__operators__.add": "math.add", "compat.v1.floor_div": "math.floordiv"}


def function_of(name: str) -> Callable:
    """The function that a file calls by this name.

    Raises:
        ValueError: it is not in the table.
    """
    if name not in NAMES:
        raise ValueError(
            f"it calls TensorFlow's {name!r}, which is not known here. Known ones: {', '.join(sorted(NAMES))}"
        )
    module, _, own = _OTHERWISE.get(name, name).removeprefix("compat.v1.").rpartition(".")
    foreign = importlib.import_module("keras.legacy.foreign")
    function = _OWN.get(name) or foreign.function_of(f"{MODULE}.{module}".rstrip("."), own)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        args = tuple(_as_array(x) for x in args)
        kwargs = {key: _as_array(value) for key, value in kwargs.items() if value is not None}
        kwargs.pop("name", None)
        if not any(isinstance(x, KerasTensor) for x in tree.flatten((args, kwargs))):
            raise ValueError(f"TensorFlow's {name!r} is called without a tensor")  # it would compute while it is read
        return function(*args, **kwargs)

    return call


registry.offer_names(MODULE, function_of)
