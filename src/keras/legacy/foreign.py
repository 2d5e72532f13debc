"""Functions of TensorFlow and Theano that programs used inside layers and losses, as today's operations.

Only functions that today's operations can answer with the same values are here, for `python -m keras` alone.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import operator
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from keras import config, initializers, ops, random, tree
from keras._jax.variable import Variable
from keras.legacy import (
    foreign_arrays,
    foreign_checkpoints,
    foreign_data,
    foreign_function,
    foreign_further,
    foreign_loops,
    foreign_machine,
    foreign_nn,
    foreign_pictures,
    foreign_strings,
    replicas,
    sessions,
    strategies,
    tensors,
)
from keras.legacy import foreign_sizes as sizes
from keras.legacy.tensors import DType

# module of the other package -> names; a name may be followed by `=` and what today's operation is called
OPERATIONS = {
    "tensorflow": (
        "abs acos=arccos acosh=arccosh add asin=arcsin asinh=arcsinh atan=arctan atanh=arctanh "
        "broadcast_to cast ceil clip_by_value=clip concat=concatenate "
        "cond convert_to_tensor cos cosh divide einsum equal erf exp expand_dims "
        "floor floordiv=floor_divide greater greater_equal less less_equal linspace log logical_and "
        "logical_not logical_or logical_xor maximum meshgrid minimum mod multiply negative not_equal ones "
        "ones_like pow=power reciprocal reduce_all=all reduce_any=any reduce_logsumexp=logsumexp "
        "reduce_max=max reduce_mean=mean reduce_min=min reduce_prod=prod reduce_sum=sum repeat reverse=flip "
        "roll round rsqrt saturate_cast searchsorted sigmoid sign sin sinh size sqrt square squeeze stack "
        "stop_gradient "
        "subtract tan tanh tensor_scatter_nd_update=scatter_update tensordot tile truediv=divide unstack "
        "zeros zeros_like"
    ),
    "tensorflow.math": (
        "abs add ceil cos divide divide_no_nan equal erf exp expm1 floor greater greater_equal is_finite=isfinite "
        "acos=arccos acosh=arccosh angle asin=arcsin asinh=arcsinh atan=arctan atanh=arctanh "
        "bincount conj cosh floordiv=floor_divide floormod=mod imag in_top_k is_inf=isinf is_nan=isnan "
        "erfinv less less_equal log log1p log_sigmoid log_softmax logical_and logical_not logical_or maximum "
        "minimum mod multiply negative not_equal pow=power reciprocal reduce_all=all reduce_any=any "
        "reduce_logsumexp=logsumexp reduce_max=max reduce_mean=mean reduce_min=min reduce_prod=prod reduce_std=std "
        "real reduce_sum=sum reduce_variance=var rint=round round rsqrt sigmoid sign sin sinh softmax softplus sqrt "
        "square subtract tan tanh truediv=divide"
    ),
    "tensorflow.nn": (
        "elu erf in_top_k leaky_relu log_softmax moments relu relu6 selu sigmoid silu softmax softplus softsign swish "
        "tanh"
    ),
    "tensorflow.linalg": (
        "cholesky cross det diag_part=diagonal einsum eigh eye inv logdet lstsq pinv qr slogdet solve tensordot trace"
    ),
    "tensorflow.image": "hsv_to_rgb=image.hsv_to_rgb rgb_to_hsv=image.rgb_to_hsv",
    "theano.tensor": (
        "abs_=abs all any arange argmax argmin cast ceil clip concatenate cos cosh cumprod cumsum diag dot eq=equal "
        "erf exp expm1 eye floor ge=greater_equal gt=greater le=less_equal log log10 log1p log2 lt=less max maximum "
        "mean min minimum mod neg=negative neq=not_equal ones ones_like outer pow=power prod reshape sgn=sign sin "
        "sinh sort sqr=square sqrt square stack std sum switch=where tan tanh tensordot tile transpose tril triu var "
        "where zeros zeros_like"
    ),
    "theano.tensor.nnet": "elu selu sigmoid softmax softplus softsign",
}
_RENAMED_ARGUMENTS = {
    "keep_dims": "keepdims", "reduction_indices": "axis", "dim": "axis", "perm": "axes",
    "clip_value_min": "x_min", "clip_value_max": "x_max", "depth": "num_classes", "alpha": "negative_slope",
    "shape": "newshape",
}  # fmt: skip
# what their functions call their first argument
_FIRST = frozenset((
    "a", "condition", "features", "indices", "input", "input_tensor", "logits", "params", "t", "tensor", "value",
    "values", "x",
))  # fmt: skip
# and their second one
_SECOND = frozenset(("b", "multiples", "num_columns", "shape", "updates", "y"))


def _squared_difference(x, y):
    return ops.square(ops.subtract(x, y))


def _l2_normalize(x, axis=-1, epsilon=1e-12):
    return x * ops.rsqrt(ops.maximum(ops.sum(ops.square(x), axis=axis, keepdims=True), epsilon))


def _matmul(a, b, transpose_a=False, transpose_b=False):
    a = ops.swapaxes(a, -1, -2) if transpose_a else a
    return ops.matmul(a, ops.swapaxes(b, -1, -2) if transpose_b else b)


def _transpose(a, perm=None, conjugate=False):
    found = ops.transpose(a, perm)
    return ops.conj(found) if conjugate else found


def _norm(tensor, ord="euclidean", axis=None, keepdims=False):
    return ops.norm(tensor, ord=None if ord == "euclidean" else ord, axis=axis, keepdims=bool(keepdims))


def _normalize(tensor, ord="euclidean", axis=None):
    norm = _norm(tensor, ord, axis, keepdims=True)
    return tensor / norm, norm


def _where(condition, x=None, y=None):
    if x is not None:
        return ops.where(condition, x, y)
    return ops.convert_to_tensor(np.argwhere(foreign_arrays.values_of(condition, "tf.where")), dtype="int32")


def _split(value, num_or_size_splits, axis=0):
    if isinstance(num_or_size_splits, int):
        return ops.split(value, num_or_size_splits, axis=axis)
    return ops.split(value, [int(n) for n in np.cumsum(num_or_size_splits)[:-1]], axis=axis)


def _slice(input_, begin, size):
    if all(isinstance(b, (int, np.integer)) for b in begin):
        return input_[tuple(slice(b, None if n == -1 else b + n) for b, n in zip(begin, size))]
    sizes = [whole - int(b) if n == -1 else int(n) for whole, b, n in zip(input_.shape, begin, size)]
    return ops.slice(input_, ops.stack([ops.cast(b, "int32") for b in begin]), sizes)


def _pad(tensor, paddings, mode="CONSTANT", constant_values=0):
    mode = mode.lower()
    return ops.pad(tensor, paddings, mode, **({"constant_values": constant_values} if mode == "constant" else {}))


def _gelu(x, approximate=False):
    return ops.gelu(x, approximate=approximate)


def _shape(x):
    return importlib.import_module("keras.legacy.backend.everything").shape(x)


def _relu_of_theano(x, negative_slope=0):
    return ops.leaky_relu(x, negative_slope) if negative_slope else ops.relu(x)


def _hard_sigmoid(x):
    return ops.clip(0.2 * x + 0.5, 0, 1)


def _binary_crossentropy(output, target):
    return ops.binary_crossentropy(target, output)


def _categorical_crossentropy(coding_dist, true_dist):
    if len(true_dist.shape) < len(coding_dist.shape):
        return ops.sparse_categorical_crossentropy(true_dist, coding_dist)
    return -ops.sum(true_dist * ops.log(coding_dist), axis=-1)


def _flatten(x, ndim=1):
    return ops.reshape(x, (*x.shape[: ndim - 1], -1))


def _shared(value, name=None):
    return Variable(np.asarray(value), dtype=str(np.asarray(value).dtype), name=name)


def _drawing(draw: Callable) -> Callable:
    def call(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
        return draw(shape, mean, stddev, dtype=dtype, seed=seed)

    return call


_normal, _truncated_normal = _drawing(random.normal), _drawing(random.truncated_normal)


def _gamma(shape, alpha, beta=None, dtype="float32", seed=None):
    alpha = ops.convert_to_tensor(alpha, dtype)
    found = random.gamma((*(int(n) for n in np.atleast_1d(shape)), *alpha.shape), alpha, dtype=dtype, seed=seed)
    return found if beta is None else found / beta


def _set_seed(seed):
    importlib.import_module("keras.utils").set_random_seed(seed)


def _words(text: str) -> list[str]:
    return text.split()


_CUMSUM = foreign_arrays.cumulative(ops.cumsum, 0)
_OF_NN = _words(
    "avg_pool avg_pool1d avg_pool2d avg_pool3d batch_normalization bias_add compute_average_loss conv1d "
    "conv2d conv2d_transpose conv3d crelu depth_to_space depthwise_conv2d dropout embedding_lookup "
    "local_response_normalization max_pool max_pool1d max_pool2d max_pool3d separable_conv2d space_to_depth "
    "top_k weighted_cross_entropy_with_logits zero_fraction"
)
_OF_IMAGES = _words(
    "adjust_brightness adjust_contrast adjust_gamma adjust_hue adjust_saturation central_crop "
    "convert_image_dtype crop_to_bounding_box extract_patches flip_left_right flip_up_down grayscale_to_rgb "
    "pad_to_bounding_box per_image_standardization psnr random_brightness random_contrast random_crop "
    "random_flip_left_right random_flip_up_down random_hue random_saturation resize_with_crop_or_pad "
    "rgb_to_grayscale rot90 total_variation transpose"
)
_OF_PICTURES = _words(
    "non_max_suppression resize resize_bicubic resize_bilinear resize_nearest_neighbor resize_with_pad rgb_to_yuv ssim "
    "yuv_to_rgb"
)
# what is another function than the operation of that name, or has its arguments in another order
_SPECIAL: dict[str, Callable] = {
    "tensorflow.squared_difference": _squared_difference, "tensorflow.math.squared_difference": _squared_difference,
    "tensorflow.nn.l2_normalize": _l2_normalize, "tensorflow.math.l2_normalize": _l2_normalize,
    "tensorflow.matmul": _matmul, "tensorflow.linalg.matmul": _matmul, "tensorflow.gather": foreign_arrays.gather,
    "tensorflow.split": _split, "tensorflow.slice": _slice, "tensorflow.pad": _pad,
    "tensorflow.where": _where, "tensorflow.nn.gelu": _gelu, "tensorflow.shape": _shape,
    "tensorflow.math.top_k": foreign_nn.top_k,
    "tensorflow.depth_to_space": foreign_nn.depth_to_space, "tensorflow.space_to_depth": foreign_nn.space_to_depth,
    "tensorflow.transpose": _transpose, "tensorflow.reshape": foreign_arrays.reshape,
    "tensorflow.norm": _norm, "tensorflow.linalg.norm": _norm, "tensorflow.linalg.normalize": _normalize,
    "tensorflow.atan2": lambda y, x: ops.arctan2(y, x), "tensorflow.math.atan2": lambda y, x: ops.arctan2(y, x),
    "tensorflow.identity": lambda x: x, "tensorflow.to_float": lambda x: ops.cast(x, "float32"),
    "tensorflow.print": foreign_loops.tell, "tensorflow.Print": sessions.tell_of,
    "tensorflow.broadcast_static_shape": foreign_arrays.broadcast_static_shape,
    "tensorflow.broadcast_dynamic_shape": foreign_arrays.broadcast_dynamic_shape,
    "tensorflow.clip_by_norm": foreign_loops.clip_by_norm,
    "tensorflow.clip_by_global_norm": foreign_loops.clip_by_global_norm,
    "tensorflow.linalg.global_norm": foreign_loops.global_norm, "tensorflow.add_n": foreign_loops.add_n,
    **{
        f"tensorflow.nn.{name}": getattr(foreign_loops, name)
        for name in (
            "l2_loss", "sigmoid_cross_entropy_with_logits", "softmax_cross_entropy_with_logits",
            "sparse_softmax_cross_entropy_with_logits",
        )
    },
    "tensorflow.random.categorical": lambda logits, num_samples, dtype="int64", seed=None: random.categorical(
        logits, num_samples, dtype=dtype, seed=seed
    ),
    "tensorflow.random.gamma": _gamma, "tensorflow.random.set_seed": _set_seed, "tensorflow.set_random_seed": _set_seed,
    "tensorflow.random.normal": _normal, "tensorflow.random_normal": _normal,
    "tensorflow.cumsum": _CUMSUM, "tensorflow.math.cumsum": _CUMSUM,
    "tensorflow.math.cumprod": foreign_arrays.cumulative(ops.cumprod, 1),
    **{
        f"tensorflow.{path}": getattr(foreign_arrays, path.rpartition(".")[2])
        for path in _words(
            "boolean_mask ensure_shape fill foldl foldr gather_nd is_tensor linalg.band_part linalg.matvec "
            "linalg.set_diag map_fn math.confusion_matrix math.count_nonzero math.reduce_euclidean_norm "
            "math.segment_mean math.xlogy rank scan sequence_mask tensor_scatter_nd_add "
            "unique vectorized_map"
        )
    },
    "tensorflow.range": foreign_arrays.arange, "tensorflow.linalg.diag": foreign_arrays.batched_diag,
    "tensorflow.linalg.matrix_transpose": lambda a: ops.swapaxes(a, -1, -2),
    "tensorflow.scatter_nd": ops.scatter,
    **{
        f"tensorflow.math.unsorted_segment_{name}": foreign_arrays.segment(getattr(ops, f"segment_{name}"))
        for name in ("max", "sum")
    },
    "tensorflow.math.unsorted_segment_mean": foreign_arrays.segment_mean,
    **{
        f"tensorflow.math.segment_{name}": foreign_arrays.sorted_segment(getattr(ops, f"segment_{name}"))
        for name in ("max", "sum")
    },
    "tensorflow.random.truncated_normal": _truncated_normal, "tensorflow.truncated_normal": _truncated_normal,
    "tensorflow.random.shuffle": foreign_arrays.shuffled, "tensorflow.random_shuffle": foreign_arrays.shuffled,
    **{f"tensorflow.nn.{name}": getattr(foreign_nn, name) for name in _OF_NN},
    **{f"tensorflow.image.{name}": getattr(foreign_nn, name) for name in _OF_IMAGES},
    **{f"tensorflow.image.{name}": getattr(foreign_pictures, name) for name in _OF_PICTURES},
    "tensorflow.nn.lrn": foreign_nn.local_response_normalization, **foreign_strings.FUNCTIONS,
    "tensorflow.while_loop": foreign_loops.while_loop,
    "tensorflow.image.resize_image_with_crop_or_pad": foreign_nn.resize_with_crop_or_pad,
    **{
        f"tensorflow.{part}.{name}": getattr(foreign_nn, "decode_image" if name == "decode_image" else "decode_jpeg")
        for part in ("io", "image") for name in ("decode_bmp", "decode_image", "decode_jpeg", "decode_png")
    },
    "tensorflow.io.read_file": foreign_nn.read_file, "tensorflow.read_file": foreign_nn.read_file,
    **foreign_further.FUNCTIONS,
    "theano.shared": _shared, "theano.tensor.flatten": _flatten, "theano.tensor.nnet.relu": _relu_of_theano,
    "theano.tensor.nnet.hard_sigmoid": _hard_sigmoid,
    "theano.tensor.nnet.binary_crossentropy": _binary_crossentropy,
    "theano.tensor.nnet.categorical_crossentropy": _categorical_crossentropy,
}  # fmt: skip
# what a module has that is called as it stands
_AS_THEY_ARE: dict[str, Any] = {
    "tensorflow.Variable": foreign_loops.KindOfVariable,
    "tensorflow.Tensor": foreign_loops.KindOfTensor,
    "tensorflow.GradientTape": foreign_loops.GradientTape,
    "tensorflow.function": foreign_function.function,
    "tensorflow.TensorShape": tensors.Shape, "tensorflow.DType": DType, "tensorflow.dtypes.DType": DType,
    "tensorflow.TensorSpec": foreign_arrays.TensorSpec,
    "tensorflow.as_dtype": foreign_arrays.as_dtype, "tensorflow.dtypes.as_dtype": foreign_arrays.as_dtype,
    "tensorflow.name_scope": foreign_arrays.block, "tensorflow.control_dependencies": foreign_arrays.block,
    "tensorflow.device": foreign_arrays.block,
    "tensorflow.no_op": foreign_arrays.no_op, "tensorflow.group": foreign_arrays.no_op,
    "tensorflow.nest.map_structure": tree.map_structure, "tensorflow.nest.flatten": tree.flatten,
    "tensorflow.nest.pack_sequence_as": tree.pack_sequence_as,
    "tensorflow.debugging.check_numerics": foreign_arrays.check_numerics,
    "tensorflow.debugging.assert_all_finite": foreign_arrays.assert_all_finite,
    **{
        f"tensorflow.debugging.assert_{name}": foreign_arrays.asserting(f"assert_{name}", compare)
        for name, compare in {
            "equal": np.equal, "greater": np.greater, "greater_equal": np.greater_equal, "less": np.less,
            "less_equal": np.less_equal, "near": np.isclose, "none_equal": np.not_equal,
        }.items()
    },
    **{
        f"tensorflow.{path}": getattr(foreign_machine, path.rpartition(".")[2])
        for path in _words(
            "autograph.experimental.do_not_convert config.list_physical_devices "
            "config.run_functions_eagerly config.set_visible_devices executing_eagerly get_logger "
            "logging.set_verbosity test.gpu_device_name test.is_gpu_available"
        )
    },
    "tensorflow.config.experimental.list_physical_devices": foreign_machine.list_physical_devices,
    "tensorflow.config.list_logical_devices": foreign_machine.list_physical_devices,
    "tensorflow.config.experimental.set_visible_devices": foreign_machine.set_visible_devices,
    "tensorflow.config.experimental_run_functions_eagerly": foreign_machine.run_functions_eagerly,
    **dict.fromkeys((
        "tensorflow.autograph.set_verbosity", "tensorflow.config.optimizer.set_jit",
        "tensorflow.config.experimental.set_memory_growth", "tensorflow.disable_eager_execution",
        "tensorflow.config.threading.set_inter_op_parallelism_threads", "tensorflow.disable_v2_behavior",
        "tensorflow.config.threading.set_intra_op_parallelism_threads", "tensorflow.enable_eager_execution",
        "tensorflow.enable_v2_behavior", "tensorflow.config.experimental.enable_tensor_float_32_execution",
        "tensorflow.config.set_soft_device_placement", "tensorflow.config.experimental.enable_op_determinism",
    ), foreign_machine.hint),
    **{f"tensorflow.logging.{name}": level for name, level in foreign_machine.LEVELS.items()},
    **{f"tensorflow.train.{name}": make for name, make in foreign_machine.OPTIMIZERS.items()},
    **{
        f"tensorflow.{ours}_initializer": getattr(initializers, theirs)
        for ours, theirs in {
            "constant": "Constant", "ones": "Ones", "random_normal": "RandomNormal",
            "random_uniform": "RandomUniform", "zeros": "Zeros",
        }.items()
    },
    "tensorflow.image.ResizeMethod": foreign_pictures.ResizeMethod,
    "tensorflow.UnconnectedGradients": SimpleNamespace(NONE="none", ZERO="zero"),
    "tensorflow.data.Dataset": foreign_data.Dataset,
    "tensorflow.data.AUTOTUNE": foreign_data.AUTOTUNE, "tensorflow.data.Options": foreign_data.Options,
    "tensorflow.data.experimental.AutoShardPolicy": foreign_data.AutoShardPolicy,
    "tensorflow.nn.scale_regularization_loss": replicas.scale_regularization_loss,
    "tensorflow.data.experimental.AUTOTUNE": foreign_data.AUTOTUNE,
    "tensorflow.data.TextLineDataset": foreign_data.text_lines,
    "tensorflow.data.experimental.cardinality": foreign_data.cardinality,
    "tensorflow.data.INFINITE_CARDINALITY": -1, "tensorflow.data.UNKNOWN_CARDINALITY": -2,
    "tensorflow.data.experimental.INFINITE_CARDINALITY": -1, "tensorflow.data.experimental.UNKNOWN_CARDINALITY": -2,
    **{
        f"tensorflow.data.experimental.{name}": getattr(foreign_data.Dataset, name)
        for name in ("choose_from_datasets", "sample_from_datasets")
    },
    "tensorflow.VariableAggregation": foreign_loops.Aggregation,
    "tensorflow.VariableSynchronization": foreign_loops.Synchronization,
    "tensorflow.train.Checkpoint": foreign_checkpoints.Checkpoint,
    "tensorflow.train.CheckpointManager": foreign_checkpoints.CheckpointManager,
    "tensorflow.train.latest_checkpoint": foreign_checkpoints.latest_checkpoint,
    **foreign_further.AS_THEY_ARE,
}  # fmt: skip
_MODULES_OF_KERAS = ("initializers", "losses", "metrics", "optimizers")
_DTYPES = frozenset((
    "bfloat16", "bool", "float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
    "uint64",
))  # fmt: skip


def name_in(module: str, name: str) -> Any:
    """What stands for a name of a module of another package; None if nothing does."""
    path = f"{module}.{name}"
    if module in ("tensorflow", "tensorflow.dtypes") and name in _DTYPES:
        return DType(name)
    if path in ("tensorflow.string", "tensorflow.dtypes.string"):
        return DType("string")
    if module == "tensorflow.dtypes" and name == "cast":
        return function_of("tensorflow", name)
    if path == "tensorflow.version.VERSION":
        return importlib.import_module("tensorflow").__version__
    if path == "tensorflow.python.framework.ops" or (module == "tensorflow.python.ops" and name in _PRIVATE):
        return _Private(path)
    if module in ("tensorflow.distribute", "tensorflow.distribute.experimental") and name in strategies.STRATEGIES:
        return strategies.STRATEGIES[name]
    if path in _AS_THEY_ARE:
        return _AS_THEY_ARE[path]
    if module == "tensorflow" and name in _MODULES_OF_KERAS:
        return importlib.import_module(f"keras.{name}")
    if path == "theano.config":
        return SimpleNamespace(floatX=config.floatx(), device="cpu")
    return function_of(module, name)


def function_of(module: str, name: str) -> Callable | None:
    """Today's function for one of another package, or None."""
    special = _SPECIAL.get(f"{module}.{name}")
    if special is not None:
        return _called_as_theirs(special, name)
    for entry in OPERATIONS.get(module, "").split():
        theirs, _, ours = entry.partition("=")
        if theirs == name:
            return _called_as_theirs(operator.attrgetter(ours or theirs)(ops), name)
    return None


