"""Calls of methods that change variables, as functions of the variables' values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from keras._jax import pure
from keras._jax.variable import Variable


def call(function: Callable, variables: Sequence[Variable], values: Sequence[Any], what: str) -> tuple[Any, list[Any]]:
    """What `function` returns, and the values the variables have then, when they start with `values`.

    Args:
        what: how the caller names the values, for the message.

    Raises:
        ValueError: there is not one value per variable.
    """
    variables, values = list(variables), list(values)
    if len(variables) != len(values):
        raise ValueError(f"{what} must have {len(variables)} values, one per variable. Got {len(values)}.")
    values = [v.value if isinstance(v, Variable) else v for v in values]
    return pure.lift(function, variables)(values)
