"""Operations of TensorFlow between layers, as files of tf.keras 2.0 to 2.3 hold them: `TensorFlowOpLayer`.

Each is read as the function that later releases would have written for it (see `config_functions`). An entry has the
operation's name and attributes; its inputs are outputs of layers and constants, told apart by their places.
"""

from __future__ import annotations

from typing import Any

from keras.legacy.config_graph import check_slices, places_of, tensor_at

# operation -> function that takes the same inputs in the same order
_FUNCTIONS = {
    "Add": "math.add", "AddV2": "math.add", "Sub": "math.subtract", "Mul": "math.multiply", "RealDiv": "math.truediv",
    "Div": "math.divide", "DivNoNan": "math.divide_no_nan", "FloorDiv": "math.floordiv", "FloorMod": "math.floormod",
    "Pow": "math.pow", "Maximum": "math.maximum", "Minimum": "math.minimum", "Atan2": "math.atan2",
    "SquaredDifference": "math.squared_difference", "Greater": "math.greater", "GreaterEqual": "math.greater_equal",
    "Less": "math.less", "LessEqual": "math.less_equal", "Equal": "math.equal", "NotEqual": "math.not_equal",
    "LogicalAnd": "math.logical_and", "LogicalOr": "math.logical_or", "LogicalNot": "math.logical_not",
    "Abs": "math.abs", "Neg": "math.negative", "Exp": "math.exp", "Expm1": "math.expm1", "Log": "math.log",
    "Log1p": "math.log1p", "Sqrt": "math.sqrt", "Rsqrt": "math.rsqrt", "Square": "math.square", "Sin": "math.sin",
    "Cos": "math.cos", "Tan": "math.tan", "Tanh": "math.tanh", "Sigmoid": "math.sigmoid", "Erf": "math.erf",
    "Floor": "math.floor", "Ceil": "math.ceil", "Round": "math.round", "Sign": "math.sign",
    "Reciprocal": "math.reciprocal", "Relu": "nn.relu", "Relu6": "nn.relu6", "Elu": "nn.elu", "Selu": "nn.selu",
    "LeakyRelu": "nn.leaky_relu", "Softmax": "nn.softmax", "LogSoftmax": "nn.log_softmax",
    "Softplus": "math.softplus", "Softsign": "nn.softsign", "Identity": "identity", "StopGradient": "stop_gradient",
    "ZerosLike": "zeros_like", "OnesLike": "ones_like", "Sum": "math.reduce_sum", "Mean": "math.reduce_mean",
    "Max": "math.reduce_max", "Min": "math.reduce_min", "Prod": "math.reduce_prod", "All": "math.reduce_all",
    "Any": "math.reduce_any", "ArgMax": "math.argmax", "ArgMin": "math.argmin", "Cumsum": "math.cumsum",
    "Cumprod": "math.cumprod", "Reshape": "reshape", "Transpose": "compat.v1.transpose", "ExpandDims": "expand_dims",
    "Squeeze": "compat.v1.squeeze", "Tile": "tile", "ConcatV2": "concat", "Pack": "stack", "Unpack": "unstack",
    "SplitV": "split", "MatMul": "linalg.matmul", "BatchMatMul": "linalg.matmul", "BatchMatMulV2": "linalg.matmul",
    "Cast": "cast", "Select": "where", "SelectV2": "where", "ClipByValue": "clip_by_value", "OneHot": "one_hot",
    "Pad": "compat.v1.pad", "DepthToSpace": "nn.depth_to_space", "SpaceToDepth": "nn.space_to_depth",
    "ResizeBilinear": "image.resize", "ResizeNearestNeighbor": "image.resize", "Split": "split",
    "GatherV2": "compat.v1.gather", "AddN": "math.add_n", "ReverseV2": "reverse", "Roll": "roll",
    "StridedSlice": "__operators__.getitem",
}  # fmt: skip
# attribute -> argument
_ARGUMENTS = {
    "keep_dims": "keepdims", "axis": "axis", "squeeze_dims": "axis", "alpha": "alpha", "exclusive": "exclusive",
    "reverse": "reverse", "transpose_a": "transpose_a", "transpose_b": "transpose_b", "adj_x": "transpose_a",
    "adj_y": "transpose_b", "DstT": "dtype", "output_type": "output_type", "block_size": "block_size",
}  # fmt: skip
# what says the kind of numbers that inputs are of, or how many inputs there are; and the only value that is known
_TOLD_BY_INPUTS = {"T", "N", "Tidx", "Tshape", "Tperm", "Tdim", "Tmultiples", "Tpaddings", "Tlen", "Tindices", "Taxis",
                   "Tparams", "TI", "Tshift", "SrcT", "Index", "num", "num_split", "_cloned"}  # fmt: skip
