"""Further names of TensorFlow that `python -m keras` answers: what stands for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import ops
from keras.legacy import (
    foreign_arrays,
    foreign_files,
    foreign_loops,
    foreign_machine,
    foreign_nn,
    foreign_objects,
    foreign_signals,
    foreign_summaries,
    sessions,
)
from keras.legacy.foreign_arrays import asserting


def _no_nan(function: Callable) -> Callable:
    """A function of two numbers that is 0 where the second is."""

    def call(x, y):
        zero = ops.equal(y, 0)
        return ops.where(zero, ops.zeros_like(function(x, ops.ones_like(y))), function(x, ops.where(zero, 1, y)))

    return call


def _of_sign(name: str, holds: Callable) -> Callable:
    check = asserting(f"assert_{name}", lambda x, zero: holds(x))
    return lambda x, message=None: check(x, 0, message)


def _place_of(function: Callable) -> Callable:
    """`tf.argmax` and `tf.argmin`, along the first axis unless told otherwise."""

    def call(x, axis=0, output_type=None):
        found = function(x, axis=axis)
        return found if output_type is None else ops.cast(found, output_type)

    return call


def _is_down(direction: str) -> bool:
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError(f"`direction` must be 'ASCENDING' or 'DESCENDING'. Got {direction!r}.")
    return direction == "DESCENDING"


def _sort(values, axis=-1, direction="ASCENDING"):
    """`tf.sort`."""
    found = ops.sort(values, axis=axis)
    return ops.flip(found, axis) if _is_down(direction) else found


def _argsort(values, axis=-1, direction="ASCENDING", stable=False):
    """`tf.argsort`; equal ones stay in their order, in both directions."""
    return ops.argsort(ops.negative(values) if _is_down(direction) else values, axis=axis)


def _one_hot(indices, num_classes, on_value=None, off_value=None, axis=-1, dtype=None):
    """`tf.one_hot`, with other values than one and zero, too."""
    if on_value is None and off_value is None:
        return ops.one_hot(indices, num_classes, axis=axis, dtype=dtype or "float32")
    on, off = (default if given is None else given for given, default in ((on_value, 1), (off_value, 0)))
    chosen = ops.one_hot(indices, num_classes, axis=axis, dtype="bool")
    return ops.cast(ops.where(chosen, on, off), dtype or ops.convert_to_tensor(on).dtype)


def _eye(num_rows, num_columns=None, batch_shape=None, dtype="float32"):
    """`tf.eye`, as many times as a batch has entries."""
    found = ops.eye(num_rows, num_columns, dtype=dtype)
    return found if batch_shape is None else ops.broadcast_to(found, (*batch_shape, *found.shape))


_IMAGES = {
    "flip_left_right": foreign_nn.random_flip_left_right, "flip_up_down": foreign_nn.random_flip_up_down,
    "brightness": foreign_nn.random_brightness, "contrast": foreign_nn.random_contrast,
    "saturation": foreign_nn.random_saturation, "hue": foreign_nn.random_hue, "crop": foreign_nn.random_crop,
}  # fmt: skip
_SEGMENTS = {"min": ops.segment_min, "prod": ops.segment_prod}

# functions, which may be called with `name=` and with what TensorFlow called its first argument
FUNCTIONS: dict[str, Callable] = {
    "tensorflow.constant": foreign_objects.constant, "tensorflow.one_hot": _one_hot, "tensorflow.eye": _eye,
    "tensorflow.sort": _sort, "tensorflow.argsort": _argsort,
    **{
        f"tensorflow.{part}{name}": _place_of(function)
        for part in ("", "math.") for name, function in (("argmax", ops.argmax), ("argmin", ops.argmin))
    },
    "tensorflow.math.add_n": foreign_loops.add_n, "tensorflow.math.zero_fraction": foreign_nn.zero_fraction,
    "tensorflow.math.erfc": ops.erfc, "tensorflow.math.erfinv": ops.erfinv, "tensorflow.math.softsign": ops.softsign,
    "tensorflow.math.logical_xor": ops.logical_xor, "tensorflow.math.scalar_mul": lambda scalar, x: scalar * x,
    "tensorflow.scalar_mul": lambda scalar, x: scalar * x,
    "tensorflow.math.multiply_no_nan": _no_nan(ops.multiply), "tensorflow.realdiv": ops.divide,
    "tensorflow.math.reciprocal_no_nan": lambda x: _no_nan(ops.divide)(ops.ones_like(x), x),
    "tensorflow.linalg.adjoint": lambda x: ops.swapaxes(x, -1, -2),
    "tensorflow.tensor_scatter_nd_sub": lambda tensor, indices, updates: foreign_arrays.tensor_scatter_nd_add(
        tensor, indices, ops.negative(updates)
    ),
    **{f"tensorflow.math.segment_{name}": foreign_arrays.sorted_segment(f) for name, f in _SEGMENTS.items()},
    **{f"tensorflow.math.unsorted_segment_{name}": foreign_arrays.segment(f) for name, f in _SEGMENTS.items()},
    **{f"tensorflow.image.stateless_random_{name}": foreign_objects.stateless(f) for name, f in _IMAGES.items()},
    "tensorflow.random.stateless_uniform": foreign_objects.stateless_uniform,
    "tensorflow.random.stateless_normal": foreign_objects.stateless_normal,
    "tensorflow.random.uniform": foreign_objects.uniform, "tensorflow.random_uniform": foreign_objects.uniform,
    **{
        f"tensorflow.signal.{name}": getattr(foreign_signals, name)
        for name in (
            "rfft", "fft", "irfft", "hann_window", "hamming_window", "frame", "stft", "linear_to_mel_weight_matrix",
        )
    },
    **{
        f"tensorflow.summary.{name}": getattr(foreign_summaries, name)
        for name in ("scalar", "histogram", "image", "text")
    },
}  # fmt: skip

# what is used as it stands
AS_THEY_ARE: dict[str, Any] = {
    **{
        f"tensorflow.{name}": getattr(foreign_objects, name)
        for name in ("TensorArray", "Module", "IndexedSlices", "custom_gradient", "py_function", "numpy_function")
    },
    **{f"tensorflow.errors.{name}": error for name, error in foreign_objects.ERRORS.items()},
    "tensorflow.lookup.StaticHashTable": foreign_objects.StaticHashTable,
    "tensorflow.lookup.KeyValueTensorInitializer": foreign_objects.KeyValueTensorInitializer,
    "tensorflow.random.Generator": foreign_objects.Generator,
    "tensorflow.nest.assert_same_structure": foreign_objects.assert_same_structure,
    "tensorflow.summary.create_file_writer": foreign_summaries.Writer,
    "tensorflow.summary.experimental.set_step": foreign_summaries.set_step,
    "tensorflow.saved_model.save": foreign_files.save, "tensorflow.saved_model.load": foreign_files.load,
    "tensorflow.data.TFRecordDataset": foreign_files.records_of,
    "tensorflow.python_io.TFRecordWriter": foreign_files.TFRecordWriter,
    **{
        f"tensorflow.io.{name}": getattr(foreign_files, name)
        for name in (
            "TFRecordWriter", "FixedLenFeature", "parse_example", "parse_single_example", "decode_raw", "write_file",
        )
    },
    **{f"tensorflow.io.gfile.{name}": function for name, function in foreign_files.GFILE.items()},
    **{
        f"tensorflow.train.{name}": getattr(foreign_files, name)
        for name in ("BytesList", "FloatList", "Int64List", "Feature", "Features", "Example")
    },
    "tensorflow.debugging.assert_positive": _of_sign("positive", lambda x: x > 0),
    "tensorflow.debugging.assert_negative": _of_sign("negative", lambda x: x < 0),
    "tensorflow.debugging.assert_non_negative": _of_sign("non_negative", lambda x: x >= 0),
    "tensorflow.debugging.set_log_device_placement": foreign_machine.hint,
    **{
        f"tensorflow.{name}": getattr(sessions, name)
        for name in (
            "AUTO_REUSE", "Graph", "Session", "get_default_graph", "get_variable", "placeholder", "reset_default_graph",
            "variable_scope",
        )
    },
    **dict.fromkeys(("tensorflow.ConfigProto", "tensorflow.GPUOptions"), sessions.Settings),
    "tensorflow.InteractiveSession": sessions.Session, "tensorflow.get_default_session": sessions.get_session,
    **{
        f"tensorflow.{name}": sessions.start_variables
        for name in (
            "global_variables_initializer", "initialize_all_variables", "local_variables_initializer",
            "tables_initializer", "variables_initializer",
        )
    },
    "tensorflow.py_func": foreign_objects.numpy_function,
    "tensorflow.python.client.device_lib.list_local_devices": foreign_machine.list_local_devices,
    "tensorflow.test.is_built_with_cuda": foreign_machine.is_gpu_available,
    "tensorflow.config.get_visible_devices": foreign_machine.list_physical_devices,
    "tensorflow.config.experimental.list_logical_devices": foreign_machine.list_physical_devices,
}  # fmt: skip
