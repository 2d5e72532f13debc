"""NumPy's functions, given tensors of a program for TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

# they ask about an array, not for its values
_ABOUT = frozenset((np.can_cast, np.iscomplexobj, np.isrealobj, np.ndim, np.result_type, np.shape, np.size))


def give_numpy_arrays(*kinds: type) -> None:
    """Lets NumPy's functions return arrays of NumPy for tensors of such classes, as they do for those of TensorFlow.

    By themselves `np.squeeze(x)`, `np.argmax(x)` and their like ask `x` for a method of that name, and return tensors,
    which are no keys of dicts and no probabilities for `np.random.choice`.
    """

    def on_host(x: Any) -> Any:
        if isinstance(x, kinds):
            return np.asarray(x)
        return type(x)(map(on_host, x)) if type(x) in (list, tuple) else x

    def called(self: Any, function: Callable, types: Any, args: tuple, kwargs: dict) -> Any:
        if function in _ABOUT:
            return function._implementation(*args, **kwargs)  # type: ignore[attr-defined]
        return function(*on_host(args), **{k: on_host(v) for k, v in kwargs.items()})

    for kind in kinds:
        kind.__array_function__ = called  # type: ignore[attr-defined]
