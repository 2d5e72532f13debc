"""Compiling: options per program, donation, the chunk loop, the cache of programs, and counters for all of it."""

from __future__ import annotations

import collections
import contextlib
import os
import threading
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import jaxpr_as_fun

from keras import config
from keras._core.checks import VALUES_UNKNOWN
from keras._core.home import keras_home
from keras._jax import placement
from keras._jax.devices import is_cpu
from keras._jax.kernels import onednn
from keras._jax.variable import array_from

LARGEST_CACHE = 256  # programs; each holds compiled code only
_SMALL = 1 << 16  # bytes of an array that is handed to programs from host memory

# What of a program goes to XLA's fast library (YNN). Left to itself also convolutions, whose gradients then take twice
# to five times as long (measured on AVX2). Without its sums, those over large arrays take eight times as long. Products
# of two to eight rows take it twelve times as long as what XLA has without it, others as long.
# XLA's older code generators compile convolutions in half to two thirds of the time, and steps of small models, best on
# one thread; what they make runs as fast, but for loops of LSTMs, which take half as long again or more. The newer ones
# compile equal blocks once. What LLVM may leave out: without its costly passes loops over the last axis are compiled in
# a sixth less time and run as fast; without any, in half the time, and run five times as long. A kernel that holds
# everything cannot hold what the library is called for; with vectors of full width its loops over lanes are a fifth
# faster.
_OLDER: dict[str, Any] = {"xla_cpu_use_fusion_emitters": False}
_CONVOLUTION_OPTIONS = {**_OLDER, "xla_cpu_experimental_ynn_fusion_type": "LIBRARY_FUSION_TYPE_REDUCE"}
_SIMPLY = {**_OLDER, "xla_cpu_parallel_codegen_split_count": 1}
_MOSTLY = {**_SIMPLY, "xla_llvm_disable_expensive_passes": True}
_ONE_KERNEL = {**_MOSTLY, "xla_cpu_experimental_ynn_fusion_type": "LIBRARY_FUSION_TYPE_INDIVIDUAL_CONVOLUTION"}
_QUICK_OPTIONS: dict[str | None, dict[str, Any]] = {
    "simply": _SIMPLY,
    "mostly": _MOSTLY,
    "very": {"xla_backend_optimization_level": 0},
    "one kernel": _ONE_KERNEL,
    "one kernel of lanes": {**_ONE_KERNEL, "xla_cpu_prefer_vector_width": 512},
}


class Counters:
    """How often programs were traced and compiled and results fetched, in total and by name."""

    def __init__(self):
        self.traces: collections.Counter[str] = collections.Counter()
        self.compiles: collections.Counter[str] = collections.Counter()
        self.transfers: collections.Counter[str] = collections.Counter()


counters = Counters()


@contextlib.contextmanager
def counting():
    """Counts what happens inside: yields a `Counters` that is filled when the block ends."""
    before = [collections.Counter(c) for c in vars(counters).values()]
    found = Counters()
    yield found
    for name, old in zip(vars(counters), before):
        setattr(found, name, getattr(counters, name) - old)


class ProgramCache:
    """Compiled programs by key, the least recently used thrown out first. It holds no weights and no models."""

    def __init__(self, largest: int = LARGEST_CACHE):
        self._largest = largest
        self._programs: collections.OrderedDict[Hashable, Any] = collections.OrderedDict()
        self._lock = threading.RLock()

    def find(self, key: Hashable) -> Any:
        """The program for a key, or None."""
        with self._lock:
            found = self._programs.get(key)
            if found is not None:
                self._programs.move_to_end(key)
            return found

    def keep(self, key: Hashable, program: Any) -> None:
        """Puts a program in, and the oldest out if there are too many."""
        with self._lock:
            self._programs[key] = program
            while len(self._programs) > self._largest:
                self._programs.popitem(last=False)

    def clear(self) -> None:
        """Forgets all programs."""
        with self._lock:
            self._programs.clear()

    def __len__(self) -> int:
        return len(self._programs)

    def __reduce__(self):
        return (ProgramCache, (self._largest,))  # a copy of it, as of the model it belongs to, begins empty


