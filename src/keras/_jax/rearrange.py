"""Axes reordered, merged and split as a pattern of names says."""

from __future__ import annotations

import math

import jax.numpy as jnp

from keras._core.types import Tensor
from keras._jax.op import op


@op
def rearrange(tensor: Tensor, pattern, **axes_lengths) -> Tensor:
    """Axes reordered, merged and split as a pattern of names says (Rogozhnikov, 2022).

    Args:
        tensor: a tensor.
        pattern: names of the axes before and after, such as 'b (h p) c -> b h (p c)'. Parentheses merge axes, or split
            them; '...' stands for any others, and '1' for an axis of size 1.
        **axes_lengths: sizes of named axes, where a split leaves them open.

    >>> rearrange([[1, 2, 3, 4]], "b (h w) -> b w h", h=2)
    Array([[[1, 3],
            [2, 4]]], dtype=int32)
    """
    tensor = jnp.asarray(tensor)
    try:
        left, right = (_groups(side) for side in pattern.split("->"))
    except ValueError:
        raise ValueError(f"rearrange: `pattern` must look like 'a b -> b a'. Got {pattern!r}.") from None
    if [["..."]] in (left, right) or ["..."] in left:
        others = tensor.ndim - len(left) + 1
        extra = [[f"...{i}"] for i in range(others)]
        left = [g for group in left for g in (extra if group == ["..."] else [group])]
        names = [g[0] for g in extra]
        right = [g for group in right for g in (extra if group == ["..."] else [_spread(group, names)])]
    if len(left) != tensor.ndim:
        raise ValueError(f"rearrange: {pattern!r} names {len(left)} axes. Got shape {tensor.shape}.")
    sizes = dict(axes_lengths)
    for group, size in zip(left, tensor.shape):
        _split_size(group, size, sizes, pattern)
    before, after = ([n for group in side for n in group] for side in (left, right))
    if sorted(before) != sorted(after) or len(set(before)) != len(before):
        raise ValueError(f"rearrange: both sides of `pattern` must name the same axes, each once. Got {pattern!r}.")
    apart = tensor.reshape([sizes[n] for n in before]).transpose([before.index(n) for n in after])
    return apart.reshape([math.prod(sizes[n] for n in group) for group in right])


def _spread(group: list[str], names: list[str]) -> list[str]:
    return [n for name in group for n in (names if name == "..." else [name])]


def _groups(side: str) -> list[list[str]]:
    """One list of names per axis; an axis of size 1 has none."""
    groups: list[list[str]] = []
    inside = False
    for word in side.replace("(", " ( ").replace(")", " ) ").split():
        if word == "(":
            groups.append([])
            inside = True
        elif word == ")":
            inside = False
        elif inside:
            groups[-1].append(word)
        else:
            groups.append([] if word == "1" else [word])
    return groups


def _split_size(group: list[str], size: int, sizes: dict[str, int], pattern: str) -> None:
    """Enters into `sizes` the size that follows from one axis of the tensor."""
    open_names = [n for n in group if n not in sizes]
    known = math.prod(sizes[n] for n in group if n in sizes)
    if len(open_names) > 1:
        raise ValueError(f"rearrange: give the size of all but one of {', '.join(open_names)} in {pattern!r}.")
    if (open_names and (not known or size % known)) or (not open_names and size != known):
        raise ValueError(f"rearrange: an axis of size {size} cannot be ({' '.join(group)}) of {pattern!r}.")
    if open_names:
        sizes[open_names[0]] = size // known
