"""Operations that a file may name: functions that stand between the layers of a functional model.

Keras 3 writes each as a class of a private module, `keras.src.ops.numpy` and `Sum`, whose constructor takes what is no
tensor. The table names every class with what its constructor takes. Operations that call functions are not in it.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from keras import ops
from keras._core import registry
from keras._core.names import nearest, snake_case
from keras._core.serialization import deserialize
from keras._core.tree import leaves

_PREFIX = "keras.src.ops."

_TABLE = {
    "core": """
        Cast dtype; ConvertToTensor dtype sparse ragged; SaturateCast dtype; Scatter shape; ScatterUpdate reduction;
        Slice shape; SliceUpdate; StopGradient; Unstack num axis
    """,
    "numpy": """
        Abs; Absolute; Add; All axis keepdims; AllClose rtol atol equal_nan; Amax axis keepdims; Amin axis keepdims;
        Angle; Any axis keepdims; Append axis; Arange dtype; Arccos; Arccosh; Arcsin; Arcsinh; Arctan; Arctan2;
        Arctanh; Argmax axis keepdims; Argmin axis keepdims; Argpartition kth axis; Argsort axis; Array dtype;
        ArraySplit indices_or_sections axis; Average axis; Bincount weights minlength sparse; BitwiseAnd;
        BitwiseInvert; BitwiseLeftShift; BitwiseNot; BitwiseOr; BitwiseRightShift; BitwiseXor; BroadcastTo shape;
        Cbrt; Ceil; Clip x_min x_max; Concatenate axis; Conj; Conjugate; Copy; Corrcoef; Correlate mode; Cos; Cosh;
        CountNonzero axis; Cross axisa axisb axisc axis; Cumprod axis dtype; Cumsum axis dtype; Deg2rad; Diag k;
        Diagflat k; Diagonal offset axis1 axis2; Diff n axis; Digitize; Divide; DivideNoNan; Dot; Dsplit
        indices_or_sections; Dstack; Einsum subscripts; EmptyLike dtype; Equal; Exp; Exp2; ExpandDims axis; Expm1;
        Fabs; Flip axis; Fliplr; Flipud; Floor; FloorDivide; Fmax; Fmin; Fmod; Full shape dtype; FullLike dtype;
        Gcd; Geomspace num endpoint dtype axis; GetItem; Greater; GreaterEqual; Heaviside; Histogram bins range;
        Hsplit indices_or_sections; Hstack; Hypot; I0; Imag; Inner; IsIn assume_unique invert; Isclose equal_nan;
        Isfinite; Isinf; Isnan; Isneginf; Isposinf; Isreal; Kron; Lcm; Ldexp; LeftShift; Less; LessEqual; Linspace
        num endpoint retstep dtype axis; Log; Log10; Log1p; Log2; Logaddexp; Logaddexp2; LogicalAnd; LogicalNot;
        LogicalOr; LogicalXor; Logspace num endpoint base dtype axis; Matmul; Max axis keepdims initial; Maximum;
        Mean axis keepdims; Median axis keepdims; Meshgrid indexing; Min axis keepdims initial; Minimum; Mod;
        Moveaxis source destination; Multiply; NanToNum nan posinf neginf; Nanargmax axis keepdims; Nanargmin axis
        keepdims; Nancumprod axis dtype; Nancumsum axis dtype; Nanmax axis keepdims; Nanmean axis keepdims;
        Nanmedian axis keepdims; Nanmin axis keepdims; Nanpercentile axis method keepdims; Nanprod axis keepdims;
        Nanquantile axis method keepdims; Nanstd axis keepdims; Nansum axis keepdims; Nanvar axis keepdims; Ndim;
        Negative; Nextafter; Nonzero; NotEqual; OnesLike dtype; Outer; Pad pad_width mode; Percentile axis method
        keepdims; Power; Prod axis keepdims dtype; Ptp axis keepdims; Quantile axis method keepdims; Rad2deg; Ravel;
        Real; Reciprocal; Repeat repeats axis; Reshape newshape; RightShift; Roll shift axis; Rot90 k axes; Round
        decimals; SearchSorted side; Select; Sign; Signbit; Sin; Sinc; Sinh; Size; Slogdet; Sort axis; Split
        indices_or_sections axis; Sqrt; Square; Squeeze axis; Stack axis; Std axis keepdims; Subtract; Sum axis
        keepdims; Swapaxes axis1 axis2; Take axis; TakeAlongAxis axis; Tan; Tanh; Tensordot axes; Tile repeats;
        Trace offset axis1 axis2; Transpose axes; Trapezoid x dx axis; Tril k; Triu k; TrueDivide; Trunc; Unique
        sorted return_index return_inverse return_counts axis size fill_value; UnravelIndex shape; Vander N
        increasing; Var axis keepdims; Vdot; View dtype; Vsplit indices_or_sections; Vstack; Where; ZerosLike dtype
    """,
    "nn": """
        AdaptiveAveragePool output_size data_format; AdaptiveMaxPool output_size data_format; AveragePool pool_size
        strides padding data_format; BatchNorm axis epsilon; BinaryCrossentropy from_logits; CTCDecode strategy
        beam_width top_paths merge_repeated mask_index; CTCLoss mask_index; CategoricalCrossentropy from_logits
        axis; Celu alpha; Conv strides padding data_format dilation_rate; ConvTranspose strides padding
        output_padding data_format dilation_rate; DepthToSpace block_size data_format; DepthwiseConv strides padding
        data_format dilation_rate; DotProductAttention is_causal flash_attention attn_logits_soft_cap; Elu alpha;
        Fold output_size kernel_size dilation padding stride; Gelu approximate; Glu axis; HardShrink threshold;
        HardSigmoid; HardSilu; HardTanh; LayerNorm axis epsilon rms_scaling; LeakyRelu negative_slope; LogSigmoid;
        LogSoftmax axis; MaxPool pool_size strides padding data_format; Moments axes keepdims synchronized; MultiHot
        num_classes axis dtype sparse; Normalize axis order epsilon; OneHot num_classes axis dtype sparse; PSNR
        max_val; Polar; RMSNorm axis epsilon; Relu; Relu6; Selu; SeparableConv strides padding data_format
        dilation_rate; Sigmoid; Silu; SoftShrink threshold; Softmax axis; Softplus; Softsign; SpaceToDepth
        block_size data_format; SparseCategoricalCrossentropy from_logits axis; SparsePlus; SparseSigmoid; Sparsemax
        axis; Squareplus b; TanhShrink; Threshold threshold default_value; Unfold kernel_size dilation padding
        stride
    """,
    "math": """
        CDist; Erf; Erfc; Erfinv; ExtractSequences sequence_length sequence_stride; FFT; FFT2; IFFT2; IRFFT
        fft_length; ISTFT sequence_length sequence_stride fft_length length window center; InTopK k; Logdet;
        Logsumexp axis keepdims; RFFT fft_length; Rsqrt; STFT sequence_length sequence_stride fft_length window
        center; SegmentMax num_segments sorted; SegmentMin num_segments sorted; SegmentProd num_segments sorted;
        SegmentSum num_segments sorted; TopK k sorted; ViewAsComplex; ViewAsReal
    """,
    "linalg": """
        Cholesky upper; CholeskyInverse upper; Det; Eig; Eigh; Inv; Lstsq rcond; LuFactor; MatrixRank tol; Norm ord
        axis keepdims; Pinv rcond; Qr mode; SVD full_matrices compute_uv; Solve; SolveTriangular lower
    """,
    "image": """
        AffineTransform interpolation fill_mode fill_value data_format; CropImages top_cropping left_cropping
        bottom_cropping right_cropping target_height target_width data_format; ElasticTransform alpha sigma
        interpolation fill_mode fill_value seed data_format; ExtractPatches size strides dilation_rate padding
        data_format; GaussianBlur kernel_size sigma data_format; HSVToRGB data_format; MapCoordinates order
        fill_mode fill_value; PadImages top_padding left_padding bottom_padding right_padding target_height
        target_width data_format; PerspectiveTransform interpolation fill_value data_format; RGBToGrayscale
        data_format; RGBToHSV data_format; Resize size interpolation antialias crop_to_aspect_ratio
        pad_to_aspect_ratio fill_mode fill_value data_format; SSIM max_val filter_size filter_sigma k1 k2
        data_format; ScaleAndTranslate spatial_dims method antialias; SobelEdges data_format
    """,
    "einops": """
        Rearrange
    """,
}

# classes whose function is not called after them
_OTHER_NAMES = {
    "AllClose": "allclose",
    "BatchNorm": "batch_normalization",
    "CDist": "cdist",
    "IsIn": "isin",
    "LayerNorm": "layer_normalization",
    "RMSNorm": "rms_normalization",
    "SearchSorted": "searchsorted",
}
# what a function here does not take, and the value it always has
_FIXED = {("LayerNorm", "rms_scaling"): False}


def is_operation(entry: dict) -> bool:
    """Whether a layer's entry in a config is an operation rather than a layer."""
    module, name = entry.get("module"), entry.get("class_name")
    if module is None:  # HDF5 files of Keras 3 do not say, and some names are those of layers too
        no_layer = registry.built_in("keras.layers", str(name)) is None or _lacks_what_layers_have(entry)
        return no_layer and _module_of(name) is not None
    return isinstance(module, str) and (module.startswith(_PREFIX) or module == "keras.ops")