programs = ProgramCache()


def shapes_of(tree: Any) -> Hashable:
    """Shapes, dtypes and nesting of a structure of arrays: the part of a program's key that comes from data."""
    leaves, structure = jax.tree.flatten(tree)
    return (structure, tuple((x.shape, x.dtype, getattr(x, "weak_type", False)) for x in leaves))


def taken_apart(tree: Any) -> tuple[list[Any], Any]:
    """The arrays of a structure, and what `put_together` makes the structure of again."""
    return jax.tree.flatten(tree)


def put_together(arrays: list[Any], structure: Any) -> Any:
    """The structure of which these are the arrays."""
    return jax.tree.unflatten(structure, arrays)


def trace(name: str, function: Callable, *args: Any) -> tuple[Any, Any]:
    """Traces `function` once: what it computes, as a closed jaxpr, and the shapes of its results.

    Args:
        name: under which the trace is counted.
        args: arrays, or shapes and dtypes.
    """
    counters.traces[name] += 1
    try:
        return jax.make_jaxpr(function, return_shape=True)(*args)
    except jax.errors.JAXTypeError as error:
        if VALUES_UNKNOWN not in str(error):
            error.add_note(VALUES_UNKNOWN)
        raise


def replay(closed: Any, shapes: Any) -> Callable:
    """A function that computes what was traced, for use inside another program."""
    structure = jax.tree.structure(shapes)
    run = jaxpr_as_fun(closed)

    def call(*args):
        return jax.tree.unflatten(structure, run(*jax.tree.leaves(args)))

    return call


def has_convolution(closed: Any) -> bool:
    """Whether a traced program contains a convolution, at any depth."""
    return _contains(closed.jaxpr, "conv_general_dilated", *onednn.OPERATIONS)


def calls_library(closed: Any) -> bool:
    """Whether a traced program calls a library by name: it cannot be stored on disk then."""
    return _contains(closed.jaxpr, *onednn.OPERATIONS)


def without_libraries() -> contextlib.AbstractContextManager[None]:
    """While open, what is traced calls no library by name."""
    return onednn.avoided()


def has_loop(closed: Any) -> bool:
    """Whether a traced program contains a loop, at any depth."""
    return _contains(closed.jaxpr, "scan", "while")


def _contains(jaxpr: Any, *primitives: str) -> bool:
    for equation in jaxpr.eqns:
        if equation.primitive.name in primitives:
            return True
        for value in equation.params.values():
            for inner in value if isinstance(value, (list, tuple)) else (value,):
                inner = getattr(inner, "jaxpr", inner)
                if hasattr(inner, "eqns") and _contains(inner, *primitives):
                    return True
    return False


def compile_program(
    name: str,
    function: Callable,
    args: Sequence[Any],
    donate: tuple[int, ...] = (),
    convolution=False,
    quickly: str | None = None,
) -> Any:
    """Compiles `function` for arguments of these shapes.

    Args:
        name: under which the compilation is counted.
        args: arrays, or shapes and dtypes.
        donate: positions of arguments whose memory the program may take over.
        convolution: whether it contains convolutions, which want other options on the CPU.
        quickly: on the CPU, 'simply' for small steps without loops and 'mostly' for plain loops over the last axis,
            which lose nothing by it, 'very' for what runs rarely; 'one kernel' and 'one kernel of lanes' for what
            `one_kernel.loop` made.
    """
    counters.compiles[name] += 1
    use_disk_cache()
    lowered = jax.jit(function, donate_argnums=donate).lower(*args)
    options = _CONVOLUTION_OPTIONS if convolution else _QUICK_OPTIONS.get(quickly)
    if options and is_cpu():
        try:
            return lowered.compile(compiler_options=dict(options))
        except Exception as error:  # an option that the installed jaxlib does not know; which type it raises varies
            if "option" not in str(error).lower() and "No such" not in str(error):
                raise
    return lowered.compile()


