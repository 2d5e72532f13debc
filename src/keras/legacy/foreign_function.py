"""`tf.function`, under `python -m keras`: a function as one program for each kind of arguments."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from typing import Any

from keras._core import tree
from keras._core.recording import recording
from keras._jax import graph_program, pure
from keras._jax.taped import Taped


def function(
    func=None, input_signature=None, autograph=True, jit_compile=None, reduce_retracing=False,
    experimental_relax_shapes=None, experimental_compile=None,
):  # fmt: skip
    """What it decorates, compiled. The arguments told TensorFlow when to compile anew, which is no question here.

    The first call runs as it stands, since variables are made in it. Functions that cannot be compiled, because they
    decide by values, always do.
    """
    return function if func is None else _compiled_later(func)


class _Compiles:
    always = True  # False after `tf.config.run_functions_eagerly(True)`


compiles = _Compiles()


def _compiled_later(func: Callable) -> Callable:
    programs: dict[Hashable, Callable] = {}
    was_called = False

    @functools.wraps(func)
    def call(*args, **kwargs):
        nonlocal was_called
        leaves = tree.leaves((args, kwargs))
        is_inside = recording.tape is not None or pure.in_scope() or any(isinstance(x, Taped) for x in leaves)
        if is_inside or not was_called or not compiles.always:
            was_called = True
            return func(*args, **kwargs)
        key = (*(path for path, _ in tree.paths((args, kwargs))), *map(_kind, leaves))
        arrays = [x for x in leaves if _is_array(x)]
        if key not in programs:
            programs[key] = _program(func, (args, kwargs), leaves, arrays)
        return programs[key](arrays, args, kwargs)

    call.python_function = func
    return call


def _program(func: Callable, arguments: tuple, leaves: list, arrays: list) -> Callable:
    """What runs calls with arguments of this kind; what is no array is the same in all of them."""

    def of_arrays(*values):
        left = iter(values)
        args, kwargs = tree.pack_like(arguments, [next(left) if _is_array(x) else x for x in leaves])
        # what a tape watched leaves the program as an array
        return tree.map_leaves(lambda x: x.value if isinstance(x, Taped) else x, func(*args, **kwargs))

    try:
        run = graph_program.compiled(of_arrays, *arrays)
        first = run(*arrays)
    except Exception:  # what is wrong with the function itself will be said when it runs uncompiled
        return lambda _, args, kwargs: func(*args, **kwargs)
    waiting = [first]  # the result of the call that the program was made in
    return lambda values, *_: waiting.pop() if waiting else run(*values)


def _is_array(x: Any) -> bool:
    return hasattr(x, "shape") and hasattr(x, "__array__") and not callable(getattr(x, "assign", None))


def _kind(x: Any) -> Hashable:
    if _is_array(x):
        return (tuple(x.shape), str(x.dtype))
    return (type(x), x) if isinstance(x, (bool, int, float, str, bytes, type(None))) else _Same(x)


class _Same:
    """Equal for one and the same object, which it keeps alive."""

    def __init__(self, x: Any):
        self.x = x

    def __eq__(self, other):
        return isinstance(other, _Same) and other.x is self.x

    def __hash__(self):
        return id(self.x)