def _lacks_what_layers_have(entry: dict) -> bool:
    """Whether an entry whose calls are those of Keras 3 has a config as no layer of that release has it."""
    calls, config = entry.get("inbound_nodes"), entry.get("config")
    of_today = isinstance(calls, list) and bool(calls) and isinstance(calls[0], dict)
    return of_today and isinstance(config, dict) and "trainable" not in config


def _module_of(name: Any) -> str | None:
    return next((module for module, cls in _rows() if cls == name), None)


def named(name: str) -> Callable | None:
    """The operation that is a function of that name, which Keras 3 writes for `activation=keras.ops.sin`."""
    return next((f for f, _ in _rows().values() if f.__name__ == name), None)


registry.offer_names("builtins", named)


@functools.cache
def _rows() -> dict[tuple[str, str], tuple[Callable, list[str]]]:
    """(module, class) -> function and names of what the constructor takes."""
    found = {}
    for module, text in _TABLE.items():
        space = getattr(ops, module, ops)
        for row in " ".join(text.split()).split("; "):
            name, *taken = row.split()
            function = _OTHER_NAMES.get(name, snake_case(name))
            found[module, name] = (getattr(space, function, None) or getattr(ops, function), taken)
    return found


@functools.cache
def _names() -> dict[Any, tuple[str, str]]:
    """Function -> module and class."""
    return {function: place for place, (function, _) in reversed(_rows().items())}