def chunk_loop(step: Callable, first: Any, last: Any, state: Any) -> Any:
    """`state = step(i, state)` for i from `first` to `last`, both given at run time: one program for every length."""
    return jax.lax.fori_loop(first, last, step, state)


def rows_of_step(data: tuple, order: jax.Array, batch_size: int, step: Any, count: Any = None) -> tuple:
    """The rows of every array in `data` that step number `step` uses, in the given order.

    Args:
        count: how many rows of `order` count; what is returned then ends with how many of this step's do.
    """
    rows = jax.lax.dynamic_slice_in_dim(order, step * batch_size, batch_size)
    batch = jax.tree.map(lambda x: jnp.asarray(x).at[rows].get(mode="promise_in_bounds"), data)
    return batch if count is None else (*batch, jnp.minimum(count - step * batch_size, batch_size))


def first_rows(size: int, count: Any) -> jax.Array:
    """(size,): True for the first `count` rows."""
    return jnp.arange(size, dtype=jnp.int32) < count


def to_device(tree: Any) -> Any:
    """Every array of a structure on the device, in the dtypes the device computes in; arrays there stay as they are."""
    return jax.tree.map(_device_array, tree)


def _device_array(x: Any) -> jax.Array:
    if placement.current() is not None:
        counters.transfers["to device"] += not isinstance(x, jax.Array)
        return placement.everywhere(x if isinstance(x, jax.Array) else array_from(np.asarray(x)))
    if isinstance(x, jax.Array):
        return x
    counters.transfers["to device"] += 1
    return array_from(np.asarray(x))


def inputs(tree: Any) -> Any:
    """Every array of a structure as programs take it: small ones as they are, which costs less than moving them."""
    leaves, structure = jax.tree.flatten(tree)
    return jax.tree.unflatten(structure, [x if _is_small(x) else _device_array(x) for x in leaves])


def _is_small(x: Any) -> bool:
    return type(x) is np.ndarray and x.nbytes <= _SMALL and x.dtype.itemsize < 8 and is_cpu()


def fetch(tree: Any) -> Any:
    """Every array of a structure as NumPy, in one transfer."""
    counters.transfers["to host"] += 1
    if isinstance(tree, jax.Array):
        return np.asarray(tree)
    return jax.device_get(tree)


def specs_of(tree: Any) -> Any:
    """Shapes and dtypes in the place of arrays."""
    return jax.tree.map(_spec, tree)


def _spec(x: Any) -> jax.ShapeDtypeStruct:
    where = getattr(x, "sharding", None) if placement.current() is not None or placement.is_on_host(x) else None
    return jax.ShapeDtypeStruct(np.shape(x), x.dtype, weak_type=getattr(x, "weak_type", False), sharding=where)


class _Disk:
    wanted = True
    ready = False
    folder: str | None = None  # ours, where the user has not chosen another


def use_disk_cache() -> None:
    """Turns on JAX's on-disk cache below the Keras home folder, once; a folder that cannot be used is left alone."""
    if _disk_ready():
        return
    _Disk.ready = True
    if not _Disk.wanted:
        return
    if jax.config.values.get("jax_compilation_cache_dir"):
        return
    folder = keras_home() / "jit_cache" / jax.__version__
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            return
    except OSError:
        return
    _Disk.folder = str(folder)
    jax.config.update("jax_compilation_cache_dir", _Disk.folder)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
    _prune(folder, 1 << 30)


def _prune(folder: Path, largest: int) -> None:
    """Deletes the files that were not used for longest, where the folder holds more than `largest` bytes."""
    try:
        files = [(file.stat(), file.path) for file in os.scandir(folder)]
        excess = sum(about.st_size for about, _ in files) - largest
        for about, path in sorted(files, key=lambda item: item[0].st_atime) if excess > 0 else ():
            if excess <= 0:
                return
            Path(path).unlink(missing_ok=True)
            excess -= about.st_size
    except OSError:
        return  # another process cleans up at the same moment


def _disk_ready() -> bool:
    return _Disk.ready


