"""Every operation: at once on arrays and variables, traced in compiled code, a graph node on symbolic tensors."""

from keras._jax import operators as _operators  # noqa: F401  gives symbolic tensors their arithmetic
from keras._jax.casting import dtype, is_tensor, saturate_cast
from keras._jax.control import (
    associative_scan,
    cond,
    custom_gradient,
    fori_loop,
    map,
    scan,
    stop_gradient,
    switch,
    vectorized_map,
    while_loop,
)
from keras._jax.fft import (
    extract_sequences,
    fft,
    fft2,
    ifft2,
    irfft,
    istft,
    rfft,
    stft,
)
from keras._jax.linalg import cdist, logdet
from keras._jax.numpy_elementwise import (
    erf,
    erfc,
    erfinv,
    rsqrt,
    view_as_complex,
    view_as_real,
)
from keras._jax.numpy_indexing import in_top_k, top_k
from keras._jax.numpy_reductions import logsumexp
from keras._jax.numpy_shapes import shape, unstack
from keras._jax.op import cast, convert_to_numpy, convert_to_tensor
from keras._jax.rearrange import rearrange
from keras._jax.scatter import (
    scatter,
    scatter_update,
    segment_max,
    segment_min,
    segment_prod,
    segment_sum,
    slice,
    slice_update,
)
from keras.ops import image, linalg, nn, numpy
from keras.ops.linalg import *  # noqa: F403
from keras.ops.nn import *  # noqa: F403
from keras.ops.numpy import *  # noqa: F403

__all__ = [
    "associative_scan",
    "cast",
    "cdist",
    "cond",
    "convert_to_numpy",
    "convert_to_tensor",
    "custom_gradient",
    "dtype",
    "erf",
    "erfc",
    "erfinv",
    "extract_sequences",
    "fft",
    "fft2",
    "fori_loop",
    "ifft2",
    "image",
    "in_top_k",
    "irfft",
    "is_tensor",
    "istft",
    "linalg",
    "logdet",
    "logsumexp",
    "map",
    "nn",
    "numpy",
    "rearrange",
    "rfft",
    "rsqrt",
    "saturate_cast",
    "scan",
    "scatter",
    "scatter_update",
    "segment_max",
    "segment_min",
    "segment_prod",
    "segment_sum",
    "shape",
    "slice",
    "slice_update",
    "stft",
    "stop_gradient",
    "switch",
    "top_k",
    "unstack",
    "vectorized_map",
    "view_as_complex",
    "view_as_real",
    "while_loop",
]
__all__ += linalg.__all__ + nn.__all__ + numpy.__all__
