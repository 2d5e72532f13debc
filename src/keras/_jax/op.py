"""One decorator for every operation: run now on arrays, or add a graph node on symbolic tensors."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from keras import config
from keras._core import tree
from keras._core.dtype_policy import dtype_name
from keras._core.errors import WrongIndex, WrongShape, WrongTypeError
from keras._core.graph import KerasTensor, Operation, any_symbolic, is_symbolic, running_values
from keras._core.names import unique_name
from keras._core.recording import recording
from keras._core.types import Tensor
from keras._jax import pure
from keras._jax.variable import Variable, array_from

TEXT = (
    "{tensor!r} stands for text, and compiled code knows no text.\n"
    "  Layers that make numbers of it: StringLookup, TextVectorization, Hashing, HashedCrossing."
)

# Two sizes that stand in for an unknown one; an axis whose size differs between the two traces is unknown as well.
# They are far apart, so that no stride makes their quotients equal, and most sizes that a tensor is cut by divide them.
_STAND_INS = (720, 1440)
# where these do not fit, as behind `table[: ops.shape(x)[1]]` with a table of 512 positions: smaller ones
_SMALLER = ((60, 120), (6, 12))


class FunctionCall(Operation):
    """The operation of a graph node made by calling a function on symbolic tensors."""

    begins_graphs = False  # without symbolic tensors it computes from variables

    def __init__(self, function: Callable):
        super().__init__(name=unique_name(function.__name__))
        self.function = function

    @property
    def function_name(self) -> str:
        """The function's public name."""
        return self.function.__name__

    def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)


def op(function: Callable | None = None, *, shapes: Callable | None = None) -> Any:
    """Makes `function` an operation.

    Parameters annotated `Tensor` become arrays (numbers stay numbers, so that they do not widen dtypes), those
    annotated `Tensors` become lists of arrays. On symbolic tensors the call adds a graph node, whose shapes and
    dtypes come from tracing the same function.

    Args:
        function: a function on arrays.
        shapes: says what tracing alone cannot find out: a function `(trace, *args, **kwargs)` that returns the symbolic
            results. `trace(*args, **kwargs)` is what would be returned without it; `broadcasting` below is an example.
    """
    if function is None:
        return functools.partial(op, shapes=shapes)
    plain: Callable = function
    kinds = _tensor_parameters(plain)
    by_position: list[Callable | None] = []
    rest: Callable | None = None
    for parameter in inspect.signature(plain).parameters.values():
        convert = _CONVERTERS.get(kinds.get(parameter.name, ""))
        if parameter.kind == parameter.POSITIONAL_OR_KEYWORD:
            by_position.append(convert)
        elif parameter.kind == parameter.VAR_POSITIONAL:
            rest = convert
    by_name = {name: _CONVERTERS[kind] for name, kind in kinds.items()}

    @functools.wraps(plain)
    def run(*args, **kwargs):
        if recording.tape is not None:
            return recording.tape.call(run, args, kwargs)
        if any_symbolic(args) or (kwargs and any_symbolic(kwargs)):
            known = running_values((args, kwargs))
            if known is None:
                return add_call(run, args, kwargs)
            args, kwargs = known
        found = [a if convert is None else convert(a) for a, convert in zip(args, by_position)]
        if len(args) > len(found):
            found.extend(args[len(found) :] if rest is None else map(rest, args[len(found) :]))
        for name in kwargs:
            if name in by_name:
                kwargs[name] = by_name[name](kwargs[name])
        return plain(*found, **kwargs)

    run.is_operation = True  # type: ignore[attr-defined]
    run.shapes = shapes  # type: ignore[attr-defined]
    return run


def _tensor_parameters(function: Callable) -> dict[str, str]:
    found = {}
    for name, annotation in function.__annotations__.items():
        text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
        words = text.replace(" ", "").split("|")
        if annotation is Any or "Tensor" in words:
            found[name] = "tensor"
        elif "Tensors" in words:
            found[name] = "tensors"
    found.pop("return", None)
    return found


def as_array(x: Any) -> Any:
    """`x` as the engine takes it: arrays and Python numbers as they are, everything else as an array."""
    if isinstance(x, (jax.Array, int, float, complex)) or x is None:
        return x
    if isinstance(x, Variable):
        return x.value
    return convert_to_tensor(x)


def as_arrays(xs: Any) -> Any:
    """`as_array` for every item of a list; an array stays one array."""
    return [as_array(x) for x in xs] if isinstance(xs, (list, tuple)) else as_array(xs)


_CONVERTERS = {"tensor": as_array, "tensors": as_arrays}


