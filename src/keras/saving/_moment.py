"""The values of a model's variables at one moment, also while another thread trains it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

_MOST_TRIES = 1000


@contextlib.contextmanager
def one_moment(model: Any) -> Iterator[None]:
    """Inside, this thread reads the values that the variables had at one moment between two steps of training.

    Training goes on meanwhile: it makes new values, and these stay as they are.
    """
    from keras._jax import pure  # lazy: reading files needs no jax, and where a model is, it is loaded

    variables = list(getattr(model, "variables", ()))
    optimizer = getattr(model, "optimizer", None)
    variables += [] if optimizer is None else list(optimizer.variables)
    values = [v.own_value() for v in variables]
    for _ in range(_MOST_TRIES):
        again = [v.own_value() for v in variables]
        if all(a is b for a, b in zip(values, again)):
            break  # all of them had these values when the second reading began
        values = again
    with pure.Scope(variables, values):
        yield
