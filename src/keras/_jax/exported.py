"""Programs as bytes: StableHLO, which runs without the code that it was traced from."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np
from jax import export as jax_export

from keras._core import tree
from keras._core.dtype_policy import dtype_name
from keras._jax import bytecode, exported_table, pure, reader_process
from keras._jax.variable import Variable

PLATFORMS = ("cpu", "cuda", "rocm", "tpu")
_MISSING = "StableHLO files need the package `flatbuffers`: pip install kerata[stablehlo]"
# What StableHLO has no operation of its own for and programs of `traced` may ask the machine for: decompositions of
# matrices, random bits, checks of sizes, and where arrays lie. All that a call is told is arrays and numbers.
_DECOMPOSITIONS = ("geev", "gees", "gehrd", "geqrf", "gesdd", "getrf", "gtsv", "heevd", "hetrd", "orgqr", "potrf",
                   "syevd", "sytrd", "trsm", "ungqr")  # fmt: skip
_ON_CARDS = ("getrf", "geqrf", "gesvd", "gesvdj", "orgqr", "potrf", "syevd", "syrk", "sytrd")
ALLOWED_CALLS = frozenset((
    *(f"lapack_{kind}{name}_ffi" for kind in "sdcz" for name in _DECOMPOSITIONS),
    *(f"blas_{kind}trsm" + end for kind in "sdcz" for end in ("", "_ffi")),
    *(f"{maker}solver_{name}_ffi" for maker in ("cu", "hip") for name in _ON_CARDS),
    *(f"{maker}blas_{name}_batched_ffi" for maker in ("cu", "hip") for name in ("getrf", "geqrf")),
    *(f"{maker}_{name}" for maker in ("cu", "hip") for name in ("lu_pivots_to_permutation", "threefry2x32_ffi")),
    "ApproxTopK", "Eigh", "LuDecomposition", "ProductOfElementaryHouseholderReflectors", "Qr", "SPMDFullToShardShape",
    "SPMDShardToFullShape", "Sharding", "annotate_device_placement", "shape_assertion",
    "stablehlo.dynamic_approx_top_k", "stablehlo.dynamic_reduce_window", "stablehlo.dynamic_rng_bit_generator",
    "stablehlo.dynamic_top_k",
))  # fmt: skip
_CALL = re.compile(r'custom_call\b(?:\s*@(?:"((?:[^"\\]|\\.)*)"|([\w.$-]+)))?')
_ASSIGNS = (
    "{name} assigns {variables} when it is called. An exported program computes outputs and changes nothing.\n"
    "  Export what is done in inference, with training=False, and no layers with `stateful=True`."
)


class Program(NamedTuple):
    """A traced function: its bytes, and the variables whose values it takes first."""

    data: bytes
    variables: list[Variable]


def variables_read(function: Callable, signature: Sequence[Any], name: str) -> list[Variable]:
    """The variables that a call of `function` reads.

    Raises:
        ValueError: the call assigns some.
    """
    found: dict[int, Variable] = {}

    def watched(*args):
        with pure.Scope(closed=True) as scope:
            result = function(*args)
            if scope.written:
                listed = ", ".join(v.path for v in scope.written.values())
                raise ValueError(_ASSIGNS.format(name=name, variables=listed))
            found.update(scope.foreign)
        return result

    _for_any_sizes(lambda places: jax.eval_shape(watched, *places), signature)
    return list(found.values())


def traced(function: Callable, signature: Sequence[Any], variables: Sequence[Variable]) -> bytes:
    """`function` as StableHLO that takes the values of `variables`, then arguments as `signature` describes them.

    Args:
        signature: one structure of symbolic tensors per argument. Unknown sizes stay free; the first axes of all
            tensors, the batch, are one size, and so is each other one where they would not fit together else.
    """

    def of_values(values, *args):
        with pure.Scope(variables, values):
            return function(*args)

    values = [jax.ShapeDtypeStruct(tuple(v.shape), v.dtype) for v in variables]
    export = jax_export.export(jax.jit(of_values), platforms=PLATFORMS)
    exported = _for_any_sizes(lambda places: export(values, *places), signature)
    try:
        return bytes(exported.serialize())
    except ImportError:
        raise ImportError(_MISSING) from None


def _for_any_sizes(trace: Callable, signature: Sequence[Any]) -> Any:
    """`trace` of arrays without values; where they do not fit together, those of several inputs are as long as others.

    So it is with numbers of words and masks of the same words.
    """
    try:
        return trace(_placeholders(signature))
    except (TypeError, ValueError):
        free = [x for x in tree.leaves(signature) if None in x.shape[1:]]
        if len(free) < 2:
            raise
        try:
            return trace(_placeholders(signature, together=True))
        except (TypeError, ValueError):
            pass
        raise


def _placeholders(signature: Sequence[Any], together: bool = False) -> list[Any]:
    """Arrays without values, whose unknown sizes are symbols, one for each axis of all of them if `together`."""
    scope = jax_export.SymbolicScope()
    numbers = itertools.count()

    def placeholder(x):
        sizes = [
            ("batch" if axis == 0 else f"size_{axis if together else next(numbers)}") if n is None else str(n)
            for axis, n in enumerate(x.shape)
        ]
        shape = jax_export.symbolic_shape(", ".join(sizes), scope=scope)
        return jax.ShapeDtypeStruct(shape, dtype_name(x.dtype))

    return [tree.map_leaves(placeholder, argument) for argument in signature]


def program(data: bytes) -> Callable:
    """What `traced` made, as a function of the variables' values and the arguments.

    Raises:
        ValueError: the bytes hold no program, or one that calls what is not in `ALLOWED_CALLS`.
    """
    try:
        exported_table.check(data)
        exported = jax_export.deserialize(bytearray(data))
        bytecode.check(exported.mlir_module_serialized)
        reader_process.check(exported.mlir_module_serialized)
        text = exported.mlir_module()
    except ImportError:
        raise ImportError(_MISSING) from None
    except Exception as error:  # of several kinds, some of jaxlib's own
        raise ValueError(f"the bytes hold no program{f': {error}' if isinstance(error, ValueError) else ''}") from error
    refused = _refused_calls(text)
    if refused:
        raise ValueError(f"the program calls {', '.join(refused)}, code outside of it")
    run = jax.jit(exported.call)

    def call(values, *args):
        try:  # a list of numbers may stand for an array
            given = exported.in_tree.flatten_up_to(((values, *args), {}))
        except ValueError:
            wanted = jax.tree.unflatten(exported.in_tree, [f"{a.dtype}{a.shape}" for a in exported.in_avals])[0][1:]
            raise ValueError(f"The program takes {', '.join(map(str, wanted))}. Got {tree.describe(args)}.") from None
        fitted = [jax.numpy.asarray(x, dtype=a.dtype) for x, a in zip(given, exported.in_avals)]
        arguments, _ = jax.tree.unflatten(exported.in_tree, fitted)
        return run(*arguments)

    return call


def _refused_calls(text: str) -> list[str]:
    """Names of the calls in a program that none of ours makes; a call whose name cannot be read is one of them."""
    found = {quoted or plain or "what has no name" for quoted, plain in _CALL.findall(text)}
    return sorted(found - ALLOWED_CALLS)


def array(data: bytes, dtype: str, shape: Sequence[int], count: int) -> Any:
    """An array from its bytes.

    Raises:
        ValueError: there are more or fewer bytes than the shape takes.
    """
    kind = jax.numpy.dtype(dtype)
    if kind.hasobject or len(data) != count * kind.itemsize:
        raise ValueError(f"{len(data)} bytes are no {dtype} array of shape {tuple(shape)}")
    return jax.numpy.asarray(np.frombuffer(data, kind).reshape(shape))
