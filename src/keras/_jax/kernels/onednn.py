"""Convolutions by oneDNN, the library that jaxlib's builds for Linux on x86-64 hold.

XLA hands convolutions on the CPU to another library, which takes two to three times as long for images of few
channels. It calls oneDNN where a program says so by name. Three operations, each linear in both of its arguments and
each the others' gradient: a convolution, the way back to its inputs and the way back to its kernel. Where they are
batched by `vmap`, exported, or compiled for something else than a CPU, they are what XLA makes of them.

Programs that call it cannot be kept on disk, and are compiled anew by every process: so only what is worth it.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import math
import platform
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import jax
import jax.numpy as jnp
import jaxlib
import numpy as np
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

from keras._jax import placement
from keras._jax.devices import is_cpu
from keras._jax.kernels.convolution_shapes import by_each_phase, by_phases, whole

# What a program says is read as this library's own message, whose fields have no version; reading a wrong one ends the
# process. So only jaxlib's releases that were tried.
_TRIED = ((0, 10), (0, 12))
# multiplications and additions from which a convolution is worth it
_WORTH = 30_000_000
# samples from which the way back to a kernel is quicker, and bytes of inputs and gradients that stay in a cache
_ENOUGH_SAMPLES, _CACHED = 16, 3 << 20
# filters from which what is computed for them at once is not mostly zeros
_ENOUGH_FILTERS = 16
# calls that are compiled one by one, which takes a tenth of a second each; their loop is slower by as much
_FEW_CALLS = 8


class _Avoided(threading.local):
    depth = 0


_avoided = _Avoided()


@contextlib.contextmanager
def avoided() -> Iterator[None]:
    """While open, nothing is traced for the library: for those who read programs."""
    _avoided.depth += 1
    try:
        yield
    finally:
        _avoided.depth -= 1


def suits(inputs, kernel, strides, zeros, dilation) -> bool:
    """Whether the library takes a convolution.

    Args:
        inputs: (samples, *sizes, channels); kernel: (*window, channels, filters).
        zeros: before and after each axis; what would cut inputs off is not taken.
    """
    return (
        inputs.dtype == kernel.dtype == jnp.float32
        and inputs.ndim == 4
        and kernel.shape[-2] == inputs.shape[-1]
        and all(isinstance(n, int) for n in inputs.shape)  # in an export they may be symbols
        and min(min(pair) for pair in zeros) >= 0
        and operations(_result(inputs.shape, kernel.shape, strides, zeros, dilation), kernel.shape) >= _WORTH
        and not _avoided.depth
        and is_cpu()
        and placement.current() is None  # XLA does not divide what it hands to a library by name
        and _works()
    )


def operations(result: tuple[int, ...], kernel: tuple[int, ...]) -> int:
    """Multiplications and additions of a convolution, or of a way back, by its shapes."""
    return 2 * math.prod(result) * math.prod(kernel[:-1])


def may_work() -> bool:
    """Whether this is a system, a release of jaxlib and a processor for which the library was tried."""
    version = tuple(int(n) for n in jaxlib.__version__.split(".")[:2])
    if (platform.system(), platform.machine()) != ("Linux", "x86_64") or not _TRIED[0] <= version <= _TRIED[1]:
        return False
    return " avx2" in Path("/proc/cpuinfo").read_text()  # for older processors it has no code for some of them


@functools.cache
def _works() -> bool:
    if not may_work():
        return False
    x = np.arange(2 * 3 * 4 * 2, dtype="float32").reshape(2, 3, 4, 2)
    kernel = np.arange(2 * 2 * 2 * 3, dtype="float32").reshape(2, 2, 2, 3)
    how = ((1, 1), ((1, 0), (0, 1)), (1, 1))
    with jax.ensure_compile_time_eval():
        try:
            found = jax.jit(lambda x, kernel: _called(x, kernel, *how))(x, kernel)
        except jax.errors.JaxRuntimeError:  # a build without the library
            return False
        works = bool(jnp.allclose(found, whole(x, kernel, how[0], how[1], False, how[2]), 1e-5))
    if works:  # what cannot be kept on disk is nothing that a user could do anything about
        warnings.filterwarnings("ignore", "Error writing persistent compilation cache entry.*MemoryError", UserWarning)
    return works


def convolve(inputs, kernel, strides, zeros, dilation) -> jax.Array:
    """The convolution, which must suit the library."""
    return _convolve.bind(inputs, kernel, **_settings(strides, zeros, dilation))


def spread(inputs, kernel, strides, dilation, zeros, sizes) -> jax.Array:
    """The way back to the inputs of a convolution from `sizes`, which must suit the library."""
    return _back.bind(inputs, kernel, sizes=tuple(sizes), **_settings(strides, zeros, dilation))


def _settings(strides, zeros, dilation) -> dict[str, tuple]:
    return {"strides": tuple(strides), "zeros": tuple(map(tuple, zeros)), "dilation": tuple(dilation)}


# --- what XLA makes of them


def _plain_convolve(x, kernel, *, strides, zeros, dilation):
    return whole(x, kernel, strides, zeros, False, dilation)


def _plain_back(gradient, kernel, *, sizes, **how):
    x = jax.ShapeDtypeStruct((gradient.shape[0], *sizes, kernel.shape[-2]), gradient.dtype)
    return jax.linear_transpose(lambda x: _plain_convolve(x, kernel, **how), x)(gradient)[0]


def _plain_slope(x, gradient, *, window, **how):
    kernel = jax.ShapeDtypeStruct((*window, x.shape[-1], gradient.shape[-1]), x.dtype)
    return jax.linear_transpose(lambda kernel: _plain_convolve(x, kernel, **how), kernel)(gradient)[0]


# --- what the library is asked


def _library_convolve(x, kernel, *, strides, zeros, dilation):
    return _called(x, kernel, strides, zeros, dilation)


def _library_back(gradient, kernel, *, sizes, strides, zeros, dilation):
    if max(strides) == 1:
        reach = [(k - 1) * d for k, d in zip(kernel.shape, dilation)]
        back = [(r - b, n - o + b) for r, (b, _), n, o in zip(reach, zeros, sizes, gradient.shape[1:])]
        if min(min(pair) for pair in back) >= 0:
            return _called(gradient, jnp.flip(kernel, (0, 1)).swapaxes(-1, -2), strides, back, dilation)
    if max(dilation) > 1:
        return _plain_back(gradient, kernel, sizes=sizes, strides=strides, zeros=zeros, dilation=dilation)

    before = [before for before, _ in zeros]
    uneven = any(k % s for k, s in zip(kernel.shape, strides))
    if uneven and kernel.shape[-2] >= _ENOUGH_FILTERS and all(k >= s for k, s in zip(kernel.shape, strides)):
        each = lambda x, kernel, zeros: _called(x, kernel, (1, 1), zeros, (1, 1))
        return by_each_phase(each, gradient, kernel, strides, before, sizes)

    def product(x, kernel, strides, padding, channels_first, dilation):
        return _called(x, kernel, strides, ((0, 0), (0, 0)), dilation)

    return by_phases(product, gradient, kernel, strides, dilation, before, sizes)


def _library_slope(x, gradient, *, window, strides, zeros, dilation):
    """A convolution of volumes whose window is the gradient, whose channels are samples and whose last axis channels.

    `kernel[k] = sum over o of x[o * stride + k * dilation - zeros] * gradient[o]`, for all pairs of channels: so the
    library multiplies matrices of (input channels, samples) and (samples, output channels), and adds up over places.
    """
    samples, (high, wide), channels, filters = x.shape[0], x.shape[1:-1], x.shape[-1], gradient.shape[-1]
    if samples < _ENOUGH_SAMPLES:
        return _plain_slope(x, gradient, window=window, strides=strides, zeros=zeros, dilation=dilation)
    if filters < _ENOUGH_FILTERS <= channels and max(*strides, *dilation) == 1:
        back = [(k - 1 - b, k - 1 - a) for k, (b, a) in zip(window, zeros)]
        if min(min(pair) for pair in back) >= 0:  # the inputs are the window: filters are filled up to whole vectors
            slope = _library_slope(gradient, x, window=window, strides=strides, zeros=back, dilation=dilation)
            return jnp.flip(slope, (0, 1)).swapaxes(-1, -2)
    (top, _), (left, _) = zeros
    reach = [(k - 1) * d + 1 for k, d in zip(window, dilation)]
    columns = reach[1] + (gradient.shape[2] - 1) * strides[1] - left  # of the inputs, as far as a window reaches
    x = x[:, :, :columns]
    groups, parts = _parts(x, gradient)

    def slope_of(x, gradient):
        found: list[jax.Array] = []
        for rows in parts:
            first, last = rows.start * strides[0] - top, (rows.stop - 1) * strides[0] + reach[0] - top
            if last <= 0 or first >= high:  # these windows meet zeros only
                continue
            part = x[:, max(first, 0) : last].transpose(1, 2, 3, 0)[None]
            around = [(max(-first, 0), max(last - high, 0)), (left, max(columns - wide, 0)), (0, 0)]
            found.append(_called(part, gradient[:, rows, :, None], (*dilation, 1), around, (*strides, 1), 0))
        return functools.reduce(jnp.add, found)

    if groups * len(parts) <= _FEW_CALLS:
        total = functools.reduce(
            jnp.add, (slope_of(x[some], gradient[some]) for some in _evenly(samples, -(-samples // groups)))
        )
    else:
        total = _sum_over(groups, slope_of, x, gradient)
    return total.reshape(*window, channels, filters)


def _sum_over(groups: int, of: Callable, x, gradient) -> jax.Array:
    """The sum of what is made of each group of samples, in a loop: compiled once, not for each of them."""
    size = len(x) // groups
    grouped = [a[: groups * size].reshape(groups, size, *a.shape[1:]) for a in (x, gradient)]
    made = jax.eval_shape(of, *(jax.ShapeDtypeStruct(a.shape[1:], a.dtype) for a in grouped))
    none = jnp.zeros(made.shape, made.dtype)
    total = jax.lax.fori_loop(0, groups, lambda i, total: total + of(*(a[i] for a in grouped)), none)
    return total + of(x[groups * size :], gradient[groups * size :]) if len(x) % groups else total


def _parts(x, gradient) -> tuple[int, list[slice]]:
    """How many groups of samples there are, and which rows of the gradient are read at once.

    As each place of the window reads all of them, they are what is cached.
    """
    samples, rows = gradient.shape[:2]
    if x.nbytes + gradient.nbytes <= _CACHED:
        return 1, [slice(0, rows)]
    each = (x.nbytes // x.shape[1] + gradient.nbytes // rows) * _ENOUGH_SAMPLES // samples
    return -(-samples // _ENOUGH_SAMPLES), _evenly(rows, max(_CACHED // each, 1))


def _evenly(count: int, most: int) -> list[slice]:
    ends = np.linspace(0, count, -(-count // most) + 1).astype(int).tolist()
    return [slice(*pair) for pair in itertools.pairwise(ends)]


def _result(x: tuple, kernel: tuple, strides, zeros, dilation) -> tuple[int, ...]:
    """The shape of the convolution's result; nothing, where the inputs are smaller than the window."""
    axes = zip(x[1:], kernel, strides, zeros, dilation)
    return (x[0], *(max((n + sum(z) - (k - 1) * d - 1) // s + 1, 0) for n, k, s, z, d in axes), kernel[-1])


def _called(x, kernel, strides, zeros, dilation, channels: int = -2) -> jax.Array:
    """The call.

    Args:
        x: (samples, *sizes, channels).
        kernel: (*window, channels, filters), or with `channels` at another place.
    """
    places = [axis for axis in range(x.ndim - 1) if axis != channels % x.ndim]
    window = [kernel.shape[axis] for axis in places]
    signal = {"dims": x.ndim, "data": {"feature_dim": x.ndim - 1, "spatial_dims": list(range(1, x.ndim - 1))}}
    weights = {
        "input_feature_dim": channels % x.ndim,
        "output_feature_dim": x.ndim - 1,
        "spatial_dims": places,
        "shape": list(kernel.shape),
    }
    asked = {
        "dims": x.ndim,
        "input": signal,
        "kernel": {"dims": x.ndim, "filter": weights},
        "output": signal,
        "window": {
            "size": window,
            "pad_left": [before for before, _ in zeros],
            "pad_right": [after for _, after in zeros],
            "strides": list(strides),
            "window_dilations": list(dilation),
        },
        "feature_groups": 1,
    }
    shape = _result(x.shape, (*window, *kernel.shape[-1:]), strides, zeros, dilation)
    call = jax.ffi.ffi_call(
        "__onednn$convolution", jax.ShapeDtypeStruct(shape, x.dtype), custom_call_api_version=1,
        legacy_backend_config=json.dumps({"onednn_conv_config": asked}),
    )  # fmt: skip
    return call(x, kernel)


# --- as operations of JAX


def _operation(name: str, plain: Callable, library: Callable) -> Primitive:
    operation = Primitive(name)
    names = ("strides", "zeros", "dilation", "sizes", "window")
    operation.def_impl(jax.jit(operation.bind, static_argnames=names))
    operation.def_abstract_eval(lambda *args, **how: _shaped(jax.eval_shape(functools.partial(plain, **how), *args)))

    def batched(args, axes, **how):
        return jax.vmap(functools.partial(plain, **how), axes)(*args), 0

    for_all, for_cpu = (mlir.lower_fun(function, multiple_results=False) for function in (plain, library))

    def lower(context, *args, **how):
        leaves = getattr(context.module_context.lowering_parameters, "for_export", True)
        return (for_all if leaves else for_cpu)(context, *args, **how)

    mlir.register_lowering(operation, for_all)
    mlir.register_lowering(operation, lower, platform="cpu")
    batching.primitive_batchers[operation] = batched
    return operation


def _shaped(found):
    return jax.core.ShapedArray(found.shape, found.dtype)


_convolve = _operation("onednn_convolve", _plain_convolve, _library_convolve)
_back = _operation("onednn_convolve_back", _plain_back, _library_back)
_slope = _operation("onednn_convolve_slope", _plain_slope, _library_slope)
# by name: which of an operation's two arguments and its result are the convolution's result and its kernel
OPERATIONS = {_convolve.name: (2, 1), _back.name: (0, 1), _slope.name: (1, 2)}


ad.defbilinear(
    _convolve,
    lambda gradient, x, kernel, **how: _back.bind(gradient, kernel, sizes=x.aval.shape[1:-1], **how),
    lambda gradient, x, kernel, **how: _slope.bind(x, gradient, window=kernel.aval.shape[:-2], **how),
)
ad.defbilinear(
    _back,
    lambda gradient, x, kernel, sizes, **how: _convolve.bind(gradient, kernel, **how),
    lambda gradient, x, kernel, sizes, **how: _slope.bind(gradient, x, window=kernel.aval.shape[:-2], **how),
)
ad.defbilinear(
    _slope,
    lambda slope, x, gradient, window, **how: _back.bind(gradient, slope, sizes=x.aval.shape[1:-1], **how),
    lambda slope, x, gradient, window, **how: _convolve.bind(x, slope, **how),
)