# modules that programs of 2.x take functions from although they are not public
_PRIVATE = frozenset((
    "array_ops", "clip_ops", "control_flow_ops", "math_ops", "nn", "nn_ops", "random_ops", "state_ops",
))  # fmt: skip


class _Private:
    """Such a module: the public functions under their names."""

    def __init__(self, path: str):
        self._path = path

    def __getattr__(self, name: str) -> Any:
        for module in ("tensorflow", "tensorflow.math", "tensorflow.nn", "tensorflow.random"):
            found = name_in(module, name)
            if found is not None:
                return found
        raise AttributeError(f"{self._path}.{name} is not answered here. Use keras.ops.")


def _called_as_theirs(function: Callable, name: str) -> Callable:
    known = list(inspect.signature(function).parameters)

    def today(argument: str) -> str:
        if argument in known:
            return argument
        if argument in _SECOND and len(known) > 1:
            return known[1]
        return known[0] if argument in _FIRST else _RENAMED_ARGUMENTS.get(argument, argument)

    @functools.wraps(function)
    def call(*args, **kwargs):
        kwargs.pop("name", None)  # labelled a node of a graph that is not there, and did nothing else
        kwargs = {today(k): v for k, v in kwargs.items()}
        if name in sizes.FUNCTIONS and sizes.are_sizes((args, kwargs)):
            return sizes.computed(name, args, kwargs)
        if name in sizes.TAKE_SHAPES:
            args = tuple(map(sizes.with_shapes, args))
            kwargs = {k: sizes.with_shapes(v) for k, v in kwargs.items()}
        return function(*args, **kwargs)

    call.__name__ = name
    return call