def enable_disk_cache(wanted: bool) -> None:
    """Turns the on-disk cache on or off for programs compiled from now on."""
    _Disk.wanted = wanted
    _Disk.ready = False
    if not wanted and _Disk.folder is not None and jax.config.values.get("jax_compilation_cache_dir") == _Disk.folder:
        jax.config.update("jax_compilation_cache_dir", None)
        _Disk.folder = None


config.on_jit_cache_change(enable_disk_cache)


def copy_arrays(tree: Any) -> Any:
    """Copies of all arrays of a structure; those on devices are made in one call."""
    leaves, structure = jax.tree.flatten(tree)
    on_host = [placement.is_on_host(x) for x in leaves]
    if not any(on_host):
        return _copy_arrays(tree)
    copies = iter(_copy_arrays([x for x, there in zip(leaves, on_host) if not there]))
    return jax.tree.unflatten(
        structure, [_copy_on_host(x) if there else next(copies) for x, there in zip(leaves, on_host)]
    )


@jax.jit
def _copy_arrays(tree: Any) -> Any:
    return jax.tree.map(jnp.copy, tree)


def _copy_on_host(x: jax.Array) -> jax.Array:
    return jax.device_put(x, x.sharding, may_alias=False)


def value_and_gradient(function: Callable, values: list[Any]) -> tuple[Any, Any]:
    """`((loss, more), gradients)` for a function that returns `(loss, more)`."""
    return jax.value_and_grad(function, has_aux=True)(values)


def stack_scalars(values: list[Any]) -> jax.Array:
    """Scalars as one vector of the default float type, so that they travel together."""
    return jnp.stack([jnp.asarray(v).astype(jnp.result_type(float)).reshape(()) for v in values])


def leaves_of(tree: Any) -> list[Any]:
    """The arrays of a structure, in order."""
    return jax.tree.leaves(tree)


def scalar_or_array(value: Any) -> jax.Array:
    """`value` as an array."""
    return jnp.asarray(value)


def zeros_of(shapes: Any) -> Any:
    """Arrays of zeros for a structure of shapes and dtypes."""
    return jax.tree.map(lambda s: jnp.zeros(s.shape, s.dtype), shapes)


def bytes_of(shapes: Any) -> int:
    """The memory that arrays of these shapes and dtypes take."""
    return sum(s.size * s.dtype.itemsize for s in jax.tree.leaves(shapes))


def room_for(shapes: Any, count: int) -> Any:
    """Arrays for so many results of these shapes, joined along a first axis."""
    return jax.tree.map(lambda s: jnp.zeros((count, *s.shape), s.dtype), shapes)


def with_result(room: Any, i: Any, result: Any) -> Any:
    """The same arrays with a result as number `i`."""
    return jax.tree.map(lambda joined, x: joined.at[i].set(x), room, result)


def with_rows(specs: Any, rows: int) -> Any:
    """The same shapes with another size of the first axis."""
    return jax.tree.map(lambda s: jax.ShapeDtypeStruct((rows, *s.shape[1:]), s.dtype), specs)


def joined_specs(specs: Any, count: int) -> Any:
    """The shapes of so many batches, joined along a first axis, as `placement.from_batches` makes them."""

    def joined(s: jax.ShapeDtypeStruct) -> jax.ShapeDtypeStruct:
        shape = (count, *s.shape)
        return jax.ShapeDtypeStruct(shape, s.dtype, sharding=placement.where_batches_lie(shape))

    return jax.tree.map(joined, specs)


def batch_of(batches: Any, i: Any) -> Any:
    """One of several batches that are joined along a first axis."""
    return jax.tree.map(lambda x: x[i], batches)


def step_number(i: int) -> np.ndarray:
    """A step's number as programs take it."""
    return np.int32(i)  # type: ignore[return-value]


def wait_for(tree: Any) -> None:
    """Returns when the arrays of a structure are computed."""
    jax.block_until_ready(tree)


def all_finite(arrays: list[Any]) -> bool:
    """Whether no array of floats holds NaN or an infinity."""
    floats = [x for x in arrays if jnp.issubdtype(x.dtype, jnp.inexact)]
    return all(bool(jnp.isfinite(x).all()) for x in floats)
