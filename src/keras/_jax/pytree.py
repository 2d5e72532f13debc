"""Structures of arrays as JAX knows them: also those whose classes other packages registered with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax


def flatten(structure: Any) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    """The leaves of a structure, and a function that makes the same structure of other leaves."""
    leaves, definition = jax.tree.flatten(structure)
    return leaves, lambda others: jax.tree.unflatten(definition, others)


def register_list(cls: type[list]) -> None:
    """Lets JAX see a subclass of `list` as a list of its items; what it hands back are plain lists."""
    jax.tree_util.register_pytree_node(cls, lambda items: (tuple(items), None), lambda _, items: list(items))