def convert_to_tensor(x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None) -> Any:
    """An array from an array, a variable, a number, a nested list, or anything NumPy understands.

    Python floats take the default float type, Python integers int32; NumPy arrays keep their dtype (64 bits become
    32 unless 64-bit computation is on).

    Raises:
        ValueError: text or other objects came, or `sparse`/`ragged` tensors were asked for.
    """
    if sparse or ragged:
        raise ValueError(
            "convert_to_tensor: sparse and ragged tensors do not exist on this engine; pass a dense array."
        )
    name = None if dtype is None else dtype_name(dtype)
    if isinstance(x, KerasTensor):
        return x if name is None or x.dtype == name else cast(x, name)
    if recording.tape is not None:
        return recording.tape.call(convert_to_tensor, (x, dtype))
    if isinstance(x, Variable):
        x = x.value
    elif not isinstance(x, jax.Array) and getattr(x, "__jax_array__", None) is not None:
        x = x.__jax_array__()  # what is computed from variables
    if isinstance(x, jax.Array):
        return x if name is None or x.dtype.name == name else x.astype(_wide_enough(name))
    if not hasattr(x, "dtype") and isinstance(x, (list, tuple)) and any(_is_arrayish(i) for i in tree.leaves(x)):
        x = jnp.stack([jnp.asarray(convert_to_tensor(i)) for i in x])
        return x if name is None else x.astype(_wide_enough(name))
    if x is None:
        raise ValueError("Cannot make a tensor from None.\n  Does a `call`, a loss or a metric lack its `return`?")
    if hasattr(x, "tocsr"):
        raise ValueError(
            f"Cannot make a tensor from a sparse matrix ({type(x).__name__}).\n"
            f"  Pass x.toarray(), or the matrix itself to `fit`, `evaluate` or `predict`."
        )
    array = np.asarray(x)
    if array.dtype.kind in "OUSMmV" and not hasattr(array.dtype, "itemsize_bits") and array.dtype.name not in _EXTENDED:
        raise WrongTypeError(
            f"Cannot make a tensor from {type(x).__name__} with dtype {array.dtype}: tensors hold numbers."
        )
    if name is None and not hasattr(x, "dtype"):
        if array.dtype.kind == "f":
            name = config.floatx()
        elif array.dtype.kind == "i":
            name = "int32"
    return array_from(array if name is None else array.astype(_wide_enough(name), copy=False))


_EXTENDED = ("bfloat16", "float8_e4m3fn", "float8_e5m2", "int4", "uint4")


def _is_arrayish(x: Any) -> bool:
    return isinstance(x, (jax.Array, Variable))


def _wide_enough(name: str):
    """The dtype of that name, in 32 bits where the process does not compute in 64."""
    return jax.dtypes.canonicalize_dtype(name)


@op
def cast(x: Tensor, dtype) -> Tensor:
    """`x` converted to `dtype`.

    >>> cast([1.7], "int32")
    Array([1], dtype=int32)
    """
    return jnp.asarray(x, dtype=_wide_enough(dtype_name(dtype)))


def add_call(function: Callable, args: tuple, kwargs: dict) -> Any:
    """Adds a node that calls `function`, and returns its symbolic outputs."""
    outputs = symbolic_result(function, *args, **kwargs)
    if outputs is NotImplemented:
        return outputs
    return FunctionCall(function).add_node(args, kwargs, outputs)


def symbolic_result(function: Callable, *args: Any, **kwargs: Any) -> Any:
    """What `function` returns, with symbolic tensors for arrays, found by tracing it without computing.

    This is the one place where shapes and dtypes of symbolic results come from. An unknown size is traced as two
    different numbers; a size of the result that differs between the two is unknown. Both are large, so `x[:5]` of an
    unknown size counts as 5 long. An operation with a shape rule of its own is asked first.
    """
    rule = getattr(function, "shapes", None)
    if rule is not None:
        return rule(functools.partial(_traced_result, function), *args, **kwargs)
    return _traced_result(function, *args, **kwargs)


def without_stand_ins(shape: Any) -> Any:
    """Shapes seen while tracing, with their unknown sizes; the number of rows tells whether there are any."""
    if isinstance(shape, (list, tuple)) and shape and isinstance(shape[0], (list, tuple)):
        return [without_stand_ins(one) for one in shape]
    if not isinstance(shape, tuple) or not shape or shape[0] not in (*_STAND_INS, *_SMALLER[0]):
        return shape
    return tuple(None if size == shape[0] else size for size in shape)


def _traced_result(function: Callable, *args: Any, **kwargs: Any) -> Any:
    unknown = any(None in x.shape for x in tree.leaves((args, kwargs)) if is_symbolic(x))
    try:
        structure, first, second = _traced_twice(function, args, kwargs, _STAND_INS if unknown else _STAND_INS[:1])
    except (TypeError, ValueError, IndexError):
        found = _traced_smaller(function, args, kwargs) if unknown else None
        if found is None:
            raise
        structure, first, second = found

    def symbol(a, b):
        if not isinstance(a, jax.ShapeDtypeStruct):
            return a
        return KerasTensor([p if p == q else None for p, q in zip(a.shape, b.shape)], a.dtype.name)

    return tree.pack_like(structure, [symbol(a, b) for a, b in zip(first, second)])