def described(function: Callable, name: str) -> dict:
    """The entry of a function in a model's config, still without the arguments.

    Raises:
        ValueError: the function is no operation of the table.
    """
    if function not in _names():
        raise ValueError(
            f"The model calls `{function.__name__}`, which no file can hold.\n"
            "  Write a layer that calls it, and register the layer's class."
        )
    module, cls = _names()[function]
    return {"module": _PREFIX + module, "class_name": cls, "config": {"name": name}, "registered_name": cls}


def split_arguments(function: Callable, args: tuple, kwargs: dict, is_tensor: Callable) -> tuple[dict, list, dict]:
    """What of a call goes to the constructor, and the positional and keyword arguments that remain."""
    taken = _rows()[_names()[function]][1]
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    own, positional, by_name = {}, [], {}
    for name, parameter in inspect.signature(function).parameters.items():
        value = bound.arguments[name]
        if name in taken and not any(is_tensor(x) for x in leaves(value)):
            own[name] = value
        elif name in taken:
            by_name[name] = value
        elif parameter.kind is parameter.VAR_POSITIONAL:
            positional += value
        elif parameter.kind is parameter.VAR_KEYWORD:
            by_name.update(value)
        elif parameter.kind is parameter.KEYWORD_ONLY or by_name:
            if value is not parameter.default:
                by_name[name] = value
        elif value is not parameter.default or any(is_tensor(x) for x in leaves(value)):
            positional.append(value)
        else:  # left at its default: what follows needs its name
            by_name[name] = value
    if function is ops.get_item:
        positional[1] = _with_arrays(positional[1])
    return own, positional, {k: v for k, v in by_name.items() if v is not None}


def _with_arrays(key: Any) -> Any:
    """A key of `x[key]` with lists of positions as arrays, which stay apart from tuples in a file."""
    if isinstance(key, tuple):
        return [_with_arrays(k) for k in key]
    return np.asarray(key) if isinstance(key, list) else key


def from_entry(entry: dict) -> Callable:
    """The function to call, from its entry in a config.

    Raises:
        ValueError: it is not in the table.
    """
    module, cls = str(entry.get("module")), entry.get("class_name")
    if module == "keras.ops":  # as this package wrote it before 0.2
        place = next((p for f, p in _names().items() if f.__name__ == cls), (None, None))
    else:
        place = (module.removeprefix(_PREFIX), cls)
    if entry.get("module") is None:
        place = (str(_module_of(cls)), cls)
    if place not in _rows():
        known = [name for _, name in _rows()]
        raise ValueError(f"The config calls the operation {cls!r}, which is not known.{nearest(str(cls), known)}")
    function, taken = _rows()[place]
    config = dict(entry.get("config") or {})
    for (owner, name), value in _FIXED.items():
        if owner == cls and config.pop(name, value) != value:
            raise ValueError(f"The operation {cls} is only known here with {name}={value}.")
    own = {name: _plain(deserialize(config[name])) for name in taken if name in config}
    parameters = inspect.signature(function).parameters

    def call(*args: Any, **kwargs: Any) -> Any:
        if cls == "GetItem" and len(args) == 2 and isinstance(args[1], list):
            args = (args[0], tuple(args[1]))
        waiting, left, positional = list(args), dict(own), []
        for name, parameter in parameters.items():
            if parameter.kind is parameter.VAR_POSITIONAL:
                positional += waiting
                waiting = []
            elif not waiting or parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
                break
            else:
                positional.append(left.pop(name) if name in left else waiting.pop(0))
        return function(*positional, *waiting, **left, **kwargs)

    return call


def _plain(value: Any) -> Any:
    """Lists as tuples: shapes and axes."""
    return tuple(_plain(v) for v in value) if isinstance(value, list) else value