_ONLY = {"Truncate": False, "align_corners": False, "half_pixel_centers": True, "batch_dims": 0, "data_format": "NHWC"}
_MASKS = {"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"}
_TYPES = {"HALF": "float16", "FLOAT": "float32", "DOUBLE": "float64", "BFLOAT16": "bfloat16"}


def function_of(inner: dict) -> str:
    """The function that an entry's operation is, by its name in `config_functions`.

    Raises:
        ValueError: it is not in the table.
    """
    operation = inner["node_def"]["op"]
    if operation not in _FUNCTIONS:
        known = ", ".join(sorted(_FUNCTIONS))
        raise ValueError(f"it holds TensorFlow's operation {operation!r}, which is not known here. Known ones: {known}")
    return _FUNCTIONS[operation]


def call_of(inner: dict, node: Any, shifts: dict) -> dict:
    """One call of the function of `inner`, the config of an entry."""
    definition = inner["node_def"]
    operation, about = definition["op"], {key: _value(x) for key, x in definition.get("attr", {}).items()}
    inputs = [tensor_at(place, shifts) for place in places_of(node)]
    for index, constant in sorted((int(i), x) for i, x in inner.get("constants", {}).items()):
        inputs.insert(index, constant)
    masks = {key: about.pop(key) for key in _MASKS & about.keys()}
    kwargs = {}
    for key, value in about.items():
        if key in _ARGUMENTS:
            kwargs[_ARGUMENTS[key]] = value
        elif key not in _TOLD_BY_INPUTS and _ONLY.get(key, ...) != value:
            raise ValueError(f"TensorFlow's {operation!r} with {key}={value!r} is not known here")
    if operation in ("AddN", "ConcatV2", "Pack"):
        inputs = [inputs[: about["N"]], *inputs[about["N"] :]]
    elif operation == "Split":
        inputs = [inputs[1], about["num_split"], inputs[0]]
    elif operation == "GatherV2":
        kwargs["axis"] = inputs.pop()
    elif operation == "StridedSlice":
        inputs = [inputs[0], _slices(*inputs[1:], **masks)]
    elif operation == "ResizeNearestNeighbor":
        kwargs["method"] = "nearest"
    return {"args": inputs, "kwargs": kwargs}


def _value(attribute: dict) -> Any:
    """The value of an attribute: `{"i": "2"}` is 2."""
    ((kind, value),) = attribute.items()
    if kind == "type":
        name = value.removeprefix("DT_")
        return _TYPES.get(name, name.lower())
    if kind == "list":
        return [int(x) for x in value.get("i", ())]
    return int(value) if kind == "i" else {"TkhXQw==": "NHWC"}.get(value, value) if kind == "s" else value


def _slices(begin: Any, end: Any, strides: Any, **masks: int) -> list:
    """The key that a `StridedSlice` was: numbers, and masks of bits that say which of them count."""
    if not all(isinstance(x, list) and all(type(n) is int for n in x) for x in (begin, end, strides)):
        raise ValueError("a slice begins or ends where a tensor says, and compiled code has to know how long it is")

    def said(mask: str, place: int) -> bool:
        return bool(masks.get(mask, 0) >> place & 1)

    def one(place: int, *ends: int) -> Any:
        if said("ellipsis_mask", place):
            return {"class_name": "__ellipsis__", "config": {}}
        if said("new_axis_mask", place):
            return None
        if said("shrink_axis_mask", place):
            return ends[0]
        start, stop = (None if said(m, place) else n for m, n in zip(("begin_mask", "end_mask"), ends))
        return {"class_name": "__slice__", "config": {"start": start, "stop": stop, "step": ends[2]}}

    return [one(place, *ends) for place, ends in enumerate(zip(check_slices(begin), end, strides, strict=True))]