def _traced_twice(function: Callable, args: tuple, kwargs: dict, sizes: Sequence[int]) -> tuple[Any, list, list]:
    """The result's structure, and its leaves for the first and the last of the sizes that stand for unknown ones."""
    structure, first = _trace_shapes(function, args, kwargs, sizes[0])
    return structure, first, _trace_shapes(function, args, kwargs, sizes[-1])[1] if len(sizes) > 1 else first


def _traced_smaller(function: Callable, args: tuple, kwargs: dict) -> tuple[Any, list, list] | None:
    for sizes in _SMALLER:
        with contextlib.suppress(TypeError, ValueError, IndexError):
            return _traced_twice(function, args, kwargs, sizes)
    return None


def broadcasting(trace: Callable, *args: Any, **kwargs: Any) -> Any:
    """Shape rule of operations whose tensors broadcast: a size one tensor leaves open is that of the others."""
    shapes = [_shape_of(x) for x in tree.leaves((args, kwargs)) if x is not None]
    if not any(None in shape for shape in shapes):
        return trace(*args, **kwargs)
    known: dict[int, int] = {}  # axis, counted from the end -> size
    for shape in shapes:
        for axis, size in enumerate(reversed(shape)):
            if size is not None and size != 1:
                known.setdefault(axis, size)
    return trace(*filled(args, known), **filled(kwargs, known))


def filled(x: Any, known: dict[int, int]) -> Any:
    """`x` with unknown sizes of its symbolic tensors replaced by those in `known`: axis from the end -> size."""

    def fill(t):
        if not is_symbolic(t) or None not in t.shape:
            return t
        last = len(t.shape) - 1
        return with_shape(t, [known.get(last - i) if d is None else d for i, d in enumerate(t.shape)])

    return tree.map_leaves(fill, x)


def with_shape(x: KerasTensor, shape: Any) -> KerasTensor:
    """A symbolic tensor of that shape and the dtype of `x`; for shape rules."""
    return KerasTensor(shape, x.dtype)


def symbol_of(x: Any) -> KerasTensor:
    """`x`, or a symbolic tensor of its shape and dtype if it is an array; for shape rules."""
    if is_symbolic(x):
        return x
    x = convert_to_tensor(x)
    return KerasTensor(x.shape, x.dtype.name)


def _shape_of(x: Any) -> tuple:
    return tuple(x.shape) if hasattr(x, "shape") else ()


def _trace_shapes(function: Callable, args: tuple, kwargs: dict, stand_in: int) -> tuple[Any, list]:
    """The result's structure, and its leaves with a shape and dtype in the place of every array."""
    symbols = [x for x in tree.leaves((args, kwargs)) if is_symbolic(x)]
    for x in symbols:
        if x.dtype == "string":
            raise TypeError(TEXT.format(tensor=x))
    specs = [
        jax.ShapeDtypeStruct(tuple(stand_in if d is None else d for d in x.shape), _wide_enough(x.dtype))
        for x in symbols
    ]
    result: Any = None

    def run(arrays):
        nonlocal result
        values = {id(s): a for s, a in zip(symbols, arrays)}

        def fill(x):
            return values[id(x)] if is_symbolic(x) else x

        with pure.Scope() as scope:
            scope.losses = []  # those that layers add here are no numbers
            scope.stand_in = stand_in
            result = function(
                *(tree.map_leaves(fill, a) for a in args), **{k: tree.map_leaves(fill, v) for k, v in kwargs.items()}
            )
        return [x for x in tree.leaves(result) if _is_array(x)]

    try:
        shapes = iter(jax.eval_shape(run, specs))
    except (TypeError, ValueError, IndexError) as found:
        error: Exception = found
        if type(found) is IndexError:
            error = WrongIndex(*found.args)
        elif type(found) is TypeError and ("shape" in str(found) or "dimensions" in str(found)):
            error = WrongShape(*found.args)
        if error is not found:
            for note in getattr(found, "__notes__", ()):
                error.add_note(note)
        if any(None in x.shape for x in symbols):
            error.add_note(f"Sizes of {stand_in} in this message stand for sizes that are not known yet.")
        raise error.with_traceback(found.__traceback__) from found.__cause__
    leaves = [next(shapes) if _is_array(x) else x for x in tree.leaves(result)]
    return tree.map_leaves(lambda _: None, result), leaves


def _is_array(x: Any) -> bool:
    return isinstance(x, (jax.Array, np.ndarray, np.generic))


def convert_to_numpy(x: Any) -> np.ndarray:
    """`x` as a NumPy array of the caller's own."""
    return np.array(x)
