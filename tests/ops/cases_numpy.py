"""One case per operation: arguments, and what NumPy says the result is. Gradients are checked at the same arguments."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import scipy.special


class Case(NamedTuple):
    """A call of an operation.

    `expected` is the result, or a function of the arguments that computes it. `fixed` lists what symbolic and traced
    calls cannot do: 'batch' (an unknown first axis), 'symbol' (symbolic tensors), 'trace' (compiled code), 'size' (say
    how large the result is).
    """

    op: str
    arguments: tuple
    expected: Any
    keywords: dict
    slope: bool
    fixed: tuple
    close: float

    def result(self):
        return settled(self.expected(*self.arguments, **self.keywords) if callable(self.expected) else self.expected)

    def __str__(self):
        words = [f"{k}={v}" for k, v in self.keywords.items()]
        shapes = [str(np.shape(a)) if isinstance(a, np.ndarray) else repr(a)[:40] for a in self.arguments]
        return f"{self.op}({', '.join(shapes + words)})"


def settled(x):
    """Nested lists of numbers as arrays; lists and tuples of arrays stay."""
    if isinstance(x, tuple) or (isinstance(x, list) and any(isinstance(i, np.ndarray) for i in x)):
        return [settled(i) for i in x]
    return np.array(x) if isinstance(x, list) else x


CASES: list[Case] = []


def case(op, *arguments, expected, slope=True, fixed=(), close=1e-5, **keywords):
    CASES.append(Case(op, arguments, expected, keywords, slope, fixed, close))


def flat(op, *arguments, expected, **keywords):
    """A case whose result has no slope: whole numbers, booleans, or steps."""
    case(op, *arguments, expected=expected, slope=False, **keywords)


def array(*numbers):
    return np.array(numbers, "float32")


X = np.array([[-1.5, -0.25, 0.5], [0.75, 1.25, 2.5]], "float32")
Y = np.array([[0.5, 2.0, -1.0], [1.5, -0.5, 3.0]], "float32")
POSITIVE = np.array([[0.5, 1.5, 2.0], [0.25, 3.0, 1.25]], "float32")
SHARES = np.array([[0.2, -0.6, 0.9], [0.5, -0.1, 0.3]], "float32")
WHOLE = np.array([[5, -3, 0], [2, 7, -4]], "int32")
TRUTHS = np.array([[True, False, True], [False, False, True]])
HOLES = np.array([[1.0, np.nan, 3.0], [4.0, 2.0, np.nan]], "float32")
CUBE = np.arange(24, dtype="float32").reshape(2, 3, 4) / 10
ROW = array(3.0, 1.0, 2.0)

# --- one tensor, element by element

for name, function, argument in [
    ("absolute", np.abs, X),
    ("arccos", np.arccos, SHARES),
    ("arccosh", np.arccosh, POSITIVE + 1),
    ("arcsin", np.arcsin, SHARES),
    ("arcsinh", np.arcsinh, X),
    ("arctan", np.arctan, X),
    ("arctanh", np.arctanh, SHARES),
    ("cbrt", np.cbrt, POSITIVE),
    ("conj", np.conj, X),
    ("copy", np.copy, X),
    ("cos", np.cos, X),
    ("cosh", np.cosh, X),
    ("deg2rad", np.deg2rad, X),
    ("erf", scipy.special.erf, X),
    ("erfc", scipy.special.erfc, X),
    ("erfinv", scipy.special.erfinv, SHARES),
    ("exp", np.exp, X),
    ("exp2", np.exp2, X),
    ("expm1", np.expm1, X),
    ("fabs", np.abs, X),
    ("i0", np.i0, POSITIVE),
    ("log", np.log, POSITIVE),
    ("log10", np.log10, POSITIVE),
    ("log1p", np.log1p, POSITIVE),
    ("log2", np.log2, POSITIVE),
    ("negative", np.negative, X),
    ("rad2deg", np.rad2deg, X),
    ("ravel", np.ravel, X),
    ("real", np.real, X),
    ("reciprocal", np.reciprocal, X),
    ("rsqrt", lambda x: 1 / np.sqrt(x), POSITIVE),
    ("sin", np.sin, X),
    ("sinc", np.sinc, X),
    ("sinh", np.sinh, X),
    ("sqrt", np.sqrt, POSITIVE),
    ("square", np.square, X),
    ("tan", np.tan, SHARES),
    ("tanh", np.tanh, X),
]:
    case(name, argument, expected=function)
for name, function, argument in [
    ("angle", np.angle, X),
    ("bitwise_not", np.invert, WHOLE),
    ("ceil", np.ceil, X),
    ("floor", np.floor, X),
    ("imag", np.imag, X),
    ("isfinite", np.isfinite, HOLES),
    ("isinf", np.isinf, array(1, np.inf, -np.inf)),
    ("isnan", np.isnan, HOLES),
    ("isneginf", np.isneginf, array(1, np.inf, -np.inf)),
    ("isposinf", np.isposinf, array(1, np.inf, -np.inf)),
    ("isreal", np.isreal, X),
    ("logical_not", np.logical_not, TRUTHS),
    ("nan_to_num", np.nan_to_num, HOLES),
    ("round", np.round, array(0.5, 1.5, -2.5, 2.4)),
    ("sign", np.sign, X),
    ("signbit", np.signbit, array(-0.0, 0.0, -1.0)),
    ("trunc", np.trunc, X),
]:
    flat(name, argument, expected=function)
flat("round", array(1.234, 5.678), expected=array(1.2, 5.7), decimals=1)
flat("nan_to_num", HOLES, expected=np.nan_to_num(HOLES, nan=7), nan=7.0)
flat("view", array(1.0), expected=np.array([1065353216], "int32"), dtype="int32")
case("clip", X, -0.5, 1.0, expected=lambda x, low, high: np.clip(x, low, high))
flat("view_as_complex", CUBE[..., :2], expected=CUBE[..., 0] + 1j * CUBE[..., 1])
flat("view_as_real", np.array([1 + 2j, 3 - 1j], "complex64"), expected=[[1, 2], [3, -1]])
flat("cast", X, "int32", expected=[[-1, 0, 0], [0, 1, 2]])
flat("saturate_cast", array(300.0, -5.0, 7.5), "uint8", expected=[255, 0, 7])
flat("saturate_cast", np.array([300, -5, 7]), "int8", expected=[127, -5, 7])
case("stop_gradient", X, expected=X, slope=False)

# --- two tensors that broadcast

for name, function in [
    ("add", np.add),
    ("arctan2", np.arctan2),
    ("divide", np.divide),
    ("fmax", np.fmax),
    ("fmin", np.fmin),
    ("hypot", np.hypot),
    ("logaddexp", np.logaddexp),
    ("logaddexp2", np.logaddexp2),
    ("maximum", np.maximum),
    ("minimum", np.minimum),
    ("multiply", np.multiply),
    ("subtract", np.subtract),
]:
    case(name, X, Y, expected=function)
    case(name, X, ROW, expected=function)
case("power", POSITIVE, Y, expected=np.power)
case("ldexp", X, np.array([[2], [-1]]), expected=lambda x, n: x * 2.0**n)
flat("divide_no_nan", X, array(2.0, 0.0, -1.0), expected=[[-0.75, 0, -0.5], [0.375, 0, -2.5]])
flat("divide", WHOLE, np.array([2, 2, 4], "int32"), expected=np.divide)
flat("floor_divide", X, Y, expected=np.floor_divide)
flat("mod", X, Y, expected=np.mod)
flat("fmod", X, Y, expected=np.fmod)
flat("heaviside", array(-1.0, 0.0, 2.0), 0.5, expected=np.heaviside)
flat("nextafter", X, Y, expected=np.nextafter)
flat("gcd", WHOLE, np.array([10, 6, 4], "int32"), expected=np.gcd)
flat("lcm", WHOLE, np.array([10, 6, 4], "int32"), expected=np.lcm)
flat("polar", POSITIVE, X, expected=lambda r, t: (r * np.exp(1j * t)).astype("complex64"))
flat("isclose", array(1.0, 2.0), array(1.0000001, 2.1), expected=[True, False])
flat("allclose", array(1.0, 2.0), array(1.0000001, 2.0), expected=True)
for name in ["equal", "not_equal", "greater", "greater_equal", "less", "less_equal"]:
    flat(name, X, array(0.5, -0.25, 0.5), expected=getattr(np, name))
for name in ["logical_and", "logical_or", "logical_xor"]:
    flat(name, TRUTHS, np.array([True, False, False]), expected=getattr(np, name))
for name in ["bitwise_and", "bitwise_or", "bitwise_xor"]:
    flat(name, WHOLE, np.array([6, 5, 3], "int32"), expected=getattr(np, name))
flat("bitwise_left_shift", WHOLE, np.array([1, 2, 3], "int32"), expected=np.left_shift)
flat("bitwise_right_shift", WHOLE, np.array([1, 2, 3], "int32"), expected=np.right_shift)

# --- along axes

for name in ["sum", "mean", "var", "std", "max", "min", "amax", "amin", "prod"]:
    case(name, X, expected=getattr(np, name))
    case(name, CUBE + 0.5, expected=getattr(np, name), axis=(0, 2))
    case(name, X, expected=getattr(np, name), axis=1, keepdims=True)
for name in ["any", "all", "count_nonzero"]:
    flat(name, TRUTHS, expected=getattr(np, name), axis=1)
for name in ["argmax", "argmin"]:
    flat(name, X, expected=getattr(np, name))
    flat(name, X, expected=getattr(np, name), axis=0, keepdims=True)
for name in ["nansum", "nanprod", "nanmax", "nanmin", "nanmean", "nanvar", "nanstd", "nanmedian"]:
    flat(name, HOLES, expected=getattr(np, name), axis=1)
flat("nanargmax", HOLES, expected=[2, 0], axis=1)
flat("nanargmin", array(np.nan, np.nan), expected=-1)
flat("nancumsum", HOLES, expected=np.nancumsum, axis=1)
flat("nancumprod", HOLES, expected=np.nancumprod, axis=1)
flat("nanquantile", HOLES, 0.5, expected=np.nanquantile, axis=1)
flat("nanpercentile", HOLES, 50.0, expected=np.nanpercentile, axis=1)
case("cumsum", X, expected=np.cumsum, axis=1)
case("cumprod", X, expected=np.cumprod, axis=0)
case("logsumexp", X, expected=scipy.special.logsumexp, axis=1)
case("logsumexp", array(1000.0, 1000.0), expected=1000 + math.log(2))
case("median", X, expected=np.median, axis=1)
case("quantile", X, 0.3, expected=np.quantile, axis=1)
case(
    "quantile", X, array(0.25, 0.75), expected=lambda x, q, axis: np.quantile(x, q, axis=axis), axis=0, fixed=("batch",)
)
case("percentile", X, 30.0, expected=np.percentile)
case("average", X, 1, ROW, expected=lambda x, axis, weights: np.average(x, axis, weights), fixed=("batch",))
case("ptp", X, expected=np.ptp, axis=1)
case("trapezoid", X, expected=[np.trapezoid(X[0]), np.trapezoid(X[1])])
case("trapezoid", X, ROW, expected=lambda y, x: np.trapezoid(y, x), fixed=("batch",))
case("diff", X, expected=np.diff)

# --- new shapes

case("reshape", X, (3, -1), expected=np.reshape)
case("expand_dims", X, (0, 2), expected=np.expand_dims)
case("squeeze", X[:, None], expected=X)
case("squeeze", X[:, None], expected=X, axis=1)
case("transpose", CUBE, (2, 0, 1), expected=np.transpose)
case("swapaxes", CUBE, 0, 2, expected=np.swapaxes)
case("moveaxis", CUBE, 0, -1, expected=np.moveaxis)
case("broadcast_to", X, (4, 2, 3), expected=np.broadcast_to)
case("concatenate", (X, Y), expected=lambda xs, axis: np.concatenate(xs, axis), axis=1)
case("stack", (X, Y), expected=lambda xs, axis: np.stack(xs, axis), axis=1)
case("hstack", (X, Y), expected=np.hstack)
case("vstack", (X, Y), expected=np.vstack)
case("dstack", (X, Y), expected=np.dstack)
case("append", X, Y, expected=np.append, axis=1)
case("append", X, Y, expected=np.append)
case("split", X, [1], expected=np.split, axis=1)
case("split", CUBE, 2, expected=np.split, axis=2)
case("array_split", CUBE, 3, expected=np.array_split, axis=2)
case("hsplit", CUBE, 3, expected=np.hsplit)
case("vsplit", CUBE, 2, expected=np.vsplit, fixed=("batch",))
case("dsplit", CUBE, 2, expected=np.dsplit)
case("unstack", X, expected=[X[:, 0], X[:, 1], X[:, 2]], axis=1)
case("tile", X, (2, 1), expected=np.tile)
case("repeat", X, 2, expected=np.repeat, axis=1)
case("repeat", X, [1, 0, 2], expected=np.repeat, axis=1)
case("pad", X, ((1, 0), (0, 2)), expected=np.pad)
case("pad", X, 1, expected=lambda x, n, mode: np.pad(x, n, mode), mode="reflect", fixed=("batch",))
case("pad", X, 1, expected=lambda x, n, constant_values: np.pad(x, n, constant_values=3), constant_values=3.0)
case("flip", X, expected=np.flip)
case("fliplr", X, expected=np.fliplr)
case("flipud", X, expected=np.flipud)
case("roll", X, 1, expected=np.roll, axis=1)
case("rot90", X, expected=np.rot90)
case("diag", ROW, expected=np.diag)
case("diag", X, expected=np.diag)
case("diagflat", X, expected=np.diagflat)
case("diagonal", X, expected=np.diagonal, offset=1)
case("tril", X, expected=np.tril)
case("triu", X, 1, expected=np.triu)
case(
    "rearrange",
    CUBE,
    "a b (c d) -> (b d) c a",
    expected=lambda x, _, d: CUBE.reshape(2, 3, 2, 2).transpose(1, 3, 2, 0).reshape(6, 2, 2),
    d=2,
)
case("rearrange", CUBE, "a ... -> ... 1 a", expected=CUBE.transpose(1, 2, 0)[:, :, None])
flat("shape", X, expected=(2, 3), fixed=("symbol", "trace"))
flat("ndim", CUBE, expected=3, fixed=("symbol", "trace"))
flat("size", CUBE, expected=24, fixed=("symbol", "trace"))
flat("dtype", [1, 2], expected="int32", fixed=("symbol", "trace"))

# --- choosing, finding, sorting, counting

case("take", X, np.array([2, 0]), expected=np.take, axis=1, fixed=("batch",))
case("take", X, np.array([[5, 0], [-1, 2]]), expected=np.take, fixed=("batch",))
case("take_along_axis", X, np.array([[2, 0], [1, 1]]), expected=np.take_along_axis, axis=1)
case("get_item", X, (slice(None), 1), expected=lambda x, key: x[key])
case("where", TRUTHS, X, Y, expected=np.where)
flat("where", TRUTHS, expected=np.where, fixed=("trace",))
case("select", (TRUTHS, ~TRUTHS), (X, Y), 9.0, expected=lambda c, x, d: np.select(c, x, d))
flat("nonzero", TRUTHS, expected=np.nonzero, fixed=("trace",))
flat("searchsorted", array(1.0, 3.0, 5.0), array(3.0, 4.0), expected=np.searchsorted, fixed=("batch",))
flat("digitize", X, array(-1.0, 0.0, 1.0), expected=np.digitize, fixed=("batch",))
flat("isin", WHOLE, np.array([2, -4]), expected=np.isin)
flat("unravel_index", np.array([5, 1]), (2, 3), expected=np.unravel_index)
case("sort", Y, expected=np.sort)
flat("argsort", Y, expected=np.argsort)
flat("argpartition", array(3.0, 1.0, 2.0, 0.0), 2, expected=None, fixed=("batch",))
flat("top_k", Y, 2, expected=(array(2.0, 0.5, 3.0, 1.5).reshape(2, 2), [[1, 0], [2, 0]]))
flat("in_top_k", np.array([0, 2]), Y, 1, expected=[False, True])
flat(
    "unique",
    np.array([3, 1, 3]),
    expected=np.unique,
    return_index=True,
    return_inverse=True,
    return_counts=True,
    fixed=("trace",),
)
flat("unique", np.array([3, 1, 3]), expected=[1, 3, 0], size=3, fill_value=0)
flat("bincount", np.array([1, 1, 3]), expected=np.bincount, fixed=("trace",))
flat("bincount", np.array([1, 1, 3]), array(0.5, 1.0, 2.0), expected=[0, 1.5, 0, 2, 0], minlength=5, fixed=("size",))
flat("histogram", X, expected=lambda x, bins: np.histogram(x, bins), bins=4)
flat("one_hot", np.array([2, 0]), 3, expected=[[0, 0, 1], [1, 0, 0]])
flat("one_hot", np.array([2, -1, 5]), 3, expected=[[0, 0, 0], [0, 0, 0], [1, 0, 0]], axis=0)
flat("multi_hot", np.array([[0, 2], [1, 1]]), 3, expected=[[1, 0, 1], [0, 1, 0]])
case("slice", CUBE, (0, 1, 2), (2, 1, 2), expected=CUBE[0:2, 1:2, 2:4], fixed=("batch",))
case(
    "slice_update",
    CUBE,
    (0, 1, 1),
    np.ones((2, 2, 2), "float32"),
    expected=np.concatenate(
        [CUBE[:, :1], np.concatenate([CUBE[:, 1:, :1], np.ones((2, 2, 2)), CUBE[:, 1:, 3:]], 2)], 1
    ),
    fixed=("batch",),
)
case("scatter", np.array([[0], [2], [2]]), ROW, (3,), expected=[3, 0, 3])
case("scatter_update", ROW, np.array([[0], [2]]), array(7.0, 8.0), expected=[7, 1, 8], fixed=("batch",))
case(
    "scatter_update", ROW, np.array([[0], [0]]), array(7.0, 8.0), expected=[18, 1, 2], reduction="add", fixed=("batch",)
)
case("segment_sum", ROW, np.array([0, 0, 1]), expected=[4, 2], num_segments=2)
case("segment_prod", ROW, np.array([0, 0, 2]), expected=[3, 1, 2], num_segments=3, slope=False)
case("segment_max", ROW, np.array([0, 0, -1]), expected=[3, -np.inf], num_segments=2, slope=False)
case("segment_min", ROW, np.array([0, 0, 1]), expected=[1, 2], fixed=("trace",), slope=False)

# --- products

case("matmul", X, Y.T, expected=np.matmul, fixed=("batch",))
case("matmul", CUBE, CUBE.transpose(0, 2, 1), expected=np.matmul)
case("dot", X, ROW, expected=np.dot, fixed=("batch",))
case("tensordot", CUBE, CUBE, expected=lambda a, b, axes: np.tensordot(a, b, axes), axes=[[1, 2], [1, 2]])
case("einsum", "bij,bkj->bik", CUBE, CUBE + 1, expected=np.einsum)
case("inner", X, Y, expected=np.inner)
case("outer", X, ROW, expected=np.outer)
case("vdot", X, Y, expected=np.vdot)
case("kron", X, Y, expected=np.kron)
case("cross", X, Y, expected=np.cross)
case("trace", X, expected=np.trace)
case("correlate", array(1.0, 2.0, 3.0, 4.0), ROW, expected=np.correlate, mode="same", fixed=("batch",))
case("corrcoef", CUBE[0] + np.sin(10 * CUBE[0]), expected=np.corrcoef, close=1e-4, slope=False)

# --- from sizes and numbers

flat("array", [1, 2], expected=np.array([1, 2], "int32"), fixed=("symbol", "trace"))
flat("zeros", (2, 3), expected=np.zeros, fixed=("symbol", "trace"))
flat("ones", (2, 3), expected=np.ones, fixed=("symbol", "trace"))
flat("empty", (2, 3), expected=np.zeros, fixed=("symbol", "trace"))
flat("full", (2,), 3, expected=array(3, 3), fixed=("symbol", "trace"))
flat("eye", 2, 3, 1, expected=np.eye(2, 3, 1), fixed=("symbol", "trace"))
flat("identity", 2, expected=np.eye(2), fixed=("symbol", "trace"))
flat("tri", 2, 3, expected=np.tri(2, 3), fixed=("symbol", "trace"))
flat("arange", 2, 9, 3, expected=np.arange(2, 9, 3), fixed=("symbol", "trace"))
flat("arange", 0.0, 1.0, 0.25, expected=np.arange(0, 1, 0.25), fixed=("symbol", "trace"))
for name, expected in [
    ("bartlett", np.bartlett(5)),
    ("blackman", np.blackman(5)),
    ("hamming", np.hamming(5)),
    ("hanning", np.hanning(5)),
]:
    flat(name, 5, expected=expected, fixed=("symbol", "trace"), close=1e-6)
flat("kaiser", 5, 3.0, expected=np.kaiser(5, 3), fixed=("symbol", "trace"))
flat("zeros_like", WHOLE, expected=np.zeros_like)
flat("ones_like", WHOLE, expected=np.ones_like)
flat("empty_like", WHOLE, expected=np.zeros_like)
flat("full_like", X, 2.0, expected=np.full_like)
case("linspace", ROW, ROW + 2, expected=np.linspace, num=5)
flat("linspace", 0, 1, expected=(np.linspace(0, 1, 3), 0.5), num=3, retstep=True, fixed=("trace",))
case("logspace", ROW, ROW + 1, expected=np.logspace, num=3, close=1e-4)
case("geomspace", ROW, ROW + 1, expected=np.geomspace, num=3)
case("meshgrid", ROW, array(1.0, 2.0), expected=np.meshgrid)
case("vander", ROW, expected=np.vander)
flat("convert_to_tensor", [1.5, 2], expected=array(1.5, 2.0), fixed=("symbol", "trace"))
flat("convert_to_numpy", X, expected=X, fixed=("symbol", "trace"))
flat("is_tensor", X, expected=False, fixed=("symbol", "trace"))

# --- matrices

SQUARE = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -0.5], [0.5, -0.5, 2.0]], "float32")
BATCH = np.stack([SQUARE, SQUARE + np.eye(3, dtype="float32")])
case("det", BATCH, expected=np.linalg.det)
case("inv", BATCH, expected=np.linalg.inv)
case("pinv", BATCH, expected=np.linalg.pinv, close=1e-4)
case("cholesky", BATCH, expected=np.linalg.cholesky, slope=False)
case("cholesky", SQUARE, expected=lambda x, upper: np.linalg.cholesky(x).T, upper=True, slope=False, fixed=("batch",))
case("cholesky_inverse", np.linalg.cholesky(BATCH), expected=np.linalg.inv(BATCH), slope=False)
case("slogdet", BATCH, expected=np.linalg.slogdet)
case("logdet", BATCH, expected=np.log(np.linalg.det(BATCH)))
case("solve", BATCH, CUBE[:, :, :2], expected=np.linalg.solve)
case("solve", BATCH, X, expected=lambda a, b: np.linalg.solve(a, b[..., None])[..., 0])
case(
    "solve_triangular",
    np.tril(BATCH),
    X,
    expected=lambda a, b, lower: np.linalg.solve(a, b[..., None])[..., 0],
    lower=True,
)
case(
    "lstsq",
    CUBE[0].T + SQUARE[:, :1].sum() * np.eye(4, 3, dtype="float32"),
    array(1, 2, 3, 4),
    expected=lambda a, b: np.linalg.lstsq(a, b, None)[0],
    fixed=("batch",),
    slope=False,
    close=1e-4,
)
flat("matrix_rank", BATCH, expected=np.linalg.matrix_rank)
case("norm", X, expected=np.linalg.norm)
case("norm", X, expected=np.linalg.norm, ord=1, axis=1, keepdims=True)
case("norm", SQUARE, expected=np.linalg.norm, ord="nuc", fixed=("batch",), slope=False)
case("norm", X, expected=np.linalg.norm, ord=np.inf, axis=1, slope=False)
flat("eigh", SQUARE, expected=None, fixed=("batch",))
flat("eig", SQUARE, expected=None, fixed=("batch",))
flat("qr", BATCH, expected=None)
flat("svd", BATCH, expected=None)
flat("svd", BATCH, expected=lambda x, compute_uv: np.linalg.svd(x)[1], compute_uv=False)
flat("lu_factor", BATCH, expected=None)
case("cdist", X, Y, expected=lambda x, y: np.sqrt(((x[:, None] - y[None]) ** 2).sum(-1)))

# --- Fourier transforms

SIGNAL = np.sin(np.arange(16, dtype="float32") * [[0.7], [1.9]]).astype("float32") + 0.1


def parts(x):
    return np.real(x), np.imag(x)


case("fft", (X, Y), expected=lambda x: parts(np.fft.fft(x[0] + 1j * x[1])))
case("fft2", (CUBE, CUBE + 1), expected=lambda x: parts(np.fft.fft2(x[0] + 1j * x[1])), close=1e-4)
case("ifft2", (CUBE, CUBE + 1), expected=lambda x: parts(np.fft.ifft2(x[0] + 1j * x[1])))
case("rfft", SIGNAL, expected=lambda x, fft_length: parts(np.fft.rfft(x, fft_length)), fft_length=20)
case("irfft", (X, Y), expected=lambda x, fft_length: np.fft.irfft(x[0] + 1j * x[1], fft_length), fft_length=5)
case(
    "extract_sequences",
    SIGNAL,
    4,
    3,
    expected=lambda x, n, step: np.stack([x[:, i : i + n] for i in range(0, 13, step)], 1),
)


def windows_of(x, length, stride, size, window="hann"):
    shape = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    window = 1 if window is None else np.pad(shape, (size - length) // 2)  # Keras 3: ones fill the whole transform
    x = np.pad(x, ((0, 0), (size // 2, size // 2)), mode="reflect")
    return np.stack([x[:, i : i + size] * window for i in range(0, x.shape[1] - size + 1, stride)], 1)


case("stft", SIGNAL, 6, 2, 8, expected=lambda *a: parts(np.fft.rfft(windows_of(*a))), close=1e-4)
case("stft", SIGNAL, 6, 2, 8, expected=lambda *a, **k: parts(np.fft.rfft(windows_of(*a, **k))), close=1e-4, window=None)
case(
    "istft",
    tuple(a.astype("float32") for a in parts(np.fft.rfft(windows_of(SIGNAL, 6, 2, 8, None)))),
    6,
    2,
    8,
    expected=SIGNAL * 4,  # Keras 3 multiplies by 8 / 2 without a window
    close=1e-4,
    window=None,
)
case(
    "istft",
    tuple(a.astype("float32") for a in parts(np.fft.rfft(windows_of(SIGNAL, 6, 2, 8)))),
    6,
    2,
    8,
    expected=SIGNAL,
    close=1e-4,
)
