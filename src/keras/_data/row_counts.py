"""How many rows a structure of arrays has, and what is said where its arrays differ in that."""

from __future__ import annotations

from typing import Any

from keras._core import tree
from keras._data.arrays import rows_of


def count_rows(data: tuple[Any, Any, Any], owner: str) -> int:
    """The length of the first axis that all leaves share."""
    rows = None
    for leaf in tree.leaves(data):
        if leaf is None:
            continue
        count = rows_of(leaf)
        if count is None:
            raise ValueError(f"{owner}: expected arrays of rows, got a single number. For one row, pass x[None].")
        if rows is None:
            rows = count
        elif count != rows:
            raise ValueError(_lengths_differ(data, owner))
    if rows == 0:
        raise ValueError(f"{owner}: the arrays have no rows: {_shapes(data)}.")
    if rows is None:
        raise ValueError(f"{owner}: `x` holds no array.")
    return rows


def _lengths_differ(data: tuple[Any, Any, Any], owner: str) -> str:
    text = f"{owner}: all arrays must have the same number of rows. Got {_shapes(data)}."
    if isinstance(data[0], (list, tuple)) and len(data[0]) > 1:
        text += "\n  A list of arrays means one array per input. For one input, join them: np.stack(x)."
    return text


def _shapes(data: tuple[Any, Any, Any]) -> str:
    found = []
    for name, part in zip(("x", "y", "sample_weight"), data):
        for path, leaf in tree.paths(part):
            if leaf is not None:
                found.append(f"{name}{''.join(f'[{key!r}]' for key in path)}: {tuple(leaf.shape)}")
    return ", ".join(found)
